"""Checks that a marketplace wrote an acknowledgement: it signs the body by Standard Webhooks.

The secrets are those by which commands are signed to it: of the dispatcher's endpoints file, or
recorded.
"""

import base64
import threading
from collections.abc import Mapping

from standardwebhooks import Webhook, WebhookVerificationError

from sinks.dispatch.endpoint_watch import EndpointWatch
from sinks.dispatch.settings import DispatchSettings
from sinks.dispatch.webhook_signing import Secret

Secrets = Mapping[str, tuple[Secret, ...]]
STOP_SECONDS = 10.0


class SignatureRefused(Exception):
    """A body is not signed by the marketplace, or too long ago; the message says which."""


def secrets_of(settings: DispatchSettings) -> Secrets:
    """Return the secrets of each marketplace that has an endpoint."""
    return {name: endpoint.secrets for name, endpoint in settings.endpoints.items()}


class MarketplaceKeys:
    """The secrets of each marketplace, by its name; swapped whole, so threads may read freely."""

    def __init__(self, secrets: Secrets) -> None:
        self.secrets = secrets

    def check(
        self, marketplace: str, body: bytes, headers: Mapping[str, str], now_milliseconds: int
    ) -> None:
        """Check a body's signature and time. Errors: SignatureRefused."""
        signed = {name: headers.get(name, "") for name in _HEADERS}
        for secret in self.secrets.get(marketplace, ()):
            until = secret.until_milliseconds
            if until is not None and until <= now_milliseconds:
                continue
            webhook = Webhook(base64.b64encode(secret.key).decode())
            try:
                webhook.verify(body, signed, json_parse=False)
            except (WebhookVerificationError, ValueError):
                # A malformed signature makes the library raise ValueError.
                continue
            return
        raise SignatureRefused("no signature by a secret of the marketplace, made within 5 minutes")


class EndpointFollowing:
    """Takes on secrets as endpoints change, in a thread while it is entered as a context."""

    def __init__(self, watch: EndpointWatch, keys: MarketplaceKeys) -> None:
        self._watch = watch
        self._keys = keys
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="endpoints", daemon=True)

    def __enter__(self) -> "EndpointFollowing":
        """Begin."""
        self._watch.tell_to(self._take)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End."""
        self._stopping.set()
        self._thread.join(STOP_SECONDS)

    def _run(self) -> None:
        self._watch.run(self._stopping.wait)

    def _take(self, settings: DispatchSettings) -> None:
        self._keys.secrets = secrets_of(settings)


_HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")
