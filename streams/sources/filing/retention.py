"""Removes what is kept no longer: documents and filings."""

import threading

import psycopg

from schemas.handled_errors import note_handled
from sinks.evidence.quarantine import Quarantine
from sinks.evidence.vault import PARTS, EvidenceVault
from streams.clock import Clock
from streams.sources.filing.database import Database
from streams.sources.filing.evidence_store import EvidenceStore
from streams.sources.filing.problems import Problem
from streams.sources.filing.settings import FilingSettings

SWEEP_SECONDS = 60.0
SWEEP_ROWS = 1_000
UNFINISHED_SECONDS = 3_600.0
STOP_SECONDS = 30.0


# One that has an event to send is kept, however old: nothing is lost.
_END_FILINGS = """
    WITH ended AS (
        DELETE FROM filings WHERE filing_id IN (
            SELECT filing_id FROM filings WHERE received_at_milliseconds < %s
            AND NOT EXISTS (
                SELECT FROM outbox
                WHERE source = 'filing' AND source_id = filings.filing_id
                AND sent_at_milliseconds IS NULL
            )
            LIMIT %s
        )
        RETURNING request_sha256
    )
    DELETE FROM private_texts WHERE sha256 IN (SELECT request_sha256 FROM ended)
"""
_END_READS = """
    DELETE FROM private_text_reads WHERE ctid IN (
        SELECT ctid FROM private_text_reads WHERE read_at_milliseconds < %s LIMIT %s
    )
"""


class Retention:
    """Sweeps in a thread of its own while it is entered as a context; each sweep is bounded."""

    def __init__(
        self,
        database: Database,
        evidence: EvidenceStore,
        files: tuple[EvidenceVault, Quarantine],
        settings: FilingSettings,
        clock: Clock,
    ) -> None:
        self._database = database
        self._evidence = evidence
        self._vault, self._quarantine = files
        self._settings = settings
        self._clock = clock
        self._part = 0
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="retention", daemon=True)

    def __enter__(self) -> "Retention":
        """Start."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop after the sweep under way."""
        self._stopping.set()
        self._thread.join(STOP_SECONDS)

    def sweep(self) -> None:
        """Remove some of what is over. Errors: Problem UNAVAILABLE; psycopg.Error; OSError."""
        now = self._clock.now_milliseconds()
        self._vault.remove_unfinished(UNFINISHED_SECONDS)
        self._evidence.remove_expired()
        # A part of the vault at a time: all of it within some hours.
        self._evidence.remove_orphans(self._part, UNFINISHED_SECONDS)
        self._part = (self._part + 1) % PARTS
        self._quarantine.remove_old()
        with self._database.connection() as connection:
            oldest = now - self._settings.retention_milliseconds
            connection.execute(_END_FILINGS, (oldest, SWEEP_ROWS))
            connection.execute(_END_READS, (oldest, SWEEP_ROWS))

    def _run(self) -> None:
        while not self._stopping.wait(SWEEP_SECONDS):
            try:
                self.sweep()
            except (Problem, psycopg.Error, OSError) as error:
                # Its words may name a party.
                note_handled("sweep", type(error).__name__)
