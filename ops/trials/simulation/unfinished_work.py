"""Whether the day's work is done: nothing moves, and nothing is left to be delivered."""

from collections.abc import Iterable
from pathlib import Path

from ops.local.patience import Patience
from ops.trials.simulation.journal import Journal
from ops.trials.simulation.services import GROUP
from ops.trials.worker_processes import Progress
from sinks.contract import SinkUnavailable
from sinks.database.database import connect
from streams.topology import INPUTS

STILL_SECONDS = 3.0
UNDELIVERED = """
    SELECT count(*) FROM deliveries AS delivery
    WHERE type LIKE 'listing.%' AND NOT (state = 'delivered' AND result = 'executed')
    AND NOT (result = 'failed' AND (
        EXISTS (
            SELECT FROM deliveries AS later
            WHERE later.order_key = delivery.order_key
            AND later.marketplace = delivery.marketplace
            AND later.delivery_number > delivery.delivery_number
        )
        OR EXISTS (
            SELECT FROM commands WHERE commands.command_id = delivery.command_id
            AND proved_at_milliseconds IS NOT NULL
        )
    ))
"""
"""What a marketplace failed to do is not to be done any more where another command about the
listing did it, so that the listing proves it, or undid it."""

UNSENT = "SELECT count(*) FROM outbox WHERE sent_at_milliseconds IS NULL AND refusal IS NULL"
READ = "SELECT coalesce(sum(next_offset), 0) FROM positions"
"""Grows as long as the stores take in what was decided."""

UNDECIDED = "SELECT count(*) FROM review_tasks WHERE state IN ('open', 'leased')"


class UnfinishedWork:
    """Tells when all is done, and when nothing more gets done; to be asked now and then."""

    def __init__(self, bootstrap_servers: str, database: str, journals: Iterable[Path]) -> None:
        self._progress = Progress(bootstrap_servers, tuple(INPUTS), GROUP)
        self._database = database
        self._journals = tuple(journals)
        self._motion = Patience(STILL_SECONDS)
        self._patience = Patience()
        self.stands_still = False

    def left(self) -> dict[str, int]:
        """Return what is still to be done, by name; empty when all is done and nothing moves."""
        now = (self._progress.end(), self._progress.committed())
        left = {"inputs": now[0] - now[1], **self._stored()}
        in_motion = not self._motion.runs_out((now, left.pop("read", 0)))
        left["effects to be shown"] = sum(
            len(journal.unproved) for journal in map(Journal.read, self._journals)
        )
        self.stands_still = self._patience.runs_out((now, left))
        left["records in motion"] = int(in_motion)
        return {name: count for name, count in left.items() if count}

    def close(self) -> None:
        """Close the clients."""
        self._progress.close()

    def _stored(self) -> dict[str, int]:
        try:
            with connect(self._database) as connection:
                return {
                    name: connection.execute(query).fetchall()[0][0]
                    for name, query in (
                        ("commands undelivered", UNDELIVERED),
                        ("events unsent", UNSENT),
                        ("reviews undecided", UNDECIDED),
                        ("read", READ),
                    )
                }
        except SinkUnavailable:
            return {"database": 1}
