"""What the routes of one application work with."""

from typing import NamedTuple

from starlette.requests import Request

from ops.filing.acknowledgement_signing import MarketplaceKeys
from ops.filing.cases import CaseReader
from ops.filing.database import Database
from ops.filing.evidence_store import EvidenceStore
from ops.filing.rate_limits import RateLimits
from ops.filing.settings import FilingSettings
from ops.filing.store import FilingStore
from ops.filing.tokens import TokenKeys
from schemas.wire.codec import Codec
from sinks.evidence_vault import EvidenceVault
from streams.clock import Clock
from streams.metrics import Metrics


class Services(NamedTuple):
    """All that requests share; made once, by the command or a test."""

    settings: FilingSettings
    clock: Clock
    codec: Codec
    keys: TokenKeys
    marketplace_keys: MarketplaceKeys
    rate_limits: RateLimits
    database: Database
    store: FilingStore
    cases: CaseReader
    evidence: EvidenceStore
    vault: EvidenceVault
    metrics: Metrics


def services_of(request: Request) -> Services:
    """Give the services of the application that a request came to."""
    services: Services = request.app.state.services
    return services


def make_services(
    settings: FilingSettings,
    clock: Clock,
    codec: Codec,
    keys: tuple[TokenKeys, MarketplaceKeys],
    database: Database,
    vault: EvidenceVault,
) -> Services:
    """Put the services together."""
    return Services(
        settings=settings,
        clock=clock,
        codec=codec,
        keys=keys[0],
        marketplace_keys=keys[1],
        rate_limits=RateLimits(clock),
        database=database,
        store=FilingStore(database, settings, clock),
        cases=CaseReader(database),
        evidence=EvidenceStore(database, vault, settings, clock),
        vault=vault,
        metrics=Metrics(),
    )
