"""Drafts of complaints: kept under the party's key until they are filed, thrown away, or over."""

import json
import secrets
from typing import Any, NamedTuple

from ops.web.site import Visit
from schemas.durations import DAY_MILLISECONDS
from sinks.database.locks import Lock, lock_key
from sinks.personal_data.retention import DRAFT_DAYS
from sinks.private_texts.contract import KeyErased
from sinks.private_texts.store import ERASED, LOST, shown
from streams.sources.filing.problems import NOT_FOUND, UNAVAILABLE, Problem

MAXIMUM_DRAFTS = 50
"""Of one party."""
MAXIMUM_CONTENT_CHARACTERS = 200_000
Fields = dict[str, list[str]]


class Draft(NamedTuple):
    """A draft as lists show it."""

    draft_id: str
    member_id: str
    ground: str
    step: str
    listings: int
    changed_at_milliseconds: int

    @property
    def ends_at_milliseconds(self) -> int:
        """When it is removed, unless it is changed again."""
        return self.changed_at_milliseconds + DRAFT_DAYS * DAY_MILLISECONDS


class DraftRefused(Exception):
    """Why a draft can't be kept; the message is a code of words.ERRORS."""


_COLUMNS = "draft_id, member_id, ground, step, listings, changed_at_milliseconds"
_LISTED = f"""
    SELECT {_COLUMNS} FROM web_drafts WHERE party_id = %s AND changed_at_milliseconds > %s
    ORDER BY changed_at_milliseconds DESC, draft_id
"""  # noqa: S608 - names of our own
_FOUND = f"""
    SELECT {_COLUMNS}, content_sha256 FROM web_drafts
    WHERE draft_id = %s AND party_id = %s AND changed_at_milliseconds > %s
"""  # noqa: S608
_PUT = f"""
    INSERT INTO web_drafts ({_COLUMNS}, party_id, content_sha256)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
    ON CONFLICT (draft_id) DO UPDATE SET member_id = EXCLUDED.member_id, ground = EXCLUDED.ground,
        step = EXCLUDED.step, listings = EXCLUDED.listings,
        content_sha256 = EXCLUDED.content_sha256,
        changed_at_milliseconds = EXCLUDED.changed_at_milliseconds
    WHERE web_drafts.party_id = EXCLUDED.party_id
"""  # noqa: S608
_LOCK = "SELECT pg_advisory_xact_lock(%s)"
_DELETED = "DELETE FROM web_drafts WHERE draft_id = %s AND party_id = %s"


def drafts(visit: Visit) -> list[Draft]:
    """Return a party's drafts, the last changed first. Errors: Problem UNAVAILABLE."""
    with visit.services.database.connection() as connection:
        rows = connection.execute(_LISTED, (visit.caller.party_id, _oldest(visit))).fetchall()
    return [Draft(**row) for row in rows]


def keep(visit: Visit, draft_id: str, step: str, fields: Fields, listings: int) -> str:
    """Keep what a form says as a draft, a new one or in place of what it said; give its id.

    Errors: DraftRefused; Problem UNAVAILABLE.
    """
    content = json.dumps(fields, ensure_ascii=False, sort_keys=True)
    if len(content) > MAXIMUM_CONTENT_CHARACTERS:
        raise DraftRefused("draft_too_long")
    party_id, store = visit.caller.party_id, visit.services.private_texts
    ground = (fields.get("ground") or [""])[0]
    member_id = visit.session.member_id if visit.session else ""
    texts = visit.services.store.sealing(party_id)
    sha256 = texts.keep(content)
    with visit.services.database.transaction() as connection:
        connection.execute(_LOCK, (lock_key(Lock.WEB_DRAFTS, party_id),))
        found = connection.execute(_LISTED, (party_id, _oldest(visit))).fetchall()
        known = {row["draft_id"] for row in found}
        if draft_id not in known:
            if len(known) >= MAXIMUM_DRAFTS:
                raise DraftRefused("drafts_too_many")
            draft_id = secrets.token_hex(16)
        store.forget(connection, draft_id)
        try:
            store.put(connection, texts, draft_id)
        except KeyErased as error:
            raise Problem(UNAVAILABLE) from error
        row = (draft_id, member_id, ground, step, listings, visit.now, party_id, sha256)
        connection.execute(_PUT, row)
    return draft_id


def opened(visit: Visit, draft_id: str) -> tuple[Draft, Fields]:
    """Return a draft of the visitor's party, and what it says; it is noted who read it.

    Errors: Problem NOT_FOUND, UNAVAILABLE.
    """
    caller, store = visit.caller, visit.services.private_texts
    with visit.services.database.connection() as connection:
        given = (draft_id, caller.party_id, _oldest(visit))
        row: dict[str, Any] | None = connection.execute(_FOUND, given).fetchone()
        if row is None:
            raise Problem(NOT_FOUND)
        sha256 = row.pop("content_sha256")
        content = shown(store.read(connection, [sha256], caller.name), None, sha256)
    if content in (ERASED, LOST):
        raise Problem(NOT_FOUND)
    fields: Fields = json.loads(content)
    return Draft(**row), fields


def throw_away(visit: Visit, draft_id: str) -> bool:
    """Remove a draft of the visitor's party with its text; tell whether it was there."""
    with visit.services.database.transaction() as connection:
        gone: bool = connection.execute(_DELETED, (draft_id, visit.caller.party_id)).rowcount == 1
        if gone:
            visit.services.private_texts.forget(connection, draft_id)
    return gone


def _oldest(visit: Visit) -> int:
    """Return since when a draft was to be changed, so as not to be over."""
    now: int = visit.now
    return now - DRAFT_DAYS * DAY_MILLISECONDS
