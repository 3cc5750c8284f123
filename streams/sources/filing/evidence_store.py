"""Whose a document is, and until when it is kept. Its bytes are in the vault.

A document's row and file are written and removed under one lock for its content, so that a file
is never removed while another party's upload of the same bytes relies on it.
"""

from typing import NamedTuple

from processors.identifiers import hashed
from sinks.database.locks import Lock, lock_key
from sinks.evidence.vault import EvidenceVault, Received
from sinks.personal_data.retention import held
from streams.clock import Clock
from streams.sources.filing.database import Connection, Database
from streams.sources.filing.problems import QUOTA_EXCEEDED, Problem
from streams.sources.filing.settings import FilingSettings

SWEEP_ROWS = 500


class Document(NamedTuple):
    """A document on record; times in milliseconds, UTC."""

    evidence_id: str
    party_id: str
    sha256: str
    media_type: str
    size_bytes: int
    expires_at_milliseconds: int


_COLUMNS = "evidence_id, party_id, sha256, media_type, size_bytes, expires_at_milliseconds"

_KEPT = """
    SELECT count(*) FILTER (WHERE idle) AS idle,
        coalesce(sum(size_bytes) FILTER (WHERE idle), 0)::bigint AS idle_bytes,
        coalesce(sum(size_bytes), 0)::bigint AS bytes
    FROM (
        SELECT size_bytes, NOT EXISTS (
            SELECT FROM filed_evidence_uses AS uses
            WHERE uses.evidence_id = evidence.evidence_id
        ) AS idle
        FROM filed_evidence AS evidence
        WHERE party_id = %(party_id)s AND evidence_id <> %(evidence_id)s
    ) AS kept
"""

_OVER = f"expires_at_milliseconds <= %(now)s AND NOT EXISTS ({held('filed_evidence')})"


class EvidenceStore:
    """The documents of all parties. Methods raise Problem (UNAVAILABLE) and OSError."""

    def __init__(
        self, database: Database, vault: EvidenceVault, settings: FilingSettings, clock: Clock
    ) -> None:
        self._database = database
        self._vault = vault
        self._settings = settings
        self._clock = clock

    def keep(self, party_id: str, received: Received) -> tuple[Document, bool]:
        """Keep a document; give it, and whether the party had not uploaded it before.

        Errors: Problem QUOTA_EXCEEDED where the party's documents are too many or too large, those
        that wait for a filing or all of them; VaultFull.
        """
        now = self._clock.now_milliseconds()
        evidence_id = hashed("evidence", party_id, received.sha256)
        with self._database.transaction() as connection:
            # One upload of a party after the other: each counts those before it.
            _lock(connection, Lock.EVIDENCE_PARTY, party_id)
            self._check(connection, party_id, evidence_id, received.size_bytes)
            _lock(connection, Lock.EVIDENCE_DOCUMENT, received.sha256)
            self._vault.keep(received)
            row = connection.execute(
                f"""
                INSERT INTO filed_evidence AS known (
                    evidence_id, party_id, sha256, media_type, size_bytes,
                    received_at_milliseconds, expires_at_milliseconds
                ) VALUES (%s, %s, %s, %s, %s, %s, %s)
                ON CONFLICT (evidence_id) DO UPDATE SET expires_at_milliseconds =
                    greatest(known.expires_at_milliseconds, excluded.expires_at_milliseconds)
                RETURNING {_COLUMNS}, xmax = 0 AS created
                """,  # noqa: S608 - constants only
                (
                    evidence_id,
                    party_id,
                    received.sha256,
                    received.media_type,
                    received.size_bytes,
                    now,
                    now + self._settings.idle_evidence_lifetime_milliseconds,
                ),
            ).fetchone()
        if row is None:
            raise RuntimeError("an upsert gave no row")
        created = bool(row.pop("created"))
        return Document(**row), created

    def remove_orphans(self, part: int, older_than_seconds: float) -> int:
        """Remove files of a part of the vault that are no document on record; give how many.

        Such are left where a process ends between the file and its row.
        """
        stored = self._vault.stored(part, older_than_seconds)
        with self._database.connection() as connection:
            query = "SELECT DISTINCT sha256 FROM filed_evidence WHERE sha256 = ANY(%s)"
            known = {row["sha256"] for row in connection.execute(query, (stored,))}
        orphans = [sha256 for sha256 in stored if sha256 not in known][:SWEEP_ROWS]
        for sha256 in orphans:
            with self._database.transaction() as connection:
                _lock(connection, Lock.EVIDENCE_DOCUMENT, sha256)
                self._remove_file(connection, sha256)
        return len(orphans)

    def find(self, evidence_id: str) -> Document | None:
        """Return a document that has not expired."""
        with self._database.connection() as connection:
            row = connection.execute(
                f"""
                SELECT {_COLUMNS} FROM filed_evidence
                WHERE evidence_id = %s AND expires_at_milliseconds > %s
                """,  # noqa: S608 - constants only
                (evidence_id, self._clock.now_milliseconds()),
            ).fetchone()
        return None if row is None else Document(**row)

    def remove_expired(self) -> int:
        """Remove documents whose time is over and whose party is under no legal hold, some hundreds
        at most; give how many."""
        now = self._clock.now_milliseconds()
        with self._database.connection() as connection:
            expired = connection.execute(
                f"SELECT evidence_id, sha256 FROM filed_evidence WHERE {_OVER} LIMIT %(limit)s",  # noqa: S608
                {"now": now, "limit": SWEEP_ROWS},
            ).fetchall()
        for row in expired:
            self._remove(row["evidence_id"], row["sha256"], now)
        return len(expired)

    def _remove(self, evidence_id: str, sha256: str, now: int) -> None:
        with self._database.transaction() as connection:
            _lock(connection, Lock.EVIDENCE_DOCUMENT, sha256)
            connection.execute(
                f"DELETE FROM filed_evidence WHERE evidence_id = %(id)s AND {_OVER}",  # noqa: S608
                {"id": evidence_id, "now": now},
            )
            self._remove_file(connection, sha256)

    def _remove_file(self, connection: Connection, sha256: str) -> None:
        """Remove a document's file unless a row names it, under the document's lock."""
        query = "SELECT FROM filed_evidence WHERE sha256 = %s LIMIT 1"
        if connection.execute(query, (sha256,)).fetchone() is None:
            self._vault.remove(sha256)

    def _check(
        self, connection: Connection, party_id: str, evidence_id: str, size_bytes: int
    ) -> None:
        row = connection.execute(
            _KEPT, {"party_id": party_id, "evidence_id": evidence_id}
        ).fetchone()
        if row is None:
            raise RuntimeError("a count gave no row")
        settings = self._settings
        idle = settings.maximum_idle_evidence, settings.maximum_idle_evidence_bytes
        if row["idle"] >= idle[0] or row["idle_bytes"] + size_bytes > idle[1]:
            raise _exceeded(
                f"At most {idle[0]} documents of {idle[1]} bytes in all wait to be named in a "
                "filing; they are removed after a week."
            )
        limit = settings.maximum_party_evidence_bytes
        if row["bytes"] + size_bytes > limit:
            raise _exceeded(f"A party's documents have at most {limit} bytes in all.")


def _exceeded(detail: str) -> Problem:
    return Problem(QUOTA_EXCEEDED, detail, headers={"Retry-After": "3600"})


def _lock(connection: Connection, lock: Lock, name: str) -> None:
    key = lock_key(lock, name)
    connection.execute("SELECT pg_advisory_xact_lock(%s)", (key,))
