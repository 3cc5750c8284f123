"""Other marks in force over the same words: longer ones, overlapping ones, and equal ones."""

from collections.abc import Callable, Iterator, Sequence

from processors.findings.owners import may_be_same_owner
from processors.findings.territories import are_understood, meet
from processors.matching.folding import is_hangul, is_unspaced
from schemas.events.trademarks import TrademarkRecorded

MarksNamed = Callable[[Sequence[str]], tuple[TrademarkRecorded, ...]]
"""Returns the marks in force whose folded words are among these."""

MAXIMUM_WORDS_MORE, MAXIMUM_DENSE_CHARACTERS_MORE = 3, 4
"""So far to each side a mark's words may reach beyond another's."""

MAXIMUM_WORDS_OF_FURTHER_MARKS = 2


def terms_over(folded: str, begin: int, end: int) -> Iterator[str]:
    """Return all stretches of a folded title that reach into a place, but for those within it."""
    yield from _over(_words(folded), begin, end, MAXIMUM_WORDS_MORE, folded)
    if begin < end and (is_unspaced(folded[begin]) or is_hangul(folded[begin])):
        start, stop = folded.rfind(" ", 0, begin) + 1, folded.find(" ", end)
        run = [(at, at + 1) for at in range(start, len(folded) if stop < 0 else stop)]
        yield from _over(run, begin, end, MAXIMUM_DENSE_CHARACTERS_MORE, folded)


def terms_in(folded: str) -> Iterator[str]:
    """Return the words of a folded title, and each two of them together."""
    words = folded.split(" ")
    for count in range(1, MAXIMUM_WORDS_OF_FURTHER_MARKS + 1):
        for at in range(len(words) - count + 1):
            yield " ".join(words[at : at + count])


def part_of_word(folded: str, begin: int, end: int) -> bool:
    """Tell whether letters of a script without spaces go on, so that it may be another word."""
    before = folded[begin - 1] if begin else " "
    after = folded[end] if end < len(folded) else " "
    return _goes_on(folded[begin], before) or _goes_on(folded[max(begin, end - 1)], after)


def speaks_against(
    other: TrademarkRecorded,
    mark: TrademarkRecorded,
    listing_classes: tuple[int, ...],
    territory: str,
) -> bool:
    """Tell whether another mark is another owner's, for these goods, in this country."""
    if (other.office, other.application_number) == (mark.office, mark.application_number):
        return False
    if are_understood(other.territories) and not meet(other.territories, (territory,)):
        return False
    if (
        listing_classes
        and other.nice_classes
        and set(other.nice_classes).isdisjoint(listing_classes)
    ):
        return False
    # Some open registers leave the owners out: nothing tells then that it is another's.
    names = [owner.name for owner in mark.owners]
    others = [owner.name for owner in other.owners]
    return bool(names and others) and not may_be_same_owner(names, others)


def _goes_on(letter: str, neighbour: str) -> bool:
    return any(is_dense(letter) and is_dense(neighbour) for is_dense in (is_unspaced, is_hangul))


def _over(
    units: list[tuple[int, int]], begin: int, end: int, more: int, folded: str
) -> Iterator[str]:
    inside = [n for n, (start, stop) in enumerate(units) if start < end and stop > begin]
    if not inside:
        return
    first, last = inside[0], inside[-1]
    for left in range(max(0, first - more), last + 1):
        for right in range(max(left, first), min(len(units), last + more + 1)):
            if left >= first and right <= last:
                continue
            yield folded[units[left][0] : units[right][1]]


def _words(folded: str) -> list[tuple[int, int]]:
    units = []
    begin = 0
    for word in folded.split(" "):
        units.append((begin, begin + len(word)))
        begin += len(word) + 1
    return units
