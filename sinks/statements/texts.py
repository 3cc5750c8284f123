"""Texts of statements, made of codes alone: what people wrote never goes into them."""

from collections.abc import Mapping

from schemas.events.standings import SanctionParty

MAXIMUM_REASONS = 8
OTHER_RIGHT = "Intellectual property right other than a trade mark or copyright"
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
}
MARK = "a trade mark in the register of the office with WIPO ST.3 code"
GRAVITIES = {"ordinary": "ordinary", "grave": "grave"}
INTENTIONS = {"unknown": "unknown", "none": "none", "repeated": "repeated after a warning"}


def told(meanings: Mapping[str, str], reason_codes: tuple[str, ...]) -> str:
    """Return the sentences of those reason codes that are known, joined."""
    sentences = [meanings[code] for code in reason_codes if code in meanings]
    return " ".join(sentences[:MAXIMUM_REASONS])


def explanation_of(ground: str, meanings: Mapping[str, str], reason_codes: tuple[str, ...]) -> str:
    """Say why the content is illegal, or not compatible with the terms; up to 2,000 characters."""
    allegation = ALLEGATIONS.get(ground, "infringes an intellectual property right")
    found = told(meanings, reason_codes)
    return f"The listing {allegation}. {found}".strip()[:2_000]


def facts_of_notice(
    ground: str,
    trusted_flagger: bool,
    office: str,
    meanings: Mapping[str, str],
    reason_codes: tuple[str, ...],
) -> str:
    """Say on what facts a listing was taken down after a notice; up to 5,000 characters."""
    who = "A trusted flagger (Article 22)" if trusted_flagger else "A notifier"
    allegation = ALLEGATIONS.get(ground, "infringes an intellectual property right")
    relied = f" The right relied on is {MARK} {office}." if office.isalpha() else ""
    found = told(meanings, reason_codes)
    ends = f" It was found: {found}" if found else ""
    return (
        f"{who} gave notice under Article 16 that a listing {allegation}.{relied}"
        f" Right, authority of the notifier, listing and evidence were examined.{ends}"
    )[:5_000]


def facts_of_detection(
    office: str, meanings: Mapping[str, str], reason_codes: tuple[str, ...]
) -> str:
    """Say on what facts a listing was blocked or delisted; up to 5,000 characters."""
    relied = f" with {MARK} {office}" if office.isalpha() else ""
    found = told(meanings, reason_codes)
    ends = f" It was found: {found}" if found else ""
    return (
        "The marketplace examines the titles of listings by automated means on its own "
        f"initiative. The title of this listing was compared{relied}.{ends}"
    )[:5_000]


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
