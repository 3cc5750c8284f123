"""Finds marks' terms in titles: as they are, disguised, misspelt, or written as they sound."""

import re
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from rapidfuzz.distance import OSA, Indel

from processors.matching.disguises import Reading, Trick, letter_pairs, readings
from processors.matching.folding import fold, is_hangul, is_unspaced
from processors.matching.index import Found, TermIndex, build, single_letters
from processors.matching.sounds import sound_of
from processors.matching.terms import Spelling
from processors.matching.vocabulary import dictionary_words, known_words

Place = Literal["folded", "title"]

MEMO_ENTRIES = 200_000
MAXIMUM_CHUNKS = 60
"""Stretches of one title looked at for disguises: a bound on its cost."""

MAXIMUM_NEAR = 4
MAXIMUM_ALTERNATIVES = 24
CONTEXT_CHUNKS = 4
SPLIT_CHARACTERS = 6
NEAR_MINIMUM = 5
NEAR_SIMILARITY = 0.8
SOUND_SIMILARITY = 0.82
SOUND_MINIMUM = 4

_CHUNK = re.compile(r"[^\s\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]+|[\u30a1-\u30ff]+|[\uac00-\ud7a3]+")
_SINGLE_LETTERS = re.compile(
    r"(?<!\w)\w(?:[\W_]{1,3}\w(?!\w)){2,}"
    r"|(?<![\u3400-\u9fff])[\u3400-\u9fff](?:[\W_]{1,3}[\u3400-\u9fff](?![\u3400-\u9fff]))+"
)
_SPACED_KANA = re.compile(r"(?<=[\u30a1-\u30ff]) (?=[\u30a1-\u30ff])")


class Hit(NamedTuple):
    """A term in a title.

    `begin` and `end` count characters of the folded title, or of the title itself (`place`).
    `similarity` is 1 but for near and like-sounding spellings.
    """

    term: str
    spelling: Spelling
    trick: Trick
    place: Place
    begin: int
    end: int
    similarity: float


class Chunk(NamedTuple):
    """A stretch of a title without spaces: its words, and what else it may be read as."""

    text: str
    folded: str
    common: bool
    readings: tuple[Reading, ...]
    sounds: tuple[tuple[str, float], ...]


class _Span(NamedTuple):
    """Where a reading stands among the alternatives, and the chunks that it reads."""

    begin: int
    end: int
    trick: Trick
    part: bool
    first: int
    last: int


class Matcher:
    """A large index that is replaced now and then, and a small one of what changed since.

    What is found depends on the set of terms only, not on which of the two holds them.
    """

    def __init__(self, base: TermIndex | None = None) -> None:
        self._base = base or TermIndex(build(()))
        self._recent = TermIndex(build(()))
        self._added: frozenset[str] = frozenset()
        self._removed: frozenset[str] = frozenset()
        self._memo: dict[str, Chunk] = {}

    def change(self, added: Iterable[str], removed: Iterable[str]) -> None:
        """Add terms and take others out; cheap while few have changed since the last base."""
        gone = frozenset(removed)
        new = frozenset(added) - gone
        self._removed = (self._removed | gone) - new
        self._added = (self._added | new) - gone
        self._recent = TermIndex(build(self._added))
        self._memo = {}

    def replace_base(
        self, base: TermIndex, added: Iterable[str] = (), removed: Iterable[str] = ()
    ) -> None:
        """Take another base, with what changed after it was begun."""
        self._base = base
        self._added, self._removed = frozenset(), frozenset()
        self.change(added, removed)

    @property
    def recent_terms(self) -> int:
        """Terms that changed since the base was built."""
        return len(self._added) + len(self._removed)

    def find(self, title: str) -> list[Hit]:
        """Give every term found, each once for a place, the plainest spelling of it."""
        folded = fold(title)
        hits = [
            Hit(term, found.spelling, "none", "folded", found.begin - 1, found.end - 1, 1.0)
            for term, found in self._lookup(f" {folded} ")
        ]
        chunks = self._chunks(title)
        text, spans = _alternatives(chunks)
        if text or any(chunk.sounds for chunk in chunks):
            hits += self._read_otherwise(title, chunks, text, spans, hits)
        if _SINGLE_LETTERS.search(title):
            hits += self._spaced_letters(title)
        if not title.isascii():
            hits += self._spaced_kana(folded)
        return hits

    def _lookup(self, text: str) -> Iterator[tuple[str, Found]]:
        base = self._base
        for found in base.find(text):
            term = base.term(found.term_number)
            if term not in self._removed and term not in self._added:
                yield term, found
        if self._added:
            for found in self._recent.find(text):
                yield self._recent.term(found.term_number), found

    def _chunks(self, title: str) -> list[Chunk]:
        """Give the stretches of a title."""
        memo = self._memo
        if len(memo) > MEMO_ENTRIES:
            memo.clear()
        texts = title.split() if title.isascii() else _CHUNK.findall(title)
        chunks = []
        for text in texts[:MAXIMUM_CHUNKS]:
            chunk = memo.get(text)
            if chunk is None:
                chunk = memo[text] = self._chunk(text)
            chunks.append(chunk)
        return chunks

    def _chunk(self, text: str) -> Chunk:
        folded = fold(text)
        common = folded in dictionary_words() or not folded.isalpha()
        if is_unspaced(folded):
            return Chunk(text, folded, True, (), tuple(self._sounds(folded)))
        found = [each for reading in readings(text) for each in self._resolved(reading)]
        if folded.isalpha() and folded.isascii() and not common:
            found += [each for pair in letter_pairs(folded) for each in self._resolved(pair)]
            found += self._near(folded)
        sounds = () if folded.isascii() else tuple(self._sounds(folded))
        return Chunk(text, folded, common, tuple(dict.fromkeys(found)), sounds)

    def _resolved(self, reading: Reading) -> Iterator[Reading]:
        """Give a reading as words that stand in the index, masked letters filled in."""
        if reading.trick == "masked":
            pattern = re.compile(reading.text)
            for token in sorted(self._near_tokens(reading.text.replace(".", ""))):
                if pattern.fullmatch(token):
                    yield Reading(token, "masked")
        elif self._base.is_token(reading.text) or self._recent.is_token(reading.text):
            yield reading

    def _near(self, word: str) -> Iterator[Reading]:
        """Give words of terms near a word; near a known word, only as part of a longer term."""
        known = word in known_words()
        if len(word) < NEAR_MINIMUM - known:
            return
        scored = []
        for token in self._near_tokens(word):
            distance = OSA.distance(word, token, score_cutoff=2)
            longest = max(len(word), len(token))
            allowed = 1 if longest < 8 else 2
            if known and len(token) >= NEAR_MINIMUM and distance == 1:
                scored.append((distance, _looks_unlike(word, token), token))
            elif 0 < distance <= allowed and 1 - distance / longest >= NEAR_SIMILARITY:
                scored.append((distance, _looks_unlike(word, token), token))
        for _, _, token in sorted(scored)[:MAXIMUM_NEAR]:
            yield Reading(token, "near_part" if known else "near")

    def _near_tokens(self, word: str) -> set[str]:
        return self._base.near_tokens(word) | self._recent.near_tokens(word)

    def _sounds(self, word: str) -> Iterator[tuple[str, float]]:
        sound = sound_of(word)
        if len(sound) < SOUND_MINIMUM:
            return
        scored: dict[str, float] = {}
        for index in (self._base, self._recent):
            for number in index.like_sounding(sound):
                term = index.term(number)
                if not term.isascii() or (index is self._base and term in self._removed):
                    continue
                similarity = Indel.normalized_similarity(sound, sound_of(term))
                if similarity >= SOUND_SIMILARITY:
                    scored[term] = similarity
        best = sorted(scored.items(), key=lambda item: (-item[1], item[0]))
        yield from best[:MAXIMUM_NEAR]

    def _read_otherwise(
        self, title: str, chunks: list[Chunk], text: str, spans: list[_Span], plain: list[Hit]
    ) -> list[Hit]:
        """Search again with each disguised or misspelt stretch read as what it may mean."""
        places = _places(title, chunks)
        taken = {hit.term for hit in plain}
        best: dict[tuple[str, int], Hit] = {}
        for term, found in self._lookup(text) if text else ():
            for span in spans:
                if found.begin < span.end and found.end > span.begin:
                    hit = _alternative_hit(chunks, places, span, term, found, text)
                    known = best.get((term, hit.begin))
                    if (
                        term not in taken
                        and found.spelling != "romanised"
                        and (known is None or known.similarity < hit.similarity)
                        and not (span.part and found.end - found.begin <= span.end - span.begin)
                    ):
                        best[term, hit.begin] = hit
                    break
        for chunk, (begin, end) in zip(chunks, places, strict=True):
            for term, similarity in chunk.sounds:
                hit = Hit(term, "exact", "sound", "title", begin, end, similarity)
                if term not in taken:
                    best.setdefault((term, begin), hit)
        return list(best.values())

    def _spaced_letters(self, title: str) -> list[Hit]:
        hits = []
        for found in _SINGLE_LETTERS.finditer(title):
            word = "".join(character for character in found.group() if character.isalnum())
            for term, spelling in self._whole(fold(word)):
                begin, end = found.span()
                hits.append(Hit(term, spelling, "spaced_letters", "title", begin, end, 1.0))
        return hits

    def _whole(self, word: str) -> Iterator[tuple[str, Spelling]]:
        """Give the terms that fill a whole stretch, or all of it but its first or last letter."""
        for term, found in self._lookup(f" {word} "):
            if found.end - found.begin >= len(word) - 1:
                yield term, found.spelling

    def _spaced_kana(self, folded: str) -> list[Hit]:
        """Find terms across the spaces within kana and Korean words, which writers may leave out."""
        hits = []
        if _SPACED_KANA.search(folded):
            for run in re.finditer(r"[\u30a1-\u30ff]+(?: [\u30a1-\u30ff]+)+", folded):
                joined = run.group().replace(" ", "")
                for term, spelling in self._whole(joined):
                    begin, end = run.span()
                    hits.append(Hit(term, spelling, "separator", "folded", begin, end, 1.0))
        words = folded.split()
        for first, second in zip(words, words[1:], strict=False):
            if is_hangul(first[0]) and is_hangul(second[0]):
                for term, found in self._lookup(f" {first}{second} "):
                    if found.begin == 1 and found.end - 1 > len(first):
                        begin = folded.index(f"{first} {second}")
                        end = begin + found.end
                        hits.append(
                            Hit(term, found.spelling, "separator", "folded", begin, end, 1.0)
                        )
        return hits


def _looks_unlike(word: str, token: str) -> int:
    """Give 0 where only doubled letters differ, 1 where the first letter is kept, else 2."""
    return 0 if single_letters(word) == single_letters(token) else 1 + (word[0] != token[0])


def _places(title: str, chunks: list[Chunk]) -> list[tuple[int, int]]:
    places = []
    position = 0
    for chunk in chunks:
        position = title.index(chunk.text, position)
        places.append((position, position + len(chunk.text)))
        position += len(chunk.text)
    return places


def _alternative_hit(
    chunks: list[Chunk],
    places: list[tuple[int, int]],
    span: _Span,
    term: str,
    found: Found,
    text: str,
) -> Hit:
    similarity = 1.0
    if span.trick == "near":
        written = chunks[span.first].folded
        meant = text[span.begin : span.end]
        similarity = OSA.normalized_similarity(written, meant)
    begin, end = places[span.first][0], places[span.last][1]
    return Hit(term, found.spelling, span.trick, "title", begin, end, similarity)


def _alternatives(chunks: list[Chunk]) -> tuple[str, list[_Span]]:
    """Give one text of all other readings, each amid its neighbours, and where each stands.

    Neighbours that are disguised too stand in their first reading, so that a mark of several words
    is found when each is disguised.
    """
    parts: list[str] = []
    spans: list[_Span] = []
    position = 0
    spoken: list[str] = []
    for at, chunk in enumerate(chunks):
        for reading in chunk.readings:
            if not spoken:
                spoken = [each.readings[0].text if each.readings else each.folded for each in chunks]
            if len(spans) >= MAXIMUM_ALTERNATIVES:
                break
            before = " ".join(spoken[max(0, at - CONTEXT_CHUNKS) : at])
            after = " ".join(spoken[at + 1 : at + 1 + CONTEXT_CHUNKS])
            begin = position + 1 + len(before) + 1
            part = f" {before} {reading.text} {after} "
            trick: Trick = "near" if reading.trick == "near_part" else reading.trick
            end = begin + len(reading.text)
            spans.append(_Span(begin, end, trick, reading.trick == "near_part", at, at))
            parts.append(part)
            position += len(part) + 1
        # Two short words that are no dictionary words may be one, split ('adi das').
        if at and len(chunk.folded) <= SPLIT_CHARACTERS:
            previous = chunks[at - 1]
            if len(previous.folded) <= SPLIT_CHARACTERS and not (previous.common and chunk.common):
                joined = previous.folded + chunk.folded
                if joined.isalpha() and joined.isascii() and len(joined) >= NEAR_MINIMUM:
                    begin = position + 1
                    end = begin + len(joined)
                    spans.append(_Span(begin, end, "split_word", False, at - 1, at))
                    parts.append(f" {joined} ")
                    position += len(joined) + 3
    return "\n".join(parts), spans
