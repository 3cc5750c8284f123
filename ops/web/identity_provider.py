"""Sign-in by OpenID Connect: authorisation code with PKCE, at one provider that settings name.

What the provider publishes (addresses, keys) is read again after an hour, and its keys as soon as a
token names one that is not known.
"""

import secrets
import threading
from collections.abc import Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import quote_plus, urlencode

import httpx
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from ops.web.provider_settings import ProviderSettings, secure
from schemas.durations import HOUR_MILLISECONDS
from schemas.handled_errors import note_handled
from streams.clock import Clock

ALGORITHMS: Final = ("RS256", "PS256", "ES256", "EdDSA", "Ed25519")
"""Of signatures by a key pair; never by what both sides know, and never none."""
LEEWAY_SECONDS: Final = 60
"""By which the provider's clock may be off ours."""
TIMEOUT_SECONDS: Final = 5.0
"""Of one request: a person waits for the page meanwhile."""
QUIET_MILLISECONDS: Final = 10_000
"""How long a provider that did not answer is not asked again."""
MAXIMUM_ANSWER_BYTES: Final = 1 << 20
"""Settings, keys and tokens of providers have some kilobytes."""
MAXIMUM_SUBJECT_CHARACTERS: Final = 255
"""As OpenID Connect has it."""
_ADDRESSES: Final = ("authorization_endpoint", "token_endpoint", "jwks_uri")


class SignInRefused(Exception):
    """The provider's answer is not taken; the message says why, without quoting it."""


class ProviderUnavailable(Exception):
    """The provider does not answer, or not as it should."""


class Begun(NamedTuple):
    """What only we know of a sign-in that began."""

    state: str
    nonce: str
    verifier: str


def begin() -> Begun:
    """Return what a new sign-in is known by."""
    return Begun(secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(48))


class IdentityProvider:
    """A provider, as its published settings describe it. Safe to call from several threads.

    Errors of all methods: ProviderUnavailable.
    """

    def __init__(
        self,
        settings: ProviderSettings,
        redirect_address: str,
        clock: Clock,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self.settings = settings
        self._redirect_address = redirect_address
        self._clock = clock
        self._client = httpx.Client(
            transport=transport, timeout=TIMEOUT_SECONDS, follow_redirects=False
        )
        self._lock = threading.Lock()
        self._good_until = self._quiet_until = 0
        self._metadata: Mapping[str, Any] = {}
        self._keys = KeySet([])

    def address(self, begun: Begun) -> str:
        """Return the address of the provider's page where one signs in."""
        address: str = prepare_grant_uri(
            self._published()["authorization_endpoint"],
            client_id=self.settings.client_id,
            response_type="code",
            redirect_uri=self._redirect_address,
            scope="openid",
            state=begun.state,
            nonce=begun.nonce,
            code_challenge=create_s256_code_challenge(begun.verifier),
            code_challenge_method="S256",
        )
        return address

    def sign_out_address(self, back: str) -> str | None:
        """Return where one signs out at the provider, if it offers that."""
        offered = self._published().get("end_session_endpoint")
        if not offered:
            return None
        told = {"client_id": self.settings.client_id, "post_logout_redirect_uri": back}
        return f"{offered}?{urlencode(told)}"

    def subject(self, code: str, told_issuer: str | None, begun: Begun) -> str:
        """Return whom a code stands for. Errors: SignInRefused, where it is not as it should be."""
        metadata = self._published()
        named = metadata.get("authorization_response_iss_parameter_supported") is True
        if (named or told_issuer is not None) and told_issuer != self.settings.issuer:
            raise SignInRefused("the answer is from another issuer")
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._redirect_address,
            "client_id": self.settings.client_id,
            "code_verifier": begun.verifier,
        }
        secret, authentication = self.settings.client_secret, httpx.Auth()
        if secret is not None:
            authentication = httpx.BasicAuth(
                quote_plus(self.settings.client_id), quote_plus(secret)
            )
        try:
            answer = self._client.post(
                metadata["token_endpoint"],
                data=form,
                auth=authentication,
                headers={"Accept": "application/json"},
            )
        except httpx.HTTPError as error:
            raise ProviderUnavailable(type(error).__name__) from error
        if answer.status_code >= 500:
            raise ProviderUnavailable(f"the token endpoint answered {answer.status_code}")
        token = _content(answer).get("id_token") if answer.is_success else None
        if not isinstance(token, str):
            raise SignInRefused("the code was not taken")
        return self._checked(token, begun.nonce)

    def _checked(self, token: str, nonce: str) -> str:
        try:
            try:
                decoded = jwt.decode(token, self._keys, algorithms=ALGORITHMS)
            except InvalidKeyIdError:
                self._keys = self._published_keys(self._metadata)
                decoded = jwt.decode(token, self._keys, algorithms=ALGORITHMS)
            claims = CodeIDToken(
                decoded.claims,
                decoded.header,
                options={
                    "iss": {"essential": True, "value": self.settings.issuer},
                    "aud": {"essential": True, "value": self.settings.client_id},
                },
                params={"nonce": nonce, "client_id": self.settings.client_id},
            )
            claims.validate(self._clock.now_milliseconds() // 1000, LEEWAY_SECONDS)
        except (JoseError, ValueError, TypeError) as error:
            raise SignInRefused(f"the token is not valid ({type(error).__name__})") from error
        subject = claims["sub"]
        if not isinstance(subject, str) or not 0 < len(subject) <= MAXIMUM_SUBJECT_CHARACTERS:
            raise SignInRefused("the token names nobody")
        return subject

    def _published(self) -> Mapping[str, Any]:
        """Return what the provider tells of itself; what it told before, while it is away.

        One thread asks it, and where it does not answer none does again for some seconds, so that a
        provider that hangs does not hold up pages that have nothing to do with it.
        """
        if self._clock.now_milliseconds() < self._good_until:
            return self._metadata
        if not self._lock.acquire(blocking=not self._metadata):
            return self._metadata
        try:
            now = self._clock.now_milliseconds()
            if now >= max(self._good_until, self._quiet_until):
                self._ask(now)
        except ProviderUnavailable as error:
            if not self._metadata:
                raise
            note_handled("identity_provider", error)
        finally:
            self._lock.release()
        if not self._metadata:
            raise ProviderUnavailable("it did not answer a moment ago")
        return self._metadata

    def _ask(self, now: int) -> None:
        self._quiet_until = now + QUIET_MILLISECONDS
        issuer = self.settings.issuer
        found = self._get(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        try:
            if found["issuer"] != issuer:
                raise ValueError("another issuer")
            for name in _ADDRESSES:
                secure(found[name])
        except (KeyError, TypeError, ValueError) as error:
            raise ProviderUnavailable(f"what it publishes: {error}") from error
        self._keys = self._published_keys(found)
        self._metadata = found
        self._good_until = now + HOUR_MILLISECONDS

    def _published_keys(self, metadata: Mapping[str, Any]) -> KeySet:
        try:
            return KeySet.import_key_set(self._get(metadata["jwks_uri"]))  # type: ignore[arg-type]
        except (JoseError, KeyError, TypeError, ValueError) as error:
            raise ProviderUnavailable("its keys can't be read") from error

    def _get(self, address: str) -> dict[str, Any]:
        try:
            answer = self._client.get(address)
            answer.raise_for_status()
        except httpx.HTTPError as error:
            raise ProviderUnavailable(type(error).__name__) from error
        return _content(answer)


def _content(answer: httpx.Response) -> dict[str, Any]:
    try:
        found = answer.json() if len(answer.content) <= MAXIMUM_ANSWER_BYTES else None
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise ProviderUnavailable("it answered with something else than an object")
    return found
