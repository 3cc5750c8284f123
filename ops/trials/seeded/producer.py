"""Models of the Kafka client's transactional producer, of its operators' client and of the thread
that waits for commits."""

from collections.abc import Callable
from concurrent.futures import Executor, Future
from types import SimpleNamespace
from typing import Any

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import OffsetSpec

from ops.trials.seeded.broker import REPLICATION_MILLISECONDS, Broker, Refused, Source
from ops.trials.seeded.client_errors import aborted, kafka_error, refusal, timed_out
from ops.trials.seeded.consumer import Message
from ops.trials.seeded.group import Group, GroupMetadata
from ops.trials.seeded.schedule import Process
from streams.kafka.records import InputRecord

ROUND_TRIP_MILLISECONDS = 8


class ModelProducer:
    """A transactional producer of one process."""

    def __init__(
        self, configuration: dict[str, Any], process: Process, broker: Broker, group: Group
    ) -> None:
        self._name = str(configuration["transactional.id"])
        self._process = process
        self._broker = broker
        self._faults = broker.faults
        self._chance = broker.schedule.chance
        self._group = group
        self._epoch = 0
        self._fatal = ""
        self._begun = False
        self._waiting: list[tuple[Source, InputRecord, Callable[..., None] | None]] = []
        self._reports: list[Callable[[], None]] = []

    def init_transactions(self, timeout: float) -> None:
        """Take over the transactional id. Errors: KafkaException."""
        self._round_trip()
        self._epoch = self._broker.init_producer(self._name)
        if self._faults.happens("init_unanswered"):
            self._process.sleep(int(timeout * 1000))
            raise timed_out()

    def begin_transaction(self) -> None:
        """Begin. Errors: KafkaException."""
        self._check()
        self._waiting.clear()
        self._begun = False

    def produce(self, topic: str, **record: Any) -> None:
        """Hand over a record."""
        self._check()
        headers, at = record["headers"], record["timestamp"]
        place = (topic, record["partition"])
        self._hand_over(place, record["key"], record["value"], headers, at, record["on_delivery"])

    def produce_batch(self, topic: str, messages: list[dict[str, Any]], partition: int) -> int:
        """Hand over records without headers."""
        self._check()
        for each in messages:
            at = self._broker.schedule.now_milliseconds
            report = each.get("callback")
            self._hand_over((topic, partition), each["key"], each["value"], None, at, report)
        return len(messages)

    def send_offsets_to_transaction(
        self, offsets: list[Any], metadata: GroupMetadata, timeout: float
    ) -> None:
        """Make offsets part of the transaction. Errors: KafkaException."""
        self._round_trip()
        self._check()
        if self._faults.happens("offsets_aborted"):
            raise aborted()
        why = self._group.accepts(metadata)
        if why:
            raise self._refused(why)
        places = {(each.topic, each.partition): each.offset for each in offsets}
        self._begun = True
        try:
            self._broker.add_offsets(self._name, self._epoch, self._group.name, places)
        except Refused as error:
            raise self._refused(str(error)) from error

    def commit_transaction(self, timeout: float) -> None:
        """Commit. Errors: KafkaException."""
        self._check()
        self._flush()
        wait = int(timeout * 1000)
        if self._faults.happens("commit_aborted"):
            raise aborted()
        if self._faults.happens("commit_retriable"):
            raise KafkaException(kafka_error(KafkaError.COORDINATOR_LOAD_IN_PROGRESS))
        if self._faults.happens("commit_lost"):
            self._process.sleep(wait)
            raise timed_out()
        if self._faults.happens("commit_unanswered"):
            delay = self._chance.randrange(2 * wait + 1)
            epoch = self._epoch
            self._broker.schedule.after(delay, lambda: self._end_late(epoch))
            self._process.sleep(wait)
            raise timed_out()
        self._end(commit=True)

    def abort_transaction(self, timeout: float) -> None:
        """Abort. Errors: KafkaException."""
        self._check()
        self._waiting.clear()
        if self._faults.happens("abort_unanswered"):
            self._process.sleep(int(timeout * 1000))
            raise timed_out()
        self._end(commit=False)

    def poll(self, timeout: float) -> int:
        """Tell of what was delivered."""
        reports, self._reports = self._reports, []
        for report in reports:
            report()
        return len(reports)

    def purge(self) -> None:
        """Forget what was not sent."""
        self._waiting.clear()

    def _hand_over(
        self,
        place: Source,
        key: bytes | None,
        value: bytes | None,
        headers: Any,
        at: int,
        report: Callable[..., None] | None,
    ) -> None:
        record = InputRecord(*place, 0, key, value, headers, at)
        self._waiting.append((place, record, report))
        if self._chance.random() < 0.3:
            self._send()
        if self._faults.happens("append_aborted"):
            raise aborted()

    def _flush(self) -> None:
        self._send()
        # All are on enough brokers before the end is asked for.
        self._process.sleep(REPLICATION_MILLISECONDS)

    def _send(self) -> None:
        waiting, self._waiting = self._waiting, []
        self._begun = self._begun or bool(waiting)
        for place, record, report in waiting:
            try:
                transaction = self._broker.transaction(self._name, self._epoch)
            except Refused as error:
                raise self._refused(str(error)) from error
            offset = self._broker.append(place, record, transaction)
            if report is not None:
                told = Message(place, offset, (None, None, (), 0))
                self._reports.append(lambda report=report, told=told: report(None, told))  # type: ignore[misc]

    def _end(self, commit: bool) -> None:
        if not self._begun:
            return
        self._round_trip()
        try:
            self._broker.end(self._name, self._epoch, commit)
        except Refused as error:
            raise self._refused(str(error)) from error
        self._round_trip()

    def _end_late(self, epoch: int) -> None:
        try:
            self._broker.end(self._name, epoch, commit=True)
        except Refused:
            self._broker.schedule.note("broker", "late end refused", self._name)

    def _round_trip(self) -> None:
        self._process.sleep(self._chance.randrange(1, ROUND_TRIP_MILLISECONDS))

    def _check(self) -> None:
        if self._fatal:
            raise refusal(self._fatal)

    def _refused(self, why: str) -> KafkaException:
        error = refusal(why)
        if error.args[0].fatal():
            self._fatal = why
            self._broker.schedule.note(self._name, "refused", why)
        return error


class ModelAdmin:
    """The client for operators, of which only the ends of logs are asked."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker

    def list_offsets(self, asked: dict[Any, OffsetSpec], **_options: Any) -> dict[Any, Any]:
        """Return the ends of logs, as promises that are kept. Errors: KafkaException.

        No log here is as old as the times asked for.
        """
        now = self._broker.schedule.now_milliseconds
        if self._broker.faults.happens("ends_unknown"):
            raise timed_out()
        found = {}
        for place, spec in asked.items():
            end = self._broker.log(place.topic, place.partition).high_watermark(now)
            offset = end if isinstance(spec, type(OffsetSpec.latest())) else 0  # type: ignore[no-untyped-call]
            answer: Future[Any] = Future()
            answer.set_result(SimpleNamespace(offset=offset))
            found[place] = answer
        return found


class _Commit(Future[Any]):
    """A commit that is done at some time until it is waited for."""

    def __init__(self, process: Process, call: Callable[[], Any]) -> None:
        super().__init__()
        self._process = process
        self._call: Callable[[], Any] | None = call

    def done(self) -> bool:
        """Tell whether it is done: at times it is by now."""
        if self._call is not None and self._process.schedule.chance.random() < 0.3:
            self.go()
        return super().done()

    def result(self, timeout: float | None = None) -> Any:
        """Wait for its end. Errors: those of the commit."""
        self.go()
        return super().result(timeout)

    def go(self) -> None:
        """Commit."""
        call, self._call = self._call, None
        if call is None:
            return
        try:
            self.set_result(call())
        except Exception as error:
            self.set_exception(error)


class ModelThread(Executor):
    """The thread that waits for commits, as a part of its process."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._last: _Commit | None = None

    def submit(self, call: Callable[..., Any], /, *arguments: Any, **_named: Any) -> Future[Any]:
        """Have a call made."""
        self._last = _Commit(self._process, lambda: call(*arguments))
        return self._last

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Wait for the call's end; a process that was killed makes none."""
        if self._last is not None and not self._process.killed:
            self._last.go()
