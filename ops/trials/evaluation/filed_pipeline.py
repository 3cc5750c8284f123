"""The pipeline that situations are filed at: worker, case store and filing API on one clock that
jumps, on real Kafka and PostgreSQL."""

import json
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import yaml

from ops.local.patience import Patience, wait_for
from ops.local.process import ServerProcess, free_port
from ops.shell.jumping_clock import JumpingClock, set_offset
from ops.tools.filing_tokens import make_key, party_token
from ops.trials.evaluation.filing_requests import Filing
from ops.trials.evaluation.situations import standing_of_situations
from ops.trials.topic_settings import topics_of_any_time
from ops.trials.worker_processes import Progress, start_worker, table_position
from processors.reviews.assignment import Reviewer
from replay.log import KafkaLog
from schemas.topic_names import DEAD_LETTERS, PARTIES_STATE, TRADEMARKS_EVENTS
from schemas.wire.registry import connect as connect_registry
from sinks.database.database import connect
from sinks.private_texts.wrapping_keys import new_line
from streams.driver import DriverSettings
from streams.kafka.producing import EventProducer, Keyed, send
from streams.sources.desk.desk import Desk
from streams.sources.desk.types import Verdict
from streams.topology import CHANGELOG, INPUTS

GROUP = "situations"
STILL_SECONDS = 0.3
TABLES = (TRADEMARKS_EVENTS, PARTIES_STATE)
UNSENT = "SELECT count(*) FROM outbox WHERE sent_at_milliseconds IS NULL"
STORED = "SELECT coalesce(sum(next_offset), 0) FROM positions"
NOT_YET = frozenset({404, 409})
"""What the API answers while the case store does not know a case, or its seller."""


@dataclass(frozen=True)
class Servers:
    """Addresses of what the pipeline runs on, whose topics are empty, and a directory."""

    bootstrap_servers: str
    schema_registry: str
    database: str
    directory: Path


class FiledPipeline:
    """The processes, and what the world does to them. Use `filed_pipeline`."""

    def __init__(self, servers: Servers) -> None:
        self._servers = servers
        self._clock_file = servers.directory / "clock"
        self._offset = DriverSettings().now_milliseconds - time.time_ns() // 1_000_000
        set_offset(self._clock_file, self._offset)
        self._clock = JumpingClock(self._clock_file)
        self._codec = connect_registry(servers.schema_registry, register=True)
        self._producer = EventProducer(servers.bootstrap_servers)
        self._log = KafkaLog(servers.bootstrap_servers)
        keys, signing = servers.directory / "keys.json", servers.directory / "signing.json"
        make_key(keys, signing, "situations")
        self._key = json.loads(signing.read_text(encoding="utf-8"))
        self._metrics_port, port = free_port(), free_port()
        self._processes = [self._worker(), self._ours("case-store"), self._filing(keys, port)]
        self._client = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30.0)
        self._progress = Progress(servers.bootstrap_servers, tuple(INPUTS), GROUP)
        self._outputs = Progress(servers.bootstrap_servers, (CHANGELOG, DEAD_LETTERS), GROUP)
        self._tables = Progress(servers.bootstrap_servers, TABLES, GROUP)
        self._connection = connect(servers.database)
        self._desk = Desk(self._connection, self._clock)

    def close(self) -> None:
        """End all that was started."""
        for process in self._processes:
            process.ask_to_end()
        for process in self._processes:
            process.stop()
        self._client.close()
        self._connection.close()
        for progress in (self._progress, self._outputs, self._tables):
            progress.close()

    @property
    def now_milliseconds(self) -> int:
        """The time that all processes have."""
        return self._clock.now_milliseconds()

    def jump(self, milliseconds: int) -> None:
        """Let so much time pass at once, for all processes."""
        self._offset += milliseconds
        set_offset(self._clock_file, self._offset)

    def feed(self, event: Keyed) -> None:
        """Send what registers, marketplaces and operators tell on their topics."""
        send(self._producer, self._codec, event, self.now_milliseconds)
        self._producer.flush()

    def post(self, filing: Filing) -> str:
        """Post a filing with its documents; give its id. Errors: FilingRefused."""
        named = [
            {**each, "evidence_id": self._upload(filing, each["evidence_id"])}
            for each in filing.body.get("evidence", ())
        ]
        body = {**filing.body, "evidence": named} if "evidence" in filing.body else filing.body
        headers = {**self._headers(filing), "Idempotency-Key": uuid4().hex}

        def answered() -> list[httpx.Response]:
            response = self._client.post(filing.path, json=body, headers=headers)
            return [] if response.status_code in NOT_YET else [response]

        [response] = wait_for(filing.path, answered, tell=self._tails)
        told: dict[str, Any] = response.json()
        if not response.is_success:
            raise FilingRefused(f"{filing.path}: {response.status_code} {told.get('errors')}")
        return str(told["results"][0]["complaint_id"] if "results" in told else told["filing_id"])

    def decide(self, case_id: str, verdict: Verdict) -> None:
        """Have a person take the open task on a case at the desk, and decide it."""

        def tasks() -> list[str]:
            waiting = self._desk.queue()
            return [str(each["task_id"]) for each in waiting if each["case_id"] == case_id]

        [task_id] = wait_for(f"a task on {case_id}", tasks, tell=self._tails)
        self._desk.put_reviewer(Reviewer(verdict.reviewer_id, ("*",), ("*",), 3))
        self._desk.assign(task_id, verdict.reviewer_id)
        self._desk.decide(verdict._replace(task_id=task_id))

    def settle(self) -> None:
        """Wait until all that was sent is worked off, and nothing moves any more."""
        self._await_tables()
        stillness = Patience(STILL_SECONDS)

        def is_still() -> bool:
            seen = self._seen()
            unsent, _, committed, sent, _ = seen
            return stillness.runs_out(seen) and not unsent and committed >= sent

        wait_for("the pipeline", is_still, self._seen, self._tails)

    def read(self, topic: str) -> Iterator[Any]:
        """Yield the events of a topic, by partition, then in order. Errors: ReplayError."""
        for record in self._log.read_all(topic):
            if record.value is not None:
                yield self._codec.decode(topic, record.value, record.headers)

    def _seen(self) -> tuple[int, ...]:
        unsent, stored = (
            self._connection.execute(query).fetchall()[0][0] for query in (UNSENT, STORED)
        )
        progress = self._progress
        return (unsent, stored, progress.committed(), progress.end(), self._outputs.end())

    def _await_tables(self) -> None:
        wanted = self._tables.end()
        self._processes[0].wait_until(
            lambda: table_position(self._metrics_port, TABLES) >= wanted, "the worker"
        )

    def _upload(self, filing: Filing, name: str) -> str:
        content = f"{name} of {filing.party_id}".encode()
        headers = {**self._headers(filing), "Content-Type": "text/plain"}
        response = self._client.post("/v1/evidence", content=content, headers=headers)
        return str(response.raise_for_status().json()["evidence_id"])

    def _headers(self, filing: Filing) -> Mapping[str, str]:
        token = party_token(self._key, filing.party_id, filing.role, 600, filing.acts_for)
        return {"Authorization": f"Bearer {token}"}

    def _worker(self) -> ServerProcess:
        policy = self._servers.directory / "standing.yaml"
        policy.write_text(yaml.safe_dump(standing_of_situations()._asdict()), encoding="utf-8")
        return start_worker(
            (self._servers.bootstrap_servers, self._servers.schema_registry),
            "worker",
            self._servers.directory,
            (
                *("--group", GROUP, "--metrics-port", str(self._metrics_port)),
                *("--standing-policy", str(policy), "--clock-file", str(self._clock_file)),
            ),
        )

    def _filing(self, keys: Path, port: int) -> ServerProcess:
        vault, wrapping = (self._servers.directory / name for name in ("vault", "wrapping-keys"))
        wrapping.write_text(new_line("situations"), encoding="utf-8")
        process = self._ours(
            *("filing", "--vault", vault, "--keys", keys, "--port", port),
            *("--wrapping-keys", wrapping),
        )
        address = f"http://127.0.0.1:{port}/health"
        process.wait_until(lambda: _answers(address), "the filing API")
        return process

    def _ours(self, command: str, *arguments: Any) -> ServerProcess:
        servers = self._servers
        line = [
            *(sys.executable, "-m", "ops", "--verbose", command),
            *("--bootstrap-servers", servers.bootstrap_servers),
            *("--schema-registry", servers.schema_registry, "--database", servers.database),
            *("--clock-file", str(self._clock_file), *map(str, arguments)),
        ]
        return ServerProcess(line, servers.directory / f"{command}.log", {})

    def _tails(self) -> str:
        return "\n".join(process.tail() for process in self._processes)


class FilingRefused(Exception):
    """The API did not take what a situation has filed; the message says why."""


@contextmanager
def filed_pipeline(servers: Servers) -> Iterator[FiledPipeline]:
    """Start the pipeline, and end it. Errors: OperatorError."""
    with ExitStack() as stack:
        stack.enter_context(topics_of_any_time(servers.bootstrap_servers))
        pipeline = FiledPipeline(servers)
        stack.callback(pipeline.close)
        yield pipeline


def _answers(address: str) -> bool:
    try:
        return httpx.get(address, timeout=2.0).is_success
    except httpx.HTTPError:
        return False
