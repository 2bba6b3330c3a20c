from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from analyzer.clean import Cleaning, clean_bundle
from analyzer.redact.anonymize import Anonymizer

ROOT = Path(__file__).resolve().parent.parent
CHANGED = [
    ("dial tcp 10.0.187.218:6443, 10.0.187.7", "dial tcp 100.64.1.1:6443, 100.64.1.2"),
    ("ip-10-0-187-218 and 203.0.113.0/24", "ip-100-64-1-1 and 100.64.2.1/24"),
    ("2001:DB8::ABCD and fe80::1ff:fe23:4567:890a%eth2", "2001:db8::1 and fe80::2%eth2"),
    ("52:54:00:5e:ee:c6 52-54-00-5E-EE-C7 5254.005e.eec6", "02:00:00:00:00:01 02-00-00-00-00-02 0200.0000.0001"),
    ("mail jane.doe@customer.example", "mail user-1@example.com"),
    ("https://vault.customer.example:8200/v1", "https://host-1.example.com:8200/v1"),
    ("namespaces/acme-shop/pods/x in acme-shop", "namespaces/namespace-1/pods/x in namespace-1"),
    ("Mar 14 09:13:07 worker-3 kubelet[1]: worker-3.prod.customer.example", None),
    ('User "jane" cannot list; /home/jane/x', 'User "user-1" cannot list; /home/user-1/x'),
    ("%20198.51.100.23%0A", "%20100.64.1.1%0A"),
    ("https://api.acme-shop.svc.cluster.local/x", "https://api.namespace-1.svc.cluster.local/x"),
]


@pytest.mark.parametrize(("line", "expected"), CHANGED)
def test_what_tells_of_somebody_is_replaced(line: str, expected: str | None) -> None:
    clean = Anonymizer(["worker-3"], ["acme-shop", "kube-system"]).clean([line])[0]
    assert clean == (expected or "Mar 14 09:13:07 node-1 kubelet[1]: host-1.example.com")


@pytest.mark.parametrize(
    "line",
    [
        "2026-03-14T09:13:07.123456789Z stderr F 127.0.0.1:8080 [::1]:443 0.0.0.0 255.255.255.255 169.254.169.254",
        "kubernetes.default.svc in kube-system and default, openshift-etcd/etcd-0",
        "quay.io/team/app:1.2.3 registry.k8s.io/pause:3.9 docker.io/library/nginx",
        "E0314 09:13:07.123456 1 reflector.go:138] k8s.io/client-go@v0.21.1/tools/cache/reflector.go:167: Failed",
        'User "system:serviceaccount:kube-system:x" v4.16.0-0.nightly sha256:9f86d081884c7d659a2feaa0c55ad015',
        "app.kubernetes.io/name: web, memory: 128Mi, 09:13:07",
    ],
)
def test_what_every_cluster_has_stays(line: str) -> None:
    names = ["kube-system", "default", "openshift-etcd"]
    assert Anonymizer(["master"], names).clean([line]) == [line]


def test_a_cleaned_bundle_uses_the_same_names_in_all_files_and_keeps_the_mapping_apart(tmp_path: Path) -> None:
    given = tmp_path / "in"
    pod = "kind: Pod\nmetadata: {name: web-1, namespace: acme-shop}\nspec: {nodeName: worker-7.acme.example}\n"
    (given / "namespaces/acme-shop/pods").mkdir(parents=True)
    (given / "namespaces/acme-shop/pods/web-1.yaml").write_text(pod)
    (given / "kubelet.log").write_text(
        "Mar 14 09:13:07 worker-7 kubelet[1]: no route to 10.1.2.3 for acme-shop/web-1\n"
    )
    asked = Cleaning(anonymize=True, mapping=tmp_path / "map.json")
    clean_bundle(str(given), tmp_path / "out", asked)
    log = (tmp_path / "out/kubelet.log").read_text()
    assert log == "Mar 14 09:13:07 node-1 kubelet[1]: no route to 100.64.1.1 for namespace-1/web-1\n"
    clean = (tmp_path / "out/namespaces/namespace-1/pods/web-1.yaml").read_text()
    assert clean == pod.replace("acme-shop", "namespace-1").replace("worker-7.acme.example", "node-1")
    mapping = json.loads((tmp_path / "map.json").read_bytes())
    assert mapping["namespace"] == {"acme-shop": "namespace-1"}
    assert mapping["ip"] == {"10.1.2.3": "100.64.1.1"}
    assert mapping["node"] == {"worker-7.acme.example": "node-1"}


SPEAKING = ("acme-shop", "worker-7", "acme.example", "10.1.2.3", "jane")
CRASHING = """kind: Pod
metadata: {name: web-1, namespace: acme-shop}
spec:
  nodeName: worker-7.acme.example
  containers: [{name: app, image: "registry.acme.example/app:1", resources: {limits: {memory: 64Mi}},
    env: [{name: DB_PASSWORD, value: hunter2-and-more}]}]
status:
  phase: Running
  containerStatuses:
  - name: app
    restartCount: 7
    ready: false
    state: {waiting: {reason: CrashLoopBackOff, message: back-off}}
    lastState: {terminated: {exitCode: 137, reason: OOMKilled, finishedAt: "2026-03-14T09:06:00Z"}}
"""


def test_no_output_of_an_anonymized_diagnosis_tells_a_name_and_the_mapping_does(tmp_path: Path) -> None:
    folder = tmp_path / "bundle" / "namespaces" / "acme-shop" / "pods" / "web-1"
    (folder / "app/app/logs").mkdir(parents=True)
    (folder / "web-1.yaml").write_text(CRASHING)
    log = "2026-03-14T09:05:59Z stderr F panic: no route to 10.1.2.3 for jane@acme.example on worker-7\n"
    (folder / "app/app/logs/current.log").write_text(log)
    outputs = {kind: tmp_path / f"out.{kind}" for kind in ("html", "json", "markdown", "sarif", "junit", "evidence")}
    asked = [part for kind, path in outputs.items() for part in (f"--{kind}", str(path))]
    command = [sys.executable, "-m", "analyzer", "diagnose", str(tmp_path / "bundle"), "--anonymize", *asked]
    done = subprocess.run(
        [*command, "--mapping", str(tmp_path / "map.json")],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=True,
    )
    texts = {"stdout": done.stdout, "stderr": done.stderr} | {kind: path.read_text() for kind, path in outputs.items()}
    assert {(kind, name) for kind, text in texts.items() for name in SPEAKING if name in text} == set()
    assert "namespace-1" in texts["json"]
    assert "web-1" in texts["html"]
    mapping = (tmp_path / "map.json").read_text()
    assert [name for name in ("acme-shop", "10.1.2.3") if name not in mapping] == []
    assert (tmp_path / "map.json").stat().st_mode & 0o777 == 0o600


def test_a_mapping_needs_anonymize_and_is_not_written_over_a_file(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text("x\n")
    (tmp_path / "map.json").write_text("mine")
    for more in ([], ["--anonymize"]):
        command = ["diagnose", str(tmp_path / "a.log"), "--mapping", str(tmp_path / "map.json"), *more]
        done = subprocess.run(
            [sys.executable, "-m", "analyzer", *command],
            capture_output=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            check=False,
        )
        assert (done.returncode, done.stdout) == (2, b"")
    assert (tmp_path / "map.json").read_text() == "mine"
