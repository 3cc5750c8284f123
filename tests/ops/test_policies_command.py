"""`python -m ops policies`: what is shown of a policy, and what is not taken."""

import subprocess
import sys

import pytest

DEFAULT = "description: All.\ndeadline_hours: 20\nwarning_hours: 10\n"


def run(*arguments):
    command = [sys.executable, "-m", "ops", "policies", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_rows_of_a_policy_are_shown(tmp_path):
    (tmp_path / "default.yaml").write_text(DEFAULT)
    (tmp_path / "shop.yaml").write_text("description: A.\nmarketplace: shop\nwarning_hours: 5\n")
    ended = run("check", str(tmp_path))
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.splitlines()[:2] == [
        "all others: closed within 20 h, warned of after 10 h",
        "marketplace shop: closed within 20 h, warned of after 5 h",
    ]
    assert ended.stdout.splitlines()[2].startswith("1 rows and the default, hash ")


@pytest.mark.parametrize("action", ["check", "publish"])
def test_a_policy_that_can_not_be_meant_is_not_taken(tmp_path, action):
    (tmp_path / "default.yaml").write_text(DEFAULT + "warning_minutes: 5\n")
    nowhere = ("--bootstrap-servers", "127.0.0.1:1", "--schema-registry", "http://127.0.0.1:1")
    ended = run(action, str(tmp_path), *(nowhere if action == "publish" else ()))
    assert ended.returncode != 0
    assert "given twice" in ended.stderr
