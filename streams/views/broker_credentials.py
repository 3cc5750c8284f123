"""This process's identity as Faust's client takes it, which is not librdkafka."""

import asyncio
import ssl
import time
from typing import Any

import httpx
from aiokafka.abc import AbstractTokenProvider
from faust.auth import Credentials, OAuthCredentials, SASLCredentials, SSLCredentials

from streams.kafka.security import Identity, Token, aws_tokens

TIMEOUT_SECONDS = 10.0
RENEWED_AT = 0.8
"""Share of a token's life after which another is fetched."""


def credentials_of(identity: Identity) -> Credentials | None:
    """Return Faust's credentials, or None where brokers ask for nothing."""
    encrypted = identity.security_protocol in ("ssl", "sasl_ssl")
    trust = _trust(identity) if encrypted else None
    if identity.security_protocol == "ssl":
        return SSLCredentials(trust)
    if identity.sasl_mechanism is None:
        return None
    if identity.sasl_mechanism in ("OAUTHBEARER", "AWS_MSK_IAM"):
        return OAuthCredentials(oauth_cb=Tokens(identity), ssl_context=trust)
    return SASLCredentials(
        username=identity.username,
        password=identity.password,
        ssl_context=trust,
        mechanism=identity.sasl_mechanism,
    )


def _trust(identity: Identity) -> ssl.SSLContext:
    trust = ssl.create_default_context(cafile=identity.ca_file or None)
    if identity.certificate_file:
        trust.load_cert_chain(
            identity.certificate_file, identity.key_file or None, identity.key_password or None
        )
    return trust


class Tokens(AbstractTokenProvider):  # type: ignore[misc]
    """Fetches bearer tokens, and keeps each for most of its life.

    Errors of `token`: httpx.HTTPError; KeyError where the answer has no token.
    """

    def __init__(self, identity: Identity) -> None:
        self._identity = identity
        self._token = ""
        self._renewed_at = 0.0

    async def token(self) -> str:
        """Return a token that is good for now."""
        if time.monotonic() >= self._renewed_at:
            loop = asyncio.get_running_loop()
            self._token, ends_at = await loop.run_in_executor(None, self._fetch)
            # The clock of whoever gave it tells when it ends; how long it lives is ours.
            self._renewed_at = time.monotonic() + RENEWED_AT * max(0.0, ends_at - time.time())
        return self._token

    def _fetch(self) -> Token:
        if self._identity.sasl_mechanism == "AWS_MSK_IAM":
            return aws_tokens(self._identity.aws_region)("")
        asked = {"grant_type": "client_credentials"}
        if self._identity.oauth_scope:
            asked["scope"] = self._identity.oauth_scope
        answer = httpx.post(
            self._identity.oauth_token_endpoint,
            data=asked,
            auth=(self._identity.oauth_client_id, self._identity.oauth_client_secret),
            timeout=TIMEOUT_SECONDS,
        ).raise_for_status()
        body: dict[str, Any] = answer.json()
        return str(body["access_token"]), time.time() + float(body.get("expires_in", 0))
