"""Score podtopsy on labelled cases: confusion matrix, misses with their reason, calibration of the first diagnosis.

    python bench/accuracy.py [DIR...]                   default: the labelled incidents and bundles beside the checkout
    python bench/accuracy.py --leave-one-out [DIR...]   again, each case without the patterns it may have led to

A case is a folder with label.json and one of input/, bundle/, bundle.tar.gz, bundle.zip ...; the label names
`cause` (or `causes`), `also_acceptable`, `container` and `decisive_evidence`. A cause of "none" is a healthy case.

--leave-one-out judges every case again without the patterns that may have been written for it: those that name its
project, which is the owner or the repository of the label's `origin`, and those that quote it, with a literal of 30
characters and more that stands in its decisive evidence.
"""

from __future__ import annotations

import dataclasses
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from analyzer.analysis import analyze_bundle
from analyzer.bundle import open_bundle
from analyzer.diagnosis import Cause, Diagnosis
from patterns.load import load_library
from patterns.policy import Noise, Policy
from patterns.schema import CAUSES, Library, Pattern

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
BUNDLES = ("input", "bundle", "bundle.tar.gz", "bundle.tgz", "bundle.tar", "bundle.tar.xz", "bundle.zip")
NONE = "none"
ALARM = 0.5  # confidence from which a diagnosis of a healthy case is a false alarm
MOST_NAMED = 3  # patterns that have a word which is still a name
LONG = 30  # characters that are quoted, rather than met
BINS = (0.0, 0.2, 0.4, 0.6, 0.8)


@dataclass(frozen=True)
class Case:
    """One labelled case and what was said of it."""

    name: str
    bundle: Path
    origin: str
    labels: list[dict[str, object]]  # empty: healthy
    diagnosis: Diagnosis

    @property
    def first(self) -> Cause | None:
        return self.diagnosis.causes[0] if self.diagnosis.causes else None

    @property
    def said(self) -> str:
        return self.first.cause if self.first else NONE

    @property
    def wanted(self) -> str:
        return str(self.labels[0]["cause"]) if self.labels else NONE

    def is_right(self, rank: int) -> bool:
        """One of the labelled causes is among the first `rank` diagnoses."""
        allowed = {a for label in self.labels for a in acceptable(label)}
        return any(c.cause in allowed for c in self.diagnosis.causes[:rank])


def acceptable(label: dict[str, object]) -> set[str]:
    more = label.get("also_acceptable") or []
    assert isinstance(more, list)
    return {str(label["cause"]), *map(str, more)}


def cases(folders: Sequence[Path], library: Library) -> Iterator[Case]:
    for folder in folders:
        for path in sorted(folder.rglob("label.json")):
            bundle = next((path.parent / b for b in BUNDLES if (path.parent / b).exists()), None)
            if bundle is None:
                continue
            label = json.loads(path.read_text(encoding="utf-8"))
            labels = label.get("causes") or ([] if label.get("cause") in (NONE, "healthy", None) else [label])
            origin = str(label.get("origin") or "")
            yield Case(path.parent.name, bundle, origin, labels, judged(bundle, library))


def judged(bundle: Path, library: Library, without: Sequence[str] = ()) -> Diagnosis:
    """The diagnosis of a bundle, without the findings of some patterns."""
    policy = Policy(noise=tuple(Noise(pattern=p) for p in without))
    return analyze_bundle(open_bundle([bundle]), library, policy=policy)


def main() -> None:
    arguments = sys.argv[1:]
    is_leaving_out = "--leave-one-out" in arguments
    folders = [Path(a) for a in arguments if not a.startswith("--")] or [SHARED / "incidents", SHARED / "bundles"]
    library = load_library()
    if not any(f.is_dir() for f in folders):
        sys.exit(f"no labelled cases in {', '.join(map(str, folders))}")
    found = list(cases(folders, library))
    sick, healthy = [c for c in found if c.labels], [c for c in found if not c.labels]
    print_confusion(sick)
    print_misses(found)
    print_calibration(found)
    print_summary(sick, healthy)
    if is_leaving_out:
        print_left_out(found, library)


def print_left_out(found: Sequence[Case], library: Library) -> None:
    """The summary over the same cases, those judged again that may have led to patterns."""
    print("\nleave one out: each case without the patterns that name its project or quote it")
    again = []
    for case in found:
        ids = sorted({*naming(case, library), *quoting(case, library)})
        left = dataclasses.replace(case, diagnosis=judged(case.bundle, library, ids)) if ids else case
        if case.labels and case.is_right(1) and not left.is_right(1):
            print(f"  {case.name}: said {left.said} without {', '.join(ids)}")
        again.append(left)
    print_summary([c for c in again if c.labels], [c for c in again if not c.labels])


def naming(case: Case, library: Library) -> list[str]:
    """The patterns whose id, title or regexes name the project; a word that many patterns have is no name."""
    words = {w for part in case.origin.split("/")[3:5] for w in re.findall(r"[a-z][a-z0-9]{3,}", part.lower())}
    found = []
    for word in sorted(words - {"kubernetes"}):
        having = [p.id for _, p in sorted(library.patterns.items()) if word in words_of(p)]
        found += having if len(having) <= MOST_NAMED else []
    return found


def words_of(pattern: Pattern) -> set[str]:
    told = [pattern.id, pattern.title, *(s.message or "" for s in pattern.match.selectors)]
    return set(re.findall(r"[a-z][a-z0-9]{3,}", " ".join(told).lower()))


def quoting(case: Case, library: Library) -> list[str]:
    """The patterns with a long literal of the decisive evidence."""
    wanted = " ".join(str(e) for label in case.labels for e in listed(label, "decisive_evidence"))
    return [
        p.id
        for _, p in sorted(library.patterns.items())
        if any(literal in wanted for s in p.match.selectors for literal in literals(s.message or ""))
    ]


def literals(regex: str) -> list[str]:
    """The stretches of a regex that stand for themselves, where they are long."""
    plain = re.sub(r"\\([^A-Za-z0-9])", lambda m: "\0" if m[1] == "\0" else m[1], regex.replace("\\d", "\0"))
    return [part for part in re.split(r"[\0()\[\]{}|*+?^$\\]|\.(?=[*+{])", plain) if len(part) >= LONG]


def listed(label: dict[str, object], key: str) -> list[object]:
    value = label.get(key) or []
    assert isinstance(value, list)
    return value


def print_confusion(sick: Sequence[Case]) -> None:
    """Rows: what was labelled; columns: what was said, right ones first."""
    print("confusion: labelled class, cases, said")
    order = [c for classes in CAUSES.values() for c in classes]
    for cause in order:
        said = Counter("right" if c.is_right(1) else c.said for c in sick if c.wanted == cause)
        if said:
            ranked = sorted(said.items(), key=lambda kv: (kv[0] != "right", -kv[1], kv[0]))
            print(f"  {cause:30} {sum(said.values()):3}   {', '.join(f'{n} {name}' for name, n in ranked)}")


def print_misses(found: Sequence[Case]) -> None:
    print("\nmisses and false alarms")
    for case in found:
        if case.labels and not case.is_right(1):
            place = next((n for n, c in enumerate(case.diagnosis.causes, 1) if case.is_right(n) and c), None)
            why = f"right one at rank {place}" if place else "right one not among the diagnoses"
            told = f" ({case.first.confidence:.2f}: {case.first.summary[:90]})" if case.first else ""
            print(f"  {case.name}: wanted {case.wanted}, said {case.said}{told}; {why}")
        elif not case.labels and case.first and case.first.confidence >= ALARM:
            print(f"  {case.name}: healthy, said {case.said} ({case.first.confidence:.2f}: {case.first.summary[:90]})")


def print_calibration(found: Sequence[Case]) -> None:
    """How often a first diagnosis of a given confidence is right; ECE is the mean gap, weighted by cases."""
    said = [(c.first.confidence, bool(c.labels) and c.is_right(1)) for c in found if c.first]
    print("\ncalibration of the first diagnosis")
    error = 0.0
    for low in BINS:
        inside = [x for x in said if low <= x[0] < low + 0.2 or (low == BINS[-1] and x[0] >= 1.0)]
        if inside:
            mean = sum(x[0] for x in inside) / len(inside)
            right = sum(x[1] for x in inside) / len(inside)
            error += abs(mean - right) * len(inside) / len(said)
            print(f"  {low:.1f} to {low + 0.2:.1f}: {len(inside):3} cases, said {mean:.2f}, right {right:.2f}")
    print(f"  expected calibration error {error:.3f}")


def print_summary(sick: Sequence[Case], healthy: Sequence[Case]) -> None:
    alarms = sum(1 for c in healthy if c.first and c.first.confidence >= ALARM)
    named = [c for c in sick if c.labels[0].get("container")]
    right = sum(c.first is not None and c.first.about.container in containers(c.labels[0]) for c in named)
    quoted = [c for c in sick if c.labels[0].get("decisive_evidence")]
    print(
        f"\n{len(sick)} incidents: top-1 {share(sum(c.is_right(1) for c in sick), len(sick))}, "
        f"top-3 {share(sum(c.is_right(3) for c in sick), len(sick))}, "
        f"decisive line quoted {share(sum(map(quotes, quoted)), len(quoted))}, "
        f"container {share(right, len(named))}; {alarms} false alarms on {len(healthy)} healthy"
    )


def containers(label: dict[str, object]) -> set[object]:
    more = label.get("also_containers") or []
    assert isinstance(more, list)
    return {label["container"], *more}


def quotes(case: Case) -> bool:
    wanted = case.labels[0]["decisive_evidence"]
    assert isinstance(wanted, list)
    texts = [plain(e.text) for e in case.first.evidence] if case.first else []
    together = " ".join(texts)
    return any(plain(str(w)) in together or any(len(t) >= 20 and t in plain(str(w)) for t in texts) for w in wanted)


def plain(text: str) -> str:
    return " ".join(text.replace("\\", "").replace('"', "").replace("'", "").split())


def share(part: int, whole: int) -> str:
    return f"{part}/{whole} = {part / whole:.3f}" if whole else "none"


if __name__ == "__main__":
    main()
