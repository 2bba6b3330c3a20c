"""Write a directory of realistic logs of any size, the same bytes for the same size and seed.

Kubelet journals, CRI container logs, JSON lines, klog of the control plane and access logs; about one line
in a thousand is one that the pattern library looks for. All of it is made up here.

    python bench/generate.py DIRECTORY [MEGABYTES]
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

SEED: Final = 20240229
CHUNK_LINES: Final = 20_000
HIT_SHARE: Final = 0.001
_HEX: Final = "0123456789abcdef"
_SUFFIX: Final = "bcdfghjklmnpqrstvwxz2456789"
_APPS: Final = ("checkout", "catalog", "payments", "search-api", "session-store", "mailer", "thumbnailer", "gateway")
_PATHS: Final = (
    "/api/v1/items",
    "/healthz",
    "/static/app.js",
    "/api/v1/cart/42",
    "/login",
    "/metrics",
    "/api/v2/orders",
)
_QUIET: Final = (
    "request served in {n} ms for tenant {m}",
    "cache refreshed, {n} entries, generation {m}",
    "connection pool: {n} idle, {m} in use",
    "job {m} finished after {n} ms",
    "flushed {n} spans to the collector",
    "compacted segment {m}, {n} keys kept",
    "lease renewed, holder {m}, ttl {n}s",
)
_HITS: Final = (
    "panic: runtime error: invalid memory address or nil pointer dereference",
    "dial tcp 10.96.{a}.{b}:5432: connect: connection refused",
    "open /etc/app/config.yaml: no such file or directory",
    "open /data/cache/index.db: permission denied",
    "x509: certificate has expired or is not yet valid",
    "write /var/lib/app/wal.log: no space left on device",
    "java.lang.OutOfMemoryError: Java heap space",
    "lookup db.prod.svc.cluster.local on 10.96.0.10:53: no such host",
)
_KUBELET_QUIET: Final = (
    'I{k} {pid:7d} reconciler_common.go:218] "operationExecutor.VerifyControllerAttachedVolume started for volume '
    '\\"kube-api-access-{s}\\"" pod="prod/{app}-{t}-{s}"',
    'I{k} {pid:7d} kubelet.go:2456] "SyncLoop (PLEG): event for pod" pod="prod/{app}-{t}-{s}" event={{"ID":"{u}",'
    '"Type":"ContainerStarted","Data":"{h}"}}',
    'I{k} {pid:7d} pod_startup_latency_tracker.go:102] "Observed pod startup duration" pod="prod/{app}-{t}-{s}" '
    "podStartSLOduration={n}.{m}",
)
_KUBELET_HITS: Final = (
    'E{k} {pid:7d} pod_workers.go:1300] "Error syncing pod, skipping" err="failed to \\"StartContainer\\" for '
    '\\"{app}\\" with CrashLoopBackOff: \\"back-off 5m0s restarting failed container={app} '
    'pod={app}-{t}-{s}_prod({u})\\"" pod="prod/{app}-{t}-{s}" podUID="{u}"',
    'I{k} {pid:7d} prober.go:107] "Probe failed" probeType="Liveness" pod="prod/{app}-{t}-{s}" containerName="{app}" '
    'probeResult="failure" output="Get \\"http://10.244.{a}.{b}:8080/healthz\\": context deadline exceeded"',
)


class Writer:
    """Makes lines of one kind from a pool of ready fields: formatting, not randomness, is what costs time."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.clock = 0

    def fields(self) -> dict[str, str | int]:
        pick = self.random
        self.clock += pick.randrange(1, 40)
        seconds, millis = divmod(self.clock, 1000)
        minutes, second = divmod(seconds, 60)
        hours, minute = divmod(minutes, 60)
        day, hour = 1 + hours // 24 % 28, hours % 24
        return {
            "iso": f"2024-03-{day:02d}T{hour:02d}:{minute:02d}:{second:02d}.{millis:03d}{pick.randrange(10**6):06d}Z",
            "syslog": f"Mar {day:2d} {hour:02d}:{minute:02d}:{second:02d}",
            "k": f"03{day:02d} {hour:02d}:{minute:02d}:{second:02d}.{millis:03d}{pick.randrange(1000):03d}",
            "apache": f"{day:02d}/Mar/2024:{hour:02d}:{minute:02d}:{second:02d} +0000",
            "pid": 1834,
            "app": pick.choice(_APPS),
            "t": "".join(pick.choices(_SUFFIX, k=10)),
            "s": "".join(pick.choices(_SUFFIX, k=5)),
            "h": f"{pick.getrandbits(256):064x}",
            "u": f"{pick.getrandbits(32):08x}-{pick.getrandbits(16):04x}-4a1b-9c2d-{pick.getrandbits(48):012x}",
            "n": pick.randrange(1, 5000),
            "m": pick.randrange(10**9),
            "a": pick.randrange(256),
            "b": pick.randrange(256),
        }

    def message(self, quiet: tuple[str, ...], hits: tuple[str, ...], fields: dict[str, str | int]) -> str:
        texts = hits if self.random.random() < HIT_SHARE else quiet
        return self.random.choice(texts).format(**fields)

    def kubelet(self) -> str:
        fields = self.fields()
        return f"{fields['syslog']} worker-3 kubelet[1834]: {self.message(_KUBELET_QUIET, _KUBELET_HITS, fields)}\n"

    def cri(self) -> str:
        fields = self.fields()
        return f"{fields['iso']} stderr F {self.message(_QUIET, _HITS, fields)}\n"

    def json(self) -> str:
        fields = self.fields()
        message = self.message(_QUIET, _HITS, fields)
        head = f'{{"level":"info","ts":"{fields["iso"]}","logger":"{fields["app"]}"'
        return f'{head},"msg":"{message}","trace":"{fields["u"]}"}}\n'

    def klog(self) -> str:
        fields = self.fields()
        pod = f"{fields['app']}-{fields['t']}-{fields['s']}"
        request = f'verb="GET" URI="/api/v1/namespaces/prod/pods/{pod}" latency="{fields["n"]}ms" resp=200'
        return f'I{fields["k"]}       1 httplog.go:132] "HTTP" {request}\n'

    def access(self) -> str:
        fields = self.fields()
        request = f'"GET {self.random.choice(_PATHS)} HTTP/1.1" 200 {fields["m"]} "-" "kube-probe/1.28" {fields["n"]}'
        return f"10.244.{fields['a']}.{fields['b']} - - [{fields['apache']}] {request}\n"


def generate(directory: Path, megabytes: int) -> int:
    """Write the logs below `directory`; gives the number of bytes. What is there already is written anew."""
    makers: tuple[tuple[str, str, Callable[[Writer], str], int], ...] = (
        ("host_service_logs/masters", "kubelet_service.log", Writer.kubelet, 30),
        ("namespaces/prod/pods/checkout-{i}/checkout/checkout/logs", "current.log", Writer.cri, 30),
        ("namespaces/prod/pods/search-api-{i}/search/search/logs", "current.log", Writer.json, 15),
        (
            "namespaces/kube-system/pods/kube-apiserver-{i}/kube-apiserver/kube-apiserver/logs",
            "current.log",
            Writer.klog,
            15,
        ),
        ("namespaces/prod/pods/gateway-{i}/nginx/nginx/logs", "current.log", Writer.access, 10),
    )
    total = 0
    for number, (folder, name, make, share) in enumerate(makers):
        wanted = megabytes * 1_000_000 * share // 100
        writer = Writer(SEED + number)
        pieces = 1 if "{i}" not in folder else max(1, wanted // 32_000_000)
        chunks = [_chunk(writer, make) for _ in range(8)]  # eight different ones, then again in another order
        for piece in range(pieces):
            place = directory / folder.format(i=piece)
            place.mkdir(parents=True, exist_ok=True)
            written = 0
            with (place / name).open("wb") as file:
                while written < wanted // pieces:
                    written += file.write(writer.random.choice(chunks))
            total += written
    return total


def _chunk(writer: Writer, make: Callable[[Writer], str]) -> bytes:
    return "".join(make(writer) for _ in range(CHUNK_LINES)).encode()


if __name__ == "__main__":
    size = generate(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 512)
    print(f"{size / 1e6:.0f} MB")
