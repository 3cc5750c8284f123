"""Commits one batch while the next is stepped: in a thread of its own, which waits for brokers."""

from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any, NamedTuple

from processors.step import Origin
from streams.kafka.clients import CommitThread
from streams.kafka.records import InputRecord, OutputRecord
from streams.kafka.transactions import (
    Probe,
    TransactionIndefinite,
    Transactions,
    offsets_of,
)
from streams.state.indexes import DueTimer
from streams.topology import PARTY_INPUTS
from streams.worker.batch_journal import Notes
from streams.worker.results import RegistryStimulus, Result


class Batch(NamedTuple):
    """Inputs of one transaction."""

    records: list[InputRecord]
    timers: list[DueTimer]
    stimuli: list[RegistryStimulus]


class SteppedBatch(NamedTuple):
    """A batch and all that is to be committed of it; where its inputs go on, by topic partition,
    and the last record of each partition number."""

    batch: Batch
    result: Result
    notes: Notes
    offsets: dict[tuple[str, int], int]
    origins: dict[int, Origin]
    started_seconds: float

    @property
    def partitions(self) -> frozenset[int]:
        """Partitions with an input in the batch."""
        return frozenset(each.partition for inputs in self.batch for each in inputs)


class UnderWay(NamedTuple):
    """A batch that is being committed, with dead letters of the tables' topics."""

    stepped: SteppedBatch
    letters: list[OutputRecord]
    partitions: frozenset[int]
    end: "Future[dict[int, int]]"


class Commits:
    """At most one commit is under way."""

    def __init__(
        self,
        transactions: Transactions,
        probe: Probe,
        make_thread: Callable[[], Executor] = CommitThread,
    ) -> None:
        self._transactions = transactions
        self._probe = probe
        self._make_thread = make_thread
        self._thread = make_thread()
        self.under_way: UnderWay | None = None
        self.last_batch = Batch([], [], [])
        """Of which the commit was begun last."""

    @property
    def busy(self) -> frozenset[int]:
        """Partitions of which a batch is being committed."""
        return frozenset() if self.under_way is None else self.under_way.partitions

    @property
    def ended(self) -> bool:
        """Whether `wait` would not wait."""
        return self.under_way is not None and self.under_way.end.done()

    def start(
        self, stepped: SteppedBatch, letters: list[OutputRecord], group_metadata: Any
    ) -> None:
        """Hand over a batch's records, and begin to commit them. Errors: those of Transactions."""
        result, self.last_batch = stepped.result, stepped.batch
        outputs = [*letters, *stepped.notes.records, *result.outputs]
        self._transactions.produce(result.changelog, outputs, self._probe)
        end = self._thread.submit(
            self._transactions.commit,
            offsets_of(stepped.offsets.items()),
            group_metadata,
            self._probe,
        )
        self.under_way = UnderWay(stepped, letters, stepped.partitions, end)

    def wait(self) -> tuple[UnderWay, dict[int, int]]:
        """Return the batch under way once it is committed, and the changelog offset of its last
        row by partition; none is under way then. Errors: those of Transactions."""
        under_way, self.under_way = self.under_way, None
        if under_way is None:
            raise ValueError("no commit is under way")
        try:
            return under_way, under_way.end.result(self._transactions.longest_seconds)
        except TimeoutError:
            # A client may wait for ever, whatever it was told. Its thread is left to itself.
            self._thread.shutdown(wait=False)
            self._thread = self._make_thread()
            raise TransactionIndefinite("the client does not answer") from None

    def close(self) -> None:
        """Wait for the thread's end; what it committed is found in Kafka."""
        self.under_way = None
        self._thread.shutdown()


def positions_of(
    records: list[InputRecord],
) -> tuple[dict[tuple[str, int], int], dict[int, Origin]]:
    """Return where each topic partition goes on, and the last record of each partition number.

    Decisions on listings name the latter; what parties' rows take in leads to none.
    """
    last = {record[:2]: record for record in records}
    latest = {record[1]: record for record in records if record[0] not in PARTY_INPUTS}
    offsets = {source: record.offset + 1 for source, record in last.items()}
    return offsets, {number: Origin(*record[:3]) for number, record in latest.items()}
