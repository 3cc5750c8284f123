"""The search of an index finds what one automaton of all spellings finds."""

import daachorse
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matrix import examples

from ops.trials.evaluation.datasets import sample_titles
from ops.trials.evaluation.registers import register_terms
from processors.matching.folding import fold
from processors.matching.index import SPELLINGS, TermIndex, build
from processors.matching.layers import Layers
from processors.matching.search import TermSearch
from processors.matching.spoken import spoken
from processors.matching.terms import patterns_of, term_of
from processors.matching.unescaping import unescaped

MARKS = (
    "nike", "red", "chief", "red chief", "red chief shoes", "chief shoes", "redchief", "red n",
    "the red company", "u s polo", "dolce and gabbana", "耐克", "小米 note", "note 小米", "나이키",
    "나이키 red", "ナイキ", "ルイ・ヴィトン", "悦诗风吟", "яндекс", "яндекс станция", "حذاء",
    "red 小米 chief",
)  # fmt: skip
TERMS = sorted({term_of(mark) for mark in MARKS})
PIECES = sorted({
    *"red chief shoes redchief the company inc u s polo usp n x nike nikes dolce gabbana".split(),
    *"and 小米 note 耐克鞋 나이키 나이키는 ナイキ ルイヴィトン 悦诗风吟 яндекс".split(),
    *"станция الحذاء والحذاء".split(), "",
})  # fmt: skip


class Automaton:
    """All spellings in one automaton; of two terms with one spelling the plainer has it."""

    def __init__(self, terms):
        self.owners = {}
        for term in sorted(set(terms)):
            for text, spelling in patterns_of(term):
                rank = SPELLINGS.index(spelling)
                self.owners[text] = min((rank, term), self.owners.get(text, (9, "")))
        self.texts = list(self.owners)
        self.automaton = daachorse.CharwiseDoubleArrayAhoCorasick(self.texts)

    def find(self, text):
        found = []
        for begin, end, number in self.automaton.find_overlapping(text):
            pattern = self.texts[number]
            rank, term = self.owners[pattern]
            first, last = begin + (pattern[0] == " ") - 1, end - (pattern[-1] == " ") - 1
            found.append((term, SPELLINGS[rank], "none", "folded", first, last, 1.0))
        return found


AUTOMATON = Automaton(TERMS)
SEARCH = TermSearch([TermIndex(build(TERMS))])
HALVES = TermSearch([TermIndex(build(TERMS[::2])), TermIndex(build(TERMS[1::2]))])
FOLDED = st.lists(st.sampled_from(PIECES), max_size=9).map(" ".join)


@given(FOLDED)
@settings(max_examples=examples(400))
def test_a_search_finds_what_an_automaton_finds_in_the_same_order(text):
    for bordered in (f" {text} ", f" {spoken(text)} ", f" {text} \n {text} "):
        wanted = AUTOMATON.find(bordered)
        assert list(map(tuple, SEARCH.find(bordered))) == wanted
        assert list(map(tuple, HALVES.find(bordered))) == wanted


@given(st.lists(st.sampled_from(TERMS), min_size=1, unique=True), FOLDED)
@settings(max_examples=examples(200))
def test_what_is_found_depends_on_the_set_of_terms_only(terms, text):
    layers = Layers(TermIndex(build(TERMS)))
    layers.change((), set(TERMS) - set(terms))
    few = TermSearch([TermIndex(build(terms))])
    words = f" {text} "
    # In an automaton of other scripts a term's spelling hides another's, also when it is gone.
    kept = [hit for hit in few.find(words) if hit.term.isascii()]
    assert [hit for hit in layers.find(words) if hit.term.isascii()] == kept


@pytest.mark.parametrize("count", [2, 32_000])
def test_ordinary_titles_have_the_same_hits(count):
    terms = register_terms(list(MARKS), count, 11)
    search, automaton = TermSearch([TermIndex(build(terms))]), Automaton(terms)
    found = 0
    for title in sample_titles():
        text = f" {fold(unescaped(title))} "
        wanted = automaton.find(text)
        assert list(map(tuple, search.find(text))) == wanted
        found += len(wanted)
    assert found > 1_000 or count == 2


def test_an_index_tells_its_terms():
    index = TermIndex(build(TERMS))
    assert list(index.terms()) == TERMS
    assert all(term in index for term in TERMS)
    assert "chi" not in index
    assert "" not in index
