"""Settings of a worker, and the client configurations that follow from them."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from streams.kafka.clients import (
    FETCH_WAIT_MILLISECONDS,
    KAFKA_CLIENTS,
    ClientMakers,
    client_settings,
    consumer_settings,
)
from streams.kafka.stalls import StallSettings
from streams.kafka.topic_checks import LOOK_SECONDS
from streams.kafka.topic_facts import ClusterFacts
from streams.worker.circuit import CircuitSettings

READER_QUEUED_KILOBYTES = 65_536
NO_TOPICS: Final = ClusterFacts("", 0, {})


@dataclass(frozen=True)
class WorkerSettings:
    """How one worker process runs.

    `instance` is the worker's own name among those of its group and lasts through restarts: by it
    the broker gives a restarted worker its partitions back at once, and fences its predecessor.
    Of processes with one name and one `lease_directory` one works, and the others stand by.

    A batch is closed when its oldest record has waited for `linger_seconds`, or earlier: with
    `batch_records`, or with as many as are stepped in `batch_seconds`. `waiting_bytes` bounds what
    waits for its batch. `queued_kilobytes` are fetched ahead, first in first out: what comes to one
    partition waits behind that many of the others. Monitors with one `index_directory` share
    indexes of terms.

    `topics` are those needed, as they stood at the start; they are looked at every
    `topics_look_seconds`. Where offsets of inputs are missing
    beside rows, `begin_missing_offsets` has them read from their beginning. `clients` are Kafka's,
    but in a simulation.
    """

    bootstrap_servers: str
    state_directory: Path
    instance: str
    group: str = "ip-takedowns"
    batch_records: int = 10_000
    batch_seconds: float = 0.1
    waiting_bytes: int = 32 << 20
    linger_seconds: float = 0.05
    session_timeout_milliseconds: int = 10_000
    transaction_timeout_milliseconds: int = 15_000
    commit_timeout_seconds: float = 10.0
    queued_kilobytes: int = 1_024
    timers_per_batch: int = 2_000
    stimuli_per_batch: int = 1_000
    table_records_per_turn: int = 2_000
    lease_directory: Path | None = None
    index_directory: Path | None = None
    circuit: CircuitSettings = field(default_factory=CircuitSettings)
    stall: StallSettings = field(default_factory=StallSettings)
    topics: ClusterFacts = NO_TOPICS
    topics_look_seconds: float = LOOK_SECONDS
    begin_missing_offsets: bool = False
    clients: ClientMakers = KAFKA_CLIENTS

    @property
    def transactional_id(self) -> str:
        """The producer's identity, fenced by whoever takes it over."""
        return f"{self.group}-{self.instance}"

    def consumer(self) -> dict[str, Any]:
        """Configuration of the group's consumer.

        cooperative-sticky, as a rebalance then stops only the partitions that move. A static
        member (group.instance.id) gets its partitions back without a rebalance.
        """
        return consumer_settings(
            self.bootstrap_servers,
            self.group,
            {
                "group.instance.id": self.instance,
                "partition.assignment.strategy": "cooperative-sticky",
                "session.timeout.ms": self.session_timeout_milliseconds,
                "heartbeat.interval.ms": self.session_timeout_milliseconds // 5,
                "queued.max.messages.kbytes": self.queued_kilobytes,
                "fetch.wait.max.ms": FETCH_WAIT_MILLISECONDS,
                # A full queue is looked at again that soon; by default all of a second later.
                "fetch.queue.backoff.ms": 10,
                # Little of each partition at once, so that both lanes have work.
                "fetch.message.max.bytes": 128 << 10,
            },
        )

    def reader(self, purpose: str) -> dict[str, Any]:
        """Configuration of a consumer outside the group, for changelogs and global tables."""
        return consumer_settings(
            self.bootstrap_servers,
            f"{self.group}-{self.instance}-{purpose}",
            {
                "enable.partition.eof": True,
                "queued.max.messages.kbytes": READER_QUEUED_KILOBYTES,
                "fetch.wait.max.ms": FETCH_WAIT_MILLISECONDS,
                "fetch.message.max.bytes": 8 << 20,
            },
        )

    def producer(self) -> dict[str, Any]:
        """Configuration of the transactional producer.

        A message times out before its transaction does, so that an error is an abort and not an
        unknown; a transaction left behind blocks readers no longer than its timeout.
        """
        return client_settings(
            self.bootstrap_servers,
            {
                "transactional.id": self.transactional_id,
                "transaction.timeout.ms": self.transaction_timeout_milliseconds,
                "message.timeout.ms": self.transaction_timeout_milliseconds - 1_000,
                "enable.idempotence": True,
                "linger.ms": 5,
                # A coordinator that still ends the transaction before is asked again that soon.
                "retry.backoff.ms": 10,
                "batch.num.messages": 10_000,
                "batch.size": 1 << 20,
                "queue.buffering.max.messages": 500_000,
                "queue.buffering.max.kbytes": 262_144,
                "message.max.bytes": 2_097_152,
                "compression.type": "lz4",
            },
        )
