"""What each right asks for, and what becomes of a complaint on it."""

from typing import get_args

import pytest
from world import START, agent, complaint, listing
from world_disputes import clarification

from ops.services.worker import service_level
from schemas.events.complaints import Evidence, Ground, Particular
from schemas.reasons import REASONS
from schemas.rights import Element, Right, is_given, right_of, rights, rights_by_ground
from sinks.statements.grounds import keyword_of
from sinks.statements.vocabulary import KEYWORDS
from streams.driver import DriverSettings
from topology.harness import PARTITIONS, DriverHarness
from topology.test_disputes import (
    COMPLAINTS,
    DAY,
    DECISIONS,
    LISTINGS,
    PARTIES,
    QUEUE,
    tell,
    tell_tables,
)

UNREGISTERED = [each for each in rights().values() if each.right != "trademark"]
GROUNDS = [(each, ground) for each in UNREGISTERED for ground in each.documents]


@pytest.fixture
def driven(tmp_path):
    level = service_level(24 * 3600.0)
    settings = DriverSettings(partitions=PARTITIONS, now_milliseconds=START, service_level=level)
    harness = DriverHarness(tmp_path / "state", settings)
    tell_tables(harness)
    tell(harness, LISTINGS, listing())
    yield harness
    harness.close()


def claim_of(profile, without=()):
    said = {"date": "2026-03-01", "text": "As the documents filed show."}
    return tuple(
        Particular(each.name, said[each.form])
        for each in profile.elements
        if each.name not in without
    )


def on(profile, ground, **changes):
    """A complaint on a right without a register: no mark is named."""
    document = Evidence("doc-1", sorted(profile.documents[ground])[0], None)
    return complaint(
        ground=ground,
        trademark_office="",
        trademark_number="",
        evidence=(document,),
        **{"particulars": claim_of(profile), **changes},
    )


def decided(harness):
    [*_, last] = harness.read(DECISIONS)
    return last.outcome, last.reason_codes


def test_each_ground_is_of_one_right_and_each_right_has_a_keyword():
    assert set(rights()) == set(get_args(Right))
    assert set(rights_by_ground()) == set(get_args(Ground))
    for ground in get_args(Ground):
        assert keyword_of(ground) in KEYWORDS
    assert keyword_of("design_infringement") == "KEYWORD_DESIGN_INFRINGEMENT"
    assert keyword_of("other") == keyword_of("said by a later release") == "KEYWORD_OTHER"


def test_each_element_has_a_reason_a_sentence_and_a_source():
    for each in rights().values():
        for element in each.elements:
            assert element.reason in REASONS
            assert element.asks.endswith(".")
            assert element.source


@pytest.mark.parametrize(
    ("form", "text", "given"),
    [
        ("text", "x", True),
        ("text", "鞋", True),
        ("text", " – . ", False),
        ("date", "2026-03-01", True),
        ("date", "1 March 2026", False),
        ("date", "2026-13-01", False),
        ("date", "2026-3-1", False),
        ("date", "２０２６-０３-０１", False),
    ],
)
def test_an_element_is_given_where_something_is_said_in_its_form(form, text, given):
    assert is_given(Element("name", "work_missing", "", "", frozenset(), form), text) is given


@pytest.mark.parametrize(("profile", "ground"), GROUNDS)
def test_a_right_without_a_register_goes_to_people_with_its_own_reason(driven, profile, ground):
    tell(driven, COMPLAINTS, on(profile, ground))
    assert decided(driven) == ("send_to_review", (f"{profile.right}_needs_review",))
    [task] = driven.read(QUEUE)
    assert task.ground == ground


@pytest.mark.parametrize(("profile", "ground"), GROUNDS)
def test_all_that_is_missing_is_asked_for_at_once_and_then_judged(driven, profile, ground):
    tell(driven, COMPLAINTS, on(profile, ground, particulars=(), signature=""))
    missing = tuple(each.reason for each in profile.elements)
    assert decided(driven) == ("ask_for_clarification", ("signature_missing", *missing))
    more = clarification(particulars=claim_of(profile))
    tell(driven, COMPLAINTS, more)
    assert decided(driven) == ("send_to_review", (f"{profile.right}_needs_review",))


def test_what_only_one_country_asks_for_is_not_asked_elsewhere(driven):
    works = rights()["copyright"]
    said = claim_of(works, without=("address", "telephone"))
    tell(driven, COMPLAINTS, on(works, "copyright_infringement", particulars=said))
    assert decided(driven)[1] == ("address_missing", "telephone_missing")
    tell(driven, LISTINGS, listing(listing_id="listing-2"))
    german = on(
        works,
        "copyright_infringement",
        particulars=said,
        territory="DE",
        complaint_id="complaint-2",
        listing_id="listing-2",
    )
    tell(driven, COMPLAINTS, german)
    assert decided(driven) == ("send_to_review", ("copyright_needs_review",))


@pytest.mark.parametrize(
    ("profile", "ground"), [each for each in GROUNDS if each[0].right != "copyright"]
)
def test_where_none_of_the_documents_was_filed_one_is_asked_for(driven, profile, ground):
    letter = (Evidence("doc-1", "letter_of_authorisation", None),)
    tell(driven, COMPLAINTS, on(profile, ground)._replace(evidence=letter))
    assert decided(driven) == ("ask_for_clarification", ("document_missing",))
    kind = sorted(profile.documents[ground])[0]
    tell(driven, COMPLAINTS, clarification(evidence=(Evidence("doc-2", kind, None),)))
    assert decided(driven) == ("send_to_review", (f"{profile.right}_needs_review",))


def test_a_complaint_from_before_rights_asked_is_judged_as_it_was(tmp_path):
    harness = DriverHarness(tmp_path / "state")
    tell_tables(harness)
    tell(harness, LISTINGS, listing())
    profile = right_of("copyright_infringement")
    tell(harness, COMPLAINTS, on(profile, "copyright_infringement", particulars=()))
    assert decided(harness) == ("send_to_review", ("copyright_needs_review",))
    harness.close()


def test_what_is_said_again_takes_the_place_of_what_was_said(driven):
    profile = rights()["court_order"]
    without_day = claim_of(profile, without=("order_date",))
    wrong = (*without_day, Particular("order_date", "yesterday"), Particular("mood", "bad"))
    tell(driven, COMPLAINTS, on(profile, "court_order", particulars=wrong))
    assert decided(driven) == ("ask_for_clarification", ("order_date_missing",))
    tell(driven, COMPLAINTS, clarification(particulars=(Particular("order_date", "2026-11-02"),)))
    assert decided(driven) == ("send_to_review", ("court_order_needs_review",))


@pytest.mark.parametrize("recorded", [False, True])
def test_what_is_on_record_by_the_time_is_judged_before_a_case_is_declined(driven, recorded):
    driven.send(PARTIES, "agent-1", agent(authorisations=()))
    driven.settle()
    tell(driven, COMPLAINTS, complaint(complainant_id="agent-1"))
    assert decided(driven) == ("ask_for_clarification", ("complainant_not_authorised",))
    if recorded:
        # Nobody answers, but what was asked for is given elsewhere.
        driven.send(PARTIES, "agent-1", agent())
        driven.settle()
    driven.pass_time(6 * DAY)
    in_time = ("take_down", ("counterfeit",))
    assert decided(driven) == (in_time if recorded else ("decline", ("clarification_not_given",)))
