"""Members: people of a party, or of the team, whom an identity provider tells apart.

Who a member is stands in rows: the provider's `iss` and `sub` on one side, party, role and rights
on the other. A member that was removed stays known by its id, as the audit log names it.
"""

import secrets
from collections.abc import Iterable
from hashlib import sha256
from typing import Any, Final, Literal, NamedTuple, get_args

from psycopg.errors import UniqueViolation

from schemas.durations import DAY_MILLISECONDS
from streams.sources.filing.database import Connection, Database
from streams.sources.filing.tokens import Caller, Role

Rights = Literal["owner", "filer", "reader"]
"""What a member may do for its party: all with members, file and answer, or read."""

INVITATION_MILLISECONDS: Final = 7 * DAY_MILLISECONDS
MAXIMUM_MEMBERS: Final = 200
"""All of them stand on one page."""
MAXIMUM_NAME_CHARACTERS: Final = 100


def may(rights: Rights, needed: Rights) -> bool:
    """Tell whether rights are enough."""
    order = get_args(Rights)
    return order.index(rights) <= order.index(needed)


class Member(NamedTuple):
    """A member, and for whom it acts."""

    member_id: str
    party_id: str
    role: Role
    acts_for: tuple[str, ...]
    rights: Rights
    name: str
    joined: bool
    """False while an invitation waits."""
    invited_until_milliseconds: int | None

    @property
    def caller(self) -> Caller:
        """Who the member is to everything behind the pages."""
        return Caller(self.party_id, self.role, frozenset(self.acts_for))


class MemberRefused(Exception):
    """What was asked of members is not done; `args[0]` is a code of words.MEMBERS."""


_FIELDS: Final = """
    member_id, party_id, role, acts_for, rights, name, subject IS NOT NULL AS joined,
    invited_until_milliseconds
"""
_ADD: Final = """
    INSERT INTO web_members (member_id, party_id, role, acts_for, rights, name, issuer, subject,
        invitation_hash, invited_until_milliseconds, added_by, added_at_milliseconds)
    VALUES (%(member_id)s, %(party_id)s, %(role)s, %(acts_for)s, %(rights)s, %(name)s, %(issuer)s,
        %(subject)s, %(invitation_hash)s, %(until)s, %(by)s, %(now)s)
"""


class Members:
    """The table of members. Errors of all methods: Problem (UNAVAILABLE)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of_subject(self, issuer: str, subject: str) -> Member | None:
        """Return the member that a provider names."""
        query = f"""
            SELECT {_FIELDS} FROM web_members
            WHERE issuer = %s AND subject = %s AND removed_at_milliseconds IS NULL
        """  # noqa: S608 - names of our own
        with self._database.connection() as connection:
            return _member(connection.execute(query, (issuer, subject)).fetchone())

    def of_party(self, party_id: str, role: Role) -> list[Member]:
        """Return a party's members and whom it invited, in the order in which they came."""
        query = f"""
            SELECT {_FIELDS} FROM web_members
            WHERE party_id = %s AND role = %s AND removed_at_milliseconds IS NULL
            ORDER BY added_at_milliseconds, member_id
        """  # noqa: S608
        with self._database.connection() as connection:
            rows = connection.execute(query, (party_id, role)).fetchall()
        return [each for row in rows if (each := _member(row))]

    def bind(
        self, caller: Caller, rights: Rights, name: str, subject: tuple[str, str], now: int
    ) -> str:
        """Make whom a provider names (issuer, subject) a member; give its id.

        Errors: MemberRefused, where it is one already.
        """
        return self._add(caller, rights, name, "", now, subject=subject)[0]

    def invite(
        self, caller: Caller, rights: Rights, name: str, by: str, now: int
    ) -> tuple[str, str]:
        """Invite somebody; give the member's id, and the code by which one joins, once.

        Errors: MemberRefused.
        """
        if not name.strip() or len(name) > MAXIMUM_NAME_CHARACTERS:
            raise MemberRefused("name")
        if len(self.of_party(caller.party_id, caller.role)) >= MAXIMUM_MEMBERS:
            raise MemberRefused("too_many")
        return self._add(caller, rights, name.strip(), by, now, code=secrets.token_urlsafe(24))

    def join(self, code_hash: bytes, issuer: str, subject: str, now: int) -> Member | None:
        """Make whom a provider names the member that was invited, if the code holds."""
        query = f"""
            UPDATE web_members SET issuer = %s, subject = %s, invitation_hash = NULL,
                invited_until_milliseconds = NULL
            WHERE invitation_hash = %s AND invited_until_milliseconds > %s
                AND removed_at_milliseconds IS NULL
            RETURNING {_FIELDS}
        """  # noqa: S608
        values = (issuer, subject, code_hash, now)
        try:
            with self._database.connection() as connection:
                return _member(connection.execute(query, values).fetchone())
        except UniqueViolation:
            # Two browsers at once: the other one joined.
            return self.of_subject(issuer, subject)

    def remove(self, caller: Caller, member_id: str, now: int) -> None:
        """Remove a member of the caller's party, and end its sessions. Errors: MemberRefused."""
        locked = """
            SELECT member_id, rights, subject IS NOT NULL AS joined FROM web_members
            WHERE party_id = %s AND role = %s AND removed_at_milliseconds IS NULL
            ORDER BY member_id FOR UPDATE
        """
        with self._database.transaction() as connection:
            rows = connection.execute(locked, (caller.party_id, caller.role)).fetchall()
            if member_id not in {row["member_id"] for row in rows}:
                raise MemberRefused("unknown")
            if {member_id} == set(_owners(rows)):
                raise MemberRefused("last_owner")
            _end(connection, member_id, now)

    def _add(
        self,
        caller: Caller,
        rights: Rights,
        name: str,
        by: str,
        now: int,
        *,
        subject: tuple[str, str] | None = None,
        code: str = "",
    ) -> tuple[str, str]:
        issuer, named = subject or (None, None)
        values = {
            "member_id": f"member-{secrets.token_hex(8)}",
            "party_id": caller.party_id,
            "role": caller.role,
            "acts_for": sorted(caller.acts_for),
            "rights": rights,
            "name": name,
            "issuer": issuer,
            "subject": named,
            "invitation_hash": hash_of(code) if code else None,
            "until": now + INVITATION_MILLISECONDS if code else None,
            "by": by,
            "now": now,
        }
        try:
            with self._database.connection() as connection:
                connection.execute(_ADD, values)
        except UniqueViolation as error:
            raise MemberRefused("known") from error
        return str(values["member_id"]), code


def hash_of(code: str) -> bytes:
    """Return the hash by which a code is known here."""
    return sha256(code.encode()).digest()


def _owners(rows: Iterable[dict[str, Any]]) -> list[str]:
    return [row["member_id"] for row in rows if row["joined"] and row["rights"] == "owner"]


def _end(connection: Connection, member_id: str, now: int) -> None:
    connection.execute(
        "UPDATE web_members SET removed_at_milliseconds = %s, invitation_hash = NULL "
        "WHERE member_id = %s",
        (now, member_id),
    )
    connection.execute("DELETE FROM web_sessions WHERE member_id = %s", (member_id,))


def _member(row: dict[str, Any] | None) -> Member | None:
    return None if row is None else Member(**{**row, "acts_for": tuple(row["acts_for"])})
