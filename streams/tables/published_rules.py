"""Rule sets and policies as they are published, made into what decides."""

from processors.policies.service_policy import ServicePolicy
from processors.rules.rule_set import RuleSet
from schemas.events.batches import VersionRecorded
from schemas.events.rules import RuleSetPublished, ServicePolicyPublished
from streams.policies.versions import service_policy_of


def policy_published(published: ServicePolicyPublished) -> ServicePolicy:
    """Return the policy of an event. Errors: VersionInvalid."""
    version = VersionRecorded("service_policy", published.policy_hash, published.content)
    return service_policy_of(version)


def rules_published(published: RuleSetPublished) -> RuleSet | None:
    """Compile a rule set; None for a shadow set without rules. Errors: RuleSetRefused."""
    if published.role == "shadow" and not published.rules:
        return None
    return RuleSet.compile(published)
