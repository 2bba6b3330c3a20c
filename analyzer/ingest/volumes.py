"""Mounts of a pod object joined with their volumes, and every other object the pod needs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from analyzer.ingest.containers import LISTS
from analyzer.ingest.fields import Fields, boolean, mapping, maps, text
from analyzer.ingest.gather import Gathered
from analyzer.ingest.locate import Locator, Span
from analyzer.model import Mount, Pod, Reference

_REFERENT_KEY: Final = {
    "configMap": "name",
    "secret": "secretName",
    "persistentVolumeClaim": "claimName",
    "hostPath": "path",
    "csi": "driver",
}
_REFERENCED: Final = {
    "configMap": "ConfigMap",
    "secret": "Secret",
    "persistentVolumeClaim": "PersistentVolumeClaim",
}


@dataclass(frozen=True, slots=True)
class Volume:
    """What a mount has to know about the volume it names."""

    type: str | None = None
    referent: str | None = None
    items: tuple[str, ...] = ()
    is_optional: bool = False


@dataclass(frozen=True, slots=True)
class _Need:
    """An object that must exist: whole, or one key of it."""

    kind: str
    name: str
    key: str | None
    is_optional: bool
    used_as: str
    container: str | None = None
    hints: tuple[tuple[str, str], ...] = field(default=())  # key and value to find its line by


def read(fields: Fields, pod: Pod, locator: Locator, spec_span: Span, out: Gathered) -> None:
    """Mount and reference rows of one pod."""
    volumes = maps(fields, "spec", "volumes")
    known: dict[str | None, Volume] = {}
    spans = locator.elements(locator.child(spec_span, "volumes"), len(volumes))
    for fields_of_volume, span in zip(volumes, spans, strict=True):
        name = text(fields_of_volume, "name") or ""
        volume, needs = _volume(fields_of_volume, pod, name)
        known[name] = volume
        _add(needs, pod, locator, span, out)
    for spec_key, _, kind in LISTS:
        specs = maps(fields, "spec", spec_key)
        if not specs:
            continue
        container_spans = locator.elements(locator.child(spec_span, spec_key), len(specs))
        for spec, span in zip(specs, container_spans, strict=True):
            is_sidecar = kind == "init" and text(spec, "restartPolicy") == "Always"
            out.mounts.extend(_mounts(spec, pod, "sidecar" if is_sidecar else kind, known, locator, span))
            _add(_environment(spec), pod, locator, span, out)
    _add(_of_pod(pod), pod, locator, spec_span, out)


def _volume(fields: Fields, pod: Pod, name: str) -> tuple[Volume, list[_Need]]:
    kind = next((k for k, v in fields.items() if k != "name" and isinstance(v, dict)), None)
    if kind is None:
        kind = next((k for k in fields if k != "name"), None)  # "emptyDir:" with nothing behind it
    source = mapping(fields, kind) if kind else {}
    if kind == "projected":
        return _projected(source, name)
    if kind == "ephemeral":  # the controller makes a claim called <pod>-<volume>
        return Volume(kind, f"{pod.name}-{name}"), []
    if kind is None:
        return Volume(), []
    referent = text(source, _REFERENT_KEY.get(kind, "name"))
    is_optional = boolean(source, "optional") or False
    volume = Volume(kind, referent, _items(source), is_optional)
    if kind not in _REFERENCED or referent is None:
        return volume, []
    return volume, list(_needs(_REFERENCED[kind], referent, source, name, _REFERENT_KEY[kind]))


def _projected(fields: Fields, name: str) -> tuple[Volume, list[_Need]]:
    needs: list[_Need] = []
    items: list[str] = []
    names: list[str] = []
    has_token = False
    for source in maps(fields, "sources"):
        for key in ("configMap", "secret"):
            part = mapping(source, key)
            referent = text(part, "name")
            if referent is None:
                continue
            names.append(referent)
            items.extend(_items(part))
            needs.extend(_needs(_REFERENCED[key], referent, part, name, "name"))
        token = mapping(source, "serviceAccountToken")
        if token:
            has_token = True
            items.append(f"token={text(token, 'path') or 'token'}")
    referent = names[0] if len(names) == 1 and not has_token else None
    return Volume("projected", referent, tuple(items)), needs


def _items(fields: Fields) -> tuple[str, ...]:
    return tuple(f"{text(i, 'key') or ''}={text(i, 'path') or ''}" for i in maps(fields, "items"))


def _needs(kind: str, name: str, fields: Fields, volume: str, name_key: str) -> Iterator[_Need]:
    """The object of a volume, once for each key that is named, else whole."""
    is_optional = boolean(fields, "optional") or False
    used_as = f"volume {volume}"
    keys = [key for item in maps(fields, "items") if (key := text(item, "key"))]
    if not keys:
        yield _Need(kind, name, None, is_optional, used_as, hints=((name_key, name),))
    for key in keys:
        yield _Need(kind, name, key, is_optional, used_as, hints=(("key", key), (name_key, name)))


def _mounts(
    spec: Fields, pod: Pod, kind: str, known: dict[str | None, Volume], locator: Locator, span: Span
) -> Iterator[Mount]:
    mounts = maps(spec, "volumeMounts")
    spans = locator.elements(locator.child(span, "volumeMounts"), len(mounts)) if mounts else []
    for mount, mount_span in zip(mounts, spans, strict=True):
        path, name = text(mount, "mountPath"), text(mount, "name")
        if path is None or name is None:
            continue
        place = locator.find(mount_span, "mountPath", path)
        offset = locator.start(mount_span) if place is None else place
        volume = known.get(name, Volume())
        yield Mount(
            namespace=pod.namespace,
            pod=pod.name,
            container=text(spec, "name") or "",
            container_kind=kind,
            volume=name,
            mount_path=path,
            path=pod.path,
            line=locator.line(offset),
            volume_type=volume.type,
            referent=volume.referent,
            items=volume.items,
            sub_path=text(mount, "subPath") or text(mount, "subPathExpr"),
            is_read_only=boolean(mount, "readOnly") or False,
            is_optional=volume.is_optional,
            text=locator.text(offset),
        )


def _environment(spec: Fields) -> Iterator[_Need]:
    container = text(spec, "name") or ""
    for variable in maps(spec, "env"):
        for key, kind in (("configMapKeyRef", "ConfigMap"), ("secretKeyRef", "Secret")):
            source = mapping(variable, "valueFrom", key)
            name = text(source, "name")
            if name is None:
                continue
            wanted = text(source, "key")
            hints = (("key", wanted or ""), ("name", name))
            used_as = f"env {text(variable, 'name') or ''}"
            yield _Need(kind, name, wanted, boolean(source, "optional") or False, used_as, container, hints)
    for origin in maps(spec, "envFrom"):
        for key, kind in (("configMapRef", "ConfigMap"), ("secretRef", "Secret")):
            source = mapping(origin, key)
            name = text(source, "name")
            if name is not None:
                is_optional = boolean(source, "optional") or False
                yield _Need(kind, name, None, is_optional, "envFrom", container, (("name", name),))


def _of_pod(pod: Pod) -> Iterator[_Need]:
    for name in pod.image_pull_secrets:
        yield _Need("Secret", name, None, False, "imagePullSecrets", hints=(("name", name),))
    account = pod.service_account
    if account:
        hints = (("serviceAccountName", account), ("serviceAccount", account))
        yield _Need("ServiceAccount", account, None, False, "serviceAccountName", hints=hints)


def _add(needs: Iterator[_Need] | list[_Need], pod: Pod, locator: Locator, span: Span, out: Gathered) -> None:
    for need in needs:
        places = (locator.find(span, key, value) for key, value in need.hints)
        place = next((p for p in places if p is not None), None)
        out.references.append(
            Reference(
                namespace=pod.namespace,
                pod=pod.name,
                container=need.container,
                kind=need.kind,
                name=need.name,
                path=pod.path,
                line=locator.line(locator.start(span) if place is None else place),
                key=need.key,
                used_as=need.used_as,
                is_optional=need.is_optional,
            )
        )
