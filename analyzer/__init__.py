"""podtopsy: the root cause of a Kubernetes incident, from what was collected.

`analyze(paths)` runs the whole program; `analyzer.analysis` is the one page that shows its stages in order.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from analyzer._version import __version__

if TYPE_CHECKING:
    from analyzer.analysis import Options
    from analyzer.diagnosis import Diagnosis

__all__ = ["__version__", "analyze"]


def analyze(paths: Sequence[str | Path], options: Options | None = None) -> Diagnosis:
    """The diagnosis of the bundle at `paths`; see `analyzer.analysis.analyze`."""
    from analyzer import analysis  # polars and the screen are only loaded when there is something to read

    return analysis.analyze(paths, options or analysis.Options())
