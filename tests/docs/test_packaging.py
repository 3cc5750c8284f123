"""The six package names are ours, and stay ours when something else is installed."""

import tomllib
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("ops", "replay", "streams", "processors", "sinks", "schemas")


@pytest.mark.parametrize("name", PACKAGES)
def test_a_package_is_this_checkouts(name):
    package = import_module(name)
    assert Path(package.__file__).parent == ROOT / name


def test_only_the_six_are_packaged_and_nothing_is_uploaded():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    found = project["tool"]["setuptools"]["packages"]["find"]["include"]
    assert {pattern.rstrip("*") for pattern in found} == set(PACKAGES)
    assert "Private :: Do Not Upload" in project["project"]["classifiers"]


def test_files_that_are_no_python_are_packaged_too():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    for package, patterns in project["tool"]["setuptools"]["package-data"].items():
        for pattern in patterns:
            assert list((ROOT / package).glob(pattern)), f"{package}: {pattern}"
