"""Sellers who are struck are asked for what is missing of who they are; people do the rest."""

import pytest
from test_closures import FAIR, KnownParty
from test_fair_sanctions import strikes
from test_standing import DAY, START, complaints
from world import owner

from schemas.events.standings import SanctionParty
from schemas.events.trader_identity import AskTraderIdentity

MISSING = ("identity_document", "payment_account")


class Trader(KnownParty):
    """A seller of which so much is missing."""

    def __init__(self, missing=MISSING, policy=FAIR):
        super().__init__(policy=policy)
        self.tells(missing)

    def tells(self, missing):
        self.party = owner(kind="seller", trader_identity_missing=missing)

    @property
    def asked(self):
        found = [each for each in self.outputs if isinstance(each, AskTraderIdentity)]
        return [(each.stage, each.missing) for each in found]


def struck(count=1, **options):
    return Trader(**options).take(*strikes(range(count), START))


def test_a_struck_seller_is_asked_once_and_has_ten_days():
    party = struck(2)
    assert party.asked == [("asked", MISSING)]
    [command] = [each for each in party.outputs if isinstance(each, AskTraderIdentity)]
    until = command.answer_until_milliseconds
    assert until == command.issued_at_milliseconds + 10 * DAY
    party.pass_until(until - 1)
    assert len(party.asked) == 1
    party.pass_until(until)
    assert party.asked[1:] == [("overdue", MISSING)]
    assert not any(isinstance(each, SanctionParty) for each in party.outputs)


def test_what_is_told_in_time_is_not_overdue():
    party = struck()
    party.tells(())
    party.pass_until(START + 11 * DAY)
    assert party.asked == [("asked", MISSING)]


def test_what_is_still_missing_is_overdue():
    party = struck()
    party.tells(("payment_account",))
    party.pass_until(START + 11 * DAY)
    assert party.asked[-1] == ("overdue", ("payment_account",))


def test_who_is_struck_again_later_is_asked_again():
    party = struck()
    party.pass_until(START + 11 * DAY)
    party.take(*strikes([5], START + 12 * DAY))
    assert [stage for stage, _ in party.asked] == ["asked", "overdue", "asked"]


@pytest.mark.parametrize(
    "options",
    [
        {"missing": None},
        {"missing": ()},
        {"policy": FAIR._replace(trader_identity_days=0)},
    ],
    ids=["not known", "nothing missing", "not asked for by the policy"],
)
def test_who_is_not_to_be_asked_is_not(options):
    party = struck(**options)
    party.pass_until(START + 11 * DAY)
    assert party.asked == []


def test_a_complainant_is_never_asked():
    party = Trader().take(*complaints(["complaint_declined"] * 3, at=START, manifest=True))
    assert party.asked == []
