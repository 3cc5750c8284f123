"""A backtest for people: lines for a terminal, and a page that needs nothing else."""

from collections.abc import Iterator, Sequence
from importlib.resources import files
from typing import NamedTuple

from jinja2 import Environment, StrictUndefined

from replay.backtest.result import Accuracy, Backtest, Load, Share

NAMES = {
    "ground": "ground",
    "marketplace": "marketplace",
    "territory": "territory",
    "rights_holder_id": "rights holder",
    "trademark_key": "mark",
}
SOURCES = {
    "review": "reviewers' verdicts",
    "counter_notice_accepted": "accepted counter-notices",
    "appeal": "appeals",
    "retraction": "retractions",
}
SHOWN_ROWS = 8
_LEFT, _TOP, _WIDTH, _HEIGHT = 60, 10, 940, 200


class Forecast(NamedTuple):
    """A load over the period, and what would have been left undone."""

    name: str
    mean: float
    busiest: int
    beyond: int
    largest_backlog: int
    last_backlog: int


class Chart(NamedTuple):
    """The points of both loads, and where the capacity lies, in the picture's coordinates."""

    most: int
    live: str
    candidate: str
    capacity: float | None


class Reviews(NamedTuple):
    """How many reviews are asked for."""

    live: int
    candidate: int


def page_of(test: Backtest) -> str:
    """Return a backtest as one HTML page."""
    environment = Environment(autoescape=True, undefined=StrictUndefined)
    template = files("replay.backtest").joinpath("report.html").read_text(encoding="utf-8")
    return environment.from_string(template).render(
        test=test,
        names=NAMES,
        sources=SOURCES,
        reviews=_reviews(test.first.loads),
        forecast=forecasts(test),
        chart=_chart(test),
    )


def lines_of(test: Backtest) -> Iterator[str]:
    """Yield a backtest as lines of text."""
    first = test.first
    yield f"candidate {test.candidate_hash[:12]}, decisions from {test.begin} to {test.end}"
    yield (
        f"{first.decisions:,} decisions, {first.by_rules:,} by rules, on {first.combinations:,} "
        f"combinations of findings"
    )
    if first.not_comparable:
        yield f"{first.not_comparable:,} left out: findings lack one that rules ask for now"
    yield (
        f"{first.differing:,} would be decided otherwise, {first.other_reasons:,} alike for other "
        f"reasons"
    )
    effect = first.effect
    yield (
        f"new takedowns {effect.new:,} ({effect.new_lawful:,} found lawful, "
        f"{effect.new_infringing:,} infringing); lost {effect.lost:,} "
        f"({effect.lost_lawful:,} found lawful, {effect.lost_infringing:,} infringing)"
    )
    yield ""
    for change in first.changes[:SHOWN_ROWS]:
        decides = f"{change.finding} is {change.word}" if change.finding else "no single finding"
        yield (
            f"{change.decisions:>10,}  {change.outcome} -> {change.candidate_outcome}: "
            f"{change.live_rule} -> {change.candidate_rule}, as {decides}"
        )
    for dimension, effects in first.effects.items():
        for each in effects[:SHOWN_ROWS]:
            name = f"{NAMES[dimension]} {each.name or '-'}"
            yield f"{name:<52} {each.new:>8,} new {each.lost:>8,} lost"
    yield from _accuracy_lines(first.accuracy["all"])
    yield from _load_lines(test)
    yield from _full_lines(test)
    yield ""
    for gate in test.gates:
        yield f"{'met    ' if gate.met else 'NOT MET'}  {gate.name}: {gate.found}"


def forecasts(test: Backtest) -> list[Forecast]:
    """Return what each of the rule sets asks of the reviewers."""
    loads = test.first.loads
    live = _forecast("live", test, [(each.live, each.live_backlog) for each in loads])
    then = [(each.candidate, each.candidate_backlog) for each in loads]
    return [live, _forecast("candidate", test, then)]


def _forecast(name: str, test: Backtest, days: list[tuple[int, int]]) -> Forecast:
    asked, backlogs = zip(*(days or [(0, 0)]), strict=True)
    capacity = test.reviews_a_day
    beyond = 0 if capacity is None else sum(each > capacity for each in asked)
    mean = sum(asked) / len(asked)
    return Forecast(name, mean, max(asked), beyond, max(backlogs), backlogs[-1])


def _accuracy_lines(rows: Sequence[Accuracy]) -> Iterator[str]:
    for row in rows:
        yield ""
        yield f"of {row.cases:,} labelled cases:"
        yield f"  precision {_told(row.live_precision)} live, {_told(row.candidate_precision)} then"
        yield f"  recall    {_told(row.live_recall)} live, {_told(row.candidate_recall)} then"


def _load_lines(test: Backtest) -> Iterator[str]:
    yield ""
    for each in forecasts(test):
        line = f"reviews a day, {each.name}: {each.mean:,.1f}, busiest {each.busiest:,}"
        if test.reviews_a_day is not None:
            line += (
                f"; {each.beyond:,} days beyond {test.reviews_a_day:,}, backlog at most "
                f"{each.largest_backlog:,}, at the end {each.last_backlog:,}"
            )
        yield line


def _full_lines(test: Backtest) -> Iterator[str]:
    yield ""
    second = test.second
    if second is None:
        yield "not replayed in full: only the first order was asked for"
        return
    yield (
        f"{second.listings:,} listings replayed in full: {second.as_archived:,} of "
        f"{test.first.differing:,} differing decisions made again as archived by the rules of the "
        f"time, {second.as_expected:,} by the candidate as its rules alone say"
    )
    yield f"cases newly taken down {second.new_takedowns:,}, no longer {second.lost_takedowns:,}"
    for gap in second.gaps[:SHOWN_ROWS]:
        yield (
            f"{gap.decisions:>10,}  {gap.candidate_outcome} by the rules alone, "
            f"{gap.replayed_outcome} with all steps ({gap.decided_by or 'none'})"
        )
    for name, live, candidate in second.events:
        if live != candidate:
            yield f"{name:<40} {live:>8,} -> {candidate:,}"


def _told(share: Share) -> str:
    if not share.of:
        return "unknown"
    return (
        f"{100 * share.hits / share.of:.1f} % "
        f"({100 * share.low:.1f} to {100 * share.high:.1f}, of {share.of:,})"
    )


def _reviews(loads: Sequence[Load]) -> Reviews:
    return Reviews(sum(each.live for each in loads), sum(each.candidate for each in loads))


def _chart(test: Backtest) -> Chart | None:
    loads, capacity = test.first.loads, test.reviews_a_day
    if not loads:
        return None
    most = max(1, capacity or 0, *(max(each.live, each.candidate) for each in loads))

    def height(load: int) -> float:
        return round(_TOP + _HEIGHT * (1 - load / most), 2)

    def points(days: Sequence[int]) -> str:
        # One day is a line from side to side.
        shown = list(days) * 2 if len(days) == 1 else list(days)
        step = _WIDTH / (len(shown) - 1)
        return " ".join(
            f"{_LEFT + number * step:.2f},{height(load)}" for number, load in enumerate(shown)
        )

    return Chart(
        most,
        points([each.live for each in loads]),
        points([each.candidate for each in loads]),
        None if capacity is None else height(capacity),
    )
