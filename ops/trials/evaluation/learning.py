"""Weights learned from labelled hits: of the tuning part, or of what reviewers decided.

There are two models. One scores whether a mark as it is written is the brand, or a word. The other
tells, of another spelling, whether it is the mark in disguise or an ordinary word that only can be
read so; its thresholds are set by how many ordinary titles people would be shown.
"""

import json
from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ops.shell.extras import packages_of
from processors.matching.disguise_signs import SIGN_PARTS
from processors.matching.scoring import PARTS, ScoredHit, Weights, built_in_weights

REGULARISATION = 1.0
WANTED_PRECISION = 0.955
WANTED_PRECISION_OTHERWISE = 0.88
"""Lower, as a disguised title has several readings, of which one is right."""

LIKELY_PER_MILLION, POSSIBLE_PER_MILLION = 1_000, 9_000
"""Ordinary titles in a million in which another spelling may be taken for likely, or possible."""

SOUND_THRESHOLD = 0.5
"""Nothing is done about what only sounds like a mark: it is told where it is as likely as not."""

TRICKS = (*PARTS[PARTS.index("altered") : PARTS.index("near") + 1], "sound")
READ_OTHERWISE = tuple(
    PARTS.index(name)
    for name in (
        "look_alike", "leet", "separator", "spaced_letters", "split_word", "masked", "near",
        "glued", "vowels", "kana", "homophone", "sound",
    )
)  # fmt: skip

Numbers = NDArray[np.float64]


class LabelledHit(NamedTuple):
    """A hit's parts, and whether it stood for the mark.

    `title` numbers the ordinary title in which it is; None for a hit in any other, and for one on
    which no rule asks a person.
    """

    parts: tuple[float, ...]
    right: bool
    title: int | None = None


def label(judged: Iterable[ScoredHit], right: Iterable[bool]) -> list[LabelledHit]:
    """Return hits with their labels."""
    return [LabelledHit(each.parts, good) for each, good in zip(judged, right, strict=True)]


def learn(hits: list[LabelledHit], source: str) -> str:
    """Return weights as JSON: logistic regression, the same for the same hits in the same order.

    The threshold is the lowest score from which on the precision on these hits is as wanted. What
    tells disguises is kept as it was.
    """
    return _canonical(_plain_model(hits, source) | _meaning_as_built_in())


def learn_both(
    hits: list[LabelledHit], disguised: list[LabelledHit], ordinary_titles: int, source: str
) -> str:
    """Return weights as `learn` does, and from hits read otherwise those that tell disguises."""
    return _canonical(_plain_model(hits, source) | _meaning_model(disguised, ordinary_titles))


def _plain_model(hits: list[LabelledHit], source: str) -> dict[str, Any]:
    parts = np.array([hit.parts for hit in hits])
    parts[:, [PARTS.index(name) for name in SIGN_PARTS]] = 0.0
    right = np.array([hit.right for hit in hits])
    weights, scores = _fit(parts, right)
    plain = parts[:, [PARTS.index(name) for name in TRICKS]].sum(axis=1) == 0
    sound = parts[:, PARTS.index("sound")] > 0
    other = ~plain & ~sound
    return {
        "source": source,
        "hits": len(hits),
        "threshold": _threshold(scores[plain], right[plain], WANTED_PRECISION),
        "other_threshold": _threshold(scores[other], right[other], WANTED_PRECISION_OTHERWISE),
        "sound_threshold": SOUND_THRESHOLD,
        "weights": weights,
    }


def _meaning_model(hits: list[LabelledHit], ordinary_titles: int) -> dict[str, Any]:
    weights, scores = _fit(
        np.array([hit.parts for hit in hits]), np.array([hit.right for hit in hits])
    )
    highest: dict[int, float] = {}
    for hit, score in zip(hits, scores, strict=True):
        if hit.title is not None:
            highest[hit.title] = max(float(score), highest.get(hit.title, 0.0))
    ordered = sorted(highest.values(), reverse=True)
    thresholds = {
        name: _allowing(ordered, ordinary_titles * per_million // 1_000_000)
        for name, per_million in (
            ("likely_threshold", LIKELY_PER_MILLION),
            ("possible_threshold", POSSIBLE_PER_MILLION),
        )
    }
    return {"meaning": weights, **thresholds}


def _meaning_as_built_in() -> dict[str, Any]:
    known: Weights = built_in_weights()
    return {
        "meaning": _named(known.meaning),
        "likely_threshold": known.likely_threshold,
        "possible_threshold": known.possible_threshold,
    }


def _allowing(scores: list[float], titles: int) -> float:
    """Return a threshold that so many of some scores reach, the highest first."""
    return round(scores[titles] + 0.0001, 4) if titles < len(scores) else 0.0


def _fit(parts: Numbers, right: NDArray[np.bool_]) -> tuple[dict[str, float], Numbers]:
    with packages_of("learning", "learning weights"):
        from sklearn.linear_model import LogisticRegression  # noqa: PLC0415
    model = LogisticRegression(C=REGULARISATION, fit_intercept=False, max_iter=5_000)
    model.fit(parts, right)
    scores: Numbers = model.predict_proba(parts)[:, 1]
    return _named(model.coef_[0]), scores


def _named(weights: Iterable[float]) -> dict[str, float]:
    return {
        name: round(float(weight), 4)
        for name, weight in zip(PARTS, weights, strict=True)
        if abs(weight) >= 0.00005
    }


def _canonical(content: dict[str, Any]) -> str:
    return json.dumps(content, indent=2, sort_keys=True) + "\n"


def _threshold(scores: Numbers, right: NDArray[np.bool_], wanted: float) -> float:
    order = np.argsort(-scores)
    precision = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    enough = np.nonzero(precision >= wanted)[0]
    if len(enough) and enough[-1] == len(order) - 1:
        # All are right often enough, and so is one with a lower score than any of them.
        return 0.0
    return round(float(scores[order][enough[-1]]), 4) if len(enough) else 0.5
