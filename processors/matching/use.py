"""What a title says of a mark's use: its own goods, what goods fit, a comparison, used goods."""

from collections.abc import Container, Iterator
from functools import cache, lru_cache
from typing import Literal, NamedTuple, get_args

from processors.matching.folding import fold, is_hangul, is_unspaced
from processors.matching.terms import bordered
from processors.matching.use_table import NO_LANGUAGES, table

MarkUse = Literal["plain", "reference", "accessory", "work", "comparison", "parody", "own_name"]
"""plain: for the goods themselves; reference: for what they fit; accessory: perhaps for what they
fit, as the goods are of a kind that goes with others; work: for what it is about; own_name: as
anybody's name."""

UseFinding = Literal["nominative", "comparison", "plain"]
"""What a title surely uses a mark for: to say what the goods fit, to liken them, or neither."""

Condition = Literal["new", "dated", "resold"]
"""Whether a title tells that the goods are used, repaired, packed anew or old; dated: only by a
year that may as well be a model's."""

Goods = Literal["named", "other_class", "with_mark", "amid_words", "not_named"]
"""Whether a title names goods of a kind that is sold under a mark in its own right: nothing else
beside the mark; goods of a class for which the mark is not registered, as a bag may only carry its
goods; goods of any maker that what the mark stands for is in, or goes with, such as its cloth; amid
words that may be what is offered; or none."""

Where = Literal["before", "after", "beside", "anywhere"]
"""Where phrases are looked for: within some words of the mark, next to it, or anywhere."""

WORDS_BEFORE, WORDS_AFTER, WORDS_BESIDE = 5, 2, 1
CHARACTERS_BETWEEN = 60
DENSE_CHARACTERS_OF_A_WORD = 8
LATEST_OLD_YEAR, EARLIEST_OLD_YEAR = 2015, 1900
"""Goods that are told to be of such a year were sold before."""

MAXIMUM_TITLES = 8_192

COMPOUNDING = frozenset(("de", "nl", "sv", "da", "no", "fi"))
"""Languages that write words together: Wandhalterung is a Halterung, and Ersatzglas an Ersatz."""

STEM_LETTERS, REST_LETTERS = 4, 4
"""Letters of a phrase that stands at an end of a longer word, and of the rest of that word."""

USES_BY_WEIGHT: tuple[MarkUse, ...] = (
    "parody",
    "comparison",
    "work",
    "reference",
    "own_name",
    "accessory",
)


class Phrase(NamedTuple):
    """A folded phrase, with what it tells and where it has to stand.

    It is sure where it says so by itself, so that it counts even where nobody complains; `joins`
    tells that it is as well found at an end of a longer word.
    """

    text: str
    use: str
    where: Where
    sure: bool
    joins: bool = False


class PlacedPhrase(NamedTuple):
    """A phrase in a folded title, from `begin` to `end`."""

    phrase: Phrase
    begin: int
    end: int


class TitleWords(NamedTuple):
    """What a folded title's words tell: at some places of a mark, of any mark, of the goods."""

    placed: tuple[PlacedPhrase, ...]
    anywhere: frozenset[str]
    surely_anywhere: frozenset[str]
    condition: Condition
    goods: tuple[PlacedPhrase, ...]
    attributes: tuple[PlacedPhrase, ...]


class Place(NamedTuple):
    """Where a mark stands in a folded title."""

    begin: int
    end: int


def use_of(words: TitleWords, folded: str, place: Place, surely: bool = False) -> MarkUse:
    """Tell what a mark at a place is used for; of several uses the one that weighs most.

    Whoever acts though nobody complains asks what it is surely used for.
    """
    found = set(words.surely_anywhere if surely else words.anywhere)
    found.update(
        told.phrase.use
        for told in words.placed
        if told.phrase.use not in found
        and (told.phrase.sure or not surely)
        and _stands(told, folded, place)
    )
    return weightiest(found)


def use_finding(folded: str, begin: int, end: int) -> UseFinding:
    """Tell what a mark at `begin` to `end` of a folded title is surely used for."""
    use = use_of(title_words(folded), folded, Place(begin, end), surely=True)
    if use == "comparison":
        return "comparison"
    return "nominative" if use == "reference" else "plain"


def weightiest(uses: Container[str]) -> MarkUse:
    """Return the use that weighs most of several; plain where there is none."""
    return next((use for use in USES_BY_WEIGHT if use in uses), "plain")


@lru_cache(maxsize=MAXIMUM_TITLES)
def title_words(folded: str) -> TitleWords:
    """Return what a folded title's words tell, looked up once for a title."""
    told = tuple(_told(folded))
    condition: Condition = "dated" if _is_old(folded) else "new"
    if any(each.phrase.use == "resold" for each in told):
        condition = "resold"
    anywhere = [
        each.phrase
        for each in told
        if each.phrase.where == "anywhere" and each.phrase.use in get_args(MarkUse)
    ]
    return TitleWords(
        tuple(each for each in told if each.phrase.where != "anywhere"),
        frozenset(phrase.use for phrase in anywhere),
        frozenset(phrase.use for phrase in anywhere if phrase.sure),
        condition,
        tuple(each for each in told if each.phrase.use == "goods"),
        tuple(each for each in told if each.phrase.use == "attribute"),
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
    return len(between) <= CHARACTERS_BETWEEN and sum(map(_words, between.split())) <= most


def _words(run: str) -> int:
    """Return how many words a run of letters may be; some scripts leave no spaces between."""
    return -(-len(run) // DENSE_CHARACTERS_OF_A_WORD) if is_unspaced(run[0]) else 1


def _told(folded: str) -> Iterator[PlacedPhrase]:
    spaced, dense = _phrases()
    words = folded.split(" ")
    begin = 0
    for place, word in enumerate(words):
        for phrase, others in spaced.get(word, ()):
            if others == words[place + 1 : place + 1 + len(others)]:
                yield PlacedPhrase(phrase, begin, begin + len(phrase.text))
        for phrase in _joined_in(word):
            yield PlacedPhrase(phrase._replace(sure=False), begin, begin + len(word))
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


def _joined_in(word: str) -> Iterator[Phrase]:
    """Return the phrases with which a longer word ends, or that it says of its rest."""
    joining = _joining()
    for at in range(STEM_LETTERS, len(word) - REST_LETTERS + 1):
        yield from joining.get(word[-at:], ())
        yield from (each for each in joining.get(word[:at], ()) if each.use == "reference")


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


@cache
def _joining() -> dict[str, tuple[Phrase, ...]]:
    found: dict[str, tuple[Phrase, ...]] = {}
    for phrase in phrases():
        if phrase.joins:
            found[phrase.text] = (*found.get(phrase.text, ()), phrase)
    return found


def phrases() -> Iterator[Phrase]:
    """Return all phrases of the table, each once."""
    seen: set[tuple[str, str, bool]] = set()
    for name, group in table().items():
        use = name.partition("_")[0] if name != "own_name" else name
        where = group["where"]
        lists = [(True, *each) for each in group.get("sure", {}).items()]
        lists += [(False, *each) for each in group.items() if each[0] not in NO_LANGUAGES]
        for sure, language, texts in lists:
            for text in map(fold, map(str, texts)):
                joins = language in COMPOUNDING and where == "anywhere" and " " not in text
                joins = joins and len(text) >= STEM_LETTERS
                if (name, text, joins) not in seen:
                    seen.add((name, text, joins))
                    yield Phrase(text, use, where, sure, joins)
