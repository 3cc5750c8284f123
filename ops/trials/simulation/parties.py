"""Complainants and sellers of a simulated day: they read their notices, and answer some."""

import heapq
import random
import threading
from itertools import count
from typing import Any

from confluent_kafka import Consumer

from ops.trials.simulation.day import Day
from ops.trials.simulation.scenario import story
from schemas.durations import HOUR_MILLISECONDS
from schemas.events.appeals import AppealFiled
from schemas.events.complaints import ClarificationProvided, ComplaintRetracted, Evidence
from schemas.events.counter_notices import CounterNoticeAnswered, CounterNoticeFiled
from schemas.events.notices import NotifyParty
from schemas.topic_names import COMPLAINTS_EVENTS, COUNTER_NOTICES_EVENTS, NOTICES_COMMANDS
from schemas.wire.codec import Codec
from streams.kafka.clients import consumer_settings
from streams.kafka.consuming import records_of
from streams.kafka.producing import EventProducer, Keyed, send

CLARIFY, OBJECT, ANSWER, APPEAL, RETRACT = 0.9, 0.02, 0.7, 0.03, 0.005
"""Shares of notices that are answered: a question, a takedown, an objection, a refusal, a receipt.
Assumptions."""

HOURS = {"clarify": 2.0, "object": 4.0, "answer": 3.0, "appeal": 4.0, "retract": 2.0}
"""Median times until an answer, log-normal. Assumptions."""

SPREAD = 0.8
BATCH_RECORDS = 500
POLL_SECONDS = 0.05
FLUSH_SECONDS = 30.0


class Crowd(threading.Thread):
    """Answers notices on the day's clock; `counts` tells how many of each."""

    def __init__(self, servers: str, codec: Codec, day: Day) -> None:
        super().__init__(name="crowd", daemon=True)
        self._consumer = Consumer(consumer_settings(servers, "crowd"))
        self._producer = EventProducer(servers)
        self._codec = codec
        self._day = day
        self._clock = day.clock
        self._stopping = threading.Event()
        self._order = count()
        self._answers: list[tuple[int, int, str, Any]] = []
        self.error: BaseException | None = None
        self.counts: dict[str, int] = dict.fromkeys(HOURS, 0)

    @property
    def waiting(self) -> int:
        """How many answers are still to be given."""
        return len(self._answers)

    def run(self) -> None:
        """Answer until `stop` is called."""
        try:
            self._consumer.subscribe([NOTICES_COMMANDS])
            while not self._stopping.is_set():
                self._read()
                self._answer()
        except BaseException as error:
            self.error = error
        finally:
            self._producer.flush(FLUSH_SECONDS)
            self._consumer.close()

    def stop(self) -> None:
        """Answer nothing more."""
        self._stopping.set()

    def _read(self) -> None:
        for record in records_of(self._consumer.consume(BATCH_RECORDS, POLL_SECONDS)):
            notice = self._codec.decode(
                NOTICES_COMMANDS, record.value or b"", record.headers_source
            )
            if isinstance(notice, NotifyParty):
                self._consider(notice)

    def _consider(self, notice: NotifyParty) -> None:
        name = f"{self._day.seed}:{notice.command_id}"
        source = random.Random(name)
        drawn = source.random()
        if notice.kind == "clarification_asked" and drawn < CLARIFY:
            self._later("clarify", source, notice)
        elif notice.kind == "complaint_received" and drawn < RETRACT:
            self._later("retract", source, notice)
        elif notice.kind == "counter_notice_filed" and drawn < ANSWER:
            self._later("answer", source, notice)
        elif notice.kind == "decision" and notice.role == "seller":
            if notice.outcome == "take_down" and drawn < OBJECT:
                self._later("object", source, notice)
        elif notice.kind == "decision" and notice.outcome == "decline" and drawn < APPEAL:
            self._later("appeal", source, notice)

    def _later(self, what: str, source: random.Random, notice: NotifyParty) -> None:
        hours = HOURS[what] * source.lognormvariate(0, SPREAD)
        due = notice.issued_at_milliseconds + int(hours * HOUR_MILLISECONDS)
        heapq.heappush(self._answers, (due, next(self._order), what, (notice, source)))

    def _answer(self) -> None:
        now = self._clock.now_milliseconds()
        while self._answers and self._answers[0][0] <= now:
            _, _, what, (notice, source) = heapq.heappop(self._answers)
            topic, event = answer_to(notice, what, source, now)
            if what == "clarify":
                event = _completed(event, story(self._day.seed, _number(notice)).kind)
            send(self._producer, self._codec, Keyed(topic, notice.listing_id, event), now)
            self.counts[what] += 1
        self._producer.poll(0)


def answer_to(
    notice: NotifyParty, what: str, source: random.Random, now_milliseconds: int
) -> tuple[str, Any]:
    """Return an answer to a notice and its topic: `clarify`, `object` and so on, as in HOURS."""
    return _MAKERS[what](notice, source, now_milliseconds)  # type: ignore[no-any-return]


def _number(notice: NotifyParty) -> int:
    return int(notice.case_id.rpartition("-")[2])


def _completed(event: ClarificationProvided, kind: str) -> ClarificationProvided:
    """Return the answer with what was missing; who has no authorisation has none to show."""
    if kind == "signature_missing":
        return event._replace(signature=event.complainant_id)
    return event


def _clarification(
    notice: NotifyParty, _source: random.Random, now: int
) -> tuple[str, ClarificationProvided]:
    return COMPLAINTS_EVENTS, ClarificationProvided(
        clarification_id=f"clarification-{notice.command_id[:24]}",
        case_id=notice.case_id,
        listing_id=notice.listing_id,
        complainant_id=notice.party_id,
        statement=None,
        good_faith_declared=None,
        signature=None,
        contact_email=None,
        trademark_office=None,
        trademark_number=None,
        trademark_number_kind=None,
        territory=None,
        evidence=(Evidence(f"added-{notice.command_id[:24]}", "photo", None),),
        provided_at_milliseconds=now,
        marketplace=notice.marketplace,
    )


def _retraction(
    notice: NotifyParty, _source: random.Random, now: int
) -> tuple[str, ComplaintRetracted]:
    return COMPLAINTS_EVENTS, ComplaintRetracted(
        retraction_id=f"retraction-{notice.command_id[:24]}",
        case_id=notice.case_id,
        listing_id=notice.listing_id,
        complainant_id=notice.party_id,
        explanation="Settled with the seller.",
        retracted_at_milliseconds=now,
        marketplace=notice.marketplace,
    )


def _objection(
    notice: NotifyParty, source: random.Random, now: int
) -> tuple[str, CounterNoticeFiled]:
    return COUNTER_NOTICES_EVENTS, CounterNoticeFiled(
        counter_notice_id=f"counter-notice-{notice.command_id[:24]}",
        case_id=notice.case_id,
        listing_id=notice.listing_id,
        seller_id=notice.party_id,
        reason=source.choice(("owner", "authorized", "fair_use", "not_used")),
        statement="The listing does not infringe.",
        perjury_declared=True,
        jurisdiction_consented=True,
        signature=notice.party_id,
        evidence=(),
        filed_at_milliseconds=now,
        marketplace=notice.marketplace,
    )


def _reply(
    notice: NotifyParty, source: random.Random, now: int
) -> tuple[str, CounterNoticeAnswered]:
    return COUNTER_NOTICES_EVENTS, CounterNoticeAnswered(
        answer_id=f"answer-{notice.command_id[:24]}",
        case_id=notice.case_id,
        listing_id=notice.listing_id,
        complainant_id=notice.party_id,
        answer=source.choices(("reject", "accept", "court_action"), (60, 35, 5))[0],
        explanation="We have looked into it.",
        answered_at_milliseconds=now,
        marketplace=notice.marketplace,
    )


def _appeal(notice: NotifyParty, _source: random.Random, now: int) -> tuple[str, AppealFiled]:
    return COUNTER_NOTICES_EVENTS, AppealFiled(
        appeal_id=f"appeal-{notice.command_id[:24]}",
        case_id=notice.case_id,
        listing_id=notice.listing_id,
        party_id=notice.party_id,
        statement="We ask for another look.",
        filed_at_milliseconds=now,
        marketplace=notice.marketplace,
    )


_MAKERS: dict[str, Any] = {
    "clarify": _clarification,
    "retract": _retraction,
    "object": _objection,
    "answer": _reply,
    "appeal": _appeal,
}
