"""A commit under way: what is busy, how it ends, and that errors come out where it is awaited."""

import threading
from collections import Counter

import pytest
from confluent_kafka import KafkaError, KafkaException

from streams.clock import SystemClock
from streams.kafka import transactions as transactions_module
from streams.kafka.records import InputRecord
from streams.kafka.transactions import (
    ProducerFatal,
    TransactionAborted,
    TransactionIndefinite,
    Transactions,
)
from streams.worker.batch_journal import Notes
from streams.worker.commits import Batch, Commits, SteppedBatch
from streams.worker.results import Result

ABORTABLE = KafkaError(KafkaError._FAIL, "abort", txn_requires_abort=True)
FENCED = KafkaError(KafkaError._FENCED, "fenced", fatal=True)
LATE = KafkaError(KafkaError._TIMED_OUT, "late", retriable=True)


class HeldProducer:
    """A producer whose commit waits until it is let go, and then fails if it is told to."""

    def __init__(self):
        self.go = threading.Event()
        self.aborted = threading.Event()
        self.error = None
        self.calls = []

    def commit_transaction(self, _timeout):
        assert self.go.wait(10)
        if self.error is not None:
            raise KafkaException(self.error)

    def abort_transaction(self, _timeout):
        self.calls.append("abort_transaction")
        self.aborted.set()

    def __getattr__(self, name):
        return lambda *_arguments, **_named: self.calls.append(name)


@pytest.fixture
def producer():
    return HeldProducer()


@pytest.fixture
def commits(producer):
    transactions = Transactions({}, SystemClock(), 0.0, lambda _configuration: producer)
    transactions.open()
    commits = Commits(transactions, lambda _step: None)
    yield commits
    producer.go.set()
    commits.close()


def stepped(*partitions):
    records = [InputRecord("ip.listings.events", n, 0, b"", b"", None, 0) for n in partitions]
    result = Result([], [], [], [], Counter(), [], [])
    return SteppedBatch(Batch(records, [], []), result, Notes([], {}, frozenset()), {}, {}, 0.0)


def test_its_partitions_are_busy_until_it_is_awaited(commits, producer):
    batch = stepped(0, 2)
    assert commits.busy == frozenset()
    commits.start(batch, [], None)
    assert commits.busy == {0, 2}
    assert not commits.ended
    producer.go.set()
    under_way, last = commits.wait()
    assert under_way.stepped is batch
    assert last == {}
    assert commits.busy == frozenset()


@pytest.mark.parametrize(
    ("error", "raised"),
    [
        (ABORTABLE, TransactionAborted),
        (LATE, TransactionIndefinite),
        (FENCED, ProducerFatal),
    ],
)
def test_its_error_comes_where_it_is_awaited_and_nothing_is_under_way(
    commits, producer, error, raised
):
    producer.error = error
    commits.start(stepped(1), [], None)
    producer.go.set()
    with pytest.raises(raised):
        commits.wait()
    assert commits.under_way is None
    assert ("abort_transaction" in producer.calls) is (raised is TransactionAborted)


def test_a_client_that_never_answers_is_left_to_itself(monkeypatch):
    monkeypatch.setattr(transactions_module, "MARGIN_SECONDS", 0.05)
    hung, sound = HeldProducer(), HeldProducer()
    sound.go.set()
    made = iter((hung, sound))
    transactions = Transactions({}, SystemClock(), 0.0, lambda _configuration: next(made))
    transactions.open()
    commits = Commits(transactions, lambda _step: None)
    commits.start(stepped(1), [], None)
    with pytest.raises(TransactionIndefinite, match="does not answer"):
        commits.wait()
    assert commits.busy == frozenset()
    transactions.open()
    commits.start(stepped(2), [], None)
    assert commits.wait()[0].partitions == {2}
    calls = list(sound.calls)
    # What it has left to do is done with its own client.
    hung.error = ABORTABLE
    hung.go.set()
    hung.aborted.wait(10)
    assert "abort_transaction" in hung.calls
    assert sound.calls == calls
    commits.close()


def test_the_end_waits_for_it(commits, producer):
    commits.start(stepped(1), [], None)
    producer.go.set()
    commits.close()
    assert commits.under_way is None
