"""Rules as files: one rule a file, with its tests beside it."""

from pathlib import Path
from typing import Any, NamedTuple

from processors.findings.findings import Findings
from processors.rules.domain import COMPLAINTS, Domain
from processors.rules.rule_set import RuleSet, RuleSetRefused, rule_set_hash
from processors.titles.misuse import MISUSE, MisuseFindings
from schemas.events.rules import Rule, RuleSetPublished, RuleSetRole
from schemas.yaml_text import yaml_content

BUILT_IN_DIRECTORY = Path(__file__).parents[2] / "processors" / "rules" / "built_in"

MISUSE_DIRECTORY = BUILT_IN_DIRECTORY.with_name("misuse")

PLAIN_COUNTERFEIT = Findings(
    ground="counterfeit",
    listing="active",
    authority="owner",
    registry="in_force",
    nice_class="covered",
    territory="covered",
    listing_match="exact",
    evidence="sufficient",
    seller="not_authorised",
    reading="clear",
)
"""Findings of a complaint with nothing amiss; the tests of rules say how theirs differ."""

PLAIN_MISUSE = MisuseFindings(
    spelling="exact",
    mark_kind="distinctive",
    use="plain",
    copying="absent",
    meant="likely",
    nice_class="covered",
    territory="covered",
    seller="not_authorised",
    strikes="none",
    relisting="new",
)
"""Findings of a title that names a mark and nothing more."""

FIELDS = ("rule_id", "description", "priority", "condition", "outcome", "reason_codes")


class RuleTest(NamedTuple):
    """Findings, and whether a rule's condition holds on them."""

    rule_id: str
    findings: Any
    holds: bool


def load_rules(directory: Path) -> tuple[Rule, ...]:
    """Return the rules of all files in a directory, by name. Errors: RuleSetRefused."""
    rules = []
    for path, content in _files(directory):
        missing = [name for name in FIELDS if name not in content]
        if missing:
            raise RuleSetRefused(f"{path}: {', '.join(missing)} missing")
        if content["rule_id"] != path.stem:
            raise RuleSetRefused(f"{path}: rule_id is {content['rule_id']}, not the file's name")
        values = {name: content[name] for name in FIELDS}
        rules.append(Rule(**{**values, "reason_codes": tuple(content["reason_codes"])}))
    return tuple(rules)


def load_tests(directory: Path, plain: Any = PLAIN_COUNTERFEIT) -> tuple[RuleTest, ...]:
    """Return the tests beside the rules. Errors: RuleSetRefused for a rule without any."""
    tests = []
    for path, content in _files(directory):
        if not content.get("tests"):
            raise RuleSetRefused(f"{path}: a rule has tests")
        for test in content["tests"]:
            findings = plain._replace(**test["findings"])
            tests.append(RuleTest(path.stem, findings, test["holds"]))
    return tuple(tests)


def built_in_misuse_rules() -> RuleSet:
    """Return the rules on titles that the software brings."""
    return RuleSet(load_rules(MISUSE_DIRECTORY), MISUSE)


def failed_tests(
    directory: Path, domain: Domain = COMPLAINTS, plain: Any = PLAIN_COUNTERFEIT
) -> list[RuleTest]:
    """Run the tests beside the rules; give those that fail."""
    rule_set = RuleSet(load_rules(directory), domain)
    return [
        test
        for test in load_tests(directory, plain)
        if (test.rule_id in rule_set.holding(test.findings)) != test.holds
    ]


def rule_set_published(
    rules: tuple[Rule, ...], role: RuleSetRole, published_by: str, published_at_milliseconds: int
) -> RuleSetPublished:
    """Return the event that publishes rules."""
    return RuleSetPublished(
        role, rule_set_hash(rules), rules, published_by, published_at_milliseconds
    )


def _files(directory: Path) -> list[tuple[Path, dict[str, Any]]]:
    paths = sorted(directory.glob("*.yaml"))
    if not paths:
        raise RuleSetRefused(f"{directory} has no rules")
    return [(path, yaml_content(path.read_text(encoding="utf-8"))) for path in paths]
