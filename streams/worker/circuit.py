"""A circuit for each topic partition: where most records are bad, stop rather than bury them all.

A flood of dead letters means that something upstream is broken, such as a producer with another
schema, and that the records are likely to be good once it is mended.
"""

from collections import deque
from typing import NamedTuple

TopicPartition = tuple[str, int]


class CircuitSettings(NamedTuple):
    """When a circuit opens, and for how long."""

    window_records: int = 1_000
    minimum_records: int = 200
    bad_ratio: float = 0.5
    cool_down_seconds: float = 30.0
    cool_down_maximum_seconds: float = 300.0
    probe_records: int = 100


class _Circuit:
    def __init__(self) -> None:
        self.window: deque[tuple[int, int]] = deque()
        self.open_until_seconds: float | None = None
        self.cool_down_seconds = 0.0


class Circuits:
    """The circuits of a worker. Closed: all goes through. Open: nothing. Then a probe decides."""

    def __init__(self, settings: CircuitSettings) -> None:
        self._settings = settings
        self._circuits: dict[TopicPartition, _Circuit] = {}

    def limit(self, source: TopicPartition, now_seconds: float) -> int | None:
        """Return how many records may be taken now; None for no limit."""
        circuit = self._circuits.get(source)
        if circuit is None or circuit.open_until_seconds is None:
            return None
        if now_seconds < circuit.open_until_seconds:
            return 0
        return self._settings.probe_records

    def trips(self, source: TopicPartition, good: int, bad: int, now_seconds: float) -> bool:
        """Note how a batch went; True where the circuit opened and nothing may be buried.

        A probe that is bad is buried all the same, so that a partition with bad records for ever
        moves on at a slow and bounded pace.
        """
        circuit = self._circuits.setdefault(source, _Circuit())
        settings = self._settings
        if circuit.open_until_seconds is not None:
            if bad > settings.bad_ratio * (good + bad):
                doubled = circuit.cool_down_seconds * 2
                circuit.cool_down_seconds = min(doubled, settings.cool_down_maximum_seconds)
                circuit.open_until_seconds = now_seconds + circuit.cool_down_seconds
            else:
                del self._circuits[source]
            return False
        circuit.window.append((good, bad))
        while sum(g + b for g, b in list(circuit.window)[1:]) >= settings.window_records:
            circuit.window.popleft()
        total = sum(g + b for g, b in circuit.window)
        bad_total = sum(b for _, b in circuit.window)
        if total < settings.minimum_records or bad_total <= settings.bad_ratio * total:
            return False
        circuit.window.clear()
        circuit.cool_down_seconds = settings.cool_down_seconds
        circuit.open_until_seconds = now_seconds + settings.cool_down_seconds
        return True

    def open_sources(self) -> frozenset[TopicPartition]:
        """Return the topic partitions whose circuit isn't closed."""
        return frozenset(
            source for source, c in self._circuits.items() if c.open_until_seconds is not None
        )

    def forget(self, partition: int) -> None:
        """Drop the circuits of a partition that moved away."""
        for source in [s for s in self._circuits if s[1] == partition]:
            del self._circuits[source]
