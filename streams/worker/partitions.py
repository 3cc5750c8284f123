"""The partitions of a worker and how far each is on its way to being processed.

A partition that was assigned waits for its stable offsets, then for its rows, and then runs. After
an aborted or unknown transaction all partitions take the same way again: what was committed is
read back from Kafka rather than remembered.
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterable
from enum import Enum
from typing import Any

from confluent_kafka import (
    OFFSET_BEGINNING,
    OFFSET_INVALID,
    KafkaError,
    KafkaException,
    TopicPartition,
)

from processors.step import Origin
from schemas.handled_errors import note_handled
from streams.clock import Clock
from streams.kafka.clients import ask_leaders
from streams.kafka.errors import ends_client
from streams.state.restore import Restoration, Restorer
from streams.state.state_origin import OffsetsMissing
from streams.topology import ALL_INPUTS, LEAD_TOPIC

logger = logging.getLogger(__name__)

OFFSETS_TIMEOUT_SECONDS = 2.0
RETRY_SECONDS = 0.2
RENEW_SECONDS = 6 * 3600.0


class Phase(Enum):
    """How far a partition is."""

    AWAITS_OFFSETS = "awaits_offsets"
    RESTORING = "restoring"
    RUNNING = "running"


class Partitions:
    """Partition numbers held by this worker; all input topics of a number go together.

    The group shares out the lead topic only. The same numbers of the other inputs are added here,
    which keeps them together under an assignor that knows nothing of co-partitioning.
    """

    def __init__(
        self,
        consumer: Any,
        restorer: Restorer,
        before_leaving: Callable[[], None],
        on_gone: Callable[[int], None],
        clock: Clock,
        begin_missing_offsets: bool = False,
    ) -> None:
        self._consumer = consumer
        self._restorer = restorer
        self._before_leaving = before_leaving
        self._on_gone = on_gone
        self._clock = clock
        self._begin_missing_offsets = begin_missing_offsets
        self._retry_at_seconds = 0.0
        self._phases: dict[int, Phase] = {}
        self._committed: dict[tuple[str, int], int] = {}
        self._held: set[tuple[str, int]] = set()
        self._restored: dict[int, Restoration] = {}
        self._renewed_at: dict[int, float] = {}
        self._fresh: set[int] = set()
        self.next_offsets: dict[tuple[str, int], int] = {}
        self.origins: dict[int, Origin] = {}

    def subscribe(self) -> None:
        """Join the group."""
        ask_leaders(self._consumer, ALL_INPUTS)
        self._consumer.subscribe(
            [LEAD_TOPIC], on_assign=self._assigned, on_revoke=self._revoked, on_lost=self._revoked
        )

    def running(self, partition: int) -> bool:
        """Whether records of a partition may be processed."""
        return self._phases.get(partition) is Phase.RUNNING

    def in_phase(self, phase: Phase) -> list[int]:
        """Return the partitions in a phase, ascending."""
        return sorted(number for number, at in self._phases.items() if at is phase)

    @property
    def all(self) -> list[int]:
        """All partitions held, ascending."""
        return sorted(self._phases)

    def advance(self, timeout_seconds: float) -> list[Restoration]:
        """Bring partitions on; give those that began to run."""
        waiting = self.in_phase(Phase.AWAITS_OFFSETS)
        if waiting and self._clock.monotonic_seconds() >= self._retry_at_seconds:
            self._begin_restore(waiting)
        done = self._restorer.turn(timeout_seconds) if self._restorer.partitions else []
        self._restored.update({restored.partition: restored for restored in done})
        return [self._restored.pop(number) for number in list(self._restored) if self._run(number)]

    def rewind(self) -> None:
        """Take all partitions back to what is committed, after a transaction that failed."""
        self._consumer.pause(self._inputs(self._phases))
        for number in self._phases:
            self._restorer.stop(number)
            self._restored.pop(number, None)
            self._phases[number] = Phase.AWAITS_OFFSETS

    def hold(self, source: tuple[str, int], offset: int) -> None:
        """Read no more of a topic partition for now, and then go on from this offset."""
        if source in self._held:
            return
        self._held.add(source)
        position = TopicPartition(source[0], source[1], offset)
        self._consumer.pause([position])
        self._consumer.seek(position)

    def release(self, source: tuple[str, int]) -> None:
        """Go on reading a topic partition that was held."""
        if source in self._held and self.running(source[1]):
            self._held.discard(source)
            self._consumer.resume([TopicPartition(*source)])

    @property
    def held(self) -> frozenset[tuple[str, int]]:
        """Topic partitions that are held."""
        return frozenset(self._held)

    def note(self, offsets: dict[tuple[str, int], int], origins: dict[int, Origin]) -> None:
        """Note what was committed."""
        now = self._clock.monotonic_seconds()
        for number, count in Counter(number for _, number in offsets).items():
            if count == len(ALL_INPUTS) and number in self._renewed_at:
                self._fresh.discard(number)
                self._renewed_at[number] = now
        self.next_offsets.update(offsets)
        self.origins.update(origins)

    @property
    def overdue(self) -> list[int]:
        """Running partitions whose offsets are to be committed again, if they are idle too.

        Brokers forget offsets of topics that a group does not subscribe to, as it does to the lead
        topic only, a week after they were committed last.
        """
        before = self._clock.monotonic_seconds() - RENEW_SECONDS
        return [n for n in self.in_phase(Phase.RUNNING) if self._renewed_at[n] <= before]

    def renewals(self) -> dict[tuple[str, int], int]:
        """Return where inputs go on whose offsets are to be in the next transaction whatever it has
        of them; none may be under way.

        With a partition's first rows all its offsets are committed: one that is missing later was
        forgotten, and does not mean that its topic was never read.
        """
        numbers = self._fresh.union(self.overdue).intersection(self.in_phase(Phase.RUNNING))
        return {(t, n): self.next_offsets[t, n] for n in sorted(numbers) for t in ALL_INPUTS}

    def standing(self, partitions: Iterable[int]) -> dict[tuple[str, int], int]:
        """Return where the lead topic stands in running partitions, for a transaction without
        inputs.

        By offsets alone the coordinator sees that whoever sends them is in the group no longer:
        without, a process that was stopped meanwhile would fire timers that others have fired.
        """
        return {
            (LEAD_TOPIC, number): self.next_offsets[LEAD_TOPIC, number]
            for number in sorted(partitions)
            if self.running(number)
        }

    def _assigned(self, consumer: Any, assigned: list[TopicPartition]) -> None:
        numbers = [each.partition for each in assigned]
        inputs = self._inputs(numbers)
        consumer.incremental_assign(inputs)
        if inputs:
            consumer.pause(inputs)
        for number in numbers:
            self._phases[number] = Phase.AWAITS_OFFSETS

    def _revoked(self, consumer: Any, revoked: list[TopicPartition]) -> None:
        numbers = [each.partition for each in revoked]
        self._before_leaving()
        consumer.incremental_unassign(self._inputs(numbers))
        for number in numbers:
            self._phases.pop(number, None)
            self._restorer.stop(number)
            self._restored.pop(number, None)
            self.origins.pop(number, None)
            self._renewed_at.pop(number, None)
            self._fresh.discard(number)
            for topic in ALL_INPUTS:
                self.next_offsets.pop((topic, number), None)
                self._held.discard((topic, number))
            self._on_gone(number)

    def _inputs(self, numbers: Iterable[int]) -> list[TopicPartition]:
        return [TopicPartition(topic, number) for number in numbers for topic in ALL_INPUTS]

    def _begin_restore(self, numbers: list[int]) -> None:
        try:
            # Waits for transactions of a former owner to end: read_committed asks for stable ones.
            committed = self._consumer.committed(self._inputs(numbers), OFFSETS_TIMEOUT_SECONDS)
            for each in committed:
                if each.error is not None:
                    raise KafkaException(each.error)
            self._restorer.start(numbers)
        except KafkaException as error:
            if ends_client(error.args[0]):
                raise
            note_handled("restore", error)
            self._retry_at_seconds = self._clock.monotonic_seconds() + RETRY_SECONDS
            return
        for each in committed:
            self._committed[each.topic, each.partition] = each.offset
        for number in numbers:
            self._phases[number] = Phase.RESTORING

    def _begin_without_offsets(self, topics: list[str], number: int) -> None:
        """Begin topics anew beside rows, where that was asked for. Errors: OffsetsMissing.

        Its old records would be decided again, on the listings and marks of today.
        """
        if self._begin_missing_offsets:
            logger.warning("read from the beginning, beside rows: %s of %s", number, topics)
            return
        raise OffsetsMissing(
            f"there are rows of partition {number}, and no committed offsets of "
            f"{', '.join(topics)}: either they expired (offsets.retention.minutes), or the group "
            "is another. Set the group's offsets to where it was (kafka-consumer-groups "
            "--reset-offsets), or, if these were never read, start once with "
            "--begin-missing-offsets"
        )

    def _run(self, number: int) -> bool:
        """Let a restored partition run; False where the client can't place its inputs yet."""
        offsets = {topic: self._committed[topic, number] for topic in ALL_INPUTS}
        missing = [topic for topic, offset in offsets.items() if offset == OFFSET_INVALID]
        if missing and self._restorer.has_rows(number):
            self._begin_without_offsets(missing, number)
        try:
            for topic, offset in offsets.items():
                start = OFFSET_BEGINNING if offset == OFFSET_INVALID else offset
                self._consumer.seek(TopicPartition(topic, number, start))
        except KafkaException as error:
            if error.args[0].code() == KafkaError._STATE:
                # It was assigned a moment ago, and the client has not begun with it.
                note_handled("placing", error)
                return False
            raise
        for topic, offset in offsets.items():
            del self._committed[topic, number]
            self.next_offsets[topic, number] = max(offset, 0)
        self._fresh.add(number)
        self._renewed_at[number] = self._clock.monotonic_seconds()
        inputs = self._inputs([number])
        self._consumer.resume([i for i in inputs if (i.topic, number) not in self._held])
        self._phases[number] = Phase.RUNNING
        return True
