"""docs/architecture.md: the processes, what each reads, writes and keeps, and where its code is."""

from typing import NamedTuple

from schemas.catalog import Role, load_topics
from schemas.topic_names import (
    ACKNOWLEDGEMENTS_EVENTS,
    CASES_STATE,
    COMPLAINTS_EVENTS,
    COUNTER_NOTICES_EVENTS,
    DEAD_LETTERS,
    DESK_EVENTS,
    REVIEWS_EVENTS,
    RULES_STATE,
    SURVEYS_EVENTS,
    SWITCHES_STATE,
    TRADEMARKS_EVENTS,
)
from sinks.case_store.case_store import TOPICS as CASE_STORE_TOPICS
from sinks.dispatch.store import TOPICS as DISPATCH_TOPICS
from sinks.lumen.store import TOPICS as LUMEN_TOPICS
from sinks.statements.store import TOPICS as STATEMENTS_TOPICS
from streams.topology import (
    ALL_INPUTS,
    GLOBAL_TABLES,
    JOURNAL,
    MONITOR_INPUTS,
    MONITOR_OUTPUTS,
    MONITOR_TABLES,
    OUTPUTS,
)
from streams.views.app import TABLES as VIEWS_TABLES

Topics = tuple[str, ...]


class Process(NamedTuple):
    """A process by the command that runs it; folders are those that are its own, or first its."""

    command: str
    work: str
    reads: Topics
    writes: Topics
    state: str
    folders: tuple[str, ...]


PROCESSES = (
    Process(
        "worker",
        "decides on complaints, and keeps cases, clocks and parties' conduct",
        (*ALL_INPUTS, *GLOBAL_TABLES, CASES_STATE),
        (*OUTPUTS.values(), *JOURNAL.values(), CASES_STATE, DEAD_LETTERS),
        "RocksDB: rows, timers and tables of its partitions, restored from `ip.cases.state`",
        ("streams/worker", "streams/state", "streams/tables", "processors"),
    ),
    Process(
        "monitor",
        "judges titles as listings change",
        (*MONITOR_INPUTS, *MONITOR_TABLES),
        (*MONITOR_OUTPUTS.values(), *JOURNAL.values(), DEAD_LETTERS),
        "RocksDB: tables, and an index of terms made of them",
        ("streams/monitor", "processors/matching", "processors/titles"),
    ),
    Process(
        "filing",
        "takes complaints, evidence, objections, appeals and acknowledgements over HTTP",
        (),
        (
            *(COMPLAINTS_EVENTS, COUNTER_NOTICES_EVENTS, ACKNOWLEDGEMENTS_EVENTS),
            *(DESK_EVENTS, SURVEYS_EVENTS),
        ),
        "PostgreSQL: filings, outbox; evidence in files",
        ("streams/sources/filing", "sinks/evidence"),
    ),
    Process(
        "case-store",
        "fills the store of cases and the reviewers' queue",
        CASE_STORE_TOPICS,
        (),
        "PostgreSQL: cases, commands, review tasks, positions",
        ("sinks/case_store", "streams/kafka"),
    ),
    Process(
        "desk-outbox",
        "publishes what reviewers decided, and ends leases",
        (),
        (REVIEWS_EVENTS, DESK_EVENTS),
        "PostgreSQL: review tasks, outbox",
        ("streams/sources/desk", "streams/sources"),
    ),
    Process(
        "dispatch",
        "delivers commands to marketplaces' endpoints",
        (*DISPATCH_TOPICS, SWITCHES_STATE),
        (ACKNOWLEDGEMENTS_EVENTS,),
        "PostgreSQL: deliveries, counts of caps, outbox, positions",
        ("sinks/dispatch", "sinks/sending"),
    ),
    Process(
        "statements",
        "sends statements of reasons to the DSA Transparency Database",
        STATEMENTS_TOPICS,
        (),
        "PostgreSQL: submissions, positions",
        ("sinks/statements", "sinks/submissions", "sinks/sending"),
    ),
    Process(
        "lumen",
        "sends redacted notices to Lumen",
        LUMEN_TOPICS,
        (),
        "PostgreSQL: drafts, submissions, positions",
        ("sinks/lumen", "sinks/submissions", "sinks/sending"),
    ),
    Process(
        "views",
        "shows live counts of the last hours",
        tuple(topic for topics in VIEWS_TABLES.values() for topic in topics),
        (),
        "RocksDB of Faust, restored from changelogs of its own",
        ("streams/views",),
    ),
)
"""The services."""

TOOLS = (
    Process(
        "import-trademarks",
        "brings in records of trademark registers",
        (),
        (TRADEMARKS_EVENTS,),
        "",
        ("streams/sources/registers",),
    ),
    Process(
        "rules", "checks and publishes rule sets", (), (RULES_STATE,), "", ("streams/policies",)
    ),
    Process(
        "policies",
        "checks and publishes times of cases",
        (),
        (RULES_STATE,),
        "",
        ("streams/policies", "processors/policies"),
    ),
    Process(
        "switch", "halts dispatch, or lets it go on", (), (SWITCHES_STATE,), "", ("sinks/dispatch",)
    ),
    Process(
        "replay",
        "makes all decisions again from the log, and compares them",
        (*ALL_INPUTS, *GLOBAL_TABLES, *OUTPUTS.values(), *JOURNAL.values()),
        (),
        "",
        ("replay",),
    ),
)
"""What a person runs beside them."""

FROM_OUTSIDE = tuple(
    name
    for name in load_topics()
    if not any(name in process.writes for process in (*PROCESSES, *TOOLS))
)
"""Topics that an operator's own systems fill."""

GROUPS: dict[Role, str] = {
    "input": "inputs",
    "internal_input": "conduct",
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

Generated from `ops/documents/architecture.py` by `python -m ops docs write`.

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


def _table(processes: tuple[Process, ...]) -> str:
    rows = ["| command | work | reads | writes | keeps | code |", "|---|---|---|---|---|---|"]
    for each in processes:
        folders = " ".join(f"[{folder}](../{folder})" for folder in each.folders)
        reads, writes = (_named(topics) for topics in (each.reads, each.writes))
        rows.append(
            f"| `{each.command}` | {each.work} | {reads} | {writes} | {each.state or 'nothing'} "
            f"| {folders} |"
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
    for each in (*PROCESSES, *TOOLS[:-1]):
        for group, names in groups.items():
            reads, writes = (set(names) & set(topics) for topics in (each.reads, each.writes))
            if reads:
                lines.append(f"  {group} --> {each.command}")
            if writes:
                lines.append(f"  {each.command} --> {group}")
        if "PostgreSQL" in each.state:
            lines.append(f"  {each.command} <--> postgresql[(PostgreSQL)]")
    lines += [
        "  operator[operator's systems] -- listings --> inputs",
        "  operator -- parties --> tables",
        "  filers[parties] -- HTTP --> filing",
        "  dispatch -- webhooks --> marketplaces[marketplaces]",
        "  statements --> transparency[DSA Transparency Database]",
        "  lumen --> database[Lumen]",
    ]
    return "\n".join([*lines, "```", ""])


def _groups() -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for topic in load_topics().values():
        groups.setdefault(GROUPS[topic.role], []).append(topic.name)
    return groups
