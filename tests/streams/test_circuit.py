"""When a partition is paused, and how it comes back."""

from streams.worker.circuit import Circuits, CircuitSettings

SOURCE = ("ip.listings.events", 0)
OTHER = ("ip.listings.events", 1)
SETTINGS = CircuitSettings(
    window_records=1_000,
    minimum_records=200,
    bad_ratio=0.5,
    cool_down_seconds=30.0,
    cool_down_maximum_seconds=100.0,
    probe_records=100,
)


def test_few_bad_records_are_buried():
    circuits = Circuits(SETTINGS)
    for _ in range(100):
        assert not circuits.trips(SOURCE, 90, 10, 0.0)
    assert circuits.limit(SOURCE, 0.0) is None


def test_few_records_at_all_prove_nothing():
    circuits = Circuits(SETTINGS)
    assert not circuits.trips(SOURCE, 0, 199, 0.0)
    assert circuits.trips(SOURCE, 0, 1, 0.0)


def test_a_flood_opens_the_circuit_of_its_partition_only():
    circuits = Circuits(SETTINGS)
    assert circuits.trips(SOURCE, 10, 500, 0.0)
    assert circuits.limit(SOURCE, 29.9) == 0
    assert circuits.limit(OTHER, 0.0) is None
    assert circuits.open_sources() == {SOURCE}


def test_a_good_probe_closes_the_circuit():
    circuits = Circuits(SETTINGS)
    circuits.trips(SOURCE, 0, 500, 0.0)
    assert circuits.limit(SOURCE, 30.0) == 100
    assert not circuits.trips(SOURCE, 90, 10, 30.0)
    assert circuits.limit(SOURCE, 30.0) is None
    assert not circuits.open_sources()


def test_a_bad_probe_is_buried_and_the_pause_doubles_up_to_a_limit():
    circuits = Circuits(SETTINGS)
    circuits.trips(SOURCE, 0, 500, 0.0)
    now, pauses = 30.0, []
    for _ in range(4):
        assert not circuits.trips(SOURCE, 0, 100, now)
        pause = 0.0
        while circuits.limit(SOURCE, now + pause) == 0:
            pause += 1.0
        pauses.append(pause)
        now += pause
    assert pauses == [60.0, 100.0, 100.0, 100.0]


def test_a_partition_that_moves_away_is_forgotten():
    circuits = Circuits(SETTINGS)
    circuits.trips(SOURCE, 0, 500, 0.0)
    circuits.forget(0)
    assert circuits.limit(SOURCE, 0.0) is None


def test_old_batches_leave_the_window():
    circuits = Circuits(SETTINGS)
    assert not circuits.trips(SOURCE, 100, 90, 0.0)
    for _ in range(20):
        assert not circuits.trips(SOURCE, 100, 0, 0.0)
    assert not circuits.trips(SOURCE, 0, 150, 0.0)
