"""From counts to the figures that people read: shares, percentiles, averages, orders."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from streams.views.counted import SECONDS_BOUNDS, View
from streams.views.rows import Row, Tally

YARDSTICK: Mapping[str, float] = {
    "attainment_share": 0.96,
    "taken_down_share": 0.83,
    "declined_share": 0.17,
}
"""What Alibaba told of its IPP platform on 10 August 2017: 96 % of complaints were closed within 24
hours; of the listings in these 83 % were taken down, and 17 % were declined. Here the shares are of
cases, as counts by the hour don't tell a listing that several cases are about; the SLA report has
the share of listings."""

PERCENTILES = (50, 95, 99)
SCORES = range(1, 6)
MAXIMUM_NAMES = 100
Counts = Mapping[str, int]


class FigureSet(NamedTuple):
    """Counts of a view over some hours, all together and by the hour, and names' labels."""

    tally: Tally
    by_hour: dict[int, Tally]
    labels: dict[str, str]


def gathered(rows: Iterable[tuple[int, Row]]) -> FigureSet:
    """Add rows up."""
    sum_of = FigureSet({}, {}, {})
    for hour, row in rows:
        add_tally(sum_of.tally, row["tally"])
        add_tally(sum_of.by_hour.setdefault(hour, {}), row["tally"])
        sum_of.labels.update(row["labels"])
    return sum_of


def add_gathered(to: FigureSet, other: FigureSet) -> None:
    """Add the counts of other partitions."""
    add_tally(to.tally, other.tally)
    for hour, tally in other.by_hour.items():
        add_tally(to.by_hour.setdefault(hour, {}), tally)
    to.labels.update(other.labels)


def add_tally(to: Tally, other: Mapping[str, Counts]) -> None:
    """Add counts name by name."""
    for name, counts in other.items():
        into = to.setdefault(name, {})
        for counter, count in counts.items():
            into[counter] = into.get(counter, 0) + count


def total(tally: Mapping[str, Counts]) -> dict[str, int]:
    """Return the counts of all names together."""
    into: Tally = {}
    for counts in tally.values():
        add_tally(into, {"": counts})
    return into.get("", {})


def share(part: int, whole: int) -> float | None:
    """Return a share between 0 and 1, or None of nothing."""
    return round(part / whole, 4) if whole else None


def sla_figures(counts: Counts) -> dict[str, Any]:
    """Return how many cases were closed in time, and how they ended.

    A case that is open at its deadline counts as a breach then, and not when it is closed at last,
    as in ops/alerts/recording.yaml. Takedowns and refusals are shares of those closed in time.
    Closed is not gone: of the cases that a takedown closed, another share is proved gone within
    the deadline. Counts go by the hour of each event, so an hour's proof may be of an earlier one's
    case, and the share is None where more is proved than was closed.
    """
    taken_down = counts.get("within:take_down", 0) + counts.get("late:take_down", 0)
    proved = counts.get("proved_within", 0)
    within = counts.get("closed_within", 0)
    breached = counts.get("breached", 0)
    return {
        "started": counts.get("started", 0),
        "closed_within": within,
        "closed_late": counts.get("closed_late", 0),
        "warned": counts.get("warned", 0),
        "breached": breached,
        "proved_within": proved,
        "proved_late": counts.get("proved_late", 0),
        "attainment_share": share(within, within + breached),
        "proved_share": share(proved, taken_down) if proved <= taken_down else None,
        "taken_down_share": share(counts.get("within:take_down", 0), within),
        "declined_share": share(counts.get("within:decline", 0), within),
    }


def outcome_figures(counts: Counts) -> dict[str, Any]:
    """Return decisions by outcome."""
    outcomes = _of_kind(counts, "outcome")
    return {"decisions": sum(outcomes.values()), "outcomes": outcomes}


def brand_figures(counts: Counts) -> dict[str, Any]:
    """Return decisions by outcome, and takedowns commanded."""
    return {**outcome_figures(counts), "takedown_commands": counts.get("commands", 0)}


def rule_figures(counts: Counts) -> dict[str, Any]:
    """Return decisions by outcome, how many no person made, and where the shadow rules differ."""
    figures = outcome_figures(counts)
    return {
        **figures,
        "automated_share": share(counts.get("automated", 0), figures["decisions"]),
        "shadow_differs": counts.get("shadow_differs", 0),
    }


def command_figures(counts: Counts) -> dict[str, Any]:
    """Return commands by what was ordered and what is known of it."""
    return dict(sorted(counts.items()))


def latency_figures(counts: Counts) -> dict[str, Any]:
    """Return times from receipt to the first decision, and to closing."""
    return {
        "first_decision_seconds": duration_figures(_of_kind(counts, "decision")),
        "closing_seconds": duration_figures(_of_kind(counts, "closing")),
    }


def survey_figures(counts: Counts) -> dict[str, Any]:
    """Return answers, the average and each score for both roles."""
    figures = {}
    for role in ("complainant", "seller"):
        scores = {score: counts.get(f"{role}:{score}", 0) for score in SCORES}
        answers = sum(scores.values())
        points = sum(score * count for score, count in scores.items())
        figures[role] = {
            "answers": answers,
            "average_score": round(points / answers, 2) if answers else None,
            "scores": {str(score): count for score, count in scores.items()},
        }
    return figures


def duration_figures(by_class: Mapping[str, int]) -> dict[str, Any]:
    """Return percentiles of durations counted in classes, in seconds.

    They are interpolated within a class; what lies above the highest bound is given as that bound.
    """
    counts = [by_class.get(str(number), 0) for number in range(len(SECONDS_BOUNDS) + 1)]
    figures: dict[str, Any] = {"count": sum(counts)}
    for percentile in PERCENTILES:
        figures[f"p{percentile}"] = _percentile(counts, percentile)
    return figures


FIGURES: Mapping[View, Callable[[Counts], dict[str, Any]]] = {
    "sla": sla_figures,
    "latency": latency_figures,
    "outcomes": outcome_figures,
    "brands": brand_figures,
    "rules": rule_figures,
    "commands": command_figures,
    "surveys": survey_figures,
}


def view_figures(view: View, found: FigureSet, by_hour: bool = False) -> dict[str, Any]:
    """Return a view's figures: all names together, the names that have most, and the hours."""
    figures_of = FIGURES[view]
    names = sorted(found.tally, key=lambda name: (-_weight(found.tally[name]), name))
    figures: dict[str, Any] = {
        "total": figures_of(total(found.tally)),
        "names_count": len(names),
        "names": [
            {"name": name, "label": found.labels.get(name), **figures_of(found.tally[name])}
            for name in names[:MAXIMUM_NAMES]
        ],
    }
    if by_hour:
        figures["hours"] = [
            {"hour": hour, **figures_of(total(tally))}
            for hour, tally in sorted(found.by_hour.items())
        ]
    return figures


def _weight(counts: Counts) -> int:
    """Return by what names are ordered: their decisions, else all that was counted."""
    return sum(_of_kind(counts, "outcome").values()) or sum(counts.values())


def _of_kind(counts: Counts, kind: str) -> dict[str, int]:
    prefix = f"{kind}:"
    return {
        counter.removeprefix(prefix): count
        for counter, count in sorted(counts.items())
        if counter.startswith(prefix)
    }


def _percentile(counts: list[int], percentile: int) -> float | None:
    wanted = sum(counts) * percentile / 100
    if not wanted:
        return None
    below = 0
    for number, count in enumerate(counts):
        if count and below + count >= wanted:
            if number == len(SECONDS_BOUNDS):
                break
            low = SECONDS_BOUNDS[number - 1] if number else 0
            width = SECONDS_BOUNDS[number] - low
            return round(low + width * (wanted - below) / count, 1)
        below += count
    return float(SECONDS_BOUNDS[-1])
