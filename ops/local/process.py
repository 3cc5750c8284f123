"""A server process of ours: started, awaited, and ended with its parent at the latest."""

import ctypes
import os
import pwd
import signal
import socket
import subprocess
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from ops.errors import OperatorError
from ops.local.patience import PATIENCE_SECONDS, wait_for

PR_SET_PDEATHSIG = 1
TAIL_CHARACTERS = 3_000
STOP_TIMEOUT_SECONDS = 30.0


def free_port() -> int:
    """Return a loopback port that is free now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _end_with_parent() -> None:
    # The kernel ends the server when we die, however we die: no orphan is left after kill -9.
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    os.setsid()


def run_as(account: str | None) -> dict[str, Any]:
    """Return what has `subprocess` run a command as another user."""
    if account is None:
        return {}
    found = pwd.getpwnam(account)
    return {"user": found.pw_uid, "group": found.pw_gid, "extra_groups": []}


class ServerProcess:
    """One process with its log file; `account` is the user that it runs as, if not our own."""

    def __init__(
        self,
        command: list[str],
        log: Path,
        environment: dict[str, str],
        account: str | None = None,
    ) -> None:
        self._log = log
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                command,
                stdout=output,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                env={**os.environ, **environment},
                preexec_fn=_end_with_parent,  # noqa: PLW1509 - no threads start before the exec
                **run_as(account),
            )

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether the process has not ended."""
        return self._process.poll() is None

    def wait_until(
        self,
        ready: Callable[[], bool],
        name: str,
        progress: Callable[[], object] = lambda: None,
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> None:
        """Wait until something is so while the process runs.

        Errors: OperatorError with the end of its log.
        """

        def is_ready() -> bool:
            if not self.running:
                raise OperatorError(f"{name} ended:\n{self.tail()}")
            return ready()

        wait_for(name, is_ready, progress, self.tail, patience_seconds)

    def tail(self) -> str:
        """Return the end of the log."""
        return self._log.read_text(errors="replace")[-TAIL_CHARACTERS:]

    def stop(self) -> None:
        """End the process cleanly, or by force after a while."""
        if self.running:
            self._process.terminate()
            try:
                self._process.wait(STOP_TIMEOUT_SECONDS)
            except subprocess.TimeoutExpired:
                self.kill()

    def ask_to_end(self) -> None:
        """Ask the process to end, without waiting for it."""
        if self.running:
            self._process.terminate()

    def kill(self) -> None:
        """End the process by force."""
        self._process.kill()
        self._process.wait()

    def send(self, number: signal.Signals) -> None:
        """Send a signal, such as SIGSTOP or SIGCONT."""
        self._process.send_signal(number)


class LocalServer(ABC):
    """A server that runs within a `with` block."""

    @abstractmethod
    def launch(self) -> None:
        """Start it. Errors: OperatorError."""

    @abstractmethod
    def await_answer(self) -> None:
        """Wait until it answers. Errors: OperatorError."""

    def start(self) -> None:
        """Start it, and wait until it answers. Errors: OperatorError."""
        self.launch()
        self.await_answer()

    @abstractmethod
    def stop(self) -> None:
        """Stop it."""

    def __enter__(self) -> Self:
        """Start it; what was started is stopped again where that fails."""
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop it."""
        self.stop()


@contextmanager
def running(*servers: LocalServer) -> Iterator[None]:
    """Run servers within a `with` block: all are launched before any is waited for.

    Errors: OperatorError.
    """
    with ExitStack() as ending:
        for each in servers:
            ending.callback(each.stop)
            each.launch()
        for each in servers:
            each.await_answer()
        yield
