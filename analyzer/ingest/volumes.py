"""Mounts of a pod object joined with their volumes, and every other object the pod needs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from analyzer.ingest.containers import Slot
from analyzer.ingest.fields import Fields, flag, part, parts, string
from analyzer.ingest.gather import Gathered
from analyzer.ingest.locate import Located, Locator, Span
from analyzer.model import Mount, Pod, Reference

_NOTHING: Final[Fields] = {}
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


class Volume(NamedTuple):
    """What a mount has to know about the volume it names."""

    type: str | None = None
    referent: str | None = None
    items: tuple[str, ...] = ()
    is_optional: bool = False


class _Need(NamedTuple):
    """An object that must exist: whole, or one key of it."""

    kind: str
    name: str
    key: str | None
    is_optional: bool
    used_as: str
    container: str | None = None
    hints: tuple[tuple[str, str], ...] = ()  # key and value to find its line by


def read(spec: Located, slots: list[Slot], pod: Pod, locator: Locator, out: Gathered) -> None:
    """Mount and reference rows of one pod: its spec, its containers with their places."""
    volumes = parts(spec.fields, "volumes")
    known: dict[str | None, Volume] = {}
    spans = locator.elements(spec.at("volumes"), len(volumes)) if volumes else []
    for fields_of_volume, span in zip(volumes, spans, strict=True):
        name = string(fields_of_volume, "name") or ""
        volume, needs = _volume(fields_of_volume, pod, name)
        known[name] = volume
        _add(needs, pod, locator, span, out)
    for slot in slots:
        if slot.spec.fields:
            _mounts(slot, pod, known, locator, out)
            _add(_environment(slot.spec.fields), pod, locator, slot.spec.span, out)
    _add(_of_pod(pod), pod, locator, spec.span, out)


def _volume(fields: Fields, pod: Pod, name: str) -> tuple[Volume, list[_Need]]:
    kind = next((k for k, v in fields.items() if k != "name" and isinstance(v, dict)), None)
    if kind is None:
        kind = next((k for k in fields if k != "name"), None)  # "emptyDir:" with nothing behind it
    source = part(fields, kind) if kind else _NOTHING
    if kind == "projected":
        return _projected(source, name)
    if kind == "ephemeral":  # the controller makes a claim called <pod>-<volume>
        return Volume(kind, f"{pod.name}-{name}"), []
    if kind is None:
        return Volume(), []
    referent = string(source, _REFERENT_KEY.get(kind, "name"))
    is_optional = flag(source, "optional") or False
    volume = Volume(kind, referent, _items(source), is_optional)
    if kind not in _REFERENCED or referent is None:
        return volume, []
    return volume, list(_needs(_REFERENCED[kind], referent, source, name, _REFERENT_KEY[kind]))


def _projected(fields: Fields, name: str) -> tuple[Volume, list[_Need]]:
    needs: list[_Need] = []
    items: list[str] = []
    names: list[str] = []
    has_token = False
    for source in parts(fields, "sources"):
        for key in ("configMap", "secret"):
            chosen = part(source, key)
            referent = string(chosen, "name")
            if referent is None:
                continue
            names.append(referent)
            items.extend(_items(chosen))
            needs.extend(_needs(_REFERENCED[key], referent, chosen, name, "name"))
        token = part(source, "serviceAccountToken")
        if token:
            has_token = True
            items.append(f"token={string(token, 'path') or 'token'}")
    referent = names[0] if len(names) == 1 and not has_token else None
    return Volume("projected", referent, tuple(items)), needs


def _items(fields: Fields) -> tuple[str, ...]:
    return tuple([f"{string(i, 'key') or ''}={string(i, 'path') or ''}" for i in parts(fields, "items")])


def _needs(kind: str, name: str, fields: Fields, volume: str, name_key: str) -> Iterator[_Need]:
    """The object of a volume, once for each key that is named, else whole."""
    is_optional = flag(fields, "optional") or False
    used_as = f"volume {volume}"
    keys = [key for item in parts(fields, "items") if (key := string(item, "key"))]
    if not keys:
        yield _Need(kind, name, None, is_optional, used_as, hints=((name_key, name),))
    for key in keys:
        yield _Need(kind, name, key, is_optional, used_as, hints=(("key", key), (name_key, name)))


def _mounts(slot: Slot, pod: Pod, known: dict[str | None, Volume], locator: Locator, out: Gathered) -> None:
    mounts = parts(slot.spec.fields, "volumeMounts")
    if not mounts:
        return
    container = string(slot.spec.fields, "name") or ""
    spans = locator.elements(slot.spec.at("volumeMounts"), len(mounts))
    for mount, mount_span in zip(mounts, spans, strict=True):
        path, name = string(mount, "mountPath"), string(mount, "name")
        if path is None or name is None:
            continue
        place = locator.find(mount_span, "mountPath", path)
        offset = locator.start(mount_span) if place is None else place
        volume = known.get(name, Volume())
        made = Mount(
            namespace=pod.namespace,
            pod=pod.name,
            container=container,
            container_kind=slot.kind,
            volume=name,
            mount_path=path,
            path=pod.path,
            line=locator.line(offset),
            volume_type=volume.type,
            referent=volume.referent,
            items=volume.items,
            sub_path=string(mount, "subPath") or string(mount, "subPathExpr"),
            is_read_only=flag(mount, "readOnly") or False,
            is_optional=volume.is_optional,
            text=locator.text(offset),
        )
        out.mounts.append(made)


def _environment(spec: Fields) -> Iterator[_Need]:
    container = string(spec, "name") or ""
    for variable in parts(spec, "env"):
        origin = part(variable, "valueFrom")
        if not origin:
            continue
        for key, kind in (("configMapKeyRef", "ConfigMap"), ("secretKeyRef", "Secret")):
            source = part(origin, key)
            name = string(source, "name")
            if name is None:
                continue
            wanted = string(source, "key")
            hints = (("key", wanted or ""), ("name", name))
            used_as = f"env {string(variable, 'name') or ''}"
            yield _Need(kind, name, wanted, flag(source, "optional") or False, used_as, container, hints)
    for origin in parts(spec, "envFrom"):
        for key, kind in (("configMapRef", "ConfigMap"), ("secretRef", "Secret")):
            source = part(origin, key)
            name = string(source, "name")
            if name is not None:
                is_optional = flag(source, "optional") or False
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
        place = None
        for key, value in need.hints:
            place = locator.find(span, key, value)
            if place is not None:
                break
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
