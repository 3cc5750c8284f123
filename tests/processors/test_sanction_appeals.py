"""Who is sanctioned appeals, and people lift the measure or leave it; the machine does neither."""

import pytest
from test_closures import PROPOSED_AT, KnownParty, decision, proposed
from test_fair_sanctions import strikes
from test_standing import DAY, START, complaints
from world import owner

from processors.policies.service_level import ServiceLevel
from processors.standing.sanction_appeals import MAXIMUM_APPEALS
from schemas.events.conduct import SanctionAppealDecided, SanctionAppealFiled
from schemas.events.standings import ReviewSanction

UNFOUNDED = ["complaint_declined"] * 6


class Appellant(KnownParty):
    """A party that may appeal."""

    def moment(self, now):
        made = super().moment(now)
        level = ServiceLevel(standing=self.policy, statements=1)
        self.party = owner(kind="seller", language="fr")
        return made._replace(service_level=level)

    def appeal(self, number=1, at=START + DAY, role="seller"):
        filed = SanctionAppealFiled(f"appeal-{number}", "party-1", role, "They are genuine.", at)
        self.step(filed, at)
        return self

    def decide(self, number=1, at=START + 2 * DAY, granted=True, **changes):
        decided = SanctionAppealDecided(
            decision_id=f"decision-{number}",
            appeal_id=f"appeal-{number}",
            party_id="party-1",
            granted=granted,
            reason_codes=("seller_authorised",),
            reviewer_id="reviewer-7",
            decided_at_milliseconds=at,
            second_reviewer_id="reviewer-8",
        )._replace(**changes)
        self.step(decided, at)
        return self

    @property
    def tasks(self):
        return [each for each in self.outputs if isinstance(each, ReviewSanction)]


def warned():
    return Appellant().take(*strikes(range(3), START))


def suspended():
    party = Appellant()
    for week in range(2):
        at = START + week * 8 * DAY
        party.take(*complaints(UNFOUNDED[:3], first=3 * week, at=at, manifest=True))
    assert party.tier == "suspended"
    return party


def test_people_are_asked_and_the_measure_stands_until_they_decide():
    party = warned().appeal()
    (task,) = party.tasks
    assert (task.appeal_id, task.tier, task.strikes) == ("appeal-1", "warned", 3)
    assert (task.statement, task.language) == ("They are genuine.", "fr")
    assert task.deadline_at_milliseconds > task.issued_at_milliseconds
    party.pass_until(START + 60 * DAY)
    assert (party.tier, party.told) == ("warned", ["warn"])


def test_what_is_lifted_does_not_come_back_for_the_same_conduct():
    party = warned().appeal().decide()
    lifted = party.sanctions[-1]
    assert (lifted.sanction, lifted.reason_codes) == ("lift", ("seller_authorised",))
    assert lifted.decided_by_person
    assert lifted.language == "fr"
    party.take(*strikes([10], START + 20 * DAY))
    assert party.tier == "ordinary"
    party.take(*strikes([11, 12], START + 21 * DAY))
    assert (party.tier, party.standing.strikes) == ("warned", 3)


def test_who_is_rejected_is_told_by_whom_and_stays_as_it_is():
    party = warned().appeal().decide(granted=False)
    told = party.sanctions[-1]
    assert (told.sanction, told.decided_by_person) == ("uphold", True)
    assert told.reason_codes == ("seller_authorised",)
    assert party.tier == "warned"


def test_a_suspended_complainant_is_heard_and_let_in_again():
    at = START + 10 * DAY
    party = suspended().appeal(at=at, role="complainant")
    assert party.tasks[-1].role == "complainant"
    party.decide(at=at + DAY)
    assert (party.tier, party.told[-1]) == ("ordinary", "lift")


def test_an_appeal_is_still_decided_where_the_measure_has_ended_by_itself():
    party = warned().appeal()
    party.pass_until(START + 181 * DAY)
    assert (party.tier, party.told[-1]) == ("ordinary", "lift")
    party.decide(at=START + 182 * DAY, granted=False)
    assert party.told[-1] == "lift"
    assert not party.row.appeals[-1].open


def expired(days=181):
    party = warned()
    party.pass_until(START + days * DAY)
    return party


def test_what_has_ended_is_appealed_and_counts_no_more():
    party = expired().appeal(at=START + 182 * DAY)
    assert party.tasks[-1].tier == "warned"
    party.take(*strikes([10, 11], START + 183 * DAY))
    party.decide(at=START + 184 * DAY)
    lifted = party.sanctions[-1]
    assert (lifted.sanction, lifted.decided_by_person) == ("lift", True)
    # What came after the measure counts, and its own conduct doesn't come back.
    assert (party.tier, party.standing.strikes) == ("ordinary", 2)
    party.take(*strikes([12], START + 185 * DAY))
    assert party.tier == "warned"


def test_who_is_rejected_after_the_end_is_told_and_stays_free():
    party = suspended()
    at = START + 150 * DAY
    party.pass_until(at)
    assert party.tier == "ordinary"
    party.appeal(at=at, role="complainant").decide(at=at + DAY, granted=False)
    assert (party.tasks[-1].role, party.told[-1]) == ("complainant", "uphold")
    assert party.tier == "ordinary"


@pytest.mark.parametrize(
    "late",
    [
        lambda: (expired(), START + 185 * DAY),
        lambda: (warned().appeal().decide(), START + 3 * DAY),
        lambda: (expired().appeal(1, START + 181 * DAY).decide(1, START + 182 * DAY), None),
        lambda: (warned().appeal().decide(granted=False).pass_until(START + 181 * DAY), None),
    ],
    ids=["after six months", "lifted by an appeal", "heard once", "heard while it stood"],
)
def test_what_has_ended_is_heard_once_and_in_time(late):
    party, at = late()
    tasks = len(party.tasks)
    party.appeal(7, at or START + 183 * DAY)
    assert party.last.no_action == "no_sanction_to_appeal"
    assert len(party.tasks) == tasks


@pytest.mark.parametrize(
    ("party", "role", "no_action"),
    [
        (lambda: Appellant().take(*strikes(range(2), START)), "seller", "no_sanction_to_appeal"),
        (warned, "complainant", "no_sanction_to_appeal"),
        (lambda: warned().appeal(2), "seller", "appeal_already_open"),
        (lambda: warned().appeal().decide(granted=False), "seller", "duplicate_appeal"),
    ],
)
def test_an_appeal_that_is_not_taken_is_told_why(party, role, no_action):
    party = party()
    tasks = len(party.tasks)
    party.appeal(at=START + 3 * DAY, role=role)
    assert party.last.no_action == no_action
    assert len(party.tasks) == tasks


def test_who_was_rejected_may_appeal_the_next_time():
    party = warned().appeal().decide(granted=False).appeal(2, START + 3 * DAY)
    assert [each.appeal_id for each in party.tasks] == ["appeal-1", "appeal-2"]


def test_what_nobody_appealed_is_not_decided():
    party = warned().decide()
    assert party.last.no_action == "no_open_appeal"
    party.appeal().decide().decide(at=START + 3 * DAY)
    assert party.last.no_action == "no_open_appeal"
    assert party.told == ["warn", "lift"]


def of_closure(party):
    made = Appellant()
    made.row, made.outputs = party.row, list(party.outputs)
    return made


def test_of_a_closure_nobody_decides_twice():
    party = of_closure(proposed().take(decision()))
    at = PROPOSED_AT + DAY
    party.appeal(at=at)
    assert party.tasks[-1].excluded_reviewer_ids == ("reviewer-1",)
    party.decide(at=at, reviewer_id="reviewer-1")
    assert party.last.no_action == "same_reviewer"
    party.decide(at=at, second_reviewer_id="reviewer-1")
    assert party.last.no_action == "same_reviewer"
    party.decide(at=at + 1)
    assert (party.tier, party.told[-1]) == ("restricted", "restrict")
    party.pass_until(PROPOSED_AT + 40 * DAY)
    assert "close" not in party.told


def test_a_closure_stays_where_the_appeal_is_rejected():
    party = of_closure(proposed().take(decision()))
    party.appeal(at=PROPOSED_AT + DAY).decide(at=PROPOSED_AT + 2 * DAY, granted=False)
    assert party.told[-1] == "uphold"
    party.pass_until(PROPOSED_AT + 30 * DAY)
    assert party.tier == "closed"


def test_a_proposal_may_be_appealed_before_it_is_decided():
    party = of_closure(proposed())
    party.appeal(at=PROPOSED_AT).decide(at=PROPOSED_AT + 1)
    assert (party.tier, party.told[-1]) == ("restricted", "restrict")


def test_appeals_take_no_room_without_bound():
    party = warned()
    for number in range(3 * MAXIMUM_APPEALS):
        at = START + DAY + number
        party.appeal(number, at).decide(number, at, granted=False)
    assert len(party.row.appeals) <= MAXIMUM_APPEALS
