"""Kafka and the live views, as the pages use them."""

import threading
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any

import httpx
from confluent_kafka import Consumer, KafkaException, TopicPartition

from ops.shell.reading_thread import reading_on
from ops.tools.switch import throw
from ops.web.site import Kafka
from schemas.events.switches import DispatchSwitched
from schemas.handled_errors import note_handled
from schemas.topic_names import DEAD_LETTERS
from sinks.dispatch.switches import Switches
from streams.clock import Clock
from streams.kafka.clients import consumer_settings
from streams.kafka.dead_letters import field_of, reason_of
from streams.tables.switch_table import SwitchTable

FIGURES_SECONDS = 2.0
DEAD_LETTERS_SHOWN = 100
DEAD_LETTERS_SECONDS = 3.0


class Broker(Kafka):
    """Kafka and the live views, as the pages use them."""

    def __init__(self, bootstrap_servers: str, codec: Any, clock: Clock, views: str) -> None:
        self._bootstrap_servers = bootstrap_servers
        self._views = views.rstrip("/")
        self._switches = Switches()
        self._table = SwitchTable(bootstrap_servers, codec, self._switches, clock, lambda: None)

    def reading(self) -> AbstractContextManager[None]:
        """Keep up with the switches, in a thread."""
        return reading_on("switches", self._read)

    def _read(self, stopping: threading.Event) -> None:
        try:
            self._table.run(stopping.wait)
        except KafkaException as error:
            # The switches stay out of sight, which the overview tells.
            note_handled("switches", error)

    def throw(self, switch: DispatchSwitched) -> None:
        """Write a switch. Errors: OperatorError."""
        throw(self._bootstrap_servers, switch)

    def halted(self) -> tuple[bool, frozenset[str]]:
        """Tell whether the switches are known, and which scopes are halted."""
        return self._switches.in_sight, self._switches.halted_scopes

    def dead_letters(self) -> list[dict[str, Any]]:
        """Return the newest dead letters, by their headers; none while Kafka does not answer."""
        consumer = Consumer(
            consumer_settings(
                self._bootstrap_servers, "ip-web-dead-letters", {"enable.partition.eof": True}
            )
        )
        try:
            found = _newest(consumer)
        except KafkaException as error:
            note_handled("dead_letters", error)
            return []
        finally:
            consumer.close()
        found.sort(key=lambda letter: -letter["at_milliseconds"])
        return found[:DEAD_LETTERS_SHOWN]

    def figures(self) -> Mapping[str, Any] | None:
        """Return the live figures, or None while nobody answers for them."""
        if not self._views:
            return None
        try:
            answer = httpx.get(f"{self._views}/views/summary", timeout=FIGURES_SECONDS)
            answer.raise_for_status()
            told: dict[str, Any] = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            note_handled("figures", type(error).__name__)
            return None
        return told


def _newest(consumer: Consumer) -> list[dict[str, Any]]:
    topic = consumer.list_topics(DEAD_LETTERS, timeout=DEAD_LETTERS_SECONDS).topics[DEAD_LETTERS]
    places = []
    for number in topic.partitions:
        place = TopicPartition(DEAD_LETTERS, number)
        low, high = consumer.get_watermark_offsets(place, DEAD_LETTERS_SECONDS)
        place.offset = max(low, high - DEAD_LETTERS_SHOWN)
        places.append(place)
    consumer.assign(places)
    found, ends = [], 0
    while ends < len(places):
        messages = consumer.consume(DEAD_LETTERS_SHOWN, DEAD_LETTERS_SECONDS)
        ends = len(places) if not messages else ends
        for message in messages:
            if message.error() is not None:
                ends += 1
                continue
            headers: Any = message.headers() or []
            found.append(
                {
                    "topic": field_of(headers, "topic"),
                    "partition": field_of(headers, "partition"),
                    "offset": field_of(headers, "offset"),
                    "reason": reason_of(headers),
                    "at_milliseconds": message.timestamp()[1],
                }
            )
    return found
