"""How a listing is read: the parts folded, cell by cell, and found on whole complaints."""

from itertools import product
from typing import get_args, get_type_hints

import pytest
from world import START, complaint, listing, owner, trademark

from processors.findings.findings import ReadingFinding
from processors.findings.listing_reading import read_listing
from processors.findings.reading import Parts, reading_of
from schemas.events.complaints import Evidence
from schemas.events.trademarks import Owner

CLEAR = Parts(
    ground="counterfeit",
    spelling="exact",
    use="plain",
    condition="new",
    goods="named",
    brand="mark",
    mark_kind="distinctive",
    copying="absent",
    meant="unlikely",
    stands="alone",
    proof="test_purchase",
)


@pytest.mark.parametrize(
    ("changes", "reading"),
    [
        ({}, "clear"),
        ({"spelling": "near"}, "uncertain_spelling"),
        ({"spelling": "none"}, "uncertain_spelling"),
        ({"spelling": "no_words"}, "uncertain_spelling"),
        ({"spelling": "disguised"}, "uncertain_spelling"),
        ({"spelling": "disguised", "copying": "bound"}, "clear"),
        ({"use": "reference"}, "reference"),
        ({"use": "reference", "copying": "bound"}, "reference"),
        ({"use": "accessory"}, "reference"),
        ({"use": "accessory", "copying": "bound"}, "clear"),
        ({"use": "comparison"}, "comparison"),
        ({"use": "parody"}, "parody"),
        ({"use": "work"}, "work"),
        ({"use": "own_name"}, "own_name"),
        ({"condition": "resold"}, "resale"),
        ({"condition": "resold", "copying": "bound"}, "resale"),
        ({"brand": "other"}, "other_right"),
        ({"brand": "not_given"}, "ambiguous"),
        ({"brand": "not_given", "copying": "bound"}, "ambiguous"),
        ({"brand": "not_given", "copying": "bound", "meant": "likely"}, "clear"),
        ({"mark_kind": "dictionary"}, "ambiguous"),
        ({"mark_kind": "dictionary", "copying": "bound"}, "clear"),
        ({"mark_kind": "dictionary", "copying": "bound", "brand": "not_given"}, "ambiguous"),
        ({"mark_kind": "short"}, "ambiguous"),
        ({"mark_kind": "short", "copying": "bound"}, "clear"),
        ({"mark_kind": "personal_name"}, "clear"),
        ({"mark_kind": "personal_name", "brand": "not_given"}, "own_name"),
        ({"stands": "brand_only"}, "ambiguous"),
        ({"stands": "part_of_word"}, "ambiguous"),
        ({"stands": "part_of_word", "copying": "bound"}, "clear"),
        ({"stands": "beside_name"}, "own_name"),
        ({"stands": "amid"}, "ambiguous"),
        ({"goods": "not_named"}, "ambiguous"),
        ({"goods": "amid_words"}, "ambiguous"),
        ({"goods": "other_class"}, "ambiguous"),
        ({"goods": "other_class", "copying": "bound"}, "clear"),
        ({"goods": "amid_words", "copying": "apart"}, "clear"),
        ({"goods": "amid_words", "copying": "apart", "proof": "documents"}, "unproven"),
        ({"goods": "amid_words", "copying": "apart", "brand": "not_given"}, "ambiguous"),
        ({"goods": "amid_words", "copying": "apart", "mark_kind": "dictionary"}, "ambiguous"),
        ({"goods": "amid_words", "copying": "apart", "stands": "amid"}, "ambiguous"),
        ({"use": "accessory", "copying": "apart"}, "reference"),
        ({"spelling": "disguised", "copying": "apart"}, "uncertain_spelling"),
        ({"condition": "dated"}, "resale"),
        ({"condition": "dated", "copying": "apart"}, "resale"),
        ({"condition": "dated", "copying": "bound"}, "clear"),
        ({"goods": "not_named", "copying": "bound"}, "clear"),
        ({"stands": "amid", "copying": "bound"}, "clear"),
        ({"other_right": "overlapping_mark"}, "other_right"),
        ({"other_right": "same_mark"}, "other_right"),
        ({"other_right": "further_mark"}, "other_right"),
        ({"other_right": "older_listing"}, "other_right"),
        ({"proof": "documents"}, "unproven"),
        ({"proof": "documents", "copying": "bound"}, "clear"),
        ({"proof": "none", "copying": "bound"}, "unproven"),
        ({"ground": "trademark_infringement"}, "clear"),
        ({"ground": "trademark_infringement", "proof": "documents"}, "unproven"),
        ({"ground": "trademark_infringement", "proof": "none", "copying": "bound"}, "clear"),
        ({"ground": "keyword_misuse"}, "unproven"),
        ({"ground": "keyword_misuse", "copying": "bound"}, "clear"),
        ({"ground": "other"}, "unproven"),
        ({"ground": "copyright_infringement", "copying": "bound"}, "unproven"),
    ],
)
def test_what_speaks_against_a_clear_reading(changes, reading):
    assert reading_of(CLEAR._replace(**changes)) == reading


def test_no_clear_reading_of_what_is_not_plain_new_meant_and_proved():
    words = {name: get_args(hint) for name, hint in get_type_hints(Parts).items()}
    # Of these one is as good as another.
    words["other_right"] = ("none", "same_mark")
    words["ground"] = ("counterfeit", "trademark_infringement", "keyword_misuse", "other")
    words["spelling"] = ("exact", "disguised", "near")
    words["use"] = ("plain", "accessory", "reference")
    for values in product(*words.values()):
        parts = Parts(*values)
        reading = reading_of(parts)
        assert reading in get_args(ReadingFinding)
        if reading == "clear":
            assert parts.use in ("plain", "accessory")
            assert parts.other_right == "none"
            assert parts.condition == "new" or (parts.condition, parts.copying) == (
                "dated",
                "bound",
            )
            assert parts.copying == "bound" or parts.goods == "named" or parts.copying == "apart"
            assert parts.brand != "other"
            proved = parts.brand == "mark" and parts.proof == "test_purchase"
            assert proved or parts.copying == "bound"


def no_marks(_terms):
    return ()


def read(
    title,
    brand="Cutex",
    mark_text="CUTEX",
    marks=no_marks,
    evidence="test_buy",
    parties=(),
    listed_at=None,
    **changes,
):
    """Return the reading of a title, as listed by a stranger and complained of with evidence."""
    filed = (Evidence("d", evidence, None),) if evidence else ()
    changes.setdefault("nice_classes", (3, 14, 18, 25))
    known = {each.party_id: each for each in parties}
    return read_listing(
        complaint(evidence=filed, test_purchase=None),
        listing(title=title, brand=brand, listed_at_milliseconds=listed_at),
        trademark(mark_text=mark_text, **changes),
        marks,
        known.get,
    )


@pytest.mark.parametrize(
    ("title", "brand", "mark", "reading"),
    [
        ("case for iPhone 15", "iPhone", "IPHONE", "reference"),
        ("Dyson compatible vacuum filter", "Dyson", "DYSON", "reference"),
        ("Apple juice 1 l", "Apple", "APPLE", "ambiguous"),
        ("second hand Louis Vuitton bag", "Louis Vuitton", "LOUIS VUITTON", "resale"),
        ("Levi's 501 jeans used", "Levi's", "LEVI'S", "resale"),
        ("Toner replaces Brother", "Brother", "BROTHER", "reference"),
        ("Book: How Nike Became a Brand", "Nike", "NIKE", "work"),
        ("Victor Hugo Les Misérables", "Hugo", "HUGO", "own_name"),
        ("Western Digital Black 500 GB", None, "DIGITAL BLACK", "ambiguous"),
        ("12.1 MP Digital Black", None, "DIGITAL BLACK", "ambiguous"),
        ("Gucci bag, not a replica", None, "GUCCI", "ambiguous"),
        ("Gucci bag, replica, 1:1", None, "GUCCI", "clear"),
        ("Gucci handbag red", "Gucci", "GUCCI", "clear"),
        ("New, original: Gucci handbag", "Gucci", "GUCCI", "clear"),
        ("Waffles filled, Nutella inside", "Nutella", "NUTELLA", "ambiguous"),
        ("Guccl handbag red", "no brand", "GUCCI", "uncertain_spelling"),
        ("茅台镇 酱香型白酒", "茅台", "茅台", "ambiguous"),
    ],
)
def test_lawful_look_alikes_are_never_clear_whatever_evidence_is_alleged(
    title, brand, mark, reading
):
    found = read(title, brand, mark)
    assert found.reading == reading
    assert (found.reading == "clear") == (reading == "clear")


def test_the_parts_stand_in_the_details():
    found = read("Gucci bag, replica, 1:1", None, "GUCCI")
    assert found.details["copying_words"] == "replica"
    assert found.details["use"] == "plain"
    assert found.details["mark_kind"] == "distinctive"
    assert found.details["proof"] == "test_purchase"


@pytest.mark.parametrize(
    ("text", "changes", "reading"),
    [
        ("Cutex Pro", {}, "other_right"),
        ("Cutex Pro", {"owners": (Owner("Cutex Brands", None),)}, "clear"),
        ("Cutex Pro", {"owners": ()}, "clear"),
        ("Cutex Pro", {"territories": ("JP",)}, "clear"),
        ("Cutex Pro", {"nice_classes": (12,)}, "clear"),
        ("Cutex", {}, "other_right"),
        ("Zorvex", {}, "other_right"),
        ("Zorvex", {"nice_classes": (12,)}, "clear"),
        ("Vernis", {"mark_text": "Remover"}, "clear"),
    ],
)
def test_another_owners_mark_for_the_goods_speaks_against(text, changes, reading):
    other = trademark(
        application_number="1", mark_text=text, owners=(Owner("Somebody Else Ltd", None),)
    )._replace(**changes)
    named = {"cutex pro": other, "cutex": other, "zorvex": other}
    marks = lambda terms: tuple(  # noqa: E731
        mark for term, mark in named.items() if term in terms and term == text.lower()
    )
    assert read("Cutex Pro replica nail enamel zorvex", marks=marks).reading == reading


def test_the_owners_name_or_another_of_its_marks_is_its_brand():
    assert read("Cutex nail enamel", brand="Cutex Brands, LLC").reading == "clear"
    assert read("Cutex nail enamel", brand="Glazon").reading == "other_right"
    own = trademark(application_number="2", mark_text="GLAZON")
    found = read(
        "Cutex nail enamel", brand="Glazon", marks=lambda t: (own,) if "glazon" in t else ()
    )
    assert found.reading == "clear"


def test_a_listing_older_than_the_mark_is_looked_at():
    before = read("Cutex nail enamel", application_date="2030-01-01")
    assert before.reading == "other_right"
    assert before.details["other_right"] == "older_listing"
    # It was changed since the mark was applied for, and first appeared before.
    since = {"application_date": "2020-01-01"}
    assert read("Cutex nail enamel", **since).reading == "clear"
    found = read("Cutex nail enamel", listed_at=1_500_000_000_000, **since)
    assert found.details["other_right"] == "older_listing"
    assert read("Cutex nail enamel", listed_at=START, **since).reading == "clear"
    # A marketplace that tells a later beginning than a change tells nothing.
    later = read("Cutex nail enamel", listed_at=START + 400 * 86_400_000, **since)
    assert later.reading == "clear"


def seller(**changes):
    return owner(party_id="seller-9", kind="seller", name="Nine Goods Ltd", **changes)


@pytest.mark.parametrize(
    ("parties", "other_right"),
    [
        ([owner()], "none"),
        ([owner(kind="seller")], "competing_seller"),
        ([owner(linked_seller_ids=("seller-3",))], "competing_seller"),
        # The seller itself is under the owner's control, and competes with nobody.
        ([owner(linked_seller_ids=("seller-9",))], "none"),
        ([owner(), seller()], "none"),
        ([owner(), seller()._replace(name="Cutex")], "seller_brand"),
        ([owner(), seller()._replace(name="CUTEX Ltd.")], "seller_brand"),
        ([owner(), seller(register_names=("Cutex GmbH",))], "seller_brand"),
        ([owner(), seller()._replace(name="Not Cutex at all")], "none"),
        ([owner(), seller(trademark_keys=("DE:7",))], "seller_brand"),
        ([owner(), seller(trademark_keys=("DE:8",))], "none"),
    ],
)
def test_a_mark_turned_against_a_competitor_is_looked_at_by_people(parties, other_right):
    own = trademark(office="DE", application_number="7", owners=())
    found = read(
        "Cutex nail enamel", parties=parties, marks=lambda t: (own,) if "cutex" in t else ()
    )
    assert found.details["other_right"] == other_right
    assert found.reading == ("clear" if other_right == "none" else "other_right")


@pytest.mark.parametrize(
    ("evidence", "reading"),
    [("test_buy", "clear"), ("photo", "unproven"), ("declaration", "unproven"), (None, "unproven")],
)
def test_a_test_purchase_proves_and_a_photograph_does_not(evidence, reading):
    assert read("Cutex nail enamel", evidence=evidence).reading == reading
