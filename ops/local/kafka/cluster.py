"""A local Kafka cluster of one node or three, on loopback, in KRaft mode."""

import shutil
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path

from confluent_kafka import KafkaException

from ops.errors import OperatorError
from ops.local.kafka.artifacts import install
from ops.local.kafka.secured import ADMIN, ClusterSecurity
from ops.local.process import LocalServer, ServerProcess, free_port
from ops.local.programs import QUICK_START, java
from streams.kafka.clients import admin_client

SETTINGS = Path(__file__).with_name("server.properties")
CLUSTER_ID = "ipTakedownStreams00000"
HEAP = "-Xmx640m"


class KafkaCluster(LocalServer):
    """One or three nodes, with their data under `directory`; a context manager.

    Three nodes replicate thrice and acknowledge by two, so that one may be lost. A secured cluster
    has one node. `port` is the first node's. One for load takes longer to start, and more then.
    """

    def __init__(
        self,
        directory: Path,
        nodes: int = 1,
        security: ClusterSecurity | None = None,
        port: int | None = None,
        for_load: bool = False,
    ) -> None:
        if nodes not in (1, 3):
            raise OperatorError("a local cluster has one node or three")
        self._directory = directory
        self._for_load = for_load
        brokers = [port or free_port(), *(free_port() for _ in range(nodes - 1))]
        self._ports = [(broker, free_port()) for broker in brokers]
        self._security = security
        self._certificates_port = free_port()
        self._processes: dict[int, ServerProcess] = {}

    @property
    def bootstrap_servers(self) -> str:
        """Addresses of the brokers."""
        return ",".join(f"127.0.0.1:{broker}" for broker, _ in self._ports)

    @property
    def certificates_address(self) -> str:
        """Address at which a secured cluster asks for certificates."""
        return f"127.0.0.1:{self._certificates_port}"

    @property
    def replication_factor(self) -> int:
        """Copies of each topic."""
        return len(self._ports)

    def launch(self) -> None:
        """Format and start all nodes. Errors: OperatorError."""
        self._java = java()
        self._classpath = f"{install() / 'kafka'}/*"
        shutil.rmtree(self._directory, ignore_errors=True)
        self._directory.mkdir(parents=True)
        for node in range(len(self._ports)):
            self._configure(node)
            self._launch(node)

    def await_answer(self) -> None:
        """Wait until all nodes answer. Errors: OperatorError."""
        for process in self._processes.values():
            process.wait_until(self._ready, "Kafka")

    def stop(self) -> None:
        """Stop all nodes."""
        for process in self._processes.values():
            process.stop()

    def kill(self, node: int = 0) -> None:
        """End a node by force (kill -9)."""
        self._processes[node].kill()

    def stop_node(self, node: int = 0) -> None:
        """Stop one node cleanly."""
        self._processes[node].stop()

    def freeze(self, node: int = 0) -> None:
        """Stop a node where it stands (SIGSTOP): it keeps its connections, and answers nothing."""
        self._processes[node].send(signal.SIGSTOP)

    def thaw(self, node: int = 0) -> None:
        """Have a frozen node go on."""
        self._processes[node].send(signal.SIGCONT)

    def runs(self, node: int = 0) -> bool:
        """Whether a node's process has not ended."""
        return self._processes[node].running

    def restart(self, node: int = 0) -> None:
        """Start a node that was ended, on its old data, and wait until it answers."""
        self._launch(node)
        self._processes[node].wait_until(self._ready, "Kafka")

    def _ready(self) -> bool:
        # One short-lived client a try: an old one would back off for longer each time.
        own = {} if self._security is None else self._security.identity(ADMIN).client_settings()
        client = admin_client(self.bootstrap_servers, {"log_level": 0, **own})
        try:
            return len(client.list_topics(timeout=1.0).brokers) == len(
                [p for p in self._processes.values() if p.running]
            )
        except KafkaException:
            return False

    def _configure(self, node: int) -> None:
        broker, controller = self._ports[node]
        copies = self.replication_factor
        voters = ",".join(f"{n + 1}@127.0.0.1:{port}" for n, (_, port) in enumerate(self._ports))
        own: dict[str, object] = {
            "node.id": node + 1,
            "controller.quorum.voters": voters,
            "listeners": f"PLAINTEXT://127.0.0.1:{broker},CONTROLLER://127.0.0.1:{controller}",
            "advertised.listeners": f"PLAINTEXT://127.0.0.1:{broker}",
            "log.dirs": self._directory / f"node-{node}" / "data",
            "default.replication.factor": copies,
            "offsets.topic.replication.factor": copies,
            "transaction.state.log.replication.factor": copies,
            "transaction.state.log.min.isr": max(1, copies - 1),
            "min.insync.replicas": max(1, copies - 1),
        }
        if self._security is not None:
            own |= self._security.settings(broker, self._certificates_port)
            own["listeners"] = f"{own['advertised.listeners']},CONTROLLER://127.0.0.1:{controller}"
        path = self._path(node)
        path.parent.mkdir(parents=True)
        lines = [f"{name}={value}" for name, value in own.items()]
        path.write_text(SETTINGS.read_text() + "\n".join(lines) + "\n")
        command = self._command("kafka.tools.StorageTool", "format", "-t", CLUSTER_ID)
        if self._security is not None:
            command += self._security.format_arguments()
        ended = subprocess.run(
            [*command, "-c", str(path)], capture_output=True, text=True, check=False
        )
        if ended.returncode != 0:
            raise OperatorError(f"Kafka's storage can't be formatted:\n{ended.stderr[-2000:]}")

    def _launch(self, node: int) -> None:
        options = () if self._for_load else QUICK_START
        command = self._command("kafka.Kafka", str(self._path(node)), options=options)
        log = self._directory / f"node-{node}" / "kafka.log"
        self._processes[node] = ServerProcess(command, log, {})

    def _command(self, *arguments: str, options: Sequence[str] = QUICK_START) -> list[str]:
        return [self._java, HEAP, *options, "-cp", self._classpath, *arguments]

    def _path(self, node: int) -> Path:
        return self._directory / f"node-{node}" / "server.properties"
