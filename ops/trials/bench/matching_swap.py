"""A swap of the matcher's base while titles are searched: what pauses it makes."""

import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from processors.matching.matcher import Matcher
from streams.garbage import collect_between_batches
from streams.monitor.index_file import RegisterPosition
from streams.monitor.term_index import BuiltIndex, IndexBuilder

MAXIMUM_BUILD_SECONDS = 3_600.0
SECONDS_BEFORE_SWAP = 3.0
SEARCHES_PER_CHANGE, SEARCHES_PER_BATCH = 5_000, 500
LATER_OFFSETS = (2,)


def swap_under_load(
    matcher: Matcher, source: Path, titles: list[str], directory: Path, register: RegisterPosition
) -> Iterator[str]:
    """Search on while changes are taken in and another base is built and swapped; tell of it."""
    pauses = _Pauses()
    # What was made until now is no part of it.
    collect_between_batches(idle=True)
    # Each title anew with a space more, as those that come word for word are remembered.
    endless = (f"{title}{' ' * times}" for times in count() for title in titles)
    began = time.perf_counter()
    while time.perf_counter() - began < SECONDS_BEFORE_SWAP:
        with pauses.watched("before"):
            matcher.find(next(endless))
    builder = IndexBuilder(directory)
    changed = [f"changed mark {number}" for number in range(200)]
    _remove_indexes(directory)
    matcher.begin_base()
    builder.start(source, register._replace(offsets=LATER_OFFSETS))
    deadline = time.monotonic() + MAXIMUM_BUILD_SECONDS
    searched = 0
    began = time.perf_counter()
    built: BuiltIndex | None = None
    while built is None and time.monotonic() < deadline:
        with pauses.watched("building"):
            matcher.find(next(endless))
            built = builder.take()
        if not searched % SEARCHES_PER_BATCH:
            with pauses.watched("collecting"):
                collect_between_batches(idle=False)
        change, rest = divmod(searched, SEARCHES_PER_CHANGE)
        if not rest and change < len(changed):
            with pauses.watched("changing"):
                matcher.change([changed[change]], ())
        searched += 1
    rate = searched / (time.perf_counter() - began)
    if built is not None:
        with pauses.watched("swapping"):
            matcher.replace_base(built.terms, changed, ())
        own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
        child = built.child_bytes / 1e6
        yield f"  most memory at the swap: {own:,.0f} MB here, {child:,.0f} MB in the child"
    yield f"  swap under load: {rate:,.0f} titles/s meanwhile; longest pause {pauses}"


class _Pauses:
    """The longest pause of each phase, and the most time that this thread itself was at work.

    The rest of a pause the thread waited: for the interpreter, or for the machine, which makes
    pauses of its own, as the phase before the swap shows.
    """

    def __init__(self) -> None:
        self._longest: dict[str, tuple[float, float]] = {}

    @contextmanager
    def watched(self, phase: str) -> Iterator[None]:
        """Take the time of what is done within."""
        began, worked = time.perf_counter(), time.thread_time()
        yield
        took, work = time.perf_counter() - began, time.thread_time() - worked
        longest, most = self._longest.get(phase, (0.0, 0.0))
        self._longest[phase] = max(longest, took), max(most, work)

    def __str__(self) -> str:
        return ", ".join(
            f"{phase} {took * 1e3:.1f} ms (at work {work * 1e3:.1f})"
            for phase, (took, work) in self._longest.items()
        )


def _remove_indexes(directory: Path) -> None:
    for path in directory.glob("*.index"):
        path.unlink()
