"""The parts of a reading, found: in the title, the brand, the register and the documents filed."""

from functools import lru_cache
from typing import NamedTuple

from processors.findings.findings import ReadingFinding
from processors.findings.listing_match import (
    ListingMatch,
    Occurrence,
    listing_match,
    title_place,
)
from processors.findings.other_marks import (
    MarksNamed,
    part_of_word,
    speaks_against,
    terms_in,
    terms_over,
)
from processors.findings.owners import may_be_same_owner, owner_name
from processors.findings.proof import proof_of
from processors.findings.reading import (
    Copying,
    GoodsBrand,
    Meant,
    OtherRight,
    Parts,
    Standing,
    reading_of,
)
from processors.findings.sellers_right import FindParty, is_older, sellers_right
from processors.matching.copying import bound_word, copying_words
from processors.matching.folding import fold
from processors.matching.goods import goods_named, of_mark
from processors.matching.scoring import built_in_weights, judge_hits
from processors.matching.terms import TermKind, kind_of, term_of
from processors.matching.use import (
    Condition,
    Goods,
    MarkUse,
    Place,
    title_words,
    use_of,
    weightiest,
)
from processors.matching.vocabulary import first_names
from schemas.events.complaints import ComplaintFiled
from schemas.events.listings import ListingChanged
from schemas.events.trademarks import TrademarkRecorded

HINTS = 2
"""So many different phrases that may tell of a copy count as one that does, apart from the mark."""

MAXIMUM_LISTINGS = 8_192
BEFORE_MARK = frozenset(
    fold(
        "new brand original genuine authentic official the neu neue neuer neues neuf neuve nuevo "
        "nueva nuovo nuova novo nova nieuw nieuwe nowy nowa nowe новый новая новые ny nya uusi "
        "yeni baru mới 新品 全新 正品 正版 새상품 새 정품 جديد جديدة"
    ).split()
)
"""Words with which a title may begin before it names the goods' own mark."""


FIRST_TITLES = ("Acme replica trainers for John", "Nothing of the kind")
"""Made ones, to read what every listing is read with."""


class ListingReading(NamedTuple):
    """The finding, and its parts in words."""

    reading: ReadingFinding
    match: ListingMatch
    details: dict[str, str]


class TextParts(NamedTuple):
    """What a listing's texts tell of a mark, whoever complains."""

    match: ListingMatch
    use: MarkUse
    condition: Condition
    goods: Goods
    mark_kind: TermKind
    copying_words: str
    copying: Copying
    meant: Meant
    stands: Standing
    written: tuple[Occurrence, ...]


def read_listing(
    complaint: ComplaintFiled,
    listing: ListingChanged,
    trademark: TrademarkRecorded | None,
    marks_named: MarksNamed,
    party: FindParty,
    label_proves: bool = True,
) -> ListingReading:
    """Return how a listing is read against the mark that a complaint relies on.

    `label_proves` tells whether a document need but be called a test purchase. Register and parties
    are asked for other rights only where nothing else speaks against a clear reading.
    """
    if trademark is None or trademark.mark_text is None:
        return ListingReading("uncertain_spelling", ListingMatch("no_words", ""), {})
    text = _text_parts(trademark.mark_text, listing.title, listing.brand)
    parts = Parts(
        ground=complaint.ground,
        spelling=text.match.finding,
        use=text.use,
        condition=text.condition,
        goods=of_mark(
            text.goods,
            title_words(fold(listing.title)),
            term_of(trademark.mark_text),
            trademark.nice_classes,
        ),
        brand=_goods_brand(trademark, listing.brand, marks_named),
        mark_kind=text.mark_kind,
        copying=text.copying,
        meant=text.meant,
        stands=text.stands,
        proof=proof_of(complaint, label_proves),
        other_right="older_listing" if is_older(listing, trademark) else "none",
    )
    reading = reading_of(parts)
    if reading == "clear":
        other: OtherRight = sellers_right(complaint, listing, trademark, party, marks_named)
        if other == "none":
            other = _other_marks(complaint, listing, trademark, text, marks_named)
        parts = parts._replace(other_right=other)
        reading = reading_of(parts)
    details = {
        name: word
        for name, word in parts._asdict().items()
        if name not in ("ground", "spelling", "copying")
    }
    if text.copying_words:
        details["copying_words"] = text.copying_words
    return ListingReading(reading, text.match, details)


def ready_tables() -> None:
    """Have the tables at hand that listings are read with, so that no complaint waits for them."""
    for title in FIRST_TITLES:
        _text_parts("Acme", title, None)


@lru_cache(maxsize=MAXIMUM_LISTINGS)
def _text_parts(mark_text: str, title: str, brand: str | None) -> TextParts:
    match = listing_match(mark_text, title, brand)
    folded = fold(title)
    words = title_words(folded)
    term = term_of(mark_text)
    written = [each for each in match.occurrences if each.spelling in ("exact", "disguised")]
    uses = {use_of(words, folded, Place(each.begin, each.end)) for each in written}
    copying = _copying(title, written)
    told = copying_words(title)
    hints = {each.phrase for each in told}
    apart = any(each.kind == "copy" for each in told) or len(hints) >= HINTS
    return TextParts(
        match,
        weightiest(uses if written else words.anywhere),
        words.condition,
        goods_named(folded, words, [Place(each.begin, each.end) for each in written]),
        kind_of(term) if term else "short",
        copying,
        "bound" if copying else ("apart" if apart else "absent"),
        _meant(title, written) if copying and not brand else "unlikely",
        _standing(folded, written),
        tuple(written),
    )


def _standing(folded: str, written: list[Occurrence]) -> Standing:
    """Tell how the mark stands where it stands best."""
    found = [part_of_word(folded, each.begin, each.end) for each in written]
    if not found:
        return "brand_only"
    if all(found):
        return "part_of_word"
    before = [
        folded[: each.begin].split() for each, part in zip(written, found, strict=True) if not part
    ]
    if not first_names().isdisjoint(words[-1] for words in before if words):
        return "beside_name"
    leads = any(all(w in BEFORE_MARK or w.isdigit() for w in words) for words in before)
    return "alone" if leads else "amid"


def _copying(title: str, written: list[Occurrence]) -> str:
    """Return the words that tell of copies and are bound to the mark, or nothing."""
    if not written or not copying_words(title):
        return ""
    found = (bound_word(title, *title_place(title, each)) for each in written)
    return next((each.phrase for each in found if each is not None and each.kind == "copy"), "")


def _meant(title: str, written: list[Occurrence]) -> Meant:
    weights = built_in_weights()
    judged = judge_hits(title, [each.hit for each in written])
    return "likely" if any(each.counts(weights) for each in judged) else "unlikely"


def _goods_brand(
    trademark: TrademarkRecorded, brand: str | None, marks_named: MarksNamed
) -> GoodsBrand:
    """Tell whether the listing's brand is the mark, or the owner's name or another of its marks."""
    given = fold(brand) if brand else ""
    if not given:
        return "not_given"
    term = fold(trademark.mark_text or "")
    if given.replace(" ", "") == term.replace(" ", ""):
        return "mark"
    owners = [owner.name for owner in trademark.owners]
    if owner_name(brand or "") in {owner_name(name) for name in owners}:
        return "mark"
    of_owner = any(
        owners and may_be_same_owner(owners, [owner.name for owner in other.owners])
        for other in marks_named((given,))
        if other.owners
    )
    return "mark" if of_owner else "other"


def _other_marks(
    complaint: ComplaintFiled,
    listing: ListingChanged,
    trademark: TrademarkRecorded,
    text: TextParts,
    marks_named: MarksNamed,
) -> OtherRight:
    term, folded = term_of(trademark.mark_text), fold(listing.title)
    over = dict.fromkeys((term,) if term else ())
    for each in text.written:
        if each.spelling == "exact":
            over.update(dict.fromkeys(terms_over(folded, each.begin, each.end)))
    further = [each for each in terms_in(folded) if each not in over]
    against = {
        term_of(other.mark_text)
        for other in marks_named((*over, *further))
        if speaks_against(other, trademark, listing.nice_classes, complaint.territory)
    }
    if term in against:
        return "same_mark"
    if not against.isdisjoint(over):
        return "overlapping_mark"
    # Common words that are somebody's mark stand in titles for what they mean.
    others = any(kind_of(each) == "distinctive" for each in against if each)
    return "further_mark" if others else "none"
