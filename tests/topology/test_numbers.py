"""A case and its mark meet whatever form either number has, and whichever comes first."""

import pytest
from world import START, complaint, listing, owner, trademark

from schemas.events.trademarks import Owner
from streams.state.indexes import in_form, reliances
from streams.state.local_state import REFERENCES, Change
from topology.harness import DriverHarness
from topology.test_lifecycle import COMPLAINTS, LISTINGS, MARKS, outcomes, send, tell_tables

PLAIN, WRITTEN = "76044902", "76/044,902"


@pytest.fixture
def driven(tmp_path):
    harness = DriverHarness(tmp_path / "state")
    yield harness
    harness.close()


@pytest.mark.parametrize("filed", [PLAIN, WRITTEN, "Serial No. 76/044902"])
@pytest.mark.parametrize("recorded", [PLAIN, WRITTEN])
def test_a_complaint_finds_its_mark(driven, filed, recorded):
    tell_tables(driven, trademark(application_number=recorded))
    send(driven, LISTINGS, listing())
    driven.settle()
    send(driven, COMPLAINTS, complaint(trademark_number=filed, trademark_number_kind="application"))
    driven.settle()
    assert outcomes(driven) == [("take_down", "counterfeit")]


def test_a_mark_that_comes_later_in_another_form_is_taken_into_account(driven):
    tell_tables(driven, trademark(application_number="99999999", registration_number=None))
    send(driven, LISTINGS, listing())
    driven.settle()
    kind = {"trademark_number_kind": "application"}
    send(driven, COMPLAINTS, complaint(trademark_number=PLAIN, **kind))
    driven.settle()
    driven.send(MARKS, f"US:{WRITTEN}", trademark(application_number=WRITTEN))
    driven.settle()
    assert [each[0] for each in outcomes(driven)] == ["ask_for_clarification", "take_down"]


def test_people_look_where_two_records_of_a_number_disagree(driven):
    tell_tables(driven)
    other = trademark(application_number=WRITTEN, owners=(Owner("Somebody Else", None),))
    driven.send(MARKS, f"US:{WRITTEN}", other)
    send(driven, LISTINGS, listing())
    driven.settle()
    send(driven, COMPLAINTS, complaint(trademark_number=PLAIN, trademark_number_kind="application"))
    driven.settle()
    assert outcomes(driven) == [("send_to_review", "trademark_status_unknown")]


def test_a_number_without_digits_is_asked_for(driven):
    tell_tables(driven)
    send(driven, LISTINGS, listing())
    driven.settle()
    send(driven, COMPLAINTS, complaint(trademark_number="n/a"))
    driven.settle()
    assert outcomes(driven) == [("ask_for_clarification", "trademark_missing")]


def relied_on(state):
    """Entries of cases by registry entry, without those by the parties they wait for."""
    return [each for each in state.scan(REFERENCES, b"") if each[0][2:3] != b"\x01"]


def test_cases_listed_by_another_form_are_found_after_a_restart(driven):
    tell_tables(driven, trademark(application_number="99999999", registration_number=None))
    send(driven, LISTINGS, listing())
    driven.settle()
    kind = {"trademark_number_kind": "application"}
    send(driven, COMPLAINTS, complaint(trademark_number=WRITTEN, **kind))
    driven.settle()
    state = driven.driver.state
    formed, written = (f"US:application:{number}".encode() for number in (PLAIN, WRITTEN))
    [(key, value)] = relied_on(state)
    assert formed in key
    before = key.replace(formed, written)
    state.write([Change(REFERENCES, key, None), Change(REFERENCES, before, value)])
    driven.restart(lose_state=False)
    [(found, _)] = relied_on(driven.driver.state)
    assert found == key
    number = int.from_bytes(key[:2], "big")
    assert not in_form(driven.driver.state, number)
    assert [each.registry_reference for each in reliances(driven.driver.state, number)] == [
        formed.decode()
    ]
    driven.send(MARKS, f"US:{PLAIN}", trademark())
    driven.settle()
    assert outcomes(driven)[-1] == ("take_down", "counterfeit")


def test_keys_of_parties_name_marks_in_any_form(driven):
    tell_tables(driven, trademark(owners=(Owner("Somebody Else", None),)))
    driven.send("ip.parties.state", "holder-1", owner(trademark_keys=(f"USPTO:{WRITTEN}",)))
    send(driven, LISTINGS, listing())
    driven.settle()
    send(driven, COMPLAINTS, complaint(filed_at_milliseconds=START))
    driven.settle()
    assert outcomes(driven) == [("take_down", "counterfeit")]


@pytest.mark.parametrize("number", [None, "9999999"])
def test_a_mark_that_lost_its_number_sends_the_takedowns_by_it_to_review(driven, number):
    tell_tables(driven)
    send(driven, LISTINGS, listing())
    send(driven, COMPLAINTS, complaint())
    driven.settle()
    assert outcomes(driven) == [("take_down", "counterfeit")]
    ended = {"status": "cancelled", "registration_number": number}
    at = {"effective_from_milliseconds": START + 1, "recorded_at_milliseconds": START + 1}
    tell_tables(driven, trademark(**ended, **at))
    driven.settle()
    assert outcomes(driven)[-1] == ("send_to_review", "trademark_no_longer_in_force")
