"""Whatever text a condition has, it is refused, or compiled within a bound of work."""

import random
from collections import Counter
from pathlib import Path

import pytest

from processors.rules.diagram import MAXIMUM_CONDITION_STEPS, DiagramTooLarge
from processors.rules.domain import COMPLAINTS
from processors.rules.parser import MAXIMUM_CONDITION_CHARACTERS, condition_of
from processors.rules.rule_diagram import RuleDiagram
from processors.rules.rule_set import RuleSet, RuleSetRefused
from processors.rules.tokens import ConditionInvalid, tokens_of
from schemas.events.rules import Rule
from streams.policies.rule_files import BUILT_IN_DIRECTORY, load_rules, rule_set_published

TEXTS = 10_000
WORDS = COMPLAINTS.words
FINDINGS = list(WORDS)
BUILT_IN = [rule.condition for rule in load_rules(BUILT_IN_DIRECTORY)]
OF_CEL = (
    *(".//\nall(", "existsOne(", "[1].all(x, x > 0)", "ground.exists_one(x, true)", "has(a.b)"),
    *("[0,1].map(a, [0,1].map(b, ", "a ? b : c", "1 in [1]", "'a' + 'b'", "size(ground)", "{}"),
    *("b'x'", "r'x'", "'''x'''", '"\\u0041"', "0x1p3", "-1", "ground.matches('(a+)+$')", "null"),
    *(
        "//",
        "/*",
        "*/",
        "\x00",
        "\u2028",
        "\ufeff",
        "＝＝",
        "“ok”",
        "ｉｎ",
        "\U0010ffff",
        "in",
        "`a`",
    ),
    *("true", "false", "!", "(", ")", "[", "]", ",", "&&", "||", "==", "!=", "\n", "\r", " "),
)


def comparison(source):
    name = source.choice(FINDINGS)
    words = [source.choice(WORDS[name]) for _ in range(source.choice((1, 1, 2, 30)))]
    if len(words) == 1:
        return f'{name} {source.choice(("==", "!="))} "{words[0]}"'
    return f"{name} in [{', '.join(map(repr, words))}]"


def soup(source):
    parts = [*OF_CEL, *FINDINGS, *(comparison(source) for _ in range(5))]
    return "".join(source.choice(parts) for _ in range(source.randrange(1, 60)))


def mutated(source):
    text = list(source.choice(BUILT_IN))
    for _ in range(source.randrange(1, 4)):
        at = source.randrange(len(text))
        text[at : at + source.randrange(3)] = source.choice(OF_CEL)
    return "".join(text)


def deep(source):
    sign = source.choice(("(", "!", "!(", "((", "[", "-"))
    return sign * source.randrange(1, 400) + comparison(source) + ")" * source.randrange(400)


def repeated(source):
    return source.choice(OF_CEL) * source.randrange(1, 3_000)


def involved(source):
    """Comparisons of many findings joined as no rule joins them: the largest diagrams."""
    inner, outer = source.choice((("&&", "||"), ("||", "&&")))

    def group():
        names = source.sample(FINDINGS, 3)
        told = (f'{n}{source.choice(("==", "!="))}"{source.choice(WORDS[n])}"' for n in names)
        return f"({inner.join(told)})"

    return outer.join(group() for _ in range(source.randrange(2, 50)))


KINDS = (soup, soup, mutated, mutated, mutated, deep, repeated, involved)


def outcome(text):
    """Compile a text, and tell how it ended; no ending takes more work than its bound."""
    try:
        condition = condition_of(text, WORDS)
    except ConditionInvalid:
        return "refused"
    assert sum(1 for _ in tokens_of(text)) <= len(text) + 1 <= MAXIMUM_CONDITION_CHARACTERS + 1
    rules = RuleDiagram(WORDS)
    try:
        rules.first_that_holds([condition])
    except DiagramTooLarge:
        return "too involved"
    finally:
        # Beyond those of the condition is a step for each of its nodes, to say which rule decides.
        assert rules.diagram.steps <= 2 * MAXIMUM_CONDITION_STEPS + 2
    return "compiled"


def test_of_many_hostile_texts_each_is_refused_or_compiled_within_bounds():
    source = random.Random(20261127)
    found = Counter(outcome(KINDS[number % len(KINDS)](source)) for number in range(TEXTS))
    assert sum(found.values()) == TEXTS
    assert min(found["refused"], found["compiled"], found["too involved"]) > 0, found


@pytest.mark.parametrize(
    "text",
    [
        "[0].//\nall(x, true)",
        "ground.//\nall(x, true)",
        "[0].existsOne(x, true)",
        "[0].exists_one(x, true)",
        "[0,1,2].map(a,[0,1,2].map(b,[0,1,2].map(c,true)))" * 15,
        "ground.matches('(a+)+$')",
        "has(ground.a)",
        'ground == "counterfeit" ? true : false',
    ],
)
@pytest.mark.parametrize("role", ["active", "shadow"])
def test_no_other_cel_comes_in_as_a_rule(tmp_path: Path, text, role):
    rule = Rule("hostile", "Hostile.", 1, text, "take_down", ("counterfeit",))
    with pytest.raises(RuleSetRefused):
        RuleSet((rule,))
    with pytest.raises(RuleSetRefused):
        RuleSet.compile(rule_set_published((rule,), role, "test", 0))


@pytest.mark.parametrize("text", ["x" * 4_001, "(" * 33 + "true" + ")" * 33, "!" * 33 + "true"])
def test_what_is_too_long_or_too_deep_is_refused(text):
    assert outcome(text) == "refused"


def test_what_the_software_brings_is_far_from_the_bound():
    rules = RuleDiagram(WORDS)
    steps = []
    for text in BUILT_IN:
        before = rules.diagram.steps
        rules.function_of(condition_of(text, WORDS))
        steps.append(rules.diagram.steps - before)
    assert max(steps) * 10 < MAXIMUM_CONDITION_STEPS
