"""Labelled hits of the tuning part, to learn the score's weights from."""

from collections.abc import Iterator

from ops.trials.evaluation.datasets import Data
from ops.trials.evaluation.learning import LabelledHit, learn_both
from ops.trials.evaluation.measure import (
    Example,
    is_right,
    natural_examples,
    recorded_examples,
    tricked_examples,
)
from processors.matching.matcher import Matcher
from processors.matching.scoring import MeantFinding, ScoredHit, built_in_weights, judge_hits
from processors.titles.misuse import Subject, TitleFinding, covers
from streams.policies.rule_files import built_in_misuse_rules

SEED = 1
TITLES, TRICKS = 1_500, 150
SOURCE = "public labelled titles and tricks, tuning part of brands and of ordinary titles"


def learned(matcher: Matcher, register: Matcher, data: Data, ordinary: list[str]) -> str:
    """Return weights as JSON, learned with the real brands and with a large register."""
    plain = [
        *natural_examples(data, "tune", TITLES, SEED),
        *recorded_examples(data, "tune"),
    ]
    tricked = tricked_examples(data, "tune", TRICKS, SEED)
    hits = [LabelledHit(j.parts, good) for j, good in _hits(matcher, [*plain, *tricked])]
    disguised = [
        LabelledHit(judged.parts, good)
        for each in (matcher, register)
        for judged, good in _hits(each, tricked)
        if judged.hit.trick != "none"
    ]
    disguised += _ordinary_hits(register, ordinary)
    return learn_both(hits, disguised, len(ordinary), SOURCE)


def _hits(matcher: Matcher, examples: list[Example]) -> Iterator[tuple[ScoredHit, bool]]:
    for example in examples:
        recorded = example.original is None and not example.heading.startswith("title:")
        for judged in judge_hits(example.title, matcher.find(example.title)):
            if recorded and judged.hit.trick not in ("near", "sound"):
                # Other brands' own names stand in recorded spellings: they teach nothing.
                continue
            yield judged, is_right(judged.hit.term, example.terms)


def _ordinary_hits(register: Matcher, titles: list[str]) -> list[LabelledHit]:
    """Return what is read otherwise in ordinary titles: none of it stands for the mark."""
    rules, weights = built_in_misuse_rules(), built_in_weights()
    subject = Subject(nice_class="covered", seller="not_authorised", territory="covered")
    found = []
    for number, title in enumerate(titles):
        hits = judge_hits(title, register.find(title))
        written = [each for each in hits if each.hit.trick == "none" and each.counts(weights)]
        for judged in hits:
            if judged.hit.trick == "none" or any(covers(each, judged) for each in written):
                continue
            meant: MeantFinding = "possible" if judged.as_well_words else "likely"
            findings = TitleFinding(judged, None, meant).findings(subject)
            asked = rules.decide(findings).outcome != "leave"
            found.append(LabelledHit(judged.parts, False, number if asked else None))
    return found
