"""Measure how fast events and pods in YAML become rows on one core, beside rapidyaml on the same bytes.

    python bench/structured.py [MEGABYTES_OF_EVENTS] [MEGABYTES_OF_PODS] [RUNS]

The files are made up here, the same for the same size: what `oc adm inspect` and `kubectl get -A -o yaml` write.
"rows" is `analyzer.ingest` from the file to the rows that the joins take; "values" is rapidyaml's parse with its JSON
read by orjson, which is the least that gives Python anything to look at; "parse" is the parse alone. Each runs in a
process of its own, bound to one core where the system can do that; the seconds are those of the processor, so that
other work on the machine counts for little, and the fastest run is taken. The memory is the most that the process
held, less what it held before it opened the file, over the size of the file.
"""

from __future__ import annotations

import json
import os
import random
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
PLACE: Final = ROOT / ".bench"
SEED: Final = 20240305
GROUP: Final = 128 << 10  # bytes that are given to rapidyaml at once
_SUFFIX: Final = "bcdfghjklmnpqrstvwxz2456789"
_APPS: Final = ("checkout", "catalog", "payments", "search-api", "session-store", "mailer", "thumbnailer", "gateway")
_SPACES: Final = ("shop", "payments", "search", "platform-monitoring")
_EVENTS: Final = (
    ("Normal", "Pulled", "kubelet", "Container image \"registry.example/{app}:1.{m}\" already present on machine"),
    ("Normal", "Created", "kubelet", "Created container {app}"),
    ("Normal", "Started", "kubelet", "Started container {app}"),
    ("Normal", "Scheduled", "default-scheduler", "Successfully assigned {space}/{pod} to worker-{n}"),
    ("Normal", "SuccessfulCreate", "replicaset-controller", "'Created pod: {pod}'"),
    ("Warning", "BackOff", "kubelet", "Back-off restarting failed container {app} in pod {pod}_{space}({uid})"),
    (
        "Warning", "Unhealthy", "kubelet",
        "'Readiness probe failed: Get \"http://10.244.{n}.{m}:8080/healthz\": dial tcp\n"
        "    10.244.{n}.{m}:8080: connect: connection refused'",
    ),
    (
        "Warning", "FailedScheduling", "default-scheduler",
        "'0/6 nodes are available: 3 Insufficient cpu, 3 node(s) had taint {{node-role.kubernetes.io/master:\n"
        "    }}, that the pod didn''t tolerate.'",
    ),
)  # fmt: skip
_EVENT: Final = """\
- apiVersion: v1
  count: {m}
  eventTime: null
  firstTimestamp: "{first}"
  involvedObject:
    apiVersion: v1
    fieldPath: spec.containers{{{app}}}
    kind: Pod
    name: {pod}
    namespace: {space}
    resourceVersion: "{version}"
    uid: {uid}
  kind: Event
  lastTimestamp: "{last}"
  message: {message}
  metadata:
    creationTimestamp: "{first}"
    name: {pod}.17b9{version}3fa61c
    namespace: {space}
    resourceVersion: "{version}"
    uid: {uid}
  reason: {reason}
  reportingComponent: ""
  reportingInstance: ""
  source:
    component: {component}
    host: worker-{n}.example
  type: {type}
"""
_POD: Final = """\
- apiVersion: v1
  kind: Pod
  metadata:
    annotations:
      kubernetes.io/config.hash: {uid}
    creationTimestamp: "{first}"
    generateName: {app}-{hash}-
    labels:
      app: {app}
      pod-template-hash: {hash}
    name: {pod}
    namespace: {space}
    ownerReferences:
    - apiVersion: apps/v1
      blockOwnerDeletion: true
      controller: true
      kind: ReplicaSet
      name: {app}-{hash}
      uid: {uid}
    resourceVersion: "{version}"
    uid: {uid}
  spec:
    containers:
    - args:
      - --config=/etc/{app}/config.yaml
      - --v=2
      env:
      - name: POD_NAME
        valueFrom:
          fieldRef:
            apiVersion: v1
            fieldPath: metadata.name
      - name: DB_PASSWORD
        valueFrom:
          secretKeyRef:
            key: password
            name: {app}-db
      - name: DB_HOST
        value: db.{space}.svc:5432
      image: registry.example/{app}:1.{m}
      imagePullPolicy: IfNotPresent
      livenessProbe:
        failureThreshold: 3
        httpGet:
          path: /healthz
          port: 8080
          scheme: HTTP
        initialDelaySeconds: 10
        periodSeconds: 10
        successThreshold: 1
        timeoutSeconds: 1
      name: {app}
      ports:
      - containerPort: 8080
        name: http
        protocol: TCP
      readinessProbe:
        failureThreshold: 3
        httpGet:
          path: /readyz
          port: 8080
          scheme: HTTP
        periodSeconds: 10
        successThreshold: 1
        timeoutSeconds: 1
      resources:
        limits:
          cpu: 500m
          memory: 256Mi
        requests:
          cpu: 100m
          memory: 128Mi
      securityContext:
        allowPrivilegeEscalation: false
        readOnlyRootFilesystem: true
      terminationMessagePath: /dev/termination-log
      terminationMessagePolicy: File
      volumeMounts:
      - mountPath: /etc/{app}
        name: config
        readOnly: true
      - mountPath: /var/run/secrets/kubernetes.io/serviceaccount
        name: kube-api-access-{tail}
        readOnly: true
    dnsPolicy: ClusterFirst
    enableServiceLinks: true
    nodeName: worker-{n}.example
    preemptionPolicy: PreemptLowerPriority
    priority: 0
    restartPolicy: Always
    schedulerName: default-scheduler
    securityContext: {{}}
    serviceAccount: default
    serviceAccountName: default
    terminationGracePeriodSeconds: 30
    tolerations:
    - effect: NoExecute
      key: node.kubernetes.io/not-ready
      operator: Exists
      tolerationSeconds: 300
    - effect: NoExecute
      key: node.kubernetes.io/unreachable
      operator: Exists
      tolerationSeconds: 300
    volumes:
    - configMap:
        defaultMode: 420
        name: {app}-config
      name: config
    - name: kube-api-access-{tail}
      projected:
        defaultMode: 420
        sources:
        - serviceAccountToken:
            expirationSeconds: 3607
            path: token
        - configMap:
            items:
            - key: ca.crt
              path: ca.crt
            name: kube-root-ca.crt
        - downwardAPI:
            items:
            - fieldRef:
                apiVersion: v1
                fieldPath: metadata.namespace
              path: namespace
  status:
    conditions:
    - lastProbeTime: null
      lastTransitionTime: "{first}"
      status: "True"
      type: Initialized
    - lastProbeTime: null
      lastTransitionTime: "{last}"
      status: "{ready}"
      type: Ready
    - lastProbeTime: null
      lastTransitionTime: "{last}"
      status: "{ready}"
      type: ContainersReady
    - lastProbeTime: null
      lastTransitionTime: "{first}"
      status: "True"
      type: PodScheduled
    containerStatuses:
    - containerID: containerd://{digest}
      image: registry.example/{app}:1.{m}
      imageID: registry.example/{app}@sha256:{digest}
      lastState: {last_state}
      name: {app}
      ready: {is_ready}
      restartCount: {restarts}
      started: {is_ready}
      state:
{state}
    hostIP: 10.0.0.{n}
    phase: Running
    podIP: 10.244.{n}.{m}
    podIPs:
    - ip: 10.244.{n}.{m}
    qosClass: Burstable
    startTime: "{first}"
"""
_RUNNING: Final = '        running:\n          startedAt: "{last}"'
_WAITING: Final = """\
        waiting:
          message: back-off 5m0s restarting failed container={app} pod={pod}_{space}({uid})
          reason: CrashLoopBackOff"""
_CRASHED: Final = """
        terminated:
          containerID: containerd://{digest}
          exitCode: 1
          finishedAt: "{last}"
          reason: Error
          startedAt: "{first}\""""


def event(pick: random.Random) -> str:
    """One item of a list of events; three in eight are warnings."""
    kind, reason, component, message = pick.choice(_EVENTS)
    words = _words(pick)
    words |= {"type": kind, "reason": reason, "component": component, "message": message.format(**words)}
    return _EVENT.format(**words)


def pod(pick: random.Random) -> str:
    """One item of a list of pods; one in twenty crashes."""
    words = _words(pick)
    is_bad = pick.random() < 0.05
    words |= {
        "ready": "False" if is_bad else "True",
        "is_ready": "false" if is_bad else "true",
        "restarts": "12" if is_bad else "0",
        "last_state": _CRASHED.format(**words) if is_bad else "{}",
        "state": (_WAITING if is_bad else _RUNNING).format(**words),
    }
    return _POD.format(**words)


def _words(pick: random.Random) -> dict[str, str]:
    app, template, tail = pick.choice(_APPS), "".join(pick.choices(_SUFFIX, k=9)), "".join(pick.choices(_SUFFIX, k=5))
    hour, minute, second = pick.randrange(23), pick.randrange(60), pick.randrange(60)
    return {
        "app": app,
        "hash": template,
        "tail": tail,
        "pod": f"{app}-{template}-{tail}",
        "space": pick.choice(_SPACES),
        "uid": f"{pick.getrandbits(32):08x}-{pick.getrandbits(16):04x}-4a1b-9c2d-{pick.getrandbits(48):012x}",
        "digest": f"{pick.getrandbits(256):064x}",
        "version": str(pick.randrange(10**6, 10**7)),
        "n": str(pick.randrange(1, 7)),
        "m": str(pick.randrange(1, 250)),
        "first": f"2024-03-05T{hour:02d}:{minute:02d}:{second:02d}Z",
        "last": f"2024-03-05T{hour + 1:02d}:{minute:02d}:{second:02d}Z",
    }


def write(name: str, make: Callable[[random.Random], str], megabytes: int) -> Path:
    """The generated list; kept between runs."""
    path = PLACE / f"{name.removesuffix('.yaml')}-{megabytes}" / name
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".unfinished")
        pick = random.Random(SEED)
        with unfinished.open("w", encoding="utf-8", newline="\n") as out:
            size = out.write("apiVersion: v1\nitems:\n")
            while size < megabytes * 1_000_000:
                size += out.write(make(pick))
            out.write('kind: List\nmetadata:\n  resourceVersion: ""\n')
        unfinished.rename(path)
    return path


def peak() -> int:
    """The most memory this process has held, in bytes."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def rows(path: Path) -> dict[str, float]:
    """Seconds and bytes of memory from the file to its rows."""
    sys.path.insert(0, str(ROOT))
    from analyzer.analysis import screen_of
    from analyzer.bundle import open_bundle
    from analyzer.ingest import ingest
    from patterns.load import load_library

    screen = screen_of(load_library(()))
    before, start = peak(), time.process_time()
    evidence = ingest(open_bundle([path]), screen, strict=True)
    took = time.process_time() - start
    return {"seconds": took, "bytes": peak() - before, "rows": len(evidence.records) + len(evidence.pods)}


def rapidyaml(path: Path, is_read: bool) -> dict[str, float]:
    """Seconds of rapidyaml alone, some whole items at a time, with their values in Python or without."""
    import orjson
    import ryml

    raw = path.read_bytes()
    before, start = peak(), time.process_time()
    at, end = raw.find(b"\n- ") + 1, raw.rfind(b"\nkind: List") + 1
    while at < end:
        cut = raw.find(b"\n- ", at + GROUP) + 1 or end
        tree = ryml.parse_in_arena(raw[at:cut])
        if is_read:
            orjson.loads(ryml.emit_json_in_place(tree, bytearray(2 * (cut - at))))
        at = cut
    return {"seconds": time.process_time() - start, "bytes": peak() - before, "rows": 0}


def one(what: str, path: Path) -> dict[str, float]:
    """What one process measures."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    return rows(path) if what == "rows" else rapidyaml(path, what == "values")


def fastest(what: str, path: Path, runs: int) -> dict[str, float]:
    """The best of some processes that do one of the three."""
    command = [sys.executable, __file__, "--one", what, str(path)]
    told = [subprocess.run(command, capture_output=True, text=True, check=True).stdout for _ in range(runs)]
    return min((json.loads(line) for line in told), key=lambda row: row["seconds"])


def main() -> None:
    """Print the table."""
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(one(sys.argv[2], Path(sys.argv[3]))))
        return
    events_size, pods_size, runs = (int(a) for a in (*sys.argv[1:4], *("10", "50", "3")[len(sys.argv) - 1 :]))
    print(
        f"{'file':<12} {'MB':>5} {'number':>7} {'rows MB/s':>12} {'values MB/s':>12} {'parse MB/s':>11} {'memory':>12}"
    )
    for name, make, megabytes in (("events.yaml", event, events_size), ("pods.yaml", pod, pods_size)):
        path = write(name, make, megabytes)
        size = path.stat().st_size
        whole, values, parse = (fastest(what, path, runs) for what in ("rows", "values", "parse"))
        speeds = [size / 1e6 / done["seconds"] for done in (whole, values, parse)]
        columns = f"{speeds[0]:>12.1f} {speeds[1]:>12.1f} {speeds[2]:>11.1f} {whole['bytes'] / size:>5.1f} x file"
        print(f"{name:<12} {size / 1e6:>5.0f} {whole['rows']:>7.0f} {columns}")


if __name__ == "__main__":
    main()
