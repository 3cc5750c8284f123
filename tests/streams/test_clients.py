"""Configurations of Kafka clients: all made in one place, and taken by the client library."""

import ast
from pathlib import Path

import pytest
from confluent_kafka import Consumer, KafkaException, Producer

from streams.kafka import clients
from streams.kafka.clients import (
    admin_client,
    client_settings,
    consumer_settings,
    producer_settings,
)
from streams.worker.settings import WorkerSettings

ROOT = Path(__file__).parents[2]
NOBODY = "127.0.0.1:1"
MADE_FROM = {"Consumer", "Producer", "AdminClient"}
QUIET = {"log_level": 0}


def calls_of_clients():
    for package in ("ops", "replay", "streams", "sinks"):
        for path in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                called = node.func if isinstance(node, ast.Call) else None
                if isinstance(called, ast.Name) and called.id in MADE_FROM:
                    yield path.relative_to(ROOT), node


def test_no_client_is_given_settings_written_out_in_its_place():
    found = list(calls_of_clients())
    assert len(found) > 10
    for path, call in found:
        assert not isinstance(call.args[0], ast.Dict), f"{path}:{call.lineno}"
    assert {path for path, call in found if call.func.id == "AdminClient"} == {
        Path("streams/kafka/clients.py")
    }


def test_nothing_else_names_the_setting_of_the_address():
    for package in ("ops", "replay", "streams", "sinks"):
        for path in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Dict):
                    keys = [key.value for key in node.keys if isinstance(key, ast.Constant)]
                    if "bootstrap.servers" in keys:
                        assert path == ROOT / "streams/kafka/clients.py"


@pytest.mark.parametrize("made", [client_settings, producer_settings])
def test_own_settings_come_last(made):
    settings = made(NOBODY, {"linger.ms": 7, "reconnect.backoff.max.ms": 9})
    assert settings["bootstrap.servers"] == NOBODY
    assert (settings["linger.ms"], settings["reconnect.backoff.max.ms"]) == (7, 9)


def test_what_holds_for_every_client_reaches_every_one(monkeypatch, tmp_path):
    added = {"client.id": "one-place"}
    monkeypatch.setattr(clients, "RECONNECT_MILLISECONDS", 1_234)
    worker = WorkerSettings(NOBODY, tmp_path, "worker-1")
    for settings in (
        worker.consumer(),
        worker.reader("tables"),
        worker.producer(),
        consumer_settings(NOBODY, "group", added),
        producer_settings(NOBODY, added),
    ):
        assert settings["reconnect.backoff.max.ms"] == 1_234


def test_the_library_takes_them(tmp_path):
    # It raises an error for a name or a value that it does not know.
    with pytest.raises(KafkaException):
        Producer(producer_settings(NOBODY, {"no.such.setting": 1}))
    worker = WorkerSettings(NOBODY, tmp_path, "worker-1")
    for settings in (worker.consumer(), worker.reader("tables"), consumer_settings(NOBODY, "g")):
        Consumer(settings | QUIET).close()
    for settings in (worker.producer(), producer_settings(NOBODY)):
        Producer(settings | QUIET).purge()
    assert admin_client(NOBODY, QUIET) is not None
