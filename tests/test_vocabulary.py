"""What words alone say, where no pattern knows the sentence, from bundles of pasted text end to end."""

from __future__ import annotations

import pytest

from analyzer.analysis import analyze_bundle
from analyzer.bundle import Bundle
from analyzer.compose import compose
from analyzer.diagnosis import Cause, Diagnosis
from analyzer.present import to_text
from analyzer.vocabulary import CLASSES
from patterns.load import load_library
from reports import render

LIBRARY = load_library()


def diagnosed(files: dict[str, str]) -> Diagnosis:
    return analyze_bundle(Bundle.of_files({path: text.encode() for path, text in files.items()}), LIBRARY)


def only(diagnosis: Diagnosis) -> Cause:
    [cause] = diagnosis.causes
    return cause


@pytest.mark.parametrize(
    ("cause", "line"),
    [
        ("tls-certificate", "error: the issuer of this chain is not one we were told about"),
        ("mount-failed", "error: mounting the share failed with code 32, says the helper"),
        ("cni-failure", "error: flannel has no lease for this machine"),
        ("kernel-limit", "error: no inotify handle left for the tree"),
        ("control-plane-component-down", "error: etcd answers too late"),
    ],
)
def test_the_words_of_an_unknown_complaint_name_its_class(cause: str, line: str) -> None:
    found = only(diagnosed({"pasted.txt": f"all is quiet\n{line}\n"}))

    assert (found.cause, found.evidence[0].text) == (cause, line)
    assert found.summary == f"No pattern knows this message; its words speak of this kind of cause: {line}."


def test_a_guess_by_words_stays_below_even_odds_however_often_it_is_said() -> None:
    rows = "".join(f"{n}m  Warning  Strange  pod/web-0  the issuer is no good, number {n}\n" for n in range(9))
    found = only(diagnosed({"events.txt": "LAST SEEN  TYPE  REASON  OBJECT  MESSAGE\n" + rows}))

    assert (found.cause, found.confidence < 0.45) == ("tls-certificate", True)
    assert [t.because for t in found.score if t.name == "words only"] == [
        "no pattern knows these sentences; only their words speak of this kind of cause"
    ]


def test_what_a_guess_by_words_explains_makes_it_no_surer() -> None:
    found = only(diagnosed({"logs/manager.log": "E0312 08:20:00.100000       1 loop.go:19] etcd answers too late\n"}))

    assert (found.cause, found.confidence < 0.45) == ("control-plane-component-down", True)


def test_a_watch_that_begins_anew_is_no_complaint() -> None:
    said = "watch chan error: etcdserver: mvcc: required revision has been compacted"
    line = f"W0312 08:20:00.100000       1 watcher.go:199] {said}"
    assert diagnosed({"logs/manager.log": line + "\n"}).causes == ()


def test_what_a_pattern_knows_leaves_no_room_for_words() -> None:
    text = "error: mounting the share failed\nMemory cgroup out of memory: Killed process 4711 (app) total-vm:9kB\n"
    assert [c.cause for c in diagnosed({"pasted.txt": text}).causes] == ["oom-container-limit"]


def test_the_class_that_most_complaints_speak_of_comes_first() -> None:
    text = "error: flannel has no lease\nerror: the certificate is odd\nerror: the issuer is odd\n"
    assert [c.cause for c in diagnosed({"pasted.txt": text}).causes] == ["tls-certificate"]


@pytest.mark.parametrize("text", ["mounting the share\nflannel is up\n", "the issuer renewed the certificate\n", "\n"])
def test_what_does_not_complain_is_no_failure(text: str) -> None:
    assert diagnosed({"pasted.txt": text}).causes == ()


def test_every_class_of_words_has_the_pattern_that_explains_it() -> None:
    assert [c for c, _ in CLASSES if c not in LIBRARY.patterns or LIBRARY.patterns[c].cause != c] == []


def test_what_is_less_than_even_odds_is_a_possible_cause_and_not_the_root_cause() -> None:
    found = diagnosed({"pasted.txt": "error: the issuer of this chain is odd\n"})
    assert to_text(found).startswith("Possibly    Certificate is expired, unknown or for another name\n")
    assert '<p class="eyebrow">Possible cause</p>' in render.html(compose(found))


def test_a_connection_that_is_opened_and_closed_again_is_no_complaint() -> None:
    probe = "I0312 08:10:06.100012     911 log.go:194] http: TLS handshake error from 10.20.0.9:41234: {}\n"
    assert diagnosed({"kubelet.log": probe.format("EOF")}).causes == ()
    assert only(diagnosed({"kubelet.log": probe.format("remote error: bad record")})).confidence < 0.5


def test_a_guess_about_a_part_of_the_control_plane_that_goes_on_working_is_dropped() -> None:
    told = '{"level":"%s","ts":"2026-03-12T08:00:0%dZ","caller":"a.go:1","msg":"%s"}\n'
    doubt = told % ("warn", 1, "prober detected unhealthy status")
    work = told % ("info", 5, "finished scheduled compaction")
    assert diagnosed({"logs/etcd.log": doubt + work}).causes == ()
    assert only(diagnosed({"logs/etcd.log": doubt})).confidence < 0.5
