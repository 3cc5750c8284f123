"""From the text of a condition to what it says.

    condition   = conjunction { "||" conjunction }
    conjunction = operand { "&&" operand }
    operand     = "!" ( group | constant | "!" … ) | group | constant | comparison
    group       = "(" condition ")"
    constant    = "true" | "false"
    comparison  = finding ( "==" | "!=" ) word | finding "in" "[" word { "," word } "]"

All of it is CEL too, with the same meaning; of CEL it is what words need.
"""

from collections.abc import Iterator

from processors.findings.numbering import Words
from processors.nearest import nearest
from processors.rules.condition import (
    Comparison,
    Condition,
    Conjunction,
    Constant,
    Disjunction,
    Negation,
)
from processors.rules.tokens import ConditionInvalid, Token, tokens_of

MAXIMUM_CONDITION_CHARACTERS = 4_000
MAXIMUM_DEPTH = 32
"""Brackets and negations within each other."""

_CONSTANTS = {"true": True, "false": False}


def condition_of(text: str, words: Words) -> Condition:
    """Return what a condition over some findings says. Errors: ConditionInvalid."""
    if len(text) > MAXIMUM_CONDITION_CHARACTERS:
        raise ConditionInvalid(
            MAXIMUM_CONDITION_CHARACTERS + 1,
            f"the condition is longer than {MAXIMUM_CONDITION_CHARACTERS} characters",
        )
    parser = _Parser(tokens_of(text), words)
    condition = parser.disjunction()
    parser.expect_end()
    return condition


class _Parser:
    """A place in a condition's tokens, from which each method takes what it is named for."""

    def __init__(self, tokens: Iterator[Token], words: Words) -> None:
        self._tokens = tokens
        self._ahead = next(tokens)
        self._words = words
        self._depth = 0

    def disjunction(self) -> Condition:
        operands = [self._conjunction()]
        while self._took("||"):
            operands.append(self._conjunction())
        return operands[0] if len(operands) == 1 else Disjunction(tuple(operands))

    def expect_end(self) -> None:
        token = self._next()
        if token.kind != "end":
            raise ConditionInvalid(token.position, f"{token} is too much; && or || may come here")

    def _conjunction(self) -> Condition:
        operands = [self._operand()]
        while self._took("&&"):
            operands.append(self._operand())
        return operands[0] if len(operands) == 1 else Conjunction(tuple(operands))

    def _operand(self) -> Condition:
        token = self._next()
        if token.kind == "sign" and token.text in ("!", "("):
            return self._deeper(token)
        if token.kind != "name":
            raise ConditionInvalid(token.position, f"a finding is to come here, not {token}")
        if token.text in _CONSTANTS:
            return Constant(_CONSTANTS[token.text])
        return self._comparison(token)

    def _deeper(self, token: Token) -> Condition:
        self._depth += 1
        if self._depth > MAXIMUM_DEPTH:
            raise ConditionInvalid(
                token.position, f"more than {MAXIMUM_DEPTH} brackets and ! within each other"
            )
        condition = self._negation() if token.text == "!" else self._group()
        self._depth -= 1
        return condition

    def _group(self) -> Condition:
        condition = self.disjunction()
        self._expect(")")
        return condition

    def _negation(self) -> Condition:
        after = self._ahead
        if after.kind == "name" and after.text not in _CONSTANTS:
            # In CEL `!` binds closer than `==`, which readers do not see.
            raise ConditionInvalid(after.position, "what ! is about stands in brackets, or use !=")
        return Negation(self._operand())

    def _comparison(self, name: Token) -> Condition:
        declared = self._words.get(name.text)
        if declared is None:
            raise ConditionInvalid(
                name.position, f"no finding is named {name}; {_nearest(name, tuple(self._words))}"
            )
        token = self._next()
        if token.kind == "sign" and token.text in ("==", "!="):
            equal = Comparison(name.text, frozenset({self._word(name, declared)}))
            return equal if token.text == "==" else Negation(equal)
        if token.kind == "name" and token.text == "in":
            self._expect("[")
            words = {self._word(name, declared)}
            while self._took(","):
                words.add(self._word(name, declared))
            self._expect("]")
            return Comparison(name.text, frozenset(words))
        raise ConditionInvalid(
            token.position, f"==, != or in is to come after {name.text}, not {token}"
        )

    def _word(self, name: Token, declared: tuple[str, ...]) -> str:
        token = self._next()
        if token.kind != "word":
            raise ConditionInvalid(token.position, f"a word in quotes is to come here, not {token}")
        if token.text not in declared:
            raise ConditionInvalid(
                token.position, f"{name.text} is never {token}; {_nearest(token, declared)}"
            )
        return token.text

    def _expect(self, sign: str) -> None:
        token = self._next()
        if (token.kind, token.text) != ("sign", sign):
            raise ConditionInvalid(token.position, f"{sign!r} is to come here, not {token}")

    def _took(self, sign: str) -> bool:
        if (self._ahead.kind, self._ahead.text) != ("sign", sign):
            return False
        self._next()
        return True

    def _next(self) -> Token:
        token = self._ahead
        self._ahead = next(self._tokens, token)
        return token


def _nearest(token: Token, declared: tuple[str, ...]) -> str:
    (found,) = nearest(token.text, declared, 1)
    return f"the nearest is {found!r}"
