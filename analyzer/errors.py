"""The errors podtopsy raises on purpose, as one tree.

PodtopsyError                 anything a user can act on; the message is one sentence
├── InputError                the given path cannot be read as a whole          (exit 2)
├── UsageError                the options contradict each other or the world    (exit 2)
└── PatternError              one or more patterns are wrong, all listed        (exit 2)

`patterns` is a leaf package with a `PatternProblem` list of its own; the command line turns it into
PatternError. Anything else that escapes a parser is our bug: it costs the one file it happened in and
makes the exit code 3.
"""

from __future__ import annotations


class PodtopsyError(Exception):
    """Base of all errors with a message meant for the user."""


class InputError(PodtopsyError):
    """A given PATH is missing or unreadable as a whole."""


class UsageError(PodtopsyError):
    """The options cannot be obeyed, such as an output file that already exists."""


class PatternError(PodtopsyError):
    """A pattern file is wrong; the message lists every problem as file:line: field: sentence."""
