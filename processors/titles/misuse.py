"""Whether a title misuses a mark: what was found about each hit, for the rules to decide on."""

from typing import Literal, NamedTuple, get_args

from processors.findings.findings import NiceClassFinding, SellerFinding
from processors.matching.copying import CopyingWord, bound_word, copying_words
from processors.matching.hits import Hit
from processors.matching.scoring import MeantFinding, ScoredHit, Weights, judge_hits
from processors.matching.terms import TermKind
from processors.matching.use import UseFinding
from processors.rules.domain import Domain
from processors.titles.removals import ground_of
from schemas.events.complaints import Ground

SpellingFinding = Literal["exact", "disguised", "near", "sound", "none"]
"""How the mark is written; none where a listing only resembles one that was taken down."""

CopyingFinding = Literal["bound", "hint", "absent"]
"""Whether words beside the mark say that the goods are copies, or something in the title hints at
it."""

MarkTerritoryFinding = Literal["covered", "not_covered"]
"""Whether the mark has effect in a country in which the listing is offered."""

StrikesFinding = Literal["none", "some", "repeat"]
"""Takedowns against the seller that have not expired: none, fewer than make a repeat offender."""

RelistingFinding = Literal["repeated", "same_mark", "resembling", "new"]
"""Whether the title nearly repeats one that was rightly taken down for the seller, or a linked one:
for the same mark on the same ground, for the same mark, for another one, or not at all."""

MisuseOutcome = Literal["block", "delist", "send_to_review", "leave"]
"""block: this version is not to be shown; delist: the listing is to go; leave: nothing is done."""

_FINDING_OF_TRICK: dict[str, SpellingFinding] = {
    "none": "exact",
    **dict.fromkeys(("near", "joined", "glued", "vowels", "kana", "homophone"), "near"),
    "sound": "sound",
}


class MisuseFindings(NamedTuple):
    """What was found about one mark in one title: the input of the monitoring rules."""

    spelling: SpellingFinding
    mark_kind: TermKind
    use: UseFinding
    copying: CopyingFinding
    meant: MeantFinding
    nice_class: NiceClassFinding
    territory: MarkTerritoryFinding
    seller: SellerFinding
    strikes: StrikesFinding
    relisting: RelistingFinding


MISUSE = Domain(MisuseFindings, frozenset(get_args(MisuseOutcome)), "send_to_review", 2)
"""Rules on titles."""


class Subject(NamedTuple):
    """What is known of mark, seller and listing besides the title."""

    nice_class: NiceClassFinding
    seller: SellerFinding
    territory: MarkTerritoryFinding
    strikes: StrikesFinding = "none"
    relisting: RelistingFinding = "new"


class TitleFinding(NamedTuple):
    """A mark in a title, the words of copying that are bound to it, and whether it is meant."""

    judged: ScoredHit
    copying: CopyingWord | None
    meant: MeantFinding

    @property
    def ground(self) -> Ground:
        """What the title itself would offend by."""
        return ground_of(self._copying)

    @property
    def _copying(self) -> CopyingFinding:
        if self.copying is None:
            return "absent"
        return "bound" if self.copying.kind == "copy" else "hint"

    def findings(self, subject: Subject) -> MisuseFindings:
        """Return the findings about the mark for a subject."""
        return MisuseFindings(
            spelling=_FINDING_OF_TRICK.get(self.judged.trick, "disguised"),
            mark_kind=self.judged.kind,
            use=self.judged.use,
            copying=self._copying,
            meant=self.meant,
            **subject._asdict(),
        )


def judge_title(title: str, hits: list[Hit], weights: Weights) -> list[TitleFinding]:
    """Return the hits that count, of those at one place the best, in order of place."""
    if not hits:
        return []
    kept = chosen(judge_hits(title, hits), weights, bool(copying_words(title)))
    return [
        TitleFinding(each, bound_word(title, each.begin, each.end), each.meant(weights))
        for each in sorted(kept, key=lambda each: each.begin)
    ]


def chosen(
    judged: list[ScoredHit], weights: Weights, tells_of_copies: bool = False
) -> list[ScoredHit]:
    """Return the hits that count; where some overlap, what is written goes before what is near.

    The words of a mark of no other meaning count wherever they stand, in a title that tells of
    copies or likens its goods to them.
    """
    good = [
        (each.score(weights), each)
        for each in judged
        if each.counts(weights) or _meant(each, tells_of_copies)
    ]
    good.sort(key=lambda item: _preference(*item))
    as_written = [each for _, each in good if each.hit.trick == "none"]
    kept: list[ScoredHit] = []
    for _, each in good:
        if each.hit.trick != "none" and any(covers(plain, each) for plain in as_written):
            continue
        if all(each.end <= other.begin or each.begin >= other.end for other in kept):
            kept.append(each)
    return kept


def covers(one: ScoredHit, other: ScoredHit) -> bool:
    """Tell whether a mark as it is written fills the place at which another is read otherwise."""
    return one.begin <= other.begin and one.end >= other.end


def _meant(each: ScoredHit, tells_of_copies: bool) -> bool:
    plain = each.trick == "none" and each.hit.spelling == "exact" and each.kind == "distinctive"
    return plain and (tells_of_copies or each.use == "comparison")


def _preference(points: float, each: ScoredHit) -> tuple[bool, int, float, str]:
    """Put what is written before what is near, the longer before the shorter."""
    unsure = each.hit.trick in ("near", "sound")
    return unsure, each.begin - each.end, -points, each.hit.term
