"""A log written back into empty topics, each record at the offset that it had.

Offsets are what decisions, rows and readers' positions name, so a log that has others is another.
Offsets that have no record were those of markers, of aborted records, and of what compaction took.
Before the first record they get records that are deleted afterwards. Later on, one alone gets the
marker of a committed transaction, and more of them get records of an aborted one.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from typing import Any, Final, NamedTuple

from confluent_kafka import KafkaError, Message, Producer

from replay.log import Log
from replay.remake import BATCHES, batches_of
from schemas.wire.codec import Codec
from schemas.wire.delivered import Source
from streams.kafka.clients import producer_settings
from streams.kafka.log_ends import LogEnds
from streams.kafka.producing import send_copy
from streams.kafka.records import InputRecord

STRETCH_RECORDS: Final = 5_000
"""What is sent of a partition at once, and how many offsets are passed over at once, at most."""
TIMEOUT_SECONDS: Final = 120.0
_SETTINGS: Final[Mapping[str, Any]] = {
    "queue.buffering.max.messages": 1_000_000,
    # Topics say what is too long: each record was in one of its name.
    "message.max.bytes": 4 << 20,
    # All that is to be sent is there before it is waited for.
    "linger.ms": 1,
}
_FILLER_KEY: Final = b"-"
"""Compacted topics refuse records without a key."""


class RestorationFailed(Exception):
    """The log is not as it was; the message says where."""


class Stretch(NamedTuple):
    """Records of a partition one after the other, and how many offsets behind them have none."""

    source: Source
    first_offset: int
    records: Sequence[InputRecord]
    passed_over: int


class Restored(NamedTuple):
    """How many records and offsets without any were written, and where each partition begins."""

    records: int
    passed_over: int
    firsts: dict[Source, int]


def stretches(records: Iterable[InputRecord], source: Source, end: int) -> Iterator[Stretch]:
    """Yield a partition's log up to its end."""
    taken: list[InputRecord] = []
    first = 0
    for record in records:
        missing = record.offset - first - len(taken)
        if missing or len(taken) == STRETCH_RECORDS:
            yield from _passing_over(source, first, taken, missing)
            taken, first = [], record.offset
        taken.append(record)
    yield from _passing_over(source, first, taken, max(0, end - first - len(taken)))


def _passing_over(
    source: Source, first: int, taken: Sequence[InputRecord], missing: int
) -> Iterator[Stretch]:
    """Yield records and the offsets behind them, where these are many in parts. No part is one
    offset without records before it, for which there would be no marker."""
    while taken or missing:
        now = missing if missing <= STRETCH_RECORDS + 1 else STRETCH_RECORDS
        yield Stretch(source, first, taken, now)
        first, taken, missing = first + len(taken) + now, (), missing - now


class Restoration:
    """Writes the partitions of a topic side by side, a stretch of each at a time."""

    def __init__(
        self, bootstrap_servers: str, make: Callable[[dict[str, Any]], Any] = Producer
    ) -> None:
        """Errors: KafkaException."""
        self._wrong: list[str] = []
        self._ends = LogEnds(bootstrap_servers)
        self._plain, self._committing, self._aborting = (
            make(producer_settings(bootstrap_servers, {**_SETTINGS, **own}))
            for own in (
                {},
                {"transactional.id": "ip-restoration-committed"},
                {"transactional.id": "ip-restoration-aborted"},
            )
        )
        for each in (self._committing, self._aborting):
            each.init_transactions(TIMEOUT_SECONDS)

    def write(self, log: Log, ends: Mapping[Source, int]) -> Restored:
        """Write partitions of one topic up to their ends.

        Errors: RestorationFailed, KafkaException; ReplayError where the log can't be read.
        """
        running = {source: stretches(log.read(*source), source, ends[source]) for source in ends}
        firsts: dict[Source, int] = {}
        records = passed_over = 0
        while running:
            found = {source: next(each, None) for source, each in running.items()}
            running = {source: each for source, each in running.items() if found[source]}
            some = [stretch for stretch in found.values() if stretch]
            for each in some:
                if each.records:
                    firsts.setdefault(each.source, each.first_offset)
                records += len(each.records)
                passed_over += each.passed_over
            self._write(some, firsts)
        return Restored(records, passed_over, {**ends, **firsts})

    def _write(self, some: Sequence[Stretch], begun: Mapping[Source, int]) -> None:
        marked = [each for each in some if _is_marked(each)]
        if marked:
            self._committing.begin_transaction()
            self._produce(self._committing, marked)
            self._committing.commit_transaction(TIMEOUT_SECONDS)
        others = [each for each in some if not _is_marked(each)]
        self._produce(self._plain, others)
        behind = [each for each in others if each.passed_over]
        leading = [each for each in behind if each.source not in begun]
        self._produce(self._plain, [_fillers(each, each.passed_over) for each in leading])
        later = [each for each in behind if each.source in begun]
        if later:
            self._aborting.begin_transaction()
            # The last offset is the marker's.
            self._produce(self._aborting, [_fillers(each, each.passed_over - 1) for each in later])
            self._aborting.abort_transaction(TIMEOUT_SECONDS)
        self._await_markers([*marked, *later])

    def _await_markers(self, some: Sequence[Stretch]) -> None:
        """Wait until each transaction's marker is there: brokers answer before they write it."""
        ends = {each.source[1]: _next_offset(each) for each in some}
        deadline = time.monotonic() + TIMEOUT_SECONDS
        while ends:
            _, reached = self._ends.ask(some[0].source[0], ends)
            ends = {number: end for number, end in ends.items() if reached[number] < end}
            if ends and time.monotonic() >= deadline:
                raise RestorationFailed("brokers did not end transactions in time")

    def _produce(self, producer: Any, some: Iterable[Stretch]) -> None:
        """Send records, and see that each comes to its offset."""
        for stretch in some:
            for offset, record in enumerate(stretch.records, stretch.first_offset):
                send_copy(producer, *stretch.source, record, partial(self._note, offset))
        if producer.flush(TIMEOUT_SECONDS):
            raise RestorationFailed("brokers did not take all records in time")
        if self._wrong:
            raise RestorationFailed(self._wrong[0])

    def _note(self, wanted: int, error: KafkaError | None, message: Message) -> None:
        place = f"{message.topic()} {message.partition()}"
        if error is not None:
            self._wrong.append(f"{place}, offset {wanted}: {error}")
        elif message.offset() != wanted:
            self._wrong.append(
                f"{place}: a record of offset {wanted} came to {message.offset()}; was it empty, "
                f"and does nobody else write to it?"
            )


def _is_marked(stretch: Stretch) -> bool:
    """Tell whether a transaction's marker is to take the one offset behind records."""
    return bool(stretch.records) and stretch.passed_over == 1


def _next_offset(stretch: Stretch) -> int:
    return stretch.first_offset + len(stretch.records) + stretch.passed_over


def _fillers(stretch: Stretch, count: int) -> Stretch:
    """Return records that nobody reads, for offsets behind those of a stretch."""
    at = stretch.records[-1].timestamp_milliseconds if stretch.records else 0
    filler = InputRecord(*stretch.source, -1, _FILLER_KEY, None, None, at)
    first = stretch.first_offset + len(stretch.records)
    return Stretch(stretch.source, first, [filler] * count, 0)


def positions_of_workers(log: Log, codec: Codec) -> dict[Source, int]:
    """Return from where workers go on in their inputs, by the journal: behind what it says last.

    Errors: ReplayError.
    """
    positions = {}
    for number in log.partitions(BATCHES):
        runs = {
            run.topic: run for each in batches_of(log, codec, number) for run in each.batch.inputs
        }
        for topic, run in runs.items():
            taken = log.read(topic, number, first_offset=run.first_offset)
            *_, last = (record.offset for record in islice(taken, run.record_count))
            positions[topic, number] = last + 1
    return positions
