"""Cases of older editions are judged as they began, whatever a register's entry leaves open."""

from contextlib import contextmanager

import pytest
from world import START, complaint, listing, trademark

from ops.services.worker import service_level
from schemas.events.complaints import Evidence
from schemas.events.trademarks import ClassGoods, Designation
from streams.driver import DriverSettings
from topology.harness import PARTITIONS, STANDING, DriverHarness
from topology.test_disputes import COMPLAINTS, DECISIONS, LISTINGS, QUEUE, tell, tell_tables

NEW = service_level(24 * 3600.0)._replace(standing=STANDING)
OPPOSED = {"status": "opposed", "status_code": "Opposition pending"}
DRAWN = {"mark_feature": "combined"}
REPUTED = {"evidence": (Evidence("d", "photo", None), Evidence("survey", "reputation", None))}
OTHER_CLASS = {"nice_classes": (30,)}
OTHER_GOODS = {"goods": (ClassGoods(3, "Shoe cream."),)}


@pytest.mark.parametrize(
    ("edition", "mark", "changes", "decided"),
    [
        (3, OPPOSED, {}, ("send_to_review", ("trademark_contested",))),
        (2, OPPOSED, {}, ("decline", ("insufficient_evidence", "trademark_not_yet_registered"))),
        (3, DRAWN, {}, ("send_to_review", ("mark_more_than_words",))),
        (2, DRAWN, {}, ("take_down", ("counterfeit",))),
        (5, OTHER_CLASS, {}, ("send_to_review", ("trademark_class_mismatch",))),
        (5, OTHER_CLASS, REPUTED, ("send_to_review", ("reputation_evidenced",))),
        (
            4,
            OTHER_CLASS,
            REPUTED,
            ("decline", ("listing_and_ip_document_mismatch", "trademark_class_mismatch")),
        ),
        (5, OTHER_GOODS, {}, ("send_to_review", ("goods_not_named",))),
        (4, OTHER_GOODS, {}, ("take_down", ("counterfeit",))),
    ],
)
def test_an_edition_decides_as_it_did(tmp_path, edition, mark, changes, decided):
    with harness_of(tmp_path, edition) as harness:
        tell_tables(harness)
        record(harness, trademark(**mark, recorded_at_milliseconds=START - 1))
        tell(harness, LISTINGS, listing())
        tell(harness, COMPLAINTS, complaint(**changes))
        last = harness.read(DECISIONS)[-1]
        assert (last.outcome, last.reason_codes) == decided


@contextmanager
def harness_of(directory, edition):
    level = NEW._replace(steps_edition=edition)
    settings = DriverSettings(partitions=PARTITIONS, now_milliseconds=START, service_level=level)
    harness = DriverHarness(directory / "state", settings)
    try:
        yield harness
    finally:
        harness.close()


def record(harness, mark):
    harness.send("ip.trademarks.events", f"{mark.office}:{mark.application_number}", mark)
    harness.settle()


def test_reviewers_read_the_goods_of_the_mark(tmp_path):
    with harness_of(tmp_path, 5) as harness:
        tell_tables(harness)
        goods = (ClassGoods(3, "Shoe cream."), ClassGoods(0, "EMERY BOARDS"))
        record(harness, trademark(goods=goods, recorded_at_milliseconds=START - 1))
        tell(harness, LISTINGS, listing())
        tell(harness, COMPLAINTS, complaint())
        [task] = harness.read(QUEUE)
        assert task.mark_goods == "3: Shoe cream.\nEMERY BOARDS"


@pytest.mark.parametrize(
    ("edition", "later", "ended"),
    [(5, "cancelled", True), (5, "registered", False), (4, "cancelled", False)],
)
def test_a_takedown_whose_designation_ends_goes_to_people(tmp_path, edition, later, ended):
    with harness_of(tmp_path, edition) as harness:
        tell_tables(harness)
        mark = trademark(
            office="WO",
            application_number="1400001",
            registration_number="1400001",
            designations=(Designation("US", "registered"), Designation("CA", "registered")),
            recorded_at_milliseconds=START - 2,
        )
        record(harness, mark)
        tell(harness, LISTINGS, listing())
        tell(harness, COMPLAINTS, complaint(trademark_office="WO", trademark_number="1400001"))
        assert harness.read(DECISIONS)[-1].outcome == "take_down"
        designations = (Designation("US", later), Designation("CA", "registered"))
        record(
            harness, mark._replace(designations=designations, recorded_at_milliseconds=START - 1)
        )
        last = harness.read(DECISIONS)[-1]
        assert (last.reason_codes == ("trademark_no_longer_in_force",)) is ended
