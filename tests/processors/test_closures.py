"""Accounts are closed by people: with notice, for a time, and others decide on an appeal."""

from types import SimpleNamespace

import pytest
from test_fair_sanctions import strikes
from test_standing import DAY, START, Party, conduct, moment
from world import owner

from processors.policies.standing_policy import StandingPolicy
from processors.standing.closures import closure_exceptions
from processors.standing.party_step import StandingDue
from processors.standing.standing import step
from schemas.events.conduct import ClosureDecided
from schemas.events.standings import StandingChanged
from schemas.statements.catalogue import LANGUAGES
from schemas.statements.rendering import rendered
from schemas.statements.statement import statement_of_sanction
from streams.policies.standing_files import BUILT_IN_STANDING, load_standing_policy

FAIR = load_standing_policy(BUILT_IN_STANDING)
PROPOSED_AT = START + 17 * DAY


class KnownParty(Party):
    """A seller under the built-in policy, with so many offers if that is known."""

    def __init__(self, offers=None, policy=FAIR):
        super().__init__()
        self.policy = policy
        self.party = owner(kind="seller", offer_count=offers)

    def moment(self, now):
        reference = SimpleNamespace(party=lambda party_id: self.party)
        return moment(now, self.policy)._replace(reference=reference)

    def take(self, *items):
        for item in items:
            at = getattr(item, "occurred_at_milliseconds", None) or item.decided_at_milliseconds
            self.step(item, at)
        return self

    def step(self, item, at):
        given = step(self.row, item, self.moment(at))
        self.row, self.last = given.state, given
        self.outputs += given.outputs

    def pass_until(self, now):
        while self.row.due_at_milliseconds is not None and self.row.due_at_milliseconds <= now:
            due = self.row.due_at_milliseconds
            self.step(StandingDue(due), due)
        return self

    @property
    def told(self):
        return [each.sanction for each in self.sanctions]


def proposed(**options):
    """A seller whose closure is proposed, after a warning and a restriction."""
    party = KnownParty(**options)
    for week in range(3):
        party.take(*strikes(range(3 * week, 3 * week + 3), START + week * 8 * DAY))
    return party


def decision(number=1, at=PROPOSED_AT, **changes):
    return ClosureDecided(
        decision_id=f"closure-{number}",
        party_id="party-1",
        outcome="close",
        reason_codes=("repeat_offender",),
        reviewer_id=f"reviewer-{number}",
        decided_at_milliseconds=at,
    )._replace(**changes)


def test_a_closure_is_announced_a_month_before_and_ends_by_itself():
    party = proposed().take(decision())
    begins = PROPOSED_AT + 30 * DAY
    announced = party.sanctions[-1]
    assert announced.sanction == "announce_closure"
    assert announced.effective_at_milliseconds == begins
    assert announced.appeal_until_milliseconds == PROPOSED_AT + 184 * DAY
    assert announced.decided_by_person
    party.pass_until(begins - 1)
    assert party.tier == "closure_proposed"
    party.pass_until(begins)
    assert party.tier == "closed"
    closed = party.sanctions[-1]
    assert (closed.sanction, closed.until_milliseconds) == ("close", begins + 365 * DAY)
    assert closed.decided_by_person
    party.pass_until(begins + 365 * DAY)
    assert (party.tier, party.told[-1]) == ("ordinary", "lift")
    assert party.told == [
        *("warn", "restrict", "propose_closure", "announce_closure", "close", "lift"),
    ]


@pytest.mark.parametrize("exception", sorted(closure_exceptions()))
def test_an_exception_of_the_law_closes_at_once_and_for_the_time_decided(exception):
    party = proposed().take(decision(notice_exception=exception, closed_days=90))
    assert party.told[-1] == "close"
    assert party.sanctions[-1].until_milliseconds == PROPOSED_AT + 90 * DAY


def test_an_exception_that_there_is_not_is_refused():
    party = proposed()
    party.take(decision(notice_exception="impatience"))
    assert party.last.refusal == "unknown_notice_exception"
    assert party.tier == "closure_proposed"


def test_nobody_closes_an_account_whose_closure_was_not_proposed():
    party = KnownParty().take(*strikes(range(3), START), decision())
    assert party.last.no_action == "no_closure_proposed"
    assert party.told == ["warn"]


def test_who_is_kept_stays_restricted_until_there_are_newer_strikes():
    party = proposed().take(decision(outcome="keep"))
    assert (party.tier, party.told[-1]) == ("restricted", "restrict")
    party.pass_until(PROPOSED_AT + 7 * DAY)
    assert party.tier == "restricted"
    party.take(*strikes([30], PROPOSED_AT + 8 * DAY))
    assert party.told[-1] == "propose_closure"


def test_an_appeal_is_decided_by_somebody_else():
    party = proposed().take(decision())
    at = PROPOSED_AT + DAY
    party.take(decision(2, at, outcome="keep", reviewer_id="reviewer-1"))
    assert party.last.no_action == "same_reviewer"
    assert party.row.closure.outcome == "close"
    party.take(decision(3, at + 1, outcome="keep"))
    assert party.told[-1] == "restrict"
    party.pass_until(PROPOSED_AT + 40 * DAY)
    assert "close" not in party.told


def test_an_appeal_that_is_granted_later_opens_the_account():
    party = proposed().take(decision(notice_exception="legal_obligation"))
    party.take(decision(2, PROPOSED_AT + DAY, outcome="keep"))
    assert (party.tier, party.told[-1]) == ("restricted", "restrict")


def test_an_appeal_that_is_rejected_leaves_the_closure_as_it_was():
    party = proposed().take(decision())
    before = party.row.closure
    party.take(decision(2, PROPOSED_AT + DAY))
    assert party.row.closure == before._replace(reviewer_ids=("reviewer-1", "reviewer-2"))
    party.pass_until(PROPOSED_AT + 30 * DAY)
    assert party.tier == "closed"


@pytest.mark.parametrize("exception", ["", "legal_obligation"])
def test_a_closure_falls_with_the_strikes_that_it_rests_on(exception):
    party = proposed().take(decision(notice_exception=exception))
    party.take(conduct("strike_reversed", 8, PROPOSED_AT + DAY))
    assert (party.tier, party.told[-1]) == ("restricted", "restrict")
    assert party.row.closure is None


def test_a_decision_that_comes_twice_counts_once():
    party = proposed().take(decision(), decision(at=PROPOSED_AT + 1))
    assert party.last.no_action == "duplicate_decision"
    assert party.told.count("announce_closure") == 1


@pytest.mark.parametrize(
    ("offers", "told"),
    [
        (None, ["warn", "restrict", "propose_closure"]),
        (600, ["warn", "restrict", "propose_closure"]),
        (900, ["warn", "propose_closure"]),
        (901, ["warn"]),
        (10_000, ["warn"]),
        (0, ["warn", "restrict", "propose_closure"]),
    ],
)
def test_nine_of_so_many_offers(offers, told):
    party = proposed(offers=offers)
    assert party.told == told
    factors = party.standing.factors
    assert factors.offer_count == offers
    if offers:
        assert factors.proportion == pytest.approx(9 / offers)


def test_a_policy_without_a_share_asks_for_no_offers():
    policy = StandingPolicy(step_days=7, closure_by_person=1)
    party = proposed(offers=10_000, policy=policy)
    assert party.told == ["warn", "restrict", "propose_closure"]
    assert party.standing.factors.offer_count is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_statement_says_from_when_until_when_by_whom_and_what_to_do(language):
    party = proposed(offers=100).take(decision())
    text = rendered(statement_of_sanction(party.sanctions[-1]), language)
    scope, redress = text.section("scope"), text.section("redress")
    assert "100" in text.section("facts")
    assert "2024" in scope
    assert "2025" in scope
    assert redress


def test_standings_are_told_when_a_closure_begins():
    party = proposed().take(decision())
    party.pass_until(PROPOSED_AT + 30 * DAY)
    tiers = [each.tier for each in party.outputs if isinstance(each, StandingChanged)]
    assert tiers[-1] == "closed"


def test_nobody_is_closed_for_a_time_that_nobody_stated():
    party = proposed(policy=StandingPolicy(step_days=7, closure_by_person=1)).take(decision())
    assert party.last.refusal == "closed_days_missing"
    assert party.tier == "closure_proposed"
