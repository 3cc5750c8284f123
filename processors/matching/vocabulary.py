"""Words that are not brands in themselves, of languages and people's names; and names known widely.

wordfreq (its small lists: words of one in a million or more), the word list of Webster's second
edition from english-words, and first and last names of the 1990 US census from names.
"""

import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from math import log

from processors.matching.folding import fold

VOCABULARY_VERSION = ",".join(
    f"{name}-{version(name)}" for name in ("wordfreq", "english-words", "names")
)

LANGUAGES = "ca cs da de en es fi fr hu id it nb nl pl pt ro sk sv tr".split()
"""Languages in Latin letters: only words in these are looked up as misspellings."""

FAMILIES = (
    ("ca", "es", "fr", "it", "pt", "ro"),
    ("da", "de", "en", "nb", "nl", "sv"),
    ("cs", "pl", "sk"),
    ("fi",),
    ("hu",),
    ("id",),
    ("tr",),
)
"""The same languages by family: words are borrowed within one, and names across them."""

RENOWNED_FAMILIES, RENOWNED_LETTERS = 4, 4
"""A word of so many families and letters that no dictionary has is a name that is known widely."""

NATIVE_FREQUENCY = 3.6
"""Zipf scale: a word of one family that is used so much is a word of its, not a name in it."""

COMMON_FREQUENCY = 4.3
"""Zipf scale: from here on a word outside the English list is taken as a common word."""

OTHER_SCRIPTS: Mapping[str, tuple[tuple[str, ...], float]] = {
    "CJK": (("zh", "ja"), COMMON_FREQUENCY),
    "KATAKANA": (("ja",), COMMON_FREQUENCY),
    "HIRAGANA": (("ja",), COMMON_FREQUENCY),
    "HANGUL": (("ko",), COMMON_FREQUENCY),
    "CYRILLIC": (("ru", "uk", "bg"), 4.0),
    "GREEK": (("el",), 4.0),
    "HEBREW": (("he",), 4.0),
    "ARABIC": (("ar", "fa"), 4.0),
    "DEVANAGARI": (("hi",), 4.0),
}
"""Languages by script, as the names of its letters begin, and from what use on (Zipf scale) a word
is one of them; in alphabets names are used less than words."""

EVERYDAY_FREQUENCY = 3.8
"""Zipf scale: rarer words may be halves of a mark, split."""

SHORT_FREQUENCY = 5.3
"""Zipf scale: words of one or two letters below it are abbreviations."""


_texts: dict[str, str] = {}
"""Lists that were made before and are taken as they were, by name, with a word in each line."""


def word_lists() -> dict[str, frozenset[str]]:
    """Return the lists that take long to make, by name, to be kept under VOCABULARY_VERSION."""
    return {
        "common": common_words(),
        "dictionary": dictionary_words(),
        "first_names": first_names(),
        "known": known_words(),
        "native": native_words(),
        "personal_names": personal_names(),
        "renowned": renowned_words(),
        **{f"words_{language}": words_of(language) for language in ("ja", "ru", "zh")},
        **{
            f"used_{language}": used_words(language, least)
            for languages, least in OTHER_SCRIPTS.values()
            for language in languages
        },
    }


def use_word_lists(texts: Mapping[str, str]) -> None:
    """Take the lists of `word_lists` as they were made under this VOCABULARY_VERSION, before any is
    asked for; each word is a line."""
    _texts.update(texts)


def _as_kept(name: str, make: Callable[[], Iterable[str]]) -> frozenset[str]:
    text = _texts.pop(name, None)
    return frozenset(make() if text is None else text.split("\n"))


@cache
def known_words() -> frozenset[str]:
    """Return folded words in Latin letters that are no misspelling of anything else."""
    return _as_kept("known", _known)


def _known() -> Iterator[str]:
    words = {_folded(word) for language in LANGUAGES for word in _shares(language)}
    return (word for word in words | dictionary_words() if " " not in word)


@cache
def dictionary_words() -> frozenset[str]:
    """Return folded English words that are written in lower case."""
    return _as_kept("dictionary", _in_dictionary)


def _in_dictionary() -> Iterator[str]:
    # Most processes find the list made before, and the package takes long to load.
    from english_words import get_english_words_set  # noqa: PLC0415

    words = get_english_words_set(["web2"], lower=False)
    return (_folded(word) for word in words if word.islower())


@cache
def renowned_words() -> frozenset[str]:
    """Return folded names that are known in many languages and stand in no dictionary."""
    return _as_kept("renowned", _renowned)


def _renowned() -> Iterator[str]:
    return (
        word
        for word, (families, _) in _spread().items()
        if families >= RENOWNED_FAMILIES and word not in dictionary_words()
    )


@cache
def native_words() -> frozenset[str]:
    """Return folded words that are used much, and only in languages that are kin."""
    return _as_kept("native", _native)


def _native() -> Iterator[str]:
    return (
        word
        for word, (families, share) in _spread().items()
        if families < RENOWNED_FAMILIES and _zipf(share) >= NATIVE_FREQUENCY
    )


@cache
def _spread() -> dict[str, tuple[int, float]]:
    """Return folded words with the number of families that use them, and the greatest share."""
    families: Counter[str] = Counter()
    shares: dict[str, float] = {}
    for family in FAMILIES:
        found: set[str] = set()
        for language in family:
            for each, share in _shares(language).items():
                word = _folded(each)
                if len(word) >= RENOWNED_LETTERS and word.isalpha():
                    found.add(word)
                    shares[word] = max(share, shares.get(word, 0.0))
        families.update(found)
    return {word: (families[word], share) for word, share in shares.items()}


def _shares(language: str) -> dict[str, float]:
    """Return a language's words, each with its share of all that is written."""
    # Where a file has the lists, the package is never needed, and it takes long to load.
    from wordfreq import get_frequency_dict  # noqa: PLC0415

    return get_frequency_dict(language, "small")


def _zipf(share: float) -> float:
    """Return a share on the Zipf scale, as wordfreq has it."""
    return log(share, 10) + 9


def _folded(word: str) -> str:
    # Most words are plain, and there are a million of them.
    return word if word.isascii() and word.isalnum() and word.islower() else fold(word)


@cache
def common_words() -> frozenset[str]:
    """Return folded English words in common use."""
    return _as_kept("common", _common)


def _common() -> Iterator[str]:
    used = _shares("en")
    return (
        word
        for word in dictionary_words()
        if _zipf(used.get(word, 1e-9))
        >= (SHORT_FREQUENCY if len(word) <= 2 else EVERYDAY_FREQUENCY)
    )


def is_common_word(word: str) -> bool:
    """Tell whether a folded word is an English one in common use, or several of it."""
    return word in common_words() or (word.endswith("s") and word[:-1] in common_words())


@cache
def personal_names() -> frozenset[str]:
    """Return folded first and last names."""
    return _as_kept("personal_names", lambda: first_names() | _names_in("dist.all.last"))


@cache
def first_names() -> frozenset[str]:
    """Return folded first names."""
    return _as_kept("first_names", lambda: _names_in("dist.male.first", "dist.female.first"))


def _names_in(*lists: str) -> frozenset[str]:
    found: set[str] = set()
    for each in lists:
        lines = files("names").joinpath(each).read_text(encoding="utf-8").splitlines()
        found.update(fold(line.split()[0]) for line in lines if line.strip())
    return frozenset(found)


def is_dictionary_word(word: str) -> bool:
    """Tell whether a folded word means something in a language, whatever mark it may also be."""
    if word in dictionary_words() or word in native_words():
        return True
    if word.endswith("s") and word[:-1] in dictionary_words():
        return True
    return not word.isascii() and _is_word_of_its_script(word)


def is_japanese_word(word: str) -> bool:
    """Tell whether a folded word is used in Japanese."""
    return word in words_of("ja")


def is_chinese_word(word: str) -> bool:
    """Tell whether a folded word is used in Chinese."""
    return word in words_of("zh")


def is_russian_word(word: str) -> bool:
    """Tell whether a folded word is used in Russian."""
    return word in words_of("ru")


def _is_word_of_its_script(word: str) -> bool:
    script = unicodedata.name(word[0], "").partition(" ")[0]
    languages, least = OTHER_SCRIPTS.get(script, ((), 0.0))
    return any(word in used_words(language, least) for language in languages)


@cache
def words_of(language: str) -> frozenset[str]:
    """Return all folded words of a language."""
    return _as_kept(f"words_{language}", lambda: map(fold, _shares(language)))


@cache
def used_words(language: str, least: float) -> frozenset[str]:
    """Return the folded words of a language that are used so much, on the Zipf scale; it is the
    one that its scripts have in `OTHER_SCRIPTS`."""

    def used() -> Iterator[str]:
        shares = _shares(language).items()
        return (fold(word) for word, share in shares if _zipf(share) >= least)

    return _as_kept(f"used_{language}", used)
