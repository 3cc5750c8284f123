"""What is there to be tried on a local platform: the demo's data, and commands for its users."""

import json
import time
from collections.abc import Callable
from pathlib import Path

from ops.demo.scenario import REGISTER_FILES, listings, parties
from ops.shell.importing import Sender
from ops.tools.filing_tokens import party_token
from ops.tools.import_trademarks import import_files
from ops.up.places import MARKETPLACE, Places
from ops.web.members import Members
from ops.web.provider_settings import read_settings
from schemas.wire.registry import connect
from streams.kafka.producing import EventProducer, send
from streams.sources.filing.database import Database
from streams.sources.filing.tokens import Caller, Role

TOKEN_SECONDS = 12 * 3600
REVIEWER = "reviewer-1"
HOLDER = "holder-cutex"
PEOPLE: dict[str, tuple[Role, str]] = {
    "holder": ("rights_holder", HOLDER),
    "seller": ("seller", "seller-0"),
    "reviewer": ("reviewer", REVIEWER),
    "operator": ("operator", "operator"),
}
"""Who may be chosen at the sample provider, and for whom each is taken."""
COMPLAINT = {
    "rights_holder_id": HOLDER,
    "ground": "counterfeit",
    "territory": "US",
    "trademark": {"office": "US", "number": "124134", "number_kind": "registration"},
    "statement": "The goods offered here use our mark and do not come from us.",
    "declarations": {"good_faith": True, "accuracy_and_authority": True},
    "signature": "Erika Mustermann",
    "contact": {"email": "ip@brand.example"},
    "language": "en",
    "evidence": [{"evidence_id": "EVIDENCE", "kind": "comparison"}],
    "listings": [{"listing_id": "composed-copy", "marketplace": MARKETPLACE}],
}
"""Against the demo's composed copy, whose mark is a real one."""

REPORT = """The scissors offered beside ours: the blade is stamped and not forged, the word on it is
printed, and the box has another typeface and no batch number.
"""
IDENTIFIER = "python3 -c 'import json, sys; print(json.load(sys.stdin)[\"evidence_id\"])'"


def load_data(bootstrap_servers: str, registry: str, tell: Callable[[str], object]) -> None:
    """Bring in the demo's register records, parties and listings."""
    codec = connect(registry, register=True)
    sender = Sender(bootstrap_servers, codec)
    import_files(REGISTER_FILES, sender.send, tell, lambda _bytes: None)
    sender.close()
    producer = EventProducer(bootstrap_servers)
    now = time.time_ns() // 1_000_000
    for each in (*parties(now), *listings(now)):
        send(producer, codec, each)
    producer.flush()


def write_trial(places: Places) -> None:
    """Write a token for each kind of party, and the complaint to try, as files."""
    key = json.loads(places.signing_key.read_text(encoding="utf-8"))
    roles: dict[str, tuple[Role, str]] = {**PEOPLE, "marketplace": ("marketplace", MARKETPLACE)}
    for name, (role, party) in roles.items():
        path = _token(places, name)
        path.touch(mode=0o600)
        path.write_text(party_token(key, party, role, TOKEN_SECONDS))
    _report(places).write_text(REPORT)
    _complaint(places).write_text(json.dumps(COMPLAINT, indent=2) + "\n")


def bind_people(places: Places, database_address: str) -> None:
    """Let the sample provider's people sign in, each as an owner of its party."""
    issuer = read_settings(places.sign_in).issuer
    with Database(database_address) as database:
        members = Members(database)
        for name, (role, party) in PEOPLE.items():
            now = time.time_ns() // 1_000_000
            members.bind(Caller(party, role), "owner", name, (issuer, name), now)


def next_steps(places: Places) -> list[str]:
    """Return commands that take a complaint from its filing to proof, each with what it does."""
    api = f"http://127.0.0.1:{places.ports['filing']}"
    holder = f'-H "Authorization: Bearer $(cat {_token(places, "holder")})"'
    desk = f"{_python()} --settings-file {places.settings} desk --keys {places.keys}"
    reviewer, operator = (
        f"{desk} --token-file {_token(places, name)}" for name in ("reviewer", "operator")
    )
    return [
        f"# the pages are at http://127.0.0.1:{places.ports['web']}/: sign in at the sample",
        "# provider (holder, seller, reviewer, operator), or by a token, such as",
        f"# {_token(places, 'holder')}",
        f"# e-mails to parties are shown at http://127.0.0.1:{places.ports['mailbox page']}/",
        "# a rights holder stores a document, and files a complaint that names it",
        f"EVIDENCE=$(curl -s {holder} -H 'Content-Type: text/plain' "
        f"--data-binary @{_report(places)} {api}/v1/evidence | {IDENTIFIER})",
        f'sed "s/EVIDENCE/$EVIDENCE/" {_complaint(places)} | '
        f"curl -s {holder} -H 'Idempotency-Key: first' -H 'Content-Type: application/json' "
        f"-d @- {api}/v1/complaints",
        "# its first actions on a mark are looked at by people: a reviewer takes the task",
        f"{operator} reviewer {REVIEWER} --skill 'complaint:*' --language '*' --seniority 3",
        f"{reviewer} claim",
        "# and decides on it: TASK is the number that was shown",
        f"{reviewer} decide TASK take_down counterfeit",
        "# where the case stands: taken down, and proved by the marketplace's own stream;",
        "# COMPLAINT is the complaint_id of the first answer",
        f"curl -s {holder} {api}/v1/complaints/COMPLAINT",
    ]


def _python() -> str:
    return ".venv/bin/python -m ops"


def _token(places: Places, name: str) -> Path:
    return places.directory / f"{name}.token"


def _report(places: Places) -> Path:
    return places.directory / "comparison.txt"


def _complaint(places: Places) -> Path:
    return places.directory / "complaint.json"
