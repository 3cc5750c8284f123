"""Weights learned from labelled hits: of the tuning part, or of what reviewers decided."""

import json
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from processors.matching.scoring import PARTS, ScoredHit

REGULARISATION = 1.0
WANTED_PRECISION = 0.95
WANTED_PRECISION_OTHERWISE = 0.88
"""Lower, as a disguised title has several readings, of which one is right."""

TRICKS = (*PARTS[PARTS.index("altered") : PARTS.index("near") + 1], "sound")

Numbers = NDArray[np.float64]


class LabelledHit(NamedTuple):
    """A hit's parts, and whether it stood for the mark."""

    parts: tuple[float, ...]
    right: bool


def label(judged: Iterable[ScoredHit], right: Iterable[bool]) -> list[LabelledHit]:
    """Return hits with their labels."""
    return [LabelledHit(each.parts, good) for each, good in zip(judged, right, strict=True)]


def learn(hits: list[LabelledHit], source: str) -> str:
    """Return weights as JSON: logistic regression, the same for the same hits in the same order.

    The threshold is the lowest score from which on the precision on these hits is as wanted.
    """
    parts = np.array([hit.parts for hit in hits])
    right = np.array([hit.right for hit in hits])
    model = LogisticRegression(C=REGULARISATION, fit_intercept=False, max_iter=5_000)
    model.fit(parts, right)
    scores = model.predict_proba(parts)[:, 1]
    plain = parts[:, [PARTS.index(name) for name in TRICKS]].sum(axis=1) == 0
    sound = parts[:, PARTS.index("sound")] > 0
    other = ~plain & ~sound
    weights = {
        name: round(float(weight), 4)
        for name, weight in zip(PARTS, model.coef_[0], strict=True)
        if abs(weight) >= 0.00005
    }
    content = {
        "source": source,
        "hits": len(hits),
        "threshold": _threshold(scores[plain], right[plain], WANTED_PRECISION),
        "other_threshold": _threshold(scores[other], right[other], WANTED_PRECISION_OTHERWISE),
        "sound_threshold": _threshold(scores[sound], right[sound], WANTED_PRECISION),
        "weights": weights,
    }
    return json.dumps(content, indent=2, sort_keys=True) + "\n"


def _threshold(scores: Numbers, right: Numbers, wanted: float) -> float:
    order = np.argsort(-scores)
    precision = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    enough = np.nonzero(precision >= wanted)[0]
    return round(float(scores[order][enough[-1]]), 4) if len(enough) else 0.5
