"""What a title says of a mark's use: its own goods, what goods fit, a comparison, used goods."""

from collections.abc import Container, Iterator
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Literal, NamedTuple, get_args

import yaml

from processors.matching.folding import fold, is_hangul, is_unspaced
from processors.matching.terms import bordered

MarkUse = Literal["plain", "reference", "accessory", "work", "comparison", "parody", "own_name"]
"""plain: for the goods themselves; reference: for what they fit; accessory: perhaps for what they
fit, as the goods are of a kind that goes with others; work: for what it is about; own_name: as
anybody's name."""

Condition = Literal["new", "resold"]
"""Whether a title tells that the goods are used, repaired, packed anew or old."""

Where = Literal["before", "after", "beside", "anywhere"]
"""Where phrases are looked for: within some words of the mark, next to it, or anywhere."""

WORDS_BEFORE, WORDS_AFTER, WORDS_BESIDE = 5, 2, 1
CHARACTERS_BETWEEN = 40
LATEST_OLD_YEAR, EARLIEST_OLD_YEAR = 2015, 1900
"""Goods that are told to be of such a year were sold before."""

MAXIMUM_TITLES = 8_192

USES_BY_WEIGHT: tuple[MarkUse, ...] = (
    "parody",
    "comparison",
    "work",
    "reference",
    "own_name",
    "accessory",
)


class Phrase(NamedTuple):
    """A folded phrase, with what it tells and where it has to stand."""

    text: str
    use: str
    where: Where


class PlacedPhrase(NamedTuple):
    """A phrase in a folded title, from `begin` to `end`."""

    phrase: Phrase
    begin: int
    end: int


class TitleWords(NamedTuple):
    """What a folded title's words tell: at some places of a mark, of any mark, of the goods."""

    placed: tuple[PlacedPhrase, ...]
    anywhere: frozenset[str]
    condition: Condition


class Place(NamedTuple):
    """Where a mark stands in a folded title."""

    begin: int
    end: int


def use_of(words: TitleWords, folded: str, place: Place) -> MarkUse:
    """Tell what a mark at a place is used for; of several uses the one that weighs most."""
    found = set(words.anywhere)
    found.update(
        told.phrase.use
        for told in words.placed
        if told.phrase.use not in found and _stands(told, folded, place)
    )
    return weightiest(found)


def weightiest(uses: Container[str]) -> MarkUse:
    """Return the use that weighs most of several; plain where there is none."""
    return next((use for use in USES_BY_WEIGHT if use in uses), "plain")


@lru_cache(maxsize=MAXIMUM_TITLES)
def title_words(folded: str) -> TitleWords:
    """Return what a folded title's words tell, looked up once for a title."""
    told = tuple(_told(folded))
    resold = _is_old(folded) or any(each.phrase.use == "resold" for each in told)
    return TitleWords(
        tuple(each for each in told if each.phrase.where != "anywhere"),
        frozenset(
            each.phrase.use
            for each in told
            if each.phrase.where == "anywhere" and each.phrase.use in get_args(MarkUse)
        ),
        "resold" if resold else "new",
    )


def _stands(told: PlacedPhrase, folded: str, place: Place) -> bool:
    """Tell whether a phrase stands where its kind has to, seen from the mark."""
    if told.phrase.where == "before":
        between, most = folded[told.end : place.begin], WORDS_BEFORE
        if told.end > place.begin:
            return False
    else:
        between = folded[place.end : told.begin]
        most = WORDS_BESIDE if told.phrase.where == "beside" else WORDS_AFTER
        if told.begin < place.end:
            return False
    return len(between) <= CHARACTERS_BETWEEN and len(between.split()) <= most


def _told(folded: str) -> Iterator[PlacedPhrase]:
    spaced, dense = _phrases()
    words = folded.split(" ")
    begin = 0
    for place, word in enumerate(words):
        for phrase, others in spaced.get(word, ()):
            if others == words[place + 1 : place + 1 + len(others)]:
                yield PlacedPhrase(phrase, begin, begin + len(phrase.text))
        begin += len(word) + 1
    if folded.isascii():
        return
    padded = f" {folded} "
    for at, character in enumerate(folded, 1):
        for phrase, needle in dense.get(character, ()):
            # A phrase with a border in front of it is looked for from the border on.
            start = at - 1 if needle[0] == " " else at
            if padded.startswith(needle, start):
                yield PlacedPhrase(phrase, at - 1, at - 1 + len(phrase.text))


def _is_old(folded: str) -> bool:
    return any(
        len(word) == 4
        and word.isascii()
        and word.isdigit()
        and EARLIEST_OLD_YEAR <= int(word) <= LATEST_OLD_YEAR
        for word in folded.split(" ")
    )


@cache
def _phrases() -> tuple[
    dict[str, list[tuple[Phrase, list[str]]]], dict[str, list[tuple[Phrase, str]]]
]:
    """Return phrases by their first word, with the others, and dense ones by their first letter."""
    spaced: dict[str, list[tuple[Phrase, list[str]]]] = {}
    dense: dict[str, list[tuple[Phrase, str]]] = {}
    for phrase in phrases():
        if is_unspaced(phrase.text) or is_hangul(phrase.text[-1]):
            dense.setdefault(phrase.text[0], []).append((phrase, bordered(phrase.text)))
        else:
            first, *others = phrase.text.split(" ")
            spaced.setdefault(first, []).append((phrase, others))
    return spaced, dense


def phrases() -> Iterator[Phrase]:
    """Return all phrases of the table, each once."""
    seen: set[Phrase] = set()
    for name, group in table().items():
        use = name.partition("_")[0] if name != "own_name" else name
        for language, texts in group.items():
            if language in ("where", "examples"):
                continue
            for text in texts:
                phrase = Phrase(fold(str(text)), use, group["where"])
                if phrase not in seen:
                    seen.add(phrase)
                    yield phrase


@cache
def table() -> dict[str, Any]:
    """Return the table as it is written."""
    text = files("processors.findings").joinpath("data/use.yaml").read_text(encoding="utf-8")
    content: dict[str, Any] = yaml.safe_load(text)
    return content
