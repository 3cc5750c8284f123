"""How a candidate and the live rules differ on what came in, from the archive."""

from importlib.resources import files
from typing import Any, Final, NamedTuple

import duckdb

from replay.log import ReplayError
from replay.period import Period

DAY_MILLISECONDS: Final = 86_400_000
_COMPARED: Final = files("replay.promotion").joinpath("compared.sql")
_LABELS: Final = files("replay.backtest").joinpath("labels.sql")
_FIGURES: Final = """
SELECT
  count(*),
  count(DISTINCT decided_at_milliseconds // 86400000),
  count(*) FILTER (new_takedown),
  count(*) FILTER (new_takedown AND infringing),
  count(*) FILTER (new_takedown AND NOT infringing),
  count(*) FILTER (live = 'send_to_review'),
  count(*) FILTER (candidate = 'send_to_review')
FROM (SELECT *, candidate = 'take_down' AND live <> 'take_down' AS new_takedown FROM compared)
LEFT JOIN labels USING (case_id)
"""


class Compared(NamedTuple):
    """Cases on which both have their word. Of new takedowns, which the live rules would not make,
    people looked at some."""

    cases: int
    days: int
    """On so many days something was decided."""
    new_takedowns: int
    new_infringing: int
    new_lawful: int
    live_reviews: int
    candidate_reviews: int


class Question(NamedTuple):
    """Which candidate is compared with which live rules, on what one of the two decided."""

    candidate_hash: str
    live_hash: str
    candidate_decides: bool
    period: Period


def compared(archive: duckdb.DuckDBPyConnection, question: Question) -> Compared:
    """Return the figures of a span. Errors: ReplayError."""
    given: dict[str, Any] = {
        "candidate": question.candidate_hash,
        "live": question.live_hash,
        "deciding": question.candidate_decides,
        "begin": question.period.begin_milliseconds,
        "end": question.period.end_milliseconds,
    }
    try:
        archive.execute(_COMPARED.read_text(encoding="utf-8"), given)
        labels = _LABELS.read_text(encoding="utf-8").split(";\n")[0]
        archive.execute(labels.replace("CREATE TEMP", "CREATE OR REPLACE TEMP"))
        [row] = archive.execute(_FIGURES).fetchall()
    except duckdb.Error as error:
        raise ReplayError(f"the archive can't be asked: {error}") from error
    return Compared(*row)
