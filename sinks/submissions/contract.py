"""What a sender asks of a destination, and what it is answered for each submission."""

from typing import Any, Literal, NamedTuple, Protocol

EndingKind = Literal["sent", "already_there", "refused", "later", "unclear", "unreachable"]
"""How an attempt ended: it is there, it was there before, it can never be, it is not taken now
though others may be, it may or may not be there, or the destination did not take the attempt."""


class SubmissionsStopped(Exception):
    """The destination won't take anything as it is set up; the message says what to do."""


class Submission(NamedTuple):
    """One document to be sent under a key that is the destination's for ever.

    `after_reference` is what the destination named the submission that this one is to follow.
    """

    key: str
    body: dict[str, Any]
    attempts: int = 0
    after_reference: str = ""


class Ending(NamedTuple):
    """How an attempt at a submission ended; `retry_after_seconds` is what the destination asks."""

    kind: EndingKind
    reference: str = ""
    errors: tuple[dict[str, str], ...] = ()
    retry_after_seconds: float | None = None


class Destination(Protocol):
    """A public database."""

    @property
    def name(self) -> str:
        """Its name in the queue."""

    @property
    def batch_limit(self) -> int:
        """The most submissions of one call."""

    def deliver(self, batch: list[Submission]) -> dict[str, Ending]:
        """Send a batch; give the ending of each by key. Errors: SubmissionsStopped."""
