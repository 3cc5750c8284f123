"""PostgreSQL's advisory locks: every name in one place, and the key that follows from it.

All services may share one database, and its advisory locks are one space of 64-bit keys.
"""

from enum import StrEnum, unique
from hashlib import sha256
from typing import Any

import psycopg

from sinks.contract import SinkUnusable


@unique
class Lock(StrEnum):
    """What a lock guards."""

    MIGRATION = "migration"
    CASE_STORE_PARTITION = "case-store-partition"
    DISPATCH_COUNTING = "dispatch-counting"
    EVIDENCE_DOCUMENT = "evidence-document"
    EVIDENCE_PARTY = "evidence-party"
    FILING_IDEMPOTENCY_KEY = "filing-idempotency-key"
    LIMITS = "limits"
    OUTBOX = "outbox"
    PARTY_RECORDS = "party-records"
    SUBMISSION_DESTINATION = "submission-destination"
    WEB_DRAFTS = "web-drafts"


def lock_key(lock: Lock, *parts: str) -> int:
    """Return a lock's key, a signed 64-bit number; `parts` tell several locks of a name apart.

    Each part goes in with its length, so that no two lists of parts are the same bytes.
    """
    digest = sha256()
    for part in (lock.value, *parts):
        encoded = part.encode()
        digest.update(len(encoded).to_bytes(4, "big") + encoded)
    return int.from_bytes(digest.digest()[:8], "big", signed=True)


def require_session(connection: psycopg.Connection[Any]) -> None:
    """Refuse a connection that a pooler shares out: locks and settings of its session would be
    another client's. Errors: SinkUnusable."""
    (process_id,) = connection.execute("SELECT pg_backend_pid()").fetchone() or (None,)
    if process_id != connection.info.backend_pid:
        raise SinkUnusable(
            "the database's address leads to a pooler, which lends sessions out; services hold "
            "locks in their sessions: give PostgreSQL's own address, of all its hosts if several"
        )


def leads(connection: psycopg.Connection[Any], lock: Lock, *parts: str) -> bool:
    """Take a lock for the session, if no other session has it; tell whether it is ours.

    Errors: SinkUnusable where the session is not ours alone.
    """
    require_session(connection)
    query, key = "SELECT pg_try_advisory_lock(%s)", lock_key(lock, *parts)
    (taken,) = connection.execute(query, (key,)).fetchone() or (False,)
    return bool(taken)


def share(connection: psycopg.Connection[Any], lock: Lock, *parts: str) -> None:
    """Take a lock for the session, together with all who share it.

    Errors: SinkUnusable where the session is not ours alone.
    """
    require_session(connection)
    connection.execute("SELECT pg_advisory_lock_shared(%s)", (lock_key(lock, *parts),))


def holders(connection: psycopg.Connection[Any], lock: Lock, *parts: str) -> int:
    """Return how many sessions have a lock."""
    high, low = divmod(lock_key(lock, *parts) % (1 << 64), 1 << 32)
    (count,) = connection.execute(
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1 "
        "AND classid::bigint = %s AND objid::bigint = %s "
        "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
        (high, low),
    ).fetchone() or (0,)
    return int(count)
