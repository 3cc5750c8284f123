"""The SLA table counts cases, whatever is read twice or out of order."""

from world import HOUR, START

from schemas.events.decisions import Capsule, ComplaintDecided
from schemas.events.enforcement import EnforcementConfirmed
from schemas.events.sla import CaseClosed, SlaBreached, SlaClockStarted, SlaWarningRaised
from sinks.sla_report import SlaReport

CAPSULE = Capsule("ComplaintFiled", "ip.complaints.events", 0, 0, "", None, None, None, None, "1")


def started(case):
    return SlaClockStarted(case, "listing-1", "shop", START, START + 24 * HOUR)


def proved(case, at, stage="proved", action="take_down"):
    return EnforcementConfirmed(
        f"command-{case}", case, "listing-1", "shop", action, stage, START, at, 0.0,
        START, START + 24 * HOUR,
    )  # fmt: skip


def closed(case, outcome="take_down", number=1, within=True, listing="listing-1"):
    return CaseClosed(
        case, listing, "shop", START, START + 24 * HOUR, number, outcome, ("counterfeit",),
        START, 0.0, within,
    )  # fmt: skip


def decided(case, outcome, number):
    return ComplaintDecided(
        case, number, "listing-1", "shop", outcome, ("counterfeit",), "rule", {}, None,
        START, START, START + 24 * HOUR, True, CAPSULE,
    )  # fmt: skip


def report(*events):
    found = SlaReport()
    for event in events:
        found.add(event)
    return found


def test_without_cases_there_are_no_shares():
    empty = report()
    assert empty.attainment is None
    assert empty.taken_down is None
    assert empty.proved_gone is None
    assert empty.lines()


def test_attainment_is_of_all_cases():
    found = report(
        *(started(f"case-{number}") for number in range(4)),
        closed("case-0"),
        closed("case-1", "decline"),
        closed("case-2", within=False),
        "something else",
    )
    assert found.attainment == 2 / 4


def test_of_the_listings_in_cases_closed_in_time_each_counts_once():
    found = report(
        closed("case-0"),
        closed("case-1"),
        closed("case-2", "decline"),
        closed("case-3", "decline", listing="listing-2"),
        closed("case-4", "decline", listing="listing-3"),
        closed("case-5", within=False, listing="listing-4"),
    )
    assert found.taken_down == 1 / 3


def test_closed_in_time_is_one_figure_and_proved_gone_in_time_another():
    found = report(
        *(started(f"case-{number}") for number in range(4)),
        *(closed(f"case-{number}") for number in range(4)),
        proved("case-0", START + HOUR),
        proved("case-0", START + HOUR),
        proved("case-1", START + 25 * HOUR),
        proved("case-2", START + HOUR, stage="acknowledged"),
        proved("case-3", START + HOUR, action="reinstate"),
    )
    assert found.attainment == 1.0
    assert found.proved_gone == 1 / 4
    assert any("proved gone in time" in line and "25.0%" in line for line in found.lines())


def test_an_older_confirmation_that_tells_no_deadline_is_no_proof_in_time():
    older = proved("case-0", START + HOUR)._replace(deadline_at_milliseconds=0)
    assert report(closed("case-0"), older).proved_gone == 0.0


def test_an_event_read_twice_counts_once_and_the_latest_decision_counts():
    found = report(
        started("case-0"),
        started("case-0"),
        closed("case-0", "decline", 2),
        closed("case-0", "take_down", 1),
        decided("case-0", "decline", 2),
        decided("case-0", "take_down", 1),
        SlaWarningRaised("case-0", "l", "shop", START, START, START, "send_to_review"),
        SlaBreached("case-0", "l", "shop", START, START, START, "send_to_review"),
        SlaBreached("case-0", "l", "shop", START, START, START, "send_to_review"),
    )
    assert found.attainment == 1.0
    assert found.taken_down == 0.0
    text = "\n".join(found.lines())
    assert "1, 1" in text
    assert "1  decline" in text
    assert "take_down  " not in text
