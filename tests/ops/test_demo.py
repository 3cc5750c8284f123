"""The main job of the README, as its reader runs it."""

import subprocess
import sys

import pytest

pytestmark = [pytest.mark.broker, pytest.mark.slow]


def test_the_demo_goes_from_register_files_to_commands_and_detections():
    ended = subprocess.run(
        [sys.executable, "-m", "ops", "demo"], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    told = ended.stdout.splitlines()
    assert "  read 10, imported 10, rejected 0" in told
    assert any(line.startswith("  take down ") for line in told)
    assert any(line.startswith("  block: ") for line in told)
    assert any(line.startswith("closed in time", 2) for line in told)
