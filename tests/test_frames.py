"""The rows of a bundle as frames, and the collector of garbage around an ingest."""

from __future__ import annotations

import datetime as dt
import gc

import polars as pl
import pytest
from deriving import CRASHING, container, event, listing, pod

from analyzer.bundle import Bundle
from analyzer.frames import frame, frames
from analyzer.ingest import ingest
from analyzer.ingest.collector import rare_collection
from analyzer.model import Pod, Quote, Record
from analyzer.order import ordered
from analyzer.screen import Screen

NOON = dt.datetime(2024, 3, 5, 12, 0, 0, 123456, tzinfo=dt.UTC)


def record(line: int, **fields: object) -> Record:
    return Record(source="event", message="m", path="p", line=line, **fields)  # type: ignore[arg-type]


def test_a_bundle_can_be_asked_with_polars() -> None:
    things = listing(
        pod({"app": (container("app"), CRASHING)}), event("BackOff", "Back-off restarting failed container", "app")
    )
    asked = frames(ingest(Bundle.of_files({"all.json": things.encode()}), Screen.build(("x",))))
    assert asked["containers"].select("pod", "container", "restart_count").rows() == [("web-0", "app", 6)]
    [told] = asked["records"].filter(pl.col("source") == "event").to_dicts()
    assert (told["reason"], told["namespace"], told["timestamp"]) == (
        "BackOff",
        "shop",
        dt.datetime(2026, 3, 14, 9, 21, tzinfo=dt.UTC),
    )
    assert asked["records"]["record_id"].to_list() == list(range(asked["records"].height))
    assert asked["notes"].columns[:2] == ["path", "problem"]


def test_lists_and_rows_within_rows_are_lists_and_structs() -> None:
    quote = Quote(path="q", line=3, text="a", source="event", timestamp=NOON)
    table = frame(Record, [record(1, before=("", "two"), cites=(quote,), timestamp=NOON), record(2)])
    assert table["before"].to_list() == [["", "two"], []]
    assert table["cites"].to_list()[0][0]["line"] == 3
    assert table["timestamp"].to_list() == [NOON, None]
    assert frame(Record, []).schema == table.schema


def test_a_value_of_another_type_than_its_column_is_refused() -> None:
    with pytest.raises(TypeError):
        frame(Record, [record(1, count="three")])
    with pytest.raises(TypeError):
        frame(Record, [record(1, before=(1,))])


def test_rows_stand_in_the_order_of_files_and_lines_and_what_is_not_said_before_what_is() -> None:
    given = [record(2), record(1, name="b"), record(1, name="a", container="c"), record(1, name="a"), record(1)]
    assert [(r.line, r.name, r.container) for r in ordered(given)] == [
        (1, None, None),
        (1, "a", None),
        (1, "a", "c"),
        (1, "b", None),
        (2, None, None),
    ]
    pods = [Pod(namespace=n, name="p", path="f", line=1) for n in ("b", None, "a")]
    assert [p.namespace for p in ordered(pods)] == [None, "a", "b"]
    assert ordered(iter(())) == ()


def test_the_collector_is_as_it_was_after_an_ingest_that_fails() -> None:
    before = gc.get_threshold()
    with pytest.raises(ValueError, match="stop"), rare_collection():
        assert gc.get_threshold()[0] > before[0]
        raise ValueError("stop")
    assert gc.get_threshold() == before
