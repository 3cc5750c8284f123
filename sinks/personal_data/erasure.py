"""Erases parties: at once where nothing stands against it, else as soon as nothing does."""

from typing import Any, Final, Literal, NamedTuple
from uuid import uuid4

from psycopg import Connection
from psycopg.rows import tuple_row

from sinks.personal_data.policy import Obstacle, obstacles_to_erasing
from sinks.personal_data.tables import PERSONAL_TABLES
from sinks.private_texts.store import PrivateTextStore

State = Literal["waiting", "erased", "withdrawn"]
TRIED_AT_ONCE: Final = 100
"""In one sweep, so that it ends soon; those tried longest ago come first."""


class Erasure(NamedTuple):
    """That a party asked to be erased, or somebody for it; what stands against it while it waits.

    Times in milliseconds, UTC.
    """

    state: State
    requested_by: str
    requested_at_milliseconds: int
    ended_at_milliseconds: int | None
    obstacles: tuple[Obstacle, ...] = ()


class Hold(NamedTuple):
    """A duty to keep what is held of a party, until a time or until it is lifted."""

    reason: str
    until_milliseconds: int | None
    recorded_by: str


_NEWEST: Final = """
    SELECT state, requested_by, requested_at_milliseconds, ended_at_milliseconds
    FROM erasure_requests WHERE party_id = %s
    ORDER BY requested_at_milliseconds DESC, state = 'waiting' DESC LIMIT 1
"""
_REQUEST: Final = """
    INSERT INTO erasure_requests (
        request_id, party_id, state, requested_by, requested_at_milliseconds,
        tried_at_milliseconds
    ) VALUES (%s, %s, 'waiting', %s, %s, %s)
    ON CONFLICT (party_id) WHERE state = 'waiting' DO NOTHING
"""
_END: Final = """
    UPDATE erasure_requests SET state = %s, ended_at_milliseconds = %s
    WHERE party_id = %s AND state = 'waiting'
"""
_LONGEST_UNTRIED: Final = """
    UPDATE erasure_requests SET tried_at_milliseconds = %s WHERE request_id IN (
        SELECT request_id FROM erasure_requests WHERE state = 'waiting'
        ORDER BY tried_at_milliseconds, request_id LIMIT %s FOR UPDATE SKIP LOCKED
    ) RETURNING party_id
"""
HOLD: Final = """
    INSERT INTO legal_holds (
        party_id, reason, until_milliseconds, recorded_by, recorded_at_milliseconds
    ) VALUES (%s, %s, %s, %s, %s)
"""
_LIFT: Final = """
    UPDATE legal_holds SET lifted_at_milliseconds = %s
    WHERE party_id = %s AND lifted_at_milliseconds IS NULL
"""


class Erasures:
    """Requests to erase parties. Methods raise psycopg.Error."""

    def __init__(self, texts: PrivateTextStore) -> None:
        self._texts = texts

    def request(
        self, connection: Connection[Any], party_id: str, requested_by: str, now: int
    ) -> Erasure:
        """Note that a party is to be erased, and erase it if nothing stands against it."""
        connection.execute(_REQUEST, (uuid4().hex, party_id, requested_by, now, now))
        self._try(connection, party_id, now)
        found = self.find(connection, party_id, now)
        if found is None:
            raise RuntimeError("a request that was noted is not there")
        return found

    def find(self, connection: Connection[Any], party_id: str, now: int) -> Erasure | None:
        """Return the newest request to erase a party, or None."""
        with connection.cursor(row_factory=tuple_row) as cursor:
            row = cursor.execute(_NEWEST, (party_id,)).fetchone()
        if row is None:
            return None
        found = Erasure(*row)
        if found.state != "waiting":
            return found
        return found._replace(obstacles=obstacles_to_erasing(connection, party_id, now))

    def withdraw(self, connection: Connection[Any], party_id: str, now: int) -> bool:
        """Take back a request that waits; tells whether there was one."""
        return connection.execute(_END, ("withdrawn", now, party_id)).rowcount == 1

    def try_waiting(self, connection: Connection[Any], now: int) -> int:
        """Erase some of those that wait, against whom nothing stands any more; give how many."""
        with connection.cursor(row_factory=tuple_row) as cursor:
            found = cursor.execute(_LONGEST_UNTRIED, (now, TRIED_AT_ONCE)).fetchall()
        return sum([self._try(connection, party_id, now) for (party_id,) in found])

    def hold(self, connection: Connection[Any], party_id: str, hold: Hold, now: int) -> None:
        """Note that a party's data is to be kept."""
        connection.execute(HOLD, (party_id, *hold, now))

    def lift(self, connection: Connection[Any], party_id: str, now: int) -> int:
        """End all holds of a party; give how many."""
        return connection.execute(_LIFT, (now, party_id)).rowcount

    def _try(self, connection: Connection[Any], party_id: str, now: int) -> bool:
        """Erase a party unless something stands against it; tells whether it was erased."""
        with connection.transaction():
            # Filings that are being written come before, and are seen; others come after.
            self._texts.lock(connection, party_id)
            if obstacles_to_erasing(connection, party_id, now):
                return False
            self._texts.erase(connection, party_id)
            for table in PERSONAL_TABLES:
                if table.erased:
                    query = f"DELETE FROM {table.name} WHERE {table.owned}"  # noqa: S608
                elif table.emptied:
                    rows = table.emptied_of or table.owned
                    query = f"UPDATE {table.name} SET {table.emptied} WHERE {rows}"  # noqa: S608
                else:
                    continue
                connection.execute(query, {"party": party_id})
            connection.execute(_END, ("erased", now, party_id))
        return True
