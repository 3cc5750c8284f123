"""How many titles a monitor acts on, by cause, and the ceilings that hold it down."""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from ops.trials.evaluation.decision_figures import Share
from ops.trials.evaluation.watched_titles import WatchedTitle

MILLION = 1_000_000
CEILINGS = ("actions_per_million", "reviews_per_million")


class ActionFigures(NamedTuple):
    """Of so many titles those acted on, those sent to a person, and those with a mark found."""

    actions: Share
    reviews: Share
    found: Share
    causes: Counter[str]

    def named(self) -> dict[str, float]:
        """Return each figure that may have a ceiling by its name."""
        return {
            "actions_per_million": self.actions.value * MILLION,
            "reviews_per_million": self.reviews.value * MILLION,
        }


def action_figures(watched: Iterable[WatchedTitle]) -> ActionFigures:
    """Count what was done about some titles."""
    watched = list(watched)
    acted = [each for each in watched if each.acted]
    return ActionFigures(
        Share(len(acted), len(watched)),
        Share(sum(each.outcome == "send_to_review" for each in watched), len(watched)),
        Share(sum(each.found for each in watched), len(watched)),
        Counter(each.cause for each in acted),
    )


def above(found: ActionFigures, ceilings: dict[str, float]) -> list[str]:
    """Return a line for each ceiling that a figure exceeds."""
    named = found.named()
    return [
        f"{name} is {named[name]:,.0f}, above its ceiling {ceiling:,.0f}"
        for name, ceiling in ceilings.items()
        if named[name] > ceiling
    ]


def worst(watched: Iterable[WatchedTitle]) -> list[WatchedTitle]:
    """Return the titles acted on, those for the most marks first."""
    return sorted(
        (each for each in watched if each.acted), key=lambda each: (-len(each.marks), each.title)
    )
