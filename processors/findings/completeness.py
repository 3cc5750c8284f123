"""What a complaint must say to be acted on.

Elements asked for: DSA Article 16(2)(a)-(d) and, alike, DMCA 512(c)(3)(A).
"""

import re

from processors.findings.territories import countries_of
from schemas.events.complaints import ComplaintFiled

MINIMUM_STATEMENT_CHARACTERS = 20
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(?:\.[^@\s.]+)+")


def missing_elements(complaint: ComplaintFiled) -> tuple[str, ...]:
    """Return reason codes for what the complaint lacks; the complainant is asked for it."""
    found = []
    if len(complaint.statement.strip()) < MINIMUM_STATEMENT_CHARACTERS:
        found.append("statement_missing")
    if not complaint.good_faith_declared:
        found.append("good_faith_not_declared")
    if not complaint.signature.strip():
        found.append("signature_missing")
    if not _EMAIL.fullmatch(complaint.contact_email):
        found.append("contact_missing")
    named = complaint.trademark_office.strip() and complaint.trademark_number.strip()
    if not named and complaint.ground != "copyright_infringement":
        found.append("trademark_missing")
    if not countries_of(complaint.territory):
        found.append("territory_invalid")
    return tuple(found)
