"""The pages on real PostgreSQL, with cases that the case store was told of."""

from contextlib import ExitStack

import psycopg
from fastapi.testclient import TestClient
from filing.harness import CODEC, WRAPPING_KEYS, Tokens
from psycopg.rows import dict_row
from world import START, complaint
from world_cases import COMPLAINTS, DECISIONS, TASKS, decided, delivered, life, task

from ops.up.sample_provider import SampleProvider
from ops.web.app import make_app
from ops.web.identity_provider import IdentityProvider
from ops.web.members import Members
from ops.web.provider_settings import ProviderSettings
from ops.web.sessions import COOKIE, Sessions
from ops.web.sign_in_pages import RETURN_PATH
from ops.web.site import Site
from processors.reviews.assignment import Reviewer
from processors.rules.rule_set import RuleSet
from schemas.events.reviews import ReviewedListing, ReviewedMark
from sinks.case_store.case_store import CaseStore
from sinks.contract import Span
from sinks.database.database import connect
from sinks.evidence.quarantine import Quarantine
from sinks.evidence.vault import EvidenceVault
from streams.clock import VirtualClock
from streams.policies.rule_files import BUILT_IN_DIRECTORY, PLAIN_COUNTERFEIT, load_rules
from streams.sources.desk.desk import Desk
from streams.sources.filing.acknowledgement_signing import MarketplaceKeys
from streams.sources.filing.case_lists import CaseLists
from streams.sources.filing.database import Database
from streams.sources.filing.scanning import Scanning
from streams.sources.filing.services import make_services
from streams.sources.filing.settings import FilingSettings
from streams.sources.filing.tokens import AUDIENCE, ISSUER, TokenKeys
from web.register_made import KeptTables, told_parties

ISSUED_BY = "http://127.0.0.1:9"
CLIENT = ("pages", f"https://ip.example{RETURN_PATH}")
PEOPLE = ["erika", "max", "anna", "nobody"]
SCRIPT = "<script>alert(1)</script>"
TITLE = "Shoes inspired by N1ke Air – sneaker women white 42"
LISTING = ReviewedListing(
    3, "active", TITLE, None, "Shoes > Sneakers", (25,), ("DE", "FR"),
    "https://shop.example/listing/3", START, START - 90 * 24 * 3_600_000,
)  # fmt: skip
MARK = ReviewedMark(
    "NIKE", "word", "registered", ("Nike Innovate C.V.",), (18, 25), ("DE", "FR", "IT"),
    "2011-05-04", "2031-02-03",
)  # fmt: skip
FOUND = PLAIN_COUNTERFEIT._replace(reading="comparison", listing_match="disguised")
STATEMENT = (
    "The seller offers copies of our sports shoes and likens them to ours. We bought a pair: the "
    "stitching differs, and the box has no batch number."
)


class Told:
    """Stands where Kafka is: keeps switches, and has two dead letters."""

    def __init__(self):
        self.scopes = set()

    def throw(self, switch):
        (self.scopes.add if switch.halted else self.scopes.discard)(switch.scope)

    def halted(self):
        return True, frozenset(self.scopes)

    def dead_letters(self):
        return [
            {"topic": "ip.complaints.events", "partition": 1, "offset": 41, "reason": "not_decoded",
             "stage": "worker", "at_milliseconds": START}
        ]  # fmt: skip

    def figures(self):
        return None


class Pages:
    """The application, its client, and who is signed in."""

    def __init__(self, address, directory):
        self.address = address
        self.stack = ExitStack()
        self.tokens = Tokens(directory)
        self.clock = VirtualClock(START + 3_600_000)
        self.told = Told()
        settings = FilingSettings()
        database = Database(address, wait_seconds=1.0)
        vault = EvidenceVault(directory / "vault", settings.maximum_evidence_bytes)
        quarantine = Quarantine(directory / "vault" / "quarantine")
        keys = TokenKeys(self.tokens.keys, ISSUER, AUDIENCE)
        self.services = make_services(
            settings, self.clock, CODEC, (keys, MarketplaceKeys({}), WRAPPING_KEYS), database,
            (vault, Scanning(None, quarantine)), told_parties(),
        )  # fmt: skip
        self.parties = self.services.parties.parties
        self.tables = KeptTables(directory / "tables")
        rules = RuleSet(load_rules(BUILT_IN_DIRECTORY))
        site = Site(
            self.services,
            Sessions(database, keys),
            rules,
            self.told,
            CaseLists(database, self.services.store, self.services.private_texts),
            address,
            "https://ip.example",
            Members(database),
            self.provided(SampleProvider(ISSUED_BY, CLIENT, PEOPLE, self.clock)),
            self.tables,
        )
        self.app = make_app(site, (database,))
        self.client = self.stack.enter_context(self.browser())

    def provided(self, sample):
        """Have a sample provider answer, without a socket; give our side of it."""
        self.sample = sample
        transport = TestClient(sample.application(), ISSUED_BY)._transport
        settings = ProviderSettings("the sample", ISSUED_BY, CLIENT[0], None, (ISSUED_BY,))
        return IdentityProvider(settings, CLIENT[1], self.clock, transport)

    def browser(self):
        return TestClient(
            self.app, "https://testserver", raise_server_exceptions=False, follow_redirects=False
        )

    def tell(self, *told):
        """Have the case store take events in."""
        store = CaseStore(self.address)
        records = delivered(list(told))
        expected = store.positions(sorted({record.topic for record in records}))
        spans, moved = {}, []
        for record in records:
            source = (record.topic, 0)
            start = expected.get(source, 0)
            moved.append(record._replace(offset=start + record.offset))
            spans[source] = Span(start, start + record.offset + 1)
        store.write(moved, spans)
        store.close()

    def team(self, *names):
        with connect(self.address) as connection:
            for name in names:
                Desk(connection, self.clock).put_reviewer(Reviewer(name, ("*",), ("*",), 2))

    def upkeep(self):
        with connect(self.address) as connection:
            Desk(connection, self.clock).upkeep()

    def rows(self, query, *parameters):
        with psycopg.connect(self.address, row_factory=dict_row, autocommit=True) as connection:
            return connection.execute(query, parameters).fetchall()

    def sign_in(self, party, role, **claims):
        """Sign a party in; give the client that is."""
        token = self.tokens.token(party, role, **claims)
        self.client.cookies.clear()
        answer = self.post("/en/sign-in", token=token)
        assert answer.status_code == 303, answer.text
        return answer

    def get(self, path, **headers):
        return self.client.get(path, headers=headers)

    def post(self, path, form=None, files=None, **fields):
        """Send a form with the token of a page that has one, as a browser would."""
        given = {"form_token": self.form_token(), **fields} if form is None else form
        return self.client.post(path, data=given, files=files)

    def form_token(self):
        page = self.client.get("/en/sign-in")
        return page.text.split('name="form_token" value="')[1].split('"')[0]

    @property
    def cookie(self):
        return self.client.cookies.get(COOKIE)

    def close(self):
        self.stack.close()
        self.tables.close()


def doubtful(case_id="c1", **changes):
    """Return a complaint that people are to decide, as its topics tell it."""
    told = {"statement": STATEMENT, "complainant_id": "holder-1", "rights_holder_id": "holder-1"}
    filed = complaint(complaint_id=case_id, listing_id=f"listing-of-{case_id}", **told)
    asked = {"listing": LISTING, "mark": MARK, "trademark_key": "EM:018229012", **changes}
    found = {"findings": FOUND._asdict(), "rule_id": "review-comparison"}
    return [
        (COMPLAINTS, filed),
        (DECISIONS, decided(case_id, 1, "send_to_review", **found)),
        (TASKS, task(case_id, reason_codes=("comparison_with_mark",), **asked)),
    ]


__all__ = ["SCRIPT", "Pages", "doubtful", "life"]
