"""What deploys the services: its commands are real ones, and no schema or tool refuses it."""

import re
import shlex
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import kubernetes_validate
import pytest
import yaml

from ops.__main__ import SERVICES, parser_for
from ops.shell.settings import PREFIX, SECTIONS, load_settings
from schemas.catalog import load_topics

DEPLOYMENT = Path(__file__).parents[2] / "ops" / "deployment"
ROOT = DEPLOYMENT.parents[1]
DEPLOYED = set(SERVICES) - {"statements", "lumen", "archiver", "web"}
"""The others are set up by hand: two send to public databases, the archiver needs a place to write
to, and the pages an address and TLS."""

KUBERNETES = "1.33"


def documents(path):
    return list(yaml.safe_load_all(path.read_text()))


@cache
def pods():
    """Return what has a template of pods, by name."""
    names = ("stateful.yaml", "stateless.yaml")
    found = [each for name in names for each in documents(DEPLOYMENT / "kubernetes" / name)]
    return {each["metadata"]["name"]: each for each in found if each["kind"] != "Service"}


def compose():
    return yaml.safe_load((DEPLOYMENT / "compose.yaml").read_text())["services"]


def command_lines():
    for name, pod in pods().items():
        (container,) = pod["spec"]["template"]["spec"]["containers"]
        yield f"kubernetes {name}", container["args"]
    for name, service in compose().items():
        if service["image"] == "ip-takedowns":
            yield f"compose {name}", service["command"]
    for path in (DEPLOYMENT / "systemd").glob("*.env"):
        arguments = path.read_text().removeprefix("ARGUMENTS=").strip()
        yield f"systemd {path.stem}", [path.stem, *shlex.split(arguments)]


@pytest.mark.parametrize(("_where", "line"), list(command_lines()), ids=lambda each: str(each)[:30])
def test_each_command_line_is_one_that_we_take(_where, line):
    options = parser_for(line).parse_args(line)
    for name in ("metrics_address", "address", "web_bind"):
        assert getattr(options, name, "") in ("", "0.0.0.0", "127.0.0.1")


@pytest.mark.parametrize("kind", ["kubernetes", "compose", "systemd"])
def test_each_service_is_deployed(kind):
    named = {line[0] for where, line in command_lines() if where.startswith(kind)}
    assert named - {"topics"} == DEPLOYED


def test_workers_are_at_most_as_many_as_partitions():
    partitions = load_topics()["ip.complaints.events"].partitions
    for name in ("worker", "monitor"):
        assert pods()[name]["kind"] == "StatefulSet"
        assert pods()[name]["spec"]["replicas"] <= partitions
        assert pods()[name]["spec"]["volumeClaimTemplates"]


def test_each_has_a_budget_of_disruption_and_secrets_of_its_own():
    budgets = {
        each["metadata"]["name"]
        for each in documents(DEPLOYMENT / "kubernetes" / "disruption.yaml")
    }
    assert budgets == set(pods())
    for name, pod in pods().items():
        volumes = pod["spec"]["template"]["spec"]["volumes"]
        secrets = {each["name"]: each["secret"]["secretName"] for each in volumes}
        # Whoever has the wrapping keys and the database reads what parties wrote.
        private = {"wrapping-keys": "wrapping-keys"} if name == "filing" else {}
        assert secrets == {"kafka": f"{name}-kafka", **private}


def rendered():
    kubectl = shutil.which("kubectl")
    if kubectl is None:
        pytest.skip("kubectl is missing")
    line = [kubectl, "kustomize", str(DEPLOYMENT / "kubernetes")]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return list(yaml.safe_load_all(done.stdout))


def test_what_kustomize_makes_is_valid_and_each_pod_is_confined():
    confined = 0
    for each in rendered():
        kubernetes_validate.validate(each, KUBERNETES, strict=True)
        template = each.get("spec", {}).get("template")
        if template is None:
            continue
        pod = template["spec"]
        (container,) = pod["containers"]
        assert pod["securityContext"]["runAsNonRoot"]
        assert container["securityContext"]["readOnlyRootFilesystem"]
        assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
        assert {
            probe["httpGet"]["path"]
            for probe in (container["livenessProbe"], container["readinessProbe"])
        } == {"/live", "/ready"}
        assert {mount["name"] for mount in container["volumeMounts"]} >= {
            "settings",
            "secrets",
            "kafka",
            "scratch",
        }
        assert "--metrics-port=9100" in container["args"]
        assert container["image"].startswith("ip-takedowns:")
        confined += 1
    assert confined == len(DEPLOYED)


@pytest.mark.parametrize(
    "path", sorted((DEPLOYMENT / "kubernetes").glob("[dns]*.yaml")), ids=lambda path: path.name
)
def test_each_part_of_the_base_is_valid_by_itself(path):
    for each in documents(path):
        kubernetes_validate.validate(each, KUBERNETES, strict=True)


def test_settings_are_such_that_we_take():
    load_settings(
        DEPLOYMENT / "kubernetes" / "ip-takedowns.toml", {"IP_TAKEDOWNS_KAFKA_USERNAME": "worker"}
    )
    known = {
        f"{PREFIX}{section}_{key}".upper()
        for section, kind in SECTIONS.items()
        for key in kind.__struct_fields__
    }
    texts = [path.read_text() for path in DEPLOYMENT.rglob("*") if path.is_file()]
    used = {name for text in texts for name in re.findall(rf"\b{PREFIX}\w+", text)}
    assert used - known == {"IP_TAKEDOWNS_SETTINGS"}


def test_the_image_has_all_packages_and_does_not_run_as_root():
    lines = (DEPLOYMENT / "Containerfile").read_text().splitlines()
    copied = {line.split()[-1] for line in lines if line.startswith("COPY")}
    assert {"ops", "replay", "streams", "processors", "sinks", "schemas"} <= copied
    assert [line for line in lines if line.startswith("USER")][-1] == "USER 10001:10001"
    for line in lines:
        for word in line.split()[1:-1] if line.startswith("COPY") and "--from" not in line else ():
            assert (ROOT / word).exists(), line


def test_volumes_and_secrets_that_compose_names_are_declared():
    whole = yaml.safe_load((DEPLOYMENT / "compose.yaml").read_text())
    for service in whole["services"].values():
        for volume in service.get("volumes", ()):
            source = volume.partition(":")[0]
            assert source.startswith(".") or source in whole["volumes"]
        assert set(service.get("secrets", ())) <= set(whole["secrets"])
        assert set(service.get("depends_on", ())) <= set(whole["services"])


def test_systemd_takes_the_unit(tmp_path):
    tool = shutil.which("systemd-analyze")
    if tool is None:
        pytest.skip("systemd-analyze is missing")
    unit = tmp_path / "ip-takedowns@.service"
    text = (DEPLOYMENT / "systemd" / unit.name).read_text()
    unit.write_text(text.replace("/opt/ip-takedowns/bin/python", sys.executable))
    done = subprocess.run([tool, "verify", str(unit)], capture_output=True, text=True, check=False)
    told = [line for line in done.stderr.splitlines() if "ip-takedowns" in line]
    assert told == []
