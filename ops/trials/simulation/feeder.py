"""Sends the day's complaints at their times, and what comes with them."""

import random
import threading
from collections.abc import Iterable
from itertools import count
from typing import Any

from ops.trials.simulation.arrivals import arrival_times
from ops.trials.simulation.day import Day
from ops.trials.simulation.scenario import complaint, listing, parties, story
from schemas.durations import HOUR_MILLISECONDS
from schemas.topic_names import COMPLAINTS_EVENTS, LISTINGS_EVENTS, PARTIES_STATE
from schemas.wire.codec import Codec
from streams.kafka.producing import EventProducer, Keyed, send

FLUSH_SECONDS = 60.0
POLL_SECONDS = 0.005
REPEAT_SHARE = 0.005
"""Complaints that are sent twice, as senders do that got no answer. An assumption."""

BAD_SHARE = 0.001
"""Records beside the complaints that are no events. An assumption."""


class Feeder(threading.Thread):
    """Sends complaints from `begins_at_milliseconds` on; `sent` and `late_seconds` tell how far."""

    def __init__(self, servers: str, codec: Codec, day: Day) -> None:
        super().__init__(name="feeder", daemon=True)
        self._producer = EventProducer(servers)
        self._codec = codec
        self._day = day
        self._clock = day.clock
        self._source = random.Random(f"{day.seed}:feeder")
        self._begins_at = 0
        self._stopping = threading.Event()
        self.error: BaseException | None = None
        self.sent = 0
        self.repeats = 0
        self.bad = 0
        self.late_seconds = 0.0

    def load(self) -> None:
        """Send parties, and all listings that are there before the day."""
        now = self._clock.now_milliseconds()
        for party in parties(now):
            self._send(PARTIES_STATE, party.party_id, party, now)
        for number in range(self._day.complaints):
            told = story(self._day.seed, number)
            if told.listing_number == number and told.kind not in ("listing_late", "listing_never"):
                event = listing(told, 1, "active", now)
                self._send(LISTINGS_EVENTS, told.listing_id, event, now)
        self._producer.flush(FLUSH_SECONDS)

    def begin(self, at_milliseconds: int) -> None:
        """Begin the day at this simulated time."""
        self._begins_at = at_milliseconds
        self.start()

    def run(self) -> None:
        """Send until all is sent, or `stop` is called."""
        try:
            self._feed()
        except BaseException as error:
            self.error = error
        finally:
            self._producer.flush(FLUSH_SECONDS)

    def stop(self) -> None:
        """Stop sending."""
        self._stopping.set()

    def _feed(self) -> None:
        times = arrival_times(self._day.complaints, self._source)
        late: list[tuple[int, int]] = []
        for number, at in zip(count(), times):
            due = self._begins_at + at
            while (now := self._clock.now_milliseconds()) < due:
                if self._stopping.wait(POLL_SECONDS):
                    return
                self._producer.poll(0)
            self.late_seconds = max(self.late_seconds, (now - due) / 1000)
            late = self._send_late(late, now)
            self._file(number, now, late)
        while late and not self._stopping.wait(POLL_SECONDS):
            late = self._send_late(late, self._clock.now_milliseconds())

    def _file(self, number: int, now: int, late: list[tuple[int, int]]) -> None:
        told = story(self._day.seed, number)
        event = complaint(told, now)
        self._send(COMPLAINTS_EVENTS, told.listing_id, event, now)
        self.sent += 1
        if self._source.random() < REPEAT_SHARE:
            self._send(COMPLAINTS_EVENTS, told.listing_id, event, now)
            self.repeats += 1
        if self._source.random() < BAD_SHARE:
            noise = self._source.randbytes(100)
            self._producer.produce(COMPLAINTS_EVENTS, noise, told.listing_id, timestamp=now)
            self.bad += 1
        if told.kind == "listing_late" and told.listing_number == number:
            late.append((now + self._source.randrange(HOUR_MILLISECONDS * 3 // 4), number))

    def _send_late(self, late: Iterable[tuple[int, int]], now: int) -> list[tuple[int, int]]:
        rest = []
        for due, number in late:
            if due > now:
                rest.append((due, number))
                continue
            told = story(self._day.seed, number)
            self._send(LISTINGS_EVENTS, told.listing_id, listing(told, 1, "active", now), now)
        return rest

    def _send(self, topic: str, key: str, event: Any, at_milliseconds: int) -> None:
        send(self._producer, self._codec, Keyed(topic, key, event), at_milliseconds)
