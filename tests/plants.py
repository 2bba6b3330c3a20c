"""Lines with a secret planted in each: kinds x ways of writing x what carries the line, made from a seed."""

from __future__ import annotations

import base64
import json
import random
import string
import urllib.parse
from collections.abc import Callable
from dataclasses import dataclass

LETTERS = string.ascii_letters + string.digits
HEX = "0123456789abcdef"
STAMP = "2026-03-14T09:13:07.123456789Z"

Random = random.Random
Made = Callable[[Random], str]


@dataclass(frozen=True)
class Plant:
    """Adjacent lines of one file, and the secret in them."""

    kind: str
    syntax: str
    carrier: str
    secret: str
    lines: tuple[str, ...]


def _of(alphabet: str, length: int) -> Made:
    return lambda r: "".join(r.choice(alphabet) for _ in range(length))


def _mixed(length: int, alphabet: str = LETTERS) -> Made:
    def make(r: Random) -> str:
        drawn = [r.choice(string.ascii_lowercase), r.choice(string.ascii_uppercase), r.choice(string.digits)]
        drawn += [r.choice(alphabet) for _ in range(length - 3)]
        r.shuffle(drawn)
        return "".join(drawn)

    return make


def _jwt(r: Random) -> str:
    head = base64.urlsafe_b64encode(b'{"alg":"RS256","kid":"' + _mixed(8)(r).encode() + b'"}').rstrip(b"=").decode()
    body = base64.urlsafe_b64encode(b'{"sub":"' + _mixed(10)(r).encode() + b'"}').rstrip(b"=").decode()
    return f"{head}.{body}.{_mixed(43)(r)}"


# Put together from parts, so that no scanner of repositories takes this file for a leak.
SHAPED: dict[str, Made] = {
    "aws-key": lambda r: "AK" + "IA" + _of(string.ascii_uppercase + "234567", 16)(r),
    "github": lambda r: "gh" + r.choice("pousr") + "_" + _mixed(36)(r),
    "github-fine": lambda r: "github" + "_pat_" + _mixed(22)(r) + "_" + _mixed(59)(r),
    "gitlab": lambda r: "gl" + "pat-" + _mixed(20)(r),
    "slack": lambda r: "xo" + "xb-" + _of(string.digits, 12)(r) + "-" + _mixed(24)(r),
    "google": lambda r: "AI" + "za" + _mixed(35)(r),
    "stripe": lambda r: "sk" + "_live_" + _mixed(24)(r),
    "npm": lambda r: "npm" + "_" + _mixed(36)(r),
    "pypi": lambda r: "py" + "pi-AgEIcHlwaS5vcmc" + _mixed(60)(r),
    "openai": lambda r: "sk" + "-proj-" + _mixed(48)(r),
    "anthropic": lambda r: "sk" + "-ant-api03-" + _mixed(60)(r),
    "sendgrid": lambda r: "S" + "G." + _mixed(22)(r) + "." + _mixed(43)(r),
    "vault": lambda r: "hv" + "s." + _mixed(90)(r),
    "docker": lambda r: "dckr" + "_pat_" + _mixed(27)(r),
    "huggingface": lambda r: "hf" + "_" + _mixed(34)(r),
    "digitalocean": lambda r: "dop" + "_v1_" + _of(HEX, 64)(r),
    "telegram": lambda r: _of(string.digits, 9)(r) + ":AA" + _mixed(33)(r),
    "openshift": lambda r: "sha256" + "~" + _mixed(43)(r),
    "k3s": lambda r: "K1" + "0" + _of(HEX, 64)(r) + "::server:" + _of(HEX, 32)(r),
    "jwt": _jwt,
    "grafana": lambda r: "gl" + "sa_" + _mixed(32)(r) + "_" + _of(HEX, 8)(r),
    "password-hash": lambda r: "$2" + "y$10$" + _mixed(53)(r),
}
"""Secrets that are known wherever they stand."""

PLAIN: dict[str, Made] = {
    "password": _mixed(12),
    "password-symbols": _mixed(16, LETTERS + "!#%*+-_~^"),
    "password-long": _mixed(32),
    "token": _mixed(40),
    "token-hex": _of(HEX, 40),
    "token-base64": lambda r: base64.b64encode(r.randbytes(30)).decode(),
    "token-uuid": lambda r: "-".join(_of(HEX, n)(r) for n in (8, 4, 4, 4, 12)),
}
"""Secrets that only the name before them gives away."""

NAMES = (
    "DB_PASSWORD", "POSTGRES_PASSWORD", "REDIS_PASS", "API_TOKEN", "SECRET_KEY", "CLIENT_SECRET",
    "AWS_SECRET_ACCESS_KEY",
    "ENCRYPTION_KEY", "STRIPE_API_KEY", "SMTP_PASSWORD", "GITHUB_TOKEN", "JWT_SECRET", "MYSQL_ROOT_PASSWORD",
)  # fmt: skip
FIELDS = (
    "password", "passwd", "clientSecret", "client_secret", "apiKey", "api_key", "access_token", "authToken",
    "secretKey",
    "secret_access_key", "bind-password", "keystore.password", "private_token", "refresh_token", "adminPassword",
)  # fmt: skip


def _name(r: Random) -> str:
    return r.choice(NAMES)


def _field(r: Random) -> str:
    return r.choice(FIELDS)


def _query(value: str) -> str:
    return urllib.parse.quote(value, safe="")


def _basic(value: str) -> str:
    return base64.b64encode(f"svc:{value}".encode()).decode()


Written = Callable[[Random, str], tuple[str, ...]]

NAMED: dict[str, Written] = {
    "env": lambda r, v: (f"{_name(r)}={v}",),
    "export": lambda r, v: (f"export {_name(r)}='{v}'",),
    "assignment": lambda r, v: (f"{_field(r)} = {v}",),
    "properties": lambda r, v: (f"spring.datasource.{_field(r)}={v}",),
    "logfmt": lambda r, v: (f'level=error msg="login failed" {_field(r)}={v} user=app',),
    "json": lambda r, v: (json.dumps({"user": "app", _field(r): v, "port": 5432}),),
    "json-tight": lambda r, v: (f'config: {{"db":{{"{_field(r)}":"{v}","user":"app"}}}}',),
    "json-in-json": lambda r, v: (json.dumps({"body": json.dumps({_field(r): v})}),),
    "yaml": lambda r, v: (f"  {_field(r)}: {v}",),
    "yaml-quoted": lambda r, v: (f'  {_field(r)}: "{v}"',),
    "yaml-flow": lambda r, v: (f"auth: {{user: app, {_field(r)}: {v}}}",),
    "env-pair": lambda r, v: (f"    - name: {_name(r)}", f"      value: {v}"),
    "env-pair-quoted": lambda r, v: (f"    - name: {_name(r)}", f'      value: "{v}"'),
    "env-pair-flow": lambda r, v: (f"    - {{name: {_name(r)}, value: {v}}}",),
    "env-pair-json": lambda r, v: (f'        "name": "{_name(r)}",', f'        "value": "{v}"'),
    "annotation": lambda r, v: (f'"spec":{{"containers":[{{"env":[{{"name":"{_name(r)}","value":"{v}"}}]}}]}}',),
    "describe": lambda r, v: (f"      {_name(r)}:  {v}",),
    "go-struct": lambda r, v: (f"Env:[]EnvVar{{EnvVar{{Name:{_name(r)},Value:{v},ValueFrom:nil,}},}}",),
    "flag": lambda r, v: (f"exec: app --{r.choice(('password', 'token', 'api-key', 'client-secret'))}={v} --port 80",),
    "flag-blank": lambda r, v: (f"exec: app --{r.choice(('password', 'token', 'api-key'))} {v} --port 80",),
    "flag-json": lambda r, v: (f'args: ["--{r.choice(("password", "token"))}", "{v}", "--port=80"]',),
    "flag-list": lambda r, v: (f"    - --{r.choice(('password', 'token'))}", f"    - {v}"),
    "java": lambda r, v: (f"java -Djavax.net.ssl.keyStorePassword={v} -jar app.jar",),
    "xml": lambda r, v: (f'<Resource name="jdbc/app" password="{v}" url="jdbc:postgresql://db/app"/>',),
    "xml-element": lambda r, v: (f"<password>{v}</password>",),
    "query": lambda r, v: (f"GET /login?user=app&{r.choice(('password', 'access_token', 'api_key'))}={_query(v)}&x=1",),
    "header": lambda r, v: (f"X-Api-Key: {v}",),
    "bearer": lambda r, v: (f"Authorization: Bearer {v}",),
    "curl-bearer": lambda r, v: (f"curl -H 'Authorization: Bearer {v}' https://api.example",),
    "basic": lambda r, v: (f"> Authorization: Basic {_basic(v)}",),
    "cookie": lambda r, v: (f"Set-Cookie: JSESSIONID={_query(v)}; Path=/; HttpOnly",),
    "url": lambda r, v: (f"dial {r.choice(('postgres', 'amqp', 'mongodb+srv', 'https'))}://app:{_query(v)}@db.prod.svc:5432/x",),
    "redis-url": lambda r, v: (f"redis://:{_query(v)}@cache:6379/0 NOAUTH",),
    "mysql-dsn": lambda r, v: (f"app:{v.replace('/', '_')}@tcp(db:3306)/shop: connection refused",),
    "ado": lambda r, v: (f"Server=db;Database=shop;User Id=sa;Password={v};Encrypt=true",),
    "docker-login": lambda r, v: (f"docker login -u robot -p {v} registry.example",),
    "curl-user": lambda r, v: (f"+ curl -u admin:{v} https://nexus.example/x",),
    "mysql": lambda r, v: (f"mysql -h db -u root -p{v} shop",),
    "docker-auth": lambda r, v: (f'{{"auths":{{"quay.io":{{"auth":"{_basic(v)}"}}}}}}',),
    "literal": lambda r, v: (f"kubectl create secret generic db --from-literal=any={v}",),
    "sql": lambda r, v: (f"ALTER USER app IDENTIFIED BY '{v}'",),
    "netrc": lambda r, v: (f"machine git.example login app password {v}",),
    "prose": lambda r, v: (f"LDAP bind password: '{v}' failed",),
}  # fmt: skip

FREE: dict[str, Written] = {
    "alone": lambda r, v: (v,),
    "prose": lambda r, v: (f"request with {v} was refused",),
    "quoted": lambda r, v: (f'could not use "{v}": expired',),
    "path": lambda r, v: (f"open /var/lib/app/{v}.log: no such file",),
    "user-in-url": lambda r, v: (f"https://{v}@git.example/x.git" if ":" not in v else f"https://git.example/{v}",),
    "list": lambda r, v: (f"[{v}, 3, nil]",),
}


def _each(header: str) -> Callable[[Random, tuple[str, ...]], tuple[str, ...]]:
    return lambda r, lines: tuple(header + line for line in lines)


def _split(r: Random, lines: tuple[str, ...]) -> tuple[str, ...]:
    if len(lines) > 1:
        return lines
    at = r.randrange(1, max(2, len(lines[0]) - 1))
    return (f"{STAMP} stderr P {lines[0][:at]}", f"{STAMP} stderr F {lines[0][at:]}")


def _coloured(r: Random, lines: tuple[str, ...]) -> tuple[str, ...]:
    if len(lines) > 1:
        return lines
    at = r.randrange(1, max(2, len(lines[0]) - 1))
    return (f"\x1b[31m{lines[0][:at]}\x1b[1m{lines[0][at:]}\x1b[0m",)


CARRIERS: dict[str, Callable[[Random, tuple[str, ...]], tuple[str, ...]]] = {
    "plain": lambda r, lines: lines,
    "cri": _each(f"{STAMP} stdout F "),
    "cri-split": _split,
    "klog": _each("E0314 09:13:07.123456    1234 server.go:310] "),
    "journal": _each("Mar 14 09:13:07 node-1 kubelet[1234]: "),
    "docker": lambda r, lines: tuple(
        json.dumps({"log": line + "\n", "stream": "stderr", "time": STAMP}, separators=(",", ":")) for line in lines
    ),
    "json-log": lambda r, lines: tuple(json.dumps({"level": "error", "msg": line}) for line in lines),
    "coloured": _coloured,
    "event": lambda r, lines: (
        (f'  message: "Error: {lines[0]}"',) if len(lines) == 1 and '"' not in lines[0] else lines
    ),
    "deep": lambda r, lines: tuple(json.dumps({"a": json.dumps({"m": line})}) for line in lines),
    "base64": lambda r, lines: (f"payload {base64.b64encode(chr(10).join(lines).encode()).decode()}",),
}


def plants(count: int, seed: int) -> list[Plant]:
    """`count` plants, each with some other line before and behind it."""
    r = Random(seed)
    made = []
    for _ in range(count):
        is_shaped = r.random() < 0.5
        kind = r.choice(sorted(SHAPED if is_shaped else PLAIN))
        secret = (SHAPED if is_shaped else PLAIN)[kind](r)
        syntaxes = {**NAMED, **FREE} if is_shaped else NAMED
        syntax = r.choice(sorted(syntaxes))
        carrier = r.choice(sorted(CARRIERS))
        lines = CARRIERS[carrier](r, syntaxes[syntax](r, secret))
        made.append(Plant(kind, syntax, carrier, secret, ("starting the server", *lines, "connection refused")))
    return made


def is_leaked(secret: str, text: str) -> bool:
    """Whether the text still gives the secret, or twelve characters of it in a row."""
    parts = [secret] if len(secret) < 16 else [secret[i : i + 12] for i in range(len(secret) - 11)]
    return any(part in text for part in parts)
