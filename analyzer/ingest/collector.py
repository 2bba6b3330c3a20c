"""Lets Python look for garbage in cycles more rarely while rows are gathered and joined.

Rows are many, live to the end and hold no cycles; by default Python walks all of them again and again as they grow.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_NEW_OBJECTS: Final = 500_000  # between two looks at the youngest; what cycles there are stay few and small


@contextmanager
def rare_collection() -> Iterator[None]:
    """Within, the youngest objects are looked at seven hundred times as rarely as by default."""
    before = gc.get_threshold()
    gc.set_threshold(_NEW_OBJECTS, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
