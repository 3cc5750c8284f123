"""Whether a title says nothing but which goods a mark stands for.

Parts and accessories of a mark's goods are named with the goods ("watch crown", "running shoes
crease guards"), in any words. So goods are taken for what is offered only where the title names one
kind of them and nothing else of which it isn't known that it only tells how they are.
"""

from collections.abc import Collection, Iterable
from functools import cache
from importlib.resources import files
from typing import Any, Final

from processors.matching.folding import fold, is_hangul, is_unspaced
from processors.matching.use import Goods, Place, PlacedPhrase, TitleWords
from processors.matching.vocabulary import is_dictionary_word
from schemas.yaml_text import yaml_content

LETTERS_OF_NUMBER, DIGITS_OF_NUMBER = 3, 3
FITTING_WORDS: Final = frozenset(
    fold("for für fuer para pour per voor do dla для için för til pro pre pentru untuk cho").split()
)
"""Words that say for whom goods are, and before a model's number what they fit."""
MATERIAL_CLASSES: Final = frozenset((1, 17, 23))
"""Chemicals, membranes and yarns: under such a mark others' clothes and bags are sold, too."""
MADE_CLASSES: Final = frozenset((18, 25))
ALL_CLASSES: Final = range(1, 46)
NO_CLASSES: Final = frozenset[int]()


def goods_named(folded: str, words: TitleWords, marks: Iterable[Place]) -> Goods:
    """Tell whether a folded title names goods, and whether it names them alone beside the mark."""
    goods = [each for each in words.goods if _is_whole(each)]
    if not goods:
        return "not_named"
    if _kinds(goods) > 1:
        return "amid_words"
    known = bytearray(len(folded))
    for begin, end in (
        *((each.begin, each.end) for each in (*goods, *words.attributes)),
        *((mark.begin, mark.end) for mark in marks),
    ):
        known[begin:end] = b"\x01" * (end - begin)
    begin, follows = 0, folded.split(" ")[1:]
    for word, following in zip(folded.split(" "), [*follows, ""], strict=True):
        if word in FITTING_WORDS and any(map(str.isdigit, following)):
            return "amid_words"
        rest = [letter for letter, told in zip(word, known[begin:], strict=False) if not told]
        if rest and not (_is_number(word, rest) or _begins_number(word, following)):
            return "amid_words"
        begin += len(word) + 1
    return "named"


def of_mark(
    goods: Goods, words: TitleWords, term: str | None, nice_classes: Collection[int]
) -> Goods:
    """Return what a title tells of the goods, beside a mark that is registered for some classes."""
    if goods != "named":
        return goods
    table, marked = _classes(), frozenset(nice_classes)
    named = [table[each.phrase.text] for each in words.goods if each.phrase.text in table]
    if marked and any(marked.isdisjoint(classes) for classes in named):
        return "other_class"
    if not marked.isdisjoint(MATERIAL_CLASSES) and any(
        not MADE_CLASSES.isdisjoint(classes) for classes in named
    ):
        return "with_mark"
    within = _marks_in_goods().get(term or "", NO_CLASSES)
    return "with_mark" if any(not within.isdisjoint(classes) for classes in named) else goods


@cache
def _classes() -> dict[str, frozenset[int]]:
    """Return the classes of goods by their folded words."""
    content: dict[int, list[str]] = _data("goods_classes.yaml")
    found: dict[str, set[int]] = {}
    for number, words in content.items():
        for word in words:
            found.setdefault(fold(word), set()).add(number)
    return {word: frozenset(numbers) for word, numbers in found.items()}


@cache
def _marks_in_goods() -> dict[str, frozenset[int]]:
    """Return the classes of goods that marks may only be in, by the marks' folded words."""
    content: dict[str, dict[str, list[Any]]] = _data("marks_in_goods.yaml")
    return {
        fold(str(mark)): frozenset(group.get("classes", ALL_CLASSES))
        for group in content.values()
        for mark in group["marks"]
    }


def _data(name: str) -> Any:
    text = files("processors.matching").joinpath(f"data/{name}").read_text(encoding="utf-8")
    return yaml_content(text)


def _is_whole(each: PlacedPhrase) -> bool:
    """Tell whether a phrase stands by itself: a bag for cameras is no camera, nor quite a bag."""
    return each.end - each.begin == len(each.phrase.text)


def _kinds(goods: list[PlacedPhrase]) -> int:
    """Count the stretches of goods, as eau de parfum is also parfum."""
    kinds, reached = 0, -1
    for each in sorted(goods, key=lambda each: (each.begin, -each.end)):
        kinds += each.begin >= reached
        reached = max(reached, each.end)
    return kinds


def _is_number(word: str, rest: list[str]) -> bool:
    """Tell whether a word is a number, a model's number, or a letter."""
    dense = any(is_unspaced(letter) or is_hangul(letter) for letter in rest)
    return not dense and (len(word) == 1 or any(letter.isdigit() for letter in word))


def _begins_number(word: str, following: str) -> bool:
    """Tell whether a word is the letters with which a model's number begins (WH-1000XM4).

    A short number behind it may as well be the size of a part that is named so (pin 12, eje 3).
    """
    return (
        len(word) <= LETTERS_OF_NUMBER
        and word.isascii()
        and following[:1].isdigit()
        and len(following) >= DIGITS_OF_NUMBER
        and not is_dictionary_word(word)
    )
