"""The shell of services: clock, signals, state, and metrics with health on a chosen address."""

import argparse
import gc
import os
import signal
import socket
import urllib.error
import urllib.request

import psycopg
import pytest
from prometheus_client import CollectorRegistry, Gauge

from ops.errors import OperatorError
from ops.shell import service_database
from ops.shell.endpoint import Endpoint
from ops.shell.jumping_clock import set_offset
from ops.shell.service import (
    add_clock_arguments,
    add_metrics_arguments,
    clock_of,
    open_state,
    run_with_state,
    serve_metrics,
    stopping_event,
)
from ops.shell.service_database import (
    database_answers,
    migrate_database,
    once_it_answers,
)
from sinks.contract import SinkUnavailable
from streams.clock import ScaledClock, SystemClock
from streams.kafka.topic_facts import ClusterFacts
from streams.state.local_state import LocalState, StateCorrupted, StateUnavailable

NOBODY = "postgresql://nobody@127.0.0.1:1/none"


def get(port, path, address="127.0.0.1"):
    try:
        with urllib.request.urlopen(f"http://{address}:{port}{path}", timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def opened(directory, group="group", cluster="one"):
    return open_state(directory, group, ClusterFacts(cluster, 1, {}))


def options_of(*arguments):
    parser = argparse.ArgumentParser()
    add_clock_arguments(parser)
    add_metrics_arguments(parser)
    return parser.parse_args(arguments)


@pytest.fixture
def process():
    """What a service sets in its process is put back."""
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)
    gc.enable()
    gc.unfreeze()


def test_health_follows_the_service_and_metrics_are_its_registry():
    registry, state = CollectorRegistry(), {"ready": False}
    Gauge("of_this_test", "A gauge.", registry=registry).set(7)
    endpoint = Endpoint("127.0.0.1", 0, registry, lambda: state["ready"])
    try:
        assert get(endpoint.port, "/live") == (200, "live\n")
        assert get(endpoint.port, "/ready") == (503, "not ready\n")
        state["ready"] = True
        assert get(endpoint.port, "/ready") == (200, "ready\n")
        status, text = get(endpoint.port, "/metrics")
        assert status == 200
        assert "of_this_test 7.0" in text.splitlines()
    finally:
        endpoint.close()
    with pytest.raises(OSError, match="refused"):
        get(endpoint.port, "/live")


def test_other_paths_are_not_found():
    endpoint = Endpoint("127.0.0.1", 0, CollectorRegistry(), lambda: True)
    try:
        for path in ("/", "/metrics/", "/metric", "/anything", "/live/", "/ready?no"):
            wanted = 200 if path == "/ready?no" else 404
            assert get(endpoint.port, path)[0] == wanted, path
    finally:
        endpoint.close()


def test_it_listens_where_it_is_told():
    endpoint = Endpoint("127.0.0.2", 0, CollectorRegistry(), lambda: True)
    try:
        assert get(endpoint.port, "/live", "127.0.0.2")[0] == 200
        with pytest.raises(OSError, match="refused"):
            get(endpoint.port, "/live", "127.0.0.1")
    finally:
        endpoint.close()


def test_a_port_in_use_is_told():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(OperatorError, match=f"127.0.0.1:{port}"):
            serve_metrics(
                options_of("--metrics-port", str(port)), CollectorRegistry(), lambda: True
            )


def test_none_is_served_without_a_port():
    assert serve_metrics(options_of(), CollectorRegistry(), lambda: True) is None


def test_the_clock_is_the_machines_or_a_scaled_one_or_jumps(tmp_path):
    assert isinstance(clock_of(options_of()), SystemClock)
    assert isinstance(clock_of(options_of("--clock-factor", "24")), ScaledClock)
    file, before = tmp_path / "clock", SystemClock().now_milliseconds()
    clock = clock_of(options_of("--clock-file", str(file)))
    set_offset(file, -3_600_000)
    assert clock.now_milliseconds() < before
    set_offset(file, 3_600_000)
    assert clock.now_milliseconds() >= before + 3_600_000


@pytest.mark.usefixtures("process")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_asks_for_the_end(number):
    stopping = stopping_event()
    assert not stopping.is_set()
    os.kill(os.getpid(), number)
    assert stopping.wait(10)


def test_a_database_that_is_away_is_told():
    assert not database_answers(NOBODY)
    with pytest.raises(OperatorError, match="the database does not answer"):
        migrate_database(NOBODY, patience_seconds=0)


def test_a_database_that_comes_later_is_waited_for(monkeypatch):
    answers = [SinkUnavailable("starting up"), SinkUnavailable("starting up"), None]

    def migrate(_address):
        error = answers.pop(0)
        if error is not None:
            raise error

    monkeypatch.setattr(service_database, "migrate", migrate)
    monkeypatch.setattr(service_database, "RETRY_SECONDS", 0.0)
    migrate_database(NOBODY)
    assert answers == []


@pytest.mark.parametrize(
    "gone",
    [
        SinkUnavailable("gone"),
        psycopg.OperationalError("gone"),
        psycopg.errors.AdminShutdown("gone"),
        psycopg.InterfaceError("the connection is closed"),
        psycopg.errors.ReadOnlySqlTransaction("demoted"),
    ],
)
def test_a_database_that_goes_between_two_steps_of_a_start_is_waited_for(monkeypatch, gone):
    answers = [gone, gone]

    def step():
        if answers:
            raise answers.pop()
        return "done"

    monkeypatch.setattr(service_database, "RETRY_SECONDS", 0.0)
    assert once_it_answers(step) == "done"
    answers.append(gone)
    with pytest.raises(OperatorError, match="does not answer"):
        once_it_answers(step, patience_seconds=0)


def test_a_database_that_is_there_answers(database):
    migrate_database(database)
    assert database_answers(database)


class Broken:
    """A process whose state turns out to be broken at work."""

    def run(self):
        raise StateCorrupted("a block's checksum is wrong")

    def stop(self):
        raise AssertionError("nobody asked for it")


@pytest.mark.usefixtures("process")
def test_state_that_is_broken_is_set_aside_and_told(tmp_path):
    directory = tmp_path / "state"
    opened(directory).close()
    assert (directory / "database").exists()
    with pytest.raises(OperatorError, match=r"local state broke, and is .*broken-1"):
        run_with_state(Broken(), directory)
    assert not (directory / "database").exists()
    opened(directory).close()


@pytest.mark.usefixtures("process")
def test_state_that_broke_too_often_is_told_and_left_as_it_is(tmp_path):
    opened(tmp_path).close()
    for number in (1, 2, 3):
        (tmp_path / f"broken-{number}").mkdir()
    with pytest.raises(OperatorError, match="remove these"):
        run_with_state(Broken(), tmp_path)
    assert (tmp_path / "database").exists()


def test_no_room_for_the_origin_is_told(tmp_path, monkeypatch):
    def write(_state, _changes):
        raise StateUnavailable("no space left on device: make room")

    monkeypatch.setattr(LocalState, "write", write)
    with pytest.raises(OperatorError, match=r"can't be used: .*make room"):
        opened(tmp_path)


def test_state_in_use_is_told_and_left_as_it_is(tmp_path):
    state = opened(tmp_path / "state")
    with pytest.raises(OperatorError, match="works here already"):
        opened(tmp_path / "state")
    state.close()
    assert not list((tmp_path / "state").glob("broken-*"))


def test_state_that_is_broken_at_the_start_is_set_aside(tmp_path):
    opened(tmp_path / "state").close()
    (tmp_path / "state" / "database" / "CURRENT").write_bytes(b"")
    opened(tmp_path / "state").close()
    assert (tmp_path / "state" / "broken-1" / "CURRENT").read_bytes() == b""


def test_state_of_other_logs_is_refused_with_what_to_do(tmp_path):
    opened(tmp_path / "state").close()
    opened(tmp_path / "state").close()
    with pytest.raises(OperatorError, match=r"the group is other, and was group.*another --state"):
        opened(tmp_path / "state", group="other")
    with pytest.raises(OperatorError, match="the brokers are of cluster two"):
        opened(tmp_path / "state", cluster="two")
    opened(tmp_path / "state").close()
