"""Feeds every reader with damaged input, and reports what escapes.

    python bench/fuzz.py [TARGET...] [--runs N] [--seconds S] [--seed N] [--corpus DIR] [--replay FILE]
    python bench/fuzz.py TARGET --atheris [--seconds S]        coverage-guided, where atheris is installed

Without --atheris inputs are mutations of samples, the same ones for the same seed. A find is an exception, a line that
is not accounted for, or a run of more than 20 seconds of the processor; its input is kept in .bench/fuzz/ for --replay.
"""

from __future__ import annotations

import argparse
import collections
import functools
import hashlib
import io
import os
import random
import signal
import sys
import tarfile
import tempfile
import time
import traceback
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
SAMPLES = ROOT / "samples"
FINDS = ROOT / ".bench" / "fuzz"
HANG_SECONDS = 20
NASTY = (
    b"\n", b"\r\n", b"\r", b"\t", b"\0", b"\xff", b"\xfe\xff", b"\xe2\x80\xa8", b"\xef\xbb\xbf", b'"', b"\\",
    b"\\ud800", b"{", b"}", b"[", b"]", b"&a *a", b"<<: *a", b"- ", b": ", b"|\n", b"|2\n", b"---\n",
    b"...\n", b"!!int zz", b"%", b"==> x <==\n",
    b"9" * 25, b"\x1e", b"\x85", b"\x1b[31m", b"-1", b"<unknown>", b"<none>", b"P ", b" F ", b"0001-01-01T00:00:00Z",
    b"9999-12-31T23:59:59.999999999Z", b"I1231 23:59:59.999999       1 a.go:1] ", b"Feb 29 00:00:00 ", b"null", b"~",
    b"1e999",
    b"2y364d", b"5m (x9 over 3d)", b"MESSAGE\n\x05\0\0\0\0\0\0\0", b"\xff" * 8, b"\x1f\x8b\x08", b"PK\x03\x04", b"../",
    b"/",
    b"Back-off restarting failed container", b"OOMKilled", b"ustar\0", b"{a: " * 30, b"[" * 70, b"<script>", b"`" * 4,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Target:
    """Something that takes bytes: with what it begins, and what is asked of it."""

    samples: Callable[[], list[bytes]]
    run: Callable[[bytes], None]
    share: float  # of all runs


class Wrong(AssertionError):
    """A promise that does not hold."""


def need(condition: bool, sentence: str) -> None:
    if not condition:
        raise Wrong(sentence)


# --- what is fed


@functools.cache
def of_format(*names: str) -> tuple[bytes, ...]:
    found = [p for name in names for p in sorted((SAMPLES / "formats" / name).rglob("*")) if p.is_file()]
    return tuple(p.read_bytes() for p in found)


LOGS = ("cri", "docker-json", "journal-short", "klog", "kernel", "prefix", "application", "minikube-logs")
JOURNALS = ("journal-json", "journal-export", "journal-verbose")
TABLES = ("event_table", "get_table", "describe")


def log_samples() -> list[bytes]:
    return [*of_format(*LOGS), *of_format(*JOURNALS)]


def line_samples() -> list[bytes]:
    return [line for text in log_samples() for line in text.split(b"\n") if line]


def object_samples() -> list[bytes]:
    cut = [p for p in sorted(SAMPLES.rglob("*.yaml")) if p.name != "label.yaml" and p.stat().st_size < 20_000]
    return [*of_format("objects"), *(p.read_bytes() for p in cut[::7])]


def small_bundle(name: str, most: int) -> dict[str, bytes]:
    """The smallest files of a sample bundle, by path."""
    folder = SAMPLES / name / "bundle"
    files = sorted((p for p in folder.rglob("*") if p.is_file()), key=lambda p: (p.stat().st_size, str(p)))[:most]
    return {p.relative_to(folder).as_posix(): p.read_bytes()[:30_000] for p in files}


@functools.cache
def bundles() -> tuple[dict[str, bytes], ...]:
    names = sorted(p.parent.name for p in SAMPLES.glob("*/bundle"))
    return tuple(small_bundle(name, most) for name in names for most in (5, 12))


GIVEN: list[dict[str, bytes]] = []
"""The bundles of --corpus, when there is one: then those are damaged."""


def bundles_in(corpus: Path) -> Iterator[dict[str, bytes]]:
    """Each folder of `corpus` is a bundle, each file of it one in an archive."""
    for place in sorted(corpus.iterdir()):
        if place.is_symlink() or place.suffix == ".json":
            continue
        files = [p for p in sorted(place.rglob("*")) if p.is_file() and not p.is_symlink()] if place.is_dir() else []
        found = {
            os.fsencode(p.relative_to(place)).decode(errors="backslashreplace"): p.read_bytes()[:30_000]
            for p in files[:60]
        }
        if place.is_file():
            found = {place.name: place.read_bytes()[:200_000]}
        if found:
            yield found


def archive_samples() -> list[bytes]:
    out: list[bytes] = []
    for files in bundles()[:6]:
        tar, zipped = io.BytesIO(), io.BytesIO()
        with tarfile.open(fileobj=tar, mode="w") as archive:
            for path, data in files.items():
                info = tarfile.TarInfo(path)
                info.size = len(data[:3000])
                archive.addfile(info, io.BytesIO(data[:3000]))
        with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as pack:
            for path, data in files.items():
                pack.writestr(path, data[:3000])
        out += [tar.getvalue(), zipped.getvalue(), *(compressed(tar.getvalue(), kind) for kind in ("gz", "bz2", "xz"))]
    return out


def compressed(data: bytes, kind: str) -> bytes:
    import bz2
    import gzip
    import lzma

    return {"gz": lambda d: gzip.compress(d, mtime=0), "bz2": bz2.compress, "xz": lzma.compress}[kind](data)


# --- what is asked


@functools.cache
def screen():  # type: ignore[no-untyped-def]
    from analyzer.screen import Screen

    return Screen.build(["refused", "[Pp]anic", "Killed process", "CrashLoop", "o"], Path(tempfile.mkdtemp()))


@functools.cache
def library():  # type: ignore[no-untyped-def]
    from analyzer.analysis import screen_of
    from patterns.load import load_library

    whole = load_library(())
    return whole, screen_of(whole)


def accounted(raw: bytes, harvest) -> None:  # type: ignore[no-untyped-def]
    from analyzer.encoding import wide_encoding

    need(harvest.parsed + harvest.unparsed + harvest.skipped == harvest.lines, "lines do not add up")
    need(min(harvest.parsed, harvest.unparsed, harvest.skipped) >= 0, "a negative number of lines")
    if wide_encoding(raw) is None:
        lines = raw.count(b"\n") + (1 if raw and not raw.endswith(b"\n") else 0)
        need(harvest.lines == lines, f"{harvest.lines} lines told, {lines} are there")
        need(all(0 <= r.line <= lines for r in harvest.records), "a record of a line that is not there")


def structured(name: str, path: str) -> Callable[[bytes], None]:
    def run(raw: bytes) -> None:
        from analyzer.encoding import decode
        from analyzer.ingest.reading import FORMATS
        from analyzer.layout import place

        module = next(m for m in FORMATS if name == m.NAME)
        module.sniff(decode(raw), place(path))
        accounted(raw, module.parse(raw, path, place(path)))

    return run


def log(path: str) -> Callable[[bytes], None]:
    def run(raw: bytes) -> None:
        from analyzer.ingest.bulk import read_log
        from analyzer.layout import place

        accounted(raw, read_log(io.BytesIO(raw), place(path), screen(), path))

    return run


def lines(raw: bytes) -> None:
    from analyzer.encoding import decode
    from analyzer.ingest.logline import LogHints, parse_line

    for source in ("container_log", "kubelet_log", "kernel_log", "text"):
        parse_line(decode(raw), LogHints(source=source))


def times(raw: bytes) -> None:
    from analyzer import timestamps
    from analyzer.encoding import decode
    from analyzer.ingest import quantity

    text = decode(raw)
    for read in (timestamps.rfc3339, timestamps.parse_time, timestamps.epoch, timestamps.age):
        read(text)
    timestamps.leading_time(text)
    timestamps.klog_time(text)
    quantity.to_bytes(text)
    quantity.to_millicores(text)


def names(raw: bytes) -> None:
    from analyzer.encoding import decode
    from analyzer.layout import place
    from analyzer.names import clean_name
    from reports.visible import one_line

    place(decode(raw))
    clean = clean_name(raw)
    need(clean is None or not (clean.startswith("/") or ".." in clean.split("/")), "a name that leads out")
    need(not any(c < " " for c in one_line(decode(raw))), "a control character is left")


def archive(raw: bytes) -> None:
    from analyzer.bundle import Bundle, Limits
    from analyzer.errors import InputError

    bundle = Bundle.of_files({"upload": raw}, Limits(member_bytes=1 << 22, total_bytes=1 << 24, files=2000))
    try:
        for file in bundle.files():
            stream = file.open()
            while stream.read(1 << 16):
                pass
    except InputError:
        pass
    need(all(s.reason for s in bundle.listed), "something skipped without a reason")


def whole(raw: bytes) -> None:
    """A bundle some of whose files are damaged; which and how, the bytes decide."""
    from analyzer.analysis import Options, analyze_bundle
    from analyzer.bundle import Bundle
    from analyzer.compose import compose
    from analyzer.errors import InputError
    from analyzer.present import to_json, to_text
    from reports import render

    chance = random.Random(hashlib.sha256(raw).digest())
    files = dict(chance.choice(GIVEN or bundles()))
    for path in chance.sample(sorted(files), k=min(len(files), 1 + chance.randrange(4))):
        name = path if chance.random() < 0.9 else mutated(chance, [path.encode()]).decode("utf-8", "replace")
        files[name] = mutated(chance, [files.pop(path), raw])
    known, _screened = library()
    try:
        diagnosis = analyze_bundle(Bundle.of_files(files), known, Options(strict=True))
    except InputError:
        return
    pages = (
        to_json(diagnosis).decode(),
        to_text(diagnosis),
        *(f(compose(diagnosis)) for f in (render.html, render.markdown)),
    )
    for page in pages:
        need(
            not any((c < " " and c not in "\n\t") or "\x7f" <= c <= "\x9f" for c in page),
            "a control character in an output",
        )
    need(pages[2].lower().count("<script") == 1 and "<svg onload" not in pages[2], "live markup in the page")
    for file in diagnosis.files:
        need(file.parsed + file.unparsed + file.skipped == file.lines, f"{file.path}: lines do not add up")


def bundle_samples() -> list[bytes]:
    return [
        bytes([n]) + b"<script>alert(1)</script>" + text[:200]
        for n in range(256)
        for text in of_format("cri", "objects")[:3]
    ]


def entries(name: str) -> Callable[[bytes], None]:
    def run(raw: bytes) -> None:
        from importlib import import_module

        from analyzer.ingest.feed import Feed

        feed = Feed(io.BytesIO(raw))
        for _ in import_module(f"analyzer.ingest.{name}").entries(feed):
            pass
        need(feed.lines == raw.count(b"\n") + (1 if raw and not raw.endswith(b"\n") else 0), "lines are lost")

    return run


UID = "7c1de0a4-52b3-4c0e-9a65-0f3f6f1f20aa"
TARGETS: dict[str, Target] = {
    "line": Target(line_samples, lines, 0.30),
    "time": Target(line_samples, times, 0.25),
    "name": Target(lambda: [*(p.encode() for b in bundles() for p in b), *line_samples()], names, 0.15),
    "journal_json": Target(lambda: list(of_format(*JOURNALS)), entries("journal_json"), 0.03),
    "journal_export": Target(lambda: list(of_format(*JOURNALS)), entries("journal_export"), 0.03),
    "journal_verbose": Target(lambda: list(of_format(*JOURNALS)), entries("journal_verbose"), 0.03),
    "cri": Target(log_samples, log(f"var/log/pods/shop_web-0_{UID}/app/0.log"), 0.03),
    "container": Target(log_samples, log("namespaces/a/pods/b/c/c/logs/current.log"), 0.03),
    "kubelet": Target(log_samples, log("host_service_logs/masters/kubelet_service.log"), 0.03),
    "text": Target(lambda: [*log_samples(), *of_format(*TABLES)], log("x.txt"), 0.02),
    "objects": Target(object_samples, structured("objects", "pods.yaml"), 0.04),
    "event_table": Target(lambda: list(of_format(*TABLES)), structured("event_table", "events.txt"), 0.02),
    "get_table": Target(lambda: list(of_format(*TABLES)), structured("get_table", "pods.txt"), 0.02),
    "describe": Target(lambda: list(of_format(*TABLES)), structured("describe", "describe.txt"), 0.02),
    "archive": Target(archive_samples, archive, 0.05),
    "bundle": Target(bundle_samples, whole, 0.0),  # asked for by its name
}


def mutated(chance: random.Random, samples: list[bytes]) -> bytes:
    """A sample with pieces cut out, moved, doubled, flipped and put in."""
    text = bytearray(chance.choice(samples))
    for _ in range(chance.choice((1, 1, 2, 3, 6))):
        start = chance.randrange(len(text) + 1)
        end = min(len(text), start + chance.choice((0, 0, 1, 2, 8, 80, 600)))
        kind = chance.randrange(7)
        if kind == 0:
            piece = chance.choice(NASTY)
        elif kind == 1:
            piece = chance.randbytes(chance.randrange(1, 9))
        elif kind == 2:
            piece = bytes(text[start:end]) * chance.choice((0, 2, 3, 40))
        elif kind == 3:
            other = chance.choice(samples)
            place = chance.randrange(len(other) + 1)
            piece = other[place : place + chance.choice((1, 10, 100, 1000))]
        elif kind == 4 and start < len(text):
            piece, end = bytes([text[start] ^ (1 << chance.randrange(8))]), start + 1
        elif kind == 5:
            piece, end = b"", len(text) if chance.random() < 0.3 else end
        else:
            piece = str(chance.choice((0, -1, 2**31, 2**63, 2**64, 10**20))).encode()
        text[start:end] = piece
        if len(text) > 200_000:
            del text[200_000:]
    return bytes(text)


def inputs(name: str, seed: int, corpus: list[bytes]) -> Iterator[bytes]:
    samples = [*TARGETS[name].samples(), *corpus]
    number = 0
    while True:
        yield mutated(random.Random(f"{seed}:{name}:{number}"), samples)
        number += 1


def too_long(*_: object) -> None:
    raise TimeoutError(f"more than {HANG_SECONDS} seconds")


def attempt(name: str, raw: bytes, finds: collections.Counter[str]) -> None:
    signal.setitimer(signal.ITIMER_PROF, HANG_SECONDS)
    try:
        TARGETS[name].run(raw)
    except Exception as error:
        places = [f for f in traceback.extract_tb(error.__traceback__) if "/bench/" not in f.filename]
        where = f"{Path(places[-1].filename).name}:{places[-1].lineno}" if places else ""
        kind = f"{name}: {type(error).__name__}: {str(error)[:100]} {where}"
        finds[kind] += 1
        if finds[kind] <= 3:
            FINDS.mkdir(parents=True, exist_ok=True)
            kept = FINDS / f"{name}-{hashlib.sha256(raw).hexdigest()[:12]}"
            kept.write_bytes(raw)
            print(f"FIND {kind}\n     {kept}", flush=True)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def guided(name: str, seconds: float) -> None:
    import atheris

    folder = FINDS.parent / "corpus" / name
    folder.mkdir(parents=True, exist_ok=True)
    for sample in TARGETS[name].samples():
        (folder / hashlib.sha256(sample).hexdigest()[:16]).write_bytes(sample)
    with atheris.instrument_imports(include=["analyzer", "reports"]):
        TARGETS[name].run(TARGETS[name].samples()[0])
    arguments = [
        sys.argv[0],
        str(folder),
        f"-max_total_time={int(seconds)}",
        "-timeout=20",
        f"-artifact_prefix={FINDS}/",
    ]
    atheris.Setup(arguments, TARGETS[name].run)
    atheris.Fuzz()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(TARGETS))
    parser.add_argument("--runs", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=1e9)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--corpus", type=Path, help="further files to begin with")
    parser.add_argument("--replay", type=Path)
    parser.add_argument("--atheris", action="store_true")
    asked = parser.parse_args()
    chosen = asked.targets or [n for n, t in TARGETS.items() if t.share]
    FINDS.mkdir(parents=True, exist_ok=True)
    if asked.replay:
        TARGETS[chosen[0]].run(asked.replay.read_bytes())
        return
    if asked.atheris:
        guided(chosen[0], asked.seconds)
        return
    signal.signal(signal.SIGPROF, too_long)
    if "bundle" in chosen:
        library()  # takes its time the first time
        GIVEN.extend(bundles_in(asked.corpus) if asked.corpus else ())
    corpus = [p.read_bytes()[:50_000] for p in sorted(asked.corpus.rglob("*")) if p.is_file()] if asked.corpus else []
    finds: collections.Counter[str] = collections.Counter()
    begin, total = time.monotonic(), 0
    whole_share = sum(TARGETS[n].share for n in chosen)
    for name in chosen:
        share = TARGETS[name].share / whole_share if whole_share else 1 / len(chosen)
        start, count = time.monotonic(), 0
        for raw in inputs(name, asked.seed, corpus if name not in ("bundle",) else []):
            if count >= asked.runs * share or time.monotonic() - begin > asked.seconds:
                break
            attempt(name, raw, finds)
            count += 1
        total += count
        print(f"{count:9,d}  {name:<16} {count / max(1e-9, time.monotonic() - start):8,.0f} a second", flush=True)
    print(
        f"{total:9,d}  executions in {time.monotonic() - begin:,.0f} s, seed {asked.seed}, {sum(finds.values())} finds"
    )
    for kind, times_found in sorted(finds.items()):
        print(f"{times_found:9,d}  {kind}")
    sys.exit(bool(finds))


if __name__ == "__main__":
    main()
