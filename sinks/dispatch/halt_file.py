"""A file that halts dispatch while it is there: a switch that needs neither Kafka nor registry."""

import logging
from collections.abc import Callable
from pathlib import Path

from sinks.dispatch.switches import ALL, ScopeInvalid, Switches, check_scope

logger = logging.getLogger(__name__)

LOOK_SECONDS = 0.2


class HaltFile:
    """Has a file's scopes halt, one a line, or `all` where it names none.

    What can't be read or understood halts all. `changed` is called after each change.
    """

    def __init__(self, path: Path, switches: Switches, changed: Callable[[], object]) -> None:
        self._path = path
        self._switches = switches
        self._changed = changed
        self._scopes: frozenset[str] = frozenset()
        self.look()

    def run(self, wait: Callable[[float], bool]) -> None:
        """Look at the file until `wait` tells to end."""
        while not wait(LOOK_SECONDS):
            self.look()

    def look(self) -> None:
        """See whether the file is there, and what it halts."""
        scopes = self._read()
        if scopes != self._scopes:
            self._scopes = scopes
            logger.warning("halted by %s: %s", self._path, ", ".join(sorted(scopes)) or "none")
            self._switches.halt_by_file(scopes)
            self._changed()

    def _read(self) -> frozenset[str]:
        try:
            lines = self._path.read_text(encoding="utf-8").splitlines()
            named = (line.partition("#")[0].strip() for line in lines)
            return frozenset(check_scope(scope) for scope in named if scope) or frozenset({ALL})
        except FileNotFoundError:
            return frozenset()
        except (OSError, UnicodeDecodeError, ScopeInvalid):
            return frozenset({ALL})
