"""The history of a trademark in two times: when a state held, and when it was recorded."""

from bisect import bisect_left, bisect_right

from schemas.events.trademarks import TrademarkRecorded

History = tuple[TrademarkRecorded, ...]


def insert(history: History, version: TrademarkRecorded) -> History:
    """Return the history with a version added; the same whatever the order of insertion."""
    times = _times(version)
    if not history or times > _times(history[-1]):
        return (*history, version)
    if version in history:
        return history
    place = bisect_left(history, times, key=_times)
    end = bisect_right(history, times, lo=place, key=_times)
    # The text settles what the times leave open, so that two workers never disagree.
    while place < end and repr(history[place]) < repr(version):
        place += 1
    return (*history[:place], version, *history[place:])


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


def _times(version: TrademarkRecorded) -> tuple[int, int]:
    return version.recorded_at_milliseconds, version.effective_from_milliseconds
