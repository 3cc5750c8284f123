"""The filing API on real PostgreSQL, without a publisher: what is filed stays in the outbox."""

import json
from contextlib import ExitStack
from uuid import uuid4

import psycopg
from databases import create
from fastapi.testclient import TestClient
from psycopg.rows import dict_row

from ops.tools.filing_tokens import make_key, sign
from schemas.private_texts import hashes_of, restored
from schemas.wire.registry import offline_codec
from sinks.database.database import migrate
from sinks.dispatch.webhook_signing import Secret
from sinks.evidence.quarantine import Quarantine
from sinks.evidence.vault import EvidenceVault
from sinks.private_texts.wrapping_keys import WrappingKeys
from streams.clock import VirtualClock
from streams.sources.filing.acknowledgement_signing import MarketplaceKeys
from streams.sources.filing.app import make_app
from streams.sources.filing.database import Database
from streams.sources.filing.party_changes import RecordedParties
from streams.sources.filing.scanning import Scanning
from streams.sources.filing.services import make_services
from streams.sources.filing.tokens import AUDIENCE, ISSUER, TokenKeys

START = 1_790_000_000_000
SECRET = b"marketplace secret of 32 bytes.."
CODEC = offline_codec()
WRAPPING_KEYS = WrappingKeys({"test": bytes(32)})


def new_database(server, template=None) -> str:
    """Make a database, by migrations or as a copy of one without connections."""
    address = create(server, template)
    if template is None:
        migrate(address)
    return address


def complaint(listings=(("L1", "taobao"),), **changes):
    rows = [{"listing_id": each, "marketplace": place} for each, place in listings]
    return {
        "rights_holder_id": "holder-1",
        "ground": "counterfeit",
        "trademark": {"office": "EM", "number": "018229012", "number_kind": "application"},
        "territory": "DE",
        "statement": "The listing offers copies of our shoes under our mark.",
        "declarations": {"good_faith": True, "accuracy_and_authority": True},
        "signature": "Erika Mustermann",
        "contact": {"email": "ip@brand.example"},
        "listings": rows,
        **changes,
    }


class Tokens:
    """Keys in files, and tokens made with them."""

    def __init__(self, directory, key_id="k1") -> None:
        self.keys = directory / "keys.json"
        self.signing_key = directory / "signing.json"
        make_key(self.keys, self.signing_key, key_id)

    @property
    def key(self):
        return json.loads(self.signing_key.read_text())

    def token(self, party, role, lifetime_seconds=600, **claims):
        base = {"iss": ISSUER, "aud": AUDIENCE, "sub": party, "role": role}
        return sign(self.key, {**base, **claims}, lifetime_seconds)

    def headers(self, party="holder-1", role="rights_holder", key=None, **claims):
        return {
            "Authorization": f"Bearer {self.token(party, role, **claims)}",
            "Idempotency-Key": key or uuid4().hex,
        }


class ToldParties(RecordedParties):
    """Parties as their topic has them."""

    def __init__(self):
        self.parties = {}

    def find(self, party_id):
        return self.parties.get(party_id)


class Api:
    """One application, its client and a look into its database."""

    def __init__(self, address, directory, settings, scanner=None, parties=None) -> None:
        self.stack = ExitStack()
        self.tokens = Tokens(directory)
        self.clock = VirtualClock(START)
        self.settings = settings
        self.address = address
        self.vault = EvidenceVault(directory / "vault", settings.maximum_evidence_bytes)
        database = Database(address, wait_seconds=1.0)
        self.services = make_services(
            settings,
            self.clock,
            CODEC,
            (
                TokenKeys(self.tokens.keys, ISSUER, AUDIENCE),
                MarketplaceKeys({"taobao": (Secret(SECRET, None),)}),
                WRAPPING_KEYS,
            ),
            database,
            (self.vault, Scanning(scanner, Quarantine(directory / "vault" / "quarantine"))),
            parties,
        )
        self.app = make_app(settings, self.services, (database,))
        client = TestClient(self.app, raise_server_exceptions=False)
        self.client = self.stack.enter_context(client)

    def post(self, path, body, headers=None, **kwargs):
        return self.client.post(path, json=body, headers=headers or self.tokens.headers(), **kwargs)

    def get(self, path, party="holder-1", role="rights_holder"):
        return self.client.get(path, headers=self.tokens.headers(party, role))

    def rows(self, query, *parameters):
        with psycopg.connect(self.address, row_factory=dict_row, autocommit=True) as connection:
            return connection.execute(query, parameters).fetchall()

    def execute(self, statement, *parameters):
        with psycopg.connect(self.address, autocommit=True) as connection:
            connection.execute(statement, parameters)

    def events(self):
        """Return topic, key and event of all that is in the outbox, in order, with its texts."""
        rows = self.rows("SELECT * FROM outbox ORDER BY outbox_id")
        return [(row["topic"], row["record_key"], self._with_texts(row)) for row in rows]

    def _with_texts(self, row):
        event = CODEC.decode(row["topic"], bytes(row["value"]), [])
        with psycopg.connect(self.address, autocommit=True) as connection:
            texts = self.services.private_texts.read(connection, hashes_of(event), "test")
        return restored(event, lambda sha256: texts[sha256])
