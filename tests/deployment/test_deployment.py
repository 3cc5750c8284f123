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
DEPLOYED = set(SERVICES) - {"statements", "lumen"}
"""The others send to public databases, and are set up by hand."""

KUBERNETES = "1.33"
PRIVATE = ("filing", "web", "notifications")
"""Which read what parties wrote, or where they are reached."""


def documents(path):
    return list(yaml.safe_load_all(path.read_text()))


@cache
def pods():
    """Return what has a template of pods, by name."""
    names = ("stateful.yaml", "stateless.yaml")
    found = [each for name in names for each in documents(DEPLOYMENT / "kubernetes" / name)]
    return {each["metadata"]["name"]: each for each in found if "template" in each["spec"]}


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
        secrets = {
            each["name"]: each["secret"]["secretName"] for each in volumes if "secret" in each
        }
        # Whoever has the wrapping keys and the database reads what parties wrote.
        private = {"wrapping-keys": "wrapping-keys"} if name in PRIVATE else {}
        if name in ("filing", "dispatch"):
            private["endpoint-keys"] = "endpoint-keys"
        assert secrets == {"kafka": f"{name}-kafka", **private}


def test_pages_have_a_directory_for_register_and_rules_beside_the_evidence():
    lines = {where: line for where, line in command_lines() if line[0] == "web"}
    for where, line in lines.items():
        options = parser_for(line).parse_args(line)
        assert options.state_directory is not None, where
        assert options.state_directory not in (options.vault, *options.vault.parents), where
    volumes = pods()["web"]["spec"]["template"]["spec"]
    mounted = {each["name"]: each["mountPath"] for each in volumes["containers"][0]["volumeMounts"]}
    assert mounted["state"] == "/state"
    unit = (DEPLOYMENT / "systemd" / "ip-takedowns@web.service.d" / "state.conf").read_text()
    assert "StateDirectory=ip-takedowns/web\n" in unit


def test_all_who_keep_evidence_share_one_directory():
    kept = {where: line for where, line in command_lines() if line[0] in ("filing", "web")}
    for kind in ("kubernetes", "compose", "systemd"):
        vaults = {
            str(parser_for(line).parse_args(line).vault)
            for where, line in kept.items()
            if where.startswith(kind)
        }
        assert len(vaults) == 1, kind
    volumes = [
        {each["name"]: each for each in pods()[name]["spec"]["template"]["spec"]["volumes"]}
        for name in ("filing", "web")
    ]
    assert volumes[0]["evidence"] == volumes[1]["evidence"]
    claims = documents(DEPLOYMENT / "kubernetes" / "stateless.yaml")
    (claim,) = [each for each in claims if each["kind"] == "PersistentVolumeClaim"]
    assert claim["spec"]["accessModes"] == ["ReadWriteMany"]
    mounted = [compose()[name]["volumes"][0] for name in ("filing", "web")]
    assert mounted[0] == mounted[1]
    told = [
        (DEPLOYMENT / "systemd" / f"ip-takedowns@{name}.service.d" / "evidence.conf").read_text()
        for name in ("filing", "web")
    ]
    assert told[0] == told[1]


def test_word_lists_are_in_the_image_where_workers_and_monitors_look_for_them():
    (made,) = re.findall(
        r"ready_words\(Path\('([^']+)'\)\)", (DEPLOYMENT / "Containerfile").read_text()
    )
    told = {
        str(parser_for(line).parse_args(line).words_directory)
        for where, line in command_lines()
        if line[0] in ("worker", "monitor") and not where.startswith("systemd")
    }
    assert told == {made}


def test_services_of_one_machine_have_ports_of_their_own():
    ports = [
        port
        for where, line in command_lines()
        if where.startswith("systemd")
        for port in re.findall(r"port=(\d+)", " ".join(line))
    ]
    assert len(ports) == len(set(ports)) > len(DEPLOYED)


def test_prometheus_scrapes_each_service_of_one_machine_by_the_name_that_alerts_know():
    text = (DEPLOYMENT / "prometheus.yaml").read_text()
    scraped = {
        each["job_name"]: each["static_configs"][0]["targets"]
        for each in yaml.safe_load(text)["scrape_configs"]
    }
    assert scraped == {
        f"ip-{line[0]}": [f"127.0.0.1:{parser_for(line).parse_args(line).metrics_port}"]
        for where, line in command_lines()
        if where.startswith("systemd")
    }
    tool = shutil.which("promtool")
    if tool is None:
        pytest.skip("promtool is missing")
    line = [tool, "check", "config", str(DEPLOYMENT / "prometheus.yaml")]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "SUCCESS" in done.stdout


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


@pytest.mark.parametrize("service", sorted(DEPLOYED))
def test_systemd_takes_the_unit(tmp_path, service):
    tool = shutil.which("systemd-analyze")
    if tool is None:
        pytest.skip("systemd-analyze is missing")
    systemd = DEPLOYMENT / "systemd"
    unit = tmp_path / f"ip-takedowns@{service}.service"
    text = (systemd / "ip-takedowns@.service").read_text()
    for given in systemd.glob(f"{unit.name}.d"):
        shutil.copytree(given, tmp_path / given.name)
    unit.write_text(text.replace("/opt/ip-takedowns/bin/python", sys.executable))
    done = subprocess.run([tool, "verify", str(unit)], capture_output=True, text=True, check=False)
    told = [line for line in done.stderr.splitlines() if "ip-takedowns" in line]
    assert told == []
