"""Automatic actions counted by the partition, each of which has a share of a limit.

No partition asks another, so a limit is kept at once and exactly: what one partition does not use
goes to people in another. A count is a row that is as long as its limit at most.
"""

from collections.abc import Callable, Iterable
from typing import Any, Final

from processors.policies.standing_policy import StandingPolicy
from schemas.durations import DAY_MILLISECONDS, HOUR_MILLISECONDS
from schemas.events.action_rows import ActionCount
from schemas.events.detections import BlockListing, DelistListing
from schemas.events.reviews import ReviewComplaint
from schemas.events.takedowns import RestrictListing, TakeDownListing

Removal = TakeDownListing | RestrictListing | BlockListing | DelistListing
WEEK_MILLISECONDS: Final = 7 * DAY_MILLISECONDS
MAXIMUM_TIMES: Final = 1_000
"""Times that a count has at most; limits are below it."""

ReadCount = Callable[[str], ActionCount]
"""Gives what is counted under a name, as of the step's partition."""


def nothing_counted(name: str) -> ActionCount:
    """Return the count of what has not happened yet."""
    return ActionCount(name)


def mark_name(trademark_key: str) -> str:
    """Return the name under which actions for a mark are counted."""
    return f"mark:{trademark_key}"


def rule_name(rule_id: str) -> str:
    """Return the name under which actions of a rule are counted."""
    return f"rule:{rule_id}"


def complainant_name(complainant_id: str) -> str:
    """Return the name under which actions for a complainant are counted."""
    return f"complainant:{complainant_id}"


def looks_name(marketplace: str) -> str:
    """Return the name under which second looks at a marketplace's actions are counted."""
    return f"looks:{marketplace}"


def share_of(limit: int, partitions: int, partition: int) -> int:
    """Return a partition's share of a limit; the shares of all add up to it."""
    whole, rest = divmod(limit, partitions)
    return whole + (partition < rest)


def acted_within_hour(count: ActionCount, now_milliseconds: int) -> int:
    """Return how many actions were counted in the hour before a time, or after it."""
    since = now_milliseconds - HOUR_MILLISECONDS
    return sum(at > since for at in count.acted_at_milliseconds)


def looks_in_week(count: ActionCount, now_milliseconds: int) -> int:
    """Return how many second looks were counted in the week of a time."""
    return count.week_count if count.week == now_milliseconds // WEEK_MILLISECONDS else 0


def names_counted(outputs: Iterable[Any], policy: StandingPolicy) -> list[str]:
    """Return under which names the outputs of a step are counted, each as often as it counts;
    what has no limit is not."""
    names: list[str] = []
    acted = False
    for output in outputs:
        if isinstance(output, Removal):
            if output.automated:
                acted = True
                names += _names_of(output) if policy.hourly_actions else ()
        elif isinstance(output, ReviewComplaint) and output.kind == "second_look" and acted:
            # It comes behind its command; looks at what was declined are not of the minimum.
            names += [looks_name(output.marketplace)] if policy.second_looks_a_week else ()
    return names


def counted(count: ActionCount, now_milliseconds: int) -> ActionCount:
    """Return a count with one more of its kind."""
    if count.name.startswith("looks:"):
        week = now_milliseconds // WEEK_MILLISECONDS
        done = count.week_count if count.week == week else 0
        return count._replace(week=week, week_count=done + 1)
    since = max((now_milliseconds, *count.acted_at_milliseconds)) - HOUR_MILLISECONDS
    kept = [at for at in count.acted_at_milliseconds if at > since]
    times = sorted((*kept, now_milliseconds))[-MAXIMUM_TIMES:]
    return count._replace(acted_at_milliseconds=tuple(times))


def _names_of(command: Removal) -> list[str]:
    names = [rule_name(command.rule_id)]
    if command.trademark_key:
        names.append(mark_name(command.trademark_key))
    if isinstance(command, TakeDownListing | RestrictListing) and command.complainant_id:
        names.append(complainant_name(command.complainant_id))
    return names
