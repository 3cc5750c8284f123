"""`python -m ops import-trademarks`: send register files to the topic of trademark events."""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tqdm import tqdm

from ops.errors import OperatorError
from ops.shell.connections import KAFKA, REGISTRY, add_connection_arguments
from ops.shell.importing import Sender, codec_of, rejected_lines
from schemas.events.trademarks import TrademarkRecorded
from streams.sources.registers.reader import read
from streams.sources.registers.records import ImportRejection, ImportRemark

MOST = 0.5
"""Share of records rejected, or of unknown status, from which an import counts as failed."""


@dataclass
class Counts:
    """What became of the records: read = imported + rejected.

    rejected: by reason; a document that could not be read (on) counts as one record. unknown: by
    office and status code, records that were imported with status unknown. remarks: by reason.
    doubtful: files of which most was rejected.
    """

    read: int = 0
    imported: int = 0
    rejected: Counter[str] = field(default_factory=Counter)
    unknown: Counter[str] = field(default_factory=Counter)
    remarks: Counter[str] = field(default_factory=Counter)
    unreadable: int = 0
    doubtful: list[str] = field(default_factory=list)

    def faults(self) -> Iterator[str]:
        """Return in words what makes the whole import doubtful."""
        if self.rejected.total() > MOST * self.read:
            yield f"MOST RECORDS REJECTED: {self.rejected.total()} of {self.read}"
        yield from (f"MOST RECORDS REJECTED of {each}" for each in self.doubtful)
        if self.unknown.total() > MOST * self.imported:
            yield (
                f"MOST RECORDS OF UNKNOWN STATUS: {self.unknown.total()} of {self.imported}; they"
                " support no complaint until the office's words are in the tables"
            )

    def lines(self) -> Iterator[str]:
        """Return the counts as lines for people."""
        total = self.rejected.total()
        yield f"read {self.read}, imported {self.imported}, rejected {total}"
        for reason, count in self.rejected.most_common():
            yield f"  rejected {count}: {reason}"
        for code, count in self.unknown.most_common(20):
            yield f"  status unknown {count}: {code}"
        for reason, count in self.remarks.most_common():
            yield f"  remarked {count}: {reason}"
        yield from self.faults()


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser(
        "import-trademarks", help="send register files to the topic of trademark events"
    )
    parser.add_argument(
        "paths", nargs="+", type=Path, metavar="PATH", help=".xml, .xml.gz, .zip, .tar or .tar.gz"
    )
    add_connection_arguments(parser, KAFKA, REGISTRY, optional=True)
    parser.add_argument("--dry-run", action="store_true", help="read and check, send nothing")
    parser.add_argument(
        "--rejected",
        type=Path,
        help="JSON-lines file for rejections and remarks; else standard error",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Import the files.

    Returns 1 if a file could not be read to its end, a delivery failed, or most records were
    rejected or of unknown status.
    """
    missing = [str(path) for path in options.paths if not path.is_file()]
    if missing:
        raise OperatorError(f"no such file: {', '.join(missing)}")
    if not options.dry_run and not (options.bootstrap_servers and options.schema_registry):
        raise OperatorError("give --bootstrap-servers and --schema-registry, or --dry-run")
    total = sum(path.stat().st_size for path in options.paths)
    undelivered = 0
    with (
        rejected_lines(options.rejected) as write,
        tqdm(total=total, unit="B", unit_scale=True, disable=None) as progress,
    ):
        if options.dry_run:
            counts = import_files(options.paths, lambda _event: None, write, progress.update)
        else:
            sender = Sender(options.bootstrap_servers, codec_of(options.schema_registry))
            try:
                counts = import_files(options.paths, sender.send, write, progress.update)
            finally:
                undelivered = sender.close()
    sys.stdout.writelines(f"{line}\n" for line in counts.lines())
    if undelivered:
        sys.stdout.write(f"not delivered {undelivered}: {sender.last_error}\n")
    return 1 if undelivered or counts.unreadable or any(counts.faults()) else 0


def import_files(
    paths: list[Path],
    send: Callable[[TrademarkRecorded], None],
    write: Callable[[str], object],
    on_read: Callable[[int], object],
) -> Counts:
    """Send every trademark in the files; write rejections and remarks as lines of JSON."""
    counts = Counts()
    for path in paths:
        read_before, rejected_before = counts.read, counts.rejected.total()
        for item in read(path, on_read):
            if isinstance(item, ImportRemark):
                counts.remarks[item.reason] += 1
            else:
                counts.read += 1
            if not isinstance(item, TrademarkRecorded):
                write(json.dumps(item._asdict(), ensure_ascii=False) + "\n")
            if isinstance(item, ImportRejection):
                counts.rejected[item.reason] += 1
                counts.unreadable += item.record_number == 0
            elif isinstance(item, TrademarkRecorded):
                send(item)
                counts.imported += 1
                if item.status == "unknown":
                    counts.unknown[f"{item.office} {item.status_code[:100]!r}"] += 1
        rejected, found = counts.rejected.total() - rejected_before, counts.read - read_before
        if rejected > MOST * found:
            counts.doubtful.append(f"{path.name}: {rejected} of {found}")
    return counts
