"""How a listing is read against a mark: many parts, each in words, folded into one finding."""

from typing import Literal, NamedTuple

from processors.findings.findings import ListingMatchFinding, ReadingFinding
from processors.matching.terms import TermKind
from processors.matching.use import Condition, Goods, MarkUse
from schemas.events.complaints import Ground

Copying = Literal["bound", "apart", "absent"]
"""Whether words that tell of a copy are bound to the mark in the title, or stand apart from it."""

GoodsBrand = Literal["mark", "other", "not_given"]
"""Whose brand the listing says the goods are of: the mark's, or the owner's own; another; none."""

OtherRight = Literal[
    "none",
    "overlapping_mark",
    "same_mark",
    "further_mark",
    "older_listing",
    "competing_seller",
    "seller_brand",
]
"""What else may give the seller a right: another owner's mark over the same words, or one in the
same words, or elsewhere in the title; or what parties and the listing's age tell."""

Standing = Literal["alone", "amid", "part_of_word", "beside_name", "brand_only"]
"""How the mark stands in the title: by itself and before the goods; behind other words, which may
tell that it is not the goods' own; within a longer run of letters, or beside a first name, so that
it may be part of it; only in the field for the brand."""

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
    goods: Goods
    brand: GoodsBrand
    mark_kind: TermKind
    copying: Copying
    meant: Meant
    stands: Standing
    proof: Proof
    other_right: OtherRight = "none"


def reading_of(parts: Parts) -> ReadingFinding:
    """Fold the parts into the first that speaks against a plain reading; clear where none does."""
    return next((word for word in (check(parts) for check in _CHECKS) if word), "clear")


def _by_spelling(parts: Parts) -> ReadingFinding | None:
    return None if parts.spelling in ("exact", "disguised") else "uncertain_spelling"


def _by_use(parts: Parts) -> ReadingFinding | None:
    if parts.use == "accessory":
        # Sellers give as brand what an accessory fits; words of copying tell otherwise.
        return "reference" if parts.copying != "bound" else None
    return None if parts.use == "plain" else parts.use


def _by_condition(parts: Parts) -> ReadingFinding | None:
    if parts.condition == "dated" and parts.copying == "bound":
        return None
    return None if parts.condition == "new" else "resale"


def _by_other_rights(parts: Parts) -> ReadingFinding | None:
    return "other_right" if parts.brand == "other" or parts.other_right != "none" else None


def _by_disguise(parts: Parts) -> ReadingFinding | None:
    hidden = parts.spelling == "disguised" and parts.copying != "bound"
    return "uncertain_spelling" if hidden else None


def _by_meaning(parts: Parts) -> ReadingFinding | None:
    if _is_meant(parts):
        return None
    name = parts.mark_kind == "personal_name" or parts.stands == "beside_name"
    return "own_name" if name else "ambiguous"


def _by_proof(parts: Parts) -> ReadingFinding | None:
    return None if _is_proved(parts) else "unproven"


_CHECKS = (
    _by_spelling,
    _by_use,
    _by_condition,
    _by_other_rights,
    _by_disguise,
    _by_meaning,
    _by_proof,
)
"""In order: what a title says goes before what the register says, and that before documents."""


def _is_meant(parts: Parts) -> bool:
    """Tell whether the words stand for the mark: one sign for a distinctive one, else both.

    The signs are the brand that the listing itself gives, and words of copying bound to the mark.
    Without those the title must name the goods, and nothing else that may be what is offered; words
    of copying that stand apart speak for the goods' own mark too.
    """
    says_so, copied = parts.brand == "mark", parts.copying == "bound"
    told = parts.goods == "named" or parts.copying == "apart"
    if not copied and (parts.stands != "alone" or not told):
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
