"""What rules may be about: findings in words, and outcomes."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, get_args

from processors.findings.findings import Findings
from processors.findings.numbering import Numbering, words_of
from processors.findings.versions import FINDINGS_VERSION
from schemas.events.decisions import Outcome

RULE_OUTCOMES: frozenset[str] = frozenset(get_args(Outcome)) - {
    "wait_for_listing",
    "reinstate",
    "retract",
    "remedied_by_seller",
}


@dataclass(frozen=True)
class Domain:
    """The findings' record, the outcomes, the one in doubt, and the version of the findings."""

    findings: type[Any]
    outcomes: frozenset[str]
    in_doubt: str
    version: int

    @cached_property
    def words(self) -> dict[str, tuple[str, ...]]:
        """The words of each finding: the rules' whole input space is finite."""
        return words_of(self.findings)

    @cached_property
    def numbering(self) -> Numbering:
        """The numbers of the findings' combinations."""
        return Numbering(self.words)


COMPLAINTS = Domain(Findings, RULE_OUTCOMES, "send_to_review", FINDINGS_VERSION)
"""Rules on complaints."""
