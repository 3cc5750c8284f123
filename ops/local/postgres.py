"""PostgreSQL on a loopback port, from Debian's package, with a data directory of its own.

PostgreSQL refuses to run as root, so it then runs as the user that Debian's package made.
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
from ops.local.process import LocalServer, ServerProcess, free_port

INSTALLED = Path("/usr/lib/postgresql")
ACCOUNT = "postgres"
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "shared_buffers": "128MB",
    "max_connections": "100",
    "log_min_messages": "warning",
}


def programs() -> Path | None:
    """Return the directory of the newest PostgreSQL server's programs, or None without any."""
    found = [path for path in INSTALLED.glob("*/bin") if (path / "initdb").exists()]
    return max(found, key=lambda path: float(path.parent.name), default=None)


class PostgresServer(LocalServer):
    """One server with one database; `settings` are added to its configuration.

    Its data stays through `kill` and `start`, and is removed by `stop`.
    """

    def __init__(self, settings: dict[str, str] | None = None) -> None:
        self._settings = {**SETTINGS, **(settings or {})}
        self._directory: Path | None = None
        self._process: ServerProcess | None = None
        self._port = free_port()
        self._password = secrets.token_hex(16)

    @property
    def address(self) -> str:
        """The database's address, a libpq URI with its password."""
        return f"postgresql://{ACCOUNT}:{self._password}@127.0.0.1:{self._port}/{ACCOUNT}"

    def start(self) -> None:
        """Start it, on the data that is there. Errors: OperatorError."""
        found = programs()
        if found is None:
            raise OperatorError("PostgreSQL is not installed (Debian: apt-get install postgresql)")
        if self._directory is None:
            self._directory = self._make(found)
        settings = {**self._settings, "port": str(self._port)}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        command = [str(found / "postgres"), "-D", str(self._directory / "data"), *options]
        log = self._directory / "log"
        self._process = ServerProcess([*_as_account(), *command], log, {})
        self._process.wait_until(self._answers, "PostgreSQL")

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

    def _make(self, found: Path) -> Path:
        directory = Path(tempfile.mkdtemp(prefix="ip-postgres-"))
        password = directory / "password"
        password.write_text(self._password, encoding="ascii")
        if os.geteuid() == 0:
            account = pwd.getpwnam(ACCOUNT)
            for path in (directory, password):
                os.chown(path, account.pw_uid, account.pw_gid)
        command = [
            *(str(found / "initdb"), "-D", str(directory / "data"), "-U", ACCOUNT),
            *("--auth=scram-sha-256", f"--pwfile={password}"),
            *("--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"),
        ]
        made = subprocess.run(
            [*_as_account(), *command], capture_output=True, text=True, check=False, cwd=directory
        )
        if made.returncode:
            raise OperatorError(f"PostgreSQL's data could not be made:\n{made.stderr}")
        return directory

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.address, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True


def _as_account() -> list[str]:
    if os.geteuid() != 0:
        return []
    # A change of user clears the signal that ends a child with its parent: it is set again.
    return [
        *("setpriv", f"--reuid={ACCOUNT}", f"--regid={ACCOUNT}", "--clear-groups"),
        *("--pdeathsig", "SIGKILL", "--"),
    ]
