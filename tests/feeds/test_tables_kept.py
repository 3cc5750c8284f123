"""The workers' tables beside another service: read to their ends, kept up with, and kept."""

import json

from confluent_kafka import Producer
from world import rule_set, trademark

from ops.__main__ import main
from ops.local.patience import wait_for
from ops.shell.tables_kept import TablesKept
from schemas.topic_names import TRADEMARKS_EVENTS
from schemas.wire.registry import connect

LEAVE = {
    "authorisation_id": "leave-1",
    "rights_holder_id": "holder-1",
    "trademark_keys": [],
    "territories": [],
    "valid_from_milliseconds": 1,
    "valid_until_milliseconds": None,
    "revoked_at_milliseconds": None,
}


def record(servers, path, *agents):
    rows = [
        {"party_id": each, "kind": "agent", "name": "An agency", "authorisations": [LEAVE]}
        for each in agents
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert main(["parties", "import", str(path), *servers]) == 0


def agents(kept):
    with kept.look() as tables:
        return None if tables is None else tables.agents_of("holder-1")


def test_tables_are_read_kept_up_with_and_there_again_after_a_restart(
    topics, schema_registry, tmp_path
):
    servers = ["--bootstrap-servers", topics, "--schema-registry", schema_registry.address]
    codec = connect(schema_registry.address, register=True)
    mark = trademark(application_number="1")
    producer = Producer({"bootstrap.servers": topics})
    producer.produce(TRADEMARKS_EVENTS, codec.encode(TRADEMARKS_EVENTS, mark), "US:1")
    producer.flush()
    path = tmp_path / "parties.jsonl"
    record(servers, path, "agent-1")
    kept = TablesKept(topics, tmp_path / "tables", "ip-web", codec, rule_set())
    assert agents(kept) is None
    with kept.reading():
        wait_for("the tables", lambda: agents(kept) == ["agent-1"])
        with kept.look() as tables:
            assert tables.trademark_history("US:application:1") == (mark,)
        record(servers, path, "agent-2")
        wait_for("the new agent", lambda: agents(kept) == ["agent-1", "agent-2"])
    again = TablesKept(topics, tmp_path / "tables", "ip-web", codec, rule_set())
    with again.reading():
        wait_for("the tables again", lambda: agents(again) == ["agent-1", "agent-2"])
        with again.look() as tables:
            assert tables.trademark_history("US:application:1") == (mark,)
