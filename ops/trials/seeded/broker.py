"""A model of brokers: logs, transactions and what readers of committed records see of them.

As in Kafka, a transaction's end is decided by its coordinator first, and is told by markers in each
of its partitions afterwards, one by one; a record is seen once it is on enough brokers.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from ops.trials.seeded.faults import Faults
from ops.trials.seeded.schedule import Schedule
from schemas.wire.codec import GivenHeaders
from streams.kafka.records import InputRecord
from streams.topology import (
    ALL_INPUTS,
    CO_PARTITIONED,
    GLOBAL_TABLES,
    MONITOR_INPUTS,
    MONITOR_TABLES,
)

Source = tuple[str, int]
REPLICATION_MILLISECONDS, MARKER_MILLISECONDS = 30, 60
TIMEOUT_MILLISECONDS = 15_000
READ_BY_SERVICES = frozenset({*ALL_INPUTS, *GLOBAL_TABLES, *MONITOR_INPUTS, *MONITOR_TABLES})


class Refused(Exception):
    """A request that is refused; the message says why, in a word."""


@dataclass(eq=False)
class Transaction:
    """A transaction, and what is still to be told of its end."""

    state: Literal["open", "committed", "aborted"] = "open"
    firsts: dict[Source, int] = field(default_factory=dict)
    offsets: dict[str, dict[Source, int]] = field(default_factory=dict)
    unmarked: list[Source | str] = field(default_factory=list)


class Entry(NamedTuple):
    """A record, or the marker of a transaction's end."""

    key: bytes | None
    value: bytes | None
    headers: GivenHeaders
    timestamp_milliseconds: int
    transaction: Transaction | None
    is_marker: bool
    appended_at_milliseconds: int


class PartitionLog:
    """One partition: entries by offset, and since when each is seen."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.open: dict[Transaction, int] = {}
        self._seen_at: list[int] = []

    def append(self, entry: Entry, seen_at_milliseconds: int) -> int:
        """Append an entry, and return its offset."""
        latest = self._seen_at[-1] if self._seen_at else 0
        self._seen_at.append(max(latest, seen_at_milliseconds))
        self.entries.append(entry)
        return len(self.entries) - 1

    def high_watermark(self, now_milliseconds: int) -> int:
        """Return behind which offset nothing is on enough brokers."""
        if not self._seen_at or self._seen_at[-1] <= now_milliseconds:
            return len(self._seen_at)
        return bisect_right(self._seen_at, now_milliseconds)

    def stable_end(self, now_milliseconds: int) -> int:
        """Return how far readers of committed records may read."""
        seen = self.high_watermark(now_milliseconds)
        return min(seen, *self.open.values()) if self.open else seen

    def committed(self, start: int, end: int) -> Iterator[tuple[int, Entry]]:
        """Yield the committed records of a range, with their offsets."""
        for offset in range(start, end):
            entry = self.entries[offset]
            transaction = entry.transaction
            if entry.is_marker or (transaction is not None and transaction.state != "committed"):
                continue
            yield offset, entry


class _Producer:
    def __init__(self) -> None:
        self.epoch = 0
        self.transaction: Transaction | None = None


class Broker:
    """All topics of a cluster, its transactions, and the offsets that groups committed."""

    fences = True

    def __init__(self, schedule: Schedule, faults: Faults, partitions: int) -> None:
        self.schedule = schedule
        self.faults = faults
        self._partitions = partitions
        self._logs: dict[Source, PartitionLog] = {}
        self._producers: dict[str, _Producer] = {}
        self.committed: dict[str, dict[Source, int]] = {}
        self.changes = 0
        """How many entries were appended so far."""
        self._seen_at = 0
        self._unstable: dict[str, list[Transaction]] = {}
        self._asked_in_vain: set[str] = set()
        """Groups of which somebody waits to know the offsets."""

    @property
    def is_seen(self) -> bool:
        """Whether all that was appended is on enough brokers."""
        return self.schedule.now_milliseconds >= self._seen_at

    def partitions(self, topic: str) -> list[int]:
        """Return a topic's partition numbers."""
        return list(range(self._partitions if topic in CO_PARTITIONED else 1))

    def log(self, topic: str, partition: int) -> PartitionLog:
        """Return the log of a topic partition."""
        source = (topic, partition)
        log = self._logs.get(source)
        if log is None:
            log = self._logs[source] = PartitionLog()
        return log

    def append(self, source: Source, record: InputRecord, transaction: Transaction | None) -> int:
        """Append a record, and return its offset."""
        now = self.schedule.now_milliseconds
        content = (record.key, record.value, record.headers or ())
        return self._append(
            source, Entry(*content, record.timestamp_milliseconds, transaction, False, now)
        )

    def _append(self, source: Source, entry: Entry) -> int:
        delay = self.schedule.chance.randrange(REPLICATION_MILLISECONDS)
        log = self.log(*source)
        offset = log.append(entry, self.schedule.now_milliseconds + delay)
        self.changes += 1
        self._seen_at = max(self._seen_at, self.schedule.now_milliseconds + delay)
        transaction = entry.transaction
        if transaction is not None and not entry.is_marker:
            if source not in transaction.firsts:
                transaction.firsts[source] = log.open[transaction] = offset
        else:
            self._nudge(source[0], delay)
        return offset

    def _nudge(self, topic: str, delay_milliseconds: int) -> None:
        """Wake those who read a topic; others would look for nothing."""
        if topic in READ_BY_SERVICES:
            self.schedule.nudge(delay_milliseconds)

    def init_producer(self, name: str) -> int:
        """Give a transactional id to whoever asks, fence all others and end what they left."""
        producer = self._producers.setdefault(name, _Producer())
        producer.epoch += 1
        transaction = producer.transaction
        if transaction is not None:
            if transaction.state == "open":
                self._decide(name, transaction, "aborted")
            self._complete(transaction)
        producer.transaction = None
        self.schedule.note("broker", "producer", name, producer.epoch)
        return producer.epoch

    def transaction(self, name: str, epoch: int) -> Transaction:
        """Return the open transaction of a producer, begun if there is none. Errors: Refused."""
        producer = self._fenced(name, epoch)
        transaction = producer.transaction
        if transaction is None or transaction.state != "open":
            if transaction is not None:
                self._complete(transaction)
            transaction = producer.transaction = Transaction()
            begun = transaction
            self.schedule.after(TIMEOUT_MILLISECONDS, lambda: self._time_out(name, begun))
        return transaction

    def add_offsets(self, name: str, epoch: int, group: str, offsets: dict[Source, int]) -> None:
        """Make offsets part of a transaction. Errors: Refused."""
        transaction = self.transaction(name, epoch)
        if group not in transaction.offsets:
            self._unstable.setdefault(group, []).append(transaction)
        transaction.offsets.setdefault(group, {}).update(offsets)

    def end(self, name: str, epoch: int, commit: bool) -> None:
        """End the transaction of a producer, whichever it is by now. Errors: Refused."""
        producer = self._fenced(name, epoch)
        transaction = producer.transaction
        if transaction is None:
            return
        wanted: Literal["committed", "aborted"] = "committed" if commit else "aborted"
        if transaction.state == "open":
            self._decide(name, transaction, wanted)
        elif transaction.state != wanted:
            raise Refused("invalid_txn_state")

    def stable_offsets(self, group: str, sources: Iterable[Source]) -> dict[Source, int] | None:
        """Return what a group committed; None while a transaction may still change it."""
        wanted = set(sources)
        for transaction in self._unstable.get(group, []):
            if wanted & transaction.offsets[group].keys():
                self._asked_in_vain.add(group)
                return None
        return self.committed.get(group, {})

    def _fenced(self, name: str, epoch: int) -> _Producer:
        producer = self._producers[name]
        if self.fences and producer.epoch != epoch:
            raise Refused("fenced")
        return producer

    def _decide(
        self, name: str, transaction: Transaction, state: Literal["committed", "aborted"]
    ) -> None:
        transaction.state = state
        self.schedule.note("broker", state, name, len(transaction.firsts))
        transaction.unmarked = [*transaction.firsts, *transaction.offsets]
        for place in list(transaction.unmarked):
            delay = self.schedule.chance.randrange(MARKER_MILLISECONDS)
            self.schedule.after(delay, lambda place=place: self._mark(transaction, place))  # type: ignore[misc]

    def _complete(self, transaction: Transaction) -> None:
        for place in list(transaction.unmarked):
            self._mark(transaction, place)

    def _mark(self, transaction: Transaction, place: Source | str) -> None:
        if place not in transaction.unmarked:
            return
        transaction.unmarked.remove(place)
        if isinstance(place, str):
            self._unstable[place].remove(transaction)
            if transaction.state == "committed":
                self.committed.setdefault(place, {}).update(transaction.offsets[place])
            if place in self._asked_in_vain:
                self._asked_in_vain.remove(place)
                self.schedule.nudge()
            return
        now = self.schedule.now_milliseconds
        self.log(*place).open.pop(transaction, None)
        self._append(place, Entry(None, None, (), now, transaction, True, now))

    def _time_out(self, name: str, transaction: Transaction) -> None:
        if transaction.state == "open":
            self._producers[name].epoch += 1
            self._decide(name, transaction, "aborted")
