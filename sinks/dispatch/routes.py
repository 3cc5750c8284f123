"""Which way deliveries go to each marketplace, while endpoints come and change."""

from collections.abc import Callable
from typing import NamedTuple

from sinks.dispatch.address_guard import LookUp
from sinks.dispatch.settings import DispatchSettings, Endpoint
from sinks.dispatch.webhook_client import WebhookClient
from sinks.sending.lane import Lane


class Route(NamedTuple):
    """An endpoint, its share of the sender, and its client."""

    endpoint: Endpoint
    lane: Lane
    client: WebhookClient


class Routes:
    """The routes of one sender; open and use it within its event loop."""

    def __init__(
        self, settings: DispatchSettings, now_milliseconds: Callable[[], int], look_up: LookUp
    ) -> None:
        self.current: dict[str, Route] = {}
        self._settings = settings
        self._now = now_milliseconds
        self._look_up = look_up
        self._left: list[Route] = []

    def open(self) -> None:
        """Make the first routes."""
        self.go_by(self._settings)

    def go_by(self, settings: DispatchSettings) -> None:
        """Make routes for endpoints that are new or changed, and leave those that are no more."""
        former = self.current
        self.current = {
            name: self._route(endpoint, former.get(name))
            for name, endpoint in settings.endpoints.items()
        }
        self._left += [each for name, each in former.items() if self.current.get(name) is not each]

    async def close_left(self) -> None:
        """Close clients of routes that were left, once nothing is under way on them."""
        ended = [each for each in self._left if not each.lane.under_way]
        self._left = [each for each in self._left if each.lane.under_way]
        for route in ended:
            await route.client.close()

    async def close(self) -> None:
        """Close all clients, whatever is under way."""
        for route in (*self._left, *self.current.values()):
            await route.client.close()

    def _route(self, endpoint: Endpoint, former: Route | None) -> Route:
        if former is not None and former.endpoint == endpoint:
            return former
        lane = Lane(endpoint.marketplace, endpoint.concurrency)
        if former is not None:
            # Where it was disabled it stays so until a person acts.
            lane.disabled = former.lane.disabled
        client = WebhookClient(endpoint, self._now, self._look_up)
        return Route(endpoint, lane, client)
