"""What is beyond its bound becomes a dead letter; a log from before is remade as it was."""

import pytest
from build import puts_in_place
from logged_driver import LoggedDriver
from world import complaint, listing

from replay.compare import compare_all
from replay.remake import remake
from schemas.bounds import BoundsTests
from schemas.fields import DECLARED, FIRST
from streams.worker import batch_journal
from topology.harness import DriverHarness
from topology.test_lifecycle import COMPLAINTS, DECISIONS, LISTINGS, send, tell_tables

LONG = "x" * 65


@pytest.fixture
def driven(tmp_path):
    harness = DriverHarness(tmp_path / "state")
    yield harness
    harness.close()


def file_one_too_long(harness):
    tell_tables(harness)
    send(harness, LISTINGS, listing())
    harness.settle()
    send(harness, COMPLAINTS, complaint(complaint_id="within"))
    send(harness, COMPLAINTS, complaint(complaint_id="beyond", territory=LONG))
    harness.settle()
    return {decided.case_id for decided in harness.read(DECISIONS)}


def check_remade(harness, tmp_path):
    log = LoggedDriver(harness.driver)
    again = remake(log, harness.codec, tmp_path / "scratch")
    found = compare_all(log, again)
    assert {topic: each.examples for topic, each in found.items() if each.different} == {}
    assert again.accounted == harness.driver.accounted


def test_what_is_too_long_is_buried_with_the_field_that_is(driven, tmp_path):
    assert file_one_too_long(driven) == {"within"}
    (letter,) = driven.driver.records("ip.dead-letters")
    headers = dict(letter.headers)
    assert driven.dead_letters() == ["text_too_long"]
    assert b"territory is beyond its bound" in headers.values()
    assert LONG.encode() not in b"".join(headers.values())
    check_remade(driven, tmp_path)


@puts_in_place
def test_a_log_from_before_the_bounds_is_remade_as_it_was(driven, tmp_path, monkeypatch):
    monkeypatch.setattr(batch_journal, "NEWEST", FIRST)
    monkeypatch.setattr(driven.driver._engine, "_within_bounds", None)
    assert file_one_too_long(driven) == {"within", "beyond"}
    assert BoundsTests(DECLARED)[type(complaint())](complaint(territory=LONG)) is False
    check_remade(driven, tmp_path)
