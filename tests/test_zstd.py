"""Zstandard is read like every other compression, where this Python can; where it cannot, the file is listed."""

from __future__ import annotations

import importlib
import io
import tarfile
from pathlib import Path
from typing import Any

import pytest

from analyzer import archive
from analyzer.bundle import Bundle, open_bundle
from analyzer.errors import InputError

LOG = b"2024-03-05T07:08:09Z panic: out of luck\n" * 1000


def zstd() -> Any:
    for name in ("compression.zstd", "backports.zstd"):
        try:
            return importlib.import_module(name)
        except ImportError:
            continue
    pytest.skip("neither compression.zstd nor backports.zstd is here")


def contents(bundle: Bundle) -> dict[str, tuple[bytes, str | None]]:
    found = {}
    for file in bundle.files():
        stream = file.open()
        found[file.path] = (stream.read(-1), stream.damage)
    return found


def tar(name: str, data: bytes) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as packed:
        info = tarfile.TarInfo(name)
        info.size = len(data)
        packed.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def test_a_tar_zst_a_zst_member_and_frames_in_a_row_are_read(tmp_path: Path) -> None:
    compress = zstd().compress
    (tmp_path / "case.tar.zst").write_bytes(compress(tar("a/app.log.zst", compress(LOG) + compress(b"more\n"))))

    assert contents(open_bundle([tmp_path / "case.tar.zst"])) == {"a/app.log.zst": (LOG + b"more\n", None)}


def test_a_skippable_frame_ahead_is_skipped() -> None:
    frame = b"\x50\x2a\x4d\x18" + (4).to_bytes(4, "little") + b"meta"
    assert contents(Bundle.of_files({"app.log.zst": frame + zstd().compress(LOG)})) == {"app.log.zst": (LOG, None)}


def test_damaged_and_cut_data_end_with_a_reason() -> None:
    whole = zstd().compress(b"".join(b"%d of many lines\n" % n for n in range(50_000)))
    damaged = bytearray(whole)
    damaged[len(whole) // 2] ^= 0xFF
    found = contents(Bundle.of_files({"cut.zst": whole[: len(whole) // 2], "damaged.zst": bytes(damaged)}))

    assert found["cut.zst"][1] == "zstd data ends early"
    assert found["damaged.zst"][1] in ("damaged zstd data", "zstd checksum mismatch", None)
    assert found["cut.zst"][0].startswith(b"0 of many lines\n")


def test_a_bomb_is_stopped() -> None:
    [(data, damage)] = contents(Bundle.of_files({"bomb.zst": zstd().compress(bytes(2 << 30))})).values()
    assert damage == "expands more than 1000 : 1 (--max-ratio), like a decompression bomb"
    assert len(data) < 1100 << 20


def test_without_a_module_for_it_the_member_is_listed_and_the_path_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "_zstd", _missing)
    (tmp_path / "app.log.zst").write_bytes(b"\x28\xb5\x2f\xfd" + bytes(20))
    words = "this Python cannot read zstd: decompress it with zstd -d"

    with pytest.raises(InputError, match=words):
        contents(open_bundle([tmp_path / "app.log.zst"]))
    bundle = open_bundle([tmp_path])
    assert contents(bundle) == {}
    assert [(f.path, f.status) for f in bundle.listed] == [("app.log.zst", "skipped")]


def _missing() -> Any:
    raise LookupError("zstd")
