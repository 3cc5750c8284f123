"""What shows that goods are not genuine: a purchase that is described, with a document of it."""

import pytest
from world import PURCHASE, complaint

from processors.findings.proof import proof_of
from schemas.events.complaints import Evidence

PHOTO = (Evidence("d", "photo", None),)


@pytest.mark.parametrize(
    "changes",
    [
        {"order_id": " "},
        {"features": ()},
        {"features": (" ",)},
        {"ordered_on": "2023-10-28"},
        {"received_on": "2023-11-20"},
        {"ordered_on": ""},
    ],
)
def test_what_is_missing_or_cannot_be_leaves_documents(changes):
    filed = complaint(test_purchase=PURCHASE._replace(**changes))
    assert proof_of(filed, label_proves=False) == "documents"
    assert proof_of(filed) == "test_purchase"


@pytest.mark.parametrize(
    ("evidence", "purchase", "proof"),
    [
        (PHOTO, PURCHASE, "test_purchase"),
        (PHOTO, None, "documents"),
        ((Evidence("d", "declaration", None),), PURCHASE, "none"),
        ((Evidence("d", "test_buy", None),), None, "documents"),
        ((Evidence("", "test_buy", None),), PURCHASE, "none"),
        ((), PURCHASE, "none"),
    ],
)
def test_a_purchase_proves_with_a_document_of_it(evidence, purchase, proof):
    filed = complaint(evidence=evidence, test_purchase=purchase)
    assert proof_of(filed, label_proves=False) == proof


def test_goods_may_come_on_the_day_of_the_complaint():
    filed = complaint(test_purchase=PURCHASE._replace(received_on="2023-11-14"))
    assert proof_of(filed, label_proves=False) == "test_purchase"
