"""What is masked in bundles that hold no planted secret: the number by kind, and the places that occur most.

`python bench/false_masks.py [PATH]...` (default: samples) prints masks per 10,000 lines. What is a secret all the
same, such as a token that a log really tells, is for the reader to take off.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))


def main() -> None:
    from analyzer.bundle import open_bundle
    from analyzer.encoding import looks_binary
    from analyzer.redact.detect import Unchecked, secrets_in
    from analyzer.redact.literals import Literals
    from analyzer.redact.stream import cleaned

    kinds: Counter[str] = Counter()
    shown: Counter[str] = Counter()

    def look(lines: Sequence[str]) -> Sequence[str]:
        try:
            for line, secrets in zip(lines, secrets_in(lines, is_excerpt=False), strict=True):
                for secret in secrets:
                    kinds[secret.kind] += 1
                    around = (
                        f"{line[max(0, secret.start - 40) : secret.start]}[[{line[secret.start : secret.end][:50]}]]"
                    )
                    shown[f"{secret.kind}: {around.strip()}"] += 1
        except Unchecked:
            kinds["withheld"] += len(lines)
        return lines

    lines, start, nothing = 0, time.process_time(), Literals(())
    for path in sys.argv[1:] or [str(ROOT / "samples")]:
        for file in open_bundle([path]).files():
            stream = file.open()
            head = stream.read(4096)
            if looks_binary(head):
                continue
            from analyzer.archive import Rewound

            lines += sum(piece.count(b"\n") for piece in cleaned(Rewound(head, stream), look, nothing))
    total = sum(kinds.values())
    print(f"{lines:,} lines, {total} masks ({10_000 * total / max(1, lines):.2f} per 10,000 lines)")
    print(f"{time.process_time() - start:.1f} s of processor time")
    for kind, number in kinds.most_common():
        print(f"  {kind}: {number}")
    for place, number in shown.most_common(60):
        print(f"    {number:>4}  {place!r}")


if __name__ == "__main__":
    main()
