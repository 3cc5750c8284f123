"""Precision and recall of ways to find marks in titles."""

import random
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from rapidfuzz import fuzz, process

from ops.trials.evaluation.datasets import Data, LabelledTitle, Part, part_of
from ops.trials.evaluation.trick_table import BY_SCRIPT, tricked
from ops.trials.evaluation.tricks import MINIMUM_LETTERS
from processors.matching.folding import fold
from processors.matching.matcher import Matcher
from processors.matching.scoring import Weights, judge_hits
from processors.matching.terms import term_of
from processors.titles.misuse import chosen

Find = Callable[[str], set[str]]
"""Gives the terms found in a title."""

RAPIDFUZZ_CUTOFF = 90


class Example(NamedTuple):
    """A title and the terms of the brand that it names, under a heading of the report."""

    heading: str
    title: str
    terms: frozenset[str]
    original: str | None = None


class Score(NamedTuple):
    """Counts of a way to find marks on some examples."""

    examples: int
    found: int
    reported: int
    right: int

    @property
    def recall(self) -> float:
        """Share of the examples whose brand was found."""
        return self.found / max(1, self.examples)

    @property
    def precision(self) -> float:
        """Share right of what was reported; 1 where nothing was."""
        return self.right / self.reported if self.reported else 1.0


def score(find: Find, examples: Iterable[Example]) -> Score:
    """Count what a way finds, and of what it reports how much is right.

    Of a disguised title only what the disguise brought counts as wrong: what is reported for the
    untouched title too is another brand that the label does not name.
    """
    count = found = reported = right = 0
    for example in examples:
        terms = find(example.title)
        good = {term for term in terms if is_right(term, example.terms)}
        if example.original is not None:
            terms = good | (terms - find(example.original))
        count += 1
        found += bool(good)
        reported += len(terms)
        right += len(good)
    return Score(count, found, reported, right)


def is_right(term: str, terms: frozenset[str]) -> bool:
    """Tell whether a term is the brand's name, or a part or an extension of it by whole words."""
    for each in terms:
        if term == each or f" {term} " in f" {each} " or f" {each} " in f" {term} ":
            return True
        if term.replace(" ", "") == each.replace(" ", ""):
            return True
    return False


def natural_examples(data: Data, part: Part, per_script: int, seed: int) -> list[Example]:
    """Return titles as they are, so many of each script."""
    return [
        Example(f"title:{each.script}", each.title, _terms(each.names))
        for each in _sample(data.titles, part, per_script, seed)
    ]


def tricked_examples(
    data: Data, part: Part, per_trick: int, seed: int, behind: Mapping[str, str] | None = None
) -> list[Example]:
    """Return titles with their brand's name disguised, so many of each script and trick.

    What `behind` has for a script is written behind the name.
    """
    examples = []
    for script, tricks in BY_SCRIPT.items():
        titles = [e for e in (*data.titles, *data.composed) if e.script == script]
        for name, trick in tricks.items():
            chance = random.Random(f"{seed}:{script}:{name}")
            made = 0
            for each in _sample(titles, part, 4 * per_trick, seed):
                brand = each.names[0]
                if len(term_of(brand).replace(" ", "")) < _minimum(script):
                    continue
                written = _with(each.title, brand, (behind or {}).get(script, ""))
                title = tricked(written, brand, trick, chance)
                if title is not None and made < per_trick:
                    examples.append(Example(f"{script}:{name}", title, _terms(each.names), written))
                    made += 1
    return examples


def recorded_examples(data: Data, part: Part) -> list[Example]:
    """Return the recorded spellings, each as a title of its own."""
    return [
        Example(each.trick, each.written, _terms(each.names))
        for each in data.spellings
        if part_of(each.names[0]) == part
    ]


def _with(title: str, name: str, behind: str) -> str:
    """Return a title with words behind a name that stands in it."""
    end = title.lower().find(name.lower()) + len(name)
    return f"{title[:end]}{behind}{title[end:]}" if behind else title


def _minimum(script: str) -> int:
    return MINIMUM_LETTERS if script in ("latin", "cyrillic") else 2


def _sample(
    titles: list[LabelledTitle], part: Part, per_script: int, seed: int
) -> list[LabelledTitle]:
    chosen: list[LabelledTitle] = []
    for script in sorted({each.script for each in titles}):
        mine = [e for e in titles if e.script == script and part_of(e.names[0]) == part]
        random.Random(f"{seed}:{script}").shuffle(mine)
        chosen += mine[:per_script]
    return chosen


def _terms(names: Iterable[str]) -> frozenset[str]:
    return frozenset(term for name in names if (term := term_of(name)))


def with_matcher(matcher: Matcher, weights: Weights) -> Find:
    """Find by our matcher: hits that score enough, without those within a longer one."""

    def find(title: str) -> set[str]:
        return {each.hit.term for each in chosen(judge_hits(title, matcher.find(title)), weights)}

    return find


def with_exact_search(brands: Iterable[str]) -> Find:
    """Find brands' names in lower case as they are, anywhere in the title."""
    lower = {brand.lower(): term_of(brand) for brand in brands}

    def find(title: str) -> set[str]:
        text = title.lower()
        return {term for name, term in lower.items() if name in text}

    return find


def with_rapidfuzz(brands: Iterable[str]) -> Find:
    """Find the brands whose name is nearest by rapidfuzz's partial ratio alone."""
    names = sorted({brand.lower() for brand in brands if len(fold(brand)) >= 3})

    def find(title: str) -> set[str]:
        best = process.extract(
            title.lower(), names, scorer=fuzz.partial_ratio, score_cutoff=RAPIDFUZZ_CUTOFF, limit=3
        )
        return {term_of(str(name)) for name, _, _ in best}

    return find
