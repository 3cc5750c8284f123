"""Whom senders tell what happens: the metrics, in a service."""

from typing import Protocol


class DispatchObserver(Protocol):
    """Whom a sender tells what happens."""

    def delivery(self, marketplace: str, result: str, seconds: float | None) -> None:
        """Tell how an attempt ended, and for one received the time since it was taken in."""

    def deliveries_waiting(self, due: int, held: dict[str, int]) -> None:
        """Tell how many are due, and how many wait for a person, by reason."""

    def endpoint_circuits(self, circuits: dict[str, bool]) -> None:
        """Tell for each endpoint whether its circuit is open."""
