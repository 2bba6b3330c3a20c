from __future__ import annotations

import gzip
import io
import json
import os
import tarfile
import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from analyzer.clean import Cleaning, clean_bundle
from analyzer.cli import app
from analyzer.errors import UsageError

NPM = "npm" + "_aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0dF3hJ9"
LOG = f"2026-03-14T09:13:01Z stderr F starting\n2026-03-14T09:13:02Z stderr F login with {NPM}\nno end"
MASKED = LOG.replace(NPM, "<npm-token-1>")
SECRET = """apiVersion: v1
kind: Secret
metadata: {name: db, namespace: shop}
stringData: {any: q7RtLk2mZx8w}
"""


def tar_of(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as packed:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            packed.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def tree(root: Path, files: dict[str, bytes]) -> Path:
    for name, data in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return root


def test_a_directory_becomes_a_directory_of_the_same_layout_and_lines(tmp_path: Path) -> None:
    given = tree(tmp_path / "in", {"a/app.log": LOG.encode(), "b/empty.log": b"", "c/other.txt": b"all is well\n"})
    done = clean_bundle(str(given), tmp_path / "out")
    assert (tmp_path / "out/a/app.log").read_text() == MASKED
    assert (tmp_path / "out/b/empty.log").read_bytes() == b""
    assert (tmp_path / "out/c/other.txt").read_bytes() == b"all is well\n"
    assert [(f.path, f.lines, f.masked) for f in done.files] == [
        ("a/app.log", 2, (("npm-token", 1),)),
        ("b/empty.log", 0, ()),
        ("c/other.txt", 1, ()),
    ]


def test_members_that_are_compressed_or_archives_themselves_are_cleaned_too(tmp_path: Path) -> None:
    inner = gzip.compress(tar_of({"deep/app.log": LOG.encode()}))
    given = tmp_path / "in.tar.gz"
    given.write_bytes(gzip.compress(tar_of({"0.log.gz": gzip.compress(LOG.encode()), "sysinfo.tgz": inner})))
    clean_bundle(str(given), tmp_path / "out.tar.gz")
    with tarfile.open(tmp_path / "out.tar.gz", "r:gz") as packed:
        assert packed.getnames() == ["0.log.gz", "sysinfo.tgz"]
        members = {name: packed.extractfile(name).read() for name in packed.getnames()}  # type: ignore[union-attr]
    assert gzip.decompress(members["0.log.gz"]).decode() == MASKED
    with tarfile.open(fileobj=io.BytesIO(members["sysinfo.tgz"])) as packed:
        assert packed.extractfile("deep/app.log").read().decode() == MASKED  # type: ignore[union-attr]


def test_a_zip_stays_a_zip(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "in.zip", "w") as packed:
        packed.writestr("x/app.log", LOG)
    clean_bundle(str(tmp_path / "in.zip"), tmp_path / "out.zip")
    with zipfile.ZipFile(tmp_path / "out.zip") as packed:
        assert packed.read("x/app.log").decode() == MASKED


def test_a_secret_in_a_file_name_goes_as_well(tmp_path: Path) -> None:
    given = tree(tmp_path / "in", {f"debug-{NPM}.log": b"x\n"})
    clean_bundle(str(given), tmp_path / "out")
    assert os.listdir(tmp_path / "out") == ["debug-npm-token-1.log"]  # noqa: PTH208


def test_the_value_of_a_secret_object_is_masked_in_every_file(tmp_path: Path) -> None:
    log = b"2026-03-14T09:13:02Z stderr F connecting with q7RtLk2mZx8w\n"
    given = tree(tmp_path / "in", {"namespaces/shop/core/secrets.yaml": SECRET.encode(), "a.log": log})
    clean_bundle(str(given), tmp_path / "out")
    text = "".join(p.read_text() for p in sorted((tmp_path / "out").rglob("*")) if p.is_file())
    assert "q7RtLk2mZx8w" not in text
    assert "connecting with <secret-1>" in text
    assert "name: db" in text


def test_links_unsafe_paths_and_what_is_no_text_are_left_out_and_listed(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as packed:
        for name, kind in (("../evil", tarfile.REGTYPE), ("link", tarfile.SYMTYPE), ("ok.log", tarfile.REGTYPE)):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "/etc/passwd"
            packed.addfile(info)
        picture = tarfile.TarInfo("logo.png")
        picture.size = 8
        packed.addfile(picture, io.BytesIO(b"\x89PNG\r\n\x1a\n"))
    (tmp_path / "in.tar").write_bytes(buffer.getvalue())
    done = clean_bundle(str(tmp_path / "in.tar"), tmp_path / "out.tar")
    with tarfile.open(tmp_path / "out.tar") as packed:
        assert packed.getnames() == ["ok.log"]
    assert [left.path.rpartition("/")[2] for left in done.left_out] == ["evil", "link", "logo.png"]


def test_a_private_key_across_the_edge_of_two_blocks_is_masked_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("analyzer.redact.stream.BLOCK_BYTES", 300)
    body = [f"MIIEowIBAAKCAQEA{n:02d}c7z5Pad7OejecsQ0bu3aumAfGDqOrhm3q0w1RzyaqfqX" for n in range(9)]
    lines = ["before"] * 20 + ["-----BEGIN " + "PRIVATE KEY-----", *body, "-----END " + "PRIVATE KEY-----", "behind"]
    given = tree(tmp_path / "in", {"a.log": "\n".join(lines).encode()})
    clean_bundle(str(given), tmp_path / "out")
    clean = (tmp_path / "out/a.log").read_text().split("\n")
    assert clean[:21] == lines[:21]
    assert clean[-2:] == lines[-2:]
    assert all(line.startswith("<private-key-") for line in clean[21:-2])
    assert len(clean) == len(lines)


def test_nothing_that_stands_there_is_replaced_without_force(tmp_path: Path) -> None:
    given = tree(tmp_path / "in", {"a.log": b"x\n"})
    (tmp_path / "out").write_text("mine")
    with pytest.raises(UsageError, match="--force"):
        clean_bundle(str(given), tmp_path / "out")
    assert (tmp_path / "out").read_text() == "mine"
    clean_bundle(str(given), tmp_path / "out", Cleaning(force=True))
    assert (tmp_path / "out/a.log").read_text() == "x\n"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["in", "out"]


def test_the_command_reports_what_was_masked_where(tmp_path: Path) -> None:
    given = tree(tmp_path / "in", {"a.log": LOG.encode()})
    result = CliRunner().invoke(app, ["redact", str(given), "-o", str(tmp_path / "out"), "--format", "json"])
    assert result.exit_code == 0
    assert json.loads(result.stdout) == {
        "schema": "podtopsy/redaction/v1",
        "masked": [{"kind": "npm-token", "values": 1, "places": 1}],
        "files": [{"path": "a.log", "lines": 2, "masked": {"npm-token": 1}}],
        "left_out": [],
    }


def test_a_line_too_long_to_look_through_is_withheld_and_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("analyzer.redact.stream.BLOCK_BYTES", 100)
    monkeypatch.setattr("analyzer.redact.stream.LINE_BYTES", 1000)
    given = tree(tmp_path / "in", {"a.log": b"first\n" + b"x" * 5000 + b" password=hunter2zz\nlast\n"})
    done = clean_bundle(str(given), tmp_path / "out")
    assert (tmp_path / "out/a.log").read_text() == "first\n<withheld>\nlast\n"
    assert done.files[0].masked == (("withheld", 1),)


def test_a_zip_that_lost_its_list_of_members_becomes_a_whole_one(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x/app.log", LOG)
        archive.writestr("x/other.log", "fine\n")
    data = packed.getvalue()
    (tmp_path / "in.zip").write_bytes(data[: data.index(b"PK\x01\x02")])
    account = clean_bundle(str(tmp_path / "in.zip"), tmp_path / "out.zip")
    with zipfile.ZipFile(tmp_path / "out.zip") as cleaned:
        assert {n: cleaned.read(n).decode() for n in cleaned.namelist()} == {
            "x/app.log": MASKED,
            "x/other.log": "fine\n",
        }
    assert [left.reason[-39:] for left in account.left_out] == ["2 files were found by their own headers"]


SHORT = """kind: Secret
metadata: {name: db, namespace: shop}
data:
  pin: MTIzNA==
  flag: eA==
"""


@pytest.mark.parametrize(
    ("path", "text", "masked"),
    [
        ("a.yaml", SHORT, SHORT.replace("MTIzNA==", "<secret-1>").replace("eA==", "<secret-2>")),
        (
            "a.json",
            '{"kind":"Secret","metadata":{"name":"db"},"data":{"pin":"MTIzNA==","flag":"eA=="}}\n',
            '{"kind":"Secret","metadata":{"name":"db"},"data":{"pin":"<secret-1>","flag":"<secret-2>"}}\n',
        ),
    ],
)
def test_a_secrets_value_of_a_few_characters_is_masked_behind_its_key(
    path: str, text: str, masked: str, tmp_path: Path
) -> None:
    copy = 'applied: "{\\"data\\":{\\"pin\\":\\"MTIzNA==\\"}}", pin: MTIzNA==x, spin: MTIzNA==, pin of MTIzNA==\n'
    clean_bundle(str(tree(tmp_path / "in", {path: text.encode(), "z.txt": copy.encode()})), tmp_path / "out")
    assert (tmp_path / "out" / path).read_text() == masked
    assert (tmp_path / "out/z.txt").read_text() == copy.replace('\\"MTIzNA==\\"', '\\"<secret-1>\\"')


def test_the_mapping_is_asked_for_before_anything_is_written_and_never_lies_inside(tmp_path: Path) -> None:
    given = tree(tmp_path / "in", {"a.log": b"no route to 10.1.2.3\n"})
    (tmp_path / "map.json").write_text("mine")
    for mapping in (tmp_path / "map.json", tmp_path / "out" / "map.json", tmp_path / "none" / "map.json"):
        with pytest.raises(UsageError):
            clean_bundle(str(given), tmp_path / "out", Cleaning(anonymize=True, mapping=mapping))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["in", "map.json"]
    clean_bundle(str(given), tmp_path / "out", Cleaning(anonymize=True, mapping=tmp_path / "map.json", force=True))
    assert "10.1.2.3" in (tmp_path / "map.json").read_text()
    assert (tmp_path / "out/a.log").read_text() == "no route to 100.64.1.1\n"


def test_a_link_is_not_written_through_even_with_force(tmp_path: Path) -> None:
    given = tree(tmp_path / "in", {"a.log": b"x\n"})
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UsageError, match="it is a link"):
        clean_bundle(str(given), tmp_path / "out", Cleaning(force=True))
    assert list((tmp_path / "elsewhere").iterdir()) == []
