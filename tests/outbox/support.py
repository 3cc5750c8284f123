"""Rows for the outbox, and a producer that answers as told."""

from confluent_kafka import KafkaError, KafkaException

from schemas.events.desk import ReviewSkipped
from schemas.events.reviews import ReviewDecided
from schemas.wire.registry import offline_codec
from sinks.database.outbox import INSERT_ROW, content_row, encoded_row

START = 1_790_000_000_000
CODEC = offline_codec()
REVIEWS, DESK = "ip.reviews.events", "ip.desk.events"


def review(listing_id, number=1):
    return ReviewDecided(
        review_id=f"review-{listing_id}-{number}",
        case_id=f"case-{listing_id}",
        listing_id=listing_id,
        decision_number=number,
        outcome="take_down",
        reason_codes=("counterfeit",),
        reviewer_id="ann",
        decided_at_milliseconds=START + number,
        subject_id=f"case-{listing_id}",
        second_reviewer_id=None,
        marketplace="taobao",
    )


def skipped(case_id, number=1):
    return ReviewSkipped(f"task-{number}", case_id, "ann", "no time", START + number)


def put_review(connection, listing_id, number=1):
    row = content_row("desk", review(listing_id, number), START + number)
    connection.execute(INSERT_ROW, row)


def put_skip(connection, case_id, number=1):
    row = content_row("desk", skipped(case_id, number), START + number)
    connection.execute(INSERT_ROW, row)


def put_encoded(connection, listing_id, number=1):
    event = review(listing_id, number)
    row = encoded_row("filing", CODEC, event, START + number)
    connection.execute(INSERT_ROW, row._replace(source_id=f"filing-{listing_id}"))


def waiting(connection):
    return connection.execute(
        "SELECT count(*) FROM outbox WHERE sent_at_milliseconds IS NULL AND refusal IS NULL"
    ).fetchone()[0]


class ToldProducer:
    """Answers for each topic or key as told: with an error, with none, or not yet.

    A real broker can't be made to refuse chosen records; tests/broker/test_outbox.py has the real
    one. `sent` is what a broker would hold: topic, key, event, headers and time.
    """

    def __init__(self):
        self.sent = []
        self.errors = {}
        self.silent = set()
        self.full_after = None
        self._waiting = []

    def produce(self, topic, value, key, headers, timestamp, on_delivery):
        if self.full_after is not None and len(self._waiting) >= self.full_after:
            raise BufferError
        if len(value) > 1_000_000:
            raise KafkaException(KafkaError(KafkaError.MSG_SIZE_TOO_LARGE))
        self._waiting.append((topic, value, key.decode(), headers, timestamp, on_delivery))

    def flush(self, _seconds):
        still = []
        for message in self._waiting:
            topic, value, key, headers, timestamp, report = message
            if {topic, key} & self.silent:
                still.append(message)
            elif error := self.errors.get(key) or self.errors.get(topic):
                report(KafkaError(error), None)
            else:
                event = CODEC.decode(topic, value, [])
                self.sent.append((topic, key, event, dict(headers), timestamp))
                report(None, None)
        self._waiting = still
        return len(still)

    def order(self, key):
        return [event.decision_number for _, at, event, *_ in self.sent if at == key]
