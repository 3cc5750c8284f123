"""Both rule sets on each combination of findings that occurred, and the finding that decides."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from processors.findings.numbering import Numbering
from processors.findings.versions import FINDINGS_VERSIONS
from processors.rules.rule_set import RuleSet, Ruling


class Combination(NamedTuple):
    """Findings as decisions carry them, and the rule set that decided on them."""

    version: int
    number: int
    rule_set_hash: str


class Pair(NamedTuple):
    """What both rule sets say of a combination, and which finding tells them apart.

    `finding` and `word` are empty where they say the same, and where no finding does by itself.
    """

    combination: Combination
    live: Ruling
    candidate: Ruling
    finding: str
    word: str


def pairs(
    combinations: Iterable[Combination],
    live: Callable[[str], RuleSet],
    candidate: RuleSet,
) -> Iterator[Pair]:
    """Yield both rulings on each combination, those left out that say less than rules ask for.

    `live` gives the rule set of a hash.
    """
    for combination in combinations:
        findings = findings_of(combination, candidate)
        if findings is None:
            continue
        rules = live(combination.rule_set_hash)
        before, after = rules.decide(findings), candidate.decide(findings)
        finding = ""
        if before.outcome != after.outcome:
            finding = deciding_finding(rules, candidate, findings)
        word = getattr(findings, finding) if finding else ""
        yield Pair(combination, before, after, finding, word)


def findings_of(combination: Combination, rule_set: RuleSet) -> Any | None:
    """Return the findings of a combination; None where they lack one that rules now ask for."""
    words = FINDINGS_VERSIONS.get(combination.version, {})
    if words.keys() != rule_set.domain.words.keys():
        return None
    return rule_set.domain.findings(**Numbering(words).findings_of(combination.number))


def deciding_finding(live: RuleSet, candidate: RuleSet, findings: Any) -> str:
    """Return the finding by which two rule sets part on findings; empty where none does alone.

    By another word of it both decide as one of them does now: where it can be both ways, both;
    else the way that fewer findings lead. Of several it is the one of which most words do so.
    """
    ways = [_agreeing(live, candidate, findings, each) for each in (live, candidate)]
    leading = [way for way in ways if way]
    if not leading:
        return ""
    both = ways[0].keys() & ways[1].keys()
    fewest = min(leading, key=len)
    names = [name for name in live.domain.words if name in (both or fewest)]
    return max(names, key=lambda name: ways[0][name] + ways[1][name])


def _agreeing(live: RuleSet, candidate: RuleSet, findings: Any, kept: RuleSet) -> Counter[str]:
    """Count by finding the words by which both would decide as one of them does."""
    wanted = kept.decide(findings).outcome
    found: Counter[str] = Counter()
    for name, words in live.domain.words.items():
        for word in words:
            other = findings._replace(**{name: word})
            if live.decide(other).outcome == candidate.decide(other).outcome == wanted:
                found[name] += 1
    return found
