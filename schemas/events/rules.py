"""Rule sets, and policies of times."""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

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

    @classmethod
    def from_avro(cls, datum: Mapping[str, Any]) -> "Rule":
        """Make the value from a decoded Avro record."""
        return cls(
            datum["rule_id"],
            datum["description"],
            datum["priority"],
            datum["condition"],
            datum["outcome"],
            tuple(datum["reason_codes"]),
        )

    def to_avro(self) -> dict[str, Any]:
        """Return the record as Avro encoders take it."""
        return self._asdict()


class RuleSetPublished(NamedTuple):
    """A rule set was published for use, or for running in shadow. Fields: schemas/avro."""

    role: RuleSetRole
    rule_set_hash: str
    rules: tuple[Rule, ...]
    published_by: str
    published_at_milliseconds: int

    @classmethod
    def from_avro(cls, datum: Mapping[str, Any]) -> "RuleSetPublished":
        """Make the value from a decoded Avro record."""
        return cls(
            datum["role"],
            datum["rule_set_hash"],
            tuple(Rule.from_avro(item) for item in datum["rules"]),
            datum["published_by"],
            datum["published_at_milliseconds"],
        )

    def to_avro(self) -> dict[str, Any]:
        """Return the record as Avro encoders take it."""
        return {
            "role": self.role,
            "rule_set_hash": self.rule_set_hash,
            "rules": [item.to_avro() for item in self.rules],
            "published_by": self.published_by,
            "published_at_milliseconds": self.published_at_milliseconds,
        }


SERVICE_POLICY_KEY = "service_policy"
"""Key of the policy in force, beside the roles of rule sets."""


class ServicePolicyPublished(NamedTuple):
    """A policy was published: which times cases are allowed that begin from now on. Fields:
    schemas/avro."""

    policy_hash: str
    content: str
    published_by: str
    published_at_milliseconds: int

    @classmethod
    def from_avro(cls, datum: Mapping[str, Any]) -> "ServicePolicyPublished":
        """Make the value from a decoded Avro record."""
        return cls(
            datum["policy_hash"],
            datum["content"],
            datum["published_by"],
            datum["published_at_milliseconds"],
        )

    def to_avro(self) -> dict[str, Any]:
        """Return the record as Avro encoders take it."""
        return self._asdict()
