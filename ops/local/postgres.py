"""PostgreSQL on a loopback port, with a data directory of its own.

It refuses to run as root: there it runs as another user, from a copy of its programs that this
user can reach.
"""

import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
from pathlib import Path

import psycopg

from ops.errors import OperatorError
from ops.local.process import LocalServer, ServerProcess, free_port, run_as
from ops.local.programs import postgres

ACCOUNT = "postgres"
ACCOUNTS_IN_ROOTS_PLACE = (ACCOUNT, "nobody")
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "shared_buffers": "128MB",
    "max_connections": "100",
    "log_min_messages": "warning",
}


class PostgresServer(LocalServer):
    """One server with one database; `settings` are added to its configuration.

    Its data lies in a directory of its own `within` another, stays through `kill` and `start`, and
    is removed by `stop`.
    """

    def __init__(self, settings: dict[str, str] | None = None, within: Path | None = None) -> None:
        self._within = within
        self._settings = {**SETTINGS, **(settings or {})}
        self._directory: Path | None = None
        self._process: ServerProcess | None = None
        self._port = free_port()
        self._password = secrets.token_hex(16)

    @property
    def address(self) -> str:
        """The database's address, a libpq URI with its password."""
        return f"postgresql://{ACCOUNT}:{self._password}@127.0.0.1:{self._port}/{ACCOUNT}"

    def launch(self) -> None:
        """Start it, on the data that is there. Errors: OperatorError."""
        if self._directory is None:
            self._directory = Path(tempfile.mkdtemp(prefix="ip-postgres-", dir=self._within))
            self._make(self._directory)
        settings = {**self._settings, "port": str(self._port)}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        command = [self._program("postgres"), "-D", str(self._directory / "data"), *options]
        log = self._directory / "log"
        self._process = ServerProcess(command, log, {}, _account())

    def await_answer(self) -> None:
        """Wait until it answers. Errors: OperatorError."""
        if self._process is not None:
            self._process.wait_until(self._answers, "PostgreSQL")

    def runs(self) -> bool:
        """Whether its process has not ended."""
        return self._process is not None and self._process.running

    def kill(self) -> None:
        """End it by force, as a power failure would; its data stays."""
        if self._process is not None:
            self._process.kill()

    def stop(self) -> None:
        """Stop it and remove its data."""
        if self._process is not None:
            self._process.stop()
        if self._directory is not None:
            shutil.rmtree(self._directory, ignore_errors=True)
            self._directory = None

    def _make(self, directory: Path) -> None:
        self._programs = postgres()
        password = directory / "password"
        password.write_text(self._password, encoding="ascii")
        account = _account()
        if account is not None:
            self._programs = self._programs.within_reach(directory / "programs")
            for path in (directory, password):
                shutil.chown(path, account)
        command = [
            *(self._program("initdb"), "-D", str(directory / "data"), "-U", ACCOUNT),
            *("--auth=scram-sha-256", f"--pwfile={password}"),
            *("--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"),
        ]
        made = subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=False,
            cwd=directory,
            **run_as(account),
        )
        if made.returncode:
            raise OperatorError(f"PostgreSQL's data could not be made:\n{made.stderr}")

    def _program(self, name: str) -> str:
        return str(self._programs.directory / name)

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.address, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True


def _account() -> str | None:
    if os.geteuid() != 0:
        return None
    known = {each.pw_name for each in pwd.getpwall()}
    return next(each for each in ACCOUNTS_IN_ROOTS_PLACE if each in known)
