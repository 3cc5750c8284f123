"""Rules for when those that somebody published can't be used: people decide all."""

from processors.rules.rule_set import RuleSet
from schemas.events.rules import Rule

ALL_TO_REVIEW = RuleSet(
    (
        Rule(
            rule_id="review-without-rules",
            description="The published rules can't be used, so people decide.",
            priority=1_000,
            condition="true",
            outcome="send_to_review",
            reason_codes=("rule_error",),
        ),
    )
)
