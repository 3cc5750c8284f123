"""From the time at which a complaint was meant to be sent to reading its committed decision.

Complaints are sent at a rate whatever comes back (an open loop), and a late sender counts as
latency, so a stall is felt by all complaints that it held up and not by one alone.
"""

import multiprocessing
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any, NamedTuple, Self

from confluent_kafka import Consumer, TopicPartition

from ops.errors import OperatorError
from ops.local.patience import Patience
from ops.local.process import ServerProcess
from ops.trials.bench.prepared_log import (
    INPUTS,
    PARTITIONS,
    RUN_TIMEOUT_SECONDS,
    Setting,
    fresh_topics,
    produce,
)
from ops.trials.bench.throughput import worker_arguments
from ops.trials.load import complaints, each_listing, reference_events
from ops.trials.worker_processes import GROUP, Progress, end_worker, start_worker
from schemas.events.decisions import ComplaintDecided
from schemas.topic_names import COMPLAINTS_EVENTS, DECISIONS_EVENTS
from schemas.wire.registry import connect
from streams.kafka.clients import client_settings
from streams.kafka.producing import EventProducer

INSTANCE = "latency"
POLL_SECONDS = 0.5
LEAD_SECONDS = 1.0
"""Between the sender's start and its first complaint, so that all that it sends is encoded."""

WARM_SECONDS = 1.0
"""At a rate's start caches are cold, in the worker as in the clients: this is left out."""

BOUND_MILLISECONDS = 250.0
STEP = 1.25
LOWEST_RATE = 100
FIRST_SEED = 31


class Latency(NamedTuple):
    """Percentiles in ms at a rate, how late the sender was at most, and complaints undecided."""

    rate: int
    p50: float
    p99: float
    maximum: float
    late: float
    undecided: int

    @property
    def holds(self) -> bool:
        """Whether all were decided, and p99 is within the bound."""
        return self.undecided == 0 and self.p99 <= BOUND_MILLISECONDS


class Delays(NamedTuple):
    """Milliseconds to each decision, how late the sender was at most, and complaints undecided."""

    milliseconds: list[float]
    late: float
    undecided: int


def latency(rate: int, measured: Sequence[Delays]) -> Latency:
    """Return the latency at a rate over all that was measured. Errors: OperatorError."""
    delays = [each for delay in measured for each in delay.milliseconds]
    if len(delays) < 2:
        raise OperatorError(f"of {rate} complaints a second none was decided")
    cuts = statistics.quantiles(delays, n=100)
    late = max(each.late for each in measured) * 1000
    undecided = sum(each.undecided for each in measured)
    return Latency(rate, cuts[49], cuts[98], max(delays), late, undecided)


class Line:
    """A worker that knows all listings and waits for complaints."""

    def __init__(self, setting: Setting, process: ServerProcess, progress: Progress) -> None:
        self._setting = setting
        self._process = process
        self._progress = progress
        self._seed = FIRST_SEED

    @classmethod
    @contextmanager
    def open(cls, setting: Setting) -> Iterator[Self]:
        """Start the worker on fresh topics, and end it afterwards."""
        fresh_topics(setting)
        produce(setting, reference_events())
        listed = produce(setting, each_listing(setting.listings, 5))
        name = setting.build.instance(INSTANCE)
        arguments = worker_arguments(name)
        process = start_worker(
            setting.addresses, name, setting.directory, arguments, build=setting.build
        )
        progress = Progress(setting.addresses[0], INPUTS, f"{GROUP}-{name}")
        progress.wait(listed, process)
        try:
            yield cls(setting, process, progress)
        finally:
            end_worker(process)
            progress.close()

    def at(self, rate: int, seconds: int) -> Latency:
        """Send complaints at a rate for so long, and measure. Errors: OperatorError."""
        self._progress.wait(self._progress.end(), self._process)
        return latency(rate, [self._delays(rate, seconds, self._all_taken)])

    def beside(self, rate: int, seconds: int, goes_on: Callable[[], bool]) -> Latency:
        """Send complaints at a rate, so long at a time, while something else goes on and until
        the worker has taken all of it; measure. Errors: OperatorError."""
        measured = []
        while goes_on() or not self._all_taken():
            patience = Patience()
            is_over = partial(patience.runs_out, None)
            measured.append(self._delays(rate, seconds, is_over))
        return latency(rate, measured)

    def _delays(self, rate: int, seconds: int, is_over: Callable[[], bool]) -> Delays:
        self._seed += 1
        context = multiprocessing.get_context("spawn")
        answers: Any = context.Queue()
        arguments = (self._setting, rate, seconds, self._seed, answers)
        sender = context.Process(target=_send_at_rate, args=arguments)
        consumer = self._consumer()
        sender.start()
        arrivals = self._read(consumer, rate * seconds, sender, is_over)
        started, late = answers.get(timeout=RUN_TIMEOUT_SECONDS)
        sender.join()
        decided = self._decided(arrivals)
        warm = int(rate * WARM_SECONDS)
        delays = [
            (arrived - started - index / rate) * 1000
            for index, arrived in decided.items()
            if index >= warm
        ]
        return Delays(delays, late, rate * seconds - len(decided))

    def search(self, rate: int, seconds: int) -> Iterator[Latency]:
        """Raise a rate step by step while it holds, or lower it until it does; yield each."""
        measured = self.at(rate, seconds)
        yield measured
        step = STEP if measured.holds else 1 / STEP
        rising = measured.holds
        while measured.holds is rising and measured.rate >= LOWEST_RATE:
            measured = self.at(int(measured.rate * step), seconds)
            yield measured

    def _consumer(self) -> Consumer:
        consumer = Consumer(
            client_settings(
                self._setting.addresses[0],
                {
                    "group.id": "bench-latency",
                    "isolation.level": "read_committed",
                    "fetch.wait.max.ms": 100,
                },
            )
        )
        ends = [TopicPartition(DECISIONS_EVENTS, number) for number in range(PARTITIONS)]
        for end in ends:
            end.offset = consumer.get_watermark_offsets(end)[1]
        consumer.assign(ends)
        return consumer

    def _all_taken(self) -> bool:
        return self._progress.committed() >= self._progress.end()

    def _read(
        self, consumer: Consumer, expected: int, sender: Any, is_over: Callable[[], bool]
    ) -> list[tuple[float, bytes]]:
        """Return when each record arrived, with its bytes; they are decoded afterwards."""
        arrivals: list[tuple[float, bytes]] = []
        over = False
        while len(arrivals) < expected:
            message = consumer.poll(POLL_SECONDS)
            if message is not None and message.error() is None:
                arrivals.append((time.time(), message.value() or b""))
            elif over:
                break
            elif not sender.is_alive():
                # What was committed before this is there for the next poll.
                over = is_over()
        consumer.close()
        return arrivals

    def _decided(self, arrivals: list[tuple[float, bytes]]) -> dict[int, float]:
        """Return when the first decision on each complaint of the rate arrived, by its index."""
        codec = connect(self._setting.addresses[1], register=True)
        decided: dict[int, float] = {}
        for arrived, value in arrivals:
            event = codec.decode(DECISIONS_EVENTS, value, None)
            if isinstance(event, ComplaintDecided):
                _, seed, index = event.case_id.rsplit("-", 2)
                if int(seed) == self._seed:
                    decided.setdefault(int(index), arrived)
        return decided


def _send_at_rate(setting: Setting, rate: int, seconds: int, seed: int, answers: Any) -> None:
    codec = connect(setting.addresses[1], register=True)
    producer = EventProducer(setting.addresses[0])
    # All is encoded before, so that the sender needs little of the cores that it shares.
    messages: list[tuple[str, bytes, Any]] = [
        (key, codec.encode(topic, event), codec.headers(event, key, 0))
        for topic, key, event in complaints(rate * seconds, setting.listings, seed)
    ]
    started = time.time() + LEAD_SECONDS
    late = 0.0
    for index, (key, value, headers) in enumerate(messages):
        due = started + index / rate
        while (now := time.time()) < due:
            time.sleep(due - now)
        late = max(late, now - due)
        producer.poll(0)
        at = int(due * 1000)
        producer.produce(COMPLAINTS_EVENTS, value, key.encode(), headers=headers, timestamp=at)
    producer.flush()
    answers.put((started, late))
