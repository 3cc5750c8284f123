"""Texts that are sent: those that the party is told, without anything that names anybody."""

from schemas.events.decisions import ComplaintDecided
from schemas.events.detections import BlockListing, DelistListing
from schemas.events.standings import SanctionParty
from schemas.events.takedowns import RestrictListing
from schemas.reasons import REASONS
from schemas.statements.catalogue import FALLBACK
from schemas.statements.rendering import RenderedStatement, rendered
from schemas.statements.statement import (
    StatementOfReasons,
    statement_of_decision,
    statement_of_removal,
    statement_of_sanction,
)

OTHER_RIGHT = "Intellectual property right for which there is no keyword"
MAXIMUM_REASONS = 8
MAXIMUM_FACTS_CHARACTERS = 5_000
MAXIMUM_EXPLANATION_CHARACTERS = 2_000


class PublicTexts:
    """The texts of one statement."""

    def __init__(
        self,
        event: ComplaintDecided | BlockListing | DelistListing | RestrictListing | SanctionParty,
    ):
        self._statement = _shortened(_statement_of(event))
        self._words: RenderedStatement = rendered(self._statement, FALLBACK)

    @property
    def facts(self) -> str:
        """On what facts something was restricted."""
        told = (self._words.section("facts"), self._words.section("right"))
        return " ".join(each for each in told if each)[:MAXIMUM_FACTS_CHARACTERS]

    @property
    def explanation(self) -> str:
        """Why the content is illegal, or not compatible with the terms."""
        told = self._words.section("reasons") or self._words.section("law")
        return told[:MAXIMUM_EXPLANATION_CHARACTERS]


def _statement_of(
    event: ComplaintDecided | BlockListing | DelistListing | RestrictListing | SanctionParty,
) -> StatementOfReasons:
    match event:
        case ComplaintDecided():
            return statement_of_decision(event)
        case BlockListing() | DelistListing() | RestrictListing():
            return statement_of_removal(event)
        case SanctionParty():
            return statement_of_sanction(event)


def _shortened(statement: StatementOfReasons) -> StatementOfReasons:
    """Return a statement with reasons that are known only: a code of somebody's own may say
    anything."""
    known = dict.fromkeys(code for code in statement.reason_codes if code in REASONS)
    return statement._replace(reason_codes=tuple(known)[:MAXIMUM_REASONS])
