"""A log fed to the archive as its reader feeds it: in batches, from where the archive stands."""

from sinks.archive.archive import Archive
from sinks.contract import Span


class Clock:
    """Seconds that pass when they are told to."""

    def __init__(self):
        self.seconds = 0.0

    def __call__(self):
        return self.seconds


def archive_of(storage, codec, clock=None, beginnings=None, **settings):
    """Return a writer as one that has just been started."""
    return Archive(
        storage, codec, lambda _topics: dict(beginnings or {}), clock or Clock(), **settings
    )


def feed(archive, log, batch_records=7, maximum_batches=None):
    """Write what a log has beyond the archive's positions; the log is by source."""
    positions = archive.positions(sorted({topic for topic, _ in log}))
    batches = 0
    for source, records in log.items():
        expected = positions.get(source, 0)
        left = [record for record in records if record.offset >= expected]
        for start in range(0, len(left), batch_records):
            if batches == maximum_batches:
                return
            batch = left[start : start + batch_records]
            archive.write(batch, {source: Span(expected, batch[-1].offset + 1)})
            expected = batch[-1].offset + 1
            batches += 1
