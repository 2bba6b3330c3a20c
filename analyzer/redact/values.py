"""Whether what stands behind a telling name is a secret, or a word, a reference, a placeholder."""

from __future__ import annotations

import functools
import re
from typing import Final

_PLACEHOLDER: Final = re.compile(
    r"""(?ix) ( __\w+__ | [*x•.#_?-]+                     # stars, as others mask
      | <.*> | \[.*\] | \{.*\}? | \(.*\)?       # <redacted>, [REDACTED], {{ .Values.x }}, (nil)
      | \$\{.*|\$\(.*|\$[A-Z_][A-Z0-9_]*|%\w|%[({].*|%!.*   # ${VAR}, $(VAR), $VAR, %s
      | & .* | \|[-+0-9]* | >[-+0-9]*           # YAML: an anchor, a block that follows
      | true|false|yes|no|on|off|null|nil|none|undefined|unset|empty
      | missing|unknown|default|optional|required|invalid|expired
      | n/?a | redacted | masked | hidden | removed | omitted | sensitive
      | secret | password | token | string | bytes | object
      | -----BEGIN.* ) """
)
_PATH: Final = re.compile(r"(?:file:)?[~.]{0,2}/[\w.@%:+-]*(?:/[\w.@%:+-]*)*")
_LINK: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{1,20}://.*")
_PLAIN_NUMBER: Final = re.compile(r"[-+]?[\d.,:]+(?:[a-zA-Zµ%]{1,3})?")
_TIME: Final = re.compile(r"\d{4}-\d\d-\d\d[T ]?.*|(?:\d+(?:ms|us|ns|[hmsdw]))+")
_WORD: Final = r"(?:[A-Z]?[a-z]{1,24}(?:[A-Z][a-z]{1,24})*|[A-Z]{1,24})"
_WORDS: Final = re.compile(rf"\.?{_WORD}(?:[-_./: ]{_WORD})*[-_]?\d{{0,3}}")
_RESOURCE: Final = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(?:[./][a-z0-9]([a-z0-9-]*[a-z0-9])?)*")
_UUID: Final = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_IDENTIFIER: Final = re.compile(r"[a-z]+(?:[A-Z][a-z]+)+|[A-Z][a-z]+(?:[A-Z][a-z]+)*")
_LENGTH: Final = re.compile(r"[A-Za-z0-9+/]{2,24}(?:ZXMgbG9uZw==|dGVzIGxvbmc=|eXRlcyBsb25n)")  # "... bytes long"
_CHECKSUM: Final = re.compile(r"[A-Za-z0-9+/_-]{6}==")  # of 32 bits: what OpenShift's operators keep of a Secret
_BASE64: Final = re.compile(r"[A-Za-z0-9+/_-]{12,}={0,2}")


@functools.lru_cache(maxsize=4096)  # must-gathers say "20 bytes long" thousands of times
def is_placeholder(value: str) -> bool:
    """Whether nothing is given away: empty, stars, a template, a reference to a file or an address."""
    text = value.strip()
    return not text or _PLACEHOLDER.fullmatch(text) is not None or is_reference(text) or _is_length(text)


def _is_length(text: str) -> bool:
    """Whether it is what `oc adm must-gather` writes for a Secret's value: `MjAgYnl0ZXMgbG9uZw==`, 20 bytes long."""
    return _LENGTH.fullmatch(text) is not None


def is_reference(value: str) -> bool:
    """Whether it says where something lies: a path or a URL, whose own password has a rule of its own."""
    return (_PATH.fullmatch(value) is not None and not _is_mixed(value)) or _LINK.fullmatch(value) is not None


def is_ordinary(value: str) -> bool:
    """Whether it reads as a name, a number or a time rather than as something random."""
    text = value.strip()
    if (
        len(text) < 6
        or text.startswith(":")
        or _CHECKSUM.fullmatch(text)
        or _PLAIN_NUMBER.fullmatch(text)
        or _TIME.fullmatch(text)
    ):
        return True
    if _UUID.fullmatch(text):
        return False
    if _WORDS.fullmatch(text) or _IDENTIFIER.fullmatch(text):
        return True
    return _RESOURCE.fullmatch(text) is not None and _is_resource(text)


def is_random(value: str) -> bool:
    """Whether it looks drawn by lot: long enough, of several kinds of characters, no name."""
    text = value.strip()
    if len(text) < 8 or is_ordinary(text) or " " in text:
        return False
    return _kinds(text) >= 2


def _is_resource(text: str) -> bool:
    """Whether these lower-case parts are an object's name: `db-credentials`, `default-token-x7k2p`, `tls.key`."""
    parts = re.split(r"[-./]", text)
    if len(parts) == 1:
        return len(text) < 16 and (text.isalpha() or not re.search(r"\d.*[a-z].*\d", text))
    letters = sum(part.isalpha() for part in parts)
    return letters * 2 >= len(parts) and all(len(part) <= 20 or part.isalpha() for part in parts)


def _is_mixed(text: str) -> bool:
    """Whether some part of a path has the look of base64: both cases and digits in one part of some length."""
    return any(len(p) >= 16 and _kinds(p) == 3 and not re.search(r"[.-]", p) for p in text.split("/"))


def _kinds(text: str) -> int:
    return sum(bool(re.search(kind, text)) for kind in ("[a-z]", "[A-Z]", r"\d"))


def decoded_pair(value: str) -> str | None:
    """What `user:password` a base64 text holds, or None."""
    import base64
    import binascii

    if not _BASE64.fullmatch(value):
        return None
    try:
        text = base64.b64decode(value + "=" * (-len(value) % 4), altchars=b"-_" if set("-_") & set(value) else None)
    except (binascii.Error, ValueError):
        return None
    shown = text.decode("latin-1")
    return shown if ":" in shown and shown.isprintable() else None
