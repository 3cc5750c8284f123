"""Documents that a scanner finds harmful are set aside, and not kept."""

from datetime import UTC, datetime

from schemas.handled_errors import note_handled
from sinks.evidence.quarantine import Quarantine
from sinks.evidence.scanner import Scanner, ScannerUnavailable
from sinks.evidence.vault import EvidenceRefused, Received
from streams.sources.filing.problems import UNAVAILABLE, Problem

RETRY_AFTER_SECONDS = 30


class Scanning:
    """A scanner, or none, and where what it finds is set aside."""

    def __init__(self, scanner: Scanner | None, quarantine: Quarantine) -> None:
        self._scanner = scanner
        self.quarantine = quarantine

    def check(self, party_id: str, received: Received) -> None:
        """Let a document pass in which nothing is found.

        Errors: EvidenceRefused; Problem UNAVAILABLE while the scanner does not answer; VaultFull;
        OSError.
        """
        if self._scanner is None:
            return
        try:
            found = self._scanner.scan(received.path)
        except ScannerUnavailable as error:
            note_handled("scanner", error)
            raise Problem(
                UNAVAILABLE,
                "Documents can't be looked at now; send it again.",
                headers={"Retry-After": str(RETRY_AFTER_SECONDS)},
            ) from error
        if found is None:
            return
        note_handled("scanner", f"found {found}")
        about = {"party_id": party_id, "found": found, "at": datetime.now(UTC).isoformat()}
        self.quarantine.put(received, about)
        raise EvidenceRefused(f"taken for harmful ({found}) and set aside")
