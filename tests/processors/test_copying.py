"""Words of copying: at words' borders, bound to their mark, negated, and in compounds."""

import pytest

from processors.matching.copying import bound_word, copying_words
from processors.matching.copying_phrases import copying_phrases, phrase_examples


def bound_in(example):
    """Return what is bound to the mark that stands in brackets."""
    before, _, rest = example.partition("[")
    mark, _, after = rest.partition("]")
    begin = len(before)
    return bound_word(before + mark + after, begin, begin + len(mark))


@pytest.mark.parametrize("example", phrase_examples(), ids=lambda each: each.title)
def test_each_phrase_says_what_its_examples_say(example):
    word = bound_in(example.title)
    assert (None if word is None else word.kind) == example.kind, word


def test_each_phrase_that_says_something_has_an_example():
    said = {
        word.language
        for example in phrase_examples()
        if example.kind and (word := bound_in(example.title))
    }
    assert said == {each.language for each in copying_phrases().by_text.values() if each.kind}


@pytest.mark.parametrize(
    ("example", "kind"),
    [
        # Apart from the mark: somebody may look.
        ("[Casio] calculator and a Rolex replica", "hint"),
        ("[Apple] pie dish. Sold with a replica", "hint"),
        ("[Gucci] Marmont small shoulder chain tote replica", "hint"),
        ("case for [Apple] with replica print", "hint"),
        # Nothing but what belongs to the phrase stands between.
        ("high quality replica designer [Gucci]", "copy"),
        ("[Gucci] bag for women 2024 replica", "hint"),
        ("[Gucci] (replica)", "copy"),
        ("[Gucci] bag AAA replica 1:1", "copy"),
        ("No.1 replica [Gucci]", "copy"),
        ("[Gucci] no fakes or replicas", None),
        # What makers call so themselves, and what may tell a material, is looked at.
        ("[adidas] Brazuca Top Replique soccer ball", "hint"),
        ("[adidas] Trikot Replica DFB Home", "hint"),
        ("[Ferrari] F40 replica 1:18 diecast", "hint"),
        ("Точная копия [BMW] M5 1:24 машинка", "hint"),
        ("[アディダス] 日本代表 ホーム レプリカ", "hint"),
        ("[Zara] jacket leather imitation", "hint"),
        ("[Zara] chaqueta piel imitación", "hint"),
        ("[زارا] حقيبة جلد تقليد", None),
        ("[Levi's] 527 slim bootleg", "hint"),
        ("[Rolex] replica 1:1", "copy"),
        ("[Gucci] T-Shirt replica", "copy"),
        # Parts of other words.
        ("[悦诗风吟] 防风 吹风机", None),
        ("[Nike] replicator snapshot", None),
        ("[Nike] 1 1 pack", None),
        ("[Nike] rep", None),
        ("[Nike] 麥克風", None),
        ("[グッチ] フェイクス", None),
        # A mark that holds the word itself.
        ("[Fake London] tee", None),
        ("[Replica] perfume", None),
    ],
)
def test_a_word_is_bound_to_the_mark_that_it_stands_beside(example, kind):
    word = bound_in(example)
    assert (None if word is None else word.kind) == kind, word


def test_all_words_are_told_with_their_places():
    title = "🔥 REPLICA Gucci, ｆａｋｅ"
    words = copying_words(title)
    assert [title[each.begin : each.end] for each in words] == ["REPLICA", "ｆａｋｅ"]
    assert [(each.phrase, each.language) for each in words] == [("replica", "en"), ("fake", "en")]
    assert copying_words("Gucci bag") == ()


@pytest.mark.parametrize(
    "title",
    [
        "Zorvex rep1ica watch",
        "Zorvex r e p l i c a watch",
        "Zorvex r3plica",
        "r.e.p.l.i.c.a Zorvex bag",
        "Zorvex rep-lica",
        "Zorvex r*plica",
        "Zorvex rерlica bag",
        "Zorvex c0unterfeit",
    ],
)
def test_words_of_copying_in_disguise_are_hints(title):
    begin = title.index("Zorvex")
    found = bound_word(title, begin, begin + len("Zorvex"))
    assert found is not None
    assert found.kind == "hint"
    assert [each.kind for each in copying_words(title)] == ["hint"]


@pytest.mark.parametrize(
    "title",
    [
        "Zorvex T-shirt 3-pack",
        "Zorvex 6-Core VOL-6 A4 paper",
        "Zorvex a b c d e f letters",
        "Zorvex re-place cap",
        "Zorvex imit4",
    ],
)
def test_ordinary_titles_have_none(title):
    assert copying_words(title) == ()


@pytest.mark.parametrize(
    ("title", "mark"),
    [
        ("report counterfeit Nike shoes", "Nike"),
        ("beware of Nike replicas: buy original", "Nike"),
        ("Vorsicht Fälschung Rolex Uhr", "Rolex"),
        ("cuidado réplica Gucci bolso", "Gucci"),
        ("осторожно подделка Nike", "Nike"),
        ("Zippo 1935 replica", "Zippo"),
        ("Stratocaster replica neck", "Stratocaster"),
    ],
)
def test_who_warns_of_copies_or_calls_own_goods_so_offers_none_for_certain(title, mark):
    begin = title.index(mark)
    found = bound_word(title, begin, begin + len(mark))
    assert found is None or found.kind == "hint"
