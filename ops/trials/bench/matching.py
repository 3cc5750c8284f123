"""`python -m ops bench-matching`: speed, memory and swaps of the matcher at many marks."""

import argparse
import gc
import multiprocessing
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import daachorse

from ops.trials.bench.matching_swap import MAXIMUM_BUILD_SECONDS, swap_under_load
from ops.trials.build import Build
from ops.trials.evaluation.datasets import load
from ops.trials.evaluation.marks import many_terms
from ops.trials.evaluation.registers import register_terms
from processors.matching import matcher as own_matcher
from processors.matching.folding import fold, fold_anew
from processors.matching.matcher import Matcher
from processors.matching.terms import bordered
from processors.matching.vocabulary import common_words, known_words
from streams.garbage import take_charge
from streams.monitor.index_file import RegisterPosition
from streams.monitor.term_index import BuiltIndex, IndexBuilder

SEED = 4
TITLES_AT_A_TIME = 250
"""Searched by the matcher and then by the automaton alone, so that other work slows both alike."""

MAXIMUM_AUTOMATON_MARKS = 2_000_000
"""Of more the automaton alone would be larger than this machine."""

_Automaton = daachorse.CharwiseDoubleArrayAhoCorasick
REGISTER = RegisterPosition("bench", "terms", (1,))
WARMING_SHARE = 0.5
_TIMES = (1, 2, 3)
"""Of passes that can be repeated the best counts: other work on the machine only slows them."""


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
            try:
                _measure(source, count, titles, Path(scratch))
            finally:
                gc.enable()


def _write_terms(brands: list[str], count: int, like_real: bool, target: Path) -> None:
    terms = (register_terms if like_real else many_terms)(brands, count, SEED)
    terms.sort()
    with target.open("w", encoding="utf-8") as file:
        file.writelines(f"{term}\n" for term in terms)
    if count <= MAXIMUM_AUTOMATON_MARKS:
        automaton = daachorse.CharwiseDoubleArrayAhoCorasick(list(map(bordered, terms)))
        _automaton_file(target).write_bytes(automaton.serialize())


def _automaton_file(source: Path) -> Path:
    return source.with_suffix(".automaton")


def _automaton(source: Path) -> _Automaton | None:
    path = _automaton_file(source)
    if not path.exists():
        return None
    return daachorse.CharwiseDoubleArrayAhoCorasick.deserialize(path.read_bytes())


def _measure(source: Path, count: int, titles: list[str], directory: Path) -> None:
    automaton = _automaton(source)
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
    # As the monitor does: no collection amid a title.
    take_charge()
    warm = int(len(titles) * WARMING_SHARE)
    _run(matcher, titles[:warm])
    others = titles[warm:]
    fresh = _run(matcher, others, automaton)
    # With a space behind them they are other titles of the same words.
    spaced = (_run(matcher, [f"{title}{' ' * at}" for title in others], automaton) for at in _TIMES)
    of_known_words = min(spaced, key=_worked)
    again = min((_run(matcher, others, automaton) for _ in _TIMES), key=_worked)
    after = _resident()
    _tell(
        f"  memory here: {after.own - before.own:,.0f} MB more of its own, "
        f"{after.mapped - before.mapped:,.0f} MB more of files"
    )
    for name, each in (
        ("titles not seen before", fresh),
        ("titles of pairs of words seen before", of_known_words),
        ("titles seen before, word for word", again),
    ):
        _tell(f"  {name}: {_speed(each)}")
    for line in swap_under_load(matcher, source, titles, directory / "indexes", REGISTER):
        _tell(line)


class _Timed(NamedTuple):
    """Seconds of each title, the processor's of all, and those of folding and automaton alone."""

    seconds: list[float]
    worked: float
    limit: float


def _worked(timed: _Timed) -> float:
    return timed.worked


def _speed(timed: _Timed) -> str:
    titles = len(timed.seconds)
    cuts = statistics.quantiles(timed.seconds, n=100)
    told = f"{titles / timed.worked:,.0f} titles/s of a processor"
    told += f", p50 {cuts[49] * 1e6:.0f} µs, p99 {cuts[98] * 1e6:.0f} µs"
    if not timed.limit:
        return told
    ratio, limit = timed.limit / timed.worked, titles / timed.limit
    return f"{told}; ratio to folding and automaton alone {ratio:.2f} ({limit:,.0f} titles/s)"


def _run(matcher: Matcher, titles: list[str], automaton: _Automaton | None = None) -> _Timed:
    fold.cache_clear()
    seconds = []
    worked = limit = 0.0
    for at in range(0, len(titles), TITLES_AT_A_TIME):
        few = titles[at : at + TITLES_AT_A_TIME]
        started = time.thread_time()
        for title in few:
            began = time.perf_counter()
            matcher.find(title)
            seconds.append(time.perf_counter() - began)
        worked += time.thread_time() - started
        if automaton is not None:
            started = time.thread_time()
            for title in few:
                automaton.find_overlapping(f" {fold_anew(title)} ")
            limit += time.thread_time() - started
    return _Timed(seconds, worked, limit)


def _built(builder: IndexBuilder) -> BuiltIndex:
    deadline = time.monotonic() + MAXIMUM_BUILD_SECONDS
    while time.monotonic() < deadline:
        built = builder.take()
        if built is not None:
            return built
        time.sleep(0.05)
    raise RuntimeError("the index was not built in time")


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
