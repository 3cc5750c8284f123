"""Connections to the filing API's server: silent ones, many of one address, and odd heads."""

import socket
import threading
import time
from contextlib import contextmanager, suppress

import pytest
import uvicorn

from ops.shell.strict_http import strict_protocol

HEAD_SECONDS = 0.3
POST = b"POST / HTTP/1.1\r\nHost: a\r\n"
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


async def refuse(scope, receive, send):
    await send(
        {"type": "http.response.start", "status": 429, "headers": [(b"content-length", b"0")]}
    )
    await send({"type": "http.response.body", "body": b""})


@contextmanager
def serving(head_seconds=HEAD_SECONDS, handler=app):
    config = uvicorn.Config(
        handler,
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
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"GET / HTTP/2.0\r\nHost: a\r\n\r\n",
        b"GET / HTTP/0.9\r\nHost: a\r\n\r\n",
        b"GET /\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nA: \x00\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost : a\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nA: " + b"b" * 33_000 + b"\r\n\r\n",
        b"GET /" + b"b" * 33_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
        POST + b"Content-Length: 1\r\nContent-Length: 1\r\n\r\nx",
        POST + b"Content-Length: +1\r\n\r\nx",
        POST + b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        POST + b"Transfer-Encoding: chunked, gzip\r\n\r\n",
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


CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize("body", [b"1\nx\r\n0\r\n\r\n", b"1\r\nx\n0\r\n\r\n"])
def test_a_body_of_two_readings_is_refused(patient, body):
    with opened(patient) as connection:
        connection.sendall(CHUNKED + body)
        assert everything(connection).startswith(b"HTTP/1.1 400")


@pytest.mark.parametrize(
    ("begin", "more"),
    [
        (b"", b"\r\n"),
        (b"GET / HTTP/1.1\r\n", b"A: b\r\n"),
        (b"GET / HTTP/1.1\r\nA: ", b"b"),
        (b"GET /", b"b"),
        (CHUNKED + b"1;", b"a"),
        (CHUNKED + b"1\r\nx\r\n0\r\n", b"A: b\r\n"),
        (CHUNKED + b"1\r\nx\r\n0\r\nA: ", b"b"),
    ],
)
def test_what_has_no_end_is_ended(patient, begin, more):
    with opened(patient) as connection, suppress(ConnectionError):
        connection.sendall(begin)
        for _ in range(100):
            connection.sendall(more * 10_000)
        assert b"HTTP/1.1 200" not in everything(connection)


def test_fields_after_a_body_are_left(patient):
    trailer = b"1\r\nx\r\n0\r\nAuthorization: b\r\n\r\n"
    with opened(patient) as connection:
        connection.sendall(CHUNKED + trailer + GET)
        received = b""
        while received.count(b"HTTP/1.1 200") < 2:
            received += connection.recv(4_096)
        assert b"\r\n\r\nx" in received


def test_an_offer_to_speak_otherwise_is_left_and_nothing_after_it_is_read(patient):
    offer = GET.replace(b"\r\n\r\n", b"\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n")
    with opened(patient) as connection:
        connection.sendall(offer + GET)
        answer = everything(connection)
    assert answer.startswith(b"HTTP/1.1 200")
    assert answer.count(b"HTTP/1.1") == 1


def test_a_body_that_trickles_after_the_answer_is_not_waited_for():
    with serving(handler=refuse) as place, opened(place) as connection:
        connection.sendall(POST + b"Content-Length: 1000000\r\n\r\n")
        assert connection.recv(4_096).startswith(b"HTTP/1.1 429")
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
