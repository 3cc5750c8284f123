"""The filing API as a process of a trial, and what rights holders send to it."""

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from ops.local.process import ServerProcess, free_port
from ops.tools.filing_tokens import make_key, party_token
from sinks.private_texts.wrapping_keys import new_line


class FilingApi(NamedTuple):
    """A process, its address, and the key that signs tokens for it."""

    process: ServerProcess
    address: str
    signing_key: dict[str, Any]

    def headers(self, party_id: str, lifetime_seconds: int) -> dict[str, str]:
        """Return what a rights holder's requests carry."""
        token = party_token(self.signing_key, party_id, "rights_holder", lifetime_seconds)
        return {"Authorization": f"Bearer {token}"}


def start_filing(
    addresses: tuple[str, str],
    database: str,
    vault: Path,
    directory: Path,
    arguments: Iterable[str] = (),
    verbose: bool = True,
) -> FilingApi:
    """Start the filing API with keys of its own; `addresses` are Kafka's and the registry's."""
    directory.mkdir(parents=True, exist_ok=True)
    keys, signing, wrapping = (directory / name for name in ("keys", "signing", "wrapping"))
    make_key(keys, signing, "trial")
    wrapping.write_text(new_line("trial"), encoding="utf-8")
    port = free_port()
    line = [
        *(sys.executable, "-m", "ops", *(("--verbose",) if verbose else ()), "filing"),
        *("--bootstrap-servers", addresses[0], "--schema-registry", addresses[1]),
        *("--database", database, "--vault", str(vault), "--port", str(port)),
        *("--keys", str(keys), "--wrapping-keys", str(wrapping), *arguments),
    ]
    process = ServerProcess(line, directory / "filing.log", {})
    key = json.loads(signing.read_text(encoding="utf-8"))
    return FilingApi(process, f"http://127.0.0.1:{port}", key)


def complaint_of(party_id: str, listing_ids: Iterable[str]) -> dict[str, Any]:
    """Return the request of a rights holder against listings."""
    return {
        "rights_holder_id": party_id,
        "ground": "counterfeit",
        "trademark": {"office": "EM", "number": "018229012", "number_kind": "application"},
        "territory": "DE",
        "statement": "The listing offers copies of our shoes under our mark.",
        "declarations": {"good_faith": True, "accuracy_and_authority": True},
        "signature": "Erika Mustermann",
        "contact": {"email": "ip@brand.example"},
        "listings": [{"listing_id": each, "marketplace": "taobao"} for each in listing_ids],
    }
