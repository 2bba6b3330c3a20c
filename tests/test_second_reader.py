"""Small files are read by two processes; what they give, and in which order, is the same as read by one."""

from __future__ import annotations

import gzip
import multiprocessing
import os
import resource
import sys
from itertools import islice
from multiprocessing.process import BaseProcess

import pytest

from analyzer.bundle import Bundle, Limits
from analyzer.ingest import read_files
from analyzer.ingest.reading import Reading
from analyzer.ingest.second_reader import NAME
from analyzer.screen import Screen
from patterns.load import load_library

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or len(os.sched_getaffinity(0)) < 2, reason="needs Linux and two cores"
)

POD = """apiVersion: v1
kind: Pod
metadata: {name: web-%d, namespace: shop}
spec:
  containers:
  - {name: web, image: shop/web:1, env: [{name: TOKEN, value: "made-up-%d"}]}
status:
  phase: Running
  containerStatuses:
  - {name: web, restartCount: %d, state: {waiting: {reason: CrashLoopBackOff}}}
"""
LINE = "2026-03-14T09:00:%02d.000000000Z stderr F panic: cannot open /etc/web/web-%d.conf: no such file or directory\n"


def files() -> dict[str, bytes]:
    """Of every kind that is read in another way: small, large, compressed, ignored, binary, empty, broken."""
    found: dict[str, bytes] = {".git/config": b"[core]\n", "a.bin": bytes(range(256)) * 40, "empty.log": b""}
    for number in range(150):
        found[f"namespaces/shop/pods/web-{number}/web-{number}.yaml"] = (POD % (number, number, number)).encode()
        log = f"namespaces/shop/pods/web-{number}/web/web/logs"
        found[f"{log}/previous.log"] = "".join(LINE % (second, number) for second in range(number % 60)).encode()
    found["namespaces/shop/pods/big/web/web/logs/current.log"] = (LINE % (1, 1)).encode() * 30_000
    found["namespaces/shop/pods/packed/web/web/logs/0.log.gz"] = gzip.compress((LINE % (2, 2)).encode())
    found["namespaces/shop/core/broken.yaml"] = b"apiVersion: v1\nkind: Pod\nmetadata: [\n"
    return found


def screens() -> tuple[Screen, Screen]:
    """One that reads alone, and one with a second reader."""
    expressions = tuple(sorted(load_library().expressions))
    alone, both = Screen.build(expressions), Screen.build(expressions)
    alone.threads, both.threads = 1, 2
    return alone, both


def readers() -> list[BaseProcess]:
    return [process for process in multiprocessing.active_children() if process.name == NAME]


def work_of_others() -> int:
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_minflt


def test_two_readers_give_what_one_gives_in_the_same_order() -> None:
    alone, both = screens()
    expected = list(read_files(Bundle.of_files(files()), alone))
    before = work_of_others()
    found: list[Reading] = list(read_files(Bundle.of_files(files()), both))

    assert work_of_others() > before  # there was another process
    assert readers() == []
    assert [r.entry.path for r in found] == sorted(files())
    assert found == expected
    assert sum(len(r.harvest.records) for r in found) > 300
    assert sum(len(r.harvest.pods) for r in found) == 150


@pytest.mark.parametrize("seen", [60, 200])
def test_where_the_second_reader_dies_the_first_reads_what_it_had(seen: int) -> None:
    alone, both = screens()
    expected = list(read_files(Bundle.of_files(files()), alone))
    readings = read_files(Bundle.of_files(files()), both)
    found = list(islice(readings, seen))
    (process,) = readers()
    process.kill()
    process.join()
    found += readings

    assert found == expected


def test_a_reader_that_is_given_up_leaves_no_process_behind() -> None:
    _, both = screens()
    readings = read_files(Bundle.of_files(files()), both)
    next(islice(readings, 60, 61))
    assert len(readers()) == 1
    readings.close()
    assert readers() == []


def test_limits_count_what_the_second_reader_reads() -> None:
    _, both = screens()
    bundle = Bundle.of_files(files(), Limits(total_bytes=20_000))
    found = list(read_files(bundle, both))
    problem = "the bundle has more than 20,000 bytes (--max-bytes): the rest is not read"
    assert problem in {r.entry.reason for r in found}
    assert bundle.bytes_read == 20_000
