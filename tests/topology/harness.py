"""One way to drive the pipeline, without a broker or on real Kafka, so that one suite does both."""

import time
from pathlib import Path
from typing import Any, Protocol

import yaml
from confluent_kafka import Consumer, IsolationLevel, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec
from world import START, rule_set

from ops.local.patience import Patience, wait_for
from ops.local.process import free_port
from ops.trials.worker_processes import Progress, end_worker, start_worker, table_position
from processors.policies.service_level import ServiceLevel
from processors.policies.standing_policy import StandingPolicy
from schemas.topic_names import DEAD_LETTERS
from schemas.wire.codec import Codec
from schemas.wire.registry import connect, offline_codec
from streams.driver import Driver, DriverSettings
from streams.kafka.dead_letters import reason_of
from streams.kafka.producing import EventProducer
from streams.topology import CHANGELOG, GLOBAL_TABLES, INPUTS

PARTITIONS = 4
TIMEOUT_SECONDS = 30.0
QUIET_SECONDS = 0.25
STANDING = StandingPolicy(effect_delay_milliseconds=60_000)
"""A broker refuses times more than an hour ahead, so standings count sooner in tests."""
STANDINGS = "ip.standings.state"
TOLD_TABLES = tuple(topic for topic in GLOBAL_TABLES if topic != STANDINGS)
"""Tables that are told from outside; standings are the workers' own."""


class Harness(Protocol):
    """What a test of the topology may do, whatever it runs on."""

    def send(self, topic: str, key: str, event: Any) -> None: ...

    def send_bytes(
        self, topic: str, key: bytes | None, value: bytes | None, headers: Any = None
    ) -> None: ...

    def settle(self) -> None:
        """Wait until all that was sent is processed."""

    def pass_time(self, milliseconds: int) -> None:
        """Let what is sent from now on be so much later; what was told counts by then."""

    def read(self, topic: str) -> list[Any]:
        """Return a topic's events, in order within each partition."""

    def dead_letters(self) -> list[str]:
        """Return the reason codes of all dead letters, sorted."""

    def restart(self, lose_state: bool) -> None: ...

    def close(self) -> None: ...


class DriverHarness:
    """The no-broker driver."""

    def __init__(
        self,
        directory: Path,
        settings: DriverSettings | None = None,
        codec: Codec | None = None,
    ) -> None:
        settings = settings or DriverSettings(
            partitions=PARTITIONS,
            now_milliseconds=START,
            service_level=ServiceLevel(standing=STANDING),
        )
        self.codec = codec or offline_codec()
        self.driver = Driver(directory, self.codec, rule_set(), settings)

    def send(self, topic: str, key: str, event: Any) -> None:
        self.driver.send(topic, key, event)
        # Each record at a time of its own, as on a broker.
        self.driver.clock.advance(1)

    def send_bytes(self, topic, key, value, headers=None) -> None:
        self.driver.send_bytes(topic, key, value, headers)

    def settle(self) -> None:
        self.driver.run()

    def pass_time(self, milliseconds: int) -> None:
        self.driver.advance(milliseconds)

    def read(self, topic: str) -> list[Any]:
        return self.driver.read(topic)

    def dead_letters(self) -> list[str]:
        return sorted(reason_of(r.headers or []) for r in self.driver.records(DEAD_LETTERS))

    def restart(self, lose_state: bool) -> None:
        self.driver.restart(lose_state)

    def close(self) -> None:
        self.driver.close()


class BrokerHarness:
    """A worker process on real Kafka with the real schema registry."""

    def __init__(
        self, addresses: tuple[str, str], directory: Path, deadline_seconds: float = 24 * 3600.0
    ) -> None:
        self._addresses = addresses
        self._deadline_seconds = deadline_seconds
        self._directory = directory
        self._port = free_port()
        self.group = f"test-{time.time_ns()}"
        self._producer = EventProducer(addresses[0])
        self.codec: Codec = connect(addresses[1], register=True)
        self._process: Any = None
        self._lost = 0
        self._ahead_milliseconds = 0
        self._policy = directory / "standing.yaml"
        directory.mkdir(parents=True, exist_ok=True)
        self._policy.write_text(yaml.safe_dump(STANDING._asdict()), encoding="utf-8")

    def send(self, topic: str, key: str, event: Any) -> None:
        headers = self.codec.headers(event, key, START)
        self.send_bytes(topic, key.encode(), self.codec.encode(topic, event), headers)

    def send_bytes(self, topic, key, value, headers=None) -> None:
        # Tables first: a complaint after its mark must not be read before it.
        if topic not in GLOBAL_TABLES and self._process is None:
            self._producer.flush()
            self._start()
            self._await_tables()
        at = time.time_ns() // 1_000_000 + self._ahead_milliseconds
        self._producer.produce(topic, value, key, headers=headers, timestamp=at)
        self._producer.flush()
        if topic in GLOBAL_TABLES and self._process is not None:
            self._await_tables()

    def settle(self) -> None:
        self._producer.flush()
        if self._process is None:
            self._start()
        progress = Progress(self._addresses[0], tuple(INPUTS), self.group)
        progress.wait(progress.end(), self._process)
        progress.close()
        outputs = Progress(self._addresses[0], (CHANGELOG, DEAD_LETTERS), self.group)
        stillness = Patience(QUIET_SECONDS)
        while not stillness.runs_out(outputs.end()):
            time.sleep(0.02)
        outputs.close()

    def pass_time(self, milliseconds: int) -> None:
        self._ahead_milliseconds += milliseconds
        ends = {m.partition(): m.offset() + 1 for m in self.records(STANDINGS)}
        self._await_position((STANDINGS,), sum(ends.values()))

    def records(self, topic: str) -> list[Any]:
        """Return a topic's committed records, once all of its transactions have ended.

        A transaction's offsets may be seen before its marker is in each of its partitions.
        """
        wait_for("the transactions' ends", lambda: self._all_ended(topic))
        consumer = Consumer(
            {
                "bootstrap.servers": self._addresses[0],
                "group.id": f"{self.group}-read",
                "isolation.level": "read_committed",
                "enable.partition.eof": True,
                "auto.offset.reset": "earliest",
            }
        )
        consumer.assign([TopicPartition(topic, n, 0) for n in range(PARTITIONS)])
        found: list[Any] = []
        ended: set[int] = set()
        while len(ended) < PARTITIONS:
            message = consumer.poll(TIMEOUT_SECONDS)
            assert message is not None
            if message.error() is None:
                found.append(message)
            else:
                ended.add(message.partition())
        consumer.close()
        return sorted(found, key=lambda message: (message.partition(), message.offset()))

    def _all_ended(self, topic: str) -> bool:
        admin = AdminClient({"bootstrap.servers": self._addresses[0]})
        asked = {TopicPartition(topic, n): OffsetSpec.latest() for n in range(PARTITIONS)}
        ends = [
            {place.partition: future.result().offset for place, future in given.items()}
            for given in (
                admin.list_offsets(asked, isolation_level=level)
                for level in (IsolationLevel.READ_COMMITTED, IsolationLevel.READ_UNCOMMITTED)
            )
        ]
        return ends[0] == ends[1]

    def read(self, topic: str) -> list[Any]:
        return [
            self.codec.decode(topic, message.value(), message.headers())
            for message in self.records(topic)
        ]

    def dead_letters(self) -> list[str]:
        return sorted(reason_of(message.headers()) for message in self.records(DEAD_LETTERS))

    def restart(self, lose_state: bool) -> None:
        end_worker(self._process)
        instance = "one"
        if lose_state:
            # Another machine: same group, nothing on its disk.
            self._lost += 1
            instance = f"one-{self._lost}"
        self._start(instance)
        self._await_tables()

    def close(self) -> None:
        if self._process is not None:
            end_worker(self._process)
            # Shown where a test fails.
            print(self._process.tail())

    def _start(self, instance: str = "one") -> None:
        self._port = free_port()
        self._process = start_worker(
            self._addresses,
            instance,
            self._directory,
            (
                *("--group", self.group, "--partitions", str(PARTITIONS)),
                *("--metrics-port", str(self._port), "--bad-ratio", "1.0"),
                *("--deadline-seconds", str(self._deadline_seconds)),
                *("--standing-policy", str(self._policy)),
            ),
        )

    def _await_tables(self) -> None:
        tables = Progress(self._addresses[0], TOLD_TABLES, self.group)
        wanted = tables.end()
        tables.close()
        self._await_position(TOLD_TABLES, wanted)

    def _await_position(self, topics: tuple[str, ...], wanted: int) -> None:
        self._process.wait_until(
            lambda: table_position(self._port, topics) >= wanted,
            "the worker",
            lambda: table_position(self._port, topics),
        )


def record(harness: Harness, party: Any) -> None:
    """Tell of a party."""
    harness.send("ip.parties.state", party.party_id, party)
    harness.settle()
