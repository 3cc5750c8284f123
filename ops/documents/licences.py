"""docs/licences.md: under which licence each package is that the lock files name."""

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import NamedTuple

from packaging.markers import Marker
from packaging.utils import canonicalize_name

REQUIREMENTS = Path(__file__).parents[2] / "requirements"
PURPOSES = {"services": "services", "local": "this machine", "dev": "developers"}
"""Lock files, from the least to the greatest, and who needs what only they name."""

_PIN = re.compile(r"^([\w.-]+)(?:\[[^]]*\])?==[^\s;]+(?: ; ([^\\\n]+))?", re.MULTILINE)
_PYTHONS = ("3.11", "3.12", "3.13", "3.14")
_LINUX = {
    "implementation_name": "cpython",
    "os_name": "posix",
    "platform_machine": "x86_64",
    "platform_python_implementation": "CPython",
    "platform_system": "Linux",
    "sys_platform": "linux",
}

_HEAD = """# Licences

Generated from the lock files and from what installed packages state, by `python -m ops docs write`.

Which licences packages may have stands in `requirements/licences.toml`, and a test holds it. This
software is under Apache-2.0 ([LICENSE](../LICENSE)). Packages of services are in the image; the
others are needed on a machine where Kafka and PostgreSQL are started from here, or by developers.
`make sbom` writes the packages of services with versions and hashes as a bill of materials in
CycloneDX's form (`build/sbom.cdx.json`). What `make up` runs besides are Apache Kafka and Apicurio
Registry (Apache-2.0), PostgreSQL (PostgreSQL's licence) and OpenJDK.

| package | licence | needed by |
|---|---|---|
"""


class Licence(NamedTuple):
    """What a package states, and by whom it is needed."""

    package: str
    stated: str
    needed_by: str


def render() -> str:
    """Return the page."""
    rows = [f"| {each.package} | {each.stated} | {each.needed_by} |\n" for each in licences()]
    return _HEAD + "".join(rows)


def not_allowed(found: Iterable[Licence]) -> list[Licence]:
    """Return those of which a part is not among the licences that are allowed."""
    allowed = set(_rules()["allowed"])
    return [each for each in found if set(re.split(r"; | AND | OR ", each.stated)) - allowed]


@cache
def licences() -> list[Licence]:
    """Return the licences of all packages that every Python on Linux has of the lock files."""
    needed: dict[str, str] = {}
    for name, purpose in PURPOSES.items():
        for package in _locked((REQUIREMENTS / f"{name}.txt").read_text()):
            needed.setdefault(package, purpose)
    stated = _stated() | _rules()["read"]
    return [
        Licence(each, stated.get(each, "not installed"), needed[each]) for each in sorted(needed)
    ]


def _locked(text: str) -> set[str]:
    """Return the packages of a lock file that are installed whichever Python it is."""
    markers: dict[str, list[str]] = {}
    for package, marker in _PIN.findall(text):
        markers.setdefault(canonicalize_name(package), []).append(marker)
    return {
        package
        for package, given in markers.items()
        if all(any(_holds(marker, python) for marker in given) for python in _PYTHONS)
    }


def _holds(marker: str, python: str) -> bool:
    environment = {**_LINUX, "python_version": python, "python_full_version": f"{python}.0"}
    return not marker or Marker(marker).evaluate(environment)


def _stated() -> dict[str, str]:
    line = [sys.executable, "-m", "piplicenses", "--from=mixed", "--format=json", "--with-system"]
    done = subprocess.run(line, capture_output=True, text=True, check=True)
    return {canonicalize_name(each["Name"]): each["License"] for each in json.loads(done.stdout)}


@cache
def _rules() -> dict[str, dict[str, str]]:
    return tomllib.loads((REQUIREMENTS / "licences.toml").read_text())
