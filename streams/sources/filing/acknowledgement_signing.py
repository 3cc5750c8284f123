"""Checks that a marketplace wrote an acknowledgement: it signs the body by Standard Webhooks.

The secrets are those by which commands are signed to it (the dispatcher's endpoints file).
"""

import base64
from collections.abc import Mapping
from typing import NamedTuple

from standardwebhooks import Webhook, WebhookVerificationError

from sinks.dispatch.webhook_signing import Secret


class SignatureRefused(Exception):
    """A body is not signed by the marketplace, or too long ago; the message says which."""


class MarketplaceKeys(NamedTuple):
    """The secrets of each marketplace, by its name."""

    secrets: Mapping[str, tuple[Secret, ...]]

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


_HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")
