"""The version complained of is judged: who edits a case away hears that the complaint was right."""

import pytest
from build import puts_in_place
from logged_driver import LoggedDriver
from world import agent, complaint, listing, review
from world_disputes import appeal

from ops.services.worker import service_level
from replay.compare import compare_all
from replay.remake import remake
from schemas.events.sla import CaseClosed
from schemas.events.takedowns import TakeDownListing
from streams.topology import CHANGELOG
from topology.harness import STANDING, record
from topology.test_answers import decided
from topology.test_disputes import (
    COMPLAINTS,
    LISTINGS,
    NOTICES,
    OBJECTIONS,
    QUEUE,
    REVIEWS,
    counted,
    kinds,
    tell,
    told,
)

NEW = service_level(24 * 3600.0)._replace(standing=STANDING, measure_scope="listing")
CLEAN = {"title": "Nail polish remover 200 ml", "brand": None}
INFRINGEMENT = {
    "ground": "trademark_infringement",
    "complainant_id": "agent-1",
}


@pytest.fixture
def start(begin):
    """Starts a pipeline with an agent who is on record, and not yet authorised."""
    return lambda level=NEW: begin(level, agent(authorisations=()))


@pytest.fixture
def waiting(start):
    """A case that waits for the complainant's authority."""
    driven = start()
    tell(driven, COMPLAINTS, complaint(**INFRINGEMENT))
    assert decided(driven)[0] == "ask_for_clarification"
    return driven


@pytest.fixture
def reviewed(start):
    """A case that waits for a person, as the title writes the mark otherwise."""
    driven = start()
    tell(driven, LISTINGS, listing(version=2, title="Cutexx polish remover", brand=None))
    tell(driven, COMPLAINTS, complaint(ground="trademark_infringement"))
    assert decided(driven)[0] == "send_to_review"
    return driven


def edit(driven, version=5, **changes):
    tell(driven, LISTINGS, listing(version=version, **changes))


def kept(driven):
    """What the listing's row keeps of former versions."""
    *_, row = [each for each in driven.read(CHANGELOG) if getattr(each, "cases", ())]
    return [case.complained_of and case.complained_of.title for case in row.cases]


def test_who_edits_the_case_away_while_it_waits_is_told_that_the_complaint_was_right(waiting):
    edit(waiting, **CLEAN)
    assert decided(waiting)[0] == "ask_for_clarification"
    assert kept(waiting) == ["Cutex nail polish remover 200 ml"]
    record(waiting, agent())
    assert decided(waiting) == (
        "remedied_by_seller",
        ("remedied_by_seller", "trademark_infringement"),
    )
    assert kinds(waiting) == []
    assert counted(waiting) == [("complainant", "complaint_upheld")]
    assert kept(waiting) == [None]
    (closed,) = told(waiting, CaseClosed)
    assert closed.outcome == "remedied_by_seller"
    told_all = [each for each in waiting.read(NOTICES) if each.kind == "decision"]
    notices = [each for each in told_all if not each.copied]
    assert [(each.role, each.outcome) for each in notices] == [
        ("complainant", "remedied_by_seller"),
        ("seller", "remedied_by_seller"),
    ]


def test_an_edit_is_no_confession(waiting):
    """Of what nobody proves the complaint is not upheld because the seller gave way."""
    edit(waiting, **CLEAN)
    waiting.driver.advance(10 * 24 * 3_600_000)
    assert decided(waiting) == ("decline", ("clarification_not_given",))
    assert ("seller", "strike") not in counted(waiting)


def test_what_infringes_still_is_taken_down(waiting):
    edit(waiting, title="Cutex nail polish remover 300 ml")
    record(waiting, agent())
    assert decided(waiting) == ("take_down", ("trademark_infringement",))
    assert kinds(waiting) == [TakeDownListing]


def test_what_else_is_left_is_judged_by_a_person(waiting):
    edit(waiting, title="Nail polish remover, like Cutex", brand=None)
    record(waiting, agent())
    assert decided(waiting)[0] == "send_to_review"
    assert kinds(waiting) == []


def test_goods_that_are_not_genuine_are_so_under_other_words(start):
    driven = start()
    tell(driven, COMPLAINTS, complaint(complainant_id="agent-1"))
    edit(driven, **CLEAN)
    record(driven, agent())
    assert decided(driven) == ("send_to_review", ("listing_changed_since",))
    tell(driven, REVIEWS, review(decision_number=2))
    assert kinds(driven) == [TakeDownListing]


def test_what_a_person_upholds_is_remedied_where_it_is_gone(reviewed):
    edit(reviewed, **CLEAN)
    assert decided(reviewed)[0] == "send_to_review"
    assert len(reviewed.read(QUEUE)) == 1
    tell(reviewed, REVIEWS, review(reason_codes=("trademark_infringement",)))
    assert decided(reviewed)[0] == "remedied_by_seller"
    assert kinds(reviewed) == []
    assert counted(reviewed) == [("complainant", "complaint_upheld")]


def test_a_listing_that_its_seller_took_away_is_remedied_too(reviewed):
    edit(reviewed, status="removed")
    tell(reviewed, REVIEWS, review(reason_codes=("trademark_infringement",)))
    assert decided(reviewed)[0] == "remedied_by_seller"


def test_what_a_person_declines_stays_declined_though_it_was_edited(reviewed):
    edit(reviewed, **CLEAN)
    tell(reviewed, REVIEWS, review(outcome="decline", reason_codes=("parody",)))
    assert decided(reviewed) == ("decline", ("parody",))


def test_who_puts_it_back_is_judged_anew_and_struck_once(waiting):
    edit(waiting, **CLEAN)
    record(waiting, agent())
    edit(waiting, version=6, title="Nail polish remover 100 ml", brand=None)
    assert decided(waiting)[0] == "remedied_by_seller"
    edit(waiting, version=7)
    assert decided(waiting) == ("take_down", ("trademark_infringement",))
    assert kinds(waiting) == [TakeDownListing]
    assert counted(waiting).count(("seller", "strike")) == 1


def test_a_listing_that_was_gone_before_the_complaint_is_neutral(start):
    driven = start()
    edit(driven, version=2, status="removed")
    tell(driven, COMPLAINTS, complaint())
    assert decided(driven) == ("decline", ("listing_already_removed",))
    assert counted(driven) == []


def test_a_listing_that_goes_while_nobody_proves_anything_is_neutral(waiting):
    edit(waiting, status="removed")
    waiting.driver.advance(10 * 24 * 3_600_000)
    assert decided(waiting) == ("decline", ("listing_already_removed",))
    assert counted(waiting) == []


def test_a_complainant_may_appeal_that_it_was_remedied(reviewed):
    edit(reviewed, **CLEAN)
    tell(reviewed, REVIEWS, review(reason_codes=("trademark_infringement",)))
    tell(reviewed, OBJECTIONS, appeal(party_id="holder-1"))
    [asked] = [each for each in reviewed.read(QUEUE) if each.kind == "appeal"]
    tell(
        reviewed,
        REVIEWS,
        review(
            review_id="review-2",
            decision_number=2,
            subject_id=asked.subject_id,
            reviewer_id="reviewer-8",
        ),
    )
    assert kinds(reviewed) == [TakeDownListing]


def test_cases_of_an_older_edition_are_judged_by_the_listing_as_it_is(start):
    driven = start(NEW._replace(steps_edition=1))
    tell(driven, COMPLAINTS, complaint(**INFRINGEMENT))
    edit(driven, **CLEAN)
    assert kept(driven) == [None]
    record(driven, agent())
    assert decided(driven)[0] == "send_to_review"


@puts_in_place
def test_former_versions_have_a_bound_in_a_row(start, monkeypatch):
    monkeypatch.setattr("processors.cases.complained_version.MAXIMUM_BYTES", 100)
    driven = start()
    for number in (1, 2, 3):
        tell(driven, COMPLAINTS, complaint(complaint_id=f"complaint-{number}", **INFRINGEMENT))
    edit(driven, **CLEAN)
    assert kept(driven) == ["Cutex nail polish remover 200 ml", None, None]


def test_a_replay_judges_the_same_version(waiting, tmp_path):
    edit(waiting, **CLEAN)
    record(waiting, agent())
    again = remake(LoggedDriver(waiting.driver), waiting.codec, tmp_path / "again")
    found = compare_all(LoggedDriver(waiting.driver), again)
    assert {topic: each.examples for topic, each in found.items() if each.different} == {}
