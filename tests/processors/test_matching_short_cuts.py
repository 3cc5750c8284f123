"""The matcher's short cuts find what the long way finds."""

from itertools import product

import pytest
from build import puts_in_place
from hypothesis import given, settings
from hypothesis import strategies as st
from matrix import examples

from processors.matching import disguises, folding, gaps
from processors.matching.folding import fold
from processors.matching.index import TermIndex, build
from processors.matching.layers import Layers
from processors.matching.matcher import Matcher
from processors.matching.near_keys import joined_hashes, near_hashes, near_keys, single_letters
from processors.matching.neighbours import NeighbourReader, SuspectPair
from processors.matching.packed import (
    BucketPacker,
    KeyFilter,
    PackedBuckets,
    pack_filter,
)
from processors.matching.terms import term_of

WORDS = st.text("abcé", min_size=1, max_size=9)
HASHES = st.lists(st.integers(0, 2**32 - 1), max_size=300)
TERMS = sorted({term_of(mark) for mark in (
    "Nike", "Adidas", "Louis Vuitton", "Louis Philippe", "Red Chief", "Samsung Galaxy", "Chief",
    "Kodak", "Dolce & Gabbana", "Coca-Cola", "ナイキ", "ルイ・ヴィトン", "耐克", "나이키",
    "엔지니어드가먼츠", "小米 note", "Яндекс", "Яндекс Станция", "u s polo",
)})  # fmt: skip
PIECES = (
    "nike n1ke N.i.k.e nikee adidas Adibas adi das @didas Louis L0uis Vuitton Vuitt0n vuiton "
    "LouisVuitton Red R3d Ch!3f chief Samsung Galaxy Galaxi samsunggalaxy Dolce & Gabbana "
    "n i k e - 5 x the of case kod*k KODAK ナイキ ナイ キ ルイ ヴィトン 耐 克 耐*克 나이 키 "
    "엔지니어드 가먼츠 小米 n0te note Яндекс Яндeкс Станция Станциа "
    "coca cola cоca-c0la u.s.polo U S p0lo"
).split()


@given(WORDS)
def test_near_keys_are_the_word_short_of_each_letter_with_doubled_ones_once(word):
    shorter = (word[:at] + word[at + 1 :] for at in range(len(word)))
    assert set(near_keys(word)) == {single_letters(each) for each in (word, *shorter)}
    assert near_keys(word)[0] == single_letters(word)


@given(WORDS, WORDS)
@settings(max_examples=examples(300))
def test_halves_give_the_hashes_of_the_words_joined(first, second):
    assert set(joined_hashes(first, second)) == set(near_hashes(first + second))
    assert joined_hashes(first, second)[0] == near_hashes(first + second)[0]


@given(HASHES, HASHES)
def test_packed_hashes_are_found_again(kept, others):
    packer = BucketPacker()
    for number, hashed in enumerate(kept):
        packer.add(hashed, number)
    parts = packer.pack()
    buckets, passing = PackedBuckets(*parts), KeyFilter(pack_filter(parts[0])).passing
    for hashed in (*kept, *others):
        numbers = [number for number, each in enumerate(kept) if each == hashed]
        assert list(buckets.get(hashed, 200)) == numbers
    assert list(passing(kept)) == kept
    assert list(buckets.get(kept[0], 0) if kept else ()) == []


def long_way(monkeypatch):
    """Look at every pair of stretches, and search every reading amid its neighbours."""
    read = NeighbourReader._read
    monkeypatch.setattr(
        NeighbourReader,
        "_read",
        lambda *arguments: (read(*arguments) or SuspectPair((), True))._replace(adjoining=True),
    )
    monkeypatch.setattr(Layers, "may_adjoin", lambda *_: True)
    monkeypatch.setattr(Layers, "may_have_neighbours", lambda *_: True)


def found_both_ways(titles):
    matcher = Matcher(TermIndex(build(TERMS[::2])))
    matcher.change(TERMS[1::2], ())
    first = [matcher.find(title) for title in titles]
    assert [matcher.find(title) for title in titles] == first
    # Other titles of the same stretches.
    assert [matcher.find(f"{title} ") for title in titles] == first
    with pytest.MonkeyPatch.context() as patch:
        long_way(patch)
        matcher.change((), ())
        assert [matcher.find(title) for title in titles] == first
    return first


@puts_in_place
def test_pairs_of_stretches_without_a_mark_are_passed_over_and_no_other():
    found = found_both_ways([" ".join(pair) for pair in product(PIECES, PIECES[::4])])
    assert sum(hit.trick != "none" for hits in found for hit in hits) > 200


@puts_in_place
@given(st.lists(st.lists(st.sampled_from(PIECES), max_size=9).map(" ".join), max_size=20))
@settings(max_examples=examples(60))
def test_titles_of_many_stretches_are_read_alike(titles):
    found_both_ways(titles)


@given(st.text("ab_ .-é", max_size=14))
@settings(max_examples=examples(500))
def test_titles_without_single_letters_are_passed_over(title):
    runs = [found.group() for found in gaps._SINGLE_LETTERS.finditer(title)]
    words = [fold("".join(each for each in run if each.isalnum())) for run in runs]
    asked = []
    gaps.spaced_letters(title, lambda text: asked.append(text.strip()) or [])
    parts = [
        part
        for word in words
        for part in ((word, word[:-1], word[1:]) if len(word) > gaps.SPELLED_MINIMUM else (word,))
    ]
    assert [word for word in asked if len(word) > 1] == [part for part in parts if len(part) > 1]


def test_what_is_remembered_is_bounded_and_forgotten_with_a_change(monkeypatch):
    monkeypatch.setattr("processors.matching.matcher.MEMO_ENTRIES", 1)
    monkeypatch.setattr("processors.matching.neighbours.MEMO_ENTRIES", 3)
    monkeypatch.setattr("processors.matching.chunks.MEMO_ENTRIES", 3)
    monkeypatch.setattr("processors.matching.index.MEMO_ENTRIES", 1)
    monkeypatch.setattr("processors.matching.search.MEMO_ENTRIES", 1)
    matcher = Matcher(TermIndex(build(["nike", "gucci"])))
    title = "n1ke gucci and kodak k0dak shoe from nike gucci"
    before = matcher.find(title)
    assert {hit.term for hit in before} == {"nike", "gucci"}
    assert matcher.find(title) == before
    matcher.change(["kodak"], ["gucci"])
    assert {hit.term for hit in matcher.find(title)} == {"nike", "kodak"}


def test_a_title_that_comes_again_has_the_hits_that_it_had_whoever_changed_the_list():
    matcher = Matcher(TermIndex(build(["nike", "gucci"])))
    titles = ["n1ke &amp; gu cci", "nike gucci " * 20]
    first = [matcher.find(title) for title in titles]
    kept = [list(hits) for hits in first]
    for hits in first:
        hits.clear()
    assert all(kept)
    assert [matcher.find(title) for title in titles] == kept


def test_three_stretches_are_a_word_wherever_they_stand_side_by_side():
    matcher = Matcher(TermIndex(build(["samsung"])))
    titles = ["sam su ng ring", "ring sam su ng", "sam su 耐 ng", "sam su"]
    found = [[hit.term for hit in matcher.find(title) if hit.trick == "split_word"]
             for title in (*titles, *(f"{each} " for each in titles))]  # fmt: skip
    assert found == [["samsung"], ["samsung"], [], []] * 2


@given(st.text("ab0-_@$.,!|(+*)[]'é ", max_size=12))
@settings(max_examples=examples(500))
def test_the_ends_of_plain_stretches_are_cut_alike(chunk):
    assert disguises._bare(chunk) == disguises._EDGES.sub("", chunk)


@puts_in_place
@given(st.text("aZ0&'-_ é耐ナｶﾞ가ไิпか゚の", max_size=14) | st.text(max_size=20))
@settings(max_examples=examples(500))
def test_folding_puts_spaces_where_scripts_meet_by_either_way(text):
    plain = folding.fold_anew(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(folding, "_RUNS", None)
        patch.setattr(folding, "_has_no_marks", lambda _: False)
        assert folding.fold_anew(text) == plain


@given(st.text(st.characters(max_codepoint=127), max_size=20))
@settings(max_examples=examples(500))
def test_plain_text_is_folded_as_any_other(text):
    assert folding.fold_anew(text) == folding.fold_anew(f"{text} é").removesuffix("e").rstrip()


@given(st.text("耐ナ・ -.a\n가", max_size=12))
@settings(max_examples=examples(500))
def test_gaps_are_seen_wherever_there_are_any(title):
    assert bool(gaps._DENSE_GAP.search(title)) == bool(gaps._DENSE_GAPS.search(title))


@puts_in_place
@given(st.text("耐克香ナa  ·.-\t\n", max_size=12))
@settings(max_examples=examples(1_000))
def test_titles_whose_gaps_join_nothing_are_passed_over(title):
    asked = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gaps, "_JOINING_GAP", gaps._DENSE_GAP)
        gaps.across_gaps(title, "", lambda text: asked.append(text) or [])
    once = []
    gaps.across_gaps(title, "", lambda text: once.append(text) or [])
    assert once == asked
