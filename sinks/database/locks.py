"""PostgreSQL's advisory locks: every name in one place, and the key that follows from it.

All services may share one database, and its advisory locks are one space of 64-bit keys.
"""

from enum import StrEnum, unique
from hashlib import sha256
from typing import Any

import psycopg


@unique
class Lock(StrEnum):
    """What a lock guards."""

    MIGRATION = "migration"
    CASE_STORE_PARTITION = "case-store-partition"
    DISPATCH_COUNTING = "dispatch-counting"
    EVIDENCE_DOCUMENT = "evidence-document"
    FILING_IDEMPOTENCY_KEY = "filing-idempotency-key"
    OUTBOX = "outbox"
    SUBMISSION_DESTINATION = "submission-destination"


def lock_key(lock: Lock, *parts: str) -> int:
    """Return a lock's key, a signed 64-bit number; `parts` tell several locks of a name apart.

    Each part goes in with its length, so that no two lists of parts are the same bytes.
    """
    digest = sha256()
    for part in (lock.value, *parts):
        encoded = part.encode()
        digest.update(len(encoded).to_bytes(4, "big") + encoded)
    return int.from_bytes(digest.digest()[:8], "big", signed=True)


def leads(connection: psycopg.Connection[Any], lock: Lock, *parts: str) -> bool:
    """Take a lock for the session, if no other session has it; tell whether it is ours."""
    query, key = "SELECT pg_try_advisory_lock(%s)", lock_key(lock, *parts)
    (taken,) = connection.execute(query, (key,)).fetchone() or (False,)
    return bool(taken)
