"""Who is struck, held to what it filed, and told what: cases that nobody had listed."""

import pytest
from world import complaint, listing, review, trademark
from world_disputes import answer, appeal, objection, retraction

from ops.services.worker import service_level
from schemas.events.takedowns import ReinstateListing, RestrictListing
from schemas.statements.rendering import rendered
from schemas.statements.statement import statement_of
from topology.harness import STANDING
from topology.test_answers import decided
from topology.test_disputes import (
    COMPLAINTS,
    CONDUCT,
    LISTINGS,
    NOTICES,
    OBJECTIONS,
    REVIEWS,
    counted,
    kinds,
    tell,
)
from topology.test_lifecycle import COMMANDS, DECISIONS, MARKS

NEW = service_level(24 * 3600.0)._replace(standing=STANDING, measure_scope="country")
OLD = NEW._replace(steps_edition=4)


@pytest.fixture
def driven(begin):
    return begin(NEW)


def record_mark(driven, **changes):
    mark = trademark(**changes)
    driven.send(MARKS, f"{mark.office}:{mark.application_number}", mark)
    driven.settle()


def conduct_of(driven, role):
    return [(each.kind, each.party_id) for each in driven.read(CONDUCT) if each.role == role]


def told(driven, role, kind="decision"):
    return [n for n in driven.read(NOTICES) if (n.role, n.kind) == (role, kind)]


def decline(driven, *reasons):
    decision = review(outcome="decline", reason_codes=reasons, decision_number=1)
    tell(driven, REVIEWS, decision)


def test_what_a_person_found_unfounded_is_not_undone_by_taking_it_back(driven):
    tell(driven, LISTINGS, listing(version=2, title="Nail polish", brand=None))
    tell(driven, COMPLAINTS, complaint())
    decline(driven, "mark_not_in_listing")
    tell(driven, COMPLAINTS, retraction())
    assert decided(driven) == ("retract", ("complaint_retracted",))
    [found] = driven.read(CONDUCT)
    assert (found.kind, found.manifest) == ("complaint_declined", True)


def test_a_mistake_that_a_register_shows_may_be_taken_back(driven):
    tell(driven, COMPLAINTS, complaint(territory="JP"))
    assert decided(driven)[0] == "decline"
    tell(driven, COMPLAINTS, retraction())
    assert [kind for kind, _ in conduct_of(driven, "complainant")] == [
        "complaint_declined",
        "complaint_retracted",
    ]


@pytest.mark.parametrize(("level", "kept"), [(NEW, True), (OLD, False)])
def test_a_takedown_that_was_undone_stays_so_when_the_complaint_is_taken_back(begin, level, kept):
    driven = begin(level)
    tell(driven, COMPLAINTS, complaint())
    tell(driven, OBJECTIONS, appeal())
    undone = review(outcome="reinstate", reason_codes=("seller_authorised",), subject_id="appeal-1")
    tell(driven, REVIEWS, undone)
    tell(driven, COMPLAINTS, retraction())
    last, _ = conduct_of(driven, "complainant")[-1]
    assert last == ("complaint_countered" if kept else "complaint_retracted")
    assert [kind for kind, _ in conduct_of(driven, "seller")] == ["strike", "strike_reversed"]


def test_a_mark_whose_entry_names_no_country_is_looked_up_by_people(driven):
    record_mark(driven, territories=(), recorded_at_milliseconds=1_500_000_000_000)
    tell(driven, COMPLAINTS, complaint())
    assert decided(driven) == ("send_to_review", ("trademark_territories_unknown",))
    assert driven.read(CONDUCT) == []


def test_a_listing_from_before_the_only_day_that_is_known_of_a_mark_goes_to_people(driven):
    record_mark(driven, application_date=None, recorded_at_milliseconds=1_500_000_000_000)
    tell(driven, LISTINGS, listing(version=2, listed_at_milliseconds=1_000_000_000_000))
    tell(driven, COMPLAINTS, complaint())
    assert decided(driven)[0] == "send_to_review"


@pytest.mark.parametrize(
    ("office", "held", "territory", "offered", "hidden"),
    [
        ("US", ("US",), "PR", ("US", "PR", "CA"), {"PR"}),
        ("FR", ("FR",), "RE", ("FR", "RE", "DE"), {"RE"}),
        ("EM", ("DE", "FR", "FI"), "RE", ("DE", "US"), {"DE", "FI", "FR", "RE"}),
        ("GB", ("GB",), "IM", ("IM", "JE"), {"IM"}),
    ],
)
def test_a_mark_holds_in_the_parts_of_its_country(driven, office, held, territory, offered, hidden):
    record_mark(
        driven, office=office, application_number="1", registration_number="1", territories=held
    )
    tell(driven, LISTINGS, listing(version=2, territories=offered))
    filed = complaint(
        trademark_office=office,
        trademark_number="1",
        trademark_number_kind="application",
        territory=territory,
    )
    tell(driven, COMPLAINTS, filed)
    assert decided(driven)[0] == "take_down"
    [command] = driven.read(COMMANDS)
    assert isinstance(command, RestrictListing)
    assert set(command.territories) == hidden


@pytest.mark.parametrize("territory", ["GL", "JE", "MX"])
def test_a_country_with_a_law_of_its_own_is_no_part(driven, territory):
    tell(driven, COMPLAINTS, complaint(territory=territory))
    assert decided(driven)[0] == "decline"


@pytest.mark.parametrize(("level", "struck"), [(NEW, "seller-2"), (OLD, "seller-9")])
def test_who_offers_what_is_taken_down_is_struck_and_heard(begin, level, struck):
    driven = begin(level)
    tell(driven, LISTINGS, listing(version=2, title="Nail polish remover", brand=None))
    tell(driven, COMPLAINTS, complaint())
    assert decided(driven)[0] == "send_to_review"
    tell(driven, LISTINGS, listing(version=3, seller_id="seller-2"))
    assert decided(driven)[0] == "take_down"
    assert conduct_of(driven, "seller") == [("strike", struck)]
    [notice] = told(driven, "seller")
    assert notice.party_id == struck
    tell(driven, OBJECTIONS, objection(seller_id=struck))
    assert told(driven, "complainant", "counter_notice_filed")


@pytest.mark.parametrize("fallen", ["retracted", "appealed", "accepted"])
@pytest.mark.parametrize("first", [1, 2, 3, 4])
def test_who_gets_a_listing_back_is_told_where_others_keep_it_hidden(driven, first, fallen):
    for number in (1, 2, 3, 4):
        tell(driven, COMPLAINTS, complaint(complaint_id=f"complaint-{number}"))
    tell(driven, LISTINGS, listing(version=2, restricted_territories=("US",)))
    order = [first, *({1, 2, 3, 4} - {first})]
    for place, number in enumerate(order):
        undo(driven, fallen, f"complaint-{number}")
        notice = told(driven, "seller")[-1]
        assert notice.case_id == f"complaint-{number}"
        assert notice.facts.hidden_still is (place < 3)
        text = rendered(statement_of(notice), "en").text
        assert ("is put back" in text) == (place == 3) == ("stays hidden" not in text)
    assert [kind for kind in kinds(driven) if kind is ReinstateListing] == [ReinstateListing]
    seller = [kind for role, kind in counted(driven) if role == "seller"]
    assert (seller.count("strike"), seller.count("strike_reversed")) == (4, 4)


def undo(driven, how, case_id):
    if how == "retracted":
        tell(driven, COMPLAINTS, retraction(retraction_id=f"r-{case_id}", case_id=case_id))
    elif how == "appealed":
        tell(driven, OBJECTIONS, appeal(appeal_id=f"a-{case_id}", case_id=case_id))
        tell(
            driven,
            REVIEWS,
            review(
                review_id=f"v-{case_id}",
                case_id=case_id,
                outcome="reinstate",
                reason_codes=("seller_authorised",),
                subject_id=f"a-{case_id}",
            ),
        )
    else:
        name = f"o-{case_id}"
        tell(driven, OBJECTIONS, objection(counter_notice_id=name, case_id=case_id))
        tell(driven, OBJECTIONS, answer(answer_id=name, case_id=case_id, answer="accept"))


def passed_on(driven):
    """Have a listing taken down, and offered by another seller."""
    tell(driven, COMPLAINTS, complaint())
    tell(driven, LISTINGS, listing(version=2, status="removed"))
    tell(driven, LISTINGS, listing(version=3, seller_id="seller-2"))


def test_a_listing_that_another_seller_offers_is_no_ones_without_a_person(driven):
    passed_on(driven)
    assert decided(driven) == ("send_to_review", ("offered_by_other_seller",))
    assert len(driven.read(COMMANDS)) == 1
    assert conduct_of(driven, "seller") == [("strike", "seller-9")]
    assert {each.party_id for each in told(driven, "seller")} == {"seller-9"}


def test_what_a_person_takes_down_then_is_told_to_who_offers_it_and_heard_of_them(driven):
    passed_on(driven)
    tell(driven, REVIEWS, review(outcome="take_down", decision_number=2))
    assert [each.seller_id for each in driven.read(COMMANDS)] == ["seller-9", "seller-2"]
    assert sorted(conduct_of(driven, "seller")) == [("strike", "seller-2"), ("strike", "seller-9")]
    assert sorted(each.party_id for each in told(driven, "seller")) == ["seller-2", "seller-9"]
    tell(driven, OBJECTIONS, objection(seller_id="seller-2"))
    tell(driven, OBJECTIONS, answer(answer="accept"))
    assert decided(driven)[0] == "reinstate"
    assert sorted(conduct_of(driven, "seller"))[2:] == [
        ("strike_reversed", "seller-2"),
        ("strike_reversed", "seller-9"),
    ]


@pytest.mark.parametrize("ending", ["retracted", "declined"])
def test_no_strike_stands_where_the_complaint_falls(driven, ending):
    passed_on(driven)
    if ending == "retracted":
        tell(driven, COMPLAINTS, retraction())
    else:
        tell(driven, REVIEWS, review(outcome="decline", decision_number=2))
    assert conduct_of(driven, "seller") == [("strike", "seller-9"), ("strike_reversed", "seller-9")]
    assert len(driven.read(COMMANDS)) == 1


@pytest.mark.parametrize("seller", ["seller-2", "seller-9"])
def test_no_machine_decides_while_a_person_is_asked(driven, seller):
    passed_on(driven)
    tell(driven, LISTINGS, listing(version=4, seller_id=seller, title="Cutex remover new"))
    tell(driven, LISTINGS, listing(version=5, seller_id=seller))
    record_mark(driven, status_code="801")
    assert decided(driven)[0] == "send_to_review"
    assert len(driven.read(COMMANDS)) == 1
    number = max(each.decision_number for each in driven.read(DECISIONS))
    tell(driven, REVIEWS, review(outcome="take_down", decision_number=number))
    assert driven.read(COMMANDS)[-1].seller_id == seller
    tell(driven, COMPLAINTS, retraction())
    kinds_by_seller = [each for each in conduct_of(driven, "seller") if each[0] != "strike"]
    assert sorted(kinds_by_seller) == sorted(
        {("strike_reversed", "seller-9"), ("strike_reversed", seller)}
    )


def test_cases_of_old_go_on_for_their_first_seller(begin):
    driven = begin(NEW._replace(steps_edition=6))
    passed_on(driven)
    assert decided(driven)[0] == "take_down"


@pytest.mark.parametrize("edition", [6, 7])
def test_neither_of_an_appeals_two_reviewers_made_the_decision(begin, edition):
    driven = begin(NEW._replace(steps_edition=edition))
    tell(driven, LISTINGS, listing(title="Cutexx nail polish remover"))
    tell(driven, COMPLAINTS, complaint())
    tell(driven, REVIEWS, review())
    tell(driven, OBJECTIONS, appeal())
    by_two = review(
        review_id="review-2",
        subject_id="appeal-1",
        outcome="reinstate",
        reason_codes=("nominative_use",),
        reviewer_id="reviewer-8",
        second_reviewer_id="reviewer-7",
    )
    tell(driven, REVIEWS, by_two)
    assert (ReinstateListing in kinds(driven)) is (edition == 6)
    tell(driven, REVIEWS, by_two._replace(review_id="review-3", second_reviewer_id="reviewer-9"))
    assert kinds(driven)[-1] is ReinstateListing
