"""Whether a title says nothing but which goods a mark stands for.

Parts and accessories of a mark's goods are named with the goods ("watch crown", "running shoes
crease guards"), in any words. So goods are taken for what is offered only where the title names one
kind of them and nothing else of which it isn't known that it only tells how they are.
"""

from collections.abc import Collection, Iterable
from functools import cache
from importlib.resources import files

import yaml

from processors.matching.folding import fold, is_hangul, is_unspaced
from processors.matching.use import Goods, Place, PlacedPhrase, TitleWords
from processors.matching.vocabulary import is_dictionary_word

LETTERS_OF_NUMBER = 3


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
        rest = [letter for letter, told in zip(word, known[begin:], strict=False) if not told]
        if rest and not (_is_number(word, rest) or _begins_number(word, following)):
            return "amid_words"
        begin += len(word) + 1
    return "named"


def in_classes(goods: Goods, words: TitleWords, nice_classes: Collection[int]) -> Goods:
    """Return what a title tells of the goods beside a mark that is registered for some classes."""
    if goods != "named" or not nice_classes:
        return goods
    table = _classes()
    named = {table[each.phrase.text] for each in words.goods if each.phrase.text in table}
    return goods if named.issubset(nice_classes) else "other_class"


@cache
def _classes() -> dict[str, int]:
    path = files("processors.matching").joinpath("data/goods_classes.yaml")
    content: dict[int, list[str]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {fold(word): number for number, words in content.items() for word in words}


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
    """Tell whether a word is the letters with which a model's number begins (WH-1000XM4)."""
    return (
        len(word) <= LETTERS_OF_NUMBER
        and word.isascii()
        and following[:1].isdigit()
        and not is_dictionary_word(word)
    )
