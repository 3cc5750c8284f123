"""The document of the architecture knows every service, and what each reads and writes."""

import ast

import pytest

from ops.__main__ import COMMANDS, SERVICES
from ops.documents.architecture import FROM_OUTSIDE, PROCESSES, TOOLS
from ops.documents.command import ROOT
from schemas import topic_names
from schemas.catalog import EVENT_TYPES, load_topics
from schemas.declaration import declaration_of

EVERY = PROCESSES | TOOLS
TOPICS_BY_NAME = {
    name: value
    for name, value in vars(topic_names).items()
    if isinstance(value, str) and value in load_topics()
}


def test_services_and_tools_are_commands():
    assert set(PROCESSES) == set(SERVICES)
    assert set(EVERY) <= set(COMMANDS)


def test_each_topic_is_written_by_a_process_or_from_outside():
    written = {topic for each in EVERY.values() for topic in each.writes}
    assert written | set(FROM_OUTSIDE) == set(load_topics())
    assert FROM_OUTSIDE == ("ip.listings.events", "ip.parties.state")


@pytest.mark.parametrize("process", PROCESSES.values(), ids=PROCESSES)
def test_a_process_reads_and_writes_what_its_code_names(process):
    names, made = set(), set()
    own = ROOT / process.code[0]
    for path in [own] if own.is_file() else own.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module == "schemas.topic_names":
                names |= {alias.name for alias in node.names}
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                made.add(node.func.id)
    named = {TOPICS_BY_NAME[name] for name in names & TOPICS_BY_NAME.keys()}
    assert named <= {*process.reads, *process.writes}
    for event in made & set(EVENT_TYPES):
        assert set(declaration_of(EVENT_TYPES[event]).topics) & {*process.writes}, event


@pytest.mark.parametrize("process", EVERY.values(), ids=EVERY)
def test_its_code_is_there(process):
    for path in process.code:
        assert path.endswith(".py") or (ROOT / path / "__init__.py").exists()
        assert (ROOT / path).exists()
