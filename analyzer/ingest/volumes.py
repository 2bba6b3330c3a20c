"""Mounts of a pod object joined with their volumes, and every other object the pod needs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from analyzer.ingest.containers import Slot
from analyzer.ingest.fields import Fields, flag, part, parts, remembered, string
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


_NO_VOLUME: Final = Volume()


class _Need(NamedTuple):
    """An object that must exist: whole, or one key of it."""

    kind: str
    name: str
    key: str | None
    is_optional: bool
    used_as: str | None  # None: the volume
    hints: tuple[tuple[str, str], ...]  # key and value to find its line by


class _Source(NamedTuple):
    """A volume without its name."""

    volume: Volume
    needs: tuple[_Need, ...] = ()


def read(spec: Located, slots: list[Slot], pod: Pod, locator: Locator, out: Gathered) -> None:
    """Mount and reference rows of one pod: its spec, its containers with their places."""
    volumes = parts(spec.fields, "volumes")
    known: dict[str | None, Volume] = {}
    spans = locator.elements(spec.at("volumes"), len(volumes)) if volumes else []
    for fields_of_volume, span in zip(volumes, spans, strict=True):
        name = string(fields_of_volume, "name") or ""
        source = _source({key: value for key, value in fields_of_volume.items() if key != "name"})
        is_claim = source.volume.type == "ephemeral"  # the controller makes a claim called <pod>-<volume>
        known[name] = Volume("ephemeral", f"{pod.name}-{name}") if is_claim else source.volume
        for need in source.needs:
            out.references.append(_reference(need, pod, None, name, _line(need, locator, span)))
    for slot in slots:
        if slot.spec.fields:
            container = string(slot.spec.fields, "name") or ""
            _mounts(slot, container, pod, known, locator, out)
            for need in _environment((parts(slot.spec.fields, "env"), parts(slot.spec.fields, "envFrom"))):
                out.references.append(_reference(need, pod, container, None, _line(need, locator, slot.spec.span)))
    for need in _of_pod(pod):
        out.references.append(_reference(need, pod, None, None, _line(need, locator, spec.span)))


@remembered
def _source(fields: Fields) -> _Source:
    kind = next((k for k, v in fields.items() if isinstance(v, dict)), None)
    if kind is None:
        kind = next(iter(fields), None)  # "emptyDir:" with nothing behind it
    source = part(fields, kind) if kind else _NOTHING
    if kind == "projected":
        return _projected(source)
    if kind == "ephemeral" or kind is None:
        return _Source(Volume(kind))
    referent = string(source, _REFERENT_KEY.get(kind, "name"))
    is_optional = flag(source, "optional") or False
    volume = Volume(kind, referent, _items(source), is_optional)
    if kind not in _REFERENCED or referent is None:
        return _Source(volume)
    return _Source(volume, tuple(_needs(_REFERENCED[kind], referent, source, _REFERENT_KEY[kind])))


def _projected(fields: Fields) -> _Source:
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
            needs.extend(_needs(_REFERENCED[key], referent, chosen, "name"))
        token = part(source, "serviceAccountToken")
        if token:
            has_token = True
            items.append(f"token={string(token, 'path') or 'token'}")
    referent = names[0] if len(names) == 1 and not has_token else None
    return _Source(Volume("projected", referent, tuple(items)), tuple(needs))


def _items(fields: Fields) -> tuple[str, ...]:
    return tuple([f"{string(i, 'key') or ''}={string(i, 'path') or ''}" for i in parts(fields, "items")])


def _needs(kind: str, name: str, fields: Fields, name_key: str) -> Iterator[_Need]:
    """The object of a volume, once for each key that is named, else whole."""
    is_optional = flag(fields, "optional") or False
    keys = [key for item in parts(fields, "items") if (key := string(item, "key"))]
    if not keys:
        yield _Need(kind, name, None, is_optional, None, ((name_key, name),))
    for key in keys:
        yield _Need(kind, name, key, is_optional, None, (("key", key), (name_key, name)))


def _mounts(
    slot: Slot, container: str, pod: Pod, known: dict[str | None, Volume], locator: Locator, out: Gathered
) -> None:
    mounts = parts(slot.spec.fields, "volumeMounts")
    if not mounts:
        return
    spans = locator.elements(slot.spec.at("volumeMounts"), len(mounts))
    for mount, mount_span in zip(mounts, spans, strict=True):
        path, name = string(mount, "mountPath"), string(mount, "name")
        if path is None or name is None:
            continue
        place = locator.find(mount_span, "mountPath", path)
        offset = locator.start(mount_span) if place is None else place
        volume = known.get(name, _NO_VOLUME)
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


@remembered
def _environment(variables: tuple[Sequence[Fields], Sequence[Fields]]) -> tuple[_Need, ...]:
    """What a container's env and envFrom take from other objects."""
    needs = []
    env, env_from = variables
    for variable in env:
        origin = part(variable, "valueFrom")
        for key, kind in (("configMapKeyRef", "ConfigMap"), ("secretKeyRef", "Secret")):
            source = part(origin, key)
            name = string(source, "name")
            if name is None:
                continue
            wanted = string(source, "key")
            hints = (("key", wanted or ""), ("name", name))
            used_as = f"env {string(variable, 'name') or ''}"
            needs.append(_Need(kind, name, wanted, flag(source, "optional") or False, used_as, hints))
    for origin in env_from:
        for key, kind in (("configMapRef", "ConfigMap"), ("secretRef", "Secret")):
            source = part(origin, key)
            name = string(source, "name")
            if name is not None:
                is_optional = flag(source, "optional") or False
                needs.append(_Need(kind, name, None, is_optional, "envFrom", (("name", name),)))
    return tuple(needs)


def _of_pod(pod: Pod) -> Iterator[_Need]:
    for name in pod.image_pull_secrets:
        yield _Need("Secret", name, None, False, "imagePullSecrets", (("name", name),))
    account = pod.service_account
    if account:
        hints = (("serviceAccountName", account), ("serviceAccount", account))
        yield _Need("ServiceAccount", account, None, False, "serviceAccountName", hints)


def _reference(need: _Need, pod: Pod, container: str | None, volume: str | None, line: int) -> Reference:
    return Reference(
        namespace=pod.namespace,
        pod=pod.name,
        container=container,
        kind=need.kind,
        name=need.name,
        path=pod.path,
        line=line,
        key=need.key,
        used_as=need.used_as or f"volume {volume}",
        is_optional=need.is_optional,
    )


def _line(need: _Need, locator: Locator, span: Span) -> int:
    for key, value in need.hints:
        place = locator.find(span, key, value)
        if place is not None:
            return locator.line(place)
    return locator.line(locator.start(span))
