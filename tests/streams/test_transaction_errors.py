"""The three classes of errors, and what each leads to."""

import pytest
from confluent_kafka import KafkaError, KafkaException

from streams.clock import VirtualClock
from streams.kafka.records import OutputRecord
from streams.kafka.transactions import (
    ErrorClass,
    ProducerFatal,
    TransactionAborted,
    TransactionIndefinite,
    Transactions,
    classify,
)

RETRIABLE = KafkaError(KafkaError._TIMED_OUT, "late", retriable=True)
ABORTABLE = KafkaError(KafkaError._FAIL, "abort", txn_requires_abort=True)
FATAL = KafkaError(KafkaError._FENCED, "fenced", fatal=True)
UNKNOWN = KafkaError(KafkaError._FAIL, "unknown")


class ScriptedProducer:
    """A producer that fails where the script says; time goes on by a second with each call."""

    def __init__(self, clock, script, calls):
        self.clock, self.script, self.calls = clock, script, calls

    def __getattr__(self, name):
        def call(*_arguments, **_named):
            self.calls.append(name)
            self.clock.advance(1_000)
            errors = self.script.get(name, [])
            if errors:
                error = errors.pop(0)
                if error is not None:
                    raise KafkaException(error)

        return call


@pytest.fixture
def run():
    calls = []

    def run(script):
        clock = VirtualClock(0)
        producers = []

        def make(_configuration):
            producers.append(ScriptedProducer(clock, script, calls))
            return producers[-1]

        transactions = Transactions({}, clock, 10.0, make)
        transactions.open()
        transactions.run([], [], [], None, lambda _step: None)
        return producers

    run.calls = calls
    return run


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (RETRIABLE, ErrorClass.RETRIABLE),
        (ABORTABLE, ErrorClass.ABORTABLE),
        (FATAL, ErrorClass.FATAL),
        (UNKNOWN, ErrorClass.FATAL),
    ],
)
def test_classes(error, kind):
    assert classify(error) is kind


def test_a_retriable_error_is_tried_again(run):
    run({"commit_transaction": [RETRIABLE, RETRIABLE]})
    assert run.calls.count("commit_transaction") == 3
    assert "abort_transaction" not in run.calls


def test_an_abortable_error_aborts(run):
    with pytest.raises(TransactionAborted):
        run({"commit_transaction": [ABORTABLE]})
    assert run.calls[-1] == "abort_transaction"


def test_a_commit_without_an_end_is_indefinite_and_not_aborted(run):
    with pytest.raises(TransactionIndefinite):
        run({"commit_transaction": [RETRIABLE] * 100})
    assert "abort_transaction" not in run.calls


def test_an_abort_that_fails_is_indefinite(run):
    with pytest.raises(TransactionIndefinite):
        run({"commit_transaction": [ABORTABLE], "abort_transaction": [RETRIABLE]})


@pytest.mark.parametrize("error", [FATAL, UNKNOWN])
@pytest.mark.parametrize("call", ["init_transactions", "begin_transaction", "commit_transaction"])
def test_what_is_fatal_or_unknown_ends_the_producer(run, call, error):
    with pytest.raises(ProducerFatal):
        run({call: [error]})


def test_where_no_coordinator_answers_the_process_ends_and_nothing_is_aborted(run):
    with pytest.raises(ProducerFatal):
        run({"init_transactions": [RETRIABLE] * 100})
    assert set(run.calls) == {"init_transactions"}


def test_after_an_indefinite_end_another_producer_is_made():
    clock, calls, made = VirtualClock(0), [], []

    def make(_configuration):
        script = {"commit_transaction": [RETRIABLE] * 100} if not made else {}
        made.append(ScriptedProducer(clock, script, calls))
        return made[-1]

    transactions = Transactions({}, clock, 10.0, make)
    transactions.open()
    with pytest.raises(TransactionIndefinite):
        transactions.run([], [], [], None, lambda _step: None)
    transactions.open()
    transactions.run([], [], [], None, lambda _step: None)
    assert len(made) == 2
    assert calls.count("purge") == 1
    assert calls.count("init_transactions") == 2


class LateReports:
    """A producer that tells of a record in the next transaction, where the first is aborted."""

    def __init__(self):
        self.reports, self.offset, self.aborts = [], 0, True

    def __getattr__(self, _name):
        return lambda *_arguments, **_named: None

    def produce_batch(self, _topic, messages, partition):
        self.offset += 1
        told = Told(partition, self.offset)
        self.reports.append(lambda: messages[-1]["callback"](None, told))

    def commit_transaction(self, _timeout):
        if self.aborts:
            self.aborts = False
            raise KafkaException(ABORTABLE)

    def poll(self, _timeout):
        for report in self.reports:
            report()
        self.reports.clear()


class Told:
    def __init__(self, partition, offset):
        self.partition, self.offset = lambda: partition, lambda: offset


def test_what_is_told_of_an_aborted_transaction_is_not_taken_for_the_next_ones():
    producer = LateReports()
    transactions = Transactions({}, VirtualClock(0), 10.0, lambda _configuration: producer)
    transactions.open()
    rows = [OutputRecord("ip.cases.state", number, b"key", b"row", [], 0) for number in (0, 1)]
    with pytest.raises(TransactionAborted):
        transactions.run(rows[:1], [], [], None, lambda _step: None)
    # Else partition 0 would count as read up to there, also where its rows were never read.
    assert transactions.run(rows[1:], [], [], None, lambda _step: None) == {1: 2}
