"""The first-order effect: what the rules alone would have decided, by combination of findings.

A candidate is asked once for each combination that occurred, and the rest is a join in DuckDB.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from importlib.resources import files
from typing import Any, Final

import duckdb
import pyarrow as pa

from processors.rules.rule_set import RuleSet
from replay.backtest.accuracy import accuracies
from replay.backtest.result import DIMENSIONS, STRATA, Accuracy, Change, Effect, FirstOrder, Load
from replay.backtest.review_load import loads
from replay.backtest.rulings import Combination, Pair, pairs
from replay.log import ReplayError
from replay.period import Period
from replay.versions import rule_set_of
from schemas.events.batches import VersionRecorded

_SQL: Final = files("replay.backtest")
MAXIMUM_NAMES: Final = 20
"""Rights holders, marks and so on that are told of, those with most takedowns first."""
_EFFECTS: Final = """
count(DISTINCT case_id) FILTER (effect = 'new_takedown'),
count(DISTINCT case_id) FILTER (effect = 'lost_takedown'),
count(DISTINCT case_id) FILTER (effect = 'new_takedown' AND NOT infringing),
count(DISTINCT case_id) FILTER (effect = 'new_takedown' AND infringing),
count(DISTINCT case_id) FILTER (effect = 'lost_takedown' AND NOT infringing),
count(DISTINCT case_id) FILTER (effect = 'lost_takedown' AND infringing)
"""


class FirstOrderPass:
    """A candidate over a period, in the tables of a connection to the archive.

    After `run` the tables `differences` and `labels` have what differs. Errors of all methods:
    ReplayError.
    """

    def __init__(
        self, archive: duckdb.DuckDBPyConnection, candidate: RuleSet, period: Period
    ) -> None:
        self._archive = archive
        self._candidate = candidate
        self._period = {"begin": period.begin_milliseconds, "end": period.end_milliseconds}
        self._rule_sets: dict[str, RuleSet] = {}

    def run(self, reviews_a_day: int | None) -> FirstOrder:
        """Return the effect. Errors: ReplayError."""
        try:
            return self._run(reviews_a_day)
        except duckdb.Error as error:
            raise ReplayError(f"the archive can't be asked: {error}") from error

    def count(self) -> int:
        """Count decisions, put both rulings on each combination beside them, and note what differs;
        return how many do."""
        self._make("period.sql")
        self._register(list(self._pairs()))
        self._make("differences.sql")
        return self._number("SELECT count(*) FROM differences")

    @property
    def live_hashes(self) -> tuple[str, ...]:
        """Hashes of the rule sets that decided."""
        return tuple(sorted(self._rule_sets))

    def _run(self, reviews_a_day: int | None) -> FirstOrder:
        differing = self.count()
        self._make("labels.sql")
        return FirstOrder(
            decisions=self._number("SELECT coalesce(sum(decisions), 0) FROM decided"),
            by_rules=self._number(
                "SELECT coalesce(sum(decisions), 0) FROM decided WHERE number IS NOT NULL"
            ),
            combinations=self._number(
                "SELECT count(DISTINCT (version, number)) FROM decided WHERE number IS NOT NULL"
            ),
            not_comparable=self._number(
                "SELECT coalesce(sum(decisions), 0) FROM decided "
                "ANTI JOIN rulings USING (version, number, rule_set_hash) WHERE number IS NOT NULL"
            ),
            differing=differing,
            other_reasons=self._number(
                "SELECT coalesce(sum(decisions), 0) FROM decided "
                "JOIN rulings USING (version, number, rule_set_hash) WHERE other_reasons"
            ),
            effect=next(self._effects("'all'")),
            changes=tuple(self._changes()),
            effects={name: tuple(self._effects(name)) for name in DIMENSIONS},
            labels=dict(
                self._rows("SELECT source, count(*) FROM labelled GROUP BY 1 ORDER BY 2 DESC, 1")
            ),
            accuracy={"all": self._accuracy("'all'")}
            | {name: self._accuracy(name) for name in STRATA},
            loads=self._loads(reviews_a_day),
        )

    def _pairs(self) -> Iterator[Pair]:
        rows = self._rows(
            "SELECT DISTINCT version, number, rule_set_hash FROM decided "
            "WHERE number IS NOT NULL ORDER BY ALL"
        )
        return pairs((Combination(*row) for row in rows), self._rule_set, self._candidate)

    def _rule_set(self, rule_set_hash: str) -> RuleSet:
        known = self._rule_sets.get(rule_set_hash)
        if known is None:
            recorded = self._rows(
                "SELECT VersionRecorded.kind, VersionRecorded.version, VersionRecorded.content "
                "FROM ip_versions_state WHERE VersionRecorded.version = $hash LIMIT 1",
                {"hash": rule_set_hash},
            )
            if not recorded:
                raise ReplayError(f"the archive has no rule set {rule_set_hash}, which decided")
            known = rule_set_of(VersionRecorded(*recorded[0]))
            self._rule_sets[rule_set_hash] = known
        return known

    def _register(self, found: list[Pair]) -> None:
        columns: dict[str, Callable[[Pair], Any]] = {
            "version": lambda pair: pair.combination.version,
            "number": lambda pair: pair.combination.number,
            "rule_set_hash": lambda pair: pair.combination.rule_set_hash,
            "live_outcome": lambda pair: pair.live.outcome,
            "live_rule": lambda pair: pair.live.rule_id,
            "candidate_outcome": lambda pair: pair.candidate.outcome,
            "candidate_rule": lambda pair: pair.candidate.rule_id,
            "deciding_finding": lambda pair: pair.finding,
            "deciding_word": lambda pair: pair.word,
            "differs": lambda pair: pair.live.outcome != pair.candidate.outcome,
            "other_reasons": lambda pair: (
                pair.live.outcome == pair.candidate.outcome
                and pair.live.reason_codes != pair.candidate.reason_codes
            ),
        }
        flags = {"differs", "other_reasons"}
        kinds = {"version": pa.int64(), "number": pa.int64()} | dict.fromkeys(flags, pa.bool_())
        arrays = [
            pa.array(map(column, found), kinds.get(name, pa.string()))
            for name, column in columns.items()
        ]
        self._archive.register("rulings", pa.table(arrays, names=list(columns)))

    def _effects(self, dimension: str) -> Iterator[Effect]:
        rows = self._rows(
            f"SELECT coalesce({dimension}, ''), {_EFFECTS} FROM differences "  # noqa: S608 - ours
            "LEFT JOIN labels USING (case_id) WHERE effect <> 'other' GROUP BY 1 "
            f"ORDER BY count(*) DESC, 1 LIMIT {MAXIMUM_NAMES}"
        )
        if dimension == "'all'" and not rows:
            rows = [("all", 0, 0, 0, 0, 0, 0)]
        return (Effect(*row) for row in rows)

    def _changes(self) -> Iterator[Change]:
        return (
            Change(*row)
            for row in self._rows(
                "SELECT outcome, candidate_outcome, live_rule, candidate_rule, deciding_finding, "
                "deciding_word, count(*) FROM differences GROUP BY ALL "
                "ORDER BY 7 DESC, 1, 2, 3, 4, 5, 6"
            )
        )

    def _accuracy(self, dimension: str) -> tuple[Accuracy, ...]:
        rows = self._rows(
            f"SELECT {dimension}, infringing, live, candidate, count(*) "  # noqa: S608 - ours
            "FROM labelled GROUP BY ALL ORDER BY ALL"
        )
        return accuracies(rows)

    def _loads(self, reviews_a_day: int | None) -> tuple[Load, ...]:
        """Return reviews by day: those that were asked for, and with what the candidate changes."""
        asked = Counter(
            dict(
                self._rows(
                    "SELECT ReviewComplaint.issued_at_milliseconds // 86400000, count(*) "
                    "FROM ip_reviews_commands WHERE event_type = 'ReviewComplaint' "
                    "AND ReviewComplaint.issued_at_milliseconds >= $begin "
                    "AND ReviewComplaint.issued_at_milliseconds < $end GROUP BY 1",
                    self._period,
                )
            )
        )
        changed = Counter(
            dict(
                self._rows(
                    "SELECT decided_at_milliseconds // 86400000, "
                    "count(*) FILTER (candidate_outcome = 'send_to_review') "
                    "- count(*) FILTER (outcome = 'send_to_review') FROM differences GROUP BY 1"
                )
            )
        )
        [(first, last)] = self._rows("SELECT min(first_day), max(last_day) FROM decided")
        days = {*asked, *(() if first is None else (first, last))}
        return loads(sorted(days), asked, changed, reviews_a_day)

    def _make(self, name: str) -> None:
        for statement in _SQL.joinpath(name).read_text(encoding="utf-8").split(";\n"):
            if statement.strip():
                given = self._period if "$begin" in statement else None
                self._archive.execute(statement, given)

    def _number(self, question: str) -> int:
        return int(self._rows(question)[0][0])

    def _rows(self, question: str, given: dict[str, Any] | None = None) -> list[tuple[Any, ...]]:
        return self._archive.execute(question, given).fetchall()
