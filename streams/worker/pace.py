"""How many records a batch may have, so that none of it waits long for the others."""

from typing import Final

LEAST_RECORDS: Final = 50
"""A batch of fewer costs mostly its commit: it is not made smaller, and says little of a record."""

FIRST_RECORDS: Final = 1_000
"""Before anything was measured: half a second, if all are complaints."""

MEMORY: Final = 0.7
"""Of what was measured, the share that counts on with the next batch."""


class Pace:
    """Learns from batches how long a record takes."""

    def __init__(self, seconds: float, maximum_records: int) -> None:
        self._seconds = seconds
        self._maximum_records = maximum_records
        self._measured_seconds = 0.0
        self._measured_records = 0.0

    @property
    def records(self) -> int:
        """How many records are stepped within the time, as far as is known."""
        if not self._measured_records:
            return min(FIRST_RECORDS, self._maximum_records)
        seconds_per_record = self._measured_seconds / self._measured_records
        within = int(self._seconds / max(seconds_per_record, 1e-9))
        return max(min(LEAST_RECORDS, self._maximum_records), min(within, self._maximum_records))

    def measured(self, records: int, seconds: float) -> None:
        """Note how long a batch took; a small one says little of a large one."""
        if records < LEAST_RECORDS:
            return
        self._measured_seconds = self._measured_seconds * MEMORY + seconds
        self._measured_records = self._measured_records * MEMORY + records
