"""The same suite on the driver and on real Kafka, and pipelines where what is needed is known."""

import pytest
from world import START, listing

from processors.policies.service_level import ServiceLevel
from streams.driver import DriverSettings
from topology.harness import PARTITIONS, STANDING, BrokerHarness, DriverHarness, record
from topology.test_disputes import LISTINGS, tell
from topology.test_lifecycle import tell_tables


@pytest.fixture(params=["driver", pytest.param("broker", marks=pytest.mark.broker)])
def harness(request, tmp_path):
    if request.param == "driver":
        harness = DriverHarness(tmp_path / "state")
    else:
        topics = request.getfixturevalue("topics")
        registry = request.getfixturevalue("schema_registry")
        harness = BrokerHarness((topics, registry.address), tmp_path)
    yield harness
    harness.close()


@pytest.fixture
def begin(tmp_path):
    """Begins a pipeline without a broker that knows the world's mark, parties and listing."""
    begun = []

    def one(level=None, *parties):
        level = level or ServiceLevel(standing=STANDING)
        settings = DriverSettings(
            partitions=PARTITIONS, now_milliseconds=START, service_level=level
        )
        harness = DriverHarness(tmp_path / f"state-{len(begun)}", settings)
        begun.append(harness)
        tell_tables(harness)
        for party in parties:
            record(harness, party)
        tell(harness, LISTINGS, listing())
        return harness

    yield one
    for each in begun:
        each.close()
