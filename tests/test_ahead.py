"""A stream read ahead of its reader."""

import io
import tarfile
import threading

import pytest
from isal import igzip

from analyzer.ahead import MOST_PIECES, PIECE_BYTES, ReadAhead
from analyzer.bundle import open_bundle
from analyzer.errors import InputError


def ahead_threads():
    return [thread for thread in threading.enumerate() if thread.name == "ahead"]


def packed(path, files):
    with igzip.open(path, "wb") as target, tarfile.open(fileobj=target, mode="w|") as tar:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return path


def test_the_bytes_are_the_same():
    data = bytes(range(256)) * (PIECE_BYTES // 64)
    stream, parts = ReadAhead(io.BytesIO(data)), []
    while part := stream.read(100_003):
        parts.append(part)
    stream.close()
    assert b"".join(parts) == data
    assert not ahead_threads()


def test_what_reading_raises_reaches_the_reader_in_its_place():
    class Broken(io.BytesIO):
        def read(self, size=-1, /):
            if self.tell():
                raise OSError(5, "Input/output error")
            return super().read(size)

    stream = ReadAhead(Broken(b"x" * (PIECE_BYTES + 1)))
    assert len(stream.read(PIECE_BYTES)) == PIECE_BYTES
    with pytest.raises(OSError, match="Input/output error"):
        stream.read(1)
    stream.close()


def test_no_more_is_made_than_a_few_pieces_and_a_reader_that_leaves_ends_the_thread():
    class Counted(io.BytesIO):
        count = 0

        def read(self, size=-1, /):
            self.count += 1
            return b"x" * size

    source = Counted()
    stream = ReadAhead(source)
    assert stream.read(1) == b"x"
    stream.close()
    assert source.count <= MOST_PIECES + 2
    assert not ahead_threads()


def test_files_of_an_archive_are_all_there_and_no_thread_stays(tmp_path):
    files = {f"logs/{n}.log": f"line {n}\n".encode() * 200_000 for n in range(4)}
    bundle = open_bundle([packed(tmp_path / "bundle.tar.gz", files)])
    assert {file.path: file.open().read() for file in bundle.files()} == files
    assert not ahead_threads()


def test_a_walk_that_stops_early_leaves_no_thread(tmp_path):
    files = {f"logs/{n}.log": f"line {n}\n".encode() * 200_000 for n in range(4)}
    walk = open_bundle([packed(tmp_path / "bundle.tar.gz", files)]).files()
    next(walk)
    walk.close()
    assert not ahead_threads()


def test_an_archive_cut_short_says_so(tmp_path):
    whole = packed(tmp_path / "bundle.tar.gz", {"a.log": b"one line\n" * 500_000, "b.log": b"more\n"})
    whole.write_bytes(whole.read_bytes()[:-2_000])
    bundle = open_bundle([whole])
    damage = []
    for file in bundle.files():
        stream = file.open()
        stream.read()
        damage.append((file.path, stream.damage))
    assert damage == [("a.log", "the archive ends inside this file")]
    assert "gzip data ends early" in [note.problem for note in bundle.notes]


def test_damage_in_the_first_bytes_is_an_error_as_ever(tmp_path):
    path = tmp_path / "bundle.tar.gz"
    path.write_bytes(b"\x1f\x8b" + b"\xff" * 100)
    with pytest.raises(InputError):
        list(open_bundle([path]).files())
