"""What a title leads to: detections and commands by rule, strikes, and listings that come back."""

import pytest
from world import START, listing, owner, trademark
from world_monitoring import Tables, delisting, watched

from processors.rules.condition import Negation
from processors.rules.parser import condition_of
from processors.rules.proofs import shares
from processors.rules.rule_set import NO_RULE_ID
from processors.titles.misuse import MISUSE
from processors.titles.offences import (
    MAXIMUM_OFFENCES,
    REPEAT_STRIKES,
    STRIKE_DAYS,
    UNCONTESTED_DAYS,
    record,
    resemblance,
    strikes,
)
from processors.titles.removals import removal_when_upheld
from schemas.durations import DAY_MILLISECONDS
from schemas.events.takedowns import ReinstateListing
from streams.policies.rule_files import (
    MISUSE_DIRECTORY,
    PLAIN_MISUSE,
    built_in_misuse_rules,
    failed_tests,
)

CUTEX = Tables([trademark()], [owner(trademark_keys=("US:76044902",))])


def found(tables, now=START, **changes):
    """Return the detection of a listing's change."""
    (detected,) = watched(tables, now, **changes).outputs
    assert detected.worker_decides
    return detected


@pytest.mark.parametrize(
    ("changes", "kind", "reason"),
    [
        ({"title": "Cut3x nail polish remover"}, "send_to_review", "disguised_mark"),
        ({"title": "C-u-t-e-x nail polish"}, "send_to_review", "disguised_mark"),
        ({"title": "Сutех nail polish remover"}, "send_to_review", "disguised_mark"),
        ({"title": "Cut3x replica nail polish"}, "block", "counterfeit_words"),
        ({"title": "C-u-t-e-x replica polish"}, "block", "counterfeit_words"),
        ({"title": "Сutех replica nail polish"}, "block", "counterfeit_words"),
        ({"title": "Cutex replica nail polish"}, "block", "counterfeit_words"),
        ({"title": "Cutex nail polish, sold with a doll replica"}, "send_to_review",
         "counterfeit_words"),
        ({"title": "Polish inspired by Cutex"}, "send_to_review", "comparison_with_mark"),
        ({"title": "Cut3x polish", "nice_classes": (5,)}, "send_to_review", "disguised_mark"),
        ({"title": "C u t e x case for brushes, compatible with Cut3x"}, "send_to_review",
         "disguised_mark"),
    ],
)  # fmt: skip
def test_misuse_is_commanded_on(changes, kind, reason):
    detected = found(CUTEX, **changes)
    assert (detected.outcome, detected.reason_codes) == (kind, (reason,))


@pytest.mark.parametrize(
    ("changes", "no_action"),
    [
        ({"title": "Cutex nail polish remover"}, "ordinary_use"),
        ({"title": "Cutex polish, not a replica"}, "ordinary_use"),
        ({"title": "Brush for Cutex bottles"}, "no_mark_found"),
        ({"title": "Cut3x engine oil", "nice_classes": (4,)}, "ordinary_use"),
        ({"title": "Cut3x polish", "seller_id": "seller-licensed"}, "ordinary_use"),
        ({"title": "Cut3x polish", "seller_id": "holder-1"}, "ordinary_use"),
        ({"title": "Cut3x polish", "territories": ("DE",)}, "ordinary_use"),
        ({"title": "Nail polish"}, "no_mark_found"),
        ({"title": "Cut3x polish", "status": "removed"}, "listing_not_active"),
    ],
)
def test_lawful_use_is_left_alone(changes, no_action):
    result = watched(CUTEX, **changes)
    assert (result.outputs, result.no_action) == ((), no_action)


def test_a_bad_listing_is_refused():
    assert watched(CUTEX, version=-1).refusal == "invalid_number"


def test_a_mark_that_ended_is_no_bar():
    ended = Tables([trademark(expiry_date="2019-01-01")])
    assert watched(ended, title="Cut3x polish").no_action == "no_mark_found"


def test_the_same_change_gives_the_same_bytes():
    first, second = (watched(CUTEX, title="Cut3x polish") for _ in range(2))
    assert first == second
    other = watched(CUTEX, title="Cut3x polish", version=2)
    assert other.outputs[0].detection_id != first.outputs[0].detection_id


def test_the_stretch_shown_is_the_titles_own():
    title = "🔥 New Cut3x polish"
    (mark,) = watched(CUTEX, title=title).outputs[0].marks
    assert title[mark.begin : mark.end] == mark.text == "Cut3x"
    assert (mark.term, mark.trick, mark.trademark_keys) == ("cutex", "leet", ("US:76044902",))
    assert mark.rule_id == "review-disguised-mark"
    assert 0.5 < mark.score <= 1
    assert mark.parts["leet"] == 1.0


def test_a_repeat_offender_loses_the_listing():
    commands = [delisting(n, title="something else entirely") for n in range(REPEAT_STRIKES)]
    tables = Tables([trademark()], commands=commands)
    detected = found(tables, title="Cut3x polish")
    assert (detected.outcome, detected.strikes) == ("delist", REPEAT_STRIKES)
    assert removal_when_upheld(detected) == "delist"
    later = START + (STRIKE_DAYS + 1) * DAY_MILLISECONDS
    assert found(tables, later, title="Cut3x polish").outcome == "send_to_review"


def test_one_strike_that_counts_and_a_disguise_are_two_signs():
    tables = Tables([trademark()], commands=[delisting(title="something else entirely")])
    assert found(tables, title="Cut3x polish").outcome == "block"


def test_what_the_machine_did_counts_when_nobody_contested_it_in_time():
    alone = delisting(title="something else entirely", automated=True)
    tables = Tables([trademark()], commands=[alone])
    assert found(tables, title="Cut3x polish").outcome == "send_to_review"
    later = alone.issued_at_milliseconds + UNCONTESTED_DAYS * DAY_MILLISECONDS
    assert found(tables, later, title="Cut3x polish").outcome == "block"
    put_back = ReinstateListing("c", "detection-1", 2, "gone-1", "shop", "seller-9", (), START)
    tables = Tables([trademark()], commands=[alone, put_back])
    assert found(tables, later, title="Cut3x polish").outcome == "send_to_review"


@pytest.mark.parametrize(
    ("gone", "title", "kind"),
    [
        # The same mark, the same ground, and the new title offends by itself.
        ({}, "Cut3x nail polish remover 200ml, with acetone", "delist"),
        ({"reason_codes": ("counterfeit_words",)},
         "Cutex replica nail polish remover 200ml, with acetone", "delist"),
        # It names the mark as anyone may.
        ({}, "Cutex nail polish remover 200ml, with acetone", "send_to_review"),
        # Another ground, or another mark.
        ({}, "Cutex replica nail polish remover 200ml, with acetone", "block"),
        ({"trademark_key": "US:1"}, "Cutex nail polish remover 200ml, with acetone", None),
        # Nobody has looked yet.
        ({"automated": True}, "Cutex nail polish remover 200ml, with acetone", None),
        # The mark is gone from the title, or the title is another one.
        ({}, "Nail polish remover 200 ml with acetone", None),
        ({}, "Cutex cuticle oil pen", None),
    ],
)  # fmt: skip
def test_what_was_taken_down_and_comes_back(gone, title, kind):
    result = watched(Tables([trademark()], commands=[delisting(**gone)]), title=title)
    assert (result.outputs[0].outcome if result.outputs else None) == kind
    if kind == "delist":
        assert result.outputs[0].resembles_listing_id == "gone-1"
        assert result.outputs[0].reason_codes == ("relisted_after_takedown",)
    stranger = watched(Tables([trademark()], commands=[delisting(**gone)]), title=title,
                       seller_id="seller-10")  # fmt: skip
    assert not stranger.outputs or stranger.outputs[0].outcome != "delist"


def test_it_is_found_under_a_linked_seller_too():
    linked = owner(party_id="seller-10", kind="seller", linked_seller_ids=("seller-9",))
    tables = Tables([trademark()], [linked], [delisting()])
    title = "Cut3x nail polish remover 200ml, with acetone"
    assert found(tables, title=title, seller_id="seller-10").outcome == "delist"


def test_what_people_uphold_is_blocked_and_what_came_back_delisted():
    detected = found(CUTEX, title="Cut3x polish")
    assert removal_when_upheld(detected) == "block"
    assert removal_when_upheld(detected._replace(resembles_listing_id="gone-1")) == "delist"


def test_strikes_count_listings_once_expire_and_are_taken_back():
    offences = record(record((), delisting(1)), delisting(1))
    offences = record(offences, delisting(2, listing_id="gone-1"))
    offences = record(offences, delisting(3))
    assert strikes(offences, START) == 2
    assert strikes(offences, START - 2_000) == 0
    assert strikes(offences, START + STRIKE_DAYS * DAY_MILLISECONDS) == 0
    put_back = ReinstateListing("c", "detection-3", 2, "gone-3", "shop", "seller-9", (), START)
    assert strikes(record(offences, put_back), START) == 1
    all_undone = put_back._replace(undone_case_ids=("detection-1", "detection-2"))
    assert strikes(record(offences, all_undone), START) == 0


def test_offences_are_bounded_and_the_same_in_any_order():
    commands = [delisting(n, issued_at_milliseconds=START + n) for n in range(5)]
    one = two = ()
    for command in commands:
        one = record(one, command)
    for command in reversed(commands):
        two = record(two, command)
    assert one == two
    for number in range(MAXIMUM_OFFENCES + 5):
        one = record(one, delisting(number + 10, issued_at_milliseconds=START + 10 + number))
    assert len(one) == MAXIMUM_OFFENCES


def test_a_listing_does_not_repeat_itself():
    offences = record((), delisting(listing_id=listing().listing_id))
    assert resemblance(listing(title=delisting().title), offences, START) is None


def test_rules_on_titles_pass_their_tests_and_cover_all_findings():
    assert not failed_tests(MISUSE_DIRECTORY, MISUSE, PLAIN_MISUSE)
    rules = built_in_misuse_rules()
    assert NO_RULE_ID not in {share.ruling.rule_id for share in shares(rules)}
    certain = condition_of(
        """
        spelling in ["exact", "disguised"] && use == "plain"
        && seller == "not_authorised" && territory == "covered"
        """,
        MISUSE.words,
    )
    uncertain = {share.ruling.outcome for share in shares(rules, Negation(certain))}
    assert uncertain == {"send_to_review", "leave"}
