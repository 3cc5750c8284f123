"""The main job of the README, as its reader runs it."""

import subprocess
import sys

import pytest
from world import rule_set

from ops.demo.command import explained
from ops.demo.scenario import REGISTER_FILES, complaints, listings, parties
from ops.tools.import_trademarks import import_files
from schemas.topic_names import DECISIONS_EVENTS
from schemas.wire.registry import offline_codec
from streams.driver import Driver, DriverSettings
from streams.kafka.producing import keyed

START = 1_790_000_000_000


@pytest.mark.broker
@pytest.mark.slow
def test_the_demo_goes_from_register_files_to_commands_and_detections():
    ended = subprocess.run(
        [sys.executable, "-m", "ops", "demo"], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    told = ended.stdout.splitlines()
    assert "  read 10, imported 10, rejected 0" in told
    assert any(line.startswith("  hide in US composed-") for line in told)
    taken_down = [line for line in told if line.startswith("  take down: ")]
    assert taken_down
    assert all(line.startswith("  take down: '(composed) ") for line in taken_down)
    assert any(line.startswith("  block: ") for line in told)
    assert any(line.startswith("closed in time", 2) for line in told)


def test_only_composed_infringements_are_taken_down_and_lawful_look_alikes_are_left(tmp_path):
    now = START
    settings = DriverSettings(now_milliseconds=now)
    driver = Driver(tmp_path, offline_codec(), rule_set(), settings)
    import_files(REGISTER_FILES, lambda event: driver.send(*keyed(event)), print, lambda _: None)
    for make in (parties, listings, complaints):
        for each in make(now):
            driver.send(*each)
        driver.clock.advance(1)
        driver.run()
    decisions = driver.read(DECISIONS_EVENTS)
    down = {each.listing_id for each in decisions if each.outcome == "take_down"}
    assert down == {"composed-copy", "composed-bought"}
    assert {"composed-fits", "composed-used"} <= {each.listing_id for each in decisions}
    assert len(explained(decisions)) == len(decisions)
    assert all(len(line.split(": ", 2)) == 3 for line in explained(decisions))
    driver.close()
