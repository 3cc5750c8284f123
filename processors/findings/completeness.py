"""What a complaint must say to be acted on.

Elements asked for: DSA Article 16(2)(a)-(d) and, alike, DMCA 512(c)(3)(A).
"""

from processors.findings.territories import countries_of
from schemas.events.complaints import ComplaintFiled
from schemas.events.private_texts import PrivateText
from schemas.private_texts import characters_of, reads_as
from schemas.rights import missing_elements_of, right_of

MINIMUM_STATEMENT_CHARACTERS = 20


def missing_elements(complaint: ComplaintFiled, of_right: bool = True) -> tuple[str, ...]:
    """Return reason codes for what the complaint lacks; the complainant is asked for it.

    What its right asks for is among them where `of_right`.
    """
    found = []
    if not is_stated(complaint.statement, complaint.private_statement):
        found.append("statement_missing")
    if not complaint.good_faith_declared:
        found.append("good_faith_not_declared")
    if not characters_of(complaint.signature, complaint.private_signature):
        found.append("signature_missing")
    if not reads_as("email_address", complaint.contact_email, complaint.private_contact_email):
        found.append("contact_missing")
    if complaint.without_authority:
        # DSA Article 16(2) asks anybody for no more than this: people look up the right.
        return tuple(found)
    named = complaint.trademark_office.strip() and _has_digit(complaint.trademark_number)
    if not named and right_of(complaint.ground).right == "trademark":
        found.append("trademark_missing")
    countries = countries_of(complaint.territory)
    if not countries:
        found.append("territory_invalid")
    if of_right:
        said = {each.name: each.text for each in complaint.particulars}
        private = {each.name: each.private_text for each in complaint.particulars}
        missing = missing_elements_of(right_of(complaint.ground), said, countries, private)
        found += [each.reason for each in missing]
    return tuple(found)


def is_stated(statement: str, private: PrivateText | None) -> bool:
    """Tell whether a statement is long enough to say something."""
    return characters_of(statement, private) >= MINIMUM_STATEMENT_CHARACTERS


def _has_digit(number: str) -> bool:
    return any(character.isdecimal() for character in number)
