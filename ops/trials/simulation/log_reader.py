"""All that the day left on the topics, read once: what happened to each case and command."""

from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

from replay.log import KafkaLog
from schemas.events.decisions import ComplaintDecided
from schemas.events.enforcement import EnforcementConfirmed, EnforcementOverdue
from schemas.events.reviews import ReviewComplaint, ReviewDecided
from schemas.events.sla import CaseClosed, SlaBreached, SlaClockStarted, SlaWarningRaised
from schemas.events.standings import SanctionParty
from schemas.events.takedowns import ReinstateListing, TakeDownListing
from schemas.topic_names import (
    ACCOUNTS_COMMANDS,
    DEAD_LETTERS,
    DECISIONS_EVENTS,
    REVIEWS_COMMANDS,
    REVIEWS_EVENTS,
    SLA_EVENTS,
    TAKEDOWNS_COMMANDS,
)
from schemas.wire.codec import Codec, DecodeError
from sinks.sla_report import proved_gone, proved_in_time
from streams.topology import ALL_INPUTS

READ = (
    *(SLA_EVENTS, DECISIONS_EVENTS, TAKEDOWNS_COMMANDS, ACCOUNTS_COMMANDS),
    *(REVIEWS_COMMANDS, REVIEWS_EVENTS),
)
COMMANDS = (TakeDownListing, ReinstateListing)


class DayLog(NamedTuple):
    """Events by what they are about; times as in the events, milliseconds."""

    inputs: Counter[str]
    dead_letters: int
    started: Counter[str]
    closings: dict[str, CaseClosed]
    warnings: int
    breached: set[str]
    outcomes: dict[str, tuple[int, str]]
    decision_ids: Counter[tuple[str, int]]
    commands: dict[str, Any]
    doubled_commands: tuple[str, ...]
    sanctions: int
    suspended: set[str]
    asked: dict[str, ReviewComplaint]
    reviewed: dict[tuple[str, int, str], ReviewDecided]
    review_records: int
    confirmed: dict[str, list[float]]
    proved: set[str]
    proved_in_time: set[str]
    overdue: Counter[str]


def read_day(bootstrap_servers: str, codec: Codec) -> DayLog:
    """Read the topics. Errors: ReplayError."""
    log = DayLog(
        inputs=Counter(),
        dead_letters=0,
        started=Counter(),
        closings={},
        warnings=0,
        breached=set(),
        outcomes={},
        decision_ids=Counter(),
        commands={},
        doubled_commands=(),
        sanctions=0,
        suspended=set(),
        asked={},
        reviewed={},
        review_records=0,
        confirmed={"acknowledged": [], "proved": []},
        proved=set(),
        proved_in_time=set(),
        overdue=Counter(),
    )
    for topic in ALL_INPUTS:
        log.inputs[topic] = _count(bootstrap_servers, topic)
    counts: Counter[str] = Counter()
    doubled: list[str] = []
    for event in _events(bootstrap_servers, codec):
        counts[type(event).__name__] += 1
        if isinstance(event, COMMANDS):
            if event.command_id in log.commands:
                doubled.append(event.command_id)
            log.commands[event.command_id] = event
        elif isinstance(event, SanctionParty):
            log.suspended.update([event.party_id] if event.sanction == "suspend" else [])
        else:
            _take(log, event)
    return log._replace(
        dead_letters=_count(bootstrap_servers, DEAD_LETTERS),
        warnings=counts[SlaWarningRaised.__name__],
        sanctions=counts[SanctionParty.__name__],
        review_records=counts[ReviewDecided.__name__],
        doubled_commands=tuple(doubled),
    )


def _take(log: DayLog, event: Any) -> None:
    if isinstance(event, SlaClockStarted):
        log.started[event.case_id] += 1
    elif isinstance(event, CaseClosed):
        log.closings.setdefault(event.case_id, event)
    elif isinstance(event, SlaBreached):
        log.breached.add(event.case_id)
    elif isinstance(event, EnforcementConfirmed):
        _confirm(log, event)
    elif isinstance(event, EnforcementOverdue):
        log.overdue[event.missing] += 1
    elif isinstance(event, ComplaintDecided):
        log.decision_ids[event.case_id, event.decision_number] += 1
        if event.decision_number > log.outcomes.get(event.case_id, (0, ""))[0]:
            log.outcomes[event.case_id] = event.decision_number, event.outcome
    elif isinstance(event, ReviewComplaint):
        log.asked[event.command_id] = event
    elif isinstance(event, ReviewDecided):
        log.reviewed[event.case_id, event.decision_number, event.subject_id] = event


def _confirm(log: DayLog, event: EnforcementConfirmed) -> None:
    log.confirmed[event.stage].append(event.elapsed_seconds)
    if event.stage == "proved":
        log.proved.add(event.command_id)
    if proved_gone(event) and proved_in_time(event) and event.case_id in log.started:
        log.proved_in_time.add(event.case_id)


def _events(bootstrap_servers: str, codec: Codec) -> Iterator[Any]:
    for topic in READ:
        for record in KafkaLog(bootstrap_servers).read_all(topic):
            try:
                yield codec.decode(topic, record.value or b"", record.headers_source)
            except DecodeError:
                # What the day sends on purpose: it is counted as a dead letter.
                continue


def _count(bootstrap_servers: str, topic: str) -> int:
    return sum(1 for _ in KafkaLog(bootstrap_servers).read_all(topic))
