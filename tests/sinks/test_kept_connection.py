"""A sink's connection to PostgreSQL: lost, refused, made again."""

import psycopg
import pytest

from sinks.contract import SinkUnavailable
from sinks.database.kept_connection import KeptConnection


@pytest.fixture
def kept(database):
    made = KeptConnection(database)
    with made.transaction() as connection:
        connection.execute("CREATE TABLE noted (text text PRIMARY KEY)")
    yield made
    made.close()


def noted(kept):
    with kept.transaction() as connection:
        rows = connection.execute("SELECT text FROM noted ORDER BY text").fetchall()
    return [text for (text,) in rows]


def end(database, connection):
    with psycopg.connect(database, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s)", (connection.info.backend_pid,))


def write_and_lose(database, kept):
    with kept.transaction() as connection:
        connection.execute("INSERT INTO noted VALUES ('lost')")
        end(database, connection)


def test_what_is_written_is_committed(kept):
    with kept.transaction() as connection:
        connection.execute("INSERT INTO noted VALUES ('one')")
    assert noted(kept) == ["one"]


def test_a_lost_connection_is_told_and_made_again(database, kept):
    with kept.transaction() as connection:
        number = connection.info.backend_pid
    with psycopg.connect(database, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s)", (number,))
    with pytest.raises(SinkUnavailable, match="terminating connection"):
        noted(kept)
    assert noted(kept) == []


def test_nothing_is_written_where_the_connection_is_lost_on_the_way(database, kept):
    with pytest.raises(SinkUnavailable):
        write_and_lose(database, kept)
    assert noted(kept) == []


def test_a_server_that_is_not_there_is_told():
    kept = KeptConnection("postgresql://nobody@127.0.0.1:1/none")
    with pytest.raises(SinkUnavailable), kept.transaction():
        pass
    kept.close()


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("'one'), ('one'", psycopg.IntegrityError),
        ("repeat(md5(random()::text), 10000)", psycopg.errors.ProgramLimitExceeded),
    ],
)
def test_a_row_that_can_not_be_held_is_no_lost_connection(kept, text, error):
    with kept.transaction() as connection:
        number = connection.info.backend_pid
    with pytest.raises(error), kept.transaction() as connection:
        connection.execute(f"INSERT INTO noted VALUES ({text})")
    with kept.transaction() as connection:
        assert connection.info.backend_pid == number
    assert noted(kept) == []


def test_positions_are_those_of_the_sink(kept):
    assert kept.positions("case-store", ["ip.sla.events"]) == {}
    with kept.transaction() as connection:
        connection.execute("INSERT INTO positions VALUES ('case-store', 'ip.sla.events', 2, 7)")
        connection.execute("INSERT INTO positions VALUES ('other', 'ip.sla.events', 2, 9)")
    assert kept.positions("case-store", ["ip.sla.events"]) == {("ip.sla.events", 2): 7}
