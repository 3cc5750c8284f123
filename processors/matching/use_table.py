"""The table of what titles say of a mark's use, and the words that stand in it."""

from functools import cache
from importlib.resources import files
from typing import Any, Final

from processors.matching.folding import fold
from schemas.yaml_text import yaml_content

NO_LANGUAGES: Final = ("where", "sure", "examples")
_GOODS: Final = ("goods", "attribute", "accessory", "work")


@cache
def table() -> dict[str, Any]:
    """Return the table as it is written."""
    text = files("processors.matching").joinpath("data/use.yaml").read_text(encoding="utf-8")
    content: dict[str, Any] = yaml_content(text)
    return content


@cache
def words_of_goods() -> frozenset[str]:
    """Return the folded words with which goods are named and described in any language."""
    return frozenset(
        word
        for group in _GOODS
        for language, texts in table()[group].items()
        if language not in NO_LANGUAGES
        for text in map(str, texts)
        for word in (fold(text), *fold(text).split())
    )
