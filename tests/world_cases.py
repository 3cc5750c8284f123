"""Lives of cases as their topics tell them, for tests of the case store and the review desk."""

from random import Random
from typing import Any

from world import HOUR, START, complaint, review

from processors.identifiers import command_id
from schemas.events.acknowledgements import CommandAcknowledged
from schemas.events.appeals import AppealDecided, AppealFiled
from schemas.events.complaints import ClarificationProvided, Evidence
from schemas.events.counter_notices import CounterNoticeAnswered, CounterNoticeFiled
from schemas.events.decisions import Capsule, ComplaintDecided
from schemas.events.detections import MisuseDetected, ReviewDetection
from schemas.events.enforcement import EnforcementConfirmed, EnforcementOverdue
from schemas.events.notices import NotifyParty
from schemas.events.reviews import ReviewComplaint
from schemas.events.sla import (
    CaseClosed,
    SlaBreached,
    SlaClockPaused,
    SlaClockResumed,
    SlaClockStarted,
    SlaWarningRaised,
)
from schemas.events.standings import ConductFactors, StandingChanged
from schemas.events.takedowns import ReinstateListing, TakeDownListing
from schemas.wire.delivered import Delivered

COMPLAINTS, DECISIONS = "ip.complaints.events", "ip.decisions.events"
TAKEDOWNS, DETECTIONS = "ip.takedowns.commands", "ip.detections.events"
TASKS, REVIEWS = "ip.reviews.commands", "ip.reviews.events"
COUNTER_NOTICES, ACKNOWLEDGEMENTS = "ip.counter-notices.events", "ip.acknowledgements.events"
SLA, NOTICES, STANDINGS = "ip.sla.events", "ip.notices.commands", "ip.standings.state"
PARTITIONS = 4
CAPSULE = Capsule("ComplaintFiled", COMPLAINTS, 0, 0, "hash", None, None, None, 1, "0.1.0")

TopicEvent = tuple[str, Any]


def task(case_id: str, number: int = 1, **changes: Any) -> ReviewComplaint:
    return ReviewComplaint(
        command_id=command_id(case_id, number),
        case_id=case_id,
        decision_number=number,
        listing_id=f"listing-of-{case_id}",
        marketplace="shop",
        complainant_id="holder-1",
        ground="counterfeit",
        reason_codes=("no_rule_applies",),
        received_at_milliseconds=START,
        deadline_at_milliseconds=START + 24 * HOUR,
        issued_at_milliseconds=START,
        rights_holder_id="holder-1",
        seller_id="seller-9",
        language="en",
    )._replace(**changes)


def decided(case_id: str, number: int, outcome: str, **changes: Any) -> ComplaintDecided:
    return ComplaintDecided(
        case_id=case_id,
        decision_number=number,
        listing_id=f"listing-of-{case_id}",
        marketplace="shop",
        outcome=outcome,
        reason_codes=("counterfeit",),
        rule_id="rule",
        findings={"registry": "in_force"},
        shadow_outcome=None,
        received_at_milliseconds=START,
        decided_at_milliseconds=START + number * HOUR,
        deadline_at_milliseconds=START + 24 * HOUR,
        closes_case=outcome in ("take_down", "decline", "reinstate"),
        capsule=CAPSULE,
        complainant_id="holder-1",
        seller_id="seller-9",
        ground="counterfeit",
    )._replace(**changes)


def life(name: str, holder: str = "holder-1") -> list[TopicEvent]:
    """Return a case's whole life: review, clarification, takedown, objection, appeal, put-back."""
    listing = f"listing-of-{name}"
    place = (name, listing, "shop")
    down, up = command_id(name, 4), command_id(name, 6)
    filed = complaint(complaint_id=name, listing_id=listing, complainant_id=holder)
    return [
        (COMPLAINTS, filed),
        (SLA, SlaClockStarted(*place, START, START + 24 * HOUR)),
        (NOTICES, _notice(name, 0, "complaint_received", START)),
        (DECISIONS, decided(name, 1, "send_to_review")),
        (TASKS, task(name, 1)),
        (REVIEWS, _reviewed(name, 1, "ask_for_clarification")),
        (DECISIONS, decided(name, 2, "ask_for_clarification", rule_id=f"review:{name}-1")),
        (SLA, SlaClockPaused(*place, START + 24 * HOUR, START + 99 * HOUR, START + 2 * HOUR)),
        (COMPLAINTS, _clarification(name)),
        (SLA, SlaClockResumed(*place, START + 25 * HOUR, 3_600.0, START + 3 * HOUR)),
        (DECISIONS, decided(name, 3, "send_to_review")),
        (TASKS, task(name, 3, issued_at_milliseconds=START + 3 * HOUR)),
        (SLA, SlaWarningRaised(*place, START, START + 25 * HOUR, START + 19 * HOUR, "decline")),
        (REVIEWS, _reviewed(name, 3, "take_down")),
        (DECISIONS, decided(name, 4, "take_down", rule_id=f"review:{name}-3", command_id=down)),
        (TAKEDOWNS, _takedown(name, down)),
        (SLA, _closed(name, 4, "take_down")),
        (SLA, EnforcementOverdue(down, *place, "take_down", "acknowledgement", 1, START, START)),
        (ACKNOWLEDGEMENTS, _acknowledged(name, down, "failed", 5)),
        (ACKNOWLEDGEMENTS, _acknowledged(name, down, "executed", 6)),
        (SLA, _confirmed(place, down, "take_down", "acknowledged", 6)),
        (SLA, _confirmed(place, down, "take_down", "proved", 7)),
        (COUNTER_NOTICES, _counter_notice(name)),
        (COUNTER_NOTICES, _answer(name)),
        (TASKS, _subject_task(name, 4, "counter_notice", f"counter-{name}")),
        (REVIEWS, _reviewed(name, 4, "take_down", subject_id=f"counter-{name}")),
        (DECISIONS, decided(name, 5, "take_down", rule_id=f"review:{name}-4")),
        (NOTICES, _notice(name, 5, "counter_notice_decided", START + 9 * HOUR)),
        (COUNTER_NOTICES, _appeal(name)),
        (TASKS, _subject_task(name, 5, "appeal", f"appeal-{name}")),
        (DECISIONS, decided(name, 6, "reinstate", command_id=up)),
        (DECISIONS, _appeal_decided(name)),
        (TAKEDOWNS, _reinstatement(name, up)),
        (SLA, SlaBreached(*place, START, START + 25 * HOUR, START + 25 * HOUR, "reinstate")),
        (STANDINGS, _standing(holder)),
    ]


def detection(name: str) -> list[TopicEvent]:
    """Return a doubtful title and the task that it makes."""
    listing = f"listing-of-{name}"
    detected = MisuseDetected(
        name, listing, "shop", "seller-9", 3, "https://shop.example/1", "Cut3x", "send_to_review",
        ("disguised_mark",), (), 0, None, None, "hash", "1", "1", 0, 0, "0.1.0", START,
    )  # fmt: skip
    reasons = ("disguised_mark",)
    task_id = command_id(name, 1)
    asked = ReviewDetection(task_id, name, listing, "shop", "seller-9", 3, reasons, START)
    return [(DETECTIONS, detected), (TASKS, asked)]


def delivered(told: list[TopicEvent], partition: int = 0) -> list[Delivered]:
    """Place events in their topics, in their order."""
    offsets: dict[str, int] = {}
    records = []
    for number, (topic, event) in enumerate(told):
        offset = offsets.get(topic, 0)
        offsets[topic] = offset + 1
        records.append(Delivered(topic, partition, offset, event, START + number))
    return records


def shuffled(records: list[Delivered], seed: int) -> list[Delivered]:
    """Return records of several topics interleaved anew; those of one partition keep their
    order.
    """
    random = Random(seed)
    queues: dict[tuple[str, int], list[Delivered]] = {}
    for record in records:
        queues.setdefault((record.topic, record.partition), []).append(record)
    taken = []
    while queues:
        source = random.choice(sorted(queues))
        taken.append(queues[source].pop(0))
        if not queues[source]:
            del queues[source]
    return taken


def _reviewed(name: str, number: int, outcome: str, **changes: Any) -> Any:
    found = review(
        review_id=f"{name}-{number}",
        case_id=name,
        listing_id=f"listing-of-{name}",
        decision_number=number,
        outcome=outcome,
    )
    return found._replace(**changes)


def _clarification(name: str) -> ClarificationProvided:
    listing = f"listing-of-{name}"
    evidence = (Evidence(f"doc-{name}", "photo", None),)
    nothing = (None,) * 7
    said = ("The seller has no licence from us.", *nothing)
    at = START + 3 * HOUR
    return ClarificationProvided(f"more-{name}", name, listing, "holder-1", *said, evidence, at)


def _takedown(name: str, command: str) -> TakeDownListing:
    return TakeDownListing(
        command, name, 4, f"listing-of-{name}", "shop", "seller-9", 1, "https://shop.example/1",
        "US:76044902", "CUTEX", "counterfeit", "US", ("counterfeit",), START, START + 25 * HOUR,
        START + 4 * HOUR, "Cutex",
    )  # fmt: skip


def _reinstatement(name: str, command: str) -> ReinstateListing:
    place = (f"listing-of-{name}", "shop", "seller-9")
    return ReinstateListing(command, name, 6, *place, ("counterfeit",), START + 6 * HOUR)


def _closed(name: str, number: int, outcome: str) -> CaseClosed:
    at = START + number * HOUR
    return CaseClosed(
        name, f"listing-of-{name}", "shop", START, START + 25 * HOUR, number, outcome,
        ("counterfeit",), at, 3_600.0 * (number - 1), True, 3_600.0,
    )  # fmt: skip


def _acknowledged(name: str, command: str, result: str, hours: int) -> CommandAcknowledged:
    place = (command, name, f"listing-of-{name}", "shop")
    return CommandAcknowledged(f"{command}-{hours}", *place, result, "busy", START + hours * HOUR)


def _confirmed(place: Any, command: str, action: str, stage: str, hours: int) -> Any:
    at = START + hours * HOUR
    elapsed = (hours - 4) * 3_600.0
    return EnforcementConfirmed(command, *place, action, stage, START + 4 * HOUR, at, elapsed)


def _counter_notice(name: str) -> CounterNoticeFiled:
    return CounterNoticeFiled(
        f"counter-{name}", name, f"listing-of-{name}", "seller-9", "authorized",
        "I bought these from the rights holder.", True, True, "S. Seller", (), START + 8 * HOUR,
    )  # fmt: skip


def _answer(name: str) -> CounterNoticeAnswered:
    place = (name, f"listing-of-{name}", "holder-1")
    return CounterNoticeAnswered(f"answer-{name}", *place, "reject", "No.", START + 9 * HOUR)


def _subject_task(name: str, number: int, kind: str, subject_id: str) -> ReviewComplaint:
    made = command_id(f"{name}\x00{kind}", number)
    return task(name, number, command_id=made, kind=kind, subject_id=subject_id)


def _appeal(name: str) -> AppealFiled:
    place = (name, f"listing-of-{name}", "seller-9")
    return AppealFiled(f"appeal-{name}", *place, "They are genuine.", START + 10 * HOUR)


def _appeal_decided(name: str) -> AppealDecided:
    return AppealDecided(
        f"appeal-{name}", name, 6, f"listing-of-{name}", "shop", "seller-9", "seller", True,
        ("seller_authorised",), "reviewer-8", START + 10 * HOUR, START + 11 * HOUR,
    )  # fmt: skip


def _notice(name: str, number: int, kind: str, at: int) -> NotifyParty:
    place = (name, f"listing-of-{name}", "shop")
    return NotifyParty(
        f"notice-{name}-{number}", "holder-1", "complainant", kind, *place, number, "", (), True,
        None, None, at,
    )  # fmt: skip


def _standing(party_id: str) -> StandingChanged:
    factors = ConductFactors(1, 0.5, "low", "none")
    return StandingChanged(party_id, "complainant", "ordinary", (), 0, factors, None, START)
