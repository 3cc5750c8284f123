"""The PostgreSQL database of the sinks: its versions, and positions kept within transactions."""

from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from psycopg.conninfo import conninfo_to_dict

from schemas.wire.delivered import Source
from sinks.contract import PositionMoved, SinkUnavailable, SinkUnusable, Span
from sinks.database.locks import Lock, lock_key, require_session

MIGRATIONS = Path(__file__).parents[1] / "migrations"
CONNECTION_SETTINGS: dict[str, Any] = {
    "autocommit": True,
    "connect_timeout": 5,
    "target_session_attrs": "read-write",
}
"""Of every connection of ours: what belongs together is in a transaction that says so. Of several
hosts the one that takes writes is taken."""

AWAY = (
    psycopg.OperationalError,
    psycopg.InterfaceError,
    psycopg.errors.ReadOnlySqlTransaction,
)
"""What tells that a server can't be written to now: it is gone, or became a replica of another.
The connection is to be closed, and the work done again on a new one."""

Connection = psycopg.Connection[Any]

_FIRST_POSITION = """
    INSERT INTO positions AS known (sink, topic, partition, next_offset)
    VALUES (%(sink)s, %(topic)s, %(partition)s, %(next)s)
    ON CONFLICT (sink, topic, partition) DO UPDATE SET next_offset = excluded.next_offset
    WHERE known.next_offset = 0
"""
_NEXT_POSITION = """
    UPDATE positions SET next_offset = %(next)s
    WHERE sink = %(sink)s AND topic = %(topic)s AND partition = %(partition)s
    AND next_offset = %(expected)s
"""


def migrate(address: str) -> None:
    """Bring a database to the newest version. Errors: SinkUnavailable, SinkUnusable.

    Services that start at the same time wait for one another.
    """
    engine = sqlalchemy.create_engine(
        "postgresql+psycopg://",
        creator=lambda: _migrating_connection(address),
        poolclass=sqlalchemy.NullPool,
    )
    config = _versions()
    try:
        with engine.begin() as connection:
            key = lock_key(Lock.MIGRATION)
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(%s)", (key,))
            config.attributes["connection"] = connection
            command.upgrade(config, "heads")
    except sqlalchemy.exc.DBAPIError as error:
        if isinstance(error.orig, AWAY):
            raise SinkUnavailable(str(error)) from error
        raise


def require_newest(connection: Connection) -> None:
    """Refuse a database that is not of this version; it is left as it is. Errors: SinkUnusable."""
    found: set[str] = set()
    if connection.execute("SELECT to_regclass('alembic_version')").fetchone() != (None,):
        found = {version for (version,) in connection.execute("SELECT * FROM alembic_version")}
    versions = ScriptDirectory.from_config(_versions())
    # A version on which another depends is not noted beside it.
    depended = {each for made in versions.walk_revisions() for each in made.dependencies or ()}
    if found != set(versions.get_heads()) - depended:
        raise SinkUnusable(
            "the database is not of this version: a service such as case-store brings it there"
        )


def _versions() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def check_address(address: str) -> None:
    """Refuse what is no address of a database in any form of libpq's. Errors: SinkUnusable."""
    try:
        conninfo_to_dict(address)
    except psycopg.ProgrammingError:
        # Its message quotes the address, in which a password may be.
        raise SinkUnusable(
            "the database's address is neither a URI as postgresql://host1,host2/name nor words as "
            "in host=host1,host2 dbname=name"
        ) from None


def connect(address: str, **settings: Any) -> Connection:
    """Open a connection; each `with connection.transaction()` commits.

    The address is of any form of libpq's. Errors: SinkUnavailable, SinkUnusable.
    """
    check_address(address)
    try:
        return psycopg.connect(address, **CONNECTION_SETTINGS, **settings)
    except psycopg.OperationalError as error:
        raise SinkUnavailable(str(error)) from error


def _migrating_connection(address: str) -> Connection:
    connection = connect(address)
    try:
        require_session(connection)
    except SinkUnusable:
        connection.close()
        raise
    connection.autocommit = False
    return connection


def furthest_positions(address: str) -> dict[Source, int]:
    """Return how far any sink has read, partition by partition. Errors: as `connect`."""
    with connect(address) as connection:
        rows = connection.execute(
            "SELECT topic, partition, max(next_offset) FROM positions GROUP BY topic, partition"
        )
        return {(topic, partition): offset for topic, partition, offset in rows}


def read_positions(connection: Connection, sink: str, topics: list[str]) -> dict[Source, int]:
    """Return where a sink stands in topics, partition by partition."""
    rows = connection.execute(
        "SELECT topic, partition, next_offset FROM positions WHERE sink = %s AND topic = ANY(%s)",
        (sink, topics),
    )
    return {(topic, partition): offset for topic, partition, offset in rows}


def advance_positions(connection: Connection, sink: str, spans: dict[Source, Span]) -> None:
    """Move a sink's positions on, within the caller's transaction.

    Rows are locked in one order, so readers do not wait for each other in a circle.
    Errors: PositionMoved where a position is not the expected one.
    """
    for (topic, partition), span in sorted(spans.items()):
        statement = _FIRST_POSITION if span.expected == 0 else _NEXT_POSITION
        moved = connection.execute(
            statement,
            {
                "sink": sink,
                "topic": topic,
                "partition": partition,
                "next": span.next,
                "expected": span.expected,
            },
        )
        if moved.rowcount != 1:
            raise PositionMoved(f"{sink}: {topic} {partition} is not at {span.expected}")
