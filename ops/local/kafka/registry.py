"""A local schema registry: Apicurio, with the Confluent API and BACKWARD compatibility."""

import shutil
from pathlib import Path

import httpx

from ops.errors import OperatorError
from ops.local.kafka.artifacts import install
from ops.local.process import LocalServer, ServerProcess, free_port
from ops.local.programs import QUICK_START, java

REQUEST_TIMEOUT_SECONDS = 5.0
API = "/apis/ccompat/v7"
COMPATIBILITY = "BACKWARD"


class SchemaRegistryServer(LocalServer):
    """One registry that keeps its schemas in memory; a context manager."""

    def __init__(self, directory: Path, port: int | None = None) -> None:
        self._directory = directory
        self._port = port or free_port()
        self._process: ServerProcess | None = None

    @property
    def address(self) -> str:
        """Base address of the Confluent API."""
        return f"http://127.0.0.1:{self._port}{API}"

    def launch(self) -> None:
        """Start the registry. Errors: OperatorError."""
        runners = sorted((install() / "registry").rglob("*-runner.jar"))
        if not runners:
            raise OperatorError("the schema registry's jar is missing: remove .run and try again")
        shutil.rmtree(self._directory, ignore_errors=True)
        environment = {"QUARKUS_HTTP_HOST": "127.0.0.1", "QUARKUS_HTTP_PORT": str(self._port)}
        command = [java(), "-Xmx400m", *QUICK_START, "-jar", str(runners[0])]
        self._process = ServerProcess(command, self._directory / "registry.log", environment)

    def await_answer(self) -> None:
        """Wait for the registry, and have it enforce compatibility. Errors: OperatorError."""
        if self._process is not None:
            self._process.wait_until(self._ready, "the schema registry")
            self._enforce()

    def stop(self) -> None:
        """Stop the registry."""
        if self._process is not None:
            self._process.stop()

    def _ready(self) -> bool:
        try:
            return httpx.get(f"{self.address}/subjects", timeout=1.0).is_success
        except httpx.HTTPError:
            return False

    def _enforce(self) -> None:
        body = {"compatibility": COMPATIBILITY}
        told = httpx.put(f"{self.address}/config", json=body, timeout=REQUEST_TIMEOUT_SECONDS)
        kept = httpx.get(f"{self.address}/config", timeout=REQUEST_TIMEOUT_SECONDS).json()
        if COMPATIBILITY not in kept.values():
            raise OperatorError(f"the registry does not enforce {COMPATIBILITY}: {told.text}")
