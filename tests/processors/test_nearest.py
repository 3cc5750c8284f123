"""What would change a decision is exactly what the rules decide otherwise."""

from world import rule_set

from processors.rules.nearest import nearest_changes
from streams.policies.rule_files import PLAIN_COUNTERFEIT


def test_every_change_of_one_word_that_is_decided_otherwise_is_named_and_no_other():
    rules = rule_set()
    unclear = PLAIN_COUNTERFEIT._replace(reading="comparison")
    changes = nearest_changes(rules, unclear)
    outcome = rules.decide(unclear).outcome
    tried = {
        (name, word): rules.decide(unclear._replace(**{name: word})).outcome
        for name, words in rules.domain.words.items()
        for word in words
    }
    assert {(each.finding, each.word): each.outcome for each in changes} == {
        change: decided for change, decided in tried.items() if decided != outcome
    }
    assert ("reading", "clear", "take_down") in {each[:3] for each in changes}
