"""What of a decision's findings parties are told."""

from collections.abc import Mapping
from typing import Final

STATEMENTS_EDITION: Final = 1
"""Edition of what cases that begin now tell their parties."""

COPYING: Final = "copying"

FOUND: Final = (
    ("authority", "owner"),
    ("authority", "agent"),
    ("registry", "in_force"),
    ("territory", "covered"),
    ("nice_class", "covered"),
    ("listing_match", "exact"),
    ("listing_match", "disguised"),
    ("brand", "mark"),
    ("use", "plain"),
    ("seller", "not_authorised"),
    ("proof", "test_purchase"),
    ("proof", "documents"),
)
"""Findings and words of them, in the order in which they are told; none repeats a listing's own
words."""


def told_findings(findings: Mapping[str, str]) -> tuple[str, ...]:
    """Return what the steps found and parties are told, as finding and word, with a full stop."""
    told = [f"{name}.{word}" for name, word in FOUND if findings.get(name) == word]
    if findings.get("copying_words"):
        told.append(COPYING)
    return tuple(told)
