"""The commands of the documents are run as they stand there, one after the other, to their end.

Words in capitals and places that only a reader knows are filled in. Services and what takes hours
are run elsewhere, and named here with where.
"""

import json
import re
import shutil
import time
from pathlib import Path

import pytest
from confluent_kafka import Producer
from databases import database_on
from desk.test_desk import World
from test_command_lines import FOUND, words_of
from topology.harness import PARTITIONS
from topology.test_lifecycle import COMPLAINTS
from world import complaint
from world_cases import task

from ops.__main__ import main
from ops.tools.filing_tokens import party_token
from ops.topics import renew_topics
from schemas.wire.codec import Codec
from schemas.wire.registry import connect
from sinks.private_texts.wrapping_keys import new_line
from streams.kafka.clients import producer_settings
from streams.kafka.dead_letters import dead_letter
from streams.kafka.records import InputRecord

pytestmark = pytest.mark.broker

ROOT = Path(__file__).parents[2]
ELSEWHERE = {
    "filing --database": "a service: tests/up starts it",
    "web --database": "a service: tests/up starts it",
    "notifications --database": "a service: tests/up starts it",
    "views --": "a service: tests/up starts it",
    "follow-listings": "runs until it is ended: tests/feeds",
    "simulate-day": "takes hours: tests/simulation runs smaller ones",
    "chaos upgrade": "needs a former version: tests/broker/test_chaos.py runs one of today",
    "topics create": "tests/broker/test_move_topics.py",
    "move-topics": "tests/broker/test_move_topics.py",
    "archive restore": "tests/broker/test_archive_restore.py",
    "rules publish my-rules --role active": "its gates ask for months of decisions",
    "promotion": "takes days and two people: tests/ops/test_promotion_procedure.py",
    "evaluate-promotions": "takes minutes: tests/replay/test_promotion.py",
    "chaos simulated": "takes an hour: tests/simulation runs some seeds",
    "archive query": "tests/archive/test_query.py",
    "replay decision": "tests/archive/test_decision.py",
    "replay backtest": "tests/archive/test_backtest.py",
    "decision-log": "tests/archive/test_decision_log.py and test_decision.py",
    "witness": "tests/archive/test_decision_log.py",
    "bundle": "tests/archive/test_bundle.py",
    "replay bundle": "tests/archive/test_bundle.py",
    "redact-bundle": "tests/archive/test_bundle.py",
}
ORDER = (
    *("filing", "case-store", "private-texts", "working-cases", "web", "rules", "feeds"),
    *("dead-letters", "dispatch"),
)
CSV = "listing_id,title,url,seller_id\na-1,Scissors,https://shop.example/a-1,seller-9\n"
PARTY = {"party_id": "holder-9", "kind": "rights_holder", "name": "Brand AG"}
SIGN_IN = """\
name: Example
issuer: https://idp.example
client_id: ip-takedowns
"""


def is_elsewhere(line):
    return any(line.startswith(each) for each in ELSEWHERE)


class Reader:
    """Who has set up what the documents speak of, and types their commands."""

    def __init__(self, directory, servers, registry, database):
        self.directory, self.servers, self.database = directory, servers, database
        self.codec = connect(registry, register=True)
        self.task = ""
        self.words = {
            "http://HOST:PORT/apis/ccompat/v7": registry,
            "HOST:PORT": servers,
            "FILE...": "listings.csv",
            "NAME": "kim",
            "…": database,
            "2:17": "1:0",
        }

    def prepare(self):
        shutil.copytree(ROOT / "processors" / "rules" / "built_in", self.directory / "my-rules")
        (self.directory / "processors").symlink_to(ROOT / "processors")
        (self.directory / "listings.csv").write_text(CSV)
        (self.directory / "parties.jsonl").write_text(json.dumps(PARTY) + "\n")
        (self.directory / "sign-in.yaml").write_text(SIGN_IN)
        self.bury(1, "unknown_schema_id")
        self.bury(2, "step_failed")
        self.bury(3, "wrong_key", key=b"seller-9")
        world = World(self.database)
        world.put(task("case-1"), task("case-2"))
        world.team("ann")
        world.close()

    def bury(self, partition, reason, key=None):
        """Write a dead letter, the first of its partition."""
        filed = complaint(complaint_id=f"buried-{partition}")
        key = key or filed.listing_id.encode()
        now = time.time_ns() // 1_000_000
        headers = list(Codec.headers(filed, filed.listing_id, now))
        value = self.codec.encode(COMPLAINTS, filed)
        source = InputRecord(COMPLAINTS, 0, partition, key, value, headers, now)
        letter = dead_letter(source, reason, "why", PARTITIONS)
        producer = Producer(producer_settings(self.servers))
        content = (letter.topic, letter.value, letter.key, partition)
        producer.produce(*content, headers=list(letter.headers))
        assert producer.flush(30) == 0

    def filled(self, word):
        for name, value in self.words.items():
            word = re.sub(rf"(?<![\w-]){re.escape(name)}(?![\w-])", lambda _, v=value: v, word)
        return word

    def type(self, line, capsys):
        """Run a line; keep what it prints where the line says, and learn what later ones name."""
        words = [self.filled(each) for each in words_of(line.replace("TASK", self.task))]
        status = main(words)
        told = capsys.readouterr()
        kept = re.search(r"> (\S+)$", line)
        if kept is not None:
            (self.directory / kept[1]).write_text(told.out)
        self.learn(words, told.out)
        return status, told

    def learn(self, words, out):
        if "--all" in words:
            self.words["2:17"] = "3:0"
        if words[0] == "filing-key":
            key = json.loads((self.directory / "signing.json").read_text())
            token = party_token(key, "chief", "operator", 600)
            (self.directory / "operator.token").write_text(token)
        claimed = re.search(r"^task_id\t(\w+)", out, re.MULTILINE)
        if claimed is not None:
            self.task = claimed[1]


@pytest.fixture(scope="module")
def reader(tmp_path_factory, kafka, schema_registry, postgres, template_database):
    renew_topics(kafka.bootstrap_servers, PARTITIONS, kafka.replication_factor)
    directory = tmp_path_factory.mktemp("reader")
    with (
        database_on(postgres, template_database) as database,
        pytest.MonkeyPatch.context() as patch,
    ):
        made = Reader(directory, kafka.bootstrap_servers, schema_registry.address, database)
        patch.setenv("IP_TAKEDOWNS_KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrap_servers)
        patch.setenv("IP_TAKEDOWNS_REGISTRY_ADDRESS", schema_registry.address)
        patch.setenv("IP_TAKEDOWNS_DATABASE_ADDRESS", database)
        keys = directory / "wrapping-keys"
        patch.setenv("IP_TAKEDOWNS_PRIVATE_TEXTS_WRAPPING_KEYS_FILE", str(keys))
        made.prepare()
        patch.chdir(directory)
        yield made


def lines_of(name):
    path = Path("docs") / f"{name}.md"
    return [line for found, line in FOUND if found == path and not is_elsewhere(line)]


@pytest.mark.parametrize("name", ORDER)
def test_commands_of_a_document_run(reader, name, capsys):
    failed = []
    if name == "private-texts":
        # The document has a service that runs with a key, before it tells how one is made.
        (reader.directory / "wrapping-keys").write_text(new_line("first"))
    for line in lines_of(name):
        status, told = reader.type(line, capsys)
        if status:
            failed.append(f"{line}: {status}\n{told.out[-500:]}{told.err[-500:]}")
    assert not failed, "\n".join(failed)


def test_each_command_is_run_here_or_elsewhere():
    names = {Path("docs") / f"{name}.md" for name in ORDER}
    assert [line for path, line in FOUND if path not in names and not is_elsewhere(line)] == []
    assert [each for each in ELSEWHERE if not any(line.startswith(each) for _, line in FOUND)] == []
