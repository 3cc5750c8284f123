"""CEL, of which conditions are a part, decides as the rule sets do."""

import cel
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from world_rules import conditions, sampled_findings, text_of

from processors.rules.condition import holds
from processors.rules.domain import COMPLAINTS
from processors.rules.parser import condition_of
from processors.rules.rule_diagram import RuleDiagram
from processors.rules.rule_set import RuleSet
from processors.rules.tokens import ConditionInvalid
from processors.titles.misuse import MISUSE
from streams.policies.rule_files import BUILT_IN_DIRECTORY, MISUSE_DIRECTORY, load_rules

SAMPLES = 100_000
WORDS = {"colour": ("red", "green", "blue"), "size": ("small", "large")}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("directory", "domain"), [(BUILT_IN_DIRECTORY, COMPLAINTS), (MISUSE_DIRECTORY, MISUSE)]
)
def test_built_in_rules_decide_as_in_cel(directory, domain):
    rule_set = RuleSet(load_rules(directory), domain)
    # One expression for all, so that findings are handed over once.
    together = ", ".join(f"({rule.condition}\n)" for rule in rule_set.rules)
    program = cel.compile(f"[{together}]")
    for findings in sampled_findings(domain, SAMPLES):
        held = program.execute(findings._asdict())
        assert rule_set.decide(findings).rule_id == rule_set.rules[held.index(True)].rule_id


@settings(deadline=None)
@given(conditions(COMPLAINTS.words), st.integers(0, COMPLAINTS.numbering.combinations - 1))
def test_any_condition_holds_where_it_does_in_cel(condition, number):
    findings = COMPLAINTS.numbering.findings_of(number)
    text = text_of(condition)
    expected = cel.compile(text).execute(findings)
    read = condition_of(text, COMPLAINTS.words)
    assert holds(condition, findings) is expected
    assert holds(read, findings) is expected
    rules = RuleDiagram(COMPLAINTS.words)
    place = rules.function_of(read)
    places = [COMPLAINTS.words[name].index(word) for name, word in findings.items()]
    while place >= 0:
        level, branches = rules.diagram.node(place)
        place = branches[places[level]]
    assert place == ~int(expected)


TOKENS = st.sampled_from(
    ["colour", "size", '"red"', "'large'", "==", "!=", "in", "[", "]", ",", "&&", "||", "!", "(",
     ")", "true", "false", "//", "\n"]
)  # fmt: skip
TEXTS = st.lists(TOKENS, max_size=12).map(" ".join) | conditions(WORDS).map(text_of)


@settings(deadline=None)
@given(TEXTS, st.data())
def test_what_is_taken_is_cel_with_one_or_two_tokens_changed(text, data):
    parts = text.split(" ")
    for _ in range(data.draw(st.integers(0, 2))):
        place = data.draw(st.integers(0, len(parts)))
        parts[place : place + data.draw(st.integers(0, 1))] = [data.draw(TOKENS)]
    changed = " ".join(parts)
    try:
        condition = condition_of(changed, WORDS)
    except ConditionInvalid:
        return
    program = cel.compile(changed)
    for colour in WORDS["colour"]:
        for size in WORDS["size"]:
            findings = {"colour": colour, "size": size}
            assert program.execute(findings) is holds(condition, findings)
