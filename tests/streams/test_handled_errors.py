"""Errors after which a process goes on are counted by where and why, logged now and then, told."""

from confluent_kafka import KafkaError, KafkaException
from prometheus_client import generate_latest

from schemas.handled_errors import LOG_INTERVAL_SECONDS, HandledErrors
from streams.metrics.error_metrics import ErrorMetrics

FENCED = KafkaException(KafkaError(KafkaError.FENCED_LEADER_EPOCH, "old"))


def test_all_are_counted_and_some_are_logged(caplog):
    now = [0.0]
    handled = HandledErrors(lambda: now[0])
    for _ in range(5):
        handled.note("restore", FENCED)
    handled.note("restore", ValueError("odd"))
    assert [record.levelname for record in caplog.records] == ["WARNING", "WARNING"]
    now[0] = LOG_INTERVAL_SECONDS
    handled.note("restore", FENCED)
    assert "restore: FENCED_LEADER_EPOCH" in caplog.records[-1].message
    assert "(5 times)" in caplog.records[-1].message
    assert handled.counts() == {
        ("restore", "FENCED_LEADER_EPOCH"): 6,
        ("restore", "ValueError"): 1,
    }


def test_they_are_served():
    handled = HandledErrors()
    handled.note("restore", FENCED)
    handled.note("consumer", KafkaError(KafkaError._TRANSPORT, "lost"))
    served = generate_latest(ErrorMetrics(None, handled.counts).registry).decode()
    assert 'ip_handled_errors_total{place="restore",reason="FENCED_LEADER_EPOCH"} 1.0' in served
    assert 'ip_handled_errors_total{place="consumer",reason="_TRANSPORT"} 1.0' in served


def test_words_that_no_file_takes_are_logged_all_the_same(caplog):
    HandledErrors().note("foreign_schema", ValueError("no type '\ud800'"))
    assert caplog.records[0].getMessage().encode("utf-8")
    assert r"no type '\ud800'" in caplog.records[0].getMessage()
