"""The filing API where the disk of its database or of its vault is full: it refuses and says so,
keeps nothing of what it refused, and takes the same again when there is room."""

import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import httpx

from ops.local.patience import wait_for
from ops.local.postgres import PostgresServer
from ops.local.small_disk import SmallDisk
from ops.trials.chaos.test_bed import TestBed
from ops.trials.chaos.verify import Verdict
from ops.trials.filing_api import complaint_of, start_filing
from sinks.database.database import connect
from sinks.evidence.vault import RESERVED_BYTES

DATABASE_DISK_BYTES = 400 << 20
VAULT_DISK_BYTES = RESERVED_BYTES + (64 << 20)
LISTINGS = 50
MOST_FILINGS = 500
"""So many are filed at most until one is refused, as PostgreSQL has room in its files."""

REFUSED_WHILE_FULL = 3
PARTY = "holder-1"
TOKEN_SECONDS = 600


class Answered(NamedTuple):
    """Requests by key, and how each was answered first."""

    taken: list[str]
    refused: list[str]


def fill_filing(test_bed: TestBed) -> Verdict:
    """Fill the database's disk, then the vault's, and send again what was refused."""
    problems: list[str] = []
    with ExitStack() as stack:
        data = stack.enter_context(SmallDisk(DATABASE_DISK_BYTES))
        vault = stack.enter_context(SmallDisk(VAULT_DISK_BYTES))
        database = stack.enter_context(PostgresServer(within=data.path))
        filing = stack.enter_context(_Filing(test_bed, database, vault.path / "vault"))
        filings = _while_full(data, filing.file, "c", 503, problems)
        # PostgreSQL ends where its own log has no room.
        if not database.runs():
            database.start()
        documents = _while_full(vault, filing.upload, "d", 507, problems)
        _take_again(filing.file, filings.refused)
        _take_again(filing.upload, documents.refused)
        problems += filing.found_wrong(filings, documents, vault.path / "vault")
    counted = f"{len(filings.taken)} filings and {len(documents.taken)} documents taken"
    sys.stdout.write(f"full filing: {counted}, {REFUSED_WHILE_FULL} each refused\n")
    return Verdict(0, 0, tuple(problems), "none lost, none half kept, the refused taken later")


def _take_again(send: Callable[[str], httpx.Response], refused: list[str]) -> None:
    for key in refused:
        wait_for("the filing API", lambda: send(key).status_code == httpx.codes.CREATED)  # noqa: B023


def _while_full(
    disk: SmallDisk,
    send: Callable[[str], httpx.Response],
    prefix: str,
    wanted: int,
    problems: list[str],
) -> Answered:
    """Send until so many are refused for the disk that is full, and make room."""
    answered = Answered([], [])
    if send(f"{prefix}-first").status_code == 201:
        answered.taken.append(f"{prefix}-first")
    disk.fill()
    for number in range(MOST_FILINGS):
        key = f"{prefix}-{number}"
        response = send(key)
        (answered.taken if response.is_success else answered.refused).append(key)
        if not response.is_success:
            media_type = response.headers["Content-Type"].partition(";")[0]
            found = (response.status_code, media_type, "Retry-After" in response.headers)
            if found != (wanted, "application/problem+json", True):
                problems.append(f"{key} was answered by {found}")
        if len(answered.refused) == REFUSED_WHILE_FULL:
            break
    else:
        problems.append(f"the disk was full, and {MOST_FILINGS} requests were taken")
    disk.make_room()
    return answered


class _Filing:
    """The filing API as a process, and a client."""

    def __init__(self, test_bed: TestBed, database: PostgresServer, vault: Path) -> None:
        self._address = database.address
        at_once = ("--filings-at-once", str(2 * MOST_FILINGS))
        self._api = start_filing(
            test_bed.addresses, database.address, vault, test_bed.directory, at_once
        )
        self._client = httpx.Client(base_url=self._api.address, timeout=30.0)

    def __enter__(self) -> "_Filing":
        self._api.process.wait_until(self._answers, "the filing API")
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()
        self._api.process.stop()

    def file(self, key: str) -> httpx.Response:
        headers = {**self._api.headers(PARTY, TOKEN_SECONDS), "Idempotency-Key": key}
        body = complaint_of(PARTY, [f"{key}-{number}" for number in range(LISTINGS)])
        return self._client.post("/v1/complaints", json=body, headers=headers)

    def upload(self, key: str) -> httpx.Response:
        headers = {**self._api.headers(PARTY, TOKEN_SECONDS), "Content-Type": "text/plain"}
        return self._client.post("/v1/evidence", content=f"document {key}", headers=headers)

    def found_wrong(self, filings: Answered, documents: Answered, vault: Path) -> list[str]:
        """Return what is wrong with rows and files, of which all are to be there once by now."""
        keys = {*filings.taken, *filings.refused}
        wanted_documents = {*documents.taken, *documents.refused}
        with connect(self._address) as connection:
            rows = connection.execute("SELECT idempotency_key FROM filings").fetchall()
            sent = connection.execute("SELECT count(*) FROM outbox").fetchall()[0][0]
            kept = connection.execute("SELECT count(*) FROM filed_evidence").fetchall()[0][0]
        files = [path for path in vault.rglob("*") if path.is_file()]
        counted = {
            "filings": (sorted(row[0] for row in rows), sorted(keys)),
            "events": (sent, LISTINGS * len(keys)),
            "documents": (kept, len(wanted_documents)),
            "files": (len(files), len(wanted_documents)),
        }
        return [f"{name}: {a} and not {b}" for name, (a, b) in counted.items() if a != b]

    def _answers(self) -> bool:
        try:
            return self._client.get("/health").is_success
        except httpx.HTTPError:
            return False
