"""What a consumer brings: records in order, ends told, errors counted or raised."""

from collections import Counter

import pytest
from confluent_kafka import KafkaError, KafkaException

from schemas.handled_errors import HANDLED
from streams.kafka.consuming import records_of


class Message:
    """A message of the client, which can't be made otherwise but by a broker."""

    def __init__(self, offset=0, error=None):
        self._offset = offset
        self._error = error

    def error(self):
        return self._error

    def topic(self):
        return "ip.listings.events"

    def partition(self):
        return 3

    def offset(self):
        return self._offset

    def key(self):
        return b"listing-1"

    def value(self):
        return b"value"

    def headers(self):
        return [("ce_type", b"ListingChanged")]

    def timestamp(self):
        return (1, 1_700_000_000_000)


END = Message(9, KafkaError(KafkaError._PARTITION_EOF))
LOST = Message(0, KafkaError(KafkaError._TRANSPORT, "lost", retriable=True))
UNKNOWN = Message(0, KafkaError(KafkaError._UNKNOWN_TOPIC))
FATAL = Message(0, KafkaError(KafkaError._FATAL, "fenced", fatal=True))
TOLD_AS_FATAL = Message(0, KafkaError(KafkaError._FATAL, "fenced"))
"""As the client tells it: by the code alone."""


def test_records_are_those_of_the_messages_in_order():
    first, second = records_of([Message(4), LOST, END, Message(5)])
    assert first[:3] == ("ip.listings.events", 3, 4)
    assert (first.key, first.value) == (b"listing-1", b"value")
    assert first.headers_source() == [("ce_type", b"ListingChanged")]
    assert first.timestamp_milliseconds == 1_700_000_000_000
    assert second.offset == 5


def test_an_end_is_told_and_is_no_error():
    ended = []
    assert records_of([END], lambda *place: ended.append(place), only_retriable=True) == []
    assert ended == [("ip.listings.events", 3)]


def test_what_the_client_goes_on_after_is_counted():
    before = Counter(HANDLED.counts())
    assert len(records_of([LOST, UNKNOWN, Message()])) == 1
    assert Counter(HANDLED.counts()) - before == {
        ("consumer", "_TRANSPORT"): 1,
        ("consumer", "_UNKNOWN_TOPIC"): 1,
    }


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("fatal", [FATAL, TOLD_AS_FATAL])
def test_what_ends_the_client_is_raised(strict, fatal):
    with pytest.raises(KafkaException, match="fenced"):
        records_of([Message(), fatal], only_retriable=strict)


def test_a_reader_that_needs_all_partitions_takes_no_error_that_lasts():
    with pytest.raises(KafkaException):
        records_of([UNKNOWN], only_retriable=True)
    assert records_of([LOST], only_retriable=True) == []
