"""Documents in which something harmful was found: set aside for the operator, and given to nobody.

A directory beside the vault's holds each with what is known of it. It is bounded in time and in
size, so that nobody fills the disk with them: beyond, the document goes and its note stays.
"""

import json
import os
import time
from pathlib import Path
from typing import Any

from sinks.evidence.vault import Received, room

MAXIMUM_BYTES = 1 << 30
MAXIMUM_NOTES = 10_000
KEPT_SECONDS = 90 * 24 * 3600.0


class Quarantine:
    """What was set aside below a directory, which is made when first needed."""

    def __init__(self, directory: Path, maximum_bytes: int = MAXIMUM_BYTES) -> None:
        self._directory = directory
        self._maximum_bytes = maximum_bytes

    def put(self, received: Received, about: dict[str, Any]) -> None:
        """Set a document aside with what is known of it. Errors: VaultFull; OSError."""
        with room():
            self._put(received, about)

    def _put(self, received: Received, about: dict[str, Any]) -> None:
        self._directory.mkdir(mode=0o700, exist_ok=True)
        sizes = [path.stat().st_size for path in self._directory.iterdir()]
        if len(sizes) >= 2 * MAXIMUM_NOTES:
            return
        kept = sum(sizes) + received.size_bytes <= self._maximum_bytes
        known = {**about, "sha256": received.sha256, "media_type": received.media_type}
        note = self._directory / f"{received.sha256}.json"
        text = json.dumps({**known, "kept": kept}, indent=2, sort_keys=True)
        descriptor = os.open(note, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(text + "\n")
        except OSError:
            note.unlink()
            raise
        if kept:
            received.path.rename(self._directory / received.sha256)

    def remove_old(self) -> int:
        """Remove what was set aside long ago; give how many files. Errors: OSError."""
        before = time.time() - KEPT_SECONDS
        old = []
        if self._directory.exists():
            old = [path for path in self._directory.iterdir() if path.stat().st_ctime < before]
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)
