"""How soon a candidate that is taken back decides nothing more, on each of two workers."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any, NamedTuple

from confluent_kafka import Consumer, TopicPartition

from ops.errors import OperatorError
from ops.groups import partitions_of_members
from ops.local.patience import PATIENCE_SECONDS, wait_for
from ops.tools.rules_topic import RulesTopic, now_milliseconds
from ops.trials.bench.cost import compared_sets
from ops.trials.bench.prepared_log import INPUTS, PARTITIONS, Setting, fresh_topics, produce
from ops.trials.bench.throughput import worker_arguments
from ops.trials.load import complaints, each_listing, reference_events
from ops.trials.worker_processes import GROUP, Progress, end_worker, start_worker
from processors.rules.rollout import is_in_share
from schemas.events.decisions import ComplaintDecided
from schemas.events.rules import RolloutChanged
from schemas.topic_names import DECISIONS_EVENTS
from schemas.wire.registry import connect
from streams.kafka.clients import admin_client, client_settings
from streams.kafka.producing import EventProducer, send
from streams.topology import LEAD_TOPIC

WORKERS = ("one", "two")
NAME = "roll-back"
LISTINGS = 1_000
RATE = 20
"""Complaints a second: each worker decides something every tenth of one, and none waits."""
LATER_SECONDS = 2.0
"""How long it is looked whether the candidate decides anything after all."""


POLL_SECONDS = 0.02


class RollBack(NamedTuple):
    """Seconds since the command was given: until its record was written, and by worker until the
    first decision by the live rules could be read where the candidate had decided, and the last
    by the candidate."""

    share_percent: int
    written: float
    first_live: tuple[float, ...]
    last_candidate: tuple[float, ...]


class _Seen(NamedTuple):
    """A decision on a listing of the share: when it could be read, and who made it."""

    at: float
    partition: int
    by_candidate: bool


def roll_backs(setting: Setting, shares: tuple[int, ...]) -> Iterator[RollBack]:
    """Roll a candidate out on each share of listings under load, take it back by the command, and
    yield how long that took. Errors: OperatorError."""
    fresh_topics(setting)
    produce(setting, reference_events())
    listed = produce(setting, each_listing(LISTINGS, 5))
    topic = RulesTopic(*setting.addresses)
    [published] = compared_sets(1)
    name = published.rule_set_hash
    topic.add(published)
    arguments = (*worker_arguments(NAME), "--batch-records", "200")
    workers = [
        start_worker(setting.addresses, f"{NAME}-{each}", setting.directory, arguments)
        for each in WORKERS
    ]
    progress = Progress(setting.addresses[0], INPUTS, f"{GROUP}-{NAME}")
    progress.wait(listed, workers[0])
    try:
        with _complaints(setting), _Decisions(setting, name) as decisions:
            for share in shares:
                decisions.share_percent = share
                changed = RolloutChanged(name, share, "measured", "bench", now_milliseconds())
                topic.add(changed)
                yield _taken_back(setting, topic, decisions)
    finally:
        for worker in workers:
            end_worker(worker)
        progress.close()


def _taken_back(setting: Setting, topic: RulesTopic, decisions: "_Decisions") -> RollBack:
    admin = admin_client(setting.addresses[0])

    def shared() -> list[frozenset[int]]:
        found = partitions_of_members(admin, f"{GROUP}-{NAME}", LEAD_TOPIC)
        return found if len(found) == len(WORKERS) and all(found) else []

    # Members that come to terms are told without partitions.
    parts = wait_for("workers that share the partitions", shared)
    decisions.await_all(parts, by_candidate=True)
    servers, registry = setting.addresses
    begun = time.time()
    subprocess.run(
        [
            *(sys.executable, "-m", "ops", "promotion", "roll-back", "--why", "measured"),
            *("--by", "bench", "--bootstrap-servers", servers, "--schema-registry", registry),
        ],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    rollout = topic.state().rollout
    if rollout is None or rollout.share_percent:
        raise OperatorError("the candidate was not taken back")
    written = rollout.changed_at_milliseconds / 1000
    decisions.await_all(parts, by_candidate=False, since=written)
    time.sleep(LATER_SECONDS)
    by_live = [decisions.times(part, False, written) for part in parts]
    by_candidate = [decisions.times(part, True, begun) for part in parts]
    return RollBack(
        decisions.share_percent,
        written - begun,
        tuple(min(times) - begun for times in by_live),
        tuple(max(times, default=begun) - begun for times in by_candidate),
    )


class _Decisions:
    """Decisions on a candidate's share of listings, as they can be read."""

    def __init__(self, setting: Setting, candidate_hash: str) -> None:
        self._candidate = candidate_hash
        self._codec = connect(setting.addresses[1], register=False)
        self._seen: list[_Seen] = []
        self.share_percent = 0
        settings: dict[str, Any] = {
            "group.id": NAME,
            "isolation.level": "read_committed",
            "fetch.wait.max.ms": 10,
        }
        self._consumer = Consumer(client_settings(setting.addresses[0], settings))
        self._consumer.assign([TopicPartition(DECISIONS_EVENTS, n, 0) for n in range(PARTITIONS)])

        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> "_Decisions":
        self._thread.start()
        return self

    def __exit__(self, *_details: object) -> None:
        self._ended.set()
        self._thread.join()
        self._consumer.close()

    def _run(self) -> None:
        # Read all the while, so that when each could be read is when it was.
        while not self._ended.is_set():
            for message in self._consumer.consume(100, 0.01):
                now = time.time()
                if message.error() is None:
                    self._take(message.partition() or 0, message.value() or b"", now)

    def times(self, partitions: frozenset[int], by_candidate: bool, since: float) -> list[float]:
        """Return when decisions of partitions could be read, from a time on."""
        return [
            each.at
            for each in tuple(self._seen)
            if each.partition in partitions
            and each.by_candidate is by_candidate
            and each.at >= since
        ]

    def await_all(
        self, parts: list[frozenset[int]], by_candidate: bool, since: float | None = None
    ) -> None:
        """Read until each worker has decided so, from now or a time on. Errors: OperatorError."""
        begin = time.time() if since is None else since
        until = time.monotonic() + PATIENCE_SECONDS
        while not all(self.times(part, by_candidate, begin) for part in parts):
            if time.monotonic() > until:
                raise OperatorError("a worker does not follow what is rolled out")
            time.sleep(POLL_SECONDS)

    def _take(self, partition: int, value: bytes, now: float) -> None:
        event = self._codec.decode(DECISIONS_EVENTS, value, None)
        if not isinstance(event, ComplaintDecided) or not event.capsule.rule_set_hash:
            return
        place = (event.marketplace, event.listing_id)
        if is_in_share(self._candidate, self.share_percent, *place):
            by_candidate = event.capsule.rule_set_hash == self._candidate
            self._seen.append(_Seen(now, partition, by_candidate))


@contextmanager
def _complaints(setting: Setting) -> Iterator[None]:
    """File complaints at a steady rate meanwhile."""
    ended = threading.Event()

    def file() -> None:
        codec = connect(setting.addresses[1], register=True)
        producer = EventProducer(setting.addresses[0])
        for seed in count(70):
            for complaint in complaints(RATE, LISTINGS, seed):
                send(producer, codec, complaint)
                producer.poll(0.0)
                if ended.wait(1 / RATE):
                    producer.flush()
                    return

    thread = threading.Thread(target=file)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
