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

PromotionGate = Literal["check", "backtest", "shadow", "approval", "canary"]
"""What a candidate passes before it decides, in this order; the last once for each share."""

SHADOW_SLOT = "shadow:"
"""How the key of one shadow set among several begins; its hash follows."""

ROLLOUT_KEY = "rollout"
"""Key of the rollout under way."""


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


@event(RULES_STATE, identity=ALL_FIELDS, key="{slot|role}")
class RuleSetPublished(NamedTuple):
    """A rule set was published for use, or for running in shadow; a shadow set without rules ends
    the one with its key."""

    role: RuleSetRole
    """Whether the set decides, or only is compared; key of the record where there is no slot."""
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
    slot: Word = ""
    """Key of the record of one shadow set among several, 'shadow:' and its hash; empty for the one
    of its role."""


@event(RULES_STATE, identity=ALL_FIELDS, key="gate:{rule_set_hash}:{gate}:{share_percent}")
class GateRecorded(NamedTuple):
    """A candidate met a gate on its way to decide, or did not; the last record of a gate counts."""

    rule_set_hash: Word
    """The candidate."""
    gate: PromotionGate
    """What was looked at."""
    share_percent: Whole
    """Share of listings on which it decided meanwhile; 0 for gates before that."""
    met: bool
    """Whether it may go on."""
    found: Annotated[str, Text(4_000)]
    """What was found, in words."""
    evidence: Document
    """On what that rests: figures and hashes, JSON."""
    recorded_by: PartyId
    """Who looked."""
    recorded_at_milliseconds: Timestamp
    """When it was recorded, UTC."""


@event(RULES_STATE, identity=ALL_FIELDS, key=ROLLOUT_KEY)
class RolloutChanged(NamedTuple):
    """A candidate was given a share of listings to decide on, or it was taken back."""

    rule_set_hash: Word
    """The candidate, which also is published as a shadow set."""
    share_percent: Whole
    """Share of listings on which it decides, by a hash of each; 0 takes it back, 100 are all."""
    reason: Annotated[str, Text(1_000)]
    """Why."""
    changed_by: PartyId
    """Who changed it."""
    changed_at_milliseconds: Timestamp
    """When, UTC."""


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
