"""The same suite on the driver and on real Kafka."""

import pytest

from topology.harness import BrokerHarness, DriverHarness


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
