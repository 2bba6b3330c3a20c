"""Recall of the masks: secrets planted in lines of every kind, and which of them are left.

`python bench/redaction_plants.py [COUNT] [SEED]` prints the share that was masked and the misses by way of writing.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]


def main() -> None:
    from plants import is_leaked, plants

    from analyzer.redact.mask import Masker

    count, seed = (int(a) for a in (*sys.argv[1:3], *("10000", "1")[len(sys.argv) - 1 :]))
    made = plants(count, seed)
    start = time.perf_counter()
    left = [p for p in made if is_leaked(p.secret, "\n".join(Masker().clean(p.lines)))]
    seconds = time.perf_counter() - start
    print(
        f"{count - len(left)} of {count} masked ({100 * (1 - len(left) / count):.2f} %), {seconds:.1f} s, seed {seed}"
    )
    for what, key in (("syntax", "syntax"), ("carrier", "carrier"), ("kind", "kind")):
        worst = Counter(getattr(p, key) for p in left).most_common(8)
        print(f"missed by {what}: " + (", ".join(f"{name} {number}" for name, number in worst) or "none"))
    for plant in left[:40]:
        print(" ", plant.kind, plant.syntax, plant.carrier, plant.lines[1:-1])


if __name__ == "__main__":
    main()
