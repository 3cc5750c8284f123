"""What would change a decision: findings that differ in one word and are decided otherwise."""

from typing import Any, NamedTuple

from processors.rules.rule_set import RuleSet


class Change(NamedTuple):
    """One finding by another word, and what would be decided then."""

    finding: str
    word: str
    outcome: str
    rule_id: str


def nearest_changes(rule_set: RuleSet, findings: Any) -> list[Change]:
    """Return all changes of one finding that lead to another outcome, in order of findings."""
    outcome = rule_set.decide(findings).outcome
    changes = []
    for name, words in rule_set.domain.words.items():
        for word in words:
            ruling = rule_set.decide(findings._replace(**{name: word}))
            if ruling.outcome != outcome:
                changes.append(Change(name, word, ruling.outcome, ruling.rule_id))
    return changes
