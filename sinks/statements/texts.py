"""Texts of statements, made of codes alone: what people wrote never goes into them."""

from collections.abc import Mapping
from typing import NamedTuple

from schemas.events.standings import SanctionParty

MAXIMUM_REASONS = 8
OTHER_RIGHT = "Intellectual property right for which there is no keyword"
MISUSE_EXPLANATION = (
    "The seller frequently offered goods that manifestly infringe intellectual property rights. "
    "Under Article 23(3) the number of such offers, their share of all, their gravity and what is "
    "known of the seller's intention were weighed, after a warning."
)
ALLEGATIONS = {
    "counterfeit": "offers counterfeit goods",
    "trademark_infringement": "offers goods under another's trade mark without consent",
    "keyword_misuse": "uses another's trade mark to draw buyers to other goods",
    "copyright_infringement": "uses a protected work without consent",
    "design_infringement": "offers goods in another's protected design",
    "patent_infringement": "offers goods that use a patented invention without consent",
    "utility_model_infringement": "offers goods that use a protected utility model without consent",
    "geographical_indication_infringement": (
        "uses a protected geographical indication for goods that are not of it"
    ),
    "trade_dress_infringement": "offers goods in a look by which buyers know another's goods",
    "parallel_import": "offers goods that the owner of the mark did not put on this market",
    "court_order": "is what a court's order is against",
}
MARK = "a trade mark in the register of the office with WIPO ST.3 code"
GRAVITIES = {"ordinary": "ordinary", "grave": "grave"}
INTENTIONS = {"unknown": "unknown", "none": "none", "repeated": "repeated after a warning"}


FOUND: dict[tuple[str, str], str] = {
    ("authority", "owner"): "By the register the notifier owns the right.",
    ("authority", "agent"): "The notifier acts for the right's owner.",
    ("registry", "in_force"): "The right was in force when the notice came.",
    ("territory", "covered"): "It has effect in the country named, where the listing is offered.",
    ("nice_class", "covered"): "It is registered for goods of the listing's class.",
    ("listing_match", "exact"): "The listing writes the mark plainly.",
    ("listing_match", "disguised"): "The listing writes the mark in a spelling that hides it.",
    ("brand", "mark"): "The listing gives the mark as the brand of its goods.",
    ("use", "plain"): "It uses the mark for the goods themselves.",
    ("seller", "not_authorised"): "The seller is on record as no licensee.",
    ("proof", "test_purchase"): "A test purchase was filed.",
    ("proof", "documents"): "Photographs or a comparison were filed.",
}
"""Sentences by finding and word, in the order in which they are told."""

COPYING = "Words that tell of a copy stand beside the mark in the title."


def told(
    meanings: Mapping[str, str], reason_codes: tuple[str, ...], but: str = ""
) -> tuple[str, ...]:
    """Return the sentences of those reason codes that are known, each once, without one code."""
    sentences = (meanings[code] for code in reason_codes if code in meanings and code != but)
    return tuple(dict.fromkeys(sentences))[:MAXIMUM_REASONS]


def found(findings: Mapping[str, str]) -> tuple[str, ...]:
    """Return in sentences what was found of a complaint; a listing's own words are not repeated."""
    sentences = [sentence for (name, word), sentence in FOUND.items() if findings.get(name) == word]
    return (*sentences, COPYING) if findings.get("copying_words") else tuple(sentences)


def explanation_of(ground: str, meanings: Mapping[str, str], reason_codes: tuple[str, ...]) -> str:
    """Say why the content is illegal, or not compatible with the terms; up to 2,000 characters."""
    allegation = ALLEGATIONS.get(ground, "infringes an intellectual property right")
    return _text(2_000, f"The listing {allegation}.", *told(meanings, reason_codes, ground))


class Notice(NamedTuple):
    """A notice under Article 16, what was found of it, and for what reasons it was upheld."""

    ground: str
    trusted_flagger: bool
    office: str
    findings: Mapping[str, str]
    reason_codes: tuple[str, ...]


def facts_of_notice(notice: Notice, meanings: Mapping[str, str]) -> str:
    """Say on what facts a listing was taken down after a notice; up to 5,000 characters."""
    who = "A trusted flagger (Article 22)" if notice.trusted_flagger else "A notifier"
    allegation = ALLEGATIONS.get(notice.ground, "infringes an intellectual property right")
    relied = f"The right relied on is {MARK} {notice.office}." if notice.office.isalpha() else ""
    return _text(
        5_000,
        f"{who} gave notice under Article 16 that a listing {allegation}.",
        relied,
        "Right, authority of the notifier, listing and evidence were examined.",
        *found(notice.findings),
        *told(meanings, notice.reason_codes, notice.ground),
    )


def facts_of_detection(
    office: str, meanings: Mapping[str, str], reason_codes: tuple[str, ...]
) -> str:
    """Say on what facts a listing was blocked or delisted; up to 5,000 characters."""
    compared = f" with {MARK} {office}" if office.isalpha() else ""
    return _text(
        5_000,
        "The marketplace examines the titles of listings by automated means on its own initiative.",
        f"The title of this listing was compared{compared}.",
        *told(meanings, reason_codes),
    )


def _text(limit: int, *sentences: str) -> str:
    return " ".join(dict.fromkeys(each for each in sentences if each))[:limit]


def facts_of_sanction(event: SanctionParty) -> str:
    """Say on what facts a seller's account was restricted; the four factors of Article 23(3)."""
    factors = event.factors
    gravity = GRAVITIES.get(factors.gravity.partition(" ")[0].strip(","), "ordinary")
    intention = INTENTIONS.get(factors.intention.partition(" ")[0].strip(","), "unknown")
    return (
        f"Within the time looked at, {factors.absolute_number} listings of the seller were taken "
        f"down for infringements; {event.strikes} count at present. Share weighed: "
        f"{factors.proportion:.0%}. Gravity: {gravity}. Intention: {intention}."
    )
