"""A candidate over a period of the archive: both orders, and what is kept of them."""

from pathlib import Path

import duckdb

from processors.rules.rule_set import RuleSet
from replay.archive_log import ArchiveLog
from replay.backtest.first_order import FirstOrderPass
from replay.backtest.gates import gates_of
from replay.backtest.record import write_record
from replay.backtest.report import page_of
from replay.backtest.result import Backtest
from replay.backtest.second_order import second_order
from replay.log import ReplayError
from replay.period import Period
from schemas.wire.codec import Codec
from sinks.archive.layout import day_of
from sinks.archive.query import ArchiveIncomplete, open_archive
from sinks.archive.storage import Storage
from sinks.contract import SinkUnavailable

DIFFERENCES = "differences.parquet"
REPORT = "report.html"


class BacktestRun:
    """A backtest of one archive; its connection is open until `close`."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        try:
            self._archive = open_archive(storage)
        except (ArchiveIncomplete, SinkUnavailable) as error:
            raise ReplayError(str(error)) from error

    def run(
        self,
        candidate: RuleSet,
        period: Period,
        reviews_a_day: int | None,
        maximum_wrong_percent: float,
        codec: Codec | None,
        directory: Path,
    ) -> Backtest:
        """Return what a candidate would have made of a period; with a codec, in full.

        `directory` is for scratch state. Errors: ReplayError.
        """
        first_pass = FirstOrderPass(self._archive, candidate, period)
        first = first_pass.run(reviews_a_day)
        second = None
        if codec is not None:
            log = ArchiveLog(self._storage)
            second = second_order(self._archive, log, codec, candidate, period, directory)
        found = Backtest(
            candidate.hash,
            first_pass.live_hashes,
            day_of(period.begin_milliseconds),
            day_of(period.end_milliseconds - 1),
            reviews_a_day,
            first,
            second,
        )
        return found._replace(gates=gates_of(found, maximum_wrong_percent))

    def keep(self, test: Backtest, tested_by: str, directory: Path) -> None:
        """Write the report, the differences with their labels, and the record into a directory.

        Errors: ReplayError.
        """
        target = directory / DIFFERENCES
        unfinished = target.with_suffix(".unfinished")
        try:
            directory.mkdir(parents=True, exist_ok=True)
            self._archive.sql(
                "SELECT differences.*, labels.infringing, labels.source AS label_source "
                "FROM differences LEFT JOIN labels USING (case_id) "
                "ORDER BY case_id, decision_number"
            ).write_parquet(str(unfinished))
            unfinished.replace(target)
            (directory / REPORT).write_text(page_of(test), encoding="utf-8")
            write_record(test, tested_by, directory, (REPORT, DIFFERENCES))
        except (OSError, duckdb.Error) as error:
            raise ReplayError(f"{directory}: {error}") from error

    def close(self) -> None:
        """Close the connection to the archive."""
        self._archive.close()
