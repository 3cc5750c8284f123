"""Addresses of PostgreSQL: all forms of libpq's, several hosts, replicas and poolers."""

import socket
import threading

import pytest
from databases import database_on
from demotion import demoted
from psycopg.conninfo import conninfo_to_dict

from ops.__main__ import main
from sinks.contract import SinkUnavailable, SinkUnusable
from sinks.database.database import connect, migrate
from sinks.database.kept_connection import KeptConnection
from sinks.database.locks import Lock, leads


@pytest.fixture
def empty(postgres):
    """The parts of the address of a database without tables."""
    with database_on(postgres) as address:
        yield conninfo_to_dict(address)


FORMS = {
    "postgresql": "postgresql://{user}:{password}@{host}:{port}/{dbname}",
    "postgres": "postgres://{user}:{password}@{host}:{port}/{dbname}",
    "words": "user={user} password={password} host={host} port={port} dbname={dbname}",
    "several hosts": "postgresql://{user}:{password}@{host}:1,{host}:{port}/{dbname}",
    "several hosts in words": (
        "user={user} password={password} host={host},{host} port=1,{port} dbname={dbname}"
    ),
}


@pytest.mark.parametrize("form", FORMS)
def test_an_address_of_any_form_is_taken_everywhere(empty, form):
    address = FORMS[form].format(**empty)
    migrate(address)
    with connect(address) as connection:
        assert connection.execute("SELECT count(*) FROM filings").fetchone() == (0,)


@pytest.mark.parametrize("address", ["secret word", "mysql://root:secret@db/x", "host='secret"])
def test_what_is_no_address_is_told_without_quoting_it(capsys, address):
    assert main(["desk", "--database", address, "--keys", "none", "queue"]) == 2
    told = capsys.readouterr().err
    assert "neither a URI" in told
    assert "secret" not in told
    with pytest.raises(SinkUnusable):
        migrate(address)


def note(kept):
    with kept.transaction() as connection:
        connection.execute("CREATE TABLE noted (text text)")


def test_sinks_wait_while_a_server_takes_no_writes(postgres, database):
    kept = KeptConnection(database)
    kept.positions("any", [])
    with demoted(postgres):
        # On the connection that was there, and on new ones.
        for _ in range(2):
            with pytest.raises(SinkUnavailable, match="read-only"):
                note(kept)
        with pytest.raises(SinkUnavailable, match="read-only"):
            migrate(database)
    note(kept)
    kept.close()


def lend(upstream, parts):
    """Pass one session on as poolers do: the process id that it tells is the pooler's own."""
    client, _ = upstream.accept()
    server = socket.create_connection((parts["host"], int(parts["port"])))

    def back():
        reader = server.makefile("rb")
        while head := reader.read(5):
            body = reader.read(int.from_bytes(head[1:5], "big") - 4)
            if head[:1] == b"K":
                body = b"\x00\x00\x00\x07" + body[4:]
            client.sendall(head + body)
        client.close()

    thread = threading.Thread(target=back, daemon=True)
    thread.start()
    while content := client.recv(65_536):
        server.sendall(content)
    server.shutdown(socket.SHUT_RDWR)
    server.close()


@pytest.fixture
def pooled(database):
    """The address of a pooler before the database."""
    parts = conninfo_to_dict(database)
    with socket.create_server(("127.0.0.1", 0)) as upstream:

        def serve():
            while True:
                try:
                    lend(upstream, parts)
                except OSError:
                    return

        threading.Thread(target=serve, daemon=True).start()
        port = upstream.getsockname()[1]
        yield f"postgresql://{parts['user']}:{parts['password']}@127.0.0.1:{port}/" + (
            f"{parts['dbname']}?sslmode=disable&gssencmode=disable"
        )


def test_a_pooler_is_refused_where_sessions_count(pooled, database):
    with pytest.raises(SinkUnusable, match="pooler"):
        migrate(pooled)
    with connect(pooled) as connection, pytest.raises(SinkUnusable, match="pooler"):
        leads(connection, Lock.OUTBOX)
    with connect(database) as connection:
        assert leads(connection, Lock.OUTBOX)
