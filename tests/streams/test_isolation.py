"""Of a batch whose records no broker takes, the input to blame is found, and alone is buried."""

import pytest
from confluent_kafka import KafkaError, KafkaException

from processors.step import TimerFired
from streams.clock import VirtualClock
from streams.kafka.records import InputRecord, OutputRecord
from streams.kafka.transactions import ProducerFatal, RecordRefused, Transactions
from streams.state.indexes import DueTimer
from streams.worker.commits import Batch
from streams.worker.isolation import Isolation
from streams.worker.results import RegistryStimulus

REFUSED = RecordRefused("it is too large")
TIMER = DueTimer(0, b"row", TimerFired("case-1", "sla_breach", 5))
STIMULUS = RegistryStimulus(0, b"row", "US:1", 5)


def record(offset):
    return InputRecord("ip.complaints.events", 0, offset, b"k", b"v", None, 5)


def of_records(*offsets):
    return Batch([record(offset) for offset in offsets], [], [])


@pytest.mark.parametrize(
    "bad", [of_records(2), Batch([], [TIMER], []), Batch([], [], [STIMULUS])], ids=str
)
def test_the_input_that_is_refused_alone_is_to_be_buried(bad):
    isolation = Isolation()
    assert not isolation.active
    isolation.refused(of_records(1, 2, 3), REFUSED)
    assert isolation.active
    isolation.committed(of_records(1))
    assert isolation.refusal_of(bad) == ""
    isolation.refused(bad, REFUSED)
    assert isolation.refusal_of(bad) == "it is too large"
    assert isolation.refusal_of(of_records(3)) == ""
    isolation.committed(bad)
    assert isolation.refusal_of(bad) == ""
    assert isolation.active
    isolation.committed(of_records(3))
    assert not isolation.active


def test_a_dead_letter_that_is_refused_ends_the_worker():
    isolation = Isolation()
    isolation.refused(of_records(1), REFUSED)
    with pytest.raises(ProducerFatal, match="a dead letter is refused: it is too large"):
        isolation.refused(of_records(1), REFUSED)


class Refusing:
    """A producer that refuses where it is told to."""

    def __init__(self, place, error):
        self.place, self.error, self.calls = place, error, []

    def __getattr__(self, name):
        def call(*_arguments, **_named):
            self.calls.append(name)
            if name == self.place:
                raise KafkaException(self.error)

        return call


@pytest.mark.parametrize("place", ["produce", "commit_transaction"])
@pytest.mark.parametrize(
    "code",
    [KafkaError.MSG_SIZE_TOO_LARGE, KafkaError.INVALID_TIMESTAMP, KafkaError.INVALID_RECORD],
)
def test_a_refused_record_aborts_and_is_told_apart(place, code):
    producer = Refusing(place, KafkaError(code, "no", txn_requires_abort=place != "produce"))
    transactions = Transactions({}, VirtualClock(0), 10.0, lambda _settings: producer)
    transactions.open()
    output = OutputRecord("ip.decisions.events", 0, b"k", b"v", [], 5)
    with pytest.raises(RecordRefused):
        transactions.run([], [output], [], None, lambda _step: None)
    assert producer.calls[-1] == "abort_transaction"
