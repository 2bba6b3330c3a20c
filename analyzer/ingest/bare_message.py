"""Knows the message of a Kubernetes component that was pasted without the event, status or answer it stood in.

People copy the one sentence that says what is wrong and leave the columns of `kubectl get events` behind. How such a
sentence begins tells who wrote it, hence which event it was. Sources: kubernetes pkg/kubelet/events/event.go,
pkg/kubelet/kuberuntime, pkg/kubelet/images, pkg/controller/controller_utils.go, pkg/controller/statefulset,
pkg/scheduler/framework/types.go, pkg/volume, kubectl's "Error from server" (k8s.io/kubectl/pkg/cmd/util).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from analyzer.ingest.events import container_said


@dataclass(frozen=True, slots=True, kw_only=True)
class BareMessage:
    """The event or container status that a sentence belongs to."""

    source: str  # "event" or "container_status"
    reason: str
    kind: str | None = None
    name: str | None = None
    namespace: str | None = None
    container: str | None = None


# What a key of a status, a log's prefix or the eye of a reader put in front of the sentence.
_LEAD: Final = re.compile(
    r"[\s>*|│-]{0,40}(?:(?:[Mm]essage|Status|Error Message|Warning|Events?|Reason):?\s{1,40})?['\"`]?(?=\S)"
)
_ROW: Final = re.compile(  # of a dashboard's table
    r"\|? ?(?:Warning|Normal) {1,9}\| {1,9}\w{1,64} {1,9}\| {1,9}(\S.{0,65536}?) {1,9}\| {1,9}[^|]{1,64}$"
)
_WAITING: Final = re.compile(
    r"(?:Error: )?(CreateContainerConfigError|CreateContainerError|ErrImagePull|ImagePullBackOff|ErrImageNeverPull|"
    r"InvalidImageName|RunContainerError|StartError|ContainerCannotRun)(?::| \(|,) ?\S"
)
_ANSWER: Final = re.compile(
    r"Error from server(?: \(\w{1,40}\))?: |Error: (?:INSTALLATION|UPGRADE) FAILED: |"
    r"The [A-Z]\w{1,60} \"[^\"]{1,253}\" is invalid: |Error creating pod: |error when creating \""
)
_BEGINNINGS: Final = (
    ("FailedCreate", re.compile(r"Error creating: |create Pod \S{1,253} in StatefulSet \S{1,253} failed error: ")),
    ("FailedCreate", re.compile(r"pods \"[^\"]{1,253}\" is forbidden: ")),
    ("BackOff", re.compile(r"Back-off (?:restarting failed|pulling image)")),
    ("FailedMount", re.compile(r"MountVolume\.\w|Unable to (?:attach or )?mount volumes|MapVolume\.\w")),
    ("FailedAttachVolume", re.compile(r"AttachVolume\.Attach failed|Multi-Attach error for volume ")),
    ("Unhealthy", re.compile(r"(?:Liveness|Readiness|Startup) probe (?:failed|errored)")),
    ("Killing", re.compile(r"Container \S{1,63} failed (?:liveness|startup) probe, will be restarted")),
    ("FailedScheduling", re.compile(r"\d{1,6}/\d{1,6} nodes are available: |(?:running PreBind|pod has unbound) ")),
    ("FailedCreatePodSandBox", re.compile(r"Failed (?:to )?create pod sandbox: ")),
    ("Evicted", re.compile(r"The node was low on resource: |The node had condition: \[")),
    ("ProvisioningFailed", re.compile(r"[Ff]ailed to provision volume with StorageClass ")),
    ("Failed", re.compile(r"Failed to pull image \"")),
    ("Failed", re.compile(
        r"Error: (?:failed to (?:start container|create containerd|create container|generate container|prepare subPath)"
        r"|(?:secrets?|configmaps?) \"|couldn't find key |container (?:has|create)|cannot find volume |stat /"
        r"|Error response from daemon|image |ErrImage|context deadline exceeded)"
    )),
    ("Failed", re.compile(r"(?:docker: )?Error response from daemon: |invalid header field value \"oci runtime error")),
)  # fmt: skip
_STATEFUL: Final = re.compile(r"create Pod (\S{1,253}) in StatefulSet ")
_POD: Final = re.compile(r"[Pp]ods? \"([a-z0-9][a-z0-9.-]{0,252}[a-z0-9])\" is (?:forbidden|invalid)")


def read(message: str) -> BareMessage | None:
    """What the sentence belongs to; None when it does not begin like a component's."""
    row = _ROW.match(message)
    lead = _LEAD.match(message)
    text = row[1] if row is not None else message[lead.end() :] if lead else message
    waiting = _WAITING.match(text)
    if waiting is not None:
        return BareMessage(source="container_status", reason=waiting[1], kind="Pod")
    if _ANSWER.match(text):
        return _about(text, "FailedCreate")
    reason = next((reason for reason, beginning in _BEGINNINGS if beginning.match(text)), None)
    return None if reason is None else _about(text, reason)


def _about(text: str, reason: str) -> BareMessage:
    stateful, pod = _STATEFUL.match(text), _POD.search(text)
    named = stateful or pod
    return BareMessage(
        source="event",
        reason=reason,
        kind="Pod",
        name=named[1] if named else None,
        container=container_said(text),
    )
