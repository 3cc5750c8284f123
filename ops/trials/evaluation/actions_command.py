"""`python -m ops evaluate-actions`: what a monitor does by itself about ordinary titles."""

import argparse
import csv
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path

from ops.trials.evaluation.action_figures import (
    CEILINGS,
    MILLION,
    ActionFigures,
    above,
    action_figures,
    worst,
)
from ops.trials.evaluation.datasets import (
    Data,
    load,
    ordinary_titles,
    sample_titles,
    tuning_titles,
)
from ops.trials.evaluation.labelled_complaints import load as load_labelled
from ops.trials.evaluation.measure import tricked_examples
from ops.trials.evaluation.registers import register_terms
from ops.trials.evaluation.trick_table import NEAR, ORDINARY
from ops.trials.evaluation.watched_titles import RegisterInMemory, WatchedTitle, watch_titles
from processors.matching.index import TermIndex, build
from processors.matching.matcher import Matcher
from processors.matching.terms import term_of

SEED = 20_261_126
LISTINGS_OF_A_SELLER = 100
DEFAULT_DATA = Path("../shared/data")
WORDS_OF_COPYING = {
    "latin": " replica 1:1",
    "chinese": "高仿",
    "japanese": " レプリカ",
    "korean": " 레플리카",
    "cyrillic": " реплика",
    "arabic": " تقليد",
    "hebrew": " חיקוי",
    "thai": " งานก๊อป",
}
Row = tuple[int, int, WatchedTitle]


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser(
        "evaluate-actions", help="count a monitor's actions on ordinary and on disguised titles"
    )
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA, help="directory of data sets")
    parser.add_argument(
        "--sample",
        action="store_true",
        help="measure only the ordinary titles that come with the program",
    )
    parser.add_argument("--marks", type=int, nargs="+", default=[18_000, 250_000, 1_000_000])
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3, 4, 5])
    parser.add_argument("--tricks", type=int, default=100, help="titles of each script and trick")
    parser.add_argument("--shown", type=int, default=20, help="worst titles printed of a register")
    parser.add_argument("--list", type=Path, help="write each title acted on here, as CSV")
    parser.add_argument(
        "--ceiling",
        type=_ceiling,
        action="append",
        default=[],
        metavar="FIGURE=NUMBER",
        help=f"exit 1 if a register exceeds it; figures: {', '.join(CEILINGS)}",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Measure and print; 1 where a ceiling is exceeded. Errors: OperatorError without data."""
    data = None if options.sample else load(options.data)
    brands = _labelled_marks() if data is None else data.brands
    titles = sample_titles() if data is None else ordinary_titles(options.data)
    _tell(f"{len(titles):,} ordinary titles, {len(brands):,} real brands")
    rows: list[Row] = []
    faults = []
    for seed in options.seeds:
        terms = register_terms(brands, max(options.marks), seed)
        share = 0.0
        for count in sorted(options.marks):
            found, watched = _measure(terms[:count], titles, f"{count:,} marks, seed {seed}")
            rows += [(count, seed, each) for each in worst(watched)]
            _show(watched, options.shown)
            heading = f"{count:,} marks, seed {seed}"
            faults += [f"{heading}: {line}" for line in above(found, dict(options.ceiling))]
            if found.found.value < share:
                faults.append(f"{heading}: marks found in fewer titles than by a smaller register")
            share = found.found.value
    if options.list:
        _write(options.list, rows)
    if data is not None and options.tricks:
        _disguised(data, options.tricks)
    for line in faults:
        _tell(line)
    return 1 if faults else 0


def _labelled_marks() -> list[str]:
    """Return the marks of the labelled complaints: brands that come with the program."""
    return sorted({record.text for record in load_labelled().marks.values()})


def _ceiling(text: str) -> tuple[str, float]:
    name, _, number = text.partition("=")
    if name not in CEILINGS:
        raise argparse.ArgumentTypeError(f"{name!r} is none of {', '.join(CEILINGS)}")
    try:
        return name, float(number)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{number!r} is no number") from None


def _measure(
    terms: list[str], titles: list[str], heading: str
) -> tuple[ActionFigures, list[WatchedTitle]]:
    began = time.process_time()
    register = RegisterInMemory(Matcher(TermIndex(build(terms))))
    watched = watch_titles(titles, register)
    found = action_figures(watched)
    actions, reviews = found.actions, found.reviews
    _tell(
        f"\n{heading}: {actions.part:,} actions, {actions.value * MILLION:,.0f} in a million "
        f"(at most {actions.upper_limit * MILLION:,.0f}); {reviews.part:,} reviews, "
        f"{reviews.value * MILLION:,.0f} in a million; a mark found in {found.found.value:.1%}"
    )
    repeated = action_figures(watch_titles(titles, register, LISTINGS_OF_A_SELLER)).actions
    _tell(
        f"  with {LISTINGS_OF_A_SELLER} listings of each seller, so that actions lead to others: "
        f"{repeated.value * MILLION:,.0f} in a million"
    )
    halves = {True: "tuning", False: "frozen"}
    tuning = set(tuning_titles(titles))
    for in_tuning, name in halves.items():
        half = action_figures(each for each in watched if (each.title in tuning) == in_tuning)
        _tell(
            f"  {name} half: {half.actions.value * MILLION:,.0f} actions and "
            f"{half.reviews.value * MILLION:,.0f} reviews in a million"
        )
    for cause, count in found.causes.most_common():
        _tell(f"  {count:6,}  {cause}")
    _tell(f"  {time.process_time() - began:.0f} s of CPU time")
    return found, watched


def _show(watched: list[WatchedTitle], shown: int) -> None:
    for each in worst(watched)[:shown]:
        _tell(f"    {each.outcome}: {each.title!r}: {'; '.join(each.marks)} ({each.cause})")


def _write(path: Path, rows: list[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("marks", "seed", "outcome", "title", "acting", "cause"))
        for count, seed, each in rows:
            writer.writerow(
                (count, seed, each.outcome, each.title, "; ".join(each.marks), each.cause)
            )


def _disguised(data: Data, per_trick: int) -> None:
    names = [*data.brands, *(name for each in data.composed for name in each.names)]
    terms = {term for name in names if (term := term_of(name))}
    register = RegisterInMemory(Matcher(TermIndex(build(terms))))
    _tell("\ndisguised titles of brands of the test part, each of a seller without strikes")
    _tell(f"{'':26}{'trick alone':^34}{'with a word of copying':^34}")
    _tell(f"{'':26}" + f"{'titles':>7}{'blocked':>9}{'reviewed':>10}{'left':>7} " * 2)
    alone = _outcomes(data, per_trick, register, {})
    told = _outcomes(data, per_trick, register, WORDS_OF_COPYING)
    groups: dict[str, list[str]] = defaultdict(list)
    for heading in alone:
        trick = heading.partition(":")[2]
        near = "near and by sound" if trick in NEAR else "disguises"
        groups["ordinary ways of writing" if trick in ORDINARY else near].append(heading)
    for group, headings in groups.items():
        _tell(f"{group}:")
        for heading in headings:
            _tell(f"{heading:26}{_cells(alone[heading])} {_cells(told[heading])}")
        total = [
            sum((each[heading] for heading in headings), Counter[str]()) for each in (alone, told)
        ]
        _tell(f"{f'all {group}':26}{_cells(total[0])} {_cells(total[1])}")


def _outcomes(
    data: Data, per_trick: int, register: RegisterInMemory, behind: dict[str, str]
) -> dict[str, Counter[str]]:
    examples = tricked_examples(data, "test", per_trick, SEED, behind)
    watched = watch_titles([each.title for each in examples], register)
    outcomes: dict[str, Counter[str]] = defaultdict(Counter)
    for example, each in zip(examples, watched, strict=True):
        outcomes[example.heading]["block" if each.acted else each.outcome] += 1
    return outcomes


def _cells(counts: Counter[str]) -> str:
    total = max(1, counts.total())
    shares = (counts[name] / total for name in ("block", "send_to_review", "leave"))
    blocked, reviewed, left = (f"{share:.2f}" for share in shares)
    return f"{counts.total():>7}{blocked:>9}{reviewed:>10}{left:>7}"


def _tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
