"""What is ordinary, though a mark can be read in it; and disguises that look much like it."""

import pytest

from processors.matching.hits import Hit
from processors.matching.ordinary import is_ordinary


def ordinary(title, text, term, trick):
    """Tell whether text in a title is ordinary, read as a term by a trick."""
    begin = title.index(text)
    end = begin + len(text)
    hit = Hit(term, "exact", trick, "title", begin, end, 1.0)
    return is_ordinary(title, begin, end, hit)


@pytest.mark.parametrize(
    ("title", "text", "term", "trick"),
    [
        ("sushi maker 6pack/set", "6pack", "gpack", "leet"),
        ("Diwali Design7 mug", "Design7", "designt", "leet"),
        ("sony sb-v40s selector", "v40s", "vaos", "leet"),
        ("laptop DV7t battery", "DV7t", "dvtt", "leet"),
        ("cable vd-colins5x-2", "colins5x", "colinssx", "leet"),
        ("SFDS women's top", "SFDS", "safadas", "vowels"),
        ("embelished saree", "embelished", "embellished", "near"),
        ("avery preprinted tabs", "preprinted", "ン reprinted", "near"),
        ("квас kinder", "квас", "qbac", "look_alike"),
        ("中国基础化工", "中国基", "中国籍", "homophone"),
        ("日本原装进口", "日本原", "日本圆", "homophone"),
    ],
)
def test_what_is_ordinary(title, text, term, trick):
    assert ordinary(title, text, term, trick)


@pytest.mark.parametrize(
    ("title", "text", "term", "trick"),
    [
        ("N1ke running shoes", "N1ke", "nike", "leet"),
        ("adida5 trainers", "adida5", "adidas", "leet"),
        ("L0uis bag", "L0uis", "louis", "leet"),
        ("g u c c 1 bag", "g u c c 1", "gucci", "spaced_letters"),
        ("Addds hoodie", "Addds", "adidas", "vowels"),
        ("sennheisser headphones", "sennheisser", "sennheiser", "near"),
        ("АDIDАS hoodie", "АDIDАS", "adidas", "look_alike"),
        ("雪花绣 面霜", "雪花绣", "雪花秀", "homophone"),
    ],
)
def test_what_is_not(title, text, term, trick):
    assert not ordinary(title, text, term, trick)
