"""Cases of older editions are judged as they began, whatever a register's entry leaves open."""

import pytest
from world import START, complaint, listing, trademark

from ops.services.worker import service_level
from streams.driver import DriverSettings
from topology.harness import PARTITIONS, STANDING, DriverHarness
from topology.test_disputes import COMPLAINTS, DECISIONS, LISTINGS, tell, tell_tables

NEW = service_level(24 * 3600.0)._replace(standing=STANDING)
OPPOSED = {"status": "opposed", "status_code": "Opposition pending"}
DRAWN = {"mark_feature": "combined"}


@pytest.mark.parametrize(
    ("edition", "mark", "changes", "decided"),
    [
        (3, OPPOSED, {}, ("send_to_review", ("trademark_contested",))),
        (2, OPPOSED, {}, ("decline", ("insufficient_evidence", "trademark_not_yet_registered"))),
        (3, DRAWN, {}, ("send_to_review", ("mark_more_than_words",))),
        (2, DRAWN, {}, ("take_down", ("counterfeit",))),
    ],
)
def test_an_edition_decides_as_it_did(tmp_path, edition, mark, changes, decided):
    level = NEW._replace(steps_edition=edition)
    settings = DriverSettings(partitions=PARTITIONS, now_milliseconds=START, service_level=level)
    harness = DriverHarness(tmp_path / "state", settings)
    try:
        tell_tables(harness)
        newer = trademark(**mark, recorded_at_milliseconds=START - 1)
        harness.send("ip.trademarks.events", f"{newer.office}:{newer.application_number}", newer)
        harness.settle()
        tell(harness, LISTINGS, listing())
        tell(harness, COMPLAINTS, complaint(**changes))
        last = harness.read(DECISIONS)[-1]
        assert (last.outcome, last.reason_codes) == decided
    finally:
        harness.close()
