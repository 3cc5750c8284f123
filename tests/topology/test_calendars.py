"""By whose days parties' times end, and how long the complainant's answers may stop the clock."""

import pytest
from world import HOUR, complaint, listing, owner
from world import START as NOW
from world_disputes import appeal, clarification, retraction

from processors.policies.business_calendar import Calendar
from processors.policies.local_days import calendar_version
from processors.policies.service_level import ServiceLevel
from schemas.events.sla import CaseClosed, SlaClockPaused, SlaClockResumed
from streams.driver import DriverSettings
from topology.harness import PARTITIONS, STANDING, DriverHarness
from topology.test_disputes import NOTICES, reasons, tell, told
from topology.test_lifecycle import COMPLAINTS, LISTINGS, PARTIES, tell_tables

LOCAL = calendar_version()


@pytest.fixture
def driven_with(tmp_path):
    made = []

    def make(**times):
        level = ServiceLevel(standing=STANDING, calendar=LOCAL, **times)
        settings = DriverSettings(PARTITIONS, NOW, service_level=level)
        made.append(DriverHarness(tmp_path / "state", settings))
        return made[-1]

    yield make
    for each in made:
        each.close()


def notices(harness, role):
    return [each for each in harness.read(NOTICES) if each.role == role and each.kind == "decision"]


@pytest.mark.parametrize(
    ("country", "territories"),
    [("", ("US",)), ("AU", ("US", "AU")), ("IL", ("US", "IL")), ("EU", ("US", "EU"))],
)
def test_the_sellers_times_end_by_its_own_days_where_these_are_later(
    driven_with, country, territories
):
    driven = driven_with()
    tell_tables(driven)
    seller = owner(party_id="seller-9", kind="seller", authorised_seller_ids=(), country=country)
    driven.send(PARTIES, "seller-9", seller)
    tell(driven, LISTINGS, listing())
    tell(driven, COMPLAINTS, complaint())
    [told_seller], [told_complainant] = (
        notices(driven, role) for role in ("seller", "complainant")
    )
    issued = told_seller.issued_at_milliseconds
    both, one = Calendar(LOCAL, territories), Calendar(LOCAL, ("US",))
    assert told_seller.answer_until_milliseconds == both.business_days_end(issued, 3)
    assert told_seller.appeal_until_milliseconds == both.months_end(issued, 6)
    assert told_complainant.appeal_until_milliseconds == one.months_end(issued, 6)
    if country == "IL":
        # Friday and Saturday are days of rest there, and Sunday is one in the United States.
        assert told_seller.answer_until_milliseconds > one.business_days_end(issued, 3)


def test_a_seller_may_appeal_as_long_as_it_was_told(driven_with):
    driven = driven_with()
    tell_tables(driven)
    seller = owner(party_id="seller-9", kind="seller", authorised_seller_ids=(), country="AS")
    driven.send(PARTIES, "seller-9", seller)
    tell(driven, LISTINGS, listing())
    tell(driven, COMPLAINTS, complaint())
    [until] = {each.appeal_until_milliseconds for each in notices(driven, "seller")}
    driven.driver.advance(until - driven.driver.clock.now_milliseconds() - 1)
    tell(driven, "ip.counter-notices.events", appeal())
    assert not driven.dead_letters()
    assert "appeal_too_late" not in {each.reason for each in driven.driver.accounted}


def ask_again(driven, hours):
    """Let hours pass, and answer so that it is to be asked again."""
    driven.driver.advance(hours * HOUR)
    number = len(told(driven, SlaClockPaused)) + len(reasons(driven))
    name = f"clarification-{number}"
    tell(driven, COMPLAINTS, clarification(clarification_id=name, signature="", contact_email=""))


def test_pauses_add_up_to_one_limit_however_often_a_case_is_asked(driven_with):
    driven = driven_with(pause_limit_milliseconds=20 * HOUR)
    tell_tables(driven)
    tell(driven, LISTINGS, listing())
    tell(driven, COMPLAINTS, complaint(signature=""))
    for hours in (8, 8, 2):
        ask_again(driven, hours)
    driven.driver.advance(100 * HOUR)
    paused = sum(each.paused_seconds for each in told(driven, SlaClockResumed))
    assert paused == pytest.approx(20 * 3600, abs=1)
    [closed] = told(driven, CaseClosed)
    assert closed.paused_seconds == pytest.approx(20 * 3600, abs=1)
    assert reasons(driven)[-1] == ("clarification_not_given",)


def test_a_case_that_is_retracted_amid_a_pause_counts_what_had_passed(driven_with):
    driven = driven_with(pause_limit_milliseconds=20 * HOUR)
    tell_tables(driven)
    tell(driven, LISTINGS, listing())
    tell(driven, COMPLAINTS, complaint(signature=""))
    driven.driver.advance(5 * HOUR)
    tell(driven, COMPLAINTS, retraction())
    [closed] = told(driven, CaseClosed)
    assert closed.paused_seconds == pytest.approx(5 * 3600, abs=1)
