"""Objects and keys that a pod needs, written out as far as the bundle knows them."""

from __future__ import annotations

import re
from typing import Final

from analyzer.derive.paths import is_one_edit
from analyzer.diagnosis import Patch
from analyzer.model import Object, Reference
from analyzer.remedy.manifest import kubectl, new_object, of_object, of_template, text
from analyzer.remedy.scene import Advice, Scene, Told, cited

FILL_IN: Final = '"<value>"'
UNKNOWN_REGISTRY: Final = "<registry>"
_PULL_KEYS: Final = frozenset({".dockerconfigjson", ".dockercfg"})
_DATA: Final = {"ConfigMap": "data", "Secret": "stringData"}

_absent_key: Final = re.compile(
    r"couldn't find key (?P<key>[-._a-zA-Z0-9]{1,253}) in (?P<kind>ConfigMap|Secret) "
    r"(?:(?P<namespace>[a-z0-9-]{1,63})/)?(?P<name>[a-z0-9.-]{1,253})"
)
_absent: Final = re.compile(r"(?P<kind>configmap|secret) \"(?P<name>[a-z0-9.-]{1,253})\" not found", re.IGNORECASE)
_image: Final = re.compile(r"(?i)\bimage \\?\"([a-z0-9][\w./:@-]{1,300})\\?\"")
_account: Final = re.compile(
    r"service ?account \"?(?:[a-z0-9-]{1,63}/)?(?P<name>[a-z0-9.-]{1,253}?)\"?(?: was)? not found", re.IGNORECASE
)


def key(scene: Scene) -> Advice:
    """The key that is asked for, added to the object; the one that was meant, where it differs by a letter."""
    reference = next((r for r in _needed(scene) if _lacks(scene, r)), None) or _said_key(scene)
    if reference is None or reference.key is None:
        return Advice()
    kind, name, wanted = reference.kind, reference.name, reference.key
    thing = scene.facts.object(kind, scene.about.namespace, name)
    keys = thing.keys if thing else ()
    because = f"{_who(scene)} asks for key {wanted} of {kind} {name}; the value is yours to fill in."
    lines = [f"{_DATA[kind]}:", f"  {text(wanted)}: {FILL_IN}"]
    told: tuple[Told, ...] = ()
    if keys:
        like = [k for k in keys if _is_like(k, wanted)]
        meant = f"; {like[0]} may be what was meant" if like else ""
        statement = f"{kind} {name} has {_listed(keys)}{meant}. With a key {wanted} it would have been found."
        told = (Told(statement=statement, cites=cited(scene.records)),)
    return Advice(patch=(of_object(kind, scene.about.namespace, name, lines, because),), told=told)


def whole(scene: Scene) -> Advice:
    """The ConfigMap or Secret that does not exist, with the keys that the pod asks for."""
    names = {(m["kind"].lower(), m["name"]) for m, _ in scene.said(_absent)}
    found = [r for r in _needed(scene) if r.kind in _DATA]
    absent = [r for r in found if (r.kind.lower(), r.name) in names] or [
        r for r in found if scene.facts.object(r.kind, scene.about.namespace, r.name) is None and not r.is_optional
    ]
    if not absent or len({(r.kind, r.name) for r in absent}) > 1:
        return Advice()
    kind, name = absent[0].kind, absent[0].name
    keys = list(dict.fromkeys(r.key for r in absent if r.key))
    lines = [f"{_DATA[kind]}:", *(f"  {text(k)}: {FILL_IN}" for k in keys or ["<key>"])]
    asked = f"asks for {_listed(keys)}" if keys else "takes it as a whole, so the bundle does not name its keys"
    because = f"{_who(scene)} {asked}; the values are yours to fill in."
    return Advice(patch=(new_object(kind, scene.about.namespace, name, lines, because),))


def pull_secret(scene: Scene) -> Advice:
    """The pull secret that the namespace has and the pod does not name; else how to make one."""
    pod, container = scene.pod, scene.container
    if pod is None:
        return Advice()
    secrets = scene.facts.objects_of("Secret", scene.about.namespace)
    fitting = sorted({s.name for s in secrets if _PULL_KEYS & {*s.keys}} - {*pod.image_pull_secrets})
    registry = _registry((container.image if container else None) or next((m[1] for m, _ in scene.said(_image)), None))
    if pod.image_pull_secrets:
        named = _listed(pod.image_pull_secrets)
        statement = f"The pod names {named}; the registry did not accept what is in there, or it does not exist."
        if len(pod.image_pull_secrets) > 1:
            return Advice(told=(Told(statement=statement, cites=cited(scene.records)),))
        patch = _new_pull_secret(scene, pod.image_pull_secrets[0], registry)
        return Advice(patch=(patch,), told=(Told(statement=statement, cites=cited(scene.records)),))
    name = fitting[0] if len(fitting) == 1 else "<pull-secret>"
    lines = ["imagePullSecrets:", f"- name: {text(name)}"]
    if len(fitting) == 1:
        because = f"{name} is the only pull secret of the namespace, and the pod does not name it."
    else:
        because = "The pod names no pull secret" if pod.uid else "Whether the pod names one, the bundle does not say"
        because += "; the name is yours to fill in."
    patch = of_template(scene, lines, because)
    if fitting:
        return Advice(patch=(patch,))
    return Advice(patch=(_new_pull_secret(scene, "<pull-secret>", registry), patch))


def account(scene: Scene) -> Advice:
    """The service account that does not exist."""
    named = next((m["name"] for m, _ in scene.said(_account)), scene.pod.service_account if scene.pod else None)
    if not named:
        return Advice()
    because = "The pod is to run as this account; what it may do is decided by the roles bound to it."
    return Advice(patch=(new_object("ServiceAccount", scene.about.namespace, named, [], because),))


def token(scene: Scene) -> Advice:
    """The service account's token, mounted where the pod forbids it."""
    if scene.pod is None or scene.pod.automount_token is not False:
        return Advice()
    lines = ["automountServiceAccountToken: true  # was false"]
    because = f"Pod {scene.about.name} sets it to false, and {_who(scene)} looks for the token."
    return Advice(patch=(of_template(scene, lines, because),))


def _new_pull_secret(scene: Scene, name: str, registry: str) -> Patch:
    command = kubectl(
        scene.about.namespace,
        *("create", "secret", "docker-registry", name, f"--docker-server={registry}"),
        *("--docker-username=<user>", "--docker-password=<password>"),
    )
    known = "" if registry == UNKNOWN_REGISTRY else f"{registry} is the registry of the image; "
    because = f"{known}what stands in <...> is yours to fill in."
    place = f" in namespace {scene.about.namespace}" if scene.about.namespace else ""
    return Patch(target=f"Secret {name}{place}", language="sh", text=command, command="", because=because)


def _registry(image: str | None) -> str:
    """The host of an image's name; Docker Hub's where it has none."""
    first, slash, _ = (image or "").partition("/")
    is_host = bool(slash) and (any(c in first for c in ".:") or first == "localhost")
    return first if is_host else "https://index.docker.io/v1/" if image else UNKNOWN_REGISTRY


def _needed(scene: Scene) -> list[Reference]:
    """What the pod refers to, of its own container first."""
    own = scene.about.container
    return sorted(
        scene.facts.references_of(scene.owner), key=lambda r: (r.container not in (own, None), r.path, r.line)
    )


def _lacks(scene: Scene, reference: Reference) -> bool:
    thing: Object | None = scene.facts.object(reference.kind, scene.about.namespace, reference.name)
    is_absent = thing is not None and bool(thing.keys) and reference.key not in thing.keys
    return reference.key is not None and reference.kind in _DATA and not reference.is_optional and is_absent


def _said_key(scene: Scene) -> Reference | None:
    for match, record in scene.said(_absent_key):
        return Reference(
            namespace=match["namespace"],
            pod=scene.about.name,
            container=scene.about.container,
            kind=match["kind"],
            name=match["name"],
            key=match["key"],
            path=record.path,
            line=record.line,
        )
    return None


def _is_like(one: str, other: str) -> bool:
    plain = [re.sub(r"[-._]", "", name).lower() for name in (one, other)]
    return plain[0] == plain[1] or is_one_edit(one, other)


def _who(scene: Scene) -> str:
    return scene.about.container or (f"pod {scene.about.name}" if scene.about.pod else "the pod")


def _listed(names: tuple[str, ...] | list[str], most: int = 8) -> str:
    shown = list(names[:most])
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return (", ".join(shown) + more) if more or len(shown) < 2 else f"{', '.join(shown[:-1])} and {shown[-1]}"
