"""What titles say of a mark's use: the table's examples, and each phrase in its place."""

import re

import pytest

from processors.matching.folding import fold
from processors.matching.use import Place, phrases, title_words, use_of
from processors.matching.use_table import table

EXAMPLES = [(name, example) for name, group in table().items() for example in group["examples"]]
LANGUAGES = {"en", "de", "fr", "es", "it", "pt", "nl", "pl", "ru", "zh", "ja", "ko"}


def read(title, mark):
    """Return the use and the condition that a title tells of a mark in it."""
    folded, term = fold(title), fold(mark)
    begin = folded.index(term)
    words = title_words(folded)
    return use_of(words, folded, Place(begin, begin + len(term))), words.condition


def wanted(name):
    return name if name == "own_name" else name.partition("_")[0]


@pytest.mark.parametrize(("name", "example"), EXAMPLES)
def test_the_examples_of_the_table(name, example):
    mark = re.search(r"\[(.+?)\]", example).group(1)
    use, condition = read(example.replace("[", "").replace("]", ""), mark)
    if wanted(name) in ("goods", "attribute"):
        words = title_words(fold(example.replace("[", "").replace("]", "")))
        assert use == "plain"
        assert words.goods
        assert words.attributes or wanted(name) == "goods"
    elif wanted(name) == "resold":
        assert condition == "resold"
    else:
        assert use == wanted(name)


def test_each_phrase_is_found_where_its_kind_has_to_stand():
    for phrase in phrases():
        before = phrase.where == "before"
        title = f"ladx {phrase.text} zorvex" if before else f"zorvex {phrase.text}"
        use, condition = read(title, "zorvex")
        if phrase.use in ("goods", "attribute"):
            words = title_words(fold(title))
            told = words.goods if phrase.use == "goods" else words.attributes
            assert phrase.text in [each.phrase.text for each in told], phrase
        else:
            assert condition == "resold" if phrase.use == "resold" else use != "plain", phrase


def test_each_kind_is_told_in_the_languages_of_marketplaces():
    for kind in ("reference_anywhere", "resold", "work", "accessory", "comparison_before"):
        assert set(table()[kind]) >= LANGUAGES, kind


@pytest.mark.parametrize(
    ("title", "use", "condition"),
    [
        ("Zorvex Wandhalterung ohne Bohren", "accessory", "new"),
        ("Zorvex V11 Akkuhalter", "accessory", "new"),
        ("Zorvex Ersatzpolster Set", "reference", "new"),
        ("Zorvex Reparaturhandbuch 1999", "work", "dated"),
        ("Zorvex stofzuigerfilter", "accessory", "new"),
        ("Zorvex shoes", "plain", "new"),
        ("Zorvex Romantik Kleid", "plain", "new"),
    ],
)
def test_words_written_together_tell_what_their_ends_do(title, use, condition):
    assert read(title, "zorvex") == (use, condition)


@pytest.mark.parametrize(
    ("title", "mark", "use"),
    [
        ("Zorvex running shoes for men", "zorvex", "plain"),
        ("Fortune zorvex bag", "zorvex", "plain"),
        ("For men women and all the kids here zorvex", "zorvex", "plain"),
        ("Zorvex bag with gift", "zorvex", "plain"),
    ],
)
def test_phrases_elsewhere_tell_nothing(title, mark, use):
    assert read(title, mark)[0] == use


@pytest.mark.parametrize(
    ("title", "condition"),
    [
        ("Zorvex 1978 watch", "dated"),
        ("Zorvex 1978 watch, used", "resold"),
        ("Zorvex 2030 watch", "new"),
        ("Zorvex 19780 watch", "new"),
        ("Zorvex unused watch", "new"),
        ("ゾルベックス 新品未使用", "new"),
        ("조르벡스 미개봉", "new"),
    ],
)
def test_what_is_old_or_used(title, condition):
    assert title_words(fold(title)).condition == condition
