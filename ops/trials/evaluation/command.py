"""`python -m ops evaluate-matching`: precision and recall on public labelled data."""

import argparse
import sys
import time
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from ops.trials.evaluation.datasets import Data, Part, load, ordinary_titles, tuning_titles
from ops.trials.evaluation.labelled_hits import learned
from ops.trials.evaluation.measure import (
    Example,
    Find,
    Score,
    natural_examples,
    recorded_examples,
    score,
    tricked_examples,
    with_exact_search,
    with_matcher,
    with_rapidfuzz,
)
from ops.trials.evaluation.nominative import blocked_share, nominative_titles
from ops.trials.evaluation.registers import register_terms
from processors.matching.folding import FOLDING_VERSION
from processors.matching.index import TermIndex, build
from processors.matching.matcher import Matcher
from processors.matching.scoring import Weights, built_in_weights, weights_from
from processors.matching.terms import term_of

SEED = 20_261_124
LEARNING_SEED = 98
BASELINE_EXAMPLES = 60
DEFAULT_DATA = Path("../shared/data")


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser(
        "evaluate-matching", help="measure the matcher on labelled titles and disguised names"
    )
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA, help="directory of data sets")
    parser.add_argument("--part", choices=("test", "tune"), default="test")
    parser.add_argument("--titles", type=int, default=400, help="titles of each script")
    parser.add_argument("--tricks", type=int, default=200, help="titles of each script and trick")
    parser.add_argument(
        "--learn-to", type=Path, help="first learn weights on the tuning part, and write them here"
    )
    parser.add_argument(
        "--learning-marks", type=int, default=250_000, help="marks of the register to learn on"
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Measure and print. Errors: OperatorError where there is no data."""
    started = time.monotonic()
    data = load(options.data)
    names = [*data.brands, *(name for each in data.composed for name in each.names)]
    matcher = Matcher(TermIndex(build(term for name in names if (term := term_of(name)))))
    _tell(
        f"{len(data.titles)} labelled titles, {len(data.spellings)} recorded spellings, "
        f"{len(data.brands)} brands; folding {FOLDING_VERSION}"
    )
    weights = built_in_weights() if options.learn_to is None else _learn(matcher, data, options)
    _tell(f"weights {weights.version}, {options.part} part\n")
    examples = [
        *natural_examples(data, options.part, options.titles, SEED),
        *tricked_examples(data, options.part, options.tricks, SEED),
        *recorded_examples(data, options.part),
    ]
    _report(examples, data, with_matcher(matcher, weights))
    _nominative(data, options.part, matcher, weights)
    _tell(f"\n{time.monotonic() - started:.0f} s")
    return 0


def _learn(matcher: Matcher, data: Data, options: argparse.Namespace) -> Weights:
    _tell(f"learning from a register of {options.learning_marks:,} marks")
    terms = register_terms(data.brands, options.learning_marks, LEARNING_SEED)
    register = Matcher(TermIndex(build(terms)))
    text = learned(matcher, register, data, tuning_titles(ordinary_titles(options.data)))
    options.learn_to.write_text(text, encoding="utf-8")
    _tell(f"learned: {text}")
    return weights_from(text)


def _report(examples: Iterable[Example], data: Data, ours: Find) -> None:
    by_heading: dict[str, list[Example]] = defaultdict(list)
    for example in examples:
        by_heading[example.heading].append(example)
    exact, fuzzy = with_exact_search(data.brands), with_rapidfuzz(data.brands)
    _tell(f"{'':32}{'':>6}  {'ours':^15}  {'exact search':^15}  {'rapidfuzz':^15}")
    _tell(f"{'':32}{'titles':>6}" + "  recall  precis." * 3)
    totals: dict[str, list[Score]] = defaultdict(list)
    for heading, each in by_heading.items():
        mine, few = score(ours, each), each[:BASELINE_EXAMPLES]
        scores = (mine, score(exact, few), score(fuzzy, few))
        totals[_family(heading)].append(mine)
        cells = "".join(f"  {each.recall:6.3f}  {each.precision:6.3f} " for each in scores)
        _tell(f"{heading:32}{mine.examples:6}{cells}")
    _tell("")
    for family, scores_of_family in totals.items():
        total = Score(*(sum(column) for column in zip(*scores_of_family, strict=True)))
        line = f"recall {total.recall:.3f}, precision {total.precision:.3f}"
        _tell(f"{family}: {total.examples} titles, {line}")


def _family(heading: str) -> str:
    first = heading.partition(":")[0]
    families = {"title": "titles as they are", "sound": "other scripts, by sound alone"}
    recorded = {"luxdupes", "auctionet", "resale_ru"}
    return families.get(first, "recorded spellings" if first in recorded else "tricks")


def _nominative(data: Data, part: Part, matcher: Matcher, weights: Weights) -> None:
    titles = nominative_titles(data, part, SEED)
    _tell("\nlawful reference to a mark ('case for …'): share blocked of those found")
    for name, each in titles.items():
        share, named = blocked_share(each, matcher, weights)
        _tell(f"  {name}: {len(each)} titles, mark found in {named}, blocked {share:.2%}")


def _tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
