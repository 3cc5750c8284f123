"""The table of what is done about a mark in a title, cell by cell: two signs for a block."""

import pytest

from processors.rules.parser import condition_of
from processors.rules.proofs import shares
from processors.titles.misuse import MISUSE
from streams.policies.rule_files import PLAIN_MISUSE, built_in_misuse_rules

RULES = built_in_misuse_rules()
B, D, R, L = "block", "delist", "send_to_review", "leave"

# For a mark of no other meaning on goods that it covers, plainly used by a stranger:
# by spelling and strikes, with words of copying that are bound, hinted at and absent.
LIKELY = {
    ("exact", "none"): (B, R, L),
    ("exact", "some"): (B, R, L),
    ("exact", "repeat"): (D, R, L),
    ("disguised", "none"): (B, R, R),
    ("disguised", "some"): (B, B, B),
    ("disguised", "repeat"): (D, D, D),
    ("near", "none"): (R, R, R),
    ("near", "some"): (R, R, R),
    ("near", "repeat"): (R, R, R),
    ("sound", "none"): (L, L, L),
    ("sound", "some"): (L, L, L),
    ("sound", "repeat"): (L, L, L),
}
POSSIBLE = {
    ("exact", "none"): (B, L, L),
    ("exact", "some"): (B, L, L),
    ("exact", "repeat"): (D, L, L),
    ("disguised", "none"): (B, L, L),
    ("disguised", "some"): (B, L, L),
    ("disguised", "repeat"): (B, L, L),
    ("near", "none"): (R, L, L),
    ("near", "some"): (R, L, L),
    ("near", "repeat"): (R, L, L),
    ("sound", "none"): (L, L, L),
    ("sound", "some"): (L, L, L),
    ("sound", "repeat"): (L, L, L),
}
CELLS = [
    (meant, spelling, strikes, copying, outcome)
    for meant, table in (("likely", LIKELY), ("possible", POSSIBLE))
    for (spelling, strikes), row in table.items()
    for copying, outcome in zip(("bound", "hint", "absent"), row, strict=True)
]


def outcome_of(**changes):
    return RULES.decide(PLAIN_MISUSE._replace(**changes)).outcome


@pytest.mark.parametrize(("meant", "spelling", "strikes", "copying", "outcome"), CELLS)
def test_each_cell(meant, spelling, strikes, copying, outcome):
    found = outcome_of(meant=meant, spelling=spelling, strikes=strikes, copying=copying)
    assert found == outcome


def outcomes(**fixed):
    """Return the outcomes over all combinations of the findings that are not fixed."""
    text = " && ".join(f'{name} == "{word}"' for name, word in fixed.items())
    return {share.ruling.outcome for share in shares(RULES, condition_of(text, MISUSE.words))}


@pytest.mark.parametrize(
    "fixed",
    [
        # One sign, or a doubtful one, is never enough.
        {"meant": "doubtful"},
        {"spelling": "exact", "copying": "absent"},
        {"spelling": "exact", "copying": "hint"},
        {"spelling": "disguised", "copying": "absent", "strikes": "none", "relisting": "new"},
        {"spelling": "disguised", "copying": "hint", "strikes": "none", "relisting": "new"},
        {"spelling": "near"},
        {"spelling": "sound"},
        {"spelling": "none"},
        # Another meaning, another use, or goods that are not surely covered.
        {"mark_kind": "short"},
        {"mark_kind": "dictionary", "spelling": "exact"},
        {"mark_kind": "personal_name", "spelling": "exact", "relisting": "new"},
        {"use": "nominative"},
        {"use": "comparison"},
        {"nice_class": "related"},
        {"nice_class": "unknown"},
        {"nice_class": "mismatch"},
        {"territory": "not_covered"},
        {"seller": "authorised"},
    ],
)
def test_nothing_is_taken_away(fixed):
    assert outcomes(**fixed) <= {R, L}


@pytest.mark.parametrize(
    "fixed",
    [
        {"seller": "authorised"},
        {"territory": "not_covered"},
        {"nice_class": "mismatch"},
        {"spelling": "sound"},
        {"meant": "doubtful"},
        {"spelling": "exact", "copying": "absent", "use": "plain", "relisting": "new"},
        {"spelling": "exact", "copying": "absent", "use": "plain", "relisting": "resembling"},
    ],
)
def test_what_is_left_alone(fixed):
    assert outcomes(**fixed) == {L}


@pytest.mark.parametrize(
    ("relisting", "changes", "outcome"),
    [
        ("repeated", {"spelling": "disguised"}, D),
        ("repeated", {"copying": "bound"}, D),
        ("repeated", {}, R),
        ("same_mark", {"spelling": "disguised"}, R),
        ("same_mark", {"copying": "bound"}, B),
        ("same_mark", {}, R),
        ("resembling", {"spelling": "disguised"}, R),
        ("resembling", {}, L),
        ("new", {}, L),
    ],
)
def test_a_listing_that_comes_back_offends_by_itself_for_the_same_mark_and_ground(
    relisting, changes, outcome
):
    assert outcome_of(relisting=relisting, **changes) == outcome
