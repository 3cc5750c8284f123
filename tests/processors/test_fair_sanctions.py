"""Sanctions by steps: a warning first, time to mend one's ways, one mistake counted once."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_standing import DAY, DECLINED, START, UPHELD, Party, conduct, moment

from processors.policies.standing_policy import StandingPolicy
from processors.standing.standing import step
from processors.standing.steps import Counting, counted
from schemas.events.standings import SanctionParty
from streams.policies.standing_files import BUILT_IN_STANDING, load_standing_policy

FAIR = StandingPolicy(step_days=7, closure_by_person=1)


class FairParty(Party):
    """A party under a policy with steps."""

    def take(self, *items):
        for item in items:
            given_ = step(self.row, item, moment(item.occurred_at_milliseconds, FAIR))
            assert given_.refusal is None
            self.row = given_.state
            self.outputs += given_.outputs
        return self

    @property
    def sanctions(self):
        return [each.sanction for each in self.outputs if isinstance(each, SanctionParty)]


def strikes(numbers, at):
    return [conduct("strike", number, at + number) for number in numbers]


def unfounded(numbers, at, **changes):
    return [conduct(DECLINED, number, at + number, manifest=True, **changes) for number in numbers]


def test_the_built_in_policy_has_steps_and_closes_nobody_by_itself():
    built_in = load_standing_policy(BUILT_IN_STANDING)
    assert (built_in.step_days, built_in.closure_by_person) == (7, 1)


def test_many_listings_of_one_batch_warn_and_no_more():
    party = FairParty().take(*strikes(range(30), START))
    assert party.sanctions == ["warn"]
    assert party.standing.strikes == 3


def test_who_goes_on_after_the_warning_is_restricted_and_then_closure_is_proposed():
    party = FairParty().take(*strikes(range(3), START))
    party.take(*strikes(range(3, 6), START + 8 * DAY))
    assert party.sanctions == ["warn", "restrict"]
    party.take(*strikes(range(6, 20), START + 8 * DAY))
    assert party.sanctions == ["warn", "restrict"]
    party.take(*strikes(range(20, 23), START + 16 * DAY))
    assert party.sanctions == ["warn", "restrict", "propose_closure"]
    assert party.standing.tier == "closure_proposed"


def test_a_proposed_closure_falls_when_a_strike_is_reversed():
    party = FairParty()
    for week in range(3):
        party.take(*strikes(range(3 * week, 3 * week + 3), START + week * 8 * DAY))
    assert party.standing.tier == "closure_proposed"
    party.take(conduct("strike_reversed", 8, START + 20 * DAY))
    assert party.standing.tier == "restricted"
    assert party.sanctions[-1] == "restrict"


def test_a_batch_with_one_mistake_suspends_nobody():
    good = [conduct(UPHELD, 1000 + n, START - DAY + n) for n in range(3)]
    party = FairParty().take(*good, *unfounded(range(300), START, batch_id="batch-1"))
    assert party.sanctions == []


def test_mistakes_of_several_batches_count_each_once():
    party = FairParty()
    for number in range(3):
        at = START + number * DAY
        batch = f"batch-{number}"
        party.take(*unfounded(range(10 * number, 10 * number + 10), at, batch_id=batch))
    assert party.sanctions == ["warn"]


def test_what_was_filed_alone_warns_and_suspends_only_after_a_week():
    party = FairParty().take(*unfounded(range(20), START))
    assert party.sanctions == ["warn"]
    party.take(*unfounded(range(20, 22), START + 8 * DAY))
    assert party.sanctions == ["warn"]
    party.take(*unfounded([22], START + 8 * DAY))
    assert party.sanctions == ["warn", "suspend"]


@pytest.mark.parametrize(
    ("days", "kept", "peak"),
    [
        ([0, 0, 0, 0, 0, 0], [0, 1, 2], 3),
        ([0, 0, 0, 7, 7, 7], [0, 1, 2, 3, 4, 5], 6),
        ([0, 0, 0, 6, 7, 8, 9], [0, 1, 2, 4, 5, 6], 6),
        ([0, 0, 200, 200, 200], [0, 1, 2, 3, 4], 3),
    ],
)
def test_nothing_counts_that_came_too_soon_after_a_step(days, kept, peak):
    items = [(number, number, day * DAY) for number, day in enumerate(days)]
    assert counted(items, Counting((3, 6, 9), 180 * DAY, 7 * DAY)) == (kept, peak)


@given(
    st.lists(st.tuples(st.integers(0, 15), st.integers(0, 400)), max_size=60),
    st.integers(0, 30),
)
def test_steps_are_apart_by_the_time_given(drawn, rest):
    drawn = sorted(drawn, key=lambda each: each[1])
    items = [((name, day), name, day * DAY) for name, day in drawn]
    counting = Counting((3, 6, 9), 180 * DAY, rest * DAY)
    kept, peak = counted(items, counting)
    if not rest:
        assert len(kept) == len(drawn)
    # Adding conduct in its order, the most at once rises past a step only after the rest.
    reached = {}
    for until in range(len(items) + 1):
        most = counted(items[:until], counting)[1]
        for number in counting.steps:
            if most >= number and number not in reached:
                reached[number] = items[until - 1][2]
    times = [reached[number] for number in counting.steps if number in reached]
    assert all(later - earlier >= rest * DAY for earlier, later in pairwise(times))
    assert peak <= len({name for name, _ in drawn})
