"""Facts of private texts are those of the texts, and every text of a party may be private."""

import hashlib

import pytest
from world import PURCHASE, complaint
from world_disputes import objection

from processors.cases.room import size_of
from processors.findings.completeness import is_stated, missing_elements
from processors.findings.proof import proof_of
from schemas.catalog import EVENT_TYPES
from schemas.declared_fields import Field, fields_of
from schemas.events.complaints import Particular
from schemas.privacy import personal_fields
from schemas.private_texts import PREFIX, hashes_of, restored, withheld

OTHERS_WORDS = {
    "AppealDecided.explanation",
    "ClosureDecided.explanation",
    "CrimeSuspected.suspicion",
    "DeadLetterRedriven.why",
    "DispatchSwitched.reason",
    "InformAuthorities.suspicion",
    "NotifyParty.facts.explanation",
    "OrderLifted.explanation",
    "PartyRecorded.name",
    "PartyRecorded.register_names",
    "ReviewDecided.explanation",
    "ReviewEscalated.reason",
    "ReviewSkipped.reason",
    "SanctionAppealDecided.explanation",
    "SellerOrderLifted.explanation",
}
"""Words of the team, and names in party records (docs/private-texts.md)."""


def without_texts(event):
    texts = {}

    def keep(text):
        sha256 = hashlib.sha256(text.encode()).hexdigest()
        texts[sha256] = text
        return sha256

    return withheld(event, keep), texts


def may_be_private(kind, path):
    name, _, inner = path.partition(".")
    if not inner:
        return PREFIX + name in kind._fields
    field = fields_of(kind)[name]
    return may_be_private(Field(field.items[-1]).type if field.is_list else field.type, inner)


def test_every_text_of_a_party_may_be_private_and_what_else_is_personal_is_known():
    found = {
        f"{name}.{field.path}"
        for name, kind in EVENT_TYPES.items()
        for field in personal_fields(kind)
        if field.protection.encrypted and not may_be_private(kind, field.path)
    }
    assert found == OTHERS_WORDS


def bought(**changes):
    return {"test_purchase": PURCHASE._replace(**changes)}


def asked(ground, *said):
    return {"ground": ground, "particulars": tuple(Particular(*each) for each in said)}


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"statement": "  short, with spaces around it  "},
        {"statement": " 19 characters long "},
        {"statement": "超过二十个字符的中文说明不是真品批号不同包装不同"},
        {"signature": "  "},
        {"signature": ""},
        {"contact_email": "legal@cutex"},
        {"contact_email": " legal@cutex.example"},
        {"test_purchase": None},
        bought(features=(" ", "")),
        bought(features=("One.", "Two.")),
        bought(order_id=" "),
        bought(comparison="The cap differs."),
        asked(
            "copyright_infringement", ("work", "A photo."), ("address", "..."), ("telephone", "")
        ),
        asked("court_order", ("order_date", "2026-03-01"), ("court", "LG Hamburg")),
        asked("court_order", ("order_date", "1 March")),
    ],
)
def test_what_decisions_read_of_a_complaint_is_the_same_without_its_texts(changes):
    said = complaint(**changes)
    private, texts = without_texts(said)
    assert missing_elements(private) == missing_elements(said)
    assert proof_of(private, label_proves=False) == proof_of(said, label_proves=False)
    assert restored(private, texts.__getitem__) == said
    assert set(hashes_of(private)) == set(texts)
    assert not [text for text in texts.values() if text.strip() and text in repr(private)]


@pytest.mark.parametrize("statement", ["Too short.", "The goods are genuine, see the invoice."])
def test_what_decisions_read_of_an_objection_is_the_same_without_its_texts(statement):
    said = objection(statement=statement)
    private, texts = without_texts(said)
    assert is_stated("", private.private_statement) == is_stated(statement, None)
    assert restored(private, texts.__getitem__) == said


def test_a_row_has_the_same_room_for_any_length_of_private_text():
    short, _ = without_texts(complaint(statement="x" * 20))
    long, _ = without_texts(complaint(statement="界" * 20_000))
    assert size_of(short) == size_of(long) < size_of(complaint(statement="x" * 2_000))
