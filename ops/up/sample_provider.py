"""`python -m ops sample-provider`: an identity provider to try sign-in with, on loopback only.

It asks for no password: who opens its page chooses whom to be. Apart from that it holds to OpenID
Connect, with PKCE, so that what is tried here goes the way it goes elsewhere.
"""

import argparse
import html
import secrets
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode

import uvicorn
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from fastapi import FastAPI
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from streams.clock import Clock, SystemClock

CODE_SECONDS = 60
TOKEN_SECONDS = 300
ALGORITHM, CURVE = "ES256", "P-256"
CARRIED = ("client_id", "redirect_uri", "state", "nonce", "code_challenge")


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser("sample-provider", help="an identity provider to try")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--client-id", required=True)
    parser.add_argument("--redirect-address", required=True, help="where it sends browsers back")
    parser.add_argument("--people", nargs="+", required=True, help="whom one may be")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Serve until SIGTERM or SIGINT."""
    provider = SampleProvider(
        f"http://127.0.0.1:{options.port}",
        (options.client_id, options.redirect_address),
        options.people,
        SystemClock(),
    )
    uvicorn.run(
        provider.application(),
        host="127.0.0.1",
        port=options.port,
        access_log=False,
        log_config=None,
    )
    return 0


class _Given(NamedTuple):
    """What a code stands for."""

    subject: str
    nonce: str
    challenge: str
    until_seconds: int


class SampleProvider:
    """The provider: one client, and people by their `sub`."""

    def __init__(
        self, issuer: str, client: tuple[str, str], people: list[str], clock: Clock
    ) -> None:
        self.issuer = issuer
        self._client_id, self._redirect_address = client
        self._people = people
        self._clock = clock
        self._codes: dict[str, _Given] = {}
        self.rotate()

    def rotate(self) -> None:
        """Sign with a new key; what the old one signed is checked by nobody any more."""
        self.key = ECKey.generate_key(CURVE, {"kid": secrets.token_hex(8), "use": "sig"})

    def application(self) -> FastAPI:
        """Return the server's application."""
        application = FastAPI(openapi_url=None)
        application.router.routes += [
            Route("/ready", _ready),
            Route("/.well-known/openid-configuration", self._configuration),
            Route("/keys", self._keys),
            Route("/authorize", self._choose),
            Route("/authorize", self._authorize, methods=["POST"]),
            Route("/token", self._token, methods=["POST"]),
            Route("/sign-out", self._sign_out),
        ]
        return application

    def configuration(self) -> dict[str, Any]:
        """Return what the provider publishes of itself."""
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "end_session_endpoint": f"{self.issuer}/sign-out",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": [ALGORITHM],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["none"],
            "authorization_response_iss_parameter_supported": True,
        }

    def claims(self, subject: str, nonce: str) -> dict[str, Any]:
        """Return what the provider says of somebody who signed in."""
        now = self._now()
        return {
            "iss": self.issuer,
            "aud": self._client_id,
            "sub": subject,
            "nonce": nonce,
            "iat": now,
            "exp": now + TOKEN_SECONDS,
        }

    def sign(self, claims: Mapping[str, Any]) -> str:
        """Return an ID token."""
        return jwt.encode({"alg": ALGORITHM, "kid": self.key.kid}, dict(claims), self.key)

    def _now(self) -> int:
        return self._clock.now_milliseconds() // 1000

    async def _configuration(self, _request: Request) -> Response:
        return JSONResponse(self.configuration())

    async def _keys(self, _request: Request) -> Response:
        return JSONResponse(KeySet([self.key]).as_dict(private=False))

    async def _choose(self, request: Request) -> Response:
        asked = request.query_params
        if not self._is_ours(asked) or asked.get("code_challenge_method") != "S256":
            return JSONResponse({"error": "invalid_request"}, 400)
        carried = "".join(
            f'<input type="hidden" name="{name}" value="{html.escape(asked.get(name, ""))}">'
            for name in CARRIED
        )
        people = [html.escape(each) for each in self._people]
        buttons = "".join(
            f'<p><button name="subject" value="{each}">{each}</button></p>' for each in people
        )
        return HTMLResponse(
            '<!doctype html><html lang="en"><title>Sample provider</title><h1>Who are you?</h1>'
            f'<form method="post" action="/authorize">{carried}{buttons}</form></html>'
        )

    async def _authorize(self, request: Request) -> Response:
        form = {name: str(value) for name, value in (await request.form()).items()}
        if not self._is_ours(form) or form.get("subject") not in self._people:
            return JSONResponse({"error": "invalid_request"}, 400)
        code = secrets.token_urlsafe(24)
        self._codes[code] = _Given(
            *(form["subject"], form["nonce"], form["code_challenge"], self._now() + CODE_SECONDS)
        )
        told = {"code": code, "state": form["state"], "iss": self.issuer}
        return RedirectResponse(f"{self._redirect_address}?{urlencode(told)}", 303)

    def _is_ours(self, asked: Mapping[str, str]) -> bool:
        client = (asked.get("client_id"), asked.get("redirect_uri"))
        return client == (self._client_id, self._redirect_address) and bool(
            asked.get("code_challenge")
        )

    async def _token(self, request: Request) -> Response:
        form = {name: str(value) for name, value in (await request.form()).items()}
        # A code is good once, whether or not the rest is right.
        given = self._codes.pop(form.get("code", ""), None)
        verifier = form.get("code_verifier", "")
        if (
            given is None
            or given.until_seconds < self._now()
            or not self._is_ours({**form, "code_challenge": given.challenge})
            or create_s256_code_challenge(verifier) != given.challenge
        ):
            return JSONResponse({"error": "invalid_grant"}, 400)
        token = self.sign(self.claims(given.subject, given.nonce))
        answer = {"access_token": secrets.token_urlsafe(16), "token_type": "Bearer"}
        return JSONResponse({**answer, "id_token": token, "expires_in": TOKEN_SECONDS})

    async def _sign_out(self, request: Request) -> Response:
        back = request.query_params.get("post_logout_redirect_uri", "")
        ours = self._redirect_address.partition("/en/")[0] + "/"
        if back != ours:
            return JSONResponse({"error": "invalid_request"}, 400)
        return RedirectResponse(back, 303)


async def _ready(_request: Request) -> Response:
    return JSONResponse({"status": "ready"})
