"""Models of all who send: marketplaces, complainants, sellers, reviewers, and who sends rubbish.

They send some things twice, late, or in another order than they happened in, with clocks of their
own, and they answer what the pipeline tells them.
"""

from collections.abc import Callable
from itertools import islice
from random import Random
from typing import Any, Final

from ops.trials.load import MARKS, complaints, each_listing, listing_changes, reference_events
from ops.trials.seeded.broker import Broker, Source
from ops.trials.seeded.registry import FOREIGN_EVENTS, NOBODYS, foreign
from ops.trials.seeded.schedule import Schedule
from ops.trials.simulation.parties import answer_to
from schemas.durations import HOUR_MILLISECONDS
from schemas.events.acknowledgements import CommandAcknowledged
from schemas.events.complaints import ComplaintFiled
from schemas.events.listings import ListingChanged
from schemas.events.notices import NotifyParty
from schemas.events.reviews import ReviewComplaint, ReviewDecided
from schemas.events.takedowns import ReinstateListing, TakeDownListing
from schemas.events.trademarks import TrademarkRecorded
from schemas.topic_names import (
    ACKNOWLEDGEMENTS_EVENTS,
    COMPLAINTS_EVENTS,
    LISTINGS_EVENTS,
    NOTICES_COMMANDS,
    REVIEWS_COMMANDS,
    TAKEDOWNS_COMMANDS,
)
from schemas.wire.codec import Codec
from streams.kafka.partitioner import partition_of
from streams.kafka.producing import Keyed, keyed
from streams.kafka.records import InputRecord

LISTINGS = 10
TOLD = (NOTICES_COMMANDS, REVIEWS_COMMANDS, TAKEDOWNS_COMMANDS)
LOOK_MILLISECONDS = 20 * 60_000
BUSY_MILLISECONDS = 8 * 60_000
TWICE = 0.15
SKEW_MILLISECONDS = 2_000
ANSWERS: Final = {
    "clarification_asked": ("clarify", 0.8),
    "complaint_received": ("retract", 0.05),
    "counter_notice_filed": ("answer", 0.7),
}


class Clients:
    """Sends what a seed has happen. `filed` are the complaints by id, `bad` the records that can't
    be taken, as they stand in their topics."""

    def __init__(self, schedule: Schedule, broker: Broker, codec: Codec, seed: int) -> None:
        self._schedule = schedule
        self._broker = broker
        self._codec = codec
        self._chance = Random(f"clients {seed}")
        self._read: dict[Source, int] = {}
        self._looked_after = -1
        """After how many changes of the broker there was nothing more to read."""
        self._listings: dict[str, ListingChanged] = {}
        self.filed: set[str] = set()
        self.bad: dict[tuple[str, int, int], str] = {}
        self.sent = 0
        self._plan(seed)

    def look(self) -> None:
        """Read what the pipeline told, and answer some of it."""
        if self._looked_after == self._broker.changes:
            return
        if self._broker.is_seen:
            self._looked_after = self._broker.changes
        now = self._schedule.now_milliseconds
        for topic in TOLD:
            for partition in self._broker.partitions(topic):
                log = self._broker.log(topic, partition)
                start, end = self._read.get((topic, partition), 0), log.stable_end(now)
                self._read[topic, partition] = end
                for _, entry in log.committed(start, end):
                    told = self._codec.decode(topic, entry.value or b"", entry.headers)
                    self._answer(told)

    def look_often(self, until_milliseconds: int) -> None:
        """Look now and then, until that time."""
        self.look()
        if self._schedule.now_milliseconds < until_milliseconds:
            self._schedule.after(LOOK_MILLISECONDS, lambda: self.look_often(until_milliseconds))

    def _plan(self, seed: int) -> None:
        chance = self._chance
        for each in islice(reference_events(), 2 * LISTINGS):
            # Some marks and parties are told of late: what relies on them waits, or is decided
            # again.
            self._send_at(0 if chance.random() < 0.85 else self._some_time(), each)
        for each in each_listing(LISTINGS, seed):
            self._listings[each.event.listing_id] = each.event
            if chance.random() < 0.9:
                self._send_at(self._some_time() // 2, each)
        for each in listing_changes(chance.randrange(12), LISTINGS, seed, first_version=2):
            self._send_at(self._some_time(), each)
        for each in complaints(chance.randrange(8, 24), LISTINGS, seed):
            self._file(each.event)
        for _ in range(chance.randrange(4)):
            self._schedule.after(self._some_time(), self._rubbish)
        for each in islice(reference_events(), 2 * LISTINGS):
            if isinstance(each.event, TrademarkRecorded) and chance.random() < 0.15:
                self._schedule.after(self._hours(1, 40), lambda each=each: self._cancel(each.event))  # type: ignore[misc]

    def _file(self, event: ComplaintFiled) -> None:
        chance = self._chance
        changes: dict[str, Any] = chance.choices(
            (
                {},
                {"signature": ""},
                {"evidence": (), "test_purchase": None},
                {"complainant_id": f"holder-{chance.randrange(MARKS)}"},
                {"trademark_number": "99999999"},
                {"ground": "other"},
                {"test_purchase": None},
            ),
            (10, 2, 2, 1, 1, 1, 3),
        )[0]
        event = event._replace(**changes)
        self.filed.add(event.complaint_id)
        self._send_at(self._some_time(), keyed(event))

    def _answer(self, told: Any) -> None:
        chance = self._chance
        if isinstance(told, NotifyParty):
            self._answer_notice(told)
        elif isinstance(told, ReviewComplaint):
            if chance.random() < 0.8:
                self._after(self._hours(0, 30), lambda: self._reviewed(told))
        elif isinstance(told, TakeDownListing | ReinstateListing) and chance.random() < 0.8:
            self._after(self._hours(0, 2), lambda: self._acknowledged(told))
            self._after(self._hours(0, 6), lambda: self._proved(told))

    def _answer_notice(self, notice: NotifyParty) -> None:
        what, share = ANSWERS.get(notice.kind, ("", 0.0))
        if notice.kind == "decision" and notice.outcome == "take_down":
            what, share = "object" if notice.role == "seller" else "", 0.4
        elif notice.kind == "decision" and notice.outcome == "decline":
            what, share = "appeal", 0.3
        if what and self._chance.random() < share:
            self._after(self._hours(0, 30), lambda: self._said(what, notice))

    def _said(self, what: str, notice: NotifyParty) -> Keyed:
        now = self._schedule.now_milliseconds
        topic, event = answer_to(notice, what, self._chance, now)
        return Keyed(topic, notice.listing_id, event)

    def _reviewed(self, task: ReviewComplaint) -> Keyed:
        outcomes = ("take_down", "decline", "reinstate", "ask_for_clarification")
        outcome: Any = self._chance.choices(outcomes, (5, 2, 3, 1))[0]
        return keyed(
            ReviewDecided(
                review_id=f"review-{task.command_id[:24]}",
                case_id=task.case_id,
                listing_id=task.listing_id,
                decision_number=task.decision_number,
                outcome=outcome,
                reason_codes=("reviewed",),
                reviewer_id=f"reviewer-{self._chance.randrange(9)}",
                decided_at_milliseconds=self._schedule.now_milliseconds,
                subject_id=task.subject_id,
                marketplace=task.marketplace,
            )
        )

    def _acknowledged(self, command: TakeDownListing | ReinstateListing) -> Keyed:
        result: Any = self._chance.choices(("executed", "failed", "refused"), (8, 1, 1))[0]
        event = CommandAcknowledged(
            f"acknowledged-{command.command_id[:24]}",
            command.command_id,
            command.case_id,
            command.listing_id,
            command.marketplace,
            result,
            "",
            self._schedule.now_milliseconds,
        )
        return Keyed(ACKNOWLEDGEMENTS_EVENTS, command.listing_id, event)

    def _proved(self, command: TakeDownListing | ReinstateListing) -> Keyed:
        before = self._listings[command.listing_id]
        status: Any = "removed" if isinstance(command, TakeDownListing) else "active"
        now = self._schedule.now_milliseconds
        version = max(before.version, 20) + 1
        changed = before._replace(version=version, status=status, changed_at_milliseconds=now)
        self._listings[command.listing_id] = changed
        return keyed(changed)

    def _cancel(self, mark: TrademarkRecorded) -> None:
        now = self._schedule.now_milliseconds
        changes: dict[str, Any] = {"status": "cancelled", "status_code": "710"}
        self._send(keyed(mark._replace(recorded_at_milliseconds=now, **changes)))

    def _rubbish(self) -> None:
        """Send what can't be taken."""
        chance = self._chance
        topic = chance.choice((LISTINGS_EVENTS, COMPLAINTS_EVENTS))
        key = f"listing-{chance.randrange(LISTINGS):08d}".encode()
        number = partition_of(key, len(self._broker.partitions(topic)))
        value = chance.randbytes(chance.randrange(40))
        if chance.random() < 0.3:
            value = b"\x00" + NOBODYS.to_bytes(4, "big") + value
        elif value[:1] == b"\x00":
            value = b"\x01"
        offset = self._append((topic, number), key, value, [])
        self.bad[topic, number, offset] = "rubbish"

    def _after(self, milliseconds: int, make: Callable[[], Keyed]) -> None:
        self._schedule.after(milliseconds, lambda: self._send(make()))

    def _send_at(self, milliseconds: int, each: Keyed) -> None:
        self._schedule.after(milliseconds, lambda: self._send(each))

    def _send(self, each: Keyed, again: bool = True) -> None:
        topic, key, event = each
        chance, now = self._chance, self._schedule.now_milliseconds
        headers = self._codec.headers(event, key, now)
        value = self._codec.encode(topic, event)
        name = type(event).__name__
        if name in FOREIGN_EVENTS and chance.random() < 0.15:
            value = foreign(value, name)
        number = partition_of(key.encode(), len(self._broker.partitions(topic)))
        self._append((topic, number), key.encode(), value, headers)
        self._schedule.note("client", name, key)
        if again and chance.random() < TWICE:
            # Its acknowledgement was lost, so it is sent again.
            late = chance.randrange(1, BUSY_MILLISECONDS)
            self._schedule.after(late, lambda: self._send(each, again=False))

    def _append(self, source: Source, key: bytes, value: bytes, headers: Any) -> int:
        self.sent += 1
        off = self._chance.randrange(-SKEW_MILLISECONDS, SKEW_MILLISECONDS)
        at = self._schedule.now_milliseconds + off
        record = InputRecord(*source, 0, key, value, headers, at)
        return self._broker.append(source, record, None)

    def _some_time(self) -> int:
        return self._chance.randrange(BUSY_MILLISECONDS)

    def _hours(self, least: int, most: int) -> int:
        return self._chance.randrange(least * HOUR_MILLISECONDS, most * HOUR_MILLISECONDS)
