"""Metrics are declared once, observed as told, and bounded."""

from importlib import import_module
from pathlib import Path

import pytest
from prometheus_client import generate_latest

from ops.documents.metrics import DECLARED, OWNERS
from ops.shell.dispatch_metrics import DispatchMetrics
from streams.metrics.metric_set import MAXIMUM_MARKETPLACES, MetricSet
from streams.worker.metrics import WorkerMetrics

ROOT = Path(__file__).parents[2]


def sample(metrics, name, **labels):
    return metrics.registry.get_sample_value(name, labels)


def test_names_are_unique_and_say_their_unit():
    names = [declared.name for declared in DECLARED]
    assert len(set(names)) == len(names)
    for declared in DECLARED:
        assert declared.name.startswith("ip_")
        assert declared.name.endswith("_total") == (declared.kind == "counter")
        assert declared.help.endswith(".")


@pytest.mark.parametrize("owner", OWNERS.values())
def test_all_that_is_declared_is_served(owner):
    served = generate_latest(owner().registry).decode()
    for declared in owner.DECLARED:
        assert declared.name.removesuffix("_total") in served


def test_the_document_has_every_owner():
    for package in ("ops", "streams"):
        for path in (ROOT / package).rglob("*metrics.py"):
            import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    known, found = set(OWNERS.values()), list(MetricSet.__subclasses__())
    while found:
        owner = found.pop()
        found += owner.__subclasses__()
        assert owner in known


def test_a_decision_and_its_closing_are_observed():
    metrics = WorkerMetrics()
    metrics.decided("take_down", "shop", [0.1, 0.3])
    metrics.closed("take_down", "shop", 3_600.0, True)
    labels = {"outcome": "take_down", "marketplace": "shop"}
    assert sample(metrics, "ip_decision_latency_seconds_count", **labels) == 2
    assert sample(metrics, "ip_decision_latency_seconds_bucket", le="0.25", **labels) == 1
    closed = {**labels, "within_deadline": "true"}
    assert sample(metrics, "ip_cases_closed_total", **closed) == 1


def test_transactions_are_counted_by_result_and_timed_when_committed():
    metrics = WorkerMetrics()
    metrics.transaction("committed", 500, 0.03)
    metrics.transaction("aborted", 500, 0.03)
    assert sample(metrics, "ip_transactions_total", result="committed") == 1
    assert sample(metrics, "ip_transactions_total", result="aborted") == 1
    assert sample(metrics, "ip_transaction_records_sum") == 500


def test_a_circuit_that_closed_is_zero_again():
    metrics = WorkerMetrics()
    labels = {"topic": "ip.listings.events", "partition": "2"}
    metrics.circuits(frozenset({("ip.listings.events", 2)}))
    assert sample(metrics, "ip_circuit_open", **labels) == 1
    metrics.circuits(frozenset())
    assert sample(metrics, "ip_circuit_open", **labels) == 0


def test_marketplaces_are_told_apart_up_to_a_limit():
    metrics = WorkerMetrics()
    for number in range(MAXIMUM_MARKETPLACES + 50):
        metrics.sla_breaches(f"shop-{number}", 1)
    assert sample(metrics, "ip_sla_breaches_total", marketplace="shop-0") == 1
    assert sample(metrics, "ip_sla_breaches_total", marketplace="other") == 50


def test_lag_restores_and_tables():
    metrics = WorkerMetrics()
    metrics.lag("ip.listings.events", 1, 42)
    metrics.restored(1_000, 0.5)
    metrics.table_positions({"ip.parties.state": 7})
    metrics.partitions(4, 1)
    assert sample(metrics, "ip_lag_records", topic="ip.listings.events", partition="1") == 42
    assert sample(metrics, "ip_restored_rows_total") == 1_000
    assert sample(metrics, "ip_table_position_records", topic="ip.parties.state") == 7
    assert sample(metrics, "ip_partitions_restoring") == 1


def test_deliveries_are_counted_timed_and_what_is_no_longer_held_is_zero():
    metrics = DispatchMetrics()
    metrics.delivery("shop", "received", 0.2)
    metrics.delivery("shop", "tried", None)
    metrics.deliveries_waiting(3, {"cap_seller": 2})
    metrics.deliveries_waiting(1, {})
    metrics.endpoint_circuits({"shop": True})
    assert sample(metrics, "ip_deliveries_total", result="tried", marketplace="shop") == 1
    assert sample(metrics, "ip_delivery_seconds_count", marketplace="shop") == 1
    assert sample(metrics, "ip_deliveries_due") == 1
    assert sample(metrics, "ip_deliveries_held", reason="cap_seller") == 0
    assert sample(metrics, "ip_endpoint_circuit_open", marketplace="shop") == 1
