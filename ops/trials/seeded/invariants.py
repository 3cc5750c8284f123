"""What is true of a run whatever faults it had: each check returns what is wrong, as sentences."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from ops.trials.seeded.clients import SKEW_MILLISECONDS, Clients
from ops.trials.seeded.committed import CommittedLog, Told
from ops.trials.seeded.machines import MOST_SKEW_MILLISECONDS
from replay.compare import compare_all
from replay.log import ReplayError
from replay.remake import BATCHES, remake
from schemas.events.decisions import ComplaintDecided
from schemas.events.detections import BlockListing, DelistListing, MisuseDetected
from schemas.events.enforcement import EnforcementOverdue
from schemas.events.sla import CaseClosed, SlaBreached, SlaWarningRaised
from schemas.events.takedowns import ReinstateListing, TakeDownListing
from schemas.topic_names import (
    ACCOUNTS_COMMANDS,
    CONDUCT_EVENTS,
    DEAD_LETTERS,
    DECISIONS_EVENTS,
    DETECTIONS_EVENTS,
    NOTICES_COMMANDS,
    REVIEWS_COMMANDS,
    SLA_EVENTS,
    TAKEDOWNS_COMMANDS,
)
from schemas.wire.codec import UNKNOWN_SCHEMA, Codec
from streams.kafka.dead_letters import field_of, reason_of
from streams.topology import ALL_INPUTS, GLOBAL_TABLES

SHOWN = 3
SKEWS_MILLISECONDS = MOST_SKEW_MILLISECONDS + SKEW_MILLISECONDS
"""A worker's clock and a sender's are that far apart at most."""


def shown(names: Iterable[Any]) -> str:
    """Return how many there are, and the first of them."""
    found = [str(each) for each in names]
    return f"{len(found)}, such as {', '.join(found[:SHOWN])}"


class Finished:
    """What a run left behind, decoded once."""

    def __init__(self, log: CommittedLog, codec: Codec, clients: Clients) -> None:
        self.log = log
        self.codec = codec
        self.clients = clients
        self.decisions = self.of(DECISIONS_EVENTS)
        self.commands = self.of(TAKEDOWNS_COMMANDS)
        self.sla = self.of(SLA_EVENTS)
        self.decided = [t.event for t in self.decisions if isinstance(t.event, ComplaintDecided)]

    def of(self, topic: str) -> list[Told]:
        """Return what was told on a topic, by partition, then in order."""
        return list(self.log.told(topic, self.codec))

    def ids(self, topic: str) -> list[str]:
        """Return the ids by which consumers of a topic drop repeats."""
        names = {CONDUCT_EVENTS: "conduct_id"}
        name = names.get(topic, "command_id")
        return [getattr(each.event, name) for each in self.of(topic)]


def check_endings(run: Finished) -> Iterator[str]:
    """Each input was taken exactly once, in the order of its partition, as the journal tells."""
    taken: dict[tuple[str, int], list[int]] = defaultdict(list)
    for partition in run.log.partitions(BATCHES):
        places = {
            topic: [record.offset for record in run.log.read(topic, partition)]
            for topic in ALL_INPUTS
        }
        for told in run.log.read(BATCHES, partition):
            batch = run.codec.decode(BATCHES, told.value or b"", told.headers)
            for each in batch.inputs:
                offsets = [o for o in places[each.topic] if o >= each.first_offset]
                taken[each.topic, partition] += offsets[: each.record_count]
        for topic, offsets in places.items():
            if taken[topic, partition] != offsets:
                counts = Counter(taken[topic, partition])
                lost = [offset for offset in offsets if not counts[offset]]
                doubled = [offset for offset, count in counts.items() if count > 1]
                yield f"{topic} {partition}: lost {shown(lost)}; doubled {shown(doubled)}"


def check_dead_letters(run: Finished) -> Iterator[str]:
    """What can't be taken has one dead letter, and nothing else has any but a table's record that
    the registry did not know at first."""
    found: Counter[tuple[str, int, int]] = Counter()
    for partition in run.log.partitions(DEAD_LETTERS):
        for record in run.log.read(DEAD_LETTERS, partition):
            headers = record.headers or ()
            place = [field_of(headers, name) for name in ("topic", "partition", "offset")]
            reason = reason_of(headers)
            if place[0] not in GLOBAL_TABLES or reason != UNKNOWN_SCHEMA:
                found[place[0], int(place[1]), int(place[2])] += 1
    wanted = Counter(dict.fromkeys(run.clients.bad, 1))
    if found != wanted:
        yield f"dead letters lost: {shown(wanted - found)}; too many: {shown(found - wanted)}"


def check_complaints(run: Finished) -> Iterator[str]:
    """Each complaint was decided; the first decision of each case is number 1, and none is lost."""
    numbers: dict[str, list[int]] = defaultdict(list)
    for each in run.decided:
        numbers[each.case_id].append(each.decision_number)
    undecided = sorted(run.clients.filed - numbers.keys())
    if undecided:
        yield f"complaints without a decision: {shown(undecided)}"
    gaps = [case for case, found in numbers.items() if found != list(range(1, len(found) + 1))]
    if gaps:
        yield f"decisions lost, doubled or out of order: {shown(gaps)}"


def check_commands(run: Finished) -> Iterator[str]:
    """No command without its decision, no decision without its command, and each command once."""
    by_decision = {(each.case_id, each.decision_number): each for each in run.decided}
    carried = {each.command_id for each in run.decided if each.command_id}
    given = {*run.ids(TAKEDOWNS_COMMANDS), *run.ids(REVIEWS_COMMANDS)}
    lone = [
        t.event.command_id
        for t in run.commands
        if not isinstance(t.event, BlockListing | DelistListing)
        and (t.event.case_id, t.event.decision_number) not in by_decision
    ]
    if lone:
        yield f"commands without a decision: {shown(lone)}"
    if carried - given:
        yield f"decisions without their command: {shown(sorted(carried - given))}"
    for topic in (
        *(TAKEDOWNS_COMMANDS, NOTICES_COMMANDS),
        *(ACCOUNTS_COMMANDS, CONDUCT_EVENTS),
    ):
        doubled = [name for name, count in Counter(run.ids(topic)).items() if count > 1]
        if doubled:
            yield f"{topic} doubled: {shown(doubled)}"


def check_tasks(run: Finished) -> Iterator[str]:
    """Tasks are told once."""
    told = Counter(each.event.command_id for each in run.of(REVIEWS_COMMANDS))
    doubled = [name for name, count in told.items() if count > 1]
    if doubled:
        yield f"{REVIEWS_COMMANDS} doubled: {shown(doubled)}"


def check_detections(run: Finished) -> Iterator[str]:
    """Each detection is told once, and what monitors command rests on one."""
    told = Counter(
        each.event.detection_id
        for each in run.of(DETECTIONS_EVENTS)
        if isinstance(each.event, MisuseDetected)
    )
    doubled = [name for name, count in told.items() if count > 1]
    if doubled:
        yield f"detections doubled: {shown(doubled)}"
    lone = [
        t.event.command_id
        for t in run.commands
        if isinstance(t.event, BlockListing | DelistListing) and not told[t.event.detection_id]
    ]
    if lone:
        yield f"commands without a detection: {shown(lone)}"


def check_overturned(run: Finished) -> Iterator[str]:
    """What is taken down in the end is so by a case of which the last closing decision says so."""
    outcomes: dict[str, ComplaintDecided] = {}
    for each in run.decided:
        if each.closes_case:
            outcomes[each.case_id] = each
    upheld = {each.listing_id for each in outcomes.values() if each.outcome == "take_down"}
    last: dict[str, Any] = {}
    for told in run.commands:
        if isinstance(told.event, TakeDownListing | ReinstateListing):
            last[told.event.listing_id] = told.event
    wrong = [
        listing_id
        for listing_id, command in last.items()
        if isinstance(command, TakeDownListing) and listing_id not in upheld
    ]
    if wrong:
        yield f"taken down, overturned and not put back: {shown(wrong)}"


def check_timers(run: Finished) -> Iterator[str]:
    """Clocks tell once and not before their time."""
    told: Counter[tuple[Any, ...]] = Counter()
    early = []
    for event, _, _, appended_at in run.sla:
        if isinstance(event, CaseClosed):
            told[CaseClosed, event.case_id, event.decision_number] += 1
        elif isinstance(event, SlaWarningRaised | SlaBreached | EnforcementOverdue):
            what = event.missing if isinstance(event, EnforcementOverdue) else ""
            due = event.due_at_milliseconds
            told[type(event), event.case_id, due, what] += 1
            if appended_at + MOST_SKEW_MILLISECONDS < due:
                early.append(f"{type(event).__name__} of {event.case_id}")
    twice = [name for name, count in told.items() if count > 1]
    if twice:
        yield f"clocks told twice: {shown(twice)}"
    if early:
        yield f"clocks before their time: {shown(early)}"


def check_breaches(run: Finished) -> Iterator[str]:
    """A case that closed late had its breach told."""
    breached = {told.event.case_id for told in run.sla if isinstance(told.event, SlaBreached)}
    late = {
        event.case_id
        for event, _, _, _ in run.sla
        if isinstance(event, CaseClosed)
        and event.closed_at_milliseconds - event.deadline_at_milliseconds > SKEWS_MILLISECONDS
    }
    if late - breached:
        yield f"closed late without a breach: {shown(sorted(late - breached))}"


def check_replay(run: Finished, directory: Path) -> Iterator[str]:
    """All is made again from the log, byte for byte: outputs and rows."""
    try:
        found = compare_all(run.log, remake(run.log, run.codec, directory))
    except ReplayError as error:
        yield f"the log can't be replayed: {error}"
        return
    for topic, comparison in found.items():
        if comparison.different:
            yield f"replay of {topic}: {shown(comparison.examples)}"
