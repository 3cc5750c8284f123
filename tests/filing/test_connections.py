"""Connections to the filing API's server: silent ones, many of one address, and odd heads."""

import socket
import threading
import time
from contextlib import contextmanager

import pytest
import uvicorn

from ops.shell.strict_http import strict_protocol

HEAD_SECONDS = 0.3
GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
PARTS = [b"GET / HTTP/1.1\r\n", b"Host: a\r\n", b"A: b\r\n", b"C: d\r\n", b"E: f\r\n"]


async def app(scope, receive, send):
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    headers = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


@contextmanager
def serving(head_seconds=HEAD_SECONDS):
    config = uvicorn.Config(
        app,
        host="127.0.0.1",
        port=0,
        lifespan="off",
        log_config=None,
        limit_concurrency=20,
        http=strict_protocol(head_seconds, 5),
        ws="none",
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()
    server.should_exit = True
    thread.join()


@pytest.fixture(scope="module")
def place():
    with serving() as place:
        yield place


@pytest.fixture(scope="module")
def patient():
    """A server that waits for heads, however slow this machine is."""
    with serving(60.0) as place:
        yield place


def opened(place):
    connection = socket.create_connection(place, 5)
    connection.settimeout(5)
    return connection


def everything(connection):
    """Return what comes until the server ends the connection."""
    received = b""
    while part := connection.recv(4_096):
        received += part
    return received


def asked(place, *parts):
    with opened(place) as connection:
        for part in parts:
            connection.sendall(part)
        return connection.recv(4_096)


def test_silent_connections_end_and_give_room(place):
    silent = [opened(place) for _ in range(5)]
    for connection in silent:
        assert everything(connection) == b""
        connection.close()
    assert asked(place, GET).startswith(b"HTTP/1.1 200")


def test_a_head_that_trickles_is_not_waited_for(place):
    with opened(place) as connection:
        connection.settimeout(HEAD_SECONDS / 10)
        for _ in range(1_000):
            try:
                connection.sendall(b"A")
                if not connection.recv(1):
                    return
            except TimeoutError:
                continue
            except ConnectionError:
                return
    pytest.fail("it was waited for")


def test_a_head_that_trickles_after_an_answer_is_not_waited_for(place):
    with opened(place) as connection:
        connection.sendall(GET)
        assert connection.recv(4_096).startswith(b"HTTP/1.1 200")
        connection.sendall(b"GET / HT")
        assert everything(connection) == b""


def test_one_too_many_of_an_address_is_told(patient):
    held = [opened(patient) for _ in range(5)]
    for connection in held:
        connection.sendall(GET)
        assert connection.recv(4_096).startswith(b"HTTP/1.1 200")
    with opened(patient) as one_more:
        assert everything(one_more).startswith(b"HTTP/1.1 503")
    held.pop().close()
    while not (answer := asked(patient, GET)).startswith(b"HTTP/1.1 200"):
        assert answer.startswith(b"HTTP/1.1 503")
    for connection in held:
        connection.close()


@pytest.mark.parametrize(
    "head",
    [
        GET.replace(b"\r\n", b"\n"),
        b"GET / HTTP/1.1\nHost: a\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\nA: b\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\n\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nA: b\r\n c\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nA: b\r\n\tc\r\n\r\n",
    ],
)
@pytest.mark.parametrize("before", [b"", GET])
def test_a_head_of_two_readings_is_refused(patient, head, before):
    answer = b""
    with opened(patient) as connection:
        connection.sendall(before + head)
        answer = everything(connection)
    assert answer.count(b"HTTP/1.1 200") == (1 if before else 0)
    assert answer.count(b"HTTP/1.1 400") == 1


def test_what_is_well_formed_is_taken_in_any_parts_and_bodies_are_their_own(patient):
    body = b"a\n b\r\n\tc\n\n"
    head = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % len(body)
    with opened(patient) as connection:
        connection.sendall(head.replace(b"Host", b"Connection: close\r\nHost") + body)
        assert everything(connection).endswith(b"\r\n\r\n" + body)
    with opened(patient) as connection:
        for part in (*PARTS, b"\r\n"):
            connection.sendall(part)
        assert connection.recv(4_096).startswith(b"HTTP/1.1 200")
        connection.sendall(head + body + GET)
        received = b""
        while received.count(b"HTTP/1.1 200") < 2:
            received += connection.recv(4_096)
        assert body in received
