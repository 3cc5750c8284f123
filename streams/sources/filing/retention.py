"""Removes what is kept no longer, and erases parties against whom nothing stands any more."""

import threading

import psycopg

from schemas.handled_errors import note_handled
from sinks.evidence.quarantine import Quarantine
from sinks.evidence.vault import PARTS, EvidenceVault
from sinks.personal_data.erasure import Erasures
from sinks.personal_data.retention import remove_ended
from streams.clock import Clock
from streams.sources.filing.database import Database
from streams.sources.filing.evidence_store import EvidenceStore
from streams.sources.filing.problems import Problem

SWEEP_SECONDS = 60.0
SWEEP_ROWS = 1_000
UNFINISHED_SECONDS = 3_600.0
STOP_SECONDS = 30.0


class Retention:
    """Sweeps in a thread of its own while it is entered as a context; each sweep is bounded."""

    def __init__(
        self,
        database: Database,
        evidence: EvidenceStore,
        files: tuple[EvidenceVault, Quarantine],
        erasures: Erasures,
        clock: Clock,
    ) -> None:
        self._database = database
        self._evidence = evidence
        self._vault, self._quarantine = files
        self._erasures = erasures
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
            remove_ended(connection, now, SWEEP_ROWS)
            self._erasures.try_waiting(connection, now)

    def _run(self) -> None:
        while not self._stopping.wait(SWEEP_SECONDS):
            try:
                self.sweep()
            except (Problem, psycopg.Error, OSError) as error:
                # Its words may name a party.
                note_handled("sweep", type(error).__name__)
