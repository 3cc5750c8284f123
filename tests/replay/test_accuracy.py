"""Confidence intervals of shares, against SciPy's own."""

import pytest
from scipy.stats import binomtest

from replay.backtest.accuracy import share


@pytest.mark.parametrize(
    ("hits", "of"), [(0, 1), (1, 1), (0, 72), (72, 72), (3, 72), (1, 10_000), (4_999, 10_000)]
)
def test_an_interval_is_the_exact_one(hits, of):
    found, expected = share(hits, of), binomtest(hits, of).proportion_ci(0.95, method="exact")
    assert (found.hits, found.of) == (hits, of)
    assert found.low == pytest.approx(expected.low, abs=1e-12)
    assert found.high == pytest.approx(expected.high, abs=1e-12)


def test_of_nothing_nothing_is_known():
    assert share(0, 0) == (0, 0, 0.0, 1.0)
