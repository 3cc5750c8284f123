"""docs/statements.md: what parties are told, made from the sentences that they are told in."""

from typing import Any

from schemas.durations import DAY_MILLISECONDS
from schemas.events.notices import DecisionFacts, NotifyParty
from schemas.events.standings import ConductFactors, SanctionParty
from schemas.statements.catalogue import LANGUAGES
from schemas.statements.rendering import rendered
from schemas.statements.statement import (
    StatementOfReasons,
    statement_of_notice,
    statement_of_sanction,
)

RECEIVED = 1_795_766_400_000
"""2026-11-27, 08:00 UTC, in milliseconds."""

FACTS = DecisionFacts(
    ground="counterfeit",
    territory="DE",
    received_at_milliseconds=RECEIVED,
    trademark_key="EM:018229012",
    mark_text="NORDLICHT",
    holder_name="Nordlicht Sports AG",
    found=("authority.owner", "registry.in_force", "listing_match.exact", "proof.test_purchase"),
    territories=("DE", "FR", "AT"),
    objection="rounds",
)
TAKEDOWN = NotifyParty(
    command_id="0d9b5e6c",
    party_id="seller-7",
    role="seller",
    kind="decision",
    case_id="c-4711",
    listing_id="tb-600123",
    marketplace="taobao",
    decision_number=1,
    outcome="take_down",
    reason_codes=("counterfeit",),
    automated=True,
    answer_until_milliseconds=RECEIVED + 5 * DAY_MILLISECONDS,
    appeal_until_milliseconds=RECEIVED + 181 * DAY_MILLISECONDS,
    issued_at_milliseconds=RECEIVED,
    facts=FACTS,
)
DECLINE = TAKEDOWN._replace(
    role="complainant",
    party_id="agent-3",
    outcome="decline",
    reason_codes=("listing_and_ip_document_mismatch", "territory_not_covered"),
    answer_until_milliseconds=None,
    facts=FACTS._replace(
        territory="CH",
        found=("registry.in_force",),
        further_reason_codes=("trademark_class_mismatch", "complainant_not_authorised"),
    ),
)


def _by_person(explanation: str, days: int, **changes: Any) -> NotifyParty:
    """Return a notice of what a person decided so many days after the complaint, and why."""
    return TAKEDOWN._replace(
        automated=False,
        answer_until_milliseconds=None,
        issued_at_milliseconds=RECEIVED + days * DAY_MILLISECONDS,
        facts=FACTS._replace(found=(), decided_by_person=True, explanation=explanation),
        **changes,
    )


REINSTATEMENT = _by_person(
    "Your invoices show that the shoes come from a licensee of the holder.",
    days=6,
    outcome="reinstate",
    decision_number=3,
    reason_codes=("seller_authorised",),
)
REJECTED_APPEAL = _by_person(
    "The invoice that you filed names other goods than those of the listing.",
    days=9,
    kind="appeal_decided",
    reason_codes=("insufficient_evidence",),
)
RESTRICTION = SanctionParty(
    command_id="7ac2f1",
    party_id="seller-7",
    role="seller",
    sanction="restrict",
    reason_codes=("repeat_offender",),
    strikes=4,
    factors=ConductFactors(5, 0.31, "grave", "repeated after a warning"),
    until_milliseconds=RECEIVED + 180 * DAY_MILLISECONDS,
    issued_at_milliseconds=RECEIVED,
)

HEAD = """# Statements of reasons

Generated from `schemas/statements/` by `python -m ops docs write`. None of it is legal advice.

A seller gets a statement of reasons with each decision about a listing or the account (DSA
Article 17), a complainant each decision with all that stands in the way of the complaint (Article
16(5)), and either of them the outcome of an appeal with who decided it (Article 20(5)). One object
is made of what the notice carries (`schemas/statements/statement.py`), and put in words where it is
told: in the message to the marketplace (`statement_of_reasons`), in the case store, from where the
[filing API](filing.md) gives it out, and, without names, numbers and anybody's own words, in the
[Transparency Database](transparency.md). The worker's notice carries facts only. Why so:
[0035](decisions/0035-statements.md).

The language is the party's (`PartyRecorded.language`), for a complainant the complaint's; a party
of another language than those below is written to in English, and the text is tagged so. Sentences
are in `sentences.yaml`, reasons in `reasons.yaml`, laws in `laws.yaml`, names of countries (Unicode
CLDR) in `countries.csv`; a translator corrects them there. Dates are days in UTC. Parties to cases
that began without statements (`ServiceLevel.statements`) are told in codes, as before.

"""
CASE_HEAD = """## One takedown, side by side

| | {heads} |
|---|{lines}|
"""
OTHERS = (
    ("A complaint declined, with all its defects", DECLINE, "en"),
    ("A listing put back", REINSTATEMENT, "fr"),
    ("An appeal rejected by a person", REJECTED_APPEAL, "de"),
)


def render() -> str:
    """Return docs/statements.md."""
    parts = [HEAD, _side_by_side(_of(TAKEDOWN))]
    parts += [
        f"\n## {title}\n\n{_shown(_of(notice), language)}" for title, notice, language in OTHERS
    ]
    parts.append(
        f"\n## An account restricted\n\n{_shown(statement_of_sanction(RESTRICTION), 'en')}"
    )
    return "".join(parts)


def _of(notice: NotifyParty) -> StatementOfReasons:
    made = statement_of_notice(notice)
    if made is None:
        raise ValueError(f"{notice.kind} carries no statement")
    return made


def _side_by_side(statement: StatementOfReasons) -> str:
    made = [rendered(statement, language) for language in LANGUAGES]
    rows = [f"| `title` | {' | '.join(each.title for each in made)} |\n"]
    for section in made[0].sections:
        texts = [
            f"**{part.heading}**: {part.text}"
            for each in made
            for part in each.sections
            if part.name == section.name
        ]
        rows.append(f"| `{section.name}` | {' | '.join(texts)} |\n")
    return CASE_HEAD.format(
        heads=" | ".join(LANGUAGES), lines="|".join("---" for _ in LANGUAGES)
    ) + "".join(rows)


def _shown(statement: StatementOfReasons, language: str) -> str:
    return f"```text\n{rendered(statement, language).text}```\n"
