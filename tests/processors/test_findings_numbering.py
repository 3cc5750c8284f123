"""The number of findings in a decision, and the versions by which it is read."""

import json
from hashlib import sha256
from itertools import pairwise, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from processors.findings.numbering import Numbering, TooManyCombinations
from processors.findings.versions import FINDINGS_VERSION, FINDINGS_VERSIONS
from processors.rules.domain import COMPLAINTS
from processors.titles.misuse import MISUSE
from schemas.catalog import DIRECTORY
from streams.policies.rule_files import PLAIN_COUNTERFEIT

HASHES = {
    1: "24d7814340fcb0f4",
    2: "223f5ea91a5aad3c",
    3: "b58421e7084ce9d4",
    4: "0f524f78877a6b0e",
    5: "11acec460c9aa608",
}
"""Of the words of each version: one that is on the log never changes."""


def test_numbers_ascend_as_combinations_do():
    words = {"colour": ("red", "green", "blue"), "shade": ("light",), "size": ("small", "large")}
    numbering = Numbering(words)
    every = list(product(*words.values()))
    assert [numbering.number_of(each) for each in every] == list(range(numbering.combinations))
    found = [tuple(numbering.findings_of(number).values()) for number in range(6)]
    assert found == every


@settings(deadline=None)
@given(st.integers(0, COMPLAINTS.numbering.combinations - 1))
def test_a_number_is_that_of_its_findings(number):
    findings = COMPLAINTS.numbering.findings_of(number)
    assert COMPLAINTS.numbering.number_of(COMPLAINTS.findings(**findings)) == number


@pytest.mark.parametrize("number", [-1, COMPLAINTS.numbering.combinations])
def test_a_number_of_no_findings_is_refused(number):
    last = COMPLAINTS.numbering.combinations - 1
    with pytest.raises(ValueError, match=f"is not from 0 to {last}"):
        COMPLAINTS.numbering.findings_of(number)


def test_a_word_that_is_not_declared_has_no_number():
    assert COMPLAINTS.numbering.number_of(PLAIN_COUNTERFEIT._replace(ground="new")) is None


def test_more_combinations_than_a_long_has_numbers_are_refused():
    words = {f"finding_{number}": ("yes", "no") for number in range(63)}
    last = Numbering(words)
    assert last.number_of(["no"] * 63) == 2**63 - 1
    with pytest.raises(TooManyCombinations, match="more than 9,223,372,036,854,775,808"):
        Numbering({**words, "one_more": ("yes", "no")})


def test_the_newest_version_has_the_words_of_the_findings_and_old_ones_are_as_they_were():
    assert FINDINGS_VERSIONS[FINDINGS_VERSION] == COMPLAINTS.words, "a change is a new version"
    assert list(FINDINGS_VERSIONS[FINDINGS_VERSION]) == list(COMPLAINTS.words)
    hashes = {
        version: sha256(repr(words).encode()).hexdigest()[:16]
        for version, words in FINDINGS_VERSIONS.items()
    }
    assert hashes == HASHES


def test_words_are_not_taken_away():
    versions = [FINDINGS_VERSIONS[number] for number in sorted(FINDINGS_VERSIONS)]
    for before, after in pairwise(versions):
        assert all(set(words) <= set(after[name]) for name, words in before.items())


@pytest.mark.parametrize("domain", [COMPLAINTS, MISUSE])
def test_all_findings_are_words(domain):
    assert tuple(domain.words) == domain.findings._fields
    assert all(words and len(set(words)) == len(words) for words in domain.words.values())


def test_numbers_in_the_examples_of_decisions_are_those_of_their_findings():
    decisions = [
        json.loads(path.read_text(encoding="utf-8"))
        for path in (DIRECTORY / "examples" / "ComplaintDecided").glob("*.json")
    ]
    for decision in decisions:
        capsule = decision["capsule"]
        if not capsule["findings_version"]:
            assert (capsule["findings_number"], capsule["rule_set_hash"]) == (None, "")
            continue
        numbering = Numbering(FINDINGS_VERSIONS[capsule["findings_version"]])
        found = numbering.findings_of(capsule["findings_number"])
        assert found.items() <= decision["findings"].items()
    assert any(decision["capsule"]["findings_version"] for decision in decisions)
