"""Who complains about what in a simulated day: made from a seed and a number, the same anywhere.

Marks and titles are real (ops/demo/data). The listings are composed of both, and the complaints
are ours; nobody named there ever complained. The mix decides the shares of the outcomes, so these
show that the pipeline handles such a day, and nothing about the world.
"""

import random
from functools import lru_cache
from typing import NamedTuple

from ops.demo.scenario import titles
from schemas.events.complaints import (
    ComplaintFiled,
    Evidence,
    EvidenceKind,
    Ground,
    Particular,
    Purchase,
)
from schemas.events.listings import ListingChanged, ListingStatus
from schemas.events.parties import Authorisation, PartyRecorded
from schemas.rights import right_of

MARKETPLACES = ("harbour", "bazaar", "lantern", "meridian", "orchard", "cobalt")
SELLERS = 200_000
"""Few have many listings complained about: numbers are drawn closer to 0. An assumption."""

HOLDERS_OF_EACH_MARK = 40
CARELESS_HOLDERS = 4
"""Of each mark's holders so many, the last, file most of what the register would have told to be
unfounded. An assumption; the pipeline suspends them."""

CARELESS_SHARE = 0.9
BRANDED = frozenset(
    {"infringement", "counterfeit", "other_class", "not_in_force", "other_territory"}
)
PURCHASE = Purchase("order-1", "2020-01-10", "2020-01-17", ("No batch code on the base",))
UNFOUNDED = frozenset({"other_class", "mark_absent", "number_unknown", "other_territory"})
AGENTS = 30
AGENT_SHARE = 0.4
YEAR_MILLISECONDS = 365 * 86_400_000
STATEMENT = "The goods offered here use our mark and do not come from us or from our licensees."

LANGUAGES = {"en": 45, "de": 15, "fr": 10, "es": 8, "it": 7, "ko": 8, "zh": 7}
"""Languages of complaints, by weight. An assumption."""

MEDIAN_PRICE_EUROS, PRICE_SPREAD = 25.0, 1.4
"""Prices are log-normal: one listing in 200 or so costs over 1,000 euros. An assumption."""


class Mark(NamedTuple):
    """A mark of the demo's registers that is in force, with a country where it holds, goods of its
    class, and its weight among complaints."""

    office: str
    application_number: str
    number: str
    text: str
    nice_class: int
    territory: str
    goods: tuple[str, ...]
    weight: float


MARKS = (
    Mark("EM", "018229279", "018229279", "Digital black", 9, "DE", ("headphones", "printer"), 3),
    Mark("EM", "018224965", "018224965", "BURN", 32, "FR", ("energy drink", "soft drink"), 4),
    Mark("US", "74631225", "2178784", "JAVA", 9, "US", ("laptop", "tablet"), 3),
    Mark("US", "71112081", "124134", "CUTEX", 8, "US", ("razor", "trimmer", "cutlery"), 30),
    Mark("US", "72244388", "864928", "AUDION", 7, "US", ("blender", "drill", "vacuum"), 30),
    Mark("US", "72244547", "843074", "CARBOLINE", 2, "US", ("primer", "coating", "paint"), 30),
)
"""Brands mostly are words of no language; people decide on those that are one. The weights are an
assumption."""

LOOKS = ("black", "white", "red", "new", "new large", "for men", "small grey", "original", "blue")
PLAIN_SHARE = 0.85
"""So many titles say which goods it is and how they look, and nothing else; the others are real
titles of other goods with the mark before them, as of sellers who name all that may be searched
for. An assumption."""

OTHER_CLASS = 20
"""Furniture: related to no class of these marks."""


class Kind(NamedTuple):
    """A kind of complaint: its weight in the mix, its ground, and the share that is justified."""

    weight: float
    ground: Ground
    justified: float


KINDS: dict[str, Kind] = {
    "infringement": Kind(46, "trademark_infringement", 1.0),
    "counterfeit": Kind(24, "counterfeit", 1.0),
    "keyword_misuse": Kind(8, "keyword_misuse", 1.0),
    "near_spelling": Kind(6, "trademark_infringement", 0.7),
    "other_ground": Kind(1, "other", 0.5),
    "copyright": Kind(1, "copyright_infringement", 0.6),
    "other_class": Kind(3, "trademark_infringement", 0.0),
    "mark_absent": Kind(4, "trademark_infringement", 0.0),
    "number_unknown": Kind(1.5, "trademark_infringement", 0.0),
    "not_in_force": Kind(1.5, "trademark_infringement", 0.0),
    "other_territory": Kind(1, "trademark_infringement", 0.0),
    "no_evidence": Kind(1, "counterfeit", 0.3),
    "signature_missing": Kind(2, "trademark_infringement", 0.9),
    "not_authorised": Kind(0.5, "trademark_infringement", 0.2),
    "listing_late": Kind(0.5, "trademark_infringement", 1.0),
    "listing_never": Kind(0.5, "trademark_infringement", 0.0),
}
"""The mix of complaints. An assumption, set so that about 83 % are upheld, as the seed tells."""


BRANDED_SHARE = 0.85
"""So many listings give the mark as the brand of their goods. An assumption."""

TEST_PURCHASE_SHARES = {"counterfeit": 0.8, "infringement": 0.5}
"""So many complaints of a kind come with a test purchase; the others with a photograph. An
assumption: without one, and without words of copying in the title, a person decides."""

COPY_SHARE = 0.3
"""So many titles of counterfeits say themselves that the goods are copies. An assumption."""

AGAIN_SHARE = 0.02
"""So many complaints are about the listing of the one before, by somebody else. An assumption."""


class Story(NamedTuple):
    """One complaint of the day and what it is about; `justified` is what a good reviewer finds."""

    number: int
    listing_number: int
    kind: str
    justified: bool
    mark: Mark
    marketplace: str
    seller_id: str
    language: str
    price_euros: float
    title: str
    holder_id: str
    agent_id: str | None
    brand: str | None
    test_purchase: bool

    @property
    def complaint_id(self) -> str:
        """Id of complaint and case."""
        return f"complaint-{self.number:06d}"

    @property
    def listing_id(self) -> str:
        """Id of the listing complained about."""
        return f"listing-{self.listing_number:06d}"


@lru_cache(maxsize=10_000)
def story(seed: int, number: int) -> Story:
    """Return the complaint of a number."""
    source = random.Random(f"{seed}:{number}")
    if number % 2 and source.random() < 2 * AGAIN_SHARE:
        before = story(seed, number - 1)
        careful = HOLDERS_OF_EACH_MARK - CARELESS_HOLDERS
        holder = f"{before.holder_id[:-2]}{source.randrange(careful):02d}"
        return before._replace(number=number, holder_id=holder, agent_id=None)
    kind = source.choices(list(KINDS), [each.weight for each in KINDS.values()])[0]
    place = source.choices(range(len(MARKS)), [each.weight for each in MARKS])[0]
    mark = MARKS[place]
    careless = kind in UNFOUNDED and source.random() < CARELESS_SHARE
    agent = (source.random() < AGENT_SHARE and not careless) or kind == "not_authorised"
    return Story(
        number=number,
        listing_number=number,
        kind=kind,
        justified=source.random() < KINDS[kind].justified,
        mark=mark,
        marketplace=source.choice(MARKETPLACES),
        seller_id=f"seller-{int(SELLERS * source.random() ** 1.5):06d}",
        language=source.choices(list(LANGUAGES), list(LANGUAGES.values()))[0],
        price_euros=round(MEDIAN_PRICE_EUROS * source.lognormvariate(0, PRICE_SPREAD), 2),
        title=_title(kind, mark, source),
        holder_id=f"holder-{place}-{_holder(careless, source):02d}",
        agent_id=f"agent-{source.randrange(AGENTS):02d}" if agent else None,
        brand=mark.text if kind in BRANDED and source.random() < BRANDED_SHARE else None,
        test_purchase=source.random() < TEST_PURCHASE_SHARES.get(kind, 0.0),
    )


def listing(
    told: Story, version: int, status: ListingStatus, at_milliseconds: int
) -> ListingChanged:
    """Return a state of a story's listing."""
    return ListingChanged(
        listing_id=told.listing_id,
        marketplace=told.marketplace,
        seller_id=told.seller_id,
        version=version,
        status=status,
        title=told.title,
        brand=told.brand,
        category="Simulated",
        nice_classes=(OTHER_CLASS if told.kind == "other_class" else told.mark.nice_class,),
        territories=(told.mark.territory,),
        url=f"https://{told.marketplace}.example/item/{told.listing_id}",
        changed_at_milliseconds=at_milliseconds,
        language=told.language,
        price_euros=told.price_euros,
    )


def complaint(told: Story, at_milliseconds: int) -> ComplaintFiled:
    """Return a story's complaint."""
    mark = told.mark
    office, number, number_kind = mark.office, mark.number, "registration"
    if told.kind == "number_unknown":
        number = "999999999"
    elif told.kind == "not_in_force":
        office, number, number_kind = "EM", "018225679", "application"
    territory = "JP" if told.kind == "other_territory" else mark.territory
    return ComplaintFiled(
        complaint_id=told.complaint_id,
        listing_id=told.listing_id,
        marketplace=told.marketplace,
        complainant_id=_complainant(told),
        rights_holder_id=told.holder_id,
        trademark_office=office,
        trademark_number=number,
        trademark_number_kind=number_kind,  # type: ignore[arg-type]
        ground=KINDS[told.kind].ground,
        territory=territory,
        statement=STATEMENT,
        good_faith_declared=True,
        signature="" if told.kind == "signature_missing" else told.holder_id,
        contact_email="complaints@rights-holder.example",
        evidence=_evidence(told),
        filed_at_milliseconds=at_milliseconds,
        test_purchase=PURCHASE if told.test_purchase else None,
        language=told.language,
        particulars=tuple(
            Particular(each.name, each.asks) for each in right_of(KINDS[told.kind].ground).elements
        ),
    )


def parties(at_milliseconds: int) -> list[PartyRecorded]:
    """Return all rights holders and agents; each agent may file for every holder."""
    since = at_milliseconds - YEAR_MILLISECONDS
    recorded = []
    holder_ids = []
    for place, mark in enumerate(MARKS):
        keys = (f"{mark.office}:{mark.application_number}", "EM:018225679")
        for number in range(HOLDERS_OF_EACH_MARK):
            holder_ids.append(f"holder-{place}-{number:02d}")
            recorded.append(_party(holder_ids[-1], "rights_holder", keys, (), since))
    for number in range(AGENTS):
        agent_id = f"agent-{number:02d}"
        given = tuple(
            Authorisation(f"{agent_id}:{holder}", holder, (), (), since, None, None)
            for holder in holder_ids
        )
        recorded.append(_party(agent_id, "agent", (), given, since))
    recorded.append(_party("agent-stranger", "agent", (), (), since))
    return recorded


def is_careless(party_id: str) -> bool:
    """Tell whether a party is a holder that files most of what is unfounded."""
    kind, _, number = party_id.rpartition("-")
    careful = HOLDERS_OF_EACH_MARK - CARELESS_HOLDERS
    return kind.startswith("holder-") and int(number) >= careful


def _holder(careless: bool, source: random.Random) -> int:
    careful = HOLDERS_OF_EACH_MARK - CARELESS_HOLDERS
    if careless:
        return careful + source.randrange(CARELESS_HOLDERS)
    return source.randrange(careful)


def _party(
    party_id: str,
    kind: str,
    trademark_keys: tuple[str, ...],
    authorisations: tuple[Authorisation, ...],
    since_milliseconds: int,
) -> PartyRecorded:
    return PartyRecorded(
        party_id=party_id,
        kind=kind,  # type: ignore[arg-type]
        name=f"Simulated {party_id}",
        register_names=(),
        trademark_keys=trademark_keys,
        identity_verified=True,
        authorisations=authorisations,
        authorised_seller_ids=(),
        recorded_at_milliseconds=since_milliseconds,
    )


def _complainant(told: Story) -> str:
    if told.kind == "not_authorised":
        return "agent-stranger"
    return told.agent_id or told.holder_id


def _evidence(told: Story) -> tuple[Evidence, ...]:
    if told.kind == "no_evidence":
        return ()
    proof: EvidenceKind = "test_buy" if told.test_purchase else "photo"
    kinds: tuple[EvidenceKind, ...] = (proof, "declaration")
    return tuple(Evidence(f"{told.complaint_id}-{each}", each, None) for each in kinds)


def _title(kind: str, mark: Mark, source: random.Random) -> str:
    rows = titles()
    while True:
        words = source.choice(rows)["title"]
        if not any(other.text.lower() in words.lower() for other in MARKS):
            break
    if kind == "mark_absent":
        return words
    spelled = mark.text
    if kind == "near_spelling":
        place = source.randrange(1, len(spelled))
        spelled = spelled[:place] + spelled[place - 1] + spelled[place:]
    if source.random() < PLAIN_SHARE:
        words = f"{source.choice(mark.goods)} {source.choice(LOOKS)} {source.randrange(1, 1_000)}"
    copied = kind == "counterfeit" and source.random() < COPY_SHARE
    return f"{spelled} replica {words}" if copied else f"{spelled} {words}"
