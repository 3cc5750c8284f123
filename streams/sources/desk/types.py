"""What goes in and out of the review desk."""

from typing import Any, Literal, NamedTuple

from processors.reviews.assignment import Outcome, Task
from schemas.durations import HOUR_MILLISECONDS

VerdictStatus = Literal["decided", "second_opinion_wanted", "escalated", "stale"]
"""What became of a verdict; stale: the case had moved on, and nothing is to be decided."""


class DeskRefused(Exception):
    """Something that can't be done at the desk; the message tells the reviewer why.

    `text` is the message with the names of its `values` in braces, as translators know it.
    """

    def __init__(self, text: str, **values: object) -> None:
        super().__init__(text.format(**values) if values else text)
        self.text = text
        self.values = values


class DeskSettings(NamedTuple):
    """How the desk works; times in milliseconds."""

    lease_milliseconds: int = 30 * 60_000
    second_opinion_euros: float = 1_000.0
    maximum_held: int = 20
    inquiry_milliseconds: int = 24 * HOUR_MILLISECONDS
    complicated_rounds: int = 3
    hold_milliseconds: int = 30_000
    batch_hold_milliseconds: int = 120_000
    """Longer than for one verdict, as a slip of a batch is seen later and costs more."""


class TaskAssignment(NamedTuple):
    """A task that a reviewer has, and all that the store knows of it (table review_tasks)."""

    task: Task
    case_id: str
    decision_number: int
    listing_id: str
    lease_until_milliseconds: int
    row: dict[str, Any]


class Verdict(NamedTuple):
    """What a reviewer decides on a task."""

    task_id: str
    reviewer_id: str
    outcome: Outcome
    reason_codes: tuple[str, ...]
    explanation: str = ""
    """The reviewer's own words, which the parties are told; may be empty."""


class VerdictResult(NamedTuple):
    """What became of a verdict; without a status it was refused, and `refusal` says why."""

    task_id: str
    status: VerdictStatus | None
    refusal: DeskRefused | None = None
