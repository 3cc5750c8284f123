"""What the README and the other documents promise is there."""

import argparse
import re
import subprocess
from importlib import import_module
from pathlib import Path

import pytest

from ops.__main__ import COMMANDS
from schemas.catalog import EVENT_TYPES, load_topics
from schemas.topic_names import DEAD_LETTERS
from streams.topology import (
    ALL_INPUTS,
    CHANGELOG,
    GLOBAL_TABLES,
    JOURNAL,
    MONITOR_INPUTS,
    MONITOR_OUTPUTS,
    MONITOR_TABLES,
    OUTPUTS,
)

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_each_decision_has_a_number_of_its_own():
    titles = {}
    for path in sorted((ROOT / "docs" / "decisions").glob("*.md")):
        number, first = path.name[:4], path.read_text(encoding="utf-8").splitlines()[0]
        assert first.startswith(f"# {number} "), path
        assert titles.setdefault(number, first) == first, path


def test_make_targets_that_are_named_exist():
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"`make (\w+)`", README))
    assert {"demo", "test"} <= named <= targets


def test_ci_runs_the_readmes_test_command():
    assert "make test" in (ROOT / ".ci" / "run").read_text().splitlines()


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(path):
    for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", path.read_text(encoding="utf-8")):
        if not target.startswith("http"):
            assert (path.parent / target).exists(), target


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_commands_that_are_named_exist(path):
    named = re.findall(r"python -m ops ([a-z][a-z-]*)", path.read_text(encoding="utf-8"))
    assert set(named) <= set(COMMANDS)


@pytest.mark.parametrize(("name", "module"), COMMANDS.items())
def test_each_command_is_offered_by_its_module(name, module):
    subparsers = argparse.ArgumentParser().add_subparsers()
    import_module(module).add_parser(subparsers)
    assert name in subparsers.choices
    assert {each for each, home in COMMANDS.items() if home == module} == set(subparsers.choices)


def test_topics_and_events_that_are_named_exist():
    for path in DOCUMENTS:
        text = path.read_text(encoding="utf-8")
        topics = set(re.findall(r"`(ip\.[a-z-]+(?:\.(?:events|commands|state))?)`", text))
        assert topics <= set(load_topics()), path
    concepts = (ROOT / "docs" / "concepts.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([A-Z]\w+(?:Changed|Filed|Decided|Listing|Recorded))`", concepts))
    assert named <= set(EVENT_TYPES)


BY_PEOPLE = {
    *("ClosureDecided", "SanctionAppealDecided", "SanctionAppealFiled"),
    *("SellerOrderReceived", "SellerOrderLifted"),
}
"""What people say on topics of ours."""


def test_the_topology_wires_each_topic_and_event_of_the_catalog():
    topics = load_topics()
    wired = {*ALL_INPUTS, *GLOBAL_TABLES, *OUTPUTS.values(), CHANGELOG, DEAD_LETTERS}
    wired |= {*MONITOR_INPUTS, *MONITOR_TABLES, *MONITOR_OUTPUTS.values(), *JOURNAL.values()}
    services = {topic.name for topic in topics.values() if topic.role == "service"}
    assert wired | services == set(topics)
    assert not wired & services
    made = {*OUTPUTS, *MONITOR_OUTPUTS}
    for topic in topics.values():
        if topic.role in ("output", "internal_input", "internal_table"):
            assert set(topic.events) - BY_PEOPLE <= made, "nobody is declared to make them"
        else:
            assert not made & set(topic.events), "workers and monitors write to outputs only"


def test_the_readme_shows_each_input_and_output():
    for topic in (
        *ALL_INPUTS,
        *OUTPUTS.values(),
        *MONITOR_OUTPUTS.values(),
        CHANGELOG,
        DEAD_LETTERS,
    ):
        assert topic in README


def test_files_and_commits_of_the_how_to_are_there():
    text = (ROOT / "docs" / "how-to.md").read_text(encoding="utf-8")
    paths = re.findall(r"`((?:\w+/)+[\w.-]*|[\w/]+/[\w.-]+\.\w+)`", text)
    assert len(paths) > 20
    assert [path for path in paths if not (ROOT / path).exists()] == []
    commits = set(re.findall(r"`([0-9a-f]{7})`", text))
    assert len(commits) > 5
    git = subprocess.run(
        ["git", "rev-parse", "--is-shallow-repository"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if git.stdout.strip() != "false":
        pytest.skip("no history to look commits up in")
    for commit in commits:
        found = ["git", "merge-base", "--is-ancestor", commit, "HEAD"]
        assert subprocess.run(found, cwd=ROOT, capture_output=True, check=False).returncode == 0
