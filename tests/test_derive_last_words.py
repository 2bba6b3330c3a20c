"""The end of a log is judged by few words, where no pattern knows the line and nothing says that all is well."""

from __future__ import annotations

from pathlib import Path

from analyzer.analysis import analyze
from analyzer.diagnosis import Cause

UNKNOWN = 'fatal: tariff table refused: unknown field "zone" in row 3\n'


def causes(folder: Path, log: str, **files: str) -> tuple[Cause, ...]:
    (folder / "logs").mkdir()
    (folder / "logs" / "tariff.log").write_text(log)
    for name, text in files.items():
        (folder / name.replace("__", ".").replace("_", "-")).write_text(text)
    return analyze([folder]).causes


def test_an_unknown_wording_at_the_end_is_told_by_its_words_and_never_surely(tmp_path: Path) -> None:
    [cause] = causes(tmp_path, "level=info msg=starting\n" + UNKNOWN)
    assert (cause.cause, cause.about.container) == ("config-invalid", "tariff")
    assert cause.confidence < 0.5


def test_a_failing_container_makes_its_last_words_believable(tmp_path: Path) -> None:
    pods = "NAME       READY   STATUS             RESTARTS   AGE\ntariff-0   0/1     CrashLoopBackOff   6          9m\n"
    [cause, *_] = causes(tmp_path, UNKNOWN, get_pods__txt=pods)
    assert cause.cause == "config-invalid"
    assert cause.confidence > 0.5


def test_a_program_that_works_on_behind_the_error_has_no_last_words(tmp_path: Path) -> None:
    assert causes(tmp_path, UNKNOWN + "level=info msg=serving\n") == ()


def test_a_request_behind_the_error_shows_that_the_server_lives(tmp_path: Path) -> None:
    assert causes(tmp_path, UNKNOWN + '10.0.0.9 - "GET /prices HTTP/1.1" 200 87\n') == ()


def test_a_line_that_a_pattern_knows_is_not_judged_by_its_words_again(tmp_path: Path) -> None:
    found = causes(tmp_path, "panic: open /srv/tariff.yaml: permission denied in field list\n")
    assert "setting-refused-in-last-words" not in [c.pattern for c in found]


def test_kubectl_saying_that_there_is_no_log_is_no_last_word(tmp_path: Path) -> None:
    said = 'Error from server (BadRequest): container "tariff" in pod "tariff-0" is waiting to start: PodInitializing\n'
    assert causes(tmp_path, said) == ()


def test_a_server_that_says_later_that_it_serves_is_past_its_errors(tmp_path: Path) -> None:
    log = (
        "2026-03-12 08:00:01.402  WARN 1 --- [main] c.e.Rates : java.net.ConnectException: Connection refused\n"
        "2026-03-12 08:00:12.801  INFO 1 --- [main] c.e.Tariff : Started Tariff in 12.9 seconds\n"
    )
    assert causes(tmp_path, log) == ()


def test_a_server_that_ends_after_it_served_is_not_well(tmp_path: Path) -> None:
    log = (
        "2026-03-12 08:00:01.802  INFO 1 --- [main] c.e.Tariff : Started Tariff in 12.9 seconds\n"
        "2026-03-12 08:00:12.402 ERROR 1 --- [main] c.e.Rates : java.net.ConnectException: Connection refused\n"
    )
    assert [c.cause for c in causes(tmp_path, log)] == ["dependency-unreachable"]


def test_a_line_without_a_time_is_not_answered_by_a_start_of_its_container(tmp_path: Path) -> None:
    events = "  Normal  Started  2m (x5 over 9m)  kubelet  Started container tariff\n"
    [cause, *_] = causes(tmp_path, "exec /usr/bin/tariff: exec format error\n", describe_pod__txt=events)
    assert cause.cause == "image-arch-mismatch"


def test_kubectl_saying_which_container_it_chose_names_the_container(tmp_path: Path) -> None:
    log = 'Defaulted container "web" out of: web, proxy\nexec /usr/bin/web: exec format error\n'
    [cause] = causes(tmp_path, log)
    assert cause.about.container == "web"


def test_the_command_that_was_copied_along_says_whose_log_it_is(tmp_path: Path) -> None:
    log = "me@host:~$ kubectl logs -f tariff-0 -c fetch -n shop --tail=20\nchown: /rates: Operation not permitted\n"
    [cause] = causes(tmp_path, log)
    assert (cause.about.namespace, cause.about.name, cause.about.container) == ("shop", "tariff-0", "fetch")


def test_a_pasted_command_makes_a_log_of_a_file_whose_name_says_nothing(tmp_path: Path) -> None:
    paste = "$ oc logs tariff-0 -n shop -c fetch\nchown: /rates: Operation not permitted\n"
    [cause] = causes(tmp_path, "", paste__txt=paste)
    assert (cause.about.namespace, cause.about.name, cause.about.container) == ("shop", "tariff-0", "fetch")


def test_the_message_of_a_state_is_read_as_the_end_of_a_log(tmp_path: Path) -> None:
    state = (
        "Name:         tariff-0\nNamespace:    shop\nContainers:\n  fetch:\n"
        "    State:       Waiting\n      Reason:    CrashLoopBackOff\n"
        "    Last State:  Terminated\n      Reason:    Error\n      Message:   reading rates\n{}\n      Exit Code: 1\n"
    )
    known = "open /rates/today.csv: permission denied"
    unknown = 'rates refused: unknown field "zone" in row 3'
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    [cause, *_] = causes(tmp_path / "one", "", describe_pod__txt=state.format(known))
    assert (cause.pattern, cause.about.container) == ("permission-denied-filesystem", "fetch")
    [cause, *_] = causes(tmp_path / "two", "", describe_pod__txt=state.format(unknown))
    assert (cause.cause, cause.about.container) == ("config-invalid", "fetch")


def test_what_a_program_says_while_it_stops_is_not_going_on(tmp_path: Path) -> None:
    log = "2026-03-12 08:00:01,645 ERROR tariff table refused: unknown field in row 3\n"
    log += "2026-03-12 08:00:01,650 INFO shutting down\n2026-03-12 08:00:01,655 INFO Session: 0x10 closed\n"
    assert [c.cause for c in causes(tmp_path, log)] == ["config-invalid"]


def test_a_stop_that_was_asked_for_makes_no_last_words_of_what_stands_above(tmp_path: Path) -> None:
    log = "2026-03-12 08:00:01,645 ERROR request 17 failed: unknown field in row 3\n"
    assert causes(tmp_path, log + "2026-03-12 08:00:01,650 INFO shutting down gracefully\n") == ()


def test_a_program_that_stops_and_starts_again_went_on(tmp_path: Path) -> None:
    log = "2026-03-12 08:00:01,645 ERROR tariff table refused: unknown field in row 3\n"
    log += "2026-03-12 08:00:01,650 INFO shutting down\n2026-03-12 08:00:04,655 INFO starting tariff 4\n"
    assert causes(tmp_path, log) == ()


def test_the_hint_of_a_database_belongs_to_the_line_above(tmp_path: Path) -> None:
    log = '2026-03-12 08:00:01.000 UTC [1] FATAL:  invalid value for parameter "zone": "x"\n'
    log += "2026-03-12 08:00:01.000 UTC [1] HINT:  Available values: a, b.\n"
    assert [c.cause for c in causes(tmp_path, log)] == ["config-invalid"]


def test_a_program_that_tells_its_end_behind_the_error_does_not_go_on(tmp_path: Path) -> None:
    log = "2026-03-12 08:00:01 | tariff: fatal: no lock\n2026-03-12 08:00:02 | supervisor: rates exited 111\n"
    assert [c.cause for c in causes(tmp_path, log)] == ["app-crash"]


def test_a_write_that_lost_against_another_is_no_last_word(tmp_path: Path) -> None:
    line = (
        "E0312 08:00:22.000121 1 daemon_controller.go:326] shop/menu failed with : Operation cannot be fulfilled on "
        'daemonsets.apps "menu": the object has been modified; please apply your changes to the latest version\n'
    )
    assert causes(tmp_path, line) == ()
