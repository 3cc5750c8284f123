"""The whole way over HTTP, PostgreSQL and Kafka: nothing lost, nothing filed twice."""

import signal
import sys
import threading
from uuid import uuid4

import httpx
import pytest
from confluent_kafka import Consumer, TopicPartition

from filing.harness import Tokens, complaint, new_database
from ops.local.patience import Patience, wait_for
from ops.local.process import ServerProcess, free_port
from schemas.wire.registry import connect
from sinks.private_texts.wrapping_keys import new_line
from streams.kafka.partitioner import partition_of

TOPIC = "ip.complaints.events"
PARTITIONS = 4


class Server:
    """One process of `python -m ops filing`."""

    def __init__(self, setting, number: int, bootstrap_servers: str) -> None:
        self.address = f"http://127.0.0.1:{(port := free_port())}"
        directory, database, registry, tokens = setting
        command = [
            *(sys.executable, "-m", "ops", "--verbose", "filing"),
            *("--database", database, "--bootstrap-servers", bootstrap_servers),
            *("--schema-registry", registry, "--vault", str(directory / "vault")),
            *("--keys", str(tokens.keys), "--port", str(port), "--filings-at-once", "1000"),
            *("--wrapping-keys", str(directory / "wrapping-keys")),
        ]
        self.log = directory / f"server-{number}.log"
        self.process = ServerProcess(command, self.log, {})

    def wait(self) -> "Server":
        self.process.wait_until(self._answers, "the filing API")
        return self

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.address}/health", timeout=2).status_code == 200
        except httpx.HTTPError:
            return False


@pytest.fixture
def setting(postgres, template, schema_registry, tmp_path):
    database = new_database(postgres, template)
    (tmp_path / "wrapping-keys").write_text(new_line("test"))
    return tmp_path, database, schema_registry.address, Tokens(tmp_path)


@pytest.fixture
def start(setting):
    started = []

    def start(bootstrap_servers):
        started.append(Server(setting, len(started), bootstrap_servers))
        return started[-1]

    yield start
    for server in started:
        server.process.stop()


def post(server, tokens, body, key):
    headers = tokens.headers(key=key)
    return httpx.post(f"{server.address}/v1/complaints", json=body, headers=headers, timeout=20)


def read(bootstrap_servers, count):
    """Return all records of the topic, once there are so many, and a moment more."""
    consumer = Consumer({"bootstrap.servers": bootstrap_servers, "group.id": uuid4().hex})
    consumer.assign([TopicPartition(TOPIC, number, 0) for number in range(PARTITIONS)])
    found, patience = [], Patience()
    while not patience.runs_out(len(found)):
        messages = consumer.consume(1000, 0.5)
        found += [message for message in messages if not message.error()]
        if len(found) >= count and not messages:
            break
    consumer.close()
    return found


class Client:
    """Files complaints about 20 listings each, sending each again until it is answered."""

    def __init__(self, servers, tokens) -> None:
        self.servers = servers
        self.answers = {}
        self._tokens = tokens

    def file(self, numbers):
        for number in numbers:
            rows = [(f"listing-{number}-{row}", "lazada") for row in range(20)]
            patience = Patience()
            while number not in self.answers and not patience.runs_out(len(self.answers)):
                try:
                    told = post(self.servers[-1], self._tokens, complaint(rows), f"key-{number}")
                except httpx.HTTPError:
                    continue
                if told.status_code == 201:
                    self.answers[number] = told.json()


def check_published_once(told, bootstrap_servers, registry):
    records = read(bootstrap_servers, 300)
    assert len(records) == 300
    codec = connect(registry, register=False)
    ids = {row["listing_id"]: row["complaint_id"] for row in told["results"]}
    for record in records:
        event = codec.decode(TOPIC, record.value(), record.headers())
        assert record.key().decode() == event.listing_id
        assert record.partition() == partition_of(record.key(), PARTITIONS)
        assert ids.pop(event.listing_id) == event.complaint_id
        assert dict(record.headers())["ce_type"] == b"ip.ComplaintFiled"
    assert ids == {}


def check_each_filed(answers, bootstrap_servers, registry, more):
    wanted = {row["complaint_id"] for told in answers.values() for row in told["results"]}
    assert len(wanted) == 20 * len(answers)
    codec = connect(registry, register=False)
    values = {}
    for record in read(bootstrap_servers, len(wanted) + more):
        event = codec.decode(TOPIC, record.value(), record.headers())
        # Sent again after the kill: the same bytes, which the pipeline drops by their id.
        assert values.setdefault(event.complaint_id, record.value()) == record.value()
    assert len(values) == len(wanted) + more
    assert set(values) > wanted


def check_log(server, tokens):
    server.process.send(signal.SIGTERM)
    server.process.stop()
    log = server.log.read_text()
    assert "/v1/complaints 201" in log
    for secret in ("Erika", "ip@brand.example", "holder-1", tokens.key["d"]):
        assert secret not in log
    assert "Traceback" not in log


def test_kills_lose_nothing_and_file_nothing_twice(topics, setting, start):
    """One scenario, as each start of a server takes seconds."""
    _, _, registry, tokens = setting
    # A server that cannot reach Kafka dies between the durable write and the publishing.
    cut_off = start(f"127.0.0.1:{free_port()}").wait()
    rows = [(f"listing-{number}", "taobao") for number in range(300)]
    told = post(cut_off, tokens, complaint(rows), "once")
    assert told.status_code == 201
    cut_off.process.kill()
    servers = [server.wait() for server in (start(topics), start(topics))]
    check_published_once(told.json(), topics, registry)

    again = post(servers[0], tokens, complaint(rows), "once")
    assert (again.status_code, again.json()) == (201, told.json())
    path = f"{servers[1].address}/v1/batches/{told.json()['batch_id']}"
    batch = httpx.get(path, headers=tokens.headers(), timeout=10).json()
    assert {each["published"] for each in batch["complaints"]} == {True}

    client = Client([servers[0]], tokens)
    shares = [range(start_at, 24, 4) for start_at in range(4)]
    threads = [threading.Thread(target=client.file, args=(share,)) for share in shares]
    for thread in threads:
        thread.start()
    wait_for("some answers", lambda: len(client.answers) >= 6, lambda: len(client.answers))
    servers[0].process.kill()
    client.servers.append(servers[1])
    for thread in threads:
        thread.join()
    assert len(client.answers) == 24
    check_each_filed(client.answers, topics, registry, more=300)
    check_log(servers[1], tokens)
