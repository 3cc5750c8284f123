"""Events for load and fault runs: made from a seed, so that a run can be made again."""

import random
from collections.abc import Iterator

from schemas.events.complaints import ComplaintFiled, Evidence, Ground, Purchase
from schemas.events.listings import ListingChanged
from schemas.events.parties import PartyRecorded
from schemas.events.trademarks import Owner, TrademarkRecorded
from streams.kafka.producing import Keyed, keyed

GOODS = {
    3: ("lipstick", "perfume"),
    9: ("headphones", "sunglasses"),
    14: ("watch", "necklace"),
    18: ("bag", "wallet"),
    25: ("shoes", "jacket"),
    28: ("doll", "racket"),
}
"""By Nice class."""
NICE_CLASSES = tuple(GOODS)
WORDS = ("new", "2017", "men", "women", "black", "original", "sale", "free shipping")
GROUNDS: tuple[Ground, ...] = (
    "trademark_infringement",
    "counterfeit",
    "counterfeit",
    "keyword_misuse",
)
MARKS = 200
START_MILLISECONDS = 1_500_000_000_000
PURCHASE = Purchase("order-1", "2017-06-01", "2017-06-08", ("No batch code on the base",))


def reference_events() -> Iterator[Keyed]:
    """Return the marks and their owners that the load's complaints rely on."""
    for number in range(MARKS):
        yield keyed(_trademark(number))
        party = PartyRecorded(
            f"holder-{number}", "rights_holder", f"{_mark(number)} Inc.", (), (), True, (), (), 0
        )
        yield keyed(party)


def listing_changes(
    count: int, listings: int, seed: int, first_version: int = 1
) -> Iterator[Keyed]:
    """Return so many changes of so many listings, versions ascending for each."""
    source = random.Random(seed)
    versions: dict[int, int] = {}
    for _ in range(count):
        number = source.randrange(listings)
        versions[number] = versions.get(number, first_version - 1) + 1
        event = _listing(number, versions[number], source)
        yield keyed(event)


def each_listing(listings: int, seed: int, first: int = 0) -> Iterator[Keyed]:
    """Return the first version of each of so many listings, from one of a number on."""
    source = random.Random(seed)
    for number in range(first, first + listings):
        event = _listing(number, 1, source)
        yield keyed(event)


def complaints(count: int, listings: int, seed: int) -> Iterator[Keyed]:
    """Return so many complaints against so many listings; rules take down about three in five, and
    reviewers get the others."""
    source = random.Random(seed)
    for index in range(count):
        event = _complaint(f"complaint-{seed}-{index}", source.randrange(listings), source)
        yield keyed(event)


def waiting_complaint(number: int) -> Keyed:
    """Return a complaint against a listing that is not there."""
    event = _complaint(f"complaint-{number}", number, random.Random(number))
    return keyed(event)


def _mark(number: int) -> str:
    letters = "bcdfghjklmnprstvwz"
    first, second = divmod(number, len(letters))
    return f"{letters[first]}o{letters[second]}avex".upper()


def _application(number: int) -> str:
    return f"{87_000_000 + number}"


def _classes(number: int) -> tuple[int, ...]:
    return (NICE_CLASSES[number % len(NICE_CLASSES)],)


def _trademark(number: int) -> TrademarkRecorded:
    return TrademarkRecorded(
        office="US",
        application_number=_application(number),
        registration_number=f"{5_000_000 + number}",
        mark_text=_mark(number),
        mark_feature="standard_characters",
        mark_kind="individual",
        status="registered",
        status_code="700",
        status_date="2015-01-06",
        application_date="2014-01-06",
        registration_date="2015-01-06",
        expiry_date=None,
        nice_classes=_classes(number),
        territories=("US",),
        owners=(Owner(f"{_mark(number)} Inc.", "US"),),
        effective_from_milliseconds=1_420_502_400_000,
        recorded_at_milliseconds=1_420_502_400_000,
        source="load",
    )


def _listing(number: int, version: int, source: random.Random) -> ListingChanged:
    mark = number % MARKS
    # One listing in six offers goods of another class than its mark's.
    classes = _classes(mark) if number % 6 else _classes(mark + 1)
    words = " ".join(source.sample(WORDS, 3))
    return ListingChanged(
        listing_id=f"listing-{number:08d}",
        marketplace=("taobao", "tmall", "lazada", "aliexpress")[number % 4],
        seller_id=f"seller-{number % 5000}",
        version=version,
        status="active",
        title=f"{_mark(mark).title()} {source.choice(GOODS[classes[0]])} {words}",
        brand=_mark(mark).title(),
        category="Clothing > Shoes",
        nice_classes=classes,
        territories=("US", "CN"),
        url=f"https://marketplace.example/item/{number:08d}",
        changed_at_milliseconds=START_MILLISECONDS + version,
    )


def _complaint(complaint_id: str, number: int, source: random.Random) -> ComplaintFiled:
    mark = number % MARKS
    return ComplaintFiled(
        complaint_id=complaint_id,
        listing_id=f"listing-{number:08d}",
        marketplace=("taobao", "tmall", "lazada", "aliexpress")[number % 4],
        complainant_id=f"holder-{mark}",
        rights_holder_id=f"holder-{mark}",
        trademark_office="US",
        trademark_number=f"{5_000_000 + mark}",
        trademark_number_kind="registration",
        ground=source.choice(GROUNDS),
        territory="US",
        statement="The goods offered under this listing do not come from us or our licensees.",
        good_faith_declared=True,
        signature="Load Test",
        contact_email="legal@example.com",
        evidence=(Evidence("doc-1", "test_buy", None),),
        filed_at_milliseconds=START_MILLISECONDS,
        test_purchase=PURCHASE,
    )
