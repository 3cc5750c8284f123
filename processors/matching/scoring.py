"""How likely a hit stands for the mark: a weighted sum of named parts, explained part by part.

Weights are learned (ops/trials/evaluation/learning.py), kept in data/weights.json and named by
their hash. They never change while a process runs: a replay with the same weights scores alike.
"""

import json
import math
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Literal, NamedTuple

from processors.matching.disguise_signs import SIGN_PARTS, disguise_signs
from processors.matching.disguises import Trick
from processors.matching.evident_tricks import evident_trick
from processors.matching.folding import Folded, fold, fold_with_offsets, is_hangul, is_unspaced
from processors.matching.hits import Hit
from processors.matching.terms import TermKind, kind_of
from processors.matching.use import UseFinding, use_finding

PARTS = (
    "bias",
    "dictionary",
    "disguised_dictionary",
    "personal_name",
    "short",
    "characters",
    "words",
    "first_word",
    "early",
    "capitalised",
    "part_of_word",
    "within_longer",
    "earlier_hits",
    "nominative",
    "joined",
    "romanised",
    "altered",
    "look_alike",
    "leet",
    "separator",
    "spaced_letters",
    "split_word",
    "masked",
    "near",
    "near_first_letter",
    "dissimilar",
    "glued",
    "vowels",
    "kana",
    "homophone",
    "sound",
    *SIGN_PARTS,
)
"""The parts of a score, in order."""

HIDDEN: tuple[Trick, ...] = ("invisible", "styled", "accents")
"""Ways of writing that folding undoes; nobody hides a word so that is only a word."""

_WHOLE_WORDS = ("joined", "glued")
"""Ways of writing in which a name is whole words, and as many ordinary words can be read as one."""

_ALTERED = PARTS.index("altered")
_FOREIGN_WORD, _LONE_SCRIPT = PARTS.index("foreign_word"), PARTS.index("lone_script")
_ORDINARY = PARTS.index("ordinary")


class Weights(NamedTuple):
    """Weights by part, with the scores from which hits count, and a version.

    A plain spelling counts from `threshold` on, one by sound alone from `sound_threshold`. Those
    of `meaning` tell whether another spelling is the mark in disguise, or an ordinary word that
    only can be read so: from `likely_threshold` on it is reason enough for a person to look, from
    `possible_threshold` on where another sign speaks for it.
    """

    by_part: tuple[float, ...]
    threshold: float
    other_threshold: float
    sound_threshold: float
    version: str
    meaning: tuple[float, ...]
    likely_threshold: float
    possible_threshold: float


MeantFinding = Literal["likely", "possible", "doubtful"]
"""Whether a stretch of a title stands for the mark at all."""


class ScoredHit(NamedTuple):
    """A hit with all that was found about it; `begin` and `end` are places in the title."""

    hit: Hit
    begin: int
    end: int
    text: str
    kind: TermKind
    use: UseFinding
    trick: Trick
    parts: tuple[float, ...]

    def score(self, weights: Weights) -> float:
        """Return the probability that the hit stands for the mark, 0 to 1."""
        return _probability(self.parts, weights.by_part)

    @property
    def as_well_words(self) -> bool:
        """Whether it is whole words, a word of another script amid its like, or ordinary."""
        foreign = self.parts[_FOREIGN_WORD] > self.parts[_LONE_SCRIPT]
        return foreign or bool(self.parts[_ORDINARY]) or self.trick in _WHOLE_WORDS

    def meant(self, weights: Weights) -> MeantFinding:
        """Tell how likely it is that the hit stands for the mark."""
        if self.hit.spelling == "variant":
            return "possible"
        if self.hit.trick == "none" and self.trick != "none":
            # What folding undid was hidden on purpose.
            return "likely" if self.kind != "short" else "possible"
        if self.hit.trick == "none":
            return "likely" if self.score(weights) >= weights.threshold else "possible"
        meaning = _probability(self.parts, weights.meaning)
        if meaning >= weights.likely_threshold and not self.as_well_words:
            return "likely"
        return "possible" if meaning >= weights.possible_threshold else "doubtful"

    def counts(self, weights: Weights) -> bool:
        """Tell whether the hit is likely enough to be used."""
        if self.hit.trick == "none" and self.trick in HIDDEN and self.kind != "short":
            return True
        if self.hit.trick == "sound":
            return self.score(weights) >= weights.sound_threshold
        plain = self.hit.trick == "none" and not self.parts[_ALTERED]
        return self.score(weights) >= (weights.threshold if plain else weights.other_threshold)

    def explanation(self, weights: Weights) -> dict[str, float]:
        """Return what each part adds to the score's logarithm of odds, without parts of none."""
        return {
            name: round(value * weight, 3)
            for name, value, weight in zip(PARTS, self.parts, weights.by_part, strict=True)
            if value and weight
        }


_Other = tuple[int, int, str]
"""A place in the title and the term found there as it is written."""


def judge_hits(title: str, hits: list[Hit]) -> list[ScoredHit]:
    """Return the hits of a title with their places and parts, in order of place."""
    if not hits:
        return []
    folded = fold_with_offsets(title)
    places = [_place(folded, hit) for hit in hits]
    judged = []
    for hit, (begin, end) in zip(hits, places, strict=True):
        others = [
            (*place, other.term)
            for place, other in zip(places, hits, strict=True)
            if other is not hit and other.trick == "none"
        ]
        judged.append(_judged(title, folded, hit, (begin, end), others))
    return sorted(judged, key=lambda each: (each.begin, -each.end, each.hit.term))


def _judged(
    title: str, folded: Folded, hit: Hit, place: tuple[int, int], others: list[_Other]
) -> ScoredHit:
    begin, end = place
    text = title[begin:end]
    if hit.place == "folded":
        at, stop = hit.begin, hit.end
    else:
        at = next((i for i, each in enumerate(folded.ends) if each > begin), 0)
        stop = next((i for i, each in enumerate(folded.begins) if each >= end), len(folded.text))
    kind = kind_of(hit.term)
    use = use_finding(folded.text, at, stop)
    trick = evident_trick(title, begin, end, hit)
    longer = any(b <= begin and e >= end and e - b > end - begin for b, e, _ in others)
    letters = hit.term.replace(" ", "")
    near = hit.trick == "near"
    altered = hit.trick == "none" and hit.term.isascii() and not text.isascii()
    plain = hit.trick == "none" and not altered
    written = fold(text)
    values: dict[str, float] = {
        "bias": 1.0,
        "dictionary": (plain or altered) and kind == "dictionary",
        "disguised_dictionary": not (plain or altered) and kind == "dictionary",
        "personal_name": kind == "personal_name",
        "short": kind == "short",
        "characters": min(len(letters) * (2 if is_unspaced(letters) else 1), 16) / 8,
        "words": min(hit.term.count(" "), 3),
        "first_word": plain and at == 0,
        "early": plain * (1.0 - at / max(1, len(folded.text))),
        "capitalised": plain and text[:1].isupper() and not title.isupper(),
        "part_of_word": _part_of_word(folded.text, at, stop),
        "within_longer": longer,
        "earlier_hits": plain * min(sum(e <= begin for _, e, _ in others), 3),
        "nominative": use == "nominative",
        "altered": altered,
        "joined": hit.spelling == "joined",
        "romanised": hit.spelling == "romanised",
        "near_first_letter": near and written[:1] == hit.term[:1],
        "dissimilar": (1.0 - hit.similarity) * 5,
        hit.trick: 1.0,
    }
    if hit.trick != "none":
        own = {
            term
            for b, e, term in others
            if (e <= begin or b >= end) and kind_of(term) == "distinctive"
        }
        values |= disguise_signs(title, begin, end, hit, len(own))
    parts = tuple(float(values.get(name, 0.0)) for name in PARTS)
    return ScoredHit(hit, begin, end, text, kind, use, trick, parts)


def _place(folded: Folded, hit: Hit) -> tuple[int, int]:
    if hit.place == "title":
        return hit.begin, hit.end
    end = min(hit.end, len(folded.ends))
    return folded.begins[hit.begin], folded.ends[end - 1]


def _part_of_word(folded: str, begin: int, end: int) -> bool:
    """Tell whether a hit in katakana or Korean goes on in the same script."""
    if begin >= end:
        return False
    before = folded[begin - 1] if begin else " "
    after = folded[end] if end < len(folded) else " "
    first, last = folded[begin], folded[end - 1]
    return (_katakana(first) and _katakana(before)) or (
        (_katakana(last) and _katakana(after)) or (is_hangul(last) and is_hangul(after))
    )


def _katakana(character: str) -> bool:
    return "\u30a1" <= character <= "\u30ff"


@cache
def built_in_weights() -> Weights:
    """Return the weights that the software brings."""
    text = files("processors.matching").joinpath("data/weights.json").read_text(encoding="utf-8")
    return weights_from(text)


def weights_from(text: str) -> Weights:
    """Return weights from their JSON: thresholds and {part: weight}. Errors: ValueError."""
    content = json.loads(text)
    named = {name: content.get(name, {}) for name in ("weights", "meaning")}
    unknown = sorted({part for each in named.values() for part in each} - set(PARTS))
    if unknown:
        raise ValueError(f"no such parts of a score: {', '.join(unknown)}")
    by_part, meaning = (
        tuple(float(each.get(name, 0.0)) for name in PARTS) for each in named.values()
    )
    plain, other, sound = (
        float(content[name]) for name in ("threshold", "other_threshold", "sound_threshold")
    )
    likely, possible = (
        float(content.get(name, 1.0)) for name in ("likely_threshold", "possible_threshold")
    )
    weights = Weights(by_part, plain, other, sound, "", meaning, likely, possible)
    hashed = sha256(canonical_weights(weights).encode()).hexdigest()
    return weights._replace(version=hashed[:16])


def canonical_weights(weights: Weights) -> str:
    """Return weights as the one JSON text whose hash is their version."""
    return json.dumps([each for each in weights if not isinstance(each, str)])


def _probability(parts: tuple[float, ...], weights: tuple[float, ...]) -> float:
    total = sum(a * b for a, b in zip(parts, weights, strict=True))
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total))))
