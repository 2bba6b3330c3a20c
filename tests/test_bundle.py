import bz2
import datetime as dt
import gzip
import io
import lzma
import os
import socket
import tarfile
import threading
import zipfile
import zlib

import pytest

from analyzer.bundle import Bundle, Limits, open_bundle
from analyzer.errors import InputError
from analyzer.zipsalvage import salvage


def tar_of(files, mode="w"):
    """A tar archive; a value that is a TarInfo stands for itself."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode, format=tarfile.GNU_FORMAT) as archive:
        for name, content in files:
            if isinstance(content, bytes):
                info = tarfile.TarInfo(name)
                info.size = len(content)
                info.mtime = 1_700_000_000
                archive.addfile(info, io.BytesIO(content))
            else:
                content.name = name
                archive.addfile(content)
    return buffer.getvalue()


def link(kind, target):
    info = tarfile.TarInfo()
    info.type, info.linkname = kind, target
    return info


def zip_of(files):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return buffer.getvalue()


def contents(bundle):
    return {file.path: file.open().read() for file in bundle.files()}


def reasons(bundle):
    return {entry.path: entry.reason for entry in bundle.listed if entry.status == "skipped"}


def problems(bundle):
    return [note.problem for note in bundle.notes]


def write(tmp_path, name, data):
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


TREE = [("b/2.log", b"two\n"), ("a.log", b"one\n"), ("b/1.log", b"")]
READ = {"a.log": b"one\n", "b/1.log": b"", "b/2.log": b"two\n"}


def test_a_directory_is_read_in_sorted_order_with_relative_paths(tmp_path):
    for name, data in TREE:
        write(tmp_path, name, data)
    assert list(contents(open_bundle([tmp_path])).items()) == list(READ.items())


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:xz", "w:bz2"])
def test_a_tar_archive_is_known_by_its_bytes_whatever_its_name(tmp_path, mode):
    path = write(tmp_path, "upload.bin", tar_of(TREE, mode))
    assert contents(open_bundle([path])) == READ


def test_a_zip_archive_is_read_in_sorted_order(tmp_path):
    path = write(tmp_path, "upload", zip_of(TREE))
    assert list(contents(open_bundle([path])).items()) == list(READ.items())


@pytest.mark.parametrize("compress", [gzip.compress, lzma.compress, bz2.compress])
def test_one_compressed_file_keeps_its_name_and_its_stored_size(tmp_path, compress):
    path = write(tmp_path, "kubelet.log.z", compress(b"line\n" * 1000))
    (file,) = list(open_bundle([path]).files())
    assert (file.path, file.size) == ("kubelet.log.z", path.stat().st_size)


def test_one_plain_file_is_a_bundle(tmp_path):
    assert contents(open_bundle([write(tmp_path, "kubelet.log", b"x\n")])) == {"kubelet.log": b"x\n"}


def test_standard_input_may_hold_a_log_a_tar_or_a_zip(monkeypatch):
    for data, expected in ((b"log\n", {"stdin": b"log\n"}), (tar_of(TREE, "w:gz"), READ), (zip_of(TREE), READ)):
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data)))
        assert contents(open_bundle(["-"])) == expected


def test_several_paths_are_told_apart_by_their_base_names(tmp_path):
    write(tmp_path, "one/logs/a.log", b"1")
    write(tmp_path, "two/logs/a.log", b"2")
    archive = write(tmp_path, "x.tgz", tar_of([("in.log", b"3")], "w:gz"))
    found = contents(open_bundle([tmp_path / "one/logs", tmp_path / "two/logs", archive]))
    assert found == {"logs/a.log": b"1", "logs~2/a.log": b"2", "x.tgz/in.log": b"3"}


def test_compressed_and_nested_members_are_read_in_place(tmp_path):
    inner = tar_of([("deep/x.log", b"deep\n")], "w:gz")
    write(tmp_path, "case/sysinfo.tgz", inner)
    write(tmp_path, "case/0.log.gz", gzip.compress(b"rotated\n"))
    write(tmp_path, "upload.zip", zip_of([("must-gather.tar.xz", tar_of([("y.log", b"y\n")], "w:xz"))]))
    assert contents(open_bundle([tmp_path])) == {
        "case/0.log.gz": b"rotated\n",
        "case/sysinfo.tgz/deep/x.log": b"deep\n",
        "upload.zip/must-gather.tar.xz/y.log": b"y\n",
    }


def test_archives_inside_archives_end_at_the_depth_limit():
    data = b"core\n"
    for _ in range(10):
        data = gzip.compress(data)
    bundle = Bundle.of_files({"a.gz": data, "b.log": b"b"})
    assert contents(bundle) == {"b.log": b"b"}
    assert reasons(bundle) == {"a.gz": "more than 3 archives inside one another (--max-depth): not read"}


def test_a_truncated_tar_gz_gives_what_was_readable_and_says_so(tmp_path):
    noise = os.urandom(300_000)
    whole = tar_of([("first.log", b"first\n"), ("second.log", noise)], "w:gz")
    path = write(tmp_path, "cut.tar.gz", whole[: len(whole) // 2])
    bundle = open_bundle([path])
    read = {}
    damage = {}
    for file in bundle.files():
        stream = file.open()
        read[file.path] = stream.read()
        damage[file.path] = stream.damage
    assert read["first.log"] == b"first\n"
    assert noise.startswith(read["second.log"]) and len(read["second.log"]) > 100_000
    assert damage["first.log"] is None
    assert damage["second.log"] == "the archive ends inside this file"
    assert problems(bundle) == ["archive ends early after 2 members", "gzip data ends early"]


def test_a_flipped_tar_header_costs_its_member_only():
    data = bytearray(tar_of([("a.log", b"a"), ("b.log", b"b"), ("c.log", b"c")]))
    data[1024 + 3] ^= 1
    bundle = Bundle.of_files({"x.tar": bytes(data)})
    assert contents(bundle) == {"x.tar/a.log": b"a", "x.tar/c.log": b"c"}
    assert problems(bundle) == ["damaged archive: 1024 bytes at offset 1024 are no tar header"]


def test_a_negative_tar_size_does_not_loop():
    data = bytearray(tar_of([("a.log", b"a"), ("b.log", b"b")]))
    data[1024 + 124 : 1024 + 136] = b"\xff" * 8 + (-512).to_bytes(4, "big", signed=True)
    header = data[1024:1536]
    total = sum(header[:148]) + sum(header[156:]) + 256
    data[1024 + 148 : 1024 + 156] = b"%06o\0 " % total
    bundle = Bundle.of_files({"x.tar": bytes(data)})
    assert contents(bundle) == {"x.tar/a.log": b"a"}
    assert problems(bundle)[0] == "damaged archive: impossible size in the header at offset 1024"


def test_members_behind_the_end_mark_are_read_and_said():
    bundle = Bundle.of_files({"x.tar": tar_of([("a.log", b"a")]) + tar_of([("b.log", b"b")])})
    assert contents(bundle) == {"x.tar/a.log": b"a", "x.tar/b.log": b"b"}
    assert problems(bundle) == ["members behind the archive's end mark, read too"]


def test_long_names_of_both_kinds_are_whole():
    name = "d/" * 150 + "long.log"
    for form in (tarfile.GNU_FORMAT, tarfile.PAX_FORMAT):
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w", format=form) as archive:
            info = tarfile.TarInfo(name)
            info.size = 1
            archive.addfile(info, io.BytesIO(b"x"))
        assert contents(Bundle.of_files({"x.tar": buffer.getvalue()})) == {f"x.tar/{name}": b"x"}


def test_links_devices_and_unsafe_names_in_a_tar_are_listed_and_skipped():
    bundle = Bundle.of_files(
        {
            "x.tar": tar_of(
                [
                    ("../up.log", b"x"),
                    ("/etc/abs.log", b"x"),
                    ("a/../../b.log", b"x"),
                    ("a\\..\\..\\c.log", b"x"),
                    ("C:\\d.log", b"x"),
                    ("soft", link(tarfile.SYMTYPE, "/etc/passwd")),
                    ("hard", link(tarfile.LNKTYPE, "ok.log")),
                    ("zero", link(tarfile.CHRTYPE, "")),
                    ("pipe", link(tarfile.FIFOTYPE, "")),
                    ("./ok.log", b"ok"),
                ]
            )
        }
    )
    assert contents(bundle) == {"x.tar/ok.log": b"ok"}
    assert reasons(bundle) == {
        "x.tar/../up.log": "unsafe path",
        "x.tar//etc/abs.log": "unsafe path",
        "x.tar/a/../../b.log": "unsafe path",
        "x.tar/a\\..\\..\\c.log": "unsafe path",
        "x.tar/C:\\d.log": "unsafe path",
        "x.tar/soft": "link to /etc/passwd",
        "x.tar/hard": "hard link to ok.log",
        "x.tar/zero": "character device: not a regular file",
        "x.tar/pipe": "FIFO: not a regular file",
    }


def test_unsafe_encrypted_and_damaged_zip_members_are_listed_and_skipped():
    data = bytearray(zip_of([("../up.log", b"x"), ("a.log", b"aaaa"), ("b.log", b"bbbb" * 9), ("win\\c.log", b"c")]))
    central = data.index(b"PK\x01\x02", data.index(b"PK\x01\x02", data.index(b"PK\x01\x02") + 1) + 1)
    directory = bytes(data[central:])
    assert b"b.log" in directory
    data[central + 16 : central + 20] = b"\0\0\0\0"  # the checksum of b.log
    bundle = Bundle.of_files({"x.zip": bytes(data)})
    assert contents(bundle) == {"x.zip/a.log": b"aaaa", "x.zip/win/c.log": b"c"}
    found = reasons(bundle)
    assert found["x.zip/../up.log"] == "unsafe path"
    assert found["x.zip/b.log"].startswith("Bad CRC-32")


def test_a_tar_inside_a_zip_whose_checksum_is_wrong_gives_what_it_holds_and_says_so():
    inner = tar_of([("a.log", b"one\n"), ("b.log", b"two\n")])
    whole = zip_of([("logs/inner.tar", inner), ("z.log", b"three\n")])
    damaged = whole.replace(zlib.crc32(inner).to_bytes(4, "little"), b"\0\0\0\0")

    bundle = Bundle.of_files({"b.zip": damaged})

    assert contents(bundle) == {
        "b.zip/logs/inner.tar/a.log": b"one\n",
        "b.zip/logs/inner.tar/b.log": b"two\n",
        "b.zip/z.log": b"three\n",
    }
    assert problems(bundle)[-1] == "cannot be read any further: Bad CRC-32 for file 'logs/inner.tar'"


def test_fifos_sockets_and_links_in_a_directory_are_never_opened(tmp_path):
    root = tmp_path / "bundle"
    write(root, "real.log", b"real\n")
    outside = write(tmp_path, "outside.log", b"secret\n")
    os.mkfifo(root / "pipe.log")
    with socket.socket(socket.AF_UNIX) as endpoint:
        endpoint.bind(str(root / "socket.log"))
        (root / "in.log").symlink_to("real.log")
        (root / "out.log").symlink_to(outside)
        (root / "gone.log").symlink_to("nowhere")
        (root / "self").symlink_to(root)
        bundle = open_bundle([root])
        read = {}
        reader = threading.Thread(target=lambda: read.update(contents(bundle)), daemon=True)
        reader.start()
        reader.join(10)
    assert read == {"real.log": b"real\n"}
    assert reasons(bundle) == {
        "gone.log": "link to nowhere, which is not there",
        "in.log": "link to real.log",
        "out.log": f"link to {outside}, outside the bundle: not followed",
        "pipe.log": "FIFO: not a regular file",
        "self": f"link to {root}",
        "socket.log": "socket: not a regular file",
    }


def test_a_name_that_is_not_utf8_is_shown_with_its_bytes(tmp_path):
    try:
        (tmp_path / os.fsdecode(b"caf\xe9.log")).write_bytes(b"x")
    except OSError:
        pytest.skip("this file system takes only UTF-8 names")
    assert contents(open_bundle([tmp_path])) == {"caf\\xe9.log": b"x"}


@pytest.mark.parametrize(
    "name", ["missing", "empty-directory", "empty.tar.gz", "page.tar.gz", "noise.zip", "x.7z", "none.tar"]
)
def test_a_path_that_is_no_bundle_is_refused_in_one_sentence(tmp_path, name):
    (tmp_path / "empty-directory" / "nested").mkdir(parents=True)
    write(tmp_path, "empty.tar.gz", b"")
    write(tmp_path, "page.tar.gz", b"<html><title>Sign in</title></html>\n")
    write(tmp_path, "noise.zip", b"PK\x03\x04" + bytes(range(256)) * 40)
    write(tmp_path, "x.7z", b"7z\xbc\xaf\x27\x1c" + bytes(100))
    write(tmp_path, "none.tar", tar_of([]))
    with pytest.raises(InputError) as caught:
        contents(open_bundle([tmp_path / name]))
    message = str(caught.value)
    assert str(tmp_path / name) in message and "\n" not in message


def test_a_decompression_bomb_ends_with_a_reason():
    limits = Limits(bomb_bytes=1 << 20)
    bundle = Bundle.of_files({"a.log.bz2": bz2.compress(bytes(50 << 20)), "b.log": b"b"}, limits)
    found = {}
    for file in bundle.files():
        stream = file.open()
        size = sum(len(part) for part in iter(lambda s=stream: s.read(1 << 18), b""))
        found[file.path] = (size, stream.damage)
    assert found["a.log.bz2"][0] < 3 << 20
    assert found["a.log.bz2"][1] == "expands more than 1000 : 1 (--max-ratio), like a decompression bomb"
    assert found["b.log"] == (1, None)


def test_the_limits_on_one_file_on_all_and_on_their_number_are_said():
    files = {"a.log": b"a" * 100, "b.log": b"b" * 100, "c.log": b"c" * 100}
    bundle = Bundle.of_files(files, Limits(total_bytes=150))
    ends = []
    for file in bundle.files():
        stream = file.open()
        while stream.read(50):
            pass
        ends.append(stream.damage)
    limit = "the bundle has more than 150 bytes (--max-bytes): the rest is not read"
    assert ends == [None, limit, limit]
    bundle = Bundle.of_files(files, Limits(files=2))
    assert list(contents(bundle)) == ["a.log", "b.log"]
    assert problems(bundle) == ["more than 2 files (--max-files): the rest is not read"]


def test_concatenated_gzip_members_count_as_one_and_what_follows_them_is_said():
    two = gzip.compress(b"one\n") + gzip.compress(b"two\n")
    found = {}
    for file in Bundle.of_files({"a.gz": two, "b.gz": two + b"curl: (18) cut"}).files():
        stream = file.open()
        found[file.path] = (stream.read(), stream.damage)
    assert found == {
        "a.gz": (b"one\ntwo\n", None),
        "b.gz": (b"one\ntwo\n", "14 bytes behind the gzip data are not gzip"),
    }


def test_progress_and_times_are_known(tmp_path):
    path = write(tmp_path, "x.tar", tar_of([("a.log", b"12345")]))
    bundle = open_bundle([path])
    (file,) = [f for f in bundle.files() if f.open().read()]
    assert (bundle.files_seen, bundle.bytes_read) == (1, 5)
    assert file.modified == dt.datetime(2023, 11, 14, 22, 13, 20, tzinfo=dt.UTC)


def test_a_zip_archive_that_was_cut_gives_what_stands_before_the_cut(tmp_path):
    second = bytes(range(32, 127)) * 200
    whole = zip_of([("a.log", b"one\n" * 50), ("b.log", second)])
    path = write(tmp_path, "upload.zip", whole[: whole.index(b"b.log") + 100])
    bundle = open_bundle([path])
    found = contents(bundle)
    assert (found["a.log"], second.startswith(found["b.log"])) == (b"one\n" * 50, True)
    assert problems(bundle) == [
        "the archive ends inside this file",
        "damaged zip archive (File is not a zip file): 2 files were found by their own headers",
    ]


def test_a_zip_archive_behind_other_data_is_read(tmp_path):
    path = write(tmp_path, "upload.zip", b"MZ" + bytes(5000) + zip_of(TREE))
    bundle = open_bundle([path])
    assert contents(bundle) == READ
    assert problems(bundle) == ["the zip archive begins behind other data"]


def test_a_zip_archive_without_any_readable_member_is_refused(tmp_path):
    path = write(tmp_path, "upload.zip", b"PK\x03\x04" + b"\xff" * 400)
    with pytest.raises(InputError, match=r"^\S+upload\.zip cannot be read: damaged zip archive"):
        contents(open_bundle([path]))


def test_a_path_longer_than_any_system_takes_is_listed_and_not_read(tmp_path):
    bundle = open_bundle([write(tmp_path, "x.tar", tar_of([("d/" * 3000 + "a.log", b"x\n"), ("b.log", b"y\n")]))])
    assert contents(bundle) == {"b.log": b"y\n"}
    assert list(reasons(bundle).values()) == ["path of more than 4096 bytes"]


def test_a_name_with_control_characters_is_read_and_noted(tmp_path):
    bundle = open_bundle([write(tmp_path, "x.tar", tar_of([("a\nb.log", b"x\n")]))])
    assert contents(bundle) == {"a\nb.log": b"x\n"}
    assert problems(bundle) == ["its name has control characters, or bytes that are not UTF-8: shown as escapes"]


@pytest.mark.parametrize("data", [b"PK\x03\x04", b"PK\x03\x04" + bytes(40), b"PK\x03\x04" * 50, bytes(2304)])
def test_salvage_never_raises(data):
    assert all(len(member.data) <= 9 for member in salvage(data, 9))


def test_the_bytes_taken_of_a_directory_and_of_an_archive_end_at_their_size_on_the_disk(tmp_path):
    root = tmp_path / "bundle"
    root.mkdir()
    (root / "a.log").write_bytes(b"x\n" * 5000)
    (root / "b.log").write_bytes(b"y\n" * 50)
    packed = write(tmp_path, "x.tar.gz", gzip.compress(tar_of([("a.log", b"z\n" * 9000), ("b.log", b"z\n")])))
    for path, size in ((root, 10_100), (packed, packed.stat().st_size)):
        bundle = open_bundle([path])
        told = []
        bundle.tell(lambda files, taken, name, told=told: told.append((files, taken, name)))
        for file in bundle.files():
            while file.open().read(4096):
                pass
        assert bundle.bytes_taken == size
        assert [(files, name) for files, _, name in dict.fromkeys((f, 0, n) for f, _, n in told)] == [
            (1, "a.log"),
            (2, "b.log"),
        ]
        assert [taken for _, taken, _ in told] == sorted(taken for _, taken, _ in told)
