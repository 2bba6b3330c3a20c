"""Addresses, hosts, users and namespaces replaced by made-up ones, the same everywhere within one run.

What tells nothing of anybody stays: loopback and wildcard addresses, the cloud's metadata address, namespaces and
domains that every cluster has, hosts of public registries.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from analyzer.model import Evidence
from analyzer.redact import wellknown
from analyzer.redact.literals import Literals

_LABEL: Final = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,62})"
_EMAIL: Final = r"(?<![\w.+-])[\w.+-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250})\.[A-Za-z]{2,24}(?![\w-])"
_MAC: Final = (
    r"(?<![0-9A-Fa-f:.-])(?:[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){5}|[0-9A-Fa-f]{2}(?:-[0-9A-Fa-f]{2}){5}"
    r"|[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4})(?![0-9A-Fa-f:.-]*[0-9A-Fa-f])"
)
_IPV6: Final = (
    r"(?<![0-9A-Za-z:.])(?=[0-9A-Fa-f:]{0,38}:[0-9A-Fa-f]{0,4}:)"
    r"[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?![0-9A-Za-z:])"
)
_OCTET: Final = r"(?:25[0-5]|2[0-4]\d|1?\d?\d)"
_IPV4: Final = rf"(?:(?<![\w.-])|(?<=%[0-9A-Fa-f]{{2}})){_OCTET}(?:\.{_OCTET}){{3}}(?![\d]|\.\d)"
_DASHED: Final = rf"(?<=\bip[-_]){_OCTET}(?:[-_]{_OCTET}){{3}}(?!\d)"
_DOMAIN: Final = rf"(?<![\w.@/-])(?:{_LABEL}\.){{1,8}}(?:{wellknown.TOP_LEVEL})(?![\w-]|\.[A-Za-z0-9])"
_HOST_IN_URL: Final = rf"(?<=://)(?:[^\s/@]{{1,128}}@)?(?:{_LABEL}\.){{1,8}}[A-Za-z]{{2,24}}(?![\w.-])"
_USER: Final = (
    r"(?:(?<=/home/)|(?<=/Users/)|(?<=\b[uU]ser [\"'])|(?<=\buser=)|(?<=\busername=)|(?<=\bas user ))"
    r"[A-Za-z][\w.-]{0,63}"
)
_TRIGGERS: Final = (
    r"[0-9][._-][0-9]{1,3}[._-][0-9]{1,3}[._-][0-9]",
    r"::|(?:[0-9A-Fa-f]{1,4}:){3}|(?:[0-9A-Fa-f]{2}-){5}|[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}",
    rf"\.(?:{wellknown.TOP_LEVEL})[^A-Za-z0-9_-]",
    r"@|://|/home/|/Users/|[uU]ser |user=|username=",
)
"""For lines of a file: where one of these, or a name, is not, nothing is replaced."""


class Anonymizer:
    """One run's replacements; `clean` has the shape of `Masker.clean`."""

    def __init__(self, nodes: Iterable[str] = (), namespaces: Iterable[str] = ()) -> None:
        """`nodes` and `namespaces` as the bundle names them; well-known ones are left out here."""
        self._made: dict[str, dict[str, str]] = {}
        names: dict[str, str] = {}
        for kind, given in (("node", nodes), ("namespace", namespaces)):
            for name in sorted({n for n in given if n and not wellknown.is_name(n)}):
                names.setdefault(name, kind)
                if kind == "node" and "." in name and not wellknown.is_name(short := name.partition(".")[0]):
                    names.setdefault(short, kind)
        self._names = names
        longest = sorted(names, key=lambda name: (-len(name), name))
        literal = "|".join(re.escape(name) for name in longest)
        parts = [
            rf"(?P<email>{_EMAIL})",
            rf"(?P<mac>{_MAC})",
            rf"(?P<dashed>{_DASHED})",
            rf"(?P<ipv4>{_IPV4})",
            rf"(?P<ipv6>{_IPV6})",
            rf"(?P<domain>{_HOST_IN_URL}|{_DOMAIN})",
            rf"(?P<user>{_USER})",
        ]
        further = rf"\.(?:{_LABEL}\.){{0,6}}(?:{wellknown.TOP_LEVEL})(?![\w-])"  # then it is the host of a domain
        if literal:
            parts.insert(0, rf"(?P<name>(?<![A-Za-z0-9-])(?:{literal})(?![A-Za-z0-9]|-[A-Za-z0-9]|{further}))")
        self._expression = re.compile("|".join(parts))
        self._screen = Literals(names, _TRIGGERS)
        self._makers: dict[str, Callable[[str], str]] = {
            "email": lambda text: self._numbered("email", text.lower(), "user-{}@example.com"),
            "mac": self._mac,
            "dashed": lambda text: self._ipv4(re.sub("[-_]", ".", text)).replace(".", re.sub(r"\d", "", text)[0]),
            "ipv4": self._ipv4,
            "ipv6": self._ipv6,
            "domain": self._domain,
            "user": self._user,
            "name": self._name,
        }

    @classmethod
    def of(cls, evidence: Evidence) -> Anonymizer:
        """With the names that the bundle's objects and records have."""
        pods, records = evidence.pods, evidence.records
        objects = evidence.objects
        nodes = {n.node for n in evidence.nodes} | {p.node or "" for p in pods} | {r.node or "" for r in records}
        spaces = {p.namespace or "" for p in pods} | {r.namespace or "" for r in records}
        spaces |= {(o.name if o.kind == "Namespace" else o.namespace) or "" for o in objects}
        return cls(nodes, spaces)

    def clean(self, lines: Sequence[str]) -> Sequence[str]:
        """The lines with everything replaced."""
        return [self._expression.sub(self._replaced, line) for line in lines]

    def clean_bytes(self, piece: bytes) -> bytes:
        """The same over whole lines of a file; those in which nothing can be are not decoded."""
        parts: list[bytes] = []
        position = 0
        for hit in sorted(self._screen.ends(piece + b"\n")):
            if hit <= position and position:
                continue
            start = max(position, piece.rfind(b"\n", 0, max(0, hit - 1)) + 1)
            found = piece.find(b"\n", max(start, hit - 1))
            end = len(piece) if found < 0 else found
            line = piece[start:end].decode("utf-8", "surrogateescape")
            parts += (piece[position:start], self.clean((line,))[0].encode("utf-8", "surrogateescape"))
            position = end
        return b"".join((*parts, piece[position:]))

    def mapping(self) -> bytes:
        """What was replaced by what, by kind, as JSON: the one place where both stand together."""
        import orjson

        content = {kind: dict(sorted(made.items())) for kind, made in sorted(self._made.items())}
        return orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)

    def _replaced(self, match: re.Match[str]) -> str:
        return self._makers[match.lastgroup or "name"](match.group())

    def _numbered(self, kind: str, original: str, form: str) -> str:
        made = self._made.setdefault(kind, {})
        if original not in made:
            made[original] = form.format(len(made) + 1)
        return made[original]

    def _name(self, name: str) -> str:
        kind = self._names[name]
        if kind == "node":
            name = next((n for n in self._names if n.partition(".")[0] == name and self._names[n] == "node"), name)
        return self._numbered(kind, name, kind + "-{}")

    def _user(self, name: str) -> str:
        return name if wellknown.is_user(name) else self._numbered("user", name, "user-{}")

    def _mac(self, text: str) -> str:
        digits = re.sub(r"[^0-9a-f]", "", text.lower())
        if digits in ("0" * 12, "f" * 12):
            return text
        number = len(self._made.get("mac", ())) + 1
        made = self._numbered("mac", digits, f"02{number:010x}")
        size, mark = (4, ".") if "." in text else (2, ":" if ":" in text else "-")
        return mark.join(made[i : i + size] for i in range(0, 12, size))

    def _ipv4(self, text: str) -> str:
        """Another address in another /24, the same for all addresses of that /24: who shares a network shows."""
        if text.startswith(("127.", "0.", "255.", "169.254.169.254", "224.")):
            return text
        network, _, _ = text.rpartition(".")
        number = int(self._numbered("network", network, "{}"))
        second, third = divmod(number, 256)
        made = self._made.setdefault("ip", {})
        if text not in made:
            prefix = f"100.{64 + second % 64}.{third}."
            made[text] = prefix + str(sum(v.startswith(prefix) for v in made.values()) % 254 + 1)
        return made[text]

    def _ipv6(self, text: str) -> str:
        folded = text.lower()
        if folded.count(":") < 2 or (("::" not in folded) and folded.count(":") != 7) or folded.strip(":01") == "":
            return text
        prefix = "fe80::" if folded.startswith("fe80") else "2001:db8::"
        number = len(self._made.get("ipv6", ())) + 1
        return self._numbered("ipv6", folded, f"{prefix}{number:x}")

    def _domain(self, text: str) -> str:
        user, at, host = text.rpartition("@")
        folded = host.lower()
        if wellknown.is_domain(folded):
            return user + at + ".".join(self._name(part) if part in self._names else part for part in host.split("."))
        return user + at + self._numbered("domain", folded, "host-{}.example.com")
