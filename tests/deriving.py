"""Small bundles in a flat folder, and what the derivations say of them."""

from __future__ import annotations

import json
from typing import Any

from analyzer.bundle import Bundle
from analyzer.derive import LINES, derive
from analyzer.ingest import ingest
from analyzer.model import Record
from analyzer.screen import Screen

COLLECTED = "2026-03-14T09:30:00Z"
CRASHING = {
    "restartCount": 6,
    "ready": False,
    "started": False,
    "state": {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 2m40s restarting failed container"}},
    "lastState": {
        "terminated": {
            "exitCode": 1,
            "reason": "Error",
            "startedAt": "2026-03-14T09:21:00Z",
            "finishedAt": "2026-03-14T09:21:02Z",
        }
    },
}
RUNNING = {
    "restartCount": 0,
    "ready": True,
    "started": True,
    "state": {"running": {"startedAt": "2026-03-14T08:00:00Z"}},
    "lastState": {},
}
COMPLETED = {
    "restartCount": 0,
    "ready": True,
    "started": False,
    "state": {"terminated": {"exitCode": 0, "reason": "Completed", "finishedAt": "2026-03-14T09:15:00Z"}},
    "lastState": {},
}
WAITING_BEHIND = {
    "restartCount": 0,
    "ready": False,
    "started": False,
    "state": {"waiting": {"reason": "PodInitializing"}},
    "lastState": {},
}


def container(name: str, mounts: dict[str, str] | None = None, **more: Any) -> dict[str, Any]:
    """A container's spec; `mounts` are volume -> mountPath, with ":ro" or ":<subPath>" after the path."""
    listed = []
    for volume, place in (mounts or {}).items():
        path, _, rest = place.partition(":")
        mount: dict[str, Any] = {"name": volume, "mountPath": path}
        mount |= {"readOnly": True} if rest == "ro" else {"subPath": rest} if rest else {}
        listed.append(mount)
    return {"name": name, "image": f"registry.example/{name}:1", "volumeMounts": listed, **more}


def pod(
    containers: dict[str, tuple[dict[str, Any], dict[str, Any]]],
    inits: dict[str, tuple[dict[str, Any], dict[str, Any]]] | None = None,
    name: str = "web-0",
    **more: Any,
) -> dict[str, Any]:
    """A pod of namespace shop: containers are name -> (spec, status)."""
    spec = {
        "nodeName": "node-1",
        "restartPolicy": "Always",
        "initContainers": [spec for spec, _ in (inits or {}).values()],
        "containers": [spec for spec, _ in containers.values()],
        **more.pop("spec", {}),
    }
    status = {
        "phase": "Running",
        "initContainerStatuses": [{"name": n, **s} for n, (_, s) in (inits or {}).items()],
        "containerStatuses": [{"name": n, **s} for n, (_, s) in containers.items()],
        **more.pop("status", {}),
    }
    metadata = {
        "namespace": "shop",
        "name": name,
        "uid": "0f3c9a56-1d2e-4b7a-9c11-5a6b7c8d9e0f",
        "creationTimestamp": "2026-03-14T08:00:00Z",
        **more.pop("metadata", {}),
    }
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec, "status": status}


def event(reason: str, message: str, container: str | None = None, count: int = 1, **about: str) -> dict[str, Any]:
    """An event about pod web-0, or about what `about` says."""
    involved = {"kind": "Pod", "namespace": "shop", "name": "web-0", **about}
    if container:
        involved["fieldPath"] = f"spec.containers{{{container}}}"
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"namespace": "shop", "name": f"e.{reason.lower()}.{len(message)}"},
        "involvedObject": involved,
        "reason": reason,
        "message": message,
        "type": "Normal" if reason in ("Killing", "Scheduled") else "Warning",
        "count": count,
        "firstTimestamp": "2026-03-14T09:10:00Z",
        "lastTimestamp": "2026-03-14T09:21:00Z",
        "source": {"component": "kubelet", "host": "node-1"},
    }


def listing(*things: dict[str, Any]) -> str:
    """A List of objects, as `kubectl get -o json` prints it."""
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": list(things)}, indent=1)


def log(*lines: str, since: int = 21) -> str:
    """A container's log with the stamps of `kubectl logs --timestamps`."""
    return "".join(f"2026-03-14T09:{since:02}:{i:02}.000000000Z {line}\n" for i, line in enumerate(lines))


def derived(files: dict[str, Any]) -> list[Record]:
    """The derived records of a bundle; values that are not text are written as JSON."""
    texts = {path: v if isinstance(v, str) else json.dumps(v, indent=1) for path, v in files.items()}
    bundle = Bundle.of_files({path: text.encode() for path, text in texts.items()})
    evidence = derive(ingest(bundle, Screen.build(LINES)))
    return [r for r in evidence.records if r.source == "derived" and r.reason != "LastWords"]


def of(reason: str, files: dict[str, Any]) -> list[Record]:
    """The derived records with this reason."""
    return [r for r in derived(files) if r.reason == reason]


def messages(reason: str, files: dict[str, Any]) -> list[str]:
    """The sentences with this reason."""
    return [r.message for r in of(reason, files)]
