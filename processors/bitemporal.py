"""The history of a trademark in two times: when a state held, and when it was recorded."""

from schemas.events.trademarks import TrademarkRecorded

History = tuple[TrademarkRecorded, ...]


def insert(history: History, version: TrademarkRecorded) -> History:
    """Return the history with a version added; the same whatever the order of insertion."""
    if version in history:
        return history
    return tuple(sorted((*history, version), key=_order))


def as_of(
    history: History, valid_at_milliseconds: int, known_at_milliseconds: int
) -> TrademarkRecorded | None:
    """Return the version that governs a time, as far as was known at another.

    Of the versions recorded by then that took effect by the time asked for, the one recorded last
    counts: a later record corrects an earlier one from its own effective time on.
    """
    for version in reversed(history):
        if (
            version.recorded_at_milliseconds <= known_at_milliseconds
            and version.effective_from_milliseconds <= valid_at_milliseconds
        ):
            return version
    return None


def _order(version: TrademarkRecorded) -> tuple[int, int, str]:
    # The text settles what the times leave open, so that two workers never disagree.
    return (
        version.recorded_at_milliseconds,
        version.effective_from_milliseconds,
        repr(version),
    )
