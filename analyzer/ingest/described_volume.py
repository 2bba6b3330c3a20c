"""The Volumes section of a described pod."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from analyzer.ingest.described import Line
from analyzer.ingest.volumes import Volume
from analyzer.model import Pod, Reference

_REFERENT_KEYS: Final = ("SecretName", "ClaimName", "Path", "Name", "Driver")
_REFERENCED: Final = {
    "secret": "Secret",
    "configMap": "ConfigMap",
    "persistentVolumeClaim": "PersistentVolumeClaim",
}


def volumes_of(lines: Sequence[Line]) -> dict[str, Volume]:
    """The volumes by name."""
    out = {}
    for name, fields in _sections(lines):
        kind = _type(fields)
        keys = ("SecretName", "ConfigMapName") if kind == "projected" else _REFERENT_KEYS
        referent = next((fields[key].value for key in keys if key in fields), None)
        if kind == "projected" and "TokenExpirationSeconds" in fields:
            referent = None  # the token of the service account, not one object
        is_optional = "Optional" in fields and fields["Optional"].value == "true"
        out[name] = Volume(kind, referent or None, (), is_optional)
    return out


def references_of(lines: Sequence[Line], pod: Pod, account_line: int) -> Iterator[Reference]:
    """The objects that the volumes need, then the service account (named in `account_line`)."""
    for name, fields in _sections(lines):
        kind = _type(fields)
        needs: list[tuple[str, str, str]] = []
        if kind in _REFERENCED:
            key = next((k for k in _REFERENT_KEYS if k in fields and fields[k].value), None)
            needs = [(_REFERENCED[kind], key, "Optional")] if key else []
        elif kind == "projected":
            needs = [
                (wanted, key, optional)
                for wanted, key, optional in (
                    ("ConfigMap", "ConfigMapName", "ConfigMapOptional"),
                    ("Secret", "SecretName", "SecretOptionalName"),
                )
                if key in fields and fields[key].value
            ]
        for wanted, name_key, optional in needs:
            yield Reference(
                namespace=pod.namespace,
                pod=pod.name,
                container=None,
                kind=wanted,
                name=fields[name_key].value,
                path=pod.path,
                line=fields[name_key].number,
                used_as=f"volume {name}",
                is_optional=optional in fields and fields[optional].value == "true",
            )
    if pod.service_account:
        yield Reference(
            namespace=pod.namespace,
            pod=pod.name,
            container=None,
            kind="ServiceAccount",
            name=pod.service_account,
            path=pod.path,
            line=account_line,
            used_as="serviceAccountName",
        )


def _sections(lines: Sequence[Line]) -> Iterator[tuple[str, dict[str, Line]]]:
    name, fields = "", dict[str, Line]()
    for position, line in enumerate(lines):
        following = next((other for other in lines[position + 1 : position + 3] if other.plain), None)
        if line.key and not line.value and following is not None and following.key == "Type":
            if name:
                yield name, fields
            name, fields = line.key, {}
        elif line.key is not None:
            fields.setdefault(line.key, line)
    if name:
        yield name, fields


def _type(fields: dict[str, Line]) -> str | None:
    """'ConfigMap (a volume populated by a ConfigMap)' -> 'configMap', 'NFS (...)' -> 'nfs'."""
    word = fields["Type"].value.split(" ")[0] if "Type" in fields else ""
    if not word:
        return None
    return word.lower() if word.isupper() else word[0].lower() + word[1:]
