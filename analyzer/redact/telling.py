"""Names that tell that a secret follows: DB_PASSWORD, clientSecret, --token, client-key-data."""

from __future__ import annotations

import functools
import re
from typing import Final

_WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_TRAILING: Final = frozenset([
    "value", "val", "data", "b64", "base64", "encoded", "enc", "old", "new", "current", "previous", "prev",
    "primary", "secondary", "plain", "plaintext", "text", "raw", "str", "string", "hash", "digest", "override",
    "env", "default",
])  # fmt: skip
"""Words behind the telling one that change nothing: CLIENT_KEY_DATA, PASSWORD_OLD."""

_PASSWORD: Final = [
    "password", "passwords", "passwd", "passphrase", "passwort", "passcode", "pwd", "bindpw", "rootpw", "userpw",
    "adminpw", "storepass", "keypass", "requirepass", "masterauth", "pgpassword", "userpassword",
]  # fmt: skip
_GLUED: Final = (
    "password", "passwd", "passphrase", "storepass", "keypass",
)  # fmt: skip
_TOKEN_GLUED: Final = (
    "token", "secret", "apikey", "accesskey", "secretkey", "privatekey", "authkey", "sharedkey",
)  # fmt: skip
_TOKEN: Final = frozenset([
    "token", "jwt", "pat", "sas", "secret", "apikey", "credential", "credentials", "creds", "sastoken",
])  # fmt: skip
_KEY_OWNERS: Final = frozenset([
    "api", "access", "secret", "private", "auth", "encryption", "encrypt", "signing", "sign", "account", "storage",
    "master", "shared", "consumer", "app", "application", "root", "symmetric", "hmac", "aes", "ssh", "deploy",
    "webhook", "stripe", "sendgrid", "client", "certificate", "license", "licence", "unseal", "recovery",
    "integration", "subscription", "admin", "service", "management", "jwt", "session", "cookie", "crypto", "data",
    "security", "server", "instance", "instrumentation", "pre", "preshared", "psk", "aws", "azure", "gcp", "google",
    "ingest", "dd", "datadog", "newrelic", "mailgun", "twilio", "openai",
])  # fmt: skip
_SESSION: Final = frozenset([
    "jsessionid", "phpsessid", "sessionid", "sessid", "aspsessionid", "asp.net_sessionid", "connect.sid", "sid",
])  # fmt: skip
_SIGNATURE: Final = frozenset((
    "sig", "signature",
))  # fmt: skip
_NOT: Final = frozenset([
    "pwd", "oldpwd", "automountserviceaccounttoken", "imagepullsecret", "imagepullsecrets", "serviceaccounttoken",
    "csrf", "nexttoken", "continuetoken", "pagetoken", "nextpagetoken", "synctoken", "hassecret", "usesecret",
    "requesttoken", "maxtokens", "forcepwd",
])  # fmt: skip
"""Names that end in such a word and hold none: directories, switches, names of objects, positions in a list."""


@functools.lru_cache(maxsize=4096)
def telling(name: str) -> str | None:
    """What a value of this name is: password, token, key, session, signature, header; None when it tells nothing.

    `password` values count whatever they look like; the others must look random.
    """
    plain = re.sub(r"[^a-z0-9]", "", name.lower())
    if plain in _NOT or not plain:
        return None
    words = [w.lower() for w in _WORD.findall(name)]
    while len(words) > 1 and (words[-1] in _TRAILING or words[-1].isdigit()):
        words.pop()
    if not words:
        return None
    last = words[-1]
    joined = "".join(words)
    if last in _PASSWORD or last.endswith(_GLUED) or (last in ("pass", "pw") and len(words) > 1):
        return "password"
    if joined in ("authorization", "proxyauthorization"):
        return "header"
    if joined in ("auth", "identitytoken", "registrytoken"):
        return "auth"
    if joined in ("dockerconfigjson", "dockercfg"):
        return "key"
    if last in _TOKEN or last.endswith(_TOKEN_GLUED):
        return "token"
    if (last in ("key", "keys") and len(words) > 1 and (words[-2] in _KEY_OWNERS or name.isupper())) or last == "psk":
        return "key"
    if words[-3:] == ["access", "key", "id"] or joined in ("privatekeyid", "salt", "pepper", "otp", "totp"):
        return "key"
    if name.lower() in _SESSION or joined in _SESSION or words[-2:] == ["session", "id"]:
        return "session"
    return "signature" if last in _SIGNATURE else None


def is_environment(name: str) -> bool:
    """Whether it is written as environment variables are."""
    return name.isupper() and len(name) > 2
