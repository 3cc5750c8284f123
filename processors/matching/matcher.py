"""Finds marks' terms in titles: as they are, disguised, misspelt, or written as they sound."""

import re
from collections.abc import Iterable, Iterator
from itertools import accumulate, pairwise
from typing import Literal, NamedTuple

from rapidfuzz.distance import OSA, Indel

from processors.matching.disguises import Reading, Trick, letter_pairs, readings
from processors.matching.folding import fold, is_hangul, is_unspaced
from processors.matching.index import (
    NEAR_MAXIMUM_CHARACTERS,
    Found,
    TermIndex,
    build,
    single_letters,
)
from processors.matching.sounds import sound_of
from processors.matching.terms import Spelling
from processors.matching.vocabulary import common_words, known_words

Place = Literal["folded", "title"]

MEMO_ENTRIES = 200_000
LAYER_TERMS = 250
"""Terms of a small index: built in about 10 milliseconds."""

MAXIMUM_CHUNKS = 60
"""Stretches of one title looked at for disguises: a bound on its cost."""

MAXIMUM_PIECES = 6
MAXIMUM_NEAR = 4
MAXIMUM_ALTERNATIVES = 32
CONTEXT_CHUNKS = 4
PAIR_MINIMUM = 8
NEAR_MINIMUM = 5
DISGUISED_MINIMUM = 4
NEAR_SIMILARITY = 0.8
SOUND_SIMILARITY = 0.82
SOUND_MINIMUM = 5
SOUND_DIFFERENCE = 3

_CHUNK = re.compile(
    r"[^\s\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]+|[\u30a1-\u30ff]+|[\uac00-\ud7a3]+"
)
_SINGLE_LETTERS = re.compile(r"(?<!\w)\w(?:[\W_]{1,3}\w(?!\w)){2,}")
_JOINTS = re.compile(r"[-/&,.;:|]+")
_GAP = re.compile(r"[\s*＊·・.\-_~～]{1,2}")
_DENSE_GAPS = re.compile(
    r"[\u3041-\u30ff\u3400-\u9fff]+(?:[\s*＊·・.\-_~～]{1,2}[\u3041-\u30ff\u3400-\u9fff]+)+"
)


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
    first: int
    last: int


class Matcher:
    """A large index that is replaced now and then, and small ones of what was added since.

    What is found depends on the set of terms only, not on which index holds them.
    """

    def __init__(self, base: TermIndex | None = None) -> None:
        self._layers: list[TermIndex] = [] if base is None else [base]
        self._newest: frozenset[str] = frozenset()
        self._removed: frozenset[str] = frozenset()
        self._memo: dict[str, Chunk] = {}
        self._pairs: dict[str, tuple[Reading, ...]] = {}

    def change(self, added: Iterable[str], removed: Iterable[str]) -> None:
        """Add terms and take others out; its cost goes with the number of these terms."""
        gone = frozenset(removed)
        wanted = frozenset(added) - gone
        self._removed = (self._removed | gone) - wanted
        layers = self._layers
        if self._newest and len(self._newest) < LAYER_TERMS:
            layers = layers[:-1]
        else:
            self._newest = frozenset()
        new = {t for t in wanted if not any(t in layer for layer in layers)} | self._newest
        ordered = sorted(new)
        for start in range(0, len(ordered), LAYER_TERMS):
            self._newest = frozenset(ordered[start : start + LAYER_TERMS])
            layers = [*layers, TermIndex(build(self._newest))]
        self._layers = layers
        self._forget()

    def replace_base(
        self, base: TermIndex, added: Iterable[str] = (), removed: Iterable[str] = ()
    ) -> None:
        """Take another base, with what changed after it was begun."""
        self._layers = [base]
        self._newest, self._removed = frozenset(), frozenset()
        self.change(added, removed)

    def __len__(self) -> int:
        return sum(len(layer) for layer in self._layers) - len(self._removed)

    @property
    def changed_terms(self) -> int:
        """Terms that changed since the base was built, more or less."""
        return sum(len(layer) for layer in self._layers[1:]) + len(self._removed)

    def _forget(self) -> None:
        # Emptied in one step each, as another thread may be searching.
        self._memo = {}
        self._pairs = {}

    def find(self, title: str) -> list[Hit]:
        """Give every term found, each once for a place, the plainest spelling of it."""
        folded = fold(title)
        hits = [
            Hit(term, found.spelling, "none", "folded", found.begin - 1, found.end - 1, 1.0)
            for term, found in self._lookup(f" {folded} ")
        ]
        chunks = self._chunks(title)
        text, spans = self._alternatives(chunks)
        if text or any(chunk.sounds for chunk in chunks):
            hits += self._read_otherwise(title, chunks, text, spans, hits)
        if _SINGLE_LETTERS.search(title):
            hits += self._spaced_letters(title)
        if not title.isascii():
            hits += self._across_gaps(title, folded)
        return hits

    def _lookup(self, text: str) -> Iterator[tuple[str, Found]]:
        removed = self._removed
        for layer in self._layers:
            for found in layer.find(text):
                term = layer.term(found.term_number)
                if term not in removed:
                    yield term, found

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
        common = folded in common_words() or not folded.replace(" ", "").isalpha()
        if is_unspaced(folded):
            return Chunk(text, folded, True, (), tuple(self._sounds(folded)))
        found = [each for reading in readings(text) for each in self._resolved(reading)]
        if folded.isalpha() and folded.isascii() and not common:
            found += [each for pair in letter_pairs(folded) for each in self._resolved(pair)]
            found += self._near(folded, folded in known_words())
        elif " " in folded:
            found += self._pieces(text)
            joined = folded.replace(" ", "")
            if joined.isascii() and joined.isalpha() and len(joined) >= NEAR_MINIMUM:
                found += self._near(joined)
        sounds = () if folded.isascii() else tuple(self._sounds(folded))
        return Chunk(text, folded, common, tuple(dict.fromkeys(found)), sounds)

    def _pieces(self, text: str) -> Iterator[Reading]:
        """Give what a stretch may be read as with one of its parts read otherwise."""
        pieces = _JOINTS.split(text)
        for at, piece in enumerate(pieces[:MAXIMUM_PIECES] if len(pieces) > 1 else ()):
            plain = fold(piece)
            found = [each for reading in readings(piece) for each in self._resolved(reading)]
            if plain.isascii() and plain.isalpha() and len(plain) >= NEAR_MINIMUM:
                found += self._near(plain, plain in known_words())
            for reading in found:
                whole = fold(" ".join([*pieces[:at], reading.text, *pieces[at + 1 :]]))
                yield Reading(whole, reading.trick)

    def _resolved(self, reading: Reading) -> Iterator[Reading]:
        """Give a reading as words that stand in the index, masked letters filled in."""
        if reading.trick == "masked":
            pattern = re.compile(reading.text)
            for token in sorted(self._near_tokens(reading.text.replace(".", ""))):
                if pattern.fullmatch(token):
                    yield Reading(token, "masked")
        elif self._is_token(reading.text):
            yield reading

    def _near(self, word: str, spelt_right: bool = False) -> Iterator[Reading]:
        """Give words of terms that a word may be a misspelling of; none for a word that is one."""
        if len(word) < NEAR_MINIMUM - 1 or spelt_right or self._is_token(word):
            return
        scored = []
        for token in self._near_tokens(word):
            distance = OSA.distance(word, token, score_cutoff=2)
            longest = max(len(word), len(token))
            unlike = _looks_unlike(word, token)
            allowed = 1 if longest < 8 else 2
            if unlike and (
                min(len(word), len(token)) < NEAR_MINIMUM - (longest >= NEAR_MINIMUM)
                or 1 - distance / longest < NEAR_SIMILARITY
            ):
                continue
            if 0 < distance <= allowed:
                scored.append((distance, unlike, token))
        for _, _, token in sorted(scored)[:MAXIMUM_NEAR]:
            yield Reading(token, "near")

    def _is_token(self, word: str) -> bool:
        return any(layer.is_token(word) for layer in self._layers)

    def _pair(self, first: str, second: str) -> tuple[Reading, ...]:
        """Give what two words that follow one another may be read as together."""
        pair = f"{first}\0{second}"
        found = self._pairs.get(pair)
        if found is None:
            if len(self._pairs) > MEMO_ENTRIES:
                self._pairs.clear()
            found = self._pairs[pair] = tuple(self._read_pair(first, second))
        return found

    def _read_pair(self, first: str, second: str) -> Iterator[Reading]:
        joined = (first + second).replace(" ", "")
        if not (NEAR_MINIMUM <= len(joined) <= NEAR_MAXIMUM_CHARACTERS and joined.isalpha()):
            return
        if self._is_token(joined):
            yield Reading(joined, "split_word")
        elif len(joined) >= PAIR_MINIMUM and joined.isascii():
            yield from self._near(joined)

    def _near_tokens(self, word: str) -> set[str]:
        return {token for layer in self._layers for token in layer.near_tokens(word)}

    def _sounds(self, word: str) -> Iterator[tuple[str, float]]:
        sound = sound_of(word)
        if len(sound) < SOUND_MINIMUM:
            return
        scored: dict[str, float] = {}
        for layer in self._layers:
            for number in layer.like_sounding(sound):
                term = layer.term(number)
                alike = abs(len(term.replace(" ", "")) - len(sound)) <= SOUND_DIFFERENCE
                if alike and term.isascii() and term not in self._removed:
                    similarity = Indel.normalized_similarity(sound, sound_of(term))
                    if similarity >= SOUND_SIMILARITY:
                        scored[term] = similarity
        best = sorted(scored.items(), key=lambda item: (-item[1], item[0]))
        yield from best[:MAXIMUM_NEAR]

    def _alternatives(self, chunks: list[Chunk]) -> tuple[str, list[_Span]]:
        """Give one text of all other readings, each amid its neighbours, and where each stands."""
        alternatives = _Alternatives(chunks)
        before: Chunk | None = None
        for at, chunk in enumerate(chunks):
            for reading in chunk.readings:
                alternatives.add(at, at, reading)
            if before is not None and not (before.common and chunk.common):
                for reading in self._pair(before.folded, chunk.folded):
                    alternatives.add(at - 1, at, reading)
            before = chunk
        return "\n".join(alternatives.parts), alternatives.spans

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
                        and found.end - found.begin >= DISGUISED_MINIMUM
                        and (known is None or known.similarity < hit.similarity)
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

    def _across_gaps(self, title: str, folded: str) -> list[Hit]:
        """Find terms of dense scripts across spaces and signs within their words."""
        hits = []
        for run in _DENSE_GAPS.finditer(title):
            segments = _GAP.split(run.group())
            text = fold("".join(segments))
            seams = list(accumulate(len(segment) for segment in segments))[:-1]
            lone = {
                seam
                for seam, (one, other) in zip(seams, pairwise(segments), strict=True)
                if len(one) == 1 or len(other) == 1 or " " not in run.group()
            }
            if len(text) != sum(map(len, segments)):
                continue
            for term, found in self._lookup(f" {text} "):
                begin, end = found.begin - 1, found.end - 1
                kana = all("\u30a1" <= each <= "\u30ff" for each in term)
                crossed = {seam for seam in seams if begin < seam < end}
                whole = {begin, end} <= {0, len(text), *seams}
                if crossed and (crossed <= lone or (kana and whole)):
                    start, stop = run.span()
                    hits.append(Hit(term, found.spelling, "separator", "title", start, stop, 1.0))
        words = folded.split()
        for first, second in pairwise(words):
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
        written = "".join(chunk.folded for chunk in chunks[span.first : span.last + 1])
        meant = text[span.begin : span.end]
        similarity = OSA.normalized_similarity(written, meant)
    begin, end = places[span.first][0], places[span.last][1]
    return Hit(term, found.spelling, span.trick, "title", begin, end, similarity)


class _Alternatives:
    """The text of other readings as it grows.

    Neighbours that are disguised too stand in their first reading as well, so that a mark of
    several words is found when each is disguised.
    """

    def __init__(self, chunks: list[Chunk]) -> None:
        self._chunks = chunks
        self._plain: list[str] = []
        self._spoken: list[str] = []
        self._position = 0
        self.parts: list[str] = []
        self.spans: list[_Span] = []

    def add(self, first: int, last: int, reading: Reading) -> None:
        """Add a reading of some chunks amid their neighbours."""
        if len(self.spans) >= MAXIMUM_ALTERNATIVES:
            return
        if not self._plain:
            self._plain = [chunk.folded for chunk in self._chunks]
            self._spoken = [
                chunk.readings[0].text if chunk.readings else chunk.folded for chunk in self._chunks
            ]
        self._add(first, last, reading, self._plain)
        near = slice(max(0, first - CONTEXT_CHUNKS), last + 1 + CONTEXT_CHUNKS)
        if first == last and self._plain[near] != self._spoken[near]:
            self._add(first, last, reading, self._spoken)

    def _add(self, first: int, last: int, reading: Reading, words: list[str]) -> None:
        before = " ".join(words[max(0, first - CONTEXT_CHUNKS) : first])
        after = " ".join(words[last + 1 : last + 1 + CONTEXT_CHUNKS])
        part = f" {before} {reading.text} {after} "
        begin = self._position + len(before) + 2
        end = begin + len(reading.text)
        self.spans.append(_Span(begin, end, reading.trick, first, last))
        self.parts.append(part)
        self._position += len(part) + 1
