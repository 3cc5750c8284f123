"""Words by which a title says that its goods are copies, and the mark that they are bound to.

A word is taken at its borders, and is none where it is negated ("not a replica") or part of a
compound that says something else ("imitation pearl", "AAA batteries", "1:1 scale model"). It hints,
no more, where makers call their own goods so ("replica ball") or it may tell a material. It is
bound to a mark that it stands beside, with little between: which words and languages there are,
with examples of each, stands in data/copying.yaml.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from processors.matching.copying_disguised import disguised_copying
from processors.matching.copying_phrases import CopyingKind, Phrase, copying_phrases
from processors.matching.folding import Folded, fold, fold_with_offsets, is_hangul, is_unspaced

MAXIMUM_WORDS_BEFORE_MARK = 1
MAXIMUM_WORDS_AFTER_MARK = 3
DENSE_CHARACTERS_OF_A_WORD = 3
"""Characters that count as a word in scripts that are written without spaces."""

_ASKING = frozenset("?？")
_BREAK = re.compile(r"[|;•!?。！？\n]|\.\s")
_JOINING = frozenset(
    "and or nor oder und ou et o y e i ni ani и или ни nebo veya ve eller och of en 或 和".split()
)
_PARTING = frozenset(
    "for with and mit und fur fuer pour avec para con per e y i et ou oder or och og en met voor "
    "для и с или 와 및 plus vs versus by".split()
)


class CopyingWord(NamedTuple):
    """A word of copying in a title, by its places there.

    As `bound_word` returns it, kind `copy` is bound to the mark for certain, and `hint` is either a
    weaker word that is bound or one that stands elsewhere in the title.
    """

    phrase: str
    language: str
    kind: CopyingKind
    begin: int
    end: int


class _Found(NamedTuple):
    """A phrase in folded text, its places there, and whether it may belong to what is before it."""

    text: str
    phrase: Phrase
    begin: int
    end: int
    may_follow: bool


def bound_word(title: str, begin: int, end: int) -> CopyingWord | None:
    """Return the word of copying that is bound to the mark at a place in a title, or None.

    The strongest goes first, then the nearest. A certain word that stands apart is a hint.
    """
    found = _found(title)
    if not found:
        return None
    folded = fold_with_offsets(title)
    first = next((i for i, each in enumerate(folded.ends) if each > begin), len(folded.ends))
    last = next((i for i, each in enumerate(folded.begins) if each >= end), len(folded.begins))
    best: tuple[tuple[bool, int], CopyingWord] | None = None
    for each in found:
        if each.begin < last and first < each.end:
            continue
        bound = _is_bound(title, folded, each, first, last, found)
        if not bound and each.phrase.kind == "hint":
            continue
        kind: CopyingKind = "copy" if bound and each.phrase.kind == "copy" else "hint"
        distance = each.begin - last if each.begin >= last else first - each.end
        rank = kind == "hint", distance
        if best is None or rank < best[0]:
            best = rank, _word(each, kind, folded)
    return None if best is None else best[1]


def copying_words(title: str) -> tuple[CopyingWord, ...]:
    """Return all words of copying in a title, whatever they are bound to, in order of place."""
    found = _found(title)
    if not found:
        return ()
    folded = fold_with_offsets(title)
    return tuple(_word(each, _kind_apart(each), folded) for each in found)


def _kind_apart(each: _Found) -> CopyingKind:
    """Return what a phrase tells by itself: an adjective may tell so of other goods."""
    of_other_goods = each.phrase.adjective and not each.may_follow
    return "hint" if of_other_goods else each.phrase.kind or "hint"


def _word(found: _Found, kind: CopyingKind, folded: Folded) -> CopyingWord:
    begin, end = folded.begins[found.begin], folded.ends[found.end - 1]
    return CopyingWord(found.text, found.phrase.language, kind, begin, end)


@lru_cache(maxsize=4_096)
def _found(title: str) -> tuple[_Found, ...]:
    """Return the phrases that say something, in order of place; those in disguise as hints."""
    found = [*_plainly_found(title), *_found_in_disguise(title)]
    return tuple(sorted(found, key=lambda each: each.begin))


def _found_in_disguise(title: str) -> Iterator[_Found]:
    hits = disguised_copying(title)
    if not hits:
        return
    folded = fold_with_offsets(title)
    for hit in hits:
        begin, end = hit.begin, hit.end
        if hit.place == "title":
            begin = next((n for n, each in enumerate(folded.ends) if each > hit.begin), 0)
            last = (n for n, each in enumerate(folded.begins) if each >= hit.end)
            end = next(last, len(folded.text))
        phrase = copying_phrases().by_text[hit.term]._replace(kind="hint")
        text = folded.text[begin:end]
        if text:
            may_follow = _may_follow(folded.text, end, phrase)
            yield _Found(text, phrase, begin, end, may_follow)


def _plainly_found(title: str) -> list[_Found]:
    phrases = copying_phrases()
    if not phrases.may_stand.find_overlapping(fold(title)):
        return []
    folded = fold_with_offsets(title)
    text = folded.text
    matches = list(phrases.pattern.finditer(text))
    warns = phrases.warnings.search(text) is not None
    kept: list[_Found] = []
    for match, negated in zip(matches, _negated(text, matches), strict=True):
        phrase = phrases.by_text[match.group()]
        begin, end = match.span()
        if negated or phrase.kind is None or _says_something_else(title, folded, match, phrase):
            continue
        asked = title[folded.ends[end - 1] :].lstrip()[:1] in _ASKING
        if asked or warns or _may_say_something_else(text, begin, phrase):
            phrase = phrase._replace(kind="hint")
        kept.append(_Found(match.group(), phrase, begin, end, _may_follow(text, end, phrase)))
    return kept


def _negated(text: str, matches: list[re.Match[str]]) -> list[bool]:
    """Tell of each phrase whether it is negated, by itself or with one that it is joined to."""
    phrases = copying_phrases()
    before, after = [], []
    for match in matches:
        begin, end = match.span()
        before.append(phrases.negated_before.search(text[:begin]) is not None)
        after.append(phrases.negated_after.match(text, end) is not None)
    for at in range(1, len(matches)):
        if _are_joined(text, matches[at - 1], matches[at]):
            before[at] = before[at] or before[at - 1]
    for at in range(len(matches) - 1, 0, -1):
        if _are_joined(text, matches[at - 1], matches[at]):
            after[at - 1] = after[at - 1] or after[at]
    return [one or other for one, other in zip(before, after, strict=True)]


def _are_joined(text: str, one: re.Match[str], other: re.Match[str]) -> bool:
    return all(each in _JOINING for each in text[one.end() : other.start()].split())


def _says_something_else(title: str, folded: Folded, match: re.Match[str], phrase: Phrase) -> bool:
    text, (begin, end) = folded.text, match.span()
    if phrase.signs:
        written = title[folded.begins[begin] : folded.ends[end - 1] + 1]
        if phrase.signs.isdisjoint(written):
            return True
    after, before = phrase.compounds_after, phrase.compounds_before
    return (
        (after is not None and after.match(text, end) is not None)
        or (before is not None and before.search(text[:begin]) is not None)
        or any(f" {each} " in f" {text[:begin]} " for each in phrase.lines)
    )


def _may_say_something_else(text: str, begin: int, phrase: Phrase) -> bool:
    """Tell whether goods may be of an imitated material, or be called a replica by their maker."""
    material = phrase.materials_before
    if material is not None and material.search(text[:begin]):
        return True
    return phrase.made_as_such and copying_phrases().made_as_such.search(text) is not None


def _may_follow(text: str, end: int, phrase: Phrase) -> bool:
    """Tell whether a phrase may belong to a mark before it, not to what comes next."""
    if not phrase.adjective:
        return True
    phrases = copying_phrases()
    rest = text[end:].lstrip()
    following = rest.partition(" ")[0]
    return (
        not following
        or following in phrases.goods
        or following.isdigit()
        or phrases.pattern.match(rest) is not None
    )


def _is_bound(
    title: str, folded: Folded, each: _Found, first: int, last: int, found: tuple[_Found, ...]
) -> bool:
    """Tell whether a phrase stands beside the mark at these places of the folded title."""
    if each.begin >= last:
        if not each.may_follow:
            return False
        begin, end, allowed = last, each.begin, MAXIMUM_WORDS_AFTER_MARK
    else:
        begin, end, allowed = each.end, first, MAXIMUM_WORDS_BEFORE_MARK
        if each.phrase.adjective:
            allowed = 0
    if begin >= end:
        return True
    if _BREAK.search(title[folded.ends[begin - 1] : folded.begins[end - 1] + 1]):
        return False
    others = [other for other in found if begin <= other.begin < end]
    return _distance(folded.text[begin:end], others, begin) <= allowed


def _distance(between: str, others: list[_Found], begin: int) -> int:
    """Return how many words stand between, more than allowed where some part the two."""
    for other in others:
        at = other.begin - begin
        between = between[:at] + " " * (other.end - other.begin) + between[at + len(other.text) :]
    phrases = copying_phrases()
    distance = 0
    for word in between.split():
        if word in _PARTING and word not in phrases.connectors:
            return MAXIMUM_WORDS_AFTER_MARK + 1
        if word in phrases.connectors or word in phrases.goods or word.isdigit():
            continue
        dense = is_unspaced(word) or is_hangul(word[0])
        distance += -(-len(word) // DENSE_CHARACTERS_OF_A_WORD) if dense else 1
    return distance
