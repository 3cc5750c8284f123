"""What the sinks that queue submissions share: settings, clock, and how many ended how."""

from collections import Counter
from collections.abc import Callable
from typing import Generic, TypeVar

from sinks.database.database_sink import DatabaseSink

Settings = TypeVar("Settings")


class SubmissionSink(DatabaseSink, Generic[Settings]):
    """The base of such a sink. `count` is told how many records of each batch ended how."""

    def __init__(
        self,
        address: str,
        name: str,
        settings: Settings,
        now_milliseconds: Callable[[], int],
        count: Callable[[dict[str, int]], None] = lambda _endings: None,
    ) -> None:
        super().__init__(address, name)
        self._settings = settings
        self._now = now_milliseconds
        self._count = count
        self.endings: Counter[str] = Counter()

    def _tell(self, endings: Counter[str]) -> None:
        """Tell how a batch ended, once it is committed."""
        self.endings.update(endings)
        self._count(dict(+endings))
