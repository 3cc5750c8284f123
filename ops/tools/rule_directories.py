"""Directories of rules as operators write them: what is wrong with their files, and their tests."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from ops.errors import OperatorError
from processors.rules.domain import COMPLAINTS, Domain
from processors.rules.rule_set import MAXIMUM_RULES, RuleSet, RuleSetRefused
from processors.titles.misuse import MISUSE
from schemas.yaml_text import yaml_content
from streams.policies.rule_files import (
    BUILT_IN_DIRECTORY,
    MISUSE_DIRECTORY,
    PLAIN_COUNTERFEIT,
    PLAIN_MISUSE,
    failed_tests,
    load_rules,
)

MAXIMUM_SHOWN = 20
MAXIMUM_FILE_BYTES = 64 * 1024
MAXIMUM_PRIORITY = 2**31 - 1
FIELD_TYPES: dict[str, type] = {
    "rule_id": str,
    "description": str,
    "priority": int,
    "condition": str,
    "outcome": str,
    "reason_codes": list,
    "tests": list,
}


class Subject(NamedTuple):
    """What rules are on: their domain, the findings from which tests differ, the built-in set."""

    domain: Domain
    plain: Any
    built_in: Path


SUBJECTS = {
    "complaints": Subject(COMPLAINTS, PLAIN_COUNTERFEIT, BUILT_IN_DIRECTORY),
    "titles": Subject(MISUSE, PLAIN_MISUSE, MISUSE_DIRECTORY),
}


def rule_set_in(directory: Path, subject: Subject) -> RuleSet:
    """Compile the rules of a directory. Errors: OperatorError."""
    try:
        _check_files(directory, subject.domain)
        return RuleSet(load_rules(directory), subject.domain)
    # A file that is no UTF-8 is told of by ValueError.
    except (RuleSetRefused, OSError, ValueError, yaml.YAMLError) as error:
        raise OperatorError(f"{directory}: {error}") from error


def test_failures(directory: Path, subject: Subject) -> Iterator[str]:
    """Tell of tests beside the rules that fail; the files are known to be well-formed."""
    for test in failed_tests(directory, subject.domain, subject.plain)[:MAXIMUM_SHOWN]:
        wanted = "hold" if test.holds else "not hold"
        yield f"{test.rule_id}: is to {wanted} on {' '.join(test.findings)}"


def _check_files(directory: Path, domain: Domain) -> None:
    """Refuse files of another shape than the loader takes. Errors: RuleSetRefused, OSError."""
    if not directory.is_dir():
        raise RuleSetRefused("no such directory")
    paths = sorted(directory.glob("*.yaml"))
    if not 1 <= len(paths) <= MAXIMUM_RULES:
        raise RuleSetRefused(f"{len(paths)} files *.yaml, not from 1 to {MAXIMUM_RULES}")
    for path in paths:
        if path.stat().st_size > MAXIMUM_FILE_BYTES:
            raise RuleSetRefused(f"{path.name}: larger than {MAXIMUM_FILE_BYTES} bytes")
        content = yaml_content(path.read_text(encoding="utf-8"))
        problems = list(_problems_of(content, domain))
        if problems:
            raise RuleSetRefused(f"{path.name}: {'; '.join(problems[:MAXIMUM_SHOWN])}")


def _problems_of(content: Any, domain: Domain) -> Iterator[str]:
    """Say what is wrong with a rule file's content."""
    if not isinstance(content, dict):
        yield "a rule is a mapping of its fields"
        return
    for name in content.keys() - FIELD_TYPES.keys():
        yield f"no such field as {name}"
    for name, kind in FIELD_TYPES.items():
        if name not in content:
            yield f"{name} is missing"
        elif not isinstance(content[name], kind) or isinstance(content[name], bool):
            yield f"{name} is {content[name]!r}, not of type {kind.__name__}"
        elif kind is int and not 0 <= content[name] <= MAXIMUM_PRIORITY:
            yield f"{name} is not between 0 and {MAXIMUM_PRIORITY}"
        elif kind is list and not content[name]:
            yield f"{name} has nothing in it"
        elif name == "reason_codes" and not all(isinstance(code, str) for code in content[name]):
            yield f"{name} are words, not {content[name]!r}"
    tests = content.get("tests")
    for test in tests if isinstance(tests, list) else ():
        yield from _problems_of_test(test, domain)


def _problems_of_test(test: Any, domain: Domain) -> Iterator[str]:
    """Say what is wrong with a test: a misspelt finding would pass for one that differs."""
    if not isinstance(test, dict) or test.keys() != {"findings", "holds"}:
        yield f"a test has findings and holds, not {test!r}"
    elif not isinstance(test["findings"], dict) or not isinstance(test["holds"], bool):
        yield f"a test's findings are a mapping and holds is true or false, not {test!r}"
    else:
        for name, value in test["findings"].items():
            if value not in domain.words.get(name, ()):
                yield f"a test has no such finding as {name}: {value}"
