"""What timers told, read back from the output topics: how often each, and when."""

from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

from confluent_kafka import Consumer, KafkaException, TopicPartition

from ops.trials.chaos.timeline import Timeline
from replay.log import KafkaLog
from schemas.events.decisions import ComplaintDecided
from schemas.events.sla import CaseClosed, SlaBreached, SlaWarningRaised
from schemas.topic_names import DECISIONS_EVENTS, SLA_EVENTS
from schemas.wire.codec import Codec
from streams.kafka.clients import consumer_settings

TOPICS = (SLA_EVENTS, DECISIONS_EVENTS)
COUNTED = frozenset({b"ip.SlaWarningRaised", b"ip.SlaBreached", b"ip.CaseClosed"})
MAXIMUM_SHOWN = 5
BATCH_RECORDS = 10_000


class FiredTimer(NamedTuple):
    """A timer that fired: of which case and kind, when it was due, and when the broker took it."""

    number: int
    kind: str
    due_at_milliseconds: int
    appended_at_milliseconds: int


class FiredTimerCounter:
    """Counts committed events of timers as they come."""

    def __init__(self, bootstrap_servers: str) -> None:
        self._consumer = Consumer(consumer_settings(bootstrap_servers, "told"))
        numbers = KafkaLog(bootstrap_servers).partitions(SLA_EVENTS)
        self._consumer.assign([TopicPartition(SLA_EVENTS, number, 0) for number in numbers])
        self._count = 0

    def count(self, timeout_seconds: float) -> int:
        """Return how many there are by now. Errors: KafkaException."""
        for message in self._consumer.consume(BATCH_RECORDS, timeout_seconds):
            error = message.error()
            if error is None:
                self._count += dict(message.headers() or ()).get("ce_type") in COUNTED
            elif not error.retriable():
                raise KafkaException(error)
        return self._count

    def close(self) -> None:
        """Close the client."""
        self._consumer.close()


def read_told(bootstrap_servers: str, codec: Codec) -> Iterator[FiredTimer]:
    """Return all that timers told. Errors: ReplayError."""
    for topic in TOPICS:
        for record in KafkaLog(bootstrap_servers).read_all(topic):
            found = _kind_and_due(codec.decode(topic, record.value or b"", record.headers_source))
            if found is not None:
                number = int((record.key or b"").rpartition(b"-")[2])
                yield FiredTimer(number, *found, record.timestamp_milliseconds)


def _kind_and_due(event: Any) -> tuple[str, int] | None:
    if isinstance(event, SlaWarningRaised):
        return "warning", event.due_at_milliseconds
    if isinstance(event, SlaBreached):
        return "breach", event.due_at_milliseconds
    if isinstance(event, CaseClosed):
        return "closed", event.closed_at_milliseconds
    if isinstance(event, ComplaintDecided) and event.outcome == "decline":
        return "end of wait", event.decided_at_milliseconds
    return None


class Expected(NamedTuple):
    """When a timer of each case is due, and since when, in the machine's time, it existed."""

    due_at_milliseconds: dict[str, list[int]]
    since_milliseconds: list[int]


def check(
    found: Iterator[FiredTimer], expected: Expected, timeline: Timeline
) -> tuple[int, list[str]]:
    """Return how many timers fired, and what is wrong: missing, doubled, early, or of another time.

    Early is what the broker took before the clock had shown the time that it was due at.
    """
    cases = len(expected.since_milliseconds)
    seen = {kind: bytearray(cases) for kind in expected.due_at_milliseconds}
    wrong: Counter[str] = Counter()
    examples: dict[str, list[FiredTimer]] = {}
    for told in found:
        number, kind, due, appended = told
        flaws = []
        if seen[kind][number]:
            flaws.append("told twice")
        seen[kind][number] = 1
        if due != expected.due_at_milliseconds[kind][number]:
            flaws.append("of another time")
        if due > timeline.highest(expected.since_milliseconds[number], appended):
            flaws.append("early")
        for flaw in flaws:
            wrong[flaw] += 1
            examples.setdefault(flaw, []).append(told)
    fired = sum(map(sum, seen.values()))
    missing = cases * len(seen) - fired
    problems = [
        f"{n:,} {flaw}, such as {examples[flaw][:MAXIMUM_SHOWN]}" for flaw, n in wrong.items()
    ]
    if missing:
        problems.append(f"{missing:,} missing")
    return fired, problems
