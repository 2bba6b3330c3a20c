"""Values behind names that tell: `DB_PASSWORD=x`, `"token": "x"`, `--password x`, `name: X_TOKEN` above `value: x`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import regex

from analyzer.redact.quoted import Value, value_at
from analyzer.redact.telling import is_environment, telling
from analyzer.redact.values import decoded_pair, is_ordinary, is_placeholder, is_random

_TELLING: Final = (
    r"(?:pass(?:w(?:or)?ds?|phrase|code|wort)?|pw|pwd|token|secret|credentials?|creds|jwt|pat|sas|keys?|key.?id|auth|psk|"
    r"sid|session.?id|salt|pepper|otp|sig|signature|dockercfg|dockerconfigjson)"
    r"(?:[._-]?(?:value|val|data|b64|base64|enc|encoded|old|new|current|prev|previous|text|raw|hash|default|[0-9]{1,2})){0,2}"
)
TRIGGERS: Final = (
    rf"(?i){_TELLING}[\"'\\\]`)]{{0,34}}\s{{0,60}}[=:>]",
    rf"(?i)-(?:[a-z][\w-]{{0,50}})?{_TELLING}[\s\"'\\,]",
    rf"(?i)(?:name|key)[\"'\\]{{0,34}}\s{{0,4}}[:=]\s{{0,4}}[\"'\\]{{0,34}}[\w.-]{{0,60}}{_TELLING}[\s\"'\\,;}}]",
)
"""A telling name before its value, as an option, as the name of a pair."""
_KEY: Final = regex.compile(
    r"(?<![\w.\-$])(?P<dashes>-{0,2})(?P<name>[\w.\-]{1,128}+)(?P<close>\\{0,32}[\"'`]?\)?\]?)[^\S\n]{0,60}(?:(?P<sep>:=|=>|==|=|:)(?P<gap>[^\S\n]{0,60})|>(?=[^\s<>=]))"
)
_WRAPPED_END: Final = r"[\"'\\,}\sn]{0,40}(?:\"stream\"[^\n]{0,120})?\n[^\n]{0,120}?"
"""What ends a wrapped line and begins the next one: quotes, docker's other fields, the header of a log."""
_FLAG: Final = regex.compile(
    r"(?<![\w\-])--?(?P<name>[A-Za-z][\w-]{2,60}+)(?:"
    + _WRAPPED_END
    + r"(?<![\w-])-[^\S\n]{1,4}|\\{0,32}[\"']?,?[^\S\n]{0,4}\n[^\S\n]{0,60}(?=\\{0,32}[\"'])"
    + r"|\\{0,32}[\"'],?[^\S\n]{0,4}|[^\S\n]{1,4})"
)
_PAIR: Final = regex.compile(
    r"(?i)(?<![\w])(?:name|key)[\"'\\]{0,34}\s{0,4}[:=]\s{0,4}[\"'\\]{0,34}(?P<name>[\w.\-]{1,128}+)"
    r"(?:[\"'\\]{0,34}[ \t]{0,4}[,; \t]\s{0,60}[\"'\\]{0,34}|" + _WRAPPED_END + r"(?<!\w))"
    r"value[\"'\\]{0,34}[ \t]{0,4}[:=][ \t]{0,4}"
)
_VALUE_FIRST: Final = regex.compile(r"(?im)[\"'\\]{0,6}value[\"'\\]{0,6}[ \t]{0,4}:[ \t]{0,4}(?=\S)")
_NAME_AFTER: Final = regex.compile(
    r"(?i)[\"'\\]{0,6}[ \t]{0,4}(?:,|\r?\n)\s{0,60}[\"'\\]{0,6}name[\"'\\]{0,6}[ \t]{0,4}:[ \t]{0,4}"
    r"[\"'\\]{0,6}(?P<name>[\w.\-]{1,128}+)"
)
_WHOLE_LINE: Final = regex.compile(r"(?:^|(?<=\n))[^\S\n]{0,60}(?:- )?[\"']?$")
_SCHEME: Final = regex.compile(r"(?i)(?:basic|bearer|token|digest|negotiate|apikey)\s+")
_GOES_ON: Final = regex.compile(r",? [A-Za-z]{2}")
_OUTCOMES: Final = frozenset([
    "unauthorized", "forbidden", "failed", "authentication", "invalid", "incorrect", "wrong", "mismatch", "expired",
    "required", "denied", "rejected", "error", "unauthenticated", "disabled", "enabled", "changed", "updated",
    "created", "deleted",
])  # fmt: skip
_KINDS: Final = {"auth": "token", "session": "cookie", "header": "token"}


def named_values(text: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, kind) of every value whose name tells that it is a secret."""
    for match in _KEY.finditer(text):
        if (tells := telling(match["name"])) is not None:
            value = value_at(text, match.end())
            if value is not None and _is_secret(text, match, tells, value):
                yield from _told(value, tells)
    for match in _FLAG.finditer(text):
        if (tells := telling(match["name"])) is not None:
            value = value_at(text, match.end())
            if value is not None and not text.startswith("-", value.start) and _counts(text, value, tells, True):
                yield from _told(value, tells)
    for match in _PAIR.finditer(text):
        if (tells := telling(match["name"])) is not None:
            value = value_at(text, match.end())
            if value is not None and _counts(text, value, tells, True):
                yield from _told(_to_line_end(text, value), tells)
    for match in _VALUE_FIRST.finditer(text):
        value = value_at(text, match.end())
        name = _NAME_AFTER.match(text, value.end) if value is not None else None
        tells = telling(name["name"]) if name is not None else None
        if value is not None and tells is not None and _counts(text, value, tells, True):
            yield from _told(value, tells)


def _is_secret(text: str, match: regex.Match[str], tells: str, value: Value) -> bool:
    name, sep = match["name"], match["sep"]
    if sep is None and not text.startswith("<", value.end):
        return False  # an element's content ends where its closing tag begins; `'<pull-secret>' --next` is none
    is_named = is_environment(name) or bool(match["dashes"]) or bool(value.quote) or bool(match["close"]) or sep is None
    if is_named or sep == "=":
        return _counts(text, value, tells, is_named)
    line_end = text.find("\n", value.end)
    rest = text[value.end : len(text) if line_end < 0 else line_end]
    if _WHOLE_LINE.search(text, max(0, match.start() - 64), match.start()) and not rest.strip():
        return _counts(text, value, tells, True)
    word = text[value.start : value.end]
    if match["gap"] and not value.quote and word.isalpha() and (_GOES_ON.match(rest) or word.lower() in _OUTCOMES):
        return False  # prose: `password: authentication failed`
    return _counts(text, value, tells, False)


def _counts(text: str, value: Value, tells: str, is_named: bool) -> bool:
    """Whether this value of this kind of name is worth hiding; `is_named`: nothing but a value can stand there."""
    content = text[value.start : value.end]
    if is_placeholder(content) or is_named_after(content, tells):
        return False
    if tells == "password":
        follows = text[value.end : value.end + 6]
        return not (content.isdigit() and follows.startswith(" byte")) and (len(content) > 1 or is_named)
    if tells == "header":
        return _SCHEME.match(content) is None and is_random(content)
    if tells == "auth":
        return decoded_pair(content) is not None or (bool(value.quote) and is_random(content) and len(content) >= 12)
    if tells == "token" and is_named:
        return not is_ordinary(content) and not content.isdigit()
    return is_random(content)


def is_named_after(content: str, tells: str) -> bool:
    """Whether the value is but the name again: `"htpasswd": "htpasswd"`, `key: apiKey`."""
    return tells == "password" and content.lower() in ("password", "passwd", "htpasswd", "passphrase")


def _told(value: Value, tells: str) -> Iterator[tuple[int, int, str]]:
    if value.start < value.end:
        yield value.start, value.end, _KINDS.get(tells, tells)


def _to_line_end(text: str, value: Value) -> Value:
    """An environment variable's bare value goes to the end of its line: YAML plain scalars hold blanks."""
    if value.quote:
        return value
    line_end = text.find("\n", value.end)
    rest = text[value.end : len(text) if line_end < 0 else line_end]
    return value if any(c in rest for c in "{}\"',") else Value(value.start, value.end + len(rest.rstrip()), "")
