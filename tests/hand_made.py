"""Diagnoses made by hand, for the tests of what is told."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

from analyzer.diagnosis import (
    BundleFacts,
    Cause,
    Counterfactual,
    Diagnosis,
    EvidenceLine,
    Explained,
    LibraryFacts,
    Missing,
    ObjectRef,
    Patch,
    RuledOut,
    ScoreTerm,
    Seen,
    Step,
    Unexplained,
    Victim,
)
from analyzer.model import FileEntry, Note

POD = "api-v2-7c9d8b6f54-x2x7k"
PODS = f"must-gather/namespaces/shop/pods/{POD}"
PREVIOUS = f"{PODS}/fluentd/fluentd/logs/previous.log"
INIT = f"{PODS}/config-init/config-init/logs/current.log"
SPEC = f"{PODS}/{POD}.yaml"
HOSTILE = (
    "<script>alert(1)</script>\"'`|*[x](javascript:y) [red]x[/red]"
    "\x1b[31mred\x1b[0m \u202egnp\u202c \u200b\x00\x9b \ud800 {{ 7*7 }} &amp;"
)


def at(hour: int, minute: int, second: int = 0) -> dt.datetime:
    return dt.datetime(2026, 3, 14, hour, minute, second, tzinfo=dt.UTC)


def line(path: str, number: int, source: str, text: str, time: dt.datetime | None = None, **more: Any) -> EvidenceLine:
    more.setdefault("timestamp_error_seconds", 0.0)
    return EvidenceLine(path=path, line=number, timestamp=time, source=source, text=text, **more)


def file(path: str, lines: int, status: str = "parsed", **more: Any) -> FileEntry:
    parsed = lines if status == "parsed" else 0
    values: dict[str, Any] = {"layout": "must-gather", "format": "container_log", "parsed": parsed, "records": 2}
    return FileEntry(path=path, bytes=lines * 90, status=status, lines=lines, **(values | more))


FLUENTD = Cause(
    rank=1,
    cause="volume-mount-mismatch",
    pattern="config-written-elsewhere",
    title="Two containers mount one volume at different paths",
    summary=(
        "config-init writes fluent.conf into volume shared-config at /tmp/fluentd; fluentd mounts the same volume at "
        "/etc/fluentd and looks for /etc/fluentd/fluent.conf, which is not there."
    ),
    confidence=0.86,
    about=ObjectRef(namespace="shop", kind="Pod", name=POD, container="fluentd", node="worker-2"),
    workload=("Deployment", "api-v2"),
    victims=(Victim(namespace="shop", pod=POD, container="fluentd", node="worker-2"),),
    first_seen=at(9, 14, 58),
    last_seen=at(9, 33, 41),
    chain=(
        Step(
            role="cause",
            title="config-init writes to /tmp/fluentd, fluentd reads /etc/fluentd",
            timestamp=at(9, 14, 58),
            evidence=(0, 1, 2),
        ),
        Step(role="mechanism", title="fluentd finds no configuration and exits", timestamp=at(9, 15, 4), evidence=(3,)),
        Step(
            role="symptom",
            title="fluentd is restarted until its memory limit bites: OOMKilled",
            timestamp=at(9, 17, 52),
            evidence=(4,),
        ),
        Step(role="symptom", title="Back-off restarting fluentd, 11 times", timestamp=at(9, 33, 41), evidence=(5,)),
    ),
    score=(
        ScoreTerm(
            name="stated", value=0.35, because="The previous log names the file it misses, /etc/fluentd/fluent.conf."
        ),
        ScoreTerm(name="precedes", value=0.2, because="The init container wrote 6 seconds before the first failure."),
        ScoreTerm(name="near", value=0.15, because="Both containers belong to the same pod."),
        ScoreTerm(name="covers", value=0.2, because="It explains 12 of 12 warnings of the pod."),
        ScoreTerm(name="specific", value=-0.04, because="One other reading is left: the file may carry another name."),
    ),
    evidence=(
        line(
            SPEC,
            88,
            "object",
            "      mountPath: /tmp/fluentd",
            before=("    volumeMounts:", "    - name: shared-config"),
            after=("  containers:",),
        ),
        line(
            SPEC,
            131,
            "object",
            "      mountPath: /etc/fluentd",
            before=("    - name: shared-config",),
            after=("      readOnly: true",),
        ),
        line(
            INIT,
            4,
            "container_log",
            "2026-03-14T09:14:58.102331Z wrote /tmp/fluentd/fluent.conf (1843 bytes)",
            at(9, 14, 58),
        ),
        line(
            PREVIOUS,
            7,
            "container_log",
            "2026-03-14T09:15:04.551902Z [error]: cannot load config file /etc/fluentd/fluent.conf: No such file",
            at(9, 15, 4),
            before=(
                "2026-03-14T09:15:03.900000Z [info]: starting fluentd-1.16.5",
                "2026-03-14T09:15:04.400000Z [info]: reading config",
            ),
        ),
        line(
            SPEC, 214, "container_status", "        reason: OOMKilled", at(9, 17, 52), before=("        exitCode: 137",)
        ),
        line(
            "must-gather/namespaces/shop/core/events.yaml",
            402,
            "event",
            "  message: Back-off restarting failed container fluentd",
            at(9, 33, 41),
            timestamp_error_seconds=30.0,
        ),
    ),
    ruled_out=(
        RuledOut(
            cause="oom-container-limit",
            because="The kill at 09:17:52 comes 168 seconds after the first failure to load the configuration.",
        ),
        RuledOut(cause="probe-too-early", because="No Killing event and no failed liveness probe in the bundle."),
    ),
    severity="critical",
    meaning="A file that one container prepares is not where the other container looks for it.\n",
    impact="The sidecar never starts; the pod is not Ready and its logs are not shipped.",
    diagnosis=(f"kubectl -n shop get pod {POD} -o jsonpath='{{.spec.initContainers[*].volumeMounts}}'",),
    mitigation=(
        "Mount shared-config at /etc/fluentd in config-init too.",
        "Or let config-init write to a path taken from one ConfigMap.",
    ),
    verify=(f"kubectl -n shop exec {POD} -c fluentd -- ls -l /etc/fluentd/fluent.conf",),
    avoid=("Raising the memory limit of fluentd: it hides the missing file for longer.",),
    prevent=("One path for a shared volume, set in one place for both containers.",),
    references=("https://kubernetes.io/docs/concepts/storage/volumes/",),
    patch=(
        Patch(
            target="Deployment api-v2 in namespace shop",
            language="diff",
            text="   - name: shared-config\n-    mountPath: /tmp\n+    mountPath: /etc/fluentd",
            command="",
            because="config-init writes fluent.conf there",
        ),
        Patch(
            target="Deployment api-v2 in namespace shop",
            language="yaml",
            text="spec:\n  template: {}",
            command="kubectl -n shop patch deployment api-v2 --patch-file patch.yaml",
            because="shows a patch with its command",
        ),
    ),
    counterfactuals=(Counterfactual(statement="At /etc/fluentd the file would have been found.", evidence=(0, 1, 99)),),
)

FACTS = BundleFacts(
    paths=("must-gather.tar.gz",),
    layouts=("must-gather",),
    collected_at=at(9, 41),
    first_timestamp=at(8, 2),
    last_timestamp=at(9, 40, 11),
    kubernetes_version="v1.29.4",
    platform="OpenShift 4.16.8",
    pods=14,
    nodes=3,
    namespaces=4,
)

STORY = Diagnosis(
    version="0.1.0",
    bundle=FACTS,
    causes=(FLUENTD,),
    unexplained=(),
    explained=Explained(window=(at(9, 14, 58), at(9, 33, 41)), warnings=12, explained=12),
    calm=(),
    missing=(
        Missing(
            what="kubelet journal of worker-2",
            state="absent",
            because="It would show each mount and each restart with its time.",
            command="oc adm node-logs worker-2 -u kubelet --since=-2h",
        ),
        Missing(what="events before 08:40", state="expired", because="Events live for one hour.", command=""),
    ),
    complete=True,
    files=(
        file(PREVIOUS, 7),
        file(INIT, 4),
        file(SPEC, 260, format="objects"),
        file("must-gather/namespaces/shop/core/events.yaml", 612, format="events"),
    ),
    notes=(),
    has_failures=True,
    seen=(
        Seen(
            pattern="config-written-elsewhere",
            title="Two containers mount one volume at different paths",
            role="cause",
            cause="volume-mount-mismatch",
            severity="critical",
            about=FLUENTD.about,
            objects=1,
            count=12,
            first_seen=at(9, 14, 58),
            last_seen=at(9, 33, 41),
            rank=1,
            part="cause",
            path=PREVIOUS,
            line=7,
        ),
        Seen(
            pattern="probe-failed",
            title="A health probe failed",
            role="symptom",
            cause="",
            severity="warning",
            about=ObjectRef(namespace="shop", kind="Pod", name="cart-0", container="cart"),
            objects=3,
            count=1200,
            first_seen=None,
            last_seen=None,
            rank=0,
            part="it succeeded later",
            path="events.yaml",
            line=3,
        ),
    ),
    library=LibraryFacts(patterns=130, causes=110, own=2, digest="0123456789ab"),
)

HEALTHY = dataclasses.replace(
    STORY, causes=(), explained=Explained(window=None, warnings=0, explained=0), missing=(), has_failures=False
)

HALF_READ = dataclasses.replace(
    HEALTHY,
    complete=False,
    files=(
        *HEALTHY.files,
        file("must-gather/host_service_logs/kubelet.log.gz", 0, "skipped", reason="truncated gzip after 3 MB"),
    ),
    notes=(Note(path=PREVIOUS, line=3, problem="line does not parse", count=2),),
)

LEADS = dataclasses.replace(
    STORY,
    causes=(),
    unexplained=(
        Unexplained(
            title="Container worker exits with code 2",
            about=ObjectRef(namespace="shop", kind="Pod", name="cart-0", container="worker"),
            evidence=(
                line(
                    "must-gather/namespaces/shop/pods/cart-0/cart-0.yaml",
                    90,
                    "container_status",
                    "        exitCode: 2",
                    at(9, 20),
                ),
            ),
        ),
    ),
)


def _big() -> Diagnosis:
    victims = tuple(
        Victim(namespace="pay", pod=f"ledger-{n}", container="app", node=f"worker-{n % 3}") for n in reversed(range(20))
    )
    quota = dataclasses.replace(
        FLUENTD,
        rank=2,
        cause="image-pull-auth",
        pattern="image-pull-unauthorized",
        title="The registry wants credentials",
        summary="20 pods of deployment ledger cannot pull registry.example/pay/ledger:4.1: unauthorized.",
        confidence=0.64,
        about=ObjectRef(namespace="pay", kind="Pod", name="ledger-0", container="app", node="worker-0"),
        workload=("Deployment", "ledger"),
        victims=victims,
        chain=(Step(role="cause", title="The registry answers 401", timestamp=at(9, 20), evidence=(0,)),),
        evidence=(
            line(
                "must-gather/namespaces/pay/core/events.yaml",
                12,
                "event",
                "  message: Failed to pull image: unauthorized",
                at(9, 20),
            ),
        ),
        mitigation=("Name the pull secret in imagePullSecrets of deployment ledger.",),
    )
    return dataclasses.replace(STORY, causes=(FLUENTD, quota), unexplained=LEADS.unexplained)


BIG = _big()


def poisoned(value: Any, text: str = HOSTILE) -> Any:
    """`value` with `text` appended to every string a bundle could set, at any depth."""
    if isinstance(value, str):
        return value + text
    if isinstance(value, tuple):
        return tuple(poisoned(item, text) for item in value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fixed = {"status", "role", "version", "schema", "state", "kind"}
        changes = {
            f.name: poisoned(getattr(value, f.name), text)
            for f in dataclasses.fields(value)
            if f.name not in fixed or (isinstance(value, ObjectRef) and f.name == "kind" and value.kind != "Pod")
        }
        return dataclasses.replace(value, **changes)
    return value


POISONED: Diagnosis = poisoned(
    dataclasses.replace(BIG, notes=HALF_READ.notes, files=HALF_READ.files, complete=False, broken_parts=("rank",))
)
