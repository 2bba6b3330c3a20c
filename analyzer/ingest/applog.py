"""Reads time and level out of the line that a program itself wrote.

The shapes known here: any leading time (kubectl --timestamps, log4j, python logging, nginx, postgres), JSON of zap,
logrus, bunyan, pino and klog, logfmt of logrus and go-kit, redis, etcd's capnslog, access logs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

import orjson

from analyzer.ingest.klog import fields
from analyzer.ingest.layer import Layer
from analyzer.timestamps import Instant, epoch, leading_time, parse_time

_LEVELS: Final[Mapping[str, str]] = {
    word: level
    for level, words in {
        "info": ("trace", "trac", "debug", "debu", "dbug", "info", "information", "informational", "notice", "log",
                 "system", "note", "verbose"),
        "warning": ("warning", "warn", "wrn"),
        "error": ("error", "erro", "eror", "err", "severe", "failure"),
        "fatal": ("fatal", "fata", "panic", "pani", "dpanic", "critical", "crit", "emerg", "emergency", "alert"),
    }.items()
    for word in words
}  # fmt: skip
_CAPNSLOG: Final = {"C": "fatal", "E": "error", "W": "warning", "N": "info", "I": "info", "D": "info", "T": "info"}
_REDIS: Final = {"#": "warning", "*": "info", "-": "info", ".": "info"}

SAMPLES: Final = (
    ("kubectl logs --timestamps", "2024-03-05T07:08:09.123456789Z ERROR connection refused"),
    ("zap, logrus and others in JSON", '{"level":"error","ts":"2024-03-05T07:08:09Z","msg":"connection refused"}'),
    ("logfmt (logrus)", 'time="2024-03-05T07:08:09Z" level=error msg="connection refused"'),
    ("logfmt (go-kit)", 'ts=2024-03-05T07:08:09Z caller=main.go:2 level=error err="connection refused"'),
    ("log4j, logback", "2024-03-05 07:08:09.095 ERROR 1 --- [main] c.e.Pool : connection refused"),
    ("Python logging", "2024-03-05 07:08:09,123 ERROR app.db: connection refused"),
    ("nginx", "2024/03/05 07:08:09 [error] 7#7: *1 connect() failed (111: Connection refused)"),
    ("envoy", "[2024-03-05 07:08:09.534][19][warning][config] gRPC config stream closed: 14"),
    ("istio", "2024-03-05T07:08:09.323650Z\terror\tcannot connect to the control plane"),
    ("etcd's capnslog", "2024-03-05 07:08:09.497449 E | etcdmain: listen tcp 10.0.0.7:2380: bind: in use"),
    ("PostgreSQL", "2024-03-05 07:08:09 UTC [42] FATAL:  the database system is starting up"),
    ("Redis", "1:M 05 Mar 2024 07:08:09.902 # Out of memory"),
    ("access log", '10.0.0.1 - - [05/Mar/2024:07:08:09 +0000] "GET / HTTP/1.1" 502 157'),
    ("plain text", "panic: runtime error: index out of range [3] with length 3"),
)
"""(What writes it, one line of it)."""

_TIME_KEYS: Final = ("ts", "time", "timestamp", "@timestamp", "t", "asctime", "eventTime", "date")
_LEVEL_KEYS: Final = ("level", "severity", "lvl", "levelname", "log.level", "loglevel", "s")

_COLOURS: Final = re.compile(r"(?:\x1b\[[0-9;]{0,16}m)+")
_BRACKET: Final = re.compile(r"\[")
_ENVOY: Final = re.compile(r"\[Envoy[^\[\]]{0,40}\] \[")  # "[Envoy (Epoch 0)] [2020-04-29 ..."
_AFTER_TIME: Final = re.compile(r"(?:\]|(?=[\s|:,]|$))[\s|:,]{0,8}")
_LOGFMT: Final = re.compile(r"(?:time|ts|t|level|lvl|logger|caller|timestamp)=[^\s=]")
_REDIS_HEAD: Final = re.compile(r"[0-9]{1,10}:[A-Z] ")
_CAPNSLOG_HEAD: Final = re.compile(r"([CEWNIDT]) \| ")
_ACCESS: Final = re.compile(r"\[(?=[0-9]{1,2}/[A-Z][a-z]{2}/[0-9]{4}:)")

_HEAD: Final = 160  # characters behind the time in which a level word is a level
_UPPER: Final = (
    "TRACE|DEBUG|INFO|NOTICE|LOG|NOTE|WARNING|WARN|ERROR|SEVERE|FATAL|PANIC|CRITICAL|CRIT|EMERG|ALERT|"
    "FATA|PANI|ERRO|DEBU|TRAC"
)
_LOWER: Final = "trace|debug|info|notice|system|warning|warn|error|err|fatal|panic|crit|critical|emerg|alert"
_LEVEL_WORD: Final = re.compile(
    rf"(?<![\w./=-])({_UPPER})(?![\w=./-])"  # ERROR main: text, FATA[0002], [FATAL]
    rf"|[\[<]({_LOWER}|System|Warning|Error|Note"  # [error] of nginx, <warn> of NetworkManager, [System] of MySQL
    r"|Information|Notice|Debug|Trace|Fatal|Critical)[\]>]"  # ClickHouse
    rf"|\[\w{{1,32}}:({_LOWER})\]"  # [core:error] of Apache
    rf"|(?:^|\t)({_LOWER})\t"  # istio
)
_FIRST_WORD: Final = re.compile(
    r"(?:[\w.]{1,128}(?:Error|Exception)\b|(?i:error|fatal|fatal error|panic|warning|npm error|npm ERR!)[:\]! ]"
    r"|Traceback \(most recent call last\)|Exception in thread)"
)
_FIRST_FATAL: Final = re.compile(r"(?i:panic|fatal)")
_FIRST_WARNING: Final = re.compile(r"(?i:warning)")


def peel_time(line: str) -> Layer | None:
    """The text behind a leading time, with its brackets and separators; None when no time leads the line."""
    start = _end(_COLOURS, line, 0)
    redis = _end(_REDIS_HEAD, line, start)
    is_redis = redis > start
    start = _end(_ENVOY, line, redis) if line.startswith("[Envoy") else _end(_BRACKET, line, redis)
    instant = leading_time(line, start)
    if instant is None:
        return None
    behind = _AFTER_TIME.match(line, _end(_COLOURS, line, instant.end))
    if behind is None:
        return None
    mark = line[behind.end() : behind.end() + 1]
    return Layer(text=line[behind.end() :], instant=instant, level=_REDIS.get(mark) if is_redis else None)


def _end(pattern: re.Pattern[str], line: str, start: int) -> int:
    """Where `pattern` ends when it stands at `start`, else `start`."""
    match = pattern.match(line, start)
    return start if match is None else match.end()


def read(text: str) -> Layer:
    """Time and level of a program's own line; its text stays whole, JSON and logfmt included."""
    if text.startswith("{"):
        return _read_json(text) or Layer(text=text)
    if _LOGFMT.match(text):
        return _read_logfmt(text)
    return Layer(text=text, instant=_access_time(text), level=level(text))


def level(text: str) -> str | None:
    """The level that the first words of a line state, or None: a word "error" in a sentence is no level."""
    head = _COLOURS.sub("", text[:_HEAD])
    capnslog = _CAPNSLOG_HEAD.match(head)
    if capnslog is not None:
        return _CAPNSLOG[capnslog.group(1)]
    word = _LEVEL_WORD.search(head)
    if word is not None:
        return _LEVELS[next(group for group in word.groups() if group).lower()]
    if _FIRST_WORD.match(head):
        return "fatal" if _FIRST_FATAL.match(head) else "warning" if _FIRST_WARNING.match(head) else "error"
    return None


def _read_json(text: str) -> Layer | None:
    try:
        entry = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(entry, dict):
        return None
    timestamp = next((t for t in (_json_time(entry.get(key)) for key in _TIME_KEYS) if t is not None), None)
    stated = next((found for found in (_json_level(entry.get(key)) for key in _LEVEL_KEYS) if found), None)
    if stated is None and "v" in entry and "caller" in entry:  # klog's JSON: info has a verbosity, errors have none
        stated = "info"
    elif stated is None and "err" in entry and "caller" in entry:
        stated = "error"
    return Layer(text=text, instant=timestamp, level=stated)


def _json_time(value: object) -> Instant | None:
    if isinstance(value, dict):  # MongoDB: {"t": {"$date": "..."}}
        value = value.get("$date")
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    if not isinstance(value, str):
        timestamp = epoch(value)
        return None if timestamp is None else Instant(timestamp, 0, has_zone=True)
    found = leading_time(value)
    if found is not None and found.end == len(value) and not found.is_yearless and found.timestamp is not None:
        return found
    timestamp = parse_time(value)
    return None if timestamp is None else Instant(timestamp, 0, has_zone=True)


def _json_level(value: object) -> str | None:
    """A level word, or bunyan's and pino's number (10 trace ... 60 fatal)."""
    if isinstance(value, str):
        return _LEVELS.get(value.lower()) or _CAPNSLOG.get(value)  # MongoDB writes "I", "W", "E", "F"
    if isinstance(value, bool) or not isinstance(value, int) or value < 10:
        return None
    return "info" if value < 40 else "warning" if value < 50 else "error" if value < 60 else "fatal"


def _read_logfmt(text: str) -> Layer:
    keys = fields(text[:4096])
    instant = next((t for t in (_json_time(keys.get(key)) for key in _TIME_KEYS) if t is not None), None)
    stated = next((found for found in (_LEVELS.get(keys.get(key, "").lower()) for key in _LEVEL_KEYS) if found), None)
    return Layer(text=text, instant=instant, level=stated)


def _access_time(text: str) -> Instant | None:
    """The time in the middle of an access log's line: '10.0.0.1 - - [30/Aug/2023:09:31:03 +0000] "GET ...'."""
    match = _ACCESS.search(text, 0, 256)
    return None if match is None else leading_time(text, match.end())
