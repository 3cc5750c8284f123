"""Titles that name a mark lawfully: to say what the goods fit."""

import random
import re

from ops.trials.evaluation.datasets import Data, LabelledTitle, Part, part_of
from processors.matching.folding import fold
from processors.matching.matcher import Matcher
from processors.matching.scoring import Weights
from processors.matching.terms import term_of
from processors.titles.misuse import Subject, judge_title
from streams.policies.rule_files import built_in_misuse_rules

TEMPLATES = {
    "en": ("Case for {}", "Replacement battery compatible with {}", "Strap fits {} watch"),
    "de": ("Schutzhülle passend für {}", "Ersatzfilter für {}"),
    "fr": ("Coque compatible avec {}", "Filtre pour {}"),
    "es": ("Funda para {}", "Cargador compatible con {}"),
    "it": ("Custodia per {}", "Batteria compatibile con {}"),
    "ru": ("Чехол для {}", "Аккумулятор совместим с {}"),
    "zh": ("适用于{}保护套", "兼容{}充电器", "{}通用 表带"),
    "ja": ("{}対応 ケース", "{} 互換 バッテリー", "{}用 フィルター"),
    "ko": ("{} 호환 배터리", "{}용 케이스"),
}
COMPOSED_OF_EACH = 40
MAXIMUM_REAL = 600
_REAL = re.compile(r"\b(?:for|compatible with|fits|для|pour|für) (.{3,60})", re.IGNORECASE)


def nominative_titles(data: Data, part: Part, seed: int) -> dict[str, list[tuple[str, str]]]:
    """Return titles with the term that each refers to: real ones, and composed by language."""
    chance = random.Random(f"{seed}:nominative")
    terms = {term_of(b): b for b in data.brands if part_of(b) == part and len(term_of(b)) >= 4}
    real = []
    for each in data.titles:
        term = _referred(each, terms)
        if term:
            real.append((each.title, term))
    chance.shuffle(real)
    found = {"real titles with for, для and the like": real[:MAXIMUM_REAL]}
    names = sorted({each.names[0] for each in data.titles if part_of(each.names[0]) == part})
    for language, templates in TEMPLATES.items():
        chosen = chance.sample(names, min(COMPOSED_OF_EACH, len(names)))
        found[f"composed, {language}"] = [
            (chance.choice(templates).format(name), term_of(name)) for name in chosen
        ]
    return found


def blocked_share(
    titles: list[tuple[str, str]], matcher: Matcher, weights: Weights
) -> tuple[float, int]:
    """Return the share blocked for the mark of the titles in which it is found, and their number.

    A title in which it is not found says nothing of how lawful use is treated.
    """
    rules = built_in_misuse_rules()
    blocked = named = 0
    for title, term in titles:
        found = judge_title(title, matcher.find(title), weights)
        mine = [each for each in found if each.judged.hit.term == term]
        named += bool(mine)
        # The harshest case: the mark covers the goods and the seller is a stranger.
        subject = Subject(nice_class="covered", seller="not_authorised", territory="covered")
        outcomes = {rules.decide(each.findings(subject)).outcome for each in mine}
        blocked += bool(outcomes & {"block", "delist"})
    return blocked / max(1, named), named


def _referred(labelled: LabelledTitle, terms: dict[str, str]) -> str | None:
    """Return the term of another brand that follows 'for', if any."""
    found = _REAL.search(labelled.title)
    if found is None:
        return None
    words = fold(found.group(1)).split()
    own = {term_of(name) for name in labelled.names}
    for size in (3, 2, 1):
        term = " ".join(words[:size])
        if term in terms and term not in own:
            return term
    return None
