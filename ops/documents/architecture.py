"""docs/architecture.md: the processes, what each reads, writes and keeps, and where its code is."""

from importlib import import_module

from ops.__main__ import SERVICES
from ops.shell.process import Process, Topics
from replay.letters import REDRIVABLE
from schemas.catalog import Role, load_topics
from schemas.topic_names import (
    DEAD_LETTERS,
    PARTIES_STATE,
    REDRIVES_EVENTS,
    RULES_STATE,
    SWITCHES_STATE,
    TRADEMARKS_EVENTS,
)
from streams.kafka.redriving import TRANSACTIONS
from streams.topology import ALL_INPUTS, GLOBAL_TABLES, JOURNAL, OUTPUTS

PROCESSES: dict[str, Process] = {
    command: import_module(module).PROCESS for command, module in SERVICES.items()
}
"""The services, by command."""

REDRIVE = "dead-letters"
"""What writes again what others wrote first."""

TOOLS: dict[str, Process] = {
    "import-trademarks": Process(
        "brings in records of trademark registers",
        (),
        (TRADEMARKS_EVENTS,),
        "",
        ("streams/sources/registers",),
    ),
    "rules": Process(
        "checks and publishes rule sets", (), (RULES_STATE,), "", ("processors/rules",)
    ),
    "policies": Process(
        "checks and publishes times of cases",
        (),
        (RULES_STATE,),
        "",
        ("streams/policies", "processors/policies"),
    ),
    "switch": Process(
        "halts dispatch, or lets it go on", (), (SWITCHES_STATE,), "", ("sinks/dispatch",)
    ),
    "replay": Process(
        "makes all decisions again from the log, and compares them",
        (*ALL_INPUTS, *GLOBAL_TABLES, *OUTPUTS.values(), *JOURNAL.values()),
        (),
        "",
        ("replay",),
        groups=("replay",),
    ),
    REDRIVE: Process(
        "looks at dead letters, and sends them to their topics again, each once",
        (DEAD_LETTERS, REDRIVES_EVENTS, *sorted(REDRIVABLE)),
        (*sorted(REDRIVABLE), REDRIVES_EVENTS),
        "",
        ("ops/tools/dead_letters.py", "replay/letters.py", "streams/kafka/redriving.py"),
        groups=("replay",),
        transactions=(TRANSACTIONS,),
    ),
    "archive": Process(
        "asks the archive by SQL, joins its small files, deletes what is past its retention",
        (),
        (),
        "",
        ("ops/tools/archive.py", "sinks/archive"),
    ),
    "private-texts": Process(
        "erases parties, gives out their texts, tells who read them, wraps keys anew",
        (),
        (),
        "PostgreSQL: private texts, keys of parties",
        ("ops/tools/private_texts.py", "sinks/private_texts"),
    ),
    "decision-log": Process(
        "logs the archive's decisions in a signed Merkle tree, and proves them",
        (),
        (),
        "",
        ("ops/tools/decision_log.py", "sinks/decision_log"),
    ),
    "witness": Process(
        "watches another's log of decisions, and cosigns it",
        (),
        (),
        "a file: the last checkpoint that was signed",
        ("ops/tools/witness.py", "sinks/decision_log/witness.py"),
    ),
    "bundle": Process(
        "puts a case and its proofs into one file, and notes who asked",
        (),
        (),
        "files: a ledger of accesses",
        ("ops/tools/bundle.py", "replay/bundle"),
    ),
    "redact-bundle": Process(
        "withholds parts of a bundle", (), (), "nothing", ("replay/bundle/redaction.py",)
    ),
    "release-hold": Process(
        "ends a legal hold on a case", (), (), "nothing", ("ops/tools/release_hold.py",)
    ),
}
"""What a person runs beside them."""

_FIRST_WRITERS = [each for name, each in (PROCESSES | TOOLS).items() if name != REDRIVE]
FROM_OUTSIDE = tuple(
    name
    for name in load_topics()
    if name in REDRIVABLE
    and (name == PARTIES_STATE or not any(name in each.writes for each in _FIRST_WRITERS))
)
"""Topics that an operator's own systems fill; parties are recorded by the filing API too."""

GROUPS: dict[Role, str] = {
    "input": "inputs",
    "internal_input": "internal",
    "global_table": "tables",
    "internal_table": "tables",
    "output": "outputs",
    "service": "services",
    "changelog": "changelog",
    "journal": "journal",
    "dead_letters": "dead-letters",
}
"""Roles of topics as the picture names them."""

HEAD = """# Architecture

Generated from what each service says of itself (`PROCESS` in `ops/services/`) by
`python -m ops docs write`.

Each process of ours is a command, `python -m ops COMMAND`, and any number of each may run: what is
to happen once is guarded by Kafka's transactions and groups, or by a lock or lease in PostgreSQL.
Processes meet in topics and in one database only. Why so: [decisions](decisions). Which event is on
which topic: [topology](topology.md). How to change something: [how-to](how-to.md).

"""

LAYERS = """
## Layers

Imports go one way, which import-linter holds:
`ops → replay → streams → processors | sinks → schemas`.

| package | what is in it |
|---|---|
| `schemas/` | events with their declarations, Avro schemas, codec, topics |
| `processors/` | what is decided, pure: steps, findings, rules, matching |
| `sinks/` | what is made of topics outside Kafka: stores, senders |
| `streams/` | whatever runs on Kafka, and sources of events |
| `replay/` | decisions made again from the log |
| `ops/` | commands: services, tools, demo, trials, generated documents |
"""


def render() -> str:
    """Return docs/architecture.md."""
    services, tools = _table(PROCESSES), _table(TOOLS)
    return f"{HEAD}{_diagram()}\n## Services\n\n{services}\n## Tools\n\n{tools}{LAYERS}"


def _table(processes: dict[str, Process]) -> str:
    rows = ["| command | work | reads | writes | keeps | code |", "|---|---|---|---|---|---|"]
    for command, each in processes.items():
        code = " ".join(f"[{path}](../{path})" for path in each.code)
        reads, writes = (_named(topics) for topics in (each.reads, each.writes))
        rows.append(
            f"| `{command}` | {each.work} | {reads} | {writes} | {each.keeps or 'nothing'} "
            f"| {code} |"
        )
    return "\n".join(rows) + "\n"


def _named(topics: Topics) -> str:
    return ", ".join(f"`{topic}`" for topic in dict.fromkeys(topics)) or "none"


def _diagram() -> str:
    """Return the picture: topics of one role are one node, for all of them would be none."""
    groups = _groups()
    lines = ["```mermaid", "flowchart LR"]
    for group, names in groups.items():
        lines.append(f"  {group}([{group}:<br>{'<br>'.join(names)}])")
    for command, each in (PROCESSES | TOOLS).items():
        if command == "replay":
            # It reads all there is.
            continue
        for group, names in groups.items():
            reads, writes = (set(names) & set(topics) for topics in (each.reads, each.writes))
            if reads:
                lines.append(f"  {group} --> {command}")
            if writes:
                lines.append(f"  {command} --> {group}")
        if "PostgreSQL" in each.keeps:
            lines.append(f"  {command} <--> postgresql[(PostgreSQL)]")
    lines += [
        "  operator[operator's systems] -- listings --> inputs",
        "  operator -- parties --> tables",
        "  filers[parties] -- HTTP --> filing",
        "  dispatch -- webhooks --> marketplaces[marketplaces]",
        "  statements --> transparency[DSA Transparency Database]",
        "  lumen --> database[Lumen]",
        "  notifications -- e-mails and webhooks --> filers",
    ]
    return "\n".join([*lines, "```", ""])


def _groups() -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for topic in load_topics().values():
        groups.setdefault(GROUPS[topic.role], []).append(topic.name)
    return groups
