"""`python -m ops bench-matching`: speed, memory and swaps of the matcher at many marks."""

import argparse
import gc
import random
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import daachorse

from ops.trials.evaluation.datasets import load
from ops.trials.evaluation.marks import many_terms
from processors.matching.folding import fold, fold_anew
from processors.matching.index import TermIndex
from processors.matching.matcher import Matcher
from processors.matching.terms import bordered
from processors.matching.vocabulary import common_words, known_words
from streams.monitor.term_index import IndexBuilder

SEED = 4
MAXIMUM_BUILD_SECONDS = 900.0
WARMING_SHARE = 0.5
PASSES = 3
"""Of passes that can be repeated the best counts: other work on the machine only slows them."""

SECONDS_BEFORE_SWAP = 3.0
SEARCHES_PER_CHANGE = 5_000


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser("bench-matching", help="measure the matcher at many marks")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--marks", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Measure and print."""
    data = load(options.data)
    titles = sorted({each.title for each in data.titles})
    random.Random(SEED).shuffle(titles)
    terms = many_terms(data.brands, max(options.marks), SEED)
    _tell(f"{len(titles)} distinct real titles, {len(data.brands)} real brands, others coined")
    known_words()
    common_words()
    for count in options.marks:
        with tempfile.TemporaryDirectory(prefix="ip-index-") as scratch:
            _measure(terms[:count], titles, Path(scratch))
    return 0


def _measure(terms: list[str], titles: list[str], directory: Path) -> None:
    source = directory / "terms"
    source.write_text("\n".join(terms) + "\n", encoding="utf-8")
    before, started = _resident_megabytes(), time.monotonic()
    builder = IndexBuilder(directory)
    builder.start(source)
    index = _built(builder)
    built = time.monotonic() - started
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1000
    _tell(
        f"\n{len(terms):,} marks: built in {built:.1f} s by a child of {peak:.0f} MB at most, "
        f"{_resident_megabytes() - before:.0f} MB here"
    )
    matcher = Matcher(index)
    # As the monitor does: what is there by now stays, so that no collection walks through it.
    gc.freeze()
    warm = int(len(titles) * WARMING_SHARE)
    _run(matcher, titles[:warm])
    fresh = _run(matcher, titles[warm:])
    again = min((_run(matcher, titles[warm:]) for _ in range(PASSES)), key=sum)
    automaton = _automaton_alone(terms, titles[warm:])
    for name, seconds in (("titles not seen before", fresh), ("titles seen before", again)):
        rate = len(seconds) / sum(seconds)
        cuts = statistics.quantiles(seconds, n=100)
        _tell(
            f"  {name}: {rate:,.0f} titles/s, p50 {cuts[49] * 1e6:.0f} µs, "
            f"p99 {cuts[98] * 1e6:.0f} µs; ratio to folding and automaton alone "
            f"{rate / automaton:.2f} ({automaton:,.0f} titles/s)"
        )
    _swap(matcher, source, titles, directory)


def _run(matcher: Matcher, titles: list[str]) -> list[float]:
    fold.cache_clear()
    seconds = []
    for title in titles:
        began = time.perf_counter()
        matcher.find(title)
        seconds.append(time.perf_counter() - began)
    return seconds


def _automaton_alone(terms: list[str], titles: list[str]) -> float:
    """Return the titles a second of folding and one search: the limit of what can be had."""
    automaton = daachorse.CharwiseDoubleArrayAhoCorasick([bordered(term) for term in terms])
    best = float("inf")
    for _ in range(PASSES):
        began = time.perf_counter()
        for title in titles:
            automaton.find_overlapping(f" {fold_anew(title)} ")
        best = min(best, time.perf_counter() - began)
    return len(titles) / best


def _swap(matcher: Matcher, source: Path, titles: list[str], directory: Path) -> None:
    """Search on while a registry's change is taken in and another base is built and swapped."""
    pauses = _Pauses()
    began = time.perf_counter()
    searched = 0
    while time.perf_counter() - began < SECONDS_BEFORE_SWAP:
        with pauses.watched("before"):
            matcher.find(titles[searched % len(titles)])
        searched += 1
    builder = IndexBuilder(directory / "swap")
    changed = [f"changed mark {number}" for number in range(200)]
    builder.start(source)
    deadline = time.monotonic() + MAXIMUM_BUILD_SECONDS
    searched = 0
    began = time.perf_counter()
    index: TermIndex | None = None
    while index is None and time.monotonic() < deadline:
        with pauses.watched("building"):
            matcher.find(titles[searched % len(titles)])
            index = builder.take()
        change, rest = divmod(searched, SEARCHES_PER_CHANGE)
        if not rest and change < len(changed):
            with pauses.watched("changing"):
                matcher.change([changed[change]], ())
        searched += 1
    rate = searched / (time.perf_counter() - began)
    if index is not None:
        with pauses.watched("swapping"):
            matcher.replace_base(index, changed, ())
    _tell(f"  swap under load: {rate:,.0f} titles/s meanwhile; longest pause {pauses}")


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


def _built(builder: IndexBuilder) -> TermIndex:
    deadline = time.monotonic() + MAXIMUM_BUILD_SECONDS
    while time.monotonic() < deadline:
        index = builder.take()
        if index is not None:
            return index
        time.sleep(0.05)
    raise RuntimeError("the index was not built in time")


def _resident_megabytes() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 1e6


def _tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
