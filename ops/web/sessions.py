"""Sessions: who is signed in, kept in the database, so that all can be ended at once.

The cookie holds a random id, made anew at each sign-in; the database has its hash only.
"""

import secrets
from hashlib import sha256
from typing import Any, NamedTuple

import jwt

from ops.web.members import Member, Rights
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
    member_id: str = ""
    """Empty where a party's own token began it."""
    rights: Rights = "owner"


class Sessions:
    """The table of sessions. Methods raise Problem (UNAVAILABLE)."""

    def __init__(self, database: Database, keys: TokenKeys) -> None:
        self._database = database
        self._keys = keys

    def begin(self, token: str, now: int) -> Session:
        """Begin a session of who a token names; it ends with the token. Errors: TokenRefused."""
        caller = self._keys.check(token)
        claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
        return self._begin(caller, None, int(claims["exp"]) * 1000, now)

    def begin_as(self, member: Member, now: int) -> Session:
        """Begin a session of a member whom its identity provider told."""
        return self._begin(member.caller, member, now + MAXIMUM_LIFETIME_MILLISECONDS, now)

    def _begin(self, caller: Caller, member: Member | None, until: int, now: int) -> Session:
        session_id = secrets.token_urlsafe(32)
        member_id = member.member_id if member else None
        with self._database.transaction() as connection:
            connection.execute(_ENDED, (now,))
            for query in _FORGOTTEN:
                connection.execute(query, (now - ACTIONS_KEPT_MILLISECONDS,))
            connection.execute(
                _OLDEST, (caller.party_id, caller.role, member_id, MAXIMUM_SESSIONS - 1)
            )
            connection.execute(
                _NEW,
                (
                    *(_hash(session_id), caller.party_id, caller.role, sorted(caller.acts_for)),
                    *(now, min(until, now + MAXIMUM_LIFETIME_MILLISECONDS), member_id),
                ),
            )
        if member is None:
            return Session(session_id, caller)
        return Session(session_id, caller, member.member_id, member.rights)

    def find(self, session_id: str, now: int) -> Session | None:
        """Return the session of a cookie, if it holds."""
        with self._database.connection() as connection:
            row = connection.execute(_FOUND, (_hash(session_id), now)).fetchone()
        if row is None:
            return None
        caller = Caller(row["party_id"], row["role"], frozenset(row["acts_for"]))
        return Session(session_id, caller, row["member_id"] or "", row["rights"] or "owner")

    def end(self, session: Session, everywhere: bool) -> None:
        """End a session; or all of its member, and of a party's own token all of the party."""
        values: list[Any] = [_hash(session.session_id)]
        query = "session_hash = %s"
        if everywhere and session.member_id:
            query, values = "member_id = %s", [session.member_id]
        elif everywhere:
            query, values = "party_id = %s AND role = %s", [*session.caller[:2]]
        with self._database.connection() as connection:
            connection.execute(f"DELETE FROM web_sessions WHERE {query}", values)  # noqa: S608


_ENDED = "DELETE FROM web_sessions WHERE expires_at_milliseconds < %s"
_FORGOTTEN = (
    "DELETE FROM web_actions WHERE acted_at_milliseconds < %s",
    "DELETE FROM web_members WHERE removed_at_milliseconds < %s",
)
_OLDEST = """
    DELETE FROM web_sessions WHERE session_hash IN (
        SELECT session_hash FROM web_sessions
        WHERE party_id = %s AND role = %s AND member_id IS NOT DISTINCT FROM %s
        ORDER BY began_at_milliseconds DESC OFFSET %s
    )
"""
_NEW = """
    INSERT INTO web_sessions (session_hash, party_id, role, acts_for, began_at_milliseconds,
        expires_at_milliseconds, member_id)
    VALUES (%s, %s, %s, %s, %s, %s, %s)
"""
_FOUND = """
    SELECT s.party_id, s.role, s.acts_for, s.member_id, m.rights
    FROM web_sessions AS s LEFT JOIN web_members AS m USING (member_id)
    WHERE s.session_hash = %s AND s.expires_at_milliseconds > %s
        AND m.removed_at_milliseconds IS NULL
"""


def _hash(session_id: str) -> bytes:
    return sha256(session_id.encode()).digest()
