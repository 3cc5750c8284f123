"""What was filed to show that goods are not the owner's."""

from typing import Final

from processors.findings.reading import Proof
from processors.findings.registry_match import day_of
from schemas.durations import DAY_MILLISECONDS
from schemas.events.complaints import ComplaintFiled, EvidenceKind, Purchase
from schemas.private_texts import characters_of

DOCUMENTS: Final[frozenset[EvidenceKind]] = frozenset({"photo", "comparison"})
SHOWN_BY: Final[frozenset[EvidenceKind]] = frozenset(
    {"test_buy", "photo", "comparison", "invoice", "evaluation_report"}
)
"""Kinds of documents of which one at least belongs to a purchase that is described."""


def proof_of(complaint: ComplaintFiled, label_proves: bool = True) -> Proof:
    """Return what a complaint shows: a purchase that is described with a document, documents, or
    nothing.

    Where `label_proves` a document that is called a test purchase is one.
    """
    kinds = {item.kind for item in complaint.evidence if item.evidence_id}
    if "test_buy" in kinds and label_proves:
        return "test_purchase"
    if is_described(complaint.test_purchase, complaint) and not kinds.isdisjoint(SHOWN_BY):
        return "test_purchase"
    return "none" if kinds.isdisjoint(DOCUMENTS | {"test_buy"}) else "documents"


def is_described(purchase: Purchase | None, complaint: ComplaintFiled) -> bool:
    """Tell whether a purchase names order, days that can be, and features found."""
    if purchase is None or not characters_of(purchase.order_id, purchase.private_order_id):
        return False
    if not (purchase.ordered_on and purchase.received_on):
        return False
    if not characters_of("".join(purchase.features), purchase.private_features):
        return False
    ordered, received = day_of(purchase.ordered_on), day_of(purchase.received_on)
    # A day more, as the complainant's may have begun before the one of its time in UTC.
    return ordered <= received <= complaint.filed_at_milliseconds // DAY_MILLISECONDS + 1
