"""Rows to frames and back, whatever they hold."""

from __future__ import annotations

import datetime as dt
import gc

import pytest

from analyzer.frames import frame, rows
from analyzer.ingest.collector import rare_collection
from analyzer.model import Pod, Quote, Record

NOON = dt.datetime(2024, 3, 5, 12, 0, 0, 123456, tzinfo=dt.UTC)
BEFORE_1970 = dt.datetime(1904, 2, 29, 23, 59, 59, 999999, tzinfo=dt.UTC)


def record(line: int, **fields: object) -> Record:
    return Record(source="event", message="m", path="p", line=line, **fields)  # type: ignore[arg-type]


def test_rows_come_back_from_their_frame_as_they_were() -> None:
    quotes = (
        Quote(path="p", line=1, text="a", source="event", timestamp=NOON),
        Quote(path="q", line=0, text="", source="x"),
    )
    given = [
        record(1, before=("", "two"), after=("one",), cites=quotes, timestamp=NOON, first_timestamp=BEFORE_1970),
        record(2),
        record(3, after=("one",), cites=quotes[:1], timestamp=NOON),
        record(4, after=("one", "two"), cites=quotes),
    ]
    assert rows(Record, frame(Record, given)) == given


def test_a_frame_without_rows_has_every_column_and_gives_no_rows_back() -> None:
    empty = frame(Record, [])
    assert list(empty.columns) == list(frame(Record, [record(1)]).columns)
    assert empty.schema == frame(Record, [record(1, cites=(Quote(path="p", line=1, text="", source="x"),))]).schema
    assert rows(Record, empty) == []


def test_equal_lists_of_different_rows_stay_with_their_rows() -> None:
    given = [
        Pod(namespace="n", name=name, path="p", line=line, labels=labels)
        for line, (name, labels) in enumerate([("a", ("x=1",)), ("b", ()), ("c", ("x=1",)), ("d", ("x=1", "y=2"))], 1)
    ]
    assert [pod.labels for pod in rows(Pod, frame(Pod, given))] == [("x=1",), (), ("x=1",), ("x=1", "y=2")]


def test_a_value_of_another_type_than_its_column_is_refused() -> None:
    with pytest.raises(TypeError):
        frame(Record, [record(1, count="three")])
    with pytest.raises(TypeError):
        frame(Record, [record(1, before=(1,))])


def test_the_collector_is_as_it_was_after_an_ingest_that_fails() -> None:
    before = gc.get_threshold()
    with pytest.raises(ValueError, match="stop"), rare_collection():
        assert gc.get_threshold()[0] > before[0]
        raise ValueError("stop")
    assert gc.get_threshold() == before
