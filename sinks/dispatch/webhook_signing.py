"""Signatures of Standard Webhooks (https://www.standardwebhooks.com, version 1.0.0).

Signed is `id.timestamp.body` by HMAC-SHA256. While a secret is replaced, both sign, so that a
receiver may know either.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Iterable
from typing import NamedTuple

PREFIX = "whsec_"
MINIMUM_BYTES = 24
MAXIMUM_BYTES = 64
NEW_BYTES = 32


class SecretInvalid(Exception):
    """A secret is not as Standard Webhooks asks; the message does not show it."""


class Secret(NamedTuple):
    """A key, and until when it signs: UTC, or None for no end."""

    key: bytes
    until_milliseconds: int | None

    def __repr__(self) -> str:
        """Show no key, in logs or elsewhere."""
        return f"Secret(until_milliseconds={self.until_milliseconds})"


def new_secret() -> str:
    """Return a secret, drawn by chance, as `read_secret` reads it."""
    return PREFIX + base64.b64encode(secrets.token_bytes(NEW_BYTES)).decode()


def read_secret(text: str, until_milliseconds: int | None) -> Secret:
    """Read a secret, base64 with or without `whsec_` before it. Errors: SecretInvalid."""
    encoded = text.removeprefix(PREFIX)
    try:
        key = base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
    except (binascii.Error, ValueError) as error:
        raise SecretInvalid("a secret is not base64") from error
    if not MINIMUM_BYTES <= len(key) <= MAXIMUM_BYTES:
        raise SecretInvalid(
            f"a secret has {len(key)} bytes, not {MINIMUM_BYTES} to {MAXIMUM_BYTES}"
        )
    return Secret(key, until_milliseconds)


def signed_headers(
    keys: Iterable[Secret], webhook_id: str, body: bytes, now_milliseconds: int
) -> dict[str, str]:
    """Return the three headers of an attempt made now, with a signature by each secret in force."""
    timestamp = str(now_milliseconds // 1000)
    signed = b".".join((webhook_id.encode(), timestamp.encode(), body))
    signatures = [
        "v1," + base64.b64encode(hmac.digest(secret.key, signed, hashlib.sha256)).decode()
        for secret in keys
        if secret.until_milliseconds is None or now_milliseconds < secret.until_milliseconds
    ]
    return {
        "webhook-id": webhook_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(signatures),
    }
