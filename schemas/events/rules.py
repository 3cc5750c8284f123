"""Rule sets, and policies of times."""

from typing import Annotated, Literal, NamedTuple

from schemas.declaration import ALL_FIELDS, event
from schemas.fields import (
    Document,
    Many,
    PartyId,
    PersonReference,
    Text,
    Timestamp,
    UpTo300,
    Whole,
    Word,
)
from schemas.topic_names import RULES_STATE

RuleSetRole = Literal["active", "shadow"]
"""Whether the set decides, or only is compared."""


class Rule(NamedTuple):
    """One rule of a rule set."""

    rule_id: Word
    """Name of the rule, unique in its set."""
    description: Annotated[str, Text(20_000)]
    """What it is for, in one sentence."""
    priority: Whole
    """Rules are tried in ascending order; the first whose condition holds decides."""
    condition: Annotated[str, Text(20_000)]
    """CEL expression over the findings; gives a boolean."""
    outcome: Word
    """Outcome that the rule gives, a symbol of Outcome."""
    reason_codes: UpTo300[Word]
    """Reason codes that the rule gives, besides those of the findings."""


@event(RULES_STATE, identity=ALL_FIELDS, key="{role}")
class RuleSetPublished(NamedTuple):
    """A rule set was published for use, or for running in shadow."""

    role: RuleSetRole
    """Whether the set decides, or only is compared; key of the record."""
    rule_set_hash: Word
    """SHA-256 over the rules in canonical form, 64 hexadecimal digits."""
    rules: Many[Rule]
    """The rules."""
    published_by: PartyId
    """Who published it."""
    published_at_milliseconds: Timestamp
    """When it was published, UTC."""
    backtest_hash: Word = ""
    """SHA-256 of the record of the backtest whose gates the set met; empty without one."""
    tested_by: PersonReference = ""
    """Who made the backtest, another person than who published the set."""
    without_backtest: Annotated[str, Text(1_000)] = ""
    """Why there was none, in the publisher's words."""


SERVICE_POLICY_KEY = "service_policy"
"""Key of the policy in force, beside the roles of rule sets."""


@event(RULES_STATE, identity=ALL_FIELDS, key=SERVICE_POLICY_KEY)
class ServicePolicyPublished(NamedTuple):
    """A policy was published: which times cases are allowed that begin from now on."""

    policy_hash: Word
    """SHA-256 of the content, hexadecimal."""
    content: Document
    """The policy in its canonical form, JSON: the default times, and those by marketplace,
    territory and ground, in milliseconds, business days and months as the names say."""
    published_by: PartyId
    """Who published it."""
    published_at_milliseconds: Timestamp
    """When it was published, UTC."""
