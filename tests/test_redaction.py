from __future__ import annotations

import base64
import json

import pytest

from analyzer.analysis import analyze_bundle
from analyzer.bundle import Bundle
from analyzer.compose import compose
from analyzer.diagnosis import Diagnosis, Masked
from analyzer.ingest import ingest
from analyzer.present import to_json, to_text
from analyzer.redact.mask import Masker
from analyzer.redact.report import masked_text
from analyzer.screen import Screen
from patterns.load import load_library
from reports import render

POD = """apiVersion: v1
kind: Pod
metadata: {name: api-1, namespace: shop}
spec:
  containers:
  - name: app
    image: app:1
    env:
    - name: DB_PASSWORD
      value: Xk9-secret-77q
status:
  phase: Running
  containerStatuses:
  - name: app
    restartCount: 7
    ready: false
    state: {waiting: {reason: CrashLoopBackOff, message: back-off}}
    lastState: {terminated: {exitCode: 1, reason: Error}}
"""
REFUSED = 'password authentication failed for user "app"'
LOG = f"""2026-03-14T09:13:01Z stderr F starting
2026-03-14T09:13:02Z stderr F connecting with Xk9-secret-77q
2026-03-14T09:13:03Z stderr F FATAL: dial postgres://app:hunter2zz@db.prod.svc:5432/x: {REFUSED}
"""
PODS = "namespaces/shop/pods/api-1"


def diagnosed(log: str = LOG, **more: str) -> Diagnosis:
    files = {f"{PODS}/api-1.yaml": POD, f"{PODS}/app/app/logs/previous.log": log, **more}
    return analyze_bundle(Bundle.of_files({path: text.encode() for path, text in files.items()}), load_library(()))


def outputs(diagnosis: Diagnosis) -> dict[str, str]:
    page = compose(diagnosis)
    return {
        "json": to_json(diagnosis).decode(),
        "text": to_text(diagnosis),
        "html": render.html(page),
        "markdown": render.markdown(page),
    }


def cleaned(*lines: str) -> list[str]:
    masker = Masker()
    masker.learn(lines)
    return masker.clean(lines)


def test_no_output_holds_the_secrets_of_quoted_lines() -> None:
    for name, text in outputs(diagnosed()).items():
        assert "hunter2zz" not in text, name
        assert "Xk9-secret-77q" not in text, name
    assert REFUSED in json.loads(to_json(diagnosed()))["diagnoses"][0]["evidence"][0]["text"]


def test_a_value_that_the_pod_calls_secret_is_masked_where_a_log_says_it_bare() -> None:
    evidence = json.loads(to_json(diagnosed()))["diagnoses"][0]["evidence"]
    texts = [text for line in evidence for text in (line["text"], *line["before"], *line["after"])]
    assert any(text.endswith("connecting with <secret-1>") for text in texts)


def test_masks_are_counted_by_kind() -> None:
    masked = diagnosed().masked
    assert [(m.kind, m.values) for m in masked] == [("password", 1), ("secret", 1)]
    assert json.loads(to_json(diagnosed()))["masked"] == [
        {"kind": m.kind, "values": m.values, "places": m.places} for m in masked
    ]


def test_values_of_a_secret_object_are_masked_in_plain_and_in_base64() -> None:
    value = "q7RtLk2mZx8w"
    coded = base64.b64encode(value.encode()).decode()
    secret = f"apiVersion: v1\nkind: Secret\nmetadata: {{name: db, namespace: shop}}\ndata: {{any: {coded}}}\n"
    log = LOG.replace("starting", f"got {value}, sent {coded}")
    shown = to_json(diagnosed(log, **{"namespaces/shop/core/secrets.yaml": secret})).decode()
    assert value not in shown
    assert coded not in shown


def test_of_a_secret_with_certificate_and_key_the_key_alone_is_secret() -> None:
    shown, hidden = "MIIDdzCCAl+gAwIBAgIEAgAAuTq8Zr1w", "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSj"
    certificate = f"-----BEGIN CERTIFICATE-----\n{shown}\n-----END CERTIFICATE-----\n"
    key = f"-----BEGIN PRIVATE KEY-----\n{hidden}\n-----END PRIVATE KEY-----\n"
    coded = base64.b64encode((certificate + key + certificate).encode()).decode()
    secret = f"apiVersion: v1\nkind: Secret\nmetadata: {{name: tls, namespace: shop}}\ndata: {{pem: {coded}}}\n"
    evidence = ingest(Bundle.of_files({"tls.yaml": secret.encode()}), Screen.build(("x",)))
    masker = Masker(evidence.secrets, evidence.keyed)
    assert masker.clean([f"sent {shown}", f"kept {hidden}"]) == [f"sent {shown}", "kept <private-key-1>"]
    assert masker.clean([coded]) != [coded]


def test_the_same_value_gets_the_same_mask_in_every_way_of_writing() -> None:
    lines = [
        "password=hunter2zz rejected",
        '{"password":"hunter2zz"}',
        "ldap://cn:hunter2zz@ldap.example",
        "passwd=other1x",
    ]
    assert cleaned(*lines) == [
        "password=<password-1> rejected",
        '{"password":"<password-1>"}',
        "ldap://cn:<password-1>@ldap.example",
        "passwd=<password-2>",
    ]


def test_a_secret_split_over_two_parts_of_a_line_leaves_neither_half() -> None:
    token = "gh" + "p_aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0dF3hJ"
    head = "2026-03-14T09:13:01Z stderr "
    parts = [f"{head}P ERROR using {token[:17]}", f"{head}F {token[17:]} rejected"]
    assert cleaned(*parts) == [f"{head}P ERROR using <github-token-1>", f"{head}F <github-token-1> rejected"]


def test_a_private_key_goes_line_by_line_and_a_certificate_stays() -> None:
    body = ["MIIEowIBAAKCAQEA1c7+9z5Pad7OejecsQ0bu3aumAfGDqOrhm3q0w1Rzyaqfq4M", "q0w1Rz+yaqfq4MtBAfGDqOrhm3"]
    key = ["-----BEGIN RSA " + "PRIVATE KEY-----", *body, "-----END RSA " + "PRIVATE KEY-----"]
    head = "2026-03-14T09:13:01.5Z stdout F "
    assert cleaned(*(head + line for line in key), "next") == [
        head + key[0],
        head + "<private-key-1>",
        head + "<private-key-1>",
        head + key[3],
        "next",
    ]
    certificate = ["-----BEGIN CERTIFICATE-----", *(line.replace("MIIEowIBAAKC", "MIIDazCCAlOg") for line in body)]
    assert cleaned(*certificate) == certificate


def test_a_private_key_on_one_line_or_without_its_end_goes_too() -> None:
    begin = "-----BEGIN " + "PRIVATE KEY-----"
    body = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj"
    assert cleaned(f'{{"key":"{begin}\\n{body}\\n-----END"}}') == [f'{{"key":"{begin}<private-key-1>-----END"}}']
    assert cleaned(begin, body) == [begin, "<private-key-1>"]


KEPT = [
    "create secret docker-registry '<pull-secret>' --docker-server=registry.example.com '--docker-username=<user>'",
    "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "cri-o://3c7ecafe368dd4b6209005d8499821d8deec85d5a8e4539572151568c6c7fa94",
    'pod uid 8c1f0f0e-3a70-4d5e-9c1a-0d5a1c6b7e21, resourceVersion: "1234567890"',
    "4.16.0-0.nightly-2024-07-31-065602 at 6d3f4f5ae2b7c1d09f8e7a6b5c4d3e2f1a0b9c8d",
    REFUSED,
    'secret "db-credentials" not found',
    "couldn't find key token in Secret prod/api-credentials",
    "tokenreviews.authentication.k8s.io is forbidden",
    'password: ""',
    "password: authentication failed",
    "pod-template-hash=7d4b9c6f5d, exit status 137",
    'MountVolume.SetUp failed for volume "default-token-x7k2p" : secret "default-token-x7k2p" not found',
    "      DB_PASSWORD:  <set to the key 'password' in secret 'db'>  Optional: false",
    "      secretName: regcred",
    "    password:  12 bytes",
    "    token: OTQ1IGJ5dGVzIGxvbmc=",  # what must-gather leaves of a Secret: "945 bytes long"
    "    - --service-account-key-file=/etc/kubernetes/pki/sa.pub",
    "https://registry.example:5000/v2/ returned 401 for quay.io/team/app@sha256:9f86d081884c7d659a2feaa0c55ad015",
    "requestID=8c1f0f0e-3a70-4d5e-9c1a-0d5a1c6b7e21 trace_id=4bf92f3577b34da6a3ce929d0e0e4736",
    "pod api-7d4b9c6f5d-x2x7k event api.17c3a1b2c3d4e5f6",
    "serviceAccountToken: {expirationSeconds: 3607, path: token}",
    "StatefulSet Basic StatefulSet functionality, validates basic preemption works",
    "{{- $password = regexReplaceAllLiteral $x }}",
    "Authorization: Bearer $(TOKEN) and --password=${DB_PASSWORD} and --token=<token>",
]


@pytest.mark.parametrize("line", KEPT)
def test_what_only_looks_like_a_secret_stays(line: str) -> None:
    assert cleaned(line) == [line]


def test_no_text_of_the_pattern_library_is_masked() -> None:
    for pattern in load_library(()).patterns.values():
        texts = (
            pattern.meaning,
            pattern.impact,
            *pattern.diagnosis,
            *pattern.mitigation,
            *pattern.verify,
            *pattern.avoid,
        )
        assert [cleaned(text)[0] for text in texts] == list(texts)


def test_a_text_too_long_to_check_is_withheld_and_counted() -> None:
    masker = Masker()
    assert masker.clean(["x" * (2 << 20)]) == ["<withheld>"]
    assert masker.counts == (Masked(kind="withheld", values=0, places=1),)


def test_the_mask_of_a_guessable_password_is_no_trace_of_it() -> None:
    clean = cleaned("ERROR password=hunter2 rejected", "and again hunter2")
    assert clean == ["ERROR password=<password-1> rejected", "and again <password-1>"]


def test_a_value_seen_once_is_masked_where_only_a_part_of_it_stands() -> None:
    token = "zX9" * 4 + "Qw3rTy7uIo1p"
    assert cleaned(f"--token={token}", f"refused {token[:14]}…", f"…{token[9:]}") == [
        "--token=<token-1>",
        "refused <token-1>…",
        "…<token-1>",
    ]


def test_a_page_of_text_is_masked_line_by_line() -> None:
    assert masked_text("first\npassword=hunter2zz\nand hunter2zz") == "first\npassword=<password-1>\nand <password-1>"


def test_a_part_of_a_known_value_is_masked_as_the_value_that_was_learnt_first() -> None:
    first, second = "Zx81-aaaa-Cc99-dddd-eeee", "Qw72-Cc99-dddd-eeee-Ff00"
    masker = Masker((first, second))
    assert masker.clean(["see Ff00 and dddd-eeee-Ff00"]) == ["see Ff00 and <secret-1>"]
    assert masker.clean(["b-Cc99-dddd-eee!"]) == ["b<secret-2>!"]
    assert masker.clean(["nothing of it"]) == ["nothing of it"]


def test_a_line_without_secrets_is_looked_at_again_when_another_value_is_learnt() -> None:
    masker = Masker()
    assert masker.clean(["ticket Zx81-aaaa-Cc99-dddd"]) == ["ticket Zx81-aaaa-Cc99-dddd"]
    masker.learn(["password: Zx81-aaaa-Cc99-dddd"])
    assert masker.clean(["ticket Zx81-aaaa-Cc99-dddd"]) == ["ticket <password-1>"]
