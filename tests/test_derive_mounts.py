from __future__ import annotations

from typing import Any

from deriving import COMPLETED, CRASHING, RUNNING, container, derived, event, listing, log, messages, of, pod

CANNOT_LOAD = '2026-03-14 09:21:01 +0000 [error]: cannot load config file path="/etc/fluentd/fluent.conf"'
VOLUMES = {"volumes": [{"name": "shared-config", "emptyDir": {}}]}
COMMAND = ["sh", "-c", "cp /templates/fluent.conf /tmp/fluentd/"]


def fluentd(
    init_mount: str = "/tmp", reader_mount: str = "/etc/fluentd", status: dict[str, Any] = CRASHING, **files: str
) -> dict[str, Any]:
    made = pod(
        {
            "api": (container("api"), RUNNING),
            "fluentd": (container("fluentd", {"shared-config": reader_mount}), status),
        },
        {"config-init": (container("config-init", {"shared-config": init_mount}), COMPLETED)},
        spec=VOLUMES,
    )
    return {
        "pod.json": made,
        "web-0-fluentd.previous.log": log(CANNOT_LOAD),
        "web-0-config-init.log": log("rendered fluent.conf to /tmp/fluentd/fluent.conf", since=15),
        **files,
    }


def test_an_init_container_that_wrote_to_another_mount_path_of_the_same_volume_is_told_with_all_four_lines() -> None:
    (found,) = of("ConfigWrittenElsewhere", fluentd())
    assert found.message == (
        "init container config-init wrote /tmp/fluentd/fluent.conf on volume shared-config, which it mounts at /tmp; "
        "fluentd mounts the same volume at /etc/fluentd, so the file is at /etc/fluentd/fluentd/fluent.conf there, and "
        "fluentd looks for /etc/fluentd/fluent.conf"
    )
    assert (found.namespace, found.kind, found.name, found.container, found.node) == (
        "shop",
        "Pod",
        "web-0",
        "fluentd",
        "node-1",
    )
    assert [(q.path, q.text.strip()) for q in found.cites] == [
        ("web-0-fluentd.previous.log", f"2026-03-14T09:21:00.000000000Z {CANNOT_LOAD}"),
        (
            "web-0-config-init.log",
            "2026-03-14T09:15:00.000000000Z rendered fluent.conf to /tmp/fluentd/fluent.conf",
        ),
        ("pod.json", '"mountPath": "/tmp"'),
        ("pod.json", '"mountPath": "/etc/fluentd"'),
    ]


def test_two_mount_paths_of_one_volume_alone_say_nothing() -> None:
    files = fluentd(init_mount="/tmp/fluentd", reader_mount="/etc/fluentd")
    assert [r.reason for r in derived(files)] == ["AppExitsNonZero"]


def test_a_healthy_reader_is_never_judged() -> None:
    assert derived(fluentd(status=RUNNING)) == []


def test_a_directory_named_in_the_init_log_means_the_missed_file_when_the_volume_is_shared() -> None:
    files = fluentd(**{"web-0-config-init.log": log("configuration placed below /tmp/fluentd")})
    (sentence,) = messages("ConfigWrittenElsewhere", files)
    assert sentence.startswith("init container config-init wrote /tmp/fluentd/fluent.conf on volume shared-config")


def test_the_command_of_a_silent_init_container_tells_where_it_wrote() -> None:
    files = fluentd(**{"web-0-config-init.log": ""})
    files["pod.json"]["spec"]["initContainers"][0]["command"] = COMMAND
    (sentence,) = messages("ConfigWrittenElsewhere", files)
    assert "so the file is at /etc/fluentd/fluentd/fluent.conf there" in sentence


def test_a_sub_path_that_cuts_the_file_off_is_named() -> None:
    files = fluentd(reader_mount="/etc/fluentd:conf")
    (sentence,) = messages("ConfigWrittenElsewhere", files)
    assert "mounts the same volume at /etc/fluentd (subPath conf), where the file cannot be seen" in sentence


def test_a_sub_path_that_leads_to_the_file_is_respected() -> None:
    assert messages("ConfigWrittenElsewhere", fluentd(reader_mount="/etc/fluentd:fluentd")) == []


def test_an_attempt_to_write_that_failed_is_no_write() -> None:
    files = fluentd(**{"web-0-config-init.log": log("error: failed writing /tmp/fluentd/fluent.conf")})
    assert messages("ConfigWrittenElsewhere", files) == []


def test_a_file_written_to_the_init_containers_own_file_system_is_gone() -> None:
    files = fluentd(init_mount="/other")
    (sentence,) = messages("ConfigWrittenToOtherVolume", files)
    assert sentence == (
        "init container config-init wrote /tmp/fluentd/fluent.conf on its own file system, on no volume; "
        "fluentd looks for /etc/fluentd/fluent.conf on volume shared-config"
    )


def test_a_socket_in_a_volume_that_only_the_main_container_mounts_is_told() -> None:
    made = pod(
        {
            "cache": (container("cache", {"run": "/run/cache"}), RUNNING),
            "exporter": (container("exporter", {"tmp": "/tmp"}), CRASHING),
        },
        spec={"volumes": [{"name": "run", "emptyDir": {}}, {"name": "tmp", "emptyDir": {}}]},
    )
    line = 'fatal: probe target: "dial unix /run/cache/cache.sock: connect: no such file or directory"'
    files = {"pod.json": made, "web-0-exporter.previous.log": log(line)}
    assert messages("VolumeNotMountedHere", files) == [
        "exporter looks for /run/cache/cache.sock, which lies in volume run: cache mounts it at /run/cache, exporter "
        "does not mount it"
    ]


def config_map(mount: str, keys: tuple[str, ...]) -> dict[str, Any]:
    made = pod(
        {"app": (container("app", {"config": mount}), CRASHING)},
        spec={"volumes": [{"name": "config", "configMap": {"name": "app-config"}}]},
    )
    data = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"namespace": "shop", "name": "app-config"}}
    return {
        "pod.json": made,
        "configmap.json": {**data, "data": dict.fromkeys(keys, "x")},
        "web-0-app.previous.log": log("FATAL open /etc/app/app.yaml: no such file or directory"),
    }


def test_a_config_map_mounted_at_another_path_is_told() -> None:
    assert messages("ConfigMountedElsewhere", config_map("/config", ("app.yaml",))) == [
        "app looks for /etc/app/app.yaml, but ConfigMap app-config is mounted at /config, so its file is "
        "/config/app.yaml"
    ]


def test_an_item_one_letter_away_is_told() -> None:
    files = config_map("/etc/app", ("app.yaml",))
    items = [{"key": "app.yaml", "path": "app.yml"}]
    files["pod.json"]["spec"]["volumes"] = [{"name": "config", "configMap": {"name": "app-config", "items": items}}]
    assert messages("ConfigMountedElsewhere", files) == [
        "app looks for /etc/app/app.yaml, but ConfigMap app-config is mounted at /etc/app, so its file is "
        "/etc/app/app.yml"
    ]


def test_a_file_missing_from_a_mounted_config_map_is_an_absent_key_even_when_the_bundle_lacks_the_object() -> None:
    files = config_map("/etc/app", ())
    del files["configmap.json"]
    assert messages("KeyAbsent", files) == [
        "app looks for /etc/app/app.yaml, but ConfigMap app-config, mounted at /etc/app, has no key app.yaml: the "
        "whole of it is there as files, and app.yaml is not"
    ]


def node_logs(wrote: str) -> dict[str, str]:
    pods = "var/log/pods/shop_web-0_0f3c9a56-1d2e-4b7a-9c11-5a6b7c8d9e0f"
    return {
        f"{pods}/prepare/0.log": f"2026-03-14T09:15:00.000000000Z stdout F {wrote}\n",
        f"{pods}/app/4.log": "2026-03-14T09:21:00.000000000Z stderr F FATAL open /etc/app/app.yaml: no such file or "
        "directory\n",
    }


def test_logs_of_a_node_alone_tell_that_the_file_was_written_elsewhere() -> None:
    assert messages("ConfigWrittenElsewhere", node_logs("rendered /made/out/app.yaml")) == [
        "container prepare wrote /made/out/app.yaml, and app of the same pod looks for /etc/app/app.yaml; the bundle "
        "does not hold the mounts that would join the two"
    ]


def test_logs_of_a_node_alone_tell_that_a_file_just_written_is_not_seen() -> None:
    assert messages("VolumeNotMountedHere", node_logs("wrote /etc/app/app.yaml")) == [
        "container prepare wrote /etc/app/app.yaml, and app of the same pod does not find it: it sees another volume"
    ]


def test_a_key_one_letter_away_is_a_key_that_is_not_there() -> None:
    files = config_map("/etc/app", ("app.yml",))
    assert messages("ConfigMountedElsewhere", files) == []
    assert messages("KeyAbsent", files) == [
        "app looks for /etc/app/app.yaml, but ConfigMap app-config, mounted at /etc/app, has no key app.yaml, only "
        "app.yml"
    ]


def test_a_key_that_the_mounted_config_map_does_not_have_is_told() -> None:
    assert messages("KeyAbsent", config_map("/etc/app", ("logging.xml", "routes.json"))) == [
        "app looks for /etc/app/app.yaml, but ConfigMap app-config, mounted at /etc/app, has no key app.yaml, only "
        "logging.xml and routes.json"
    ]


def test_a_config_map_that_has_the_file_where_it_is_looked_for_explains_nothing() -> None:
    found = derived(config_map("/etc/app", ("app.yaml",)))
    assert [r.reason for r in found] == ["AppExitsNonZero"]


def test_a_host_path_that_shows_another_directory_is_told() -> None:
    made = pod(
        {"app": (container("app", {"certs": "/etc/gateway/certs"}), CRASHING)},
        spec={"volumes": [{"name": "certs", "hostPath": {"path": "/srv/certs-old"}}]},
    )
    line = "tls: open /etc/gateway/certs/root.crt: no such file or directory"
    assert messages("HostPathLacksFile", {"pod.json": made, "web-0-app.previous.log": log(line)}) == [
        "app looks for /etc/gateway/certs/root.crt; its volume certs shows the node's directory "
        "/srv/certs-old at /etc/gateway/certs, so the node has no /srv/certs-old/root.crt"
    ]


def test_frames_of_a_stack_trace_are_no_missing_files() -> None:
    made = pod(
        {"app": (container("app"), CRASHING), "db": (container("db", {"code": "/app"}), RUNNING)},
        spec={"volumes": [{"name": "code", "emptyDir": {}}]},
    )
    line = "/app/lib/settings.rb:3:in `open': No such file or directory @ rb_sysopen - settings.yml (Errno::ENOENT)"
    assert messages("VolumeNotMountedHere", {"pod.json": made, "web-0-app.previous.log": log(line)}) == []


def start_error(message: str, volume: dict[str, Any], command: list[str]) -> dict[str, Any]:
    terminated = {"exitCode": 128, "reason": "StartError", "message": message, "finishedAt": "2026-03-14T09:21:02Z"}
    status = {**CRASHING, "lastState": {"terminated": terminated}}
    made = pod(
        {"app": (container("app", {"data": "/app"}, command=command), status)},
        spec={"volumes": [{"name": "data", **volume}]},
    )
    return {"pod.json": made}


def test_an_empty_dir_over_the_program_hides_it() -> None:
    message = 'failed to create containerd task: exec: "/app/start.sh": stat /app/start.sh: no such file or directory'
    files = start_error(message, {"emptyDir": {}}, ["/app/start.sh"])
    assert messages("MountHidesFiles", files) == [
        "app starts /app/start.sh, but emptyDir volume data is mounted at /app and hides what the image has there"
    ]


def test_a_runtime_that_finds_no_program_under_a_volume_is_told_of_the_volume() -> None:
    made = pod(
        {"app": (container("app", {"conf": "/app"}), CRASHING)},
        spec={"volumes": [{"name": "conf", "configMap": {"name": "settings"}}]},
    )
    line = "Did you mean to run dotnet SDK commands? Please install dotnet SDK"
    assert messages("MountHidesFiles", {"pod.json": made, "web-0-app.previous.log": log(line)}) == [
        "app finds no program, and configMap volume conf is mounted over /app, where images keep theirs"
    ]


def test_a_config_map_that_brings_the_program_hides_nothing() -> None:
    message = 'exec: "/app/start.sh": stat /app/start.sh: no such file or directory'
    volume = {"configMap": {"name": "scripts", "items": [{"key": "start", "path": "start.sh"}]}}
    assert messages("MountHidesFiles", start_error(message, volume, ["/app/start.sh"])) == []


def test_a_directory_mounted_onto_a_file_is_told_with_its_sub_path() -> None:
    message = (
        'error mounting "/var/lib/kubelet/pods/0f3c/volume-subpaths/config/app/0" to rootfs at "/etc/app.conf": '
        "not a directory: unknown: Are you trying to mount a directory onto a file (or vice-versa)?"
    )
    files = start_error(message, {"configMap": {"name": "app-config"}}, [])
    mount = files["pod.json"]["spec"]["containers"][0]["volumeMounts"][0]
    mount |= {"mountPath": "/etc/app.conf", "subPath": "application.conf"}
    data = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"namespace": "shop", "name": "app-config"}}
    files["configmap.json"] = {**data, "data": {"app.conf": "x"}}
    assert messages("WrongSubPath", files) == [
        "ConfigMap app-config is mounted in app at /etc/app.conf with subPath application.conf, and ConfigMap "
        "app-config has no such key, only app.conf"
    ]


def writer(line: str, reader: dict[str, Any], other: dict[str, Any], **spec: Any) -> dict[str, Any]:
    made = pod(
        {"shipper": (reader, CRASHING), "app": (other, RUNNING)},
        spec={"volumes": [{"name": "logs", "emptyDir": {}}], **spec},
    )
    return {"pod.json": made, "web-0-shipper.previous.log": log(line)}


def test_a_write_to_a_read_only_mount_names_who_mounts_it_writable() -> None:
    line = "cannot create position file: open /var/log/app/pos.db: read-only file system"
    files = writer(line, container("shipper", {"logs": "/var/log/app:ro"}), container("app", {"logs": "/logs"}))
    assert messages("ReadOnlyMount", files) == [
        "shipper writes to /var/log/app/pos.db on volume logs, mounted at /var/log/app with readOnly: true; app mounts "
        "the same volume writable at /logs"
    ]


def test_a_write_to_a_read_only_root_is_told() -> None:
    line = "mkdir /srv/thumbs: read-only file system"
    reader = container("shipper", securityContext={"readOnlyRootFilesystem": True})
    assert messages("ReadOnlyMount", writer(line, reader, container("app"))) == [
        "shipper writes to /srv/thumbs, where no volume is mounted, and its root file system is read-only "
        "(readOnlyRootFilesystem: true)"
    ]


def test_permission_denied_on_a_volume_of_another_user_is_told_without_fs_group() -> None:
    line = "open /var/log/app/access.log: permission denied"
    reader = container("shipper", {"logs": "/var/log/app"}, securityContext={"runAsUser": 1000})
    other = container("app", {"logs": "/logs"}, securityContext={"runAsUser": 2000})
    assert messages("VolumeOwnedByOther", writer(line, reader, other)) == [
        "shipper runs as user 1000 and is denied /var/log/app/access.log on volume logs, mounted at /var/log/app; the "
        "pod sets no fsGroup, and app writes there as user 2000"
    ]
    assert messages("VolumeOwnedByOther", writer(line, reader, other, securityContext={"fsGroup": 2000})) == []


def test_a_missing_file_in_an_event_counts_as_well() -> None:
    files = fluentd(**{"web-0-fluentd.previous.log": ""})
    told = event("Failed", "Error: open /etc/fluentd/fluent.conf: no such file or directory", "fluentd")
    (found,) = of("ConfigWrittenElsewhere", {**files, "events.json": listing(told)})
    assert found.path == "events.json"
