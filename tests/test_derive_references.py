from __future__ import annotations

from typing import Any

from deriving import CRASHING, RUNNING, container, derived, event, listing, log, messages, of, pod

CONFIG_ERROR = {
    "restartCount": 0,
    "ready": False,
    "started": False,
    "state": {"waiting": {"reason": "CreateContainerConfigError", "message": 'secret "db-credentials" not found'}},
    "lastState": {},
}
CREATING = {**CONFIG_ERROR, "state": {"waiting": {"reason": "ContainerCreating"}}}


def env_from(key: str, *, optional: bool = False) -> dict[str, Any]:
    ref = {"name": "db-credentials", "key": key, **({"optional": True} if optional else {})}
    return container("app", env=[{"name": "DB_PASSWORD", "valueFrom": {"secretKeyRef": ref}}])


def secret(name: str, *keys: str) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"namespace": "shop", "name": name},
        "data": dict.fromkeys(keys, "eA=="),
    }


def bundle(spec: dict[str, Any], *secrets: dict[str, Any], status: dict[str, Any] = CONFIG_ERROR) -> dict[str, Any]:
    return {
        "pod.json": pod({"app": (spec, status)}, status={"phase": "Pending"}),
        "events.json": listing(event("Failed", 'Error: secret "db-credentials" not found', "app", 30)),
        "secrets.json": listing(*secrets),
    }


def test_a_secret_that_the_listing_lacks_is_told() -> None:
    (found,) = of("SecretAbsent", bundle(env_from("password"), secret("tls", "tls.crt"), secret("pull", "x")))
    assert found.message == (
        "pod web-0 needs Secret db-credentials for app (env DB_PASSWORD), and namespace shop has no Secret of this name"
    )
    assert found.container == "app"
    assert "db-credentials" in found.cites[0].text


def test_a_secret_of_which_no_listing_is_in_the_bundle_is_left_open() -> None:
    files = bundle(env_from("password"))
    del files["secrets.json"]
    assert derived({**files, "one.json": secret("tls", "tls.crt")}) == []


def test_a_collector_that_brought_no_secret_at_all_proves_no_absence() -> None:
    assert (
        messages("SecretAbsent", {**bundle(env_from("password")), "namespaces/shop/core/secrets.yaml": "items: []\n"})
        == []
    )


def test_a_pod_that_no_node_has_yet_misses_no_secret() -> None:
    files = bundle(env_from("password"), secret("tls", "tls.crt"), secret("pull", "x"))
    files["pod.json"]["spec"].pop("nodeName")
    files["pod.json"]["status"] = {"phase": "Pending"}
    assert messages("SecretAbsent", files) == []


def test_a_volume_is_there_once_the_sandbox_is_made() -> None:
    volumes = [{"name": "data", "secret": {"secretName": "db-credentials"}}]
    made = pod({"app": (container("app", {"data": "/data"}), CREATING)}, spec={"volumes": volumes})
    made["status"]["phase"] = "Pending"
    listed = listing(secret("tls", "tls.crt"), secret("pull", "x"))
    files = {"pod.json": made, "secrets.json": listed}
    assert len(messages("SecretAbsent", files)) == 1
    sandbox = event("FailedCreatePodSandBox", "Failed to create pod sandbox: plugin type=calico failed")
    assert messages("SecretAbsent", {**files, "events.json": listing(sandbox)}) == []


def test_an_optional_secret_is_not_missed() -> None:
    files = bundle(env_from("password", optional=True), secret("tls", "a"), secret("pull", "x"))
    assert messages("SecretAbsent", files) == []


def test_a_container_that_has_run_had_all_it_needs() -> None:
    files = bundle(env_from("password"), secret("tls", "a"), secret("pull", "x"), status=CRASHING)
    assert messages("SecretAbsent", files) == []


def test_a_key_that_the_secret_does_not_have_is_told_with_those_it_has() -> None:
    files = bundle(env_from("db_user"), secret("db-credentials", "username", "password"))
    assert messages("KeyAbsent", files) == [
        "pod web-0 needs key db_user of Secret db-credentials for app (env DB_PASSWORD), which has only password, "
        "username"
    ]


def claim(phase: str) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"namespace": "shop", "name": "data"},
        "spec": {"storageClassName": "fast"},
        "status": {"phase": phase},
    }


def with_claim(*claims: dict[str, Any]) -> dict[str, Any]:
    volumes = [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}]
    made = pod({"app": (container("app", {"data": "/data"}), CREATING)}, spec={"volumes": volumes})
    made["status"]["phase"] = "Pending"
    return {"pod.json": made, "persistentvolumeclaims.json": listing(*claims)}


def test_a_pending_claim_is_told_with_the_provisioners_words() -> None:
    told = event(
        "ProvisioningFailed",
        'storageclass.storage.k8s.io "fast" not found',
        kind="PersistentVolumeClaim",
        name="data",
    )
    files = {**with_claim(claim("Pending")), "events.json": listing(told)}
    assert messages("ClaimUnbound", files) == [
        "pod web-0 needs claim data of storage class fast, which is Pending: "
        'storageclass.storage.k8s.io "fast" not found'
    ]


def test_a_bound_claim_is_well() -> None:
    assert derived(with_claim(claim("Bound"))) == []


NO_TOKEN = "open /var/run/secrets/kubernetes.io/serviceaccount/token: no such file or directory"


def test_a_token_that_the_pod_does_not_let_mount_is_told() -> None:
    made = pod({"app": (container("app"), CRASHING)}, spec={"automountServiceAccountToken": False})
    assert messages("TokenNotMounted", {"pod.json": made, "web-0-app.previous.log": log(NO_TOKEN)}) == [
        "app looks for its service account token in /var/run/secrets/kubernetes.io/serviceaccount, but pod web-0 sets "
        "automountServiceAccountToken: false"
    ]


def test_a_token_that_only_the_other_container_mounts_is_told() -> None:
    token = {"kube-api-access-x": "/var/run/secrets/kubernetes.io/serviceaccount:ro"}
    made = pod(
        {"web": (container("web", token), RUNNING), "app": (container("app"), CRASHING)},
        spec={"volumes": [{"name": "kube-api-access-x", "projected": {"sources": []}}]},
    )
    found = derived({"pod.json": made, "web-0-app.previous.log": log(NO_TOKEN)})
    assert [r.reason for r in found] == ["AppExitsNonZero", "TokenNotMounted"]
    assert found[1].message == (
        "app looks for its service account token in /var/run/secrets/kubernetes.io/serviceaccount, but only web mounts "
        "the token, app does not"
    )


CLAIMS = (
    "NAME   STATUS    VOLUME   CAPACITY   ACCESS MODES   STORAGECLASS   AGE\n"
    "ink    Pending                                      quick          9m\n"
)
CLASSES = "NAME     PROVISIONER          RECLAIMPOLICY   VOLUMEBINDINGMODE      ALLOWVOLUMEEXPANSION   AGE\n{}\n"


def test_a_claim_shown_alone_is_told_with_the_class_that_is_missing() -> None:
    row = "steady   disk.example.com     Delete          Immediate              false                  3d"
    (found,) = of("ClaimUnbound", {"get-pvc.txt": CLAIMS, "get-sc.txt": CLASSES.format(row)})
    assert (found.kind, found.name) == ("PersistentVolumeClaim", "ink")
    assert found.message == "claim ink is Pending, and no storage class quick is listed"


def test_a_claim_that_waits_for_its_first_pod_is_not_told() -> None:
    row = "quick    disk.example.com     Delete          WaitForFirstConsumer   false                  3d"
    assert of("ClaimUnbound", {"get-pvc.txt": CLAIMS, "get-sc.txt": CLASSES.format(row)}) == []
