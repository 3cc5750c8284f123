"""Sessions: who is signed in, kept in the database, so that all can be ended at once.

The cookie holds a random id, made anew at each sign-in; the database has its hash only.
"""

import secrets
from hashlib import sha256
from typing import Any, NamedTuple

import jwt

from schemas.durations import DAY_MILLISECONDS, HOUR_MILLISECONDS
from streams.sources.filing.database import Database
from streams.sources.filing.tokens import Caller, TokenKeys

COOKIE = "__Host-session"
MAXIMUM_LIFETIME_MILLISECONDS = 8 * HOUR_MILLISECONDS
MAXIMUM_SESSIONS = 20
ACTIONS_KEPT_MILLISECONDS = 400 * DAY_MILLISECONDS
"""How long it is kept what somebody saw and did."""


class Session(NamedTuple):
    """A session that holds, and who it is."""

    session_id: str
    caller: Caller


class Sessions:
    """The table of sessions. Methods raise Problem (UNAVAILABLE)."""

    def __init__(self, database: Database, keys: TokenKeys) -> None:
        self._database = database
        self._keys = keys

    def begin(self, token: str, now: int) -> Session:
        """Begin a session of who a token names; it ends with the token. Errors: TokenRefused."""
        caller = self._keys.check(token)
        claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
        expires = min(int(claims["exp"]) * 1000, now + MAXIMUM_LIFETIME_MILLISECONDS)
        session_id = secrets.token_urlsafe(32)
        with self._database.transaction() as connection:
            connection.execute(_ENDED, (now,))
            connection.execute(_FORGOTTEN, (now - ACTIONS_KEPT_MILLISECONDS,))
            connection.execute(_OLDEST, (caller.party_id, caller.role, MAXIMUM_SESSIONS - 1))
            connection.execute(
                "INSERT INTO web_sessions VALUES (%s, %s, %s, %s, %s, %s)",
                (
                    _hash(session_id),
                    caller.party_id,
                    caller.role,
                    sorted(caller.acts_for),
                    now,
                    expires,
                ),
            )
        return Session(session_id, caller)

    def find(self, session_id: str, now: int) -> Session | None:
        """Return the session of a cookie, if it holds."""
        query = """
            SELECT party_id, role, acts_for FROM web_sessions
            WHERE session_hash = %s AND expires_at_milliseconds > %s
        """
        with self._database.connection() as connection:
            row = connection.execute(query, (_hash(session_id), now)).fetchone()
        if row is None:
            return None
        return Session(session_id, Caller(row["party_id"], row["role"], frozenset(row["acts_for"])))

    def end(self, session: Session, everywhere: bool) -> None:
        """End a session, or all of its party in this role."""
        values: list[Any] = [_hash(session.session_id)]
        query = "session_hash = %s"
        if everywhere:
            query, values = "party_id = %s AND role = %s", [*session.caller[:2]]
        with self._database.connection() as connection:
            connection.execute(f"DELETE FROM web_sessions WHERE {query}", values)  # noqa: S608


_ENDED = "DELETE FROM web_sessions WHERE expires_at_milliseconds < %s"
_FORGOTTEN = "DELETE FROM web_actions WHERE acted_at_milliseconds < %s"
_OLDEST = """
    DELETE FROM web_sessions WHERE session_hash IN (
        SELECT session_hash FROM web_sessions WHERE party_id = %s AND role = %s
        ORDER BY began_at_milliseconds DESC OFFSET %s
    )
"""


def _hash(session_id: str) -> bytes:
    return sha256(session_id.encode()).digest()
