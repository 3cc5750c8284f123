"""Others are waited for as long as they get on."""

import itertools

import pytest

from ops.errors import OperatorError
from ops.local.patience import Patience, wait_for


def test_what_changes_is_waited_for_and_what_stands_still_is_not():
    patience = Patience(0.0)
    assert not any(patience.runs_out(number) for number in range(1_000))
    patience.runs_out("the same")
    assert any(patience.runs_out("the same") for _ in range(1_000_000))


def test_what_is_found_is_returned_and_who_hangs_is_told():
    numbers = itertools.count()
    assert wait_for("a number", lambda: next(numbers) == 3 and "found") == "found"
    with pytest.raises(OperatorError, match=r"(?s)a sign: no progress for 0.05 s.*its log"):
        wait_for("a sign", lambda: None, tell=lambda: "its log", patience_seconds=0.05)
