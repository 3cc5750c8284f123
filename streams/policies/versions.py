"""What decides, under its hash: rule sets, times and thresholds, learned weights.

The text of a version is canonical, and its hash is the text's: who reads one can see that it is
the one that decided.
"""

import json
from hashlib import sha256
from typing import Any

from processors.matching.scoring import Weights, canonical_weights
from processors.policies.service_level import (
    LATER_FIELDS,
    ServiceLevel,
    canonical_service_level,
    service_level_hash,
)
from processors.policies.service_policy import ServicePolicy, ServiceScope
from processors.policies.standing_policy import StandingPolicy
from processors.rules.rule_set import RuleSet, canonical_rules
from schemas.events.batches import VersionKind, VersionRecorded
from schemas.events.rules import Rule
from schemas.record import record_of
from streams.policies.policy_files import TIMES, ServicePolicyRefused, checked


class VersionInvalid(Exception):
    """A version is not what its hash says; the message says which."""


def version_of_rules(rule_set: RuleSet, kind: VersionKind = "rule_set") -> VersionRecorded:
    """Return a rule set's version."""
    return VersionRecorded(kind, rule_set.hash, canonical_rules(rule_set.rules))


def version_of_service_level(level: ServiceLevel) -> VersionRecorded:
    """Return the version of times and thresholds."""
    return VersionRecorded(
        "service_level", service_level_hash(level), canonical_service_level(level)
    )


def version_of_service_policy(policy: ServicePolicy) -> VersionRecorded:
    """Return a policy's version; thresholds of standing are no part of it."""
    rows = [
        {**scope._asdict(), "times": _times(level)} for scope, level in sorted(policy.rows.items())
    ]
    plain = {"default": _times(policy.default), "rows": rows}
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"))
    return VersionRecorded("service_policy", sha256(text.encode()).hexdigest(), text)


def service_policy_of(recorded: VersionRecorded) -> ServicePolicy:
    """Return the policy of a version. Errors: VersionInvalid."""
    try:
        plain = _content(recorded, "service_policy")
        rows = {
            ServiceScope(*(row[name] for name in ServiceScope._fields)): ServiceLevel(
                **row["times"]
            )
            for row in plain["rows"]
        }
        policy = ServicePolicy(ServiceLevel(**plain["default"]), rows)
        for level in (policy.default, *policy.rows.values()):
            checked(level, recorded.version[:12])
    except (AttributeError, LookupError, TypeError, ValueError, ServicePolicyRefused) as error:
        raise VersionInvalid(f"{recorded.version} is no policy: {error}") from error
    return policy


def _times(level: ServiceLevel) -> dict[str, Any]:
    times = {name: getattr(level, name) for name in TIMES}
    return {name: time for name, time in times.items() if time or name not in LATER_FIELDS}


def version_of_weights(weights: Weights) -> VersionRecorded:
    """Return the version of learned weights."""
    return VersionRecorded("weights", weights.version, canonical_weights(weights))


def rules_of(recorded: VersionRecorded) -> tuple[Rule, ...]:
    """Return the rules of a version. Errors: VersionInvalid."""
    return tuple(record_of(Rule, each) for each in _content(recorded, "rule_set"))


def service_level_of(recorded: VersionRecorded) -> ServiceLevel:
    """Return the times and thresholds of a version. Errors: VersionInvalid."""
    plain = _content(recorded, "service_level")
    return ServiceLevel(**{**plain, "standing": StandingPolicy(**plain["standing"])})


def _content(recorded: VersionRecorded, kind: VersionKind) -> Any:
    if recorded.kind != kind:
        raise VersionInvalid(f"{recorded.version} is a {recorded.kind}, no {kind}")
    if not sha256(recorded.content.encode()).hexdigest().startswith(recorded.version):
        raise VersionInvalid(f"the content of {recorded.kind} {recorded.version} has another hash")
    return json.loads(recorded.content)
