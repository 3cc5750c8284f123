"""Reads ip.switches.state into the table that senders look at (sinks/dispatch/switches.py).

The topic is read from its beginning at each start, so switches survive restarts. While the broker
does not answer, a switch could be thrown unseen: the table is then out of sight, and senders halt.
"""

import logging
from collections.abc import Callable

from confluent_kafka import Consumer, KafkaException, TopicPartition

from schemas.events.switches import DispatchSwitched
from schemas.handled_errors import note_handled
from schemas.topic_names import SWITCHES_STATE
from schemas.wire.codec import Codec, DecodeError, SchemaRegistryUnavailable
from sinks.dispatch.switches import ScopeInvalid, Switches, check_scope
from streams.clock import Clock
from streams.kafka.clients import FETCH_WAIT_MILLISECONDS, consumer_settings
from streams.kafka.consuming import records_of
from streams.kafka.records import InputRecord

logger = logging.getLogger(__name__)

POLL_SECONDS = 0.05
"""How long a turn gathers switches: the client waits it out where fewer come."""

PROBE_SECONDS = 2.0
PROBE_TIMEOUT_SECONDS = 2.0
OUT_OF_SIGHT_SECONDS = 10.0
MAXIMUM_RECORDS = 1_000


class SwitchTable:
    """Keeps switches up to date; `changed` is called after each change.

    Errors of `run` and `turn`: KafkaException, after which the process is to end.
    """

    def __init__(
        self,
        bootstrap_servers: str,
        codec: Codec,
        switches: Switches,
        clock: Clock,
        changed: Callable[[], object],
    ) -> None:
        self._codec = codec
        self._switches = switches
        self._clock = clock
        self._changed = changed
        self._numbers: list[int] = []
        self._behind: set[int] = set()
        self._probed_at = float("-inf")
        self._answered_at = clock.monotonic_seconds()
        self._consumer = Consumer(
            consumer_settings(
                bootstrap_servers,
                "ip-switch-table",
                {"enable.partition.eof": True, "fetch.wait.max.ms": FETCH_WAIT_MILLISECONDS},
            )
        )

    def run(self, wait: Callable[[float], bool]) -> None:
        """Read until `wait` tells to end."""
        try:
            self.start()
            while not wait(0.0):
                self.turn()
        finally:
            self._switches.see(False)
            self._consumer.close()

    def start(self) -> None:
        """Begin at the topic's beginning. Errors: KafkaException where there is no topic."""
        metadata = self._consumer.list_topics(SWITCHES_STATE, timeout=OUT_OF_SIGHT_SECONDS).topics[
            SWITCHES_STATE
        ]
        if metadata.error is not None:
            raise KafkaException(metadata.error)
        self._numbers = sorted(metadata.partitions)
        self._behind = set(self._numbers)
        self._place()

    def _place(self) -> None:
        self._consumer.assign(
            [TopicPartition(SWITCHES_STATE, number, 0) for number in self._numbers]
        )

    def turn(self) -> None:
        """Take in what came, or wait a moment for it, and see whether the broker answers."""
        found: dict[str, DispatchSwitched | None] = {}
        messages = self._consumer.consume(MAXIMUM_RECORDS, POLL_SECONDS)
        try:
            for record in records_of(messages, lambda _topic, number: self._behind.discard(number)):
                self._take(record, found)
        except SchemaRegistryUnavailable as error:
            # Read again from the beginning; until then the switches are out of sight.
            note_handled("schema_registry", error)
            self._behind = set(self._numbers)
            self._place()
            found.clear()
        if found:
            self._switches.apply(found)
            logger.warning("halted: %s", ", ".join(sorted(self._switches.halted_scopes)) or "none")
        self._probe()
        now = self._clock.monotonic_seconds()
        in_sight = not self._behind and now - self._answered_at < OUT_OF_SIGHT_SECONDS
        if in_sight != self._switches.in_sight:
            logger.warning("switches are %s", "in sight" if in_sight else "out of sight")
            self._switches.see(in_sight)
            self._changed()
        elif found:
            self._changed()

    def _take(self, record: InputRecord, found: dict[str, DispatchSwitched | None]) -> None:
        key = (record.key or b"").decode("utf-8", "replace")
        if record.value is None:
            found[key] = None
            return
        try:
            event = self._codec.decode(SWITCHES_STATE, record.value, record.headers_source)
            found[check_scope(event.scope)] = event
        except (DecodeError, ScopeInvalid) as error:
            # Who meant to halt something must not be passed over: better nothing is sent.
            logger.error("a switch can't be read, so all is halted: %s", error)
            found["all"] = DispatchSwitched("all", True, str(error), "", 0)

    def _probe(self) -> None:
        now = self._clock.monotonic_seconds()
        if now - self._probed_at < PROBE_SECONDS:
            return
        self._probed_at = now
        try:
            partition = TopicPartition(SWITCHES_STATE, 0)
            self._consumer.get_watermark_offsets(partition, PROBE_TIMEOUT_SECONDS)
        except KafkaException as error:
            note_handled("switches", error)
        else:
            self._answered_at = self._clock.monotonic_seconds()
