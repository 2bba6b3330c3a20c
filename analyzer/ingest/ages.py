"""What the ages of a pod's events prove of the moment it was described."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Final

from analyzer.ingest.harvest import Harvest

BEFORE_THE_START: Final = frozenset(
    {"FailedScheduling", "TriggeredScaleUp", "NotTriggerScaleUp", "FailedBinding", "WaitForPodScheduled"}
)


def proven_times(harvests: Iterable[Harvest]) -> Iterator[dt.datetime]:
    """Instants that have passed when the bundle was taken: a pod's start plus the age of an event after it.

    `kubectl describe pod` prints the start with a date and the events with ages alone; an event of the kubelet
    is never older than the pod's start, so the text was printed at least that age after it.
    """
    for harvest in harvests:
        starts = {(p.namespace, p.name): p.created_at for p in harvest.pods if p.created_at is not None}
        for record in harvest.records if starts else ():
            start = starts.get((record.namespace, record.name or ""))
            if start is None or record.source != "event" or record.reason in BEFORE_THE_START:
                continue
            for age in (record.age_seconds, record.first_age_seconds):
                if age is not None:
                    yield start + dt.timedelta(seconds=age)
