"""Folding, finding and judging: what a reader would see in a title, and no more."""

import unicodedata

import pytest
from build import puts_in_place
from hypothesis import given, settings
from hypothesis import strategies as st
from matrix import examples

from processors.matching import layers
from processors.matching.disguises import readings
from processors.matching.folding import fold, fold_with_offsets
from processors.matching.index import IndexParts, TermIndex, build
from processors.matching.layers import LAYER_TERMS
from processors.matching.matcher import Matcher
from processors.matching.scoring import PARTS, built_in_weights, judge_hits, weights_from
from processors.matching.terms import kind_of, patterns_of, term_of
from processors.matching.use import use_finding
from processors.titles.misuse import chosen

MARKS = (
    "NIKE", "adidas", "Louis Vuitton", "Gucci", "Apple", "耐克", "資生堂", "ナイキ",
    "ルイ・ヴィトン",
    "나이키", "엔지니어드가먼츠", "Яндекс", "L'Oréal", "Dolce & Gabbana", "Coca-Cola", "KODAK",
    "ديور", "สยาม", "H&M",
)  # fmt: skip


def matcher_of(*marks):
    return Matcher(TermIndex(build({term_of(mark) for mark in marks})))


MATCHER = matcher_of(*MARKS)


def found(title, matcher=MATCHER):
    return {(hit.term, hit.trick) for hit in matcher.find(title)}


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Ｎｉｋｅ　ﾅｲｷ", "nike ナイキ"),
        ("L’ORÉAL欧莱雅男士", "loreal 欧莱雅男士"),
        ("資生堂 しせいどう", "资生堂 シセイドウ"),
        ("𝗖𝗵𝗮𝗻𝗲𝗹 ⓝⓘⓚⓔ 🅝ɪᴋᴇ", "chanel nike nike"),
        ("Bing & Grøndahl", "bing and grondahl"),
        ("ni\u200bke N\u0336ike", "nike nike"),
        ("Ёлка ΆΛΦΑ أديداس", "елка αλφα اديداس"),
        ("ルイ・ヴィトン", "ルイヴィトン"),
    ],
)
def test_folding(text, folded):
    assert fold(text) == folded


@given(st.text(max_size=40))
@settings(max_examples=examples(500))
def test_folding_with_offsets_gives_the_same_text_and_ascending_places(text):
    folded = fold_with_offsets(text)
    assert len(folded.text) == len(folded.begins) == len(folded.ends)
    assert list(folded.begins) == sorted(folded.begins)
    assert all(0 <= b <= e <= len(text) for b, e in zip(folded.begins, folded.ends, strict=True))
    if unicodedata.is_normalized("NFC", text):
        assert folded.text == fold(text)


@pytest.mark.parametrize(
    ("title", "term", "trick"),
    [
        ("New Nike Air shoes", "nike", "none"),
        ("正品耐克鞋", "耐克", "none"),
        ("资生堂 红腰子", "资生堂", "none"),
        ("나이키운동화 검정", "나이키", "none"),
        ("ルイ ヴィトン 財布", "ルイヴィトン", "separator"),
        ("엔지니어드 가먼츠 셔츠", "엔지니어드가먼츠", "separator"),
        ("耐·克 跑鞋", "耐克", "separator"),
        ("耐*克跑鞋", "耐克", "separator"),
        ("n1ke shoes", "nike", "leet"),
        ("@didas tee", "adidas", "leet"),
        ("аdidаs top", "adidas", "look_alike"),
        ("ΝΙΚΕ cap", "nike", "look_alike"),
        ("L0uis Vuitt0n bag", "louis vuitton", "leet"),
        ("a-d-i-d-a-s shoe", "adidas", "separator"),
        ("a d i d a s shoe", "adidas", "spaced_letters"),
        ("adi das shoe", "adidas", "split_word"),
        ("adid*s shoe", "adidas", "masked"),
        ("Adibas shoe", "adidas", "near"),
        ("Luis Vuitton bag", "louis vuitton", "near"),
        ("LOUISVUITTON bag", "louis vuitton", "none"),
        ("Dolce Gabbana belt", "dolce and gabbana", "none"),
        ("H and M dress", "h and m", "none"),
        ("коробка яндекс станция", "яндекс", "none"),
    ],
)
def test_what_is_found(title, term, trick):
    assert (term, trick) in found(title)


@pytest.mark.parametrize(
    "title",
    [
        "unlikely shoes", "pineapples fresh", "500ml bottle 16gb", "nice bag", "t-shirt 2-pack",
        "补水*保湿 面膜", "the nikel plate", "",
    ],
)  # fmt: skip
def test_what_is_not_found(title):
    assert not found(title)


def test_each_hit_is_where_it_says():
    title = "🔥 Women's ＡＤＩＤＡＳ top, gu¢¢i belt"
    judged = judge_hits(title, MATCHER.find(title))
    assert {each.text for each in judged} == {"ＡＤＩＤＡＳ", "gu¢¢i"}
    assert all(title[each.begin : each.end] == each.text for each in judged)


@given(
    st.lists(st.sampled_from([term_of(m) for m in MARKS]), unique=True),
    st.lists(st.sampled_from([term_of(m) for m in MARKS]), unique=True),
    st.integers(0, 3),
)
@settings(max_examples=examples(60))
def test_layers_find_what_one_index_finds(base, added, cut):
    title = "nike adidas Louis Vuitton g.u.c.c.i 耐克 kodak dolce gabbana n1ke яндекс"
    removed = base[:cut]
    layered = Matcher(TermIndex(build(base)))
    for term in added:
        layered.change([term], ())
    layered.change((), removed)
    whole = Matcher(TermIndex(build((set(base) | set(added)) - set(removed))))
    assert found(title, layered) == found(title, whole)


def test_many_changes_make_layers_and_a_new_base_takes_their_place():
    matcher = matcher_of("nike")
    matcher.change([f"brand {n}x" for n in range(2 * LAYER_TERMS + 1)], ())
    assert matcher.changed_terms == 2 * LAYER_TERMS + 1
    assert found("brand 7x shoe", matcher) == {("brand 7x", "none")}
    matcher.replace_base(TermIndex(build(["nike"])), ["gucci"], ["nike"])
    assert found("brand 7x nike gucci", matcher) == {("gucci", "none")}
    matcher.change(["nike"], ())
    assert ("nike", "none") in found("nike", matcher)


@puts_in_place
def test_what_changes_while_another_base_is_made_stays_beside_it():
    matcher = matcher_of("nike", "gucci", "prada")
    matcher.change(["fila"], ["prada"])
    matcher.begin_base()
    matcher.change(["kodak", "adidas", "prada"], ["gucci"])
    matcher.change(["gucci"], ["adidas", "fila"])
    changed = ["kodak", "prada", "gucci"], ["adidas", "fila"]
    built = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(layers, "build", lambda terms: built.extend(terms) or build(terms))
        matcher.replace_base(TermIndex(build(["fila", "gucci", "nike"])), *changed)
    # Only what was taken out and came back was in no index that stays.
    assert built == ["prada"]
    title = "nike gucci prada fila kodak adidas"
    assert {term for term, _ in found(title, matcher)} == {"nike", "gucci", "prada", "kodak"}
    assert len(matcher) == 4


def test_an_index_is_the_same_for_the_same_terms_in_any_order():
    terms = [term_of(mark) for mark in MARKS]
    assert build(terms) == build(reversed(terms))
    assert isinstance(build(()), IndexParts)
    assert not Matcher(TermIndex(build(()))).find("nike")


@pytest.mark.parametrize(
    ("term", "kind"),
    [("apple", "dictionary"), ("target", "dictionary"), ("nike", "distinctive"),
     ("zara", "distinctive"), ("h m", "short"), ("david johnson", "personal_name"),
     ("耐克", "distinctive"), ("яблоко", "dictionary"), ("תפוח", "dictionary"),
     ("δερμα", "dictionary"), ("билайн", "distinctive"), ("ديور", "distinctive"),
     ("oslo", "dictionary"), ("texas", "dictionary"), ("munchen", "dictionary"),
     ("京都", "dictionary"), ("new york", "dictionary"), ("сумка", "dictionary"),
     ("비누", "dictionary"), ("حذاء", "dictionary"), ("gucci", "distinctive"),
     ("adidas", "distinctive"), ("samsung", "distinctive"), ("阿迪达斯", "distinctive")],
)  # fmt: skip
def test_what_words_are_besides_a_mark(term, kind):
    assert kind_of(term) == kind


def test_marks_in_other_scripts_are_found_in_latin_letters_too():
    assert {each.text for each in patterns_of("яндекс")} == {" яндекс ", " yandeks "}


@pytest.mark.parametrize(
    ("title", "mark", "use"),
    [
        ("Case for Samsung Galaxy", "samsung", "nominative"),
        ("Hülle passend für Nike Tasche", "nike", "nominative"),
        ("Coque compatible avec Nike", "nike", "nominative"),
        ("适用于耐克鞋垫", "耐克", "nominative"),
        ("ナイキ対応 ケース", "ナイキ", "nominative"),
        ("чехол для nike", "nike", "nominative"),
        ("나이키 호환 가방", "나이키", "nominative"),
        ("perfume inspired by gucci", "gucci", "comparison"),
        ("nike shoes for men", "nike", "plain"),
    ],
)
def test_what_a_mark_is_used_for(title, mark, use):
    folded = fold(title)
    begin = folded.index(fold(mark))
    assert use_finding(folded, begin, begin + len(fold(mark))) == use


def test_the_score_is_explained_by_named_parts_that_add_up():
    weights = built_in_weights()
    (judged,) = chosen(judge_hits("Nike shoes", MATCHER.find("Nike shoes")), weights)
    explanation = judged.explanation(weights)
    assert set(explanation) <= set(PARTS)
    total = sum(a * b for a, b in zip(judged.parts, weights.by_part, strict=True))
    assert sum(explanation.values()) == pytest.approx(total, abs=0.02)
    assert 0.5 < judged.score(weights) < 1


def test_weights_are_named_by_what_they_are():
    text = '{"threshold": 0.5, "other_threshold": 0.5, "sound_threshold": 0.9, "weights": %s}'
    one, other = weights_from(text % '{"bias": 1.0}'), weights_from(text % '{"bias": 2.0}')
    assert one.version != other.version == weights_from(text % '{"bias": 2.0}').version
    with pytest.raises(ValueError, match="luck"):
        weights_from(text % '{"luck": 1.0}')


def test_readings_are_bounded():
    assert len(readings("1l1l1l1l1l1l1l1labcdefghijkl")) <= 40
    assert readings("x" * 100 + "1") == ()
