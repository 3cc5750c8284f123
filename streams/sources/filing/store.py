"""Writes filings with their events, in one transaction, once for each request.

A request is known again by its idempotency key
(draft-ietf-httpapi-idempotency-key-header). After the key expired its filing still is: the id
follows from party, key and content.
"""

import json
from typing import Any, NamedTuple

from psycopg.types.json import Jsonb

from sinks.database.locks import Lock, lock_key
from sinks.private_texts.contract import KeyErased
from sinks.private_texts.data_key import SealedTexts
from sinks.private_texts.store import PrivateTextStore, shown
from streams.clock import Clock
from streams.sources.filing.database import Connection, Database
from streams.sources.filing.filings import Answer, Filing, Identity
from streams.sources.filing.problems import (
    INVALID,
    KEY_IN_USE,
    KEY_REUSED,
    UNAVAILABLE,
    FieldError,
    Problem,
)
from streams.sources.filing.rows import insert_complaints, insert_inquiry, insert_records
from streams.sources.filing.settings import FilingSettings


class EvidenceKept(NamedTuple):
    """A document of a party, as it may be named in a filing."""

    evidence_id: str
    sha256: str


class FilingStore:
    """The tables of filings. Methods raise Problem, UNAVAILABLE among them."""

    def __init__(
        self,
        database: Database,
        settings: FilingSettings,
        clock: Clock,
        private_texts: PrivateTextStore,
    ) -> None:
        self._database = database
        self._settings = settings
        self._clock = clock
        self._private_texts = private_texts

    def sealing(self, party_id: str) -> SealedTexts:
        """Return what takes a party's texts in, for a filing. Errors: Problem UNAVAILABLE."""
        with self._database.connection() as connection:
            return self._private_texts.sealing(connection, party_id)

    def answered(self, identity: Identity) -> Answer | None:
        """Return the answer that the same request got before, if any.

        Errors: Problem KEY_REUSED where the key came with another request.
        """
        with self._database.connection() as connection:
            return self._known(connection, identity)

    def file(self, filing: Filing) -> Answer:
        """Write a filing, unless it was written before; give the answer, the first one always.

        Errors: Problem KEY_IN_USE while the same key is being written; KEY_REUSED; INVALID where
        evidence is not the party's, or too much.
        """
        identity = filing.identity
        # What needs no answer before the next statement goes with it, in the same transaction.
        with self._database.transaction() as connection, connection.pipeline():
            self._lock(connection, identity)
            known = self._known(connection, identity)
            if known is not None:
                return known
            self._release_expired(connection, identity)
            if not self._insert(connection, filing):
                return self._again(connection, identity)
            self._put_texts(connection, filing)
            insert_complaints(connection, filing)
            self._use_evidence(connection, filing)
            insert_records(connection, filing)
            insert_inquiry(connection, filing)
        return filing.answer

    def evidence_of(self, party_id: str, evidence_ids: list[str]) -> dict[str, EvidenceKept]:
        """Return those of the documents that are the party's and not expired, by id."""
        if not evidence_ids:
            return {}
        with self._database.connection() as connection:
            rows = connection.execute(
                """
                SELECT evidence_id, sha256 FROM filed_evidence
                WHERE party_id = %s AND evidence_id = ANY(%s) AND expires_at_milliseconds > %s
                """,
                (party_id, evidence_ids, self._clock.now_milliseconds()),
            )
            return {row["evidence_id"]: EvidenceKept(**row) for row in rows}

    def filed(self, filing_id: str) -> dict[str, Any] | None:
        """Return a filing's row, or None."""
        with self._database.connection() as connection:
            return connection.execute(
                """
                SELECT filing_id, kind, party_id, case_id, request, request_sha256, answer,
                    received_at_milliseconds
                FROM filings WHERE filing_id = %s
                """,
                (filing_id,),
            ).fetchone()

    def request_of(self, filed: dict[str, Any], reader: str) -> dict[str, Any]:
        """Return a filing's request as it was sent; `ERASED` in its place where it was erased."""
        sha256 = filed["request_sha256"]
        if sha256 is None:
            return dict(filed["request"])
        with self._database.connection() as connection:
            texts = self._private_texts.read(connection, [sha256], reader)
        if not texts.get(sha256):
            return {**filed["request"], "request": shown(texts, None, sha256)}
        request: dict[str, Any] = json.loads(shown(texts, None, sha256))["request"]
        return request

    def _put_texts(self, connection: Connection, filing: Filing) -> None:
        if filing.private_texts is None:
            return
        try:
            source_id = filing.identity.filing_id
            self._private_texts.put(connection, filing.private_texts, source_id)
        except KeyErased as error:
            told = "The party's texts were erased meanwhile; send the same request again."
            raise Problem(UNAVAILABLE, told, headers={"Retry-After": "1"}) from error

    @staticmethod
    def _lock(connection: Connection, identity: Identity) -> None:
        key = lock_key(Lock.FILING_IDEMPOTENCY_KEY, identity.party_id, identity.idempotency_key)
        found = connection.execute(
            "SELECT pg_try_advisory_xact_lock(%s) AS locked", (key,)
        ).fetchone()
        if not (found and found["locked"]):
            raise Problem(
                KEY_IN_USE, "It will be answered; ask again.", headers={"Retry-After": "1"}
            )

    def _known(self, connection: Connection, identity: Identity) -> Answer | None:
        row = connection.execute(
            """
            SELECT fingerprint, status, answer FROM filings
            WHERE party_id = %s AND idempotency_key = %s AND key_expires_at_milliseconds > %s
            """,
            (identity.party_id, identity.idempotency_key, self._clock.now_milliseconds()),
        ).fetchone()
        if row is None:
            return None
        if bytes(row["fingerprint"]) != identity.fingerprint:
            raise Problem(KEY_REUSED, "A new request needs a new key.")
        return Answer(row["status"], row["answer"], replayed=True)

    @staticmethod
    def _release_expired(connection: Connection, identity: Identity) -> None:
        connection.execute(
            """
            UPDATE filings SET idempotency_key = NULL
            WHERE party_id = %s AND idempotency_key = %s
            """,
            (identity.party_id, identity.idempotency_key),
        )

    def _insert(self, connection: Connection, filing: Filing) -> bool:
        identity = filing.identity
        lifetime = self._settings.key_lifetime_milliseconds
        inserted = connection.execute(
            """
            INSERT INTO filings (
                filing_id, kind, party_id, case_id, idempotency_key, key_expires_at_milliseconds,
                fingerprint, request, request_sha256, status, answer, received_at_milliseconds
            ) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
            ON CONFLICT (filing_id) DO NOTHING RETURNING filing_id
            """,
            (
                identity.filing_id,
                filing.kind,
                identity.party_id,
                filing.case_id,
                identity.idempotency_key,
                filing.received_at_milliseconds + lifetime,
                identity.fingerprint,
                Jsonb(filing.request),
                filing.request_sha256,
                filing.answer.status,
                Jsonb(filing.answer.body),
                filing.received_at_milliseconds,
            ),
        )
        return inserted.fetchone() is not None

    def _again(self, connection: Connection, identity: Identity) -> Answer:
        """Return the answer to a request that came again after its key expired."""
        row = connection.execute(
            """
            UPDATE filings SET idempotency_key = %s, key_expires_at_milliseconds = %s
            WHERE filing_id = %s RETURNING status, answer
            """,
            (
                identity.idempotency_key,
                self._clock.now_milliseconds() + self._settings.key_lifetime_milliseconds,
                identity.filing_id,
            ),
        ).fetchone()
        if row is None:
            raise Problem(KEY_IN_USE, "It is being removed; ask again.")
        return Answer(row["status"], row["answer"], replayed=True)

    def _use_evidence(self, connection: Connection, filing: Filing) -> None:
        if not filing.evidence_ids:
            return
        ids = list(filing.evidence_ids)
        kept = connection.execute(
            """
            UPDATE filed_evidence
            SET expires_at_milliseconds = greatest(expires_at_milliseconds, %s)
            WHERE party_id = %s AND evidence_id = ANY(%s) RETURNING evidence_id
            """,
            (
                filing.received_at_milliseconds + self._settings.retention_milliseconds,
                filing.identity.party_id,
                ids,
            ),
        )
        if len(kept.fetchall()) != len(ids):
            raise evidence_unknown()
        connection.execute(
            "INSERT INTO filed_evidence_uses SELECT %s, unnest(%s::text[])",
            (filing.identity.filing_id, ids),
        )
        if filing.case_id is not None:
            self._check_count(connection, filing.case_id)

    def _check_count(self, connection: Connection, case_id: str) -> None:
        row = connection.execute(
            """
            SELECT count(DISTINCT evidence_id) AS documents FROM filed_evidence_uses
            WHERE filing_id IN (
                SELECT filing_id FROM filings WHERE case_id = %s
                UNION SELECT filing_id FROM filed_complaints WHERE complaint_id = %s
            )
            """,
            (case_id, case_id),
        ).fetchone()
        limit = self._settings.maximum_evidence_for_complaint
        if row is not None and row["documents"] > limit:
            told = FieldError(
                pointer="#/evidence", code="too_long", detail=f"A case has at most {limit}."
            )
            raise Problem(INVALID, "Too many documents.", [told])


def evidence_unknown() -> Problem:
    """Return the problem of documents that are not there, or not the party's."""
    told = FieldError(
        pointer="#/evidence",
        code="evidence_unknown",
        detail="Upload each document first; what no filing names is removed after a week.",
    )
    return Problem(INVALID, "A document named is not known.", [told])
