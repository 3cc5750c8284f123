"""What the routes of one application work with."""

from typing import NamedTuple

from starlette.requests import Request

from schemas.wire.codec import Codec
from sinks.dispatch.recorded_endpoints import EndpointBook
from sinks.dispatch.settings import DispatchSettings
from sinks.evidence.vault import EvidenceVault
from sinks.personal_data.erasure import Erasures
from sinks.private_texts.contract import KeyWrapper
from sinks.private_texts.store import PrivateTextStore
from streams.clock import Clock
from streams.sources.filing.acknowledgement_signing import MarketplaceKeys
from streams.sources.filing.cases import CaseReader
from streams.sources.filing.database import Database
from streams.sources.filing.evidence_store import EvidenceStore
from streams.sources.filing.metrics import FilingMetrics
from streams.sources.filing.party_changes import RecordedParties
from streams.sources.filing.rate_limits import RateLimits
from streams.sources.filing.scanning import Scanning
from streams.sources.filing.settings import FilingSettings
from streams.sources.filing.statements import StatementReader
from streams.sources.filing.store import FilingStore
from streams.sources.filing.tokens import TokenKeys
from streams.sources.filing.turns import Turns


class Endpoints(NamedTuple):
    """Where endpoints are recorded, if at all; and those of the file, which stay as they are."""

    book: EndpointBook | None
    from_file: DispatchSettings


class Services(NamedTuple):
    """All that requests share; made once, by the command or a test."""

    settings: FilingSettings
    clock: Clock
    codec: Codec
    keys: TokenKeys
    marketplace_keys: MarketplaceKeys
    rate_limits: RateLimits
    turns: Turns
    database: Database
    private_texts: PrivateTextStore
    erasures: Erasures
    parties: RecordedParties
    store: FilingStore
    cases: CaseReader
    statements: StatementReader
    evidence: EvidenceStore
    vault: EvidenceVault
    scanning: Scanning
    metrics: FilingMetrics
    endpoints: Endpoints


def services_of(request: Request) -> Services:
    """Return the services of the application that a request came to."""
    services: Services = request.app.state.services
    return services


def make_services(
    settings: FilingSettings,
    clock: Clock,
    codec: Codec,
    keys: tuple[TokenKeys, MarketplaceKeys, KeyWrapper],
    database: Database,
    files: tuple[EvidenceVault, Scanning],
    parties: RecordedParties | None = None,
) -> Services:
    """Put the services together; without `parties` none are recorded, and no endpoints."""
    private_texts = PrivateTextStore(keys[2], clock.now_milliseconds)
    return Services(
        settings=settings,
        clock=clock,
        codec=codec,
        keys=keys[0],
        marketplace_keys=keys[1],
        rate_limits=RateLimits(clock),
        turns=Turns(),
        database=database,
        private_texts=private_texts,
        erasures=Erasures(private_texts),
        parties=parties or RecordedParties(),
        store=FilingStore(database, settings, clock, private_texts),
        cases=CaseReader(database, private_texts),
        statements=StatementReader(database),
        evidence=EvidenceStore(database, files[0], settings, clock),
        vault=files[0],
        scanning=files[1],
        metrics=FilingMetrics(),
        endpoints=Endpoints(None, DispatchSettings({}, {})),
    )
