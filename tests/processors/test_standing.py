"""How parties stand by their conduct."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processors.policies.service_level import STEPS_EDITION, ServiceLevel
from processors.policies.service_policy import CaseLevels
from processors.policies.standing_policy import StandingPolicy
from processors.standing.complainant_standing import (
    MAXIMUM_COMPLAINTS,
    complainant_standing,
)
from processors.standing.party_step import StandingDue
from processors.standing.standing import EMPTY, step
from processors.step import Moment, Origin
from schemas.durations import DAY_MILLISECONDS as DAY
from schemas.events.conduct import ConductRecorded
from schemas.events.standings import SanctionParty, StandingChanged

START = 20_000 * DAY
POLICY = StandingPolicy()
UPHELD, DECLINED = "complaint_upheld", "complaint_declined"
COUNTERED, RETRACTED = "complaint_countered", "complaint_retracted"


def moment(now, policy=POLICY):
    level = ServiceLevel(standing=policy, steps_edition=STEPS_EDITION)
    return Moment(now, Origin("ip.conduct.events", 0, 0), None, level, "test", CaseLevels(level))


def conduct(kind, case=0, at=START, **changes):
    role = "seller" if kind.startswith("strike") else "complainant"
    return ConductRecorded(
        conduct_id=f"{case}-{kind}-{at}",
        party_id="party-1",
        role=role,
        kind=kind,
        ground="counterfeit",
        manifest=False,
        case_id=f"case-{case}",
        listing_id=f"listing-{case}",
        marketplace="shop",
        occurred_at_milliseconds=at,
    )._replace(**changes)


class Party:
    """A party's row, with the outputs it led to."""

    def __init__(self):
        self.row = EMPTY
        self.outputs = []

    def take(self, *items):
        for item in items:
            given_ = step(self.row, item, moment(item.occurred_at_milliseconds))
            assert given_.refusal is None
            self.row = given_.state
            self.outputs += given_.outputs
        return self

    def pass_until(self, now):
        while self.row.due_at_milliseconds is not None and self.row.due_at_milliseconds <= now:
            due = self.row.due_at_milliseconds
            given_ = step(self.row, StandingDue(due), moment(due))
            self.row = given_.state
            self.outputs += given_.outputs
        return self

    @property
    def standing(self):
        return self.row.standings[-1] if self.row.standings else None

    @property
    def tier(self):
        return self.standing.tier if self.standing else "ordinary"

    @property
    def sanctions(self):
        return [each for each in self.outputs if isinstance(each, SanctionParty)]


def complaints(kinds, ground="counterfeit", first=0, at=START, **changes):
    return [
        conduct(kind, first + index, at + index, ground=ground, **changes)
        for index, kind in enumerate(kinds)
    ]


@pytest.mark.parametrize(
    ("kinds", "tier"),
    [
        ([UPHELD] * 9, "ordinary"),
        ([UPHELD] * 10, "fast_lane"),
        ([UPHELD] * 9 + [DECLINED], "fast_lane"),
        ([UPHELD] * 90 + [DECLINED] * 10, "fast_lane"),
        ([UPHELD] * 89 + [DECLINED] * 11, "ordinary"),
        ([UPHELD] * 95 + [COUNTERED] * 5, "fast_lane"),
        ([UPHELD] * 94 + [COUNTERED] * 6, "ordinary"),
        ([UPHELD] * 90 + [COUNTERED] * 5 + [DECLINED] * 5, "fast_lane"),
        ([UPHELD] * 9 + [RETRACTED] * 5, "ordinary"),
        ([UPHELD] * 10 + [RETRACTED] * 5, "fast_lane"),
    ],
)
def test_the_fast_lane_begins_exactly_at_its_thresholds(kinds, tier):
    assert Party().take(*complaints(kinds)).tier == tier


def test_a_ground_must_do_as_well_as_the_whole():
    party = Party().take(
        *complaints([UPHELD] * 90),
        *complaints([UPHELD] * 5 + [DECLINED] * 5, "keyword_misuse", 100, START + 1_000),
    )
    assert party.tier == "fast_lane"
    lanes = {each.ground: each.fast_lane for each in party.standing.grounds}
    assert lanes["counterfeit"]
    assert not lanes.get("keyword_misuse", False)
    party.take(*complaints([DECLINED] * 10, "keyword_misuse", 200, START + 2_000))
    assert party.tier == "ordinary"


def test_the_fast_lane_is_lost_as_complaints_leave_the_window_and_found_again():
    party = Party().take(*complaints([UPHELD] * 10))
    assert party.tier == "fast_lane"
    party.pass_until(START + 90 * DAY - 1)
    assert party.tier == "fast_lane"
    party.pass_until(START + 90 * DAY)
    assert party.tier == "ordinary"
    assert party.standing.changed_at_milliseconds == START + 90 * DAY
    party.take(*complaints([UPHELD] * 10, first=50, at=START + 100 * DAY))
    assert party.tier == "fast_lane"
    assert party.sanctions == []


def same_listing(kinds, **changes):
    return complaints(kinds, listing_id="listing-x", **changes)


def counted(party):
    """Return concluded, upheld and countered complaints by ground."""
    found = complainant_standing(party.row, START + DAY // 2, POLICY).grounds
    return {each[0]: each[1:4] for each in found if any(each[1:4])}


def test_complaints_on_one_listing_that_end_alike_are_one():
    ten = Party().take(*same_listing([UPHELD] * 10))
    assert (counted(ten), ten.tier) == ({"counterfeit": (1, 1, 0)}, "ordinary")
    both = Party().take(*same_listing([UPHELD] * 3 + [COUNTERED] * 7))
    assert counted(both) == {"counterfeit": (2, 1, 1)}


def test_what_becomes_of_one_of_them_leaves_the_others_counted():
    party = Party().take(*same_listing([UPHELD] * 3))
    party.take(conduct(RETRACTED, 0, START + 9, listing_id="listing-x"))
    assert counted(party) == {"counterfeit": (1, 1, 0)}
    for case in (1, 2):
        party.take(conduct(COUNTERED, case, START + 10 + case, listing_id="listing-x"))
    assert counted(party) == {"counterfeit": (1, 0, 1)}
    party.take(conduct(RETRACTED, 1, START + 20, listing_id="listing-x"))
    assert counted(party) == {"counterfeit": (1, 0, 1)}
    party.take(conduct(RETRACTED, 2, START + 21, listing_id="listing-x"))
    assert counted(party) == {}


def test_one_listing_elsewhere_or_on_another_ground_is_another():
    party = Party().take(
        conduct(UPHELD, 0, listing_id="listing-x"),
        conduct(UPHELD, 1, START + 1, listing_id="listing-x", marketplace="other"),
        conduct(UPHELD, 2, START + 2, listing_id="listing-x", ground="other"),
    )
    assert counted(party) == {"counterfeit": (2, 2, 0), "other": (1, 1, 0)}


def test_a_mistake_that_is_made_again_on_one_day_and_listing_suspends_nobody():
    party = Party().take(*same_listing([DECLINED] * 9, manifest=True))
    assert party.tier == "ordinary"
    assert party.sanctions == []


def test_a_countered_takedown_is_no_longer_upheld():
    party = Party().take(*complaints([UPHELD] * 10))
    party.take(conduct(COUNTERED, 3, START + DAY))
    assert party.tier == "ordinary"
    party.take(conduct("complaint_restored", 3, START + 2 * DAY))
    assert party.tier == "fast_lane"


def unfounded(count, first=0, at=START, **changes):
    return complaints([DECLINED] * count, "keyword_misuse", first, at, manifest=True, **changes)


def test_abuse_is_warned_of_then_suspended_and_the_suspension_ends_by_itself():
    party = Party().take(*unfounded(2))
    assert party.outputs == []
    party.take(*unfounded(3, 2, START + DAY))
    assert [each.sanction for each in party.sanctions] == ["warn"]
    assert party.sanctions[0].factors.intention == "unknown"
    party.take(*unfounded(1, 5, START + 2 * DAY))
    [_, suspension] = party.sanctions
    assert (suspension.sanction, suspension.role) == ("suspend", "complainant")
    assert suspension.until_milliseconds == START + 32 * DAY
    factors = suspension.factors
    assert (factors.absolute_number, factors.proportion) == (6, 1.0)
    assert (factors.gravity, factors.intention) == ("ordinary", "repeated after a warning")
    assert party.standing.factors == factors
    party.pass_until(START + 32 * DAY - 1)
    assert party.tier == "suspended"
    party.pass_until(START + 32 * DAY)
    assert party.tier == "warned"
    assert party.sanctions[-1].sanction == "lift"
    assert party.sanctions[-1].reason_codes == ("sanction_expired",)
    party.pass_until(START + 400 * DAY)
    assert party.tier == "ordinary"
    assert (party.row.complaints, party.row.due_at_milliseconds) == ((), None)


def test_grave_abuse_is_suspended_for_longer_and_more_of_it_for_longer_still():
    grave = complaints([DECLINED] * 6, manifest=True)
    party = Party().take(*grave)
    assert party.sanctions[-1].factors.gravity == "grave"
    assert party.sanctions[-1].until_milliseconds == START + 5 + 60 * DAY
    party.take(*complaints([DECLINED], first=10, at=START + 10 * DAY, manifest=True))
    assert [each.sanction for each in party.sanctions] == ["warn", "suspend", "suspend"]
    assert party.sanctions[-1].until_milliseconds == START + 70 * DAY
    assert len({each.command_id for each in party.sanctions}) == 3


def test_a_small_share_of_unfounded_complaints_is_no_abuse():
    party = Party().take(*complaints([UPHELD] * 100), *unfounded(8, 200, START + DAY))
    assert party.sanctions == []
    assert party.tier == "fast_lane"


def strikes(count, first=0, at=START, **changes):
    return [conduct("strike", first + n, at + n, **changes) for n in range(count)]


def test_strikes_lead_to_warning_restriction_and_closure():
    party = Party().take(*strikes(9))
    assert [each.sanction for each in party.sanctions] == ["warn", "restrict", "close"]
    assert [each.strikes for each in party.sanctions] == [3, 6, 9]
    assert all(each.reason_codes == ("repeat_offender",) for each in party.sanctions)
    assert [each.until_milliseconds for each in party.sanctions] == [None] * 3


def test_strikes_of_one_listing_count_once():
    party = Party().take(*strikes(8, listing_id="listing-1"))
    assert party.standing.strikes == 1
    assert party.sanctions == []


def test_strikes_expire_one_by_one_and_the_sanction_is_lifted():
    items = [conduct("strike", n, START + n * DAY) for n in range(6)]
    party = Party().take(*items)
    assert party.tier == "restricted"
    assert party.standing.until_milliseconds == START + 180 * DAY
    party.pass_until(START + 180 * DAY - 1)
    assert party.tier == "restricted"
    party.pass_until(START + 180 * DAY)
    assert (party.tier, party.sanctions[-1].sanction) == ("warned", "lift")
    party.pass_until(START + 400 * DAY)
    assert party.tier == "ordinary"
    changes = [each for each in party.outputs if isinstance(each, StandingChanged)]
    assert [each.strikes for each in changes] == [1, 2, 3, 4, 5, 6, 5, 4, 3, 2, 1, 0]
    assert party.row.strikes == ()


def test_a_closed_account_opens_only_when_strikes_are_reversed():
    party = Party().take(*strikes(9)).pass_until(START + 1_000 * DAY)
    assert (party.tier, party.standing.strikes) == ("closed", 0)
    party.take(conduct("strike_reversed", 4, START + 1_001 * DAY))
    assert party.tier == "ordinary"
    assert party.sanctions[-1].sanction == "lift"
    assert party.sanctions[-1].reason_codes == ("sanction_reversed",)


def test_a_reversal_takes_a_closure_back_to_a_restriction():
    party = Party().take(*strikes(9), conduct("strike_reversed", 0, START + DAY))
    assert (party.tier, party.sanctions[-1].sanction) == ("restricted", "restrict")
    assert party.standing.factors.proportion == pytest.approx(8 / 9)


def test_one_party_stands_in_both_parts():
    party = Party().take(*complaints([UPHELD] * 10), *strikes(3, at=START + DAY))
    assert [(s.role, s.tier) for s in party.row.standings] == [
        ("complainant", "fast_lane"),
        ("seller", "warned"),
    ]


def test_conduct_is_counted_once():
    items = complaints([UPHELD] * 10) + strikes(3, at=START + 100)
    party = Party().take(*items)
    row = party.row
    for item in items:
        given_ = step(row, item, moment(row.as_of_milliseconds))
        assert (given_.state, given_.no_action) == (row, "duplicate_conduct")


def test_a_late_timer_changes_nothing_of_what_comes_after():
    prompt = Party().take(*strikes(3)).pass_until(START + 200 * DAY)
    later = conduct("strike", 50, START + 200 * DAY)
    late = Party().take(*strikes(3))
    prompt.take(later)
    late.take(later)
    assert prompt.outputs == late.outputs
    assert prompt.row == late.row
    given_ = step(late.row, StandingDue(START + 180 * DAY), moment(START + 201 * DAY))
    assert given_.no_action == "timer_superseded"


def test_what_can_be_no_conduct_is_refused():
    for bad in (
        conduct("strike", party_id="a\x00b"),
        conduct("strike", role="complainant"),
        conduct(UPHELD, role="seller"),
        conduct("strike", at=-1),
    ):
        assert step(EMPTY, bad, moment(START)).refusal


def test_a_row_stays_small_and_its_counts_whole():
    party = Party()
    many = MAXIMUM_COMPLAINTS * 3
    party.take(*complaints([UPHELD] * many), conduct(COUNTERED, 0, START + DAY))
    party.take(*complaints([DECLINED], first=many, at=START + 2 * DAY))
    assert len(party.row.complaints) == MAXIMUM_COMPLAINTS
    [day] = {(each.day, each.ground) for each in party.row.days if each.day == START // DAY}
    assert day == (START // DAY, "counterfeit")
    party.take(*complaints([DECLINED] * (many // 9), first=2 * many, at=START + 3 * DAY))
    counted = party.standing.grounds[0]
    assert party.tier == "ordinary"
    assert counted.concluded_count - counted.upheld_count > counted.countered_count == 1


KINDS = st.sampled_from([UPHELD, DECLINED, COUNTERED, RETRACTED, "complaint_restored"])
ITEMS = st.lists(
    st.tuples(
        st.one_of(KINDS, st.sampled_from(["strike", "strike_reversed"])),
        st.integers(0, 12),
        st.integers(0, 80),
        st.booleans(),
        st.sampled_from(["counterfeit", "keyword_misuse"]),
    ),
    max_size=40,
)


@given(ITEMS, st.randoms(use_true_random=False))
def test_the_order_of_conduct_makes_no_difference_to_the_end(drawn, source):
    items = []
    times = Counter()
    for kind, case, day, manifest, ground in drawn:
        # One case's conduct comes at different times.
        times[case, day] += 1
        at = START + day * DAY + 1_000 * case + times[case, day]
        items.append(conduct(kind, case, at, manifest=manifest, ground=ground))
    shuffled = [*items, *items[: len(items) // 3]]
    source.shuffle(shuffled)
    now = START + 81 * DAY
    ends = []
    for order in (sorted(items, key=lambda item: item.occurred_at_milliseconds), shuffled):
        party = Party()
        for item in order:
            given_ = step(party.row, item, moment(now))
            party.row = given_.state
        ends.append(party.row)
    assert ends[0]._replace(standings=()) == ends[1]._replace(standings=())
    tiers = [
        {each.role: (each.tier, each.strikes, each.until_milliseconds) for each in row.standings}
        for row in ends
    ]
    settled = {"complainant": ("ordinary", 0, None), "seller": ("ordinary", 0, None)}
    assert settled | tiers[0] == settled | tiers[1]
