"""What a candidate has to show before it may decide."""

from collections.abc import Iterator

from replay.backtest.accuracy import share
from replay.backtest.report import forecasts
from replay.backtest.result import Backtest, Gate


def gates_of(test: Backtest, maximum_wrong_percent: float) -> tuple[Gate, ...]:
    """Return each gate with what was found; what can't be told meets none."""
    return tuple(_gates(test, maximum_wrong_percent))


def _gates(test: Backtest, maximum_wrong_percent: float) -> Iterator[Gate]:
    first = test.first
    yield Gate(
        "all decisions can be compared",
        first.not_comparable == 0 and first.by_rules > 0,
        f"{first.not_comparable:,} of {first.by_rules:,} left out",
    )
    yield Gate(
        "all steps were taken",
        test.second is not None,
        "by the rules alone" if test.second is None else f"{test.second.listings:,} listings",
    )
    yield _wrong_takedowns(test, maximum_wrong_percent)
    yield from (
        Gate(
            "recall is not clearly lower",
            each.candidate_recall.high >= each.live_recall.low,
            f"{_percent(each.candidate_recall.high)} at most, {_percent(each.live_recall.low)} "
            f"at least before",
        )
        for each in first.accuracy["all"]
    )
    live, candidate = forecasts(test)
    known = test.reviews_a_day is not None
    yield Gate(
        "no more reviews are left undone",
        known and candidate.last_backlog <= live.last_backlog,
        f"{candidate.last_backlog:,} at the end, {live.last_backlog:,} before"
        if known
        else "what reviewers can do in a day was not told",
    )


def _wrong_takedowns(test: Backtest, maximum_wrong_percent: float) -> Gate:
    """Judge new takedowns by those that people looked at: of too few nothing is sure."""
    name = f"at most {maximum_wrong_percent:g} % of new takedowns are wrong"
    effect = test.first.effect
    if not effect.new:
        return Gate(name, True, "no new takedowns")
    labelled = effect.new_lawful + effect.new_infringing
    wrong = share(effect.new_lawful, labelled)
    found = f"up to {_percent(wrong.high)}: {wrong.hits:,} of {labelled:,} that people looked at"
    return Gate(name, 100 * wrong.high <= maximum_wrong_percent, found)


def _percent(part: float) -> str:
    return f"{100 * part:.1f} %"
