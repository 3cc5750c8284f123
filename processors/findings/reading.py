"""How a listing is read against a mark: many parts, each in words, folded into one finding."""

from typing import Literal, NamedTuple

from processors.findings.findings import ListingMatchFinding, ReadingFinding
from processors.findings.use import Condition, MarkUse
from processors.matching.terms import TermKind
from schemas.events.complaints import Ground

Copying = Literal["bound", "absent"]
"""Whether words that tell of a copy are bound to the mark in the title."""

GoodsBrand = Literal["mark", "other", "not_given"]
"""Whose brand the listing says the goods are of: the mark's, or the owner's own; another; none."""

OtherRight = Literal["none", "overlapping_mark", "same_mark", "further_mark", "older_listing"]
"""What else may give the seller a right: another owner's mark over the same words, or one in the
same words, or elsewhere in the title; a listing that is older than the mark."""

Standing = Literal["alone", "part_of_word", "beside_name", "brand_only"]
"""How the mark stands in the title: by itself; within a longer run of letters, or beside a first
name, so that it may be part of it; only in the field for the brand."""

Proof = Literal["test_purchase", "documents", "none"]
"""What was filed to show that the goods aren't the owner's."""

Meant = Literal["likely", "unlikely"]
"""Whether the words stand for the mark, by the learned score."""


class Parts(NamedTuple):
    """The parts of a reading. They stand as details in the decision."""

    ground: Ground
    spelling: ListingMatchFinding
    use: MarkUse
    condition: Condition
    brand: GoodsBrand
    mark_kind: TermKind
    copying: Copying
    meant: Meant
    stands: Standing
    proof: Proof
    other_right: OtherRight = "none"


def reading_of(parts: Parts) -> ReadingFinding:
    """Fold the parts into the first that speaks against a plain reading; clear where none does."""
    if parts.spelling not in ("exact", "disguised"):
        return "uncertain_spelling"
    if parts.use == "accessory":
        # Sellers give as brand what an accessory fits; words of copying tell otherwise.
        if parts.copying == "absent":
            return "reference"
    elif parts.use != "plain":
        return parts.use
    if parts.condition == "resold":
        return "resale"
    if parts.brand == "other" or parts.other_right != "none":
        return "other_right"
    if parts.spelling == "disguised" and parts.copying == "absent":
        return "uncertain_spelling"
    if not _is_meant(parts):
        name = parts.mark_kind == "personal_name" or parts.stands == "beside_name"
        return "own_name" if name else "ambiguous"
    return "clear" if _is_proved(parts) else "unproven"


def _is_meant(parts: Parts) -> bool:
    """Tell whether the words stand for the mark: one sign for a distinctive one, else both.

    The signs are the brand that the listing itself gives, and words of copying bound to the mark.
    """
    says_so, copied = parts.brand == "mark", parts.copying == "bound"
    if parts.stands != "alone" and not copied:
        return False
    if parts.mark_kind in ("dictionary", "short"):
        return says_so and copied
    return says_so or (copied and parts.meant == "likely")


def _is_proved(parts: Parts) -> bool:
    """Tell whether what was filed, or the title itself, shows what the ground alleges."""
    copied = parts.copying == "bound"
    if parts.ground == "counterfeit":
        return parts.proof == "test_purchase" or (copied and parts.proof == "documents")
    if parts.ground == "trademark_infringement":
        return parts.proof == "test_purchase" or copied
    return parts.ground == "keyword_misuse" and copied
