"""`python -m ops bench-matching`: speed, memory and swaps of the matcher at many marks."""

import argparse
import gc
import multiprocessing
import os
import random
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import daachorse

from ops.trials.build import Build
from ops.trials.evaluation.datasets import load
from ops.trials.evaluation.marks import many_terms
from ops.trials.evaluation.registers import register_terms
from processors.matching import matcher as own_matcher
from processors.matching.folding import fold, fold_anew
from processors.matching.matcher import Matcher
from processors.matching.terms import bordered
from processors.matching.vocabulary import common_words, known_words
from streams.monitor.index_file import RegisterPosition
from streams.monitor.term_index import BuiltIndex, IndexBuilder

SEED = 4
MAXIMUM_BUILD_SECONDS = 3_600.0
MAXIMUM_AUTOMATON_MARKS = 2_000_000
"""Of more the automaton alone would be larger than this machine."""

REGISTER = RegisterPosition("bench", "terms", (1,))
LATER = REGISTER._replace(offsets=(2,))
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
    parser.add_argument(
        "--like-real", action="store_true", help="marks made like real ones, not coined"
    )
    parser.add_argument(
        "--compiled", type=Path, help="folder of a compiled build, which is measured after this one"
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Measure and print. Errors: OperatorError where there is no compiled build."""
    builds = [] if options.compiled is None else [Build.compiled(options.compiled)]
    _tell(f"{'plain' if Path(own_matcher.__file__).suffix == '.py' else 'compiled'} build")
    _measure_all(options)
    for build in builds:
        line = [sys.executable, "-m", "ops", "bench-matching", "--data", str(options.data)]
        line += ["--like-real"] if options.like_real else []
        line += ["--marks", *map(str, options.marks)]
        _tell("")
        subprocess.run(line, check=True, env={**os.environ, **build.environment})
    return 0


def _measure_all(options: argparse.Namespace) -> None:
    data = load(options.data)
    titles = sorted({each.title for each in data.titles})
    random.Random(SEED).shuffle(titles)
    kind = "made like real ones" if options.like_real else "coined"
    _tell(f"{len(titles)} distinct real titles, {len(data.brands)} real brands, others {kind}")
    known_words()
    common_words()
    for count in options.marks:
        with tempfile.TemporaryDirectory(prefix="ip-index-") as scratch:
            source = Path(scratch) / "terms"
            # What making them takes is no part of what is measured.
            work = (data.brands, count, options.like_real, source)
            made = multiprocessing.get_context("spawn").Process(target=_write_terms, args=work)
            made.start()
            made.join()
            _measure(source, count, titles, Path(scratch))


def _write_terms(brands: list[str], count: int, like_real: bool, target: Path) -> None:
    terms = (register_terms if like_real else many_terms)(brands, count, SEED)
    terms.sort()
    with target.open("w", encoding="utf-8") as file:
        file.writelines(f"{term}\n" for term in terms)


def _measure(source: Path, count: int, titles: list[str], directory: Path) -> None:
    before, started = _resident(), time.monotonic()
    builder = IndexBuilder(directory / "indexes")
    builder.start(source, REGISTER, niceness=0)
    built = _built(builder)
    seconds = time.monotonic() - started
    size = next((directory / "indexes").glob("*.index")).stat().st_size / 1e6
    _tell(
        f"\n{count:,} marks: built in {seconds:.1f} s ({built.child_seconds:.1f} s of a processor) "
        f"by a child of {built.child_bytes / 1e6:,.0f} MB at most; a file of {size:,.0f} MB"
    )
    del built
    started = time.monotonic()
    builder.start(source, REGISTER, niceness=0)
    built = _built(builder)
    _tell(
        f"  another monitor takes it in {time.monotonic() - started:.1f} s "
        f"({built.child_seconds:.1f} s of a processor)"
    )
    matcher = Matcher(built.terms)
    # As the monitor does: what is there by now stays, so that no collection walks through it.
    gc.freeze()
    warm = int(len(titles) * WARMING_SHARE)
    _run(matcher, titles[:warm])
    fresh = _run(matcher, titles[warm:])
    again = min((_run(matcher, titles[warm:]) for _ in range(PASSES)), key=sum)
    after = _resident()
    _tell(
        f"  memory here: {after.own - before.own:,.0f} MB more of its own, "
        f"{after.mapped - before.mapped:,.0f} MB more of files"
    )
    automaton = _automaton_alone(source, titles[warm:]) if count <= MAXIMUM_AUTOMATON_MARKS else 0.0
    for name, each in (("titles not seen before", fresh), ("titles seen before", again)):
        _tell(f"  {name}: {_speed(each, automaton)}")
    _swap(matcher, source, titles, directory / "indexes")


def _speed(seconds: list[float], automaton: float) -> str:
    rate = len(seconds) / sum(seconds)
    cuts = statistics.quantiles(seconds, n=100)
    told = f"{rate:,.0f} titles/s, p50 {cuts[49] * 1e6:.0f} µs, p99 {cuts[98] * 1e6:.0f} µs"
    if not automaton:
        return told
    ratio = rate / automaton
    return f"{told}; ratio to folding and automaton alone {ratio:.2f} ({automaton:,.0f} titles/s)"


def _run(matcher: Matcher, titles: list[str]) -> list[float]:
    fold.cache_clear()
    seconds = []
    for title in titles:
        began = time.perf_counter()
        matcher.find(title)
        seconds.append(time.perf_counter() - began)
    return seconds


def _automaton_alone(source: Path, titles: list[str]) -> float:
    """Return the titles a second of folding and one search: the limit of what can be had."""
    with source.open(encoding="utf-8") as file:
        patterns = [bordered(line.rstrip("\n")) for line in file]
    automaton = daachorse.CharwiseDoubleArrayAhoCorasick(patterns)
    del patterns
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
    builder = IndexBuilder(directory)
    changed = [f"changed mark {number}" for number in range(200)]
    _remove_indexes(directory)
    matcher.begin_base()
    builder.start(source, LATER)
    deadline = time.monotonic() + MAXIMUM_BUILD_SECONDS
    searched = 0
    began = time.perf_counter()
    built: BuiltIndex | None = None
    while built is None and time.monotonic() < deadline:
        with pauses.watched("building"):
            matcher.find(titles[searched % len(titles)])
            built = builder.take()
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
        _tell(f"  most memory at the swap: {own:,.0f} MB here, {child:,.0f} MB in the child")
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


def _built(builder: IndexBuilder) -> BuiltIndex:
    deadline = time.monotonic() + MAXIMUM_BUILD_SECONDS
    while time.monotonic() < deadline:
        built = builder.take()
        if built is not None:
            return built
        time.sleep(0.05)
    raise RuntimeError("the index was not built in time")


def _remove_indexes(directory: Path) -> None:
    for path in directory.glob("*.index"):
        path.unlink()


class _Resident(NamedTuple):
    """Megabytes in memory: the process's own, and those of files, which others may share."""

    own: float
    mapped: float


def _resident() -> _Resident:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    sizes = dict(re.findall(r"(RssAnon|RssFile):\s+(\d+) kB", status))
    return _Resident(int(sizes["RssAnon"]) / 1e3, int(sizes["RssFile"]) / 1e3)


def _tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
