"""What a message says, and how an attempt to send it ends for good."""

from collections.abc import Callable
from typing import Final, NamedTuple

from sinks.notifications.messages import DueMessage
from sinks.submissions.contract import Ending, Submission
from sinks.submissions.endings import error_of

MAXIMUM_ATTEMPTS: Final = 100
"""Made over a day, as the queue's delays grow to a quarter of an hour."""

TAKEN_BACK: Final = Ending("refused", errors=error_of("no longer wanted", "taken_back"))


class Letter(NamedTuple):
    """A message in words; `address` is the page that it leads to, `end_address` where e-mails are
    ended."""

    subject: str
    text: str
    address: str
    end_address: str = ""


Compose = Callable[[DueMessage], Letter]


def bounded(submission: Submission, ending: Ending) -> Ending:
    """Return an ending, or that it is given up, where no further attempt is to be made."""
    if ending.kind in ("later", "unclear") and submission.attempts + 1 >= MAXIMUM_ATTEMPTS:
        return Ending("refused", errors=(*ending.errors, *error_of("no further attempt", "tried")))
    return ending
