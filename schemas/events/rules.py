"""Rule sets, and policies of times."""

from typing import Literal, NamedTuple

from schemas.declaration import ALL_FIELDS, event
from schemas.topic_names import RULES_STATE

RuleSetRole = Literal["active", "shadow"]
"""Whether the set decides, or only is compared."""


class Rule(NamedTuple):
    """One rule of a rule set. Fields: schemas/avro."""

    rule_id: str
    description: str
    priority: int
    condition: str
    outcome: str
    reason_codes: tuple[str, ...]


@event(RULES_STATE, identity=ALL_FIELDS, key="{role}")
class RuleSetPublished(NamedTuple):
    """A rule set was published for use, or for running in shadow. Fields: schemas/avro."""

    role: RuleSetRole
    rule_set_hash: str
    rules: tuple[Rule, ...]
    published_by: str
    published_at_milliseconds: int


SERVICE_POLICY_KEY = "service_policy"
"""Key of the policy in force, beside the roles of rule sets."""


@event(RULES_STATE, identity=ALL_FIELDS, key=SERVICE_POLICY_KEY)
class ServicePolicyPublished(NamedTuple):
    """A policy was published: which times cases are allowed that begin from now on. Fields:
    schemas/avro."""

    policy_hash: str
    content: str
    published_by: str
    published_at_milliseconds: int
