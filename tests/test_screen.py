import pytest

from analyzer.errors import PatternError
from analyzer.screen import STRUCTURE, Screen, ScreenError, loosen


@pytest.fixture
def cache(tmp_path):
    return tmp_path / "cache"


def test_scan_gives_end_offset_and_index_in_order(cache):
    screen = Screen.build([r"Killed process (?P<pid>\d+) \(", "panic:"], cache)
    assert screen.scan(b"a panic: x\nKilled process 12 (java)\n") == [(8, 1), (30, 0)]


def test_one_hit_a_line_and_expression(cache):
    screen = Screen.build(["err.*", "e"], cache)
    hits = screen.scan(b"err err err\nnothing to see? no: e\n")
    assert [index for _, index in hits if index == 0] == [0]
    assert len([index for _, index in hits if index == 1]) == 2


def test_an_anchor_of_the_message_still_hits_behind_a_log_header(cache):
    screen = Screen.build([r"^panic: .*$"], cache)
    assert len(screen.scan(b"2024-01-01T00:00:00Z stderr F panic: boom\n")) == 1
    assert screen.match("panic: boom") == (0,)
    assert screen.match("do not panic: boom") == ()


def test_match_lists_every_expression_that_matches_ascending(cache):
    screen = Screen.build(["zebra", "(?i)FOO", "foo", "o{2}"], cache)
    assert screen.match("a foo") == (1, 2, 3)


def test_text_that_is_not_utf8_is_scanned_all_the_same(cache):
    assert Screen.build(["boom"], cache).scan(b"\xff\xfe\x00 boom\n") == [(8, 0)]


def test_every_bad_expression_is_reported_with_its_index(cache):
    with pytest.raises(ScreenError) as caught:
        Screen.build(["fine", "(?=ahead)", "open(", r"(a)\1", "x*"], cache)
    assert [index for index, _ in caught.value.problems] == [1, 2, 3, 4]
    assert isinstance(caught.value, PatternError)
    assert "expression 1: Zero-width assertions are not supported" in str(caught.value)


def test_no_expressions_at_all_is_a_screen_that_hits_nothing(cache):
    screen = Screen.build([], cache)
    assert screen.scan(b"panic\n") == []
    assert screen.match("panic") == ()


def test_structure_lines_have_indexes_behind_the_expressions(cache):
    screen = Screen.build(["boom"], cache)
    hits = screen.scan(b"2024-01-01T00:00:00.5Z stdout P part\n==== START logs for container c of pod n/p ====\n")
    assert [index for _, index in hits] == [1, 2]
    assert len(STRUCTURE) == 6


@pytest.mark.parametrize(
    ("written", "loose"),
    [
        (r"^foo.*$", "foo"),
        (r"a\+", r"a\+"),
        (r"\$PATH", r"\$PATH"),
        (r"[$^x]+ y", r"[$^x]+ y"),
        (r"(?P<x>\d+)", r"(?P<x>\d)"),
        (r"\Afatal: (.+)", "fatal: (.)"),
        (r"(?:^|\s)bar", r"(?:|\s)bar"),
        (r"panic: (.{1,200})|fatal: (?P<why>\w+)|x", r"panic: (.{1})|fatal: (?P<why>\w)|x"),
        (r"at [^ ]{2,9}?", "at [^ ]{2}"),
        (r"(?:a.{1,9}|b)c", r"(?:a.{1,9}|b)c"),
        (r"a\{1,9}", r"a\{1,9}"),
        (r"[a|b]{1,2}", r"[a|b]{1}"),
    ],
)
def test_loosening_drops_anchors_and_greedy_ends_only(written, loose):
    assert loosen(written) == loose


def test_a_cached_screen_finds_the_same(cache):
    first = Screen.build(["panic:", "fatal"], cache)
    (kept,) = cache.glob("*.hs")
    assert kept.stat().st_mode & 0o777 == 0o600
    second = Screen.build(["panic:", "fatal"], cache)
    block = b"panic: x\nfatal\n" * 3
    assert first.scan(block) == second.scan(block) != []


@pytest.mark.parametrize("damage", [b"", b"garbage", None])
def test_a_damaged_cache_costs_time_only(cache, damage):
    Screen.build(["panic:"], cache)
    (kept,) = cache.glob("*.hs")
    data = kept.read_bytes()
    kept.write_bytes(damage if damage is not None else data[:-1] + bytes([data[-1] ^ 1]))
    assert Screen.build(["panic:"], cache).scan(b"panic: x\n") == [(6, 0)]
    assert kept.read_bytes() == data


def test_a_cache_directory_that_cannot_be_made_costs_time_only(tmp_path):
    blocker = tmp_path / "file"
    blocker.write_text("")
    assert Screen.build(["panic:"], blocker / "cache").scan(b"panic: x\n") == [(6, 0)]


def test_another_set_of_expressions_has_another_cache_file(cache):
    Screen.build(["a1"], cache)
    Screen.build(["a2"], cache)
    assert len(list(cache.glob("*.hs"))) == 2
