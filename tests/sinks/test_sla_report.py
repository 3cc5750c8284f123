"""The SLA table counts cases, whatever is read twice or out of order."""

from world import HOUR, START

from schemas.events.decisions import Capsule, ComplaintDecided
from schemas.events.sla import CaseClosed, SlaBreached, SlaClockStarted, SlaWarningRaised
from sinks.sla_report import SlaReport

CAPSULE = Capsule("ComplaintFiled", "ip.complaints.events", 0, 0, "", None, None, None, None, "1")


def started(case):
    return SlaClockStarted(case, "listing-1", "shop", START, START + 24 * HOUR)


def closed(case, outcome="take_down", number=1, within=True):
    return CaseClosed(
        case, "listing-1", "shop", START, START + 24 * HOUR, number, outcome, ("counterfeit",),
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
    assert empty.lines()


def test_attainment_is_of_all_cases_and_takedowns_of_those_closed():
    found = report(
        *(started(f"case-{number}") for number in range(4)),
        closed("case-0"),
        closed("case-1", "decline"),
        closed("case-2", within=False),
        "something else",
    )
    assert found.attainment == 2 / 4
    assert found.taken_down == 2 / 3


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
