"""One transaction for one batch: all of its records and offsets, or none.

Errors are of three classes (librdkafka's transactional API): retriable, tried again within a
time limit; abortable, after which the batch is read again; fatal. What is unknown is fatal. A
commit of which the end is not known leaves the producer unfit: librdkafka has no KIP-890, so a
delayed request could end a later transaction (librdkafka issue 5423). It is then destroyed, and
the next one's initialisation settles what was left.
"""

from collections.abc import Callable, Iterable
from enum import Enum
from functools import partial
from typing import Any, Final

from confluent_kafka import KafkaError, KafkaException, Producer, TopicPartition

from schemas.handled_errors import note_handled
from streams.clock import Clock
from streams.kafka.errors import ends_client
from streams.kafka.records import OutputRecord
from streams.topology import CHANGELOG

Probe = Callable[[str], None]

CALLS_OF_COMMIT, MARGIN_SECONDS = 3, 5.0
"""Calls that a commit makes at most, each bounded; and how much a busy machine may add."""


class ErrorClass(Enum):
    """What is to be done after an error."""

    RETRIABLE = "retriable"
    ABORTABLE = "abortable"
    FATAL = "fatal"


REFUSALS: Final = frozenset(
    {
        KafkaError.MSG_SIZE_TOO_LARGE,
        KafkaError.INVALID_TIMESTAMP,
        KafkaError.INVALID_RECORD,
        KafkaError.POLICY_VIOLATION,
    }
)
"""Errors of a record that a broker will never take."""


class TransactionAborted(Exception):
    """Nothing of the batch is visible: it is to be read again."""


class RecordRefused(TransactionAborted):
    """So is this one, and one of its records will be refused again."""


class TransactionIndefinite(Exception):
    """Whether the batch was committed isn't known: the producer is to be made again."""


class ProducerFatal(Exception):
    """The producer was fenced or can't go on: the worker is to stop."""


def classify(error: KafkaError) -> ErrorClass:
    """Return the class of an error; one that says nothing of itself is fatal."""
    if ends_client(error):
        return ErrorClass.FATAL
    if error.txn_requires_abort():
        return ErrorClass.ABORTABLE
    if error.retriable():
        return ErrorClass.RETRIABLE
    return ErrorClass.FATAL


class Transactions:
    """The transactional producer of a worker, made again where it must be."""

    def __init__(
        self,
        configuration: dict[str, Any],
        clock: Clock,
        timeout_seconds: float,
        make: Callable[[dict[str, Any]], Any] = Producer,
    ) -> None:
        self._configuration = configuration
        self._clock = clock
        self._timeout_seconds = timeout_seconds
        self._make = make
        self._producer: Any = None
        self._last_offsets: dict[int, int] = {}

    def open(self) -> None:
        """Make the producer; it fences any other of its id and settles what that left open.

        Errors: ProducerFatal, also where no coordinator answers in time: nothing is under way that
        could be aborted, and who starts the process again asks again.
        """
        self.discard()
        self._producer = self._make(self._configuration)
        try:
            producer = self._producer
            self._attempt(producer, producer.init_transactions, indefinite=True)
        except (TransactionAborted, TransactionIndefinite) as error:
            raise ProducerFatal(f"the transactional id can't be taken: {error}") from error

    def discard(self) -> None:
        """Destroy the producer without finishing anything."""
        if self._producer is not None:
            self._producer.purge()
            self._producer = None

    def run(
        self,
        changelog: list[OutputRecord],
        outputs: list[OutputRecord],
        offsets: list[TopicPartition],
        group_metadata: Any,
        probe: Probe,
    ) -> dict[int, int]:
        """Commit a batch; give for each partition the changelog offset of its last row.

        Errors: TransactionAborted, TransactionIndefinite, ProducerFatal.
        """
        self.produce(changelog, outputs, probe)
        return self.commit(offsets, group_metadata, probe)

    def produce(
        self, changelog: list[OutputRecord], outputs: list[OutputRecord], probe: Probe
    ) -> None:
        """Begin a transaction, and hand over its records. Errors: as those of `run`."""
        self._last_offsets = {}
        self._begin()
        self._produce_changelog(changelog)
        probe("after_changelog_produce")
        for record in outputs:
            self._produce(record, None)

    def commit(
        self, offsets: list[TopicPartition], group_metadata: Any, probe: Probe
    ) -> dict[int, int]:
        """Commit the transaction begun, with these offsets; give the same as `run`.

        It waits for brokers most of the time, without holding the interpreter's lock. Nothing else
        may be asked of the producer meanwhile. Where its client never answers, `open` gives others
        a new one, and all that is done here is still the old one's. Errors: as those of `run`.
        """
        producer, last_offsets = self._producer, self._last_offsets
        if offsets:
            self._attempt(
                producer,
                lambda seconds: producer.send_offsets_to_transaction(
                    offsets, group_metadata, seconds
                ),
            )
        probe("after_send_offsets")
        self._attempt(producer, producer.commit_transaction, indefinite=True)
        producer.poll(0)
        return last_offsets

    @property
    def longest_seconds(self) -> float:
        """As long as `commit` takes at most where the client keeps to its times: offsets, the
        commit, and an abort after either."""
        return CALLS_OF_COMMIT * self._timeout_seconds + MARGIN_SECONDS

    def _begin(self) -> None:
        try:
            self._producer.begin_transaction()
        except KafkaException as error:
            self._give_up(self._producer, error)

    def _produce_changelog(self, changelog: list[OutputRecord]) -> None:
        # A report may come after the end of its transaction, in the midst of the next: it is none
        # of that one's.
        delivered = partial(_note_delivered, self._last_offsets)
        by_partition: dict[int, list[dict[str, Any]]] = {}
        for record in changelog:
            message = {"key": record.key, "value": record.value}
            by_partition.setdefault(record.partition, []).append(message)
        for partition, messages in by_partition.items():
            # One delivery report for a partition is enough: its rows are appended in order.
            messages[-1]["callback"] = delivered
            self._produce_all(CHANGELOG, partition, messages)

    def _produce_all(self, topic: str, partition: int, messages: list[dict[str, Any]]) -> None:
        """Hand over records without headers at once; what a full queue left is tried again.

        The partition goes with the call: the client passes over a message's own.
        """
        deadline = self._clock.monotonic_seconds() + self._timeout_seconds
        while messages:
            try:
                self._producer.produce_batch(topic, messages, partition=partition)
            except KafkaException as error:
                self._give_up(self._producer, error)
            messages = [message for message in messages if "_error" in message]
            for failure in [message.pop("_error") for message in messages]:
                if failure.code() != KafkaError._QUEUE_FULL:
                    self._give_up(self._producer, KafkaException(failure))
            if messages and self._clock.monotonic_seconds() >= deadline:
                self._abort(self._producer)
                raise TransactionAborted("the producer's queue stays full")
            if messages:
                self._producer.poll(0.05)

    def _produce(self, record: OutputRecord, report: Callable[..., None] | None) -> None:
        deadline = self._clock.monotonic_seconds() + self._timeout_seconds
        while True:
            try:
                self._producer.produce(
                    record.topic,
                    value=record.value,
                    key=record.key,
                    partition=record.partition,
                    headers=record.headers,
                    timestamp=record.timestamp_milliseconds,
                    on_delivery=report,
                )
            except BufferError:
                if self._clock.monotonic_seconds() >= deadline:
                    self._abort(self._producer)
                    raise TransactionAborted("the producer's queue stays full") from None
                self._producer.poll(0.05)
            except KafkaException as error:
                self._give_up(self._producer, error)
            else:
                return

    def _attempt(
        self, producer: Any, call: Callable[[float], Any], indefinite: bool = False
    ) -> None:
        deadline = self._clock.monotonic_seconds() + self._timeout_seconds
        while True:
            try:
                call(max(0.1, deadline - self._clock.monotonic_seconds()))
            except KafkaException as error:
                if classify(error.args[0]) is not ErrorClass.RETRIABLE:
                    self._give_up(producer, error)
                note_handled("transaction", error)
                if self._clock.monotonic_seconds() < deadline:
                    continue
                if indefinite:
                    raise TransactionIndefinite(str(error.args[0])) from error
                self._abort(producer)
                raise TransactionAborted(str(error.args[0])) from error
            else:
                return

    def _give_up(self, producer: Any, error: KafkaException) -> None:
        is_refused = error.args[0].code() in REFUSALS
        if is_refused or classify(error.args[0]) is ErrorClass.ABORTABLE:
            self._abort(producer)
            kind = RecordRefused if is_refused else TransactionAborted
            raise kind(str(error.args[0])) from error
        raise ProducerFatal(str(error.args[0])) from error

    def _abort(self, producer: Any) -> None:
        try:
            producer.abort_transaction(self._timeout_seconds)
        except KafkaException as error:
            if classify(error.args[0]) is ErrorClass.FATAL:
                raise ProducerFatal(str(error.args[0])) from error
            raise TransactionIndefinite(str(error.args[0])) from error


def _note_delivered(offsets: dict[int, int], error: KafkaError | None, message: Any) -> None:
    if error is None:
        offsets[message.partition()] = message.offset()


def offsets_of(next_offsets: Iterable[tuple[tuple[str, int], int]]) -> list[TopicPartition]:
    """Return the offsets to commit as the client takes them."""
    return [TopicPartition(topic, part, offset) for (topic, part), offset in next_offsets]
