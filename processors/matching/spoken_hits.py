"""Terms that stand in a title in kana or Chinese characters of the same sound."""

from collections.abc import Callable, Iterator

from processors.matching.hits import Hit
from processors.matching.spoken import LONG_MARK, spoken, spoken_places
from processors.matching.vocabulary import is_chinese_word, is_japanese_word

KANA_SIMILARITY = 0.9
FEW_KANA = 3
"""Names of so many kana are sought in what is no word of its own."""

MINIMUM_SAME = 0.5
"""Share of a name's characters that stand as they are; a text of others is another text."""


def by_sound(folded: str, lookup: Callable[[str], list[Hit]]) -> Iterator[Hit]:
    """Return the terms that a folded title has by sound and not as they are written.

    Spellings by sound may begin and end anywhere.
    """
    found = [hit for hit in lookup(f" {spoken(folded)} ") if hit.spelling in ("kana", "homophone")]
    places = spoken_places(folded) if found and LONG_MARK in folded else range(len(folded))
    for hit in found:
        begin, end = places[hit.begin], places[hit.end - 1] + 1
        while end < len(folded) and folded[end] == LONG_MARK:
            end += 1
        written = folded[begin:end]
        if written == hit.term:
            continue
        if hit.spelling == "kana":
            if hit.end - hit.begin <= FEW_KANA and is_japanese_word(written):
                continue
            if not (_is_kana(folded[begin - 1 : begin]) or _is_kana(folded[end : end + 1])):
                yield Hit(hit.term, "exact", "kana", "folded", begin, end, KANA_SIMILARITY)
        elif len(written) == len(hit.term) and not is_chinese_word(written):
            same = sum(a == b for a, b in zip(written, hit.term, strict=True)) / len(written)
            if same >= MINIMUM_SAME:
                yield Hit(hit.term, "exact", "homophone", "folded", begin, end, same)


def _is_kana(character: str) -> bool:
    return "\u30a1" <= character <= "\u30fe"
