"""The `podtopsy` command, also as `python -m analyzer`."""

from __future__ import annotations

import sys

INTERRUPTED = 130


def main() -> None:
    """Run the command line; Ctrl-C ends in one sentence also while the program is still being loaded."""
    try:
        from analyzer.cli import main as command

        command()
    except KeyboardInterrupt:
        sys.stderr.write("podtopsy: interrupted\n")
        raise SystemExit(INTERRUPTED) from None


if __name__ == "__main__":
    main()
