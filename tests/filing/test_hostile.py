"""Hostile tokens and bodies: each refused in our own words, and the service goes on."""

import asyncio
import base64
import json

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from fastapi import FastAPI
from jwt.algorithms import RSAAlgorithm

from filing.harness import complaint
from ops.tools.filing_tokens import make_key, sign
from streams.sources.filing.guard import Guard
from streams.sources.filing.metrics import FilingMetrics
from streams.sources.filing.settings import FilingSettings
from streams.sources.filing.strict_json import JsonRefused, loads
from streams.sources.filing.tokens import AUDIENCE, ISSUER, KeysInvalid, TokenKeys


def send(api, content, **headers):
    sent = {**api.tokens.headers(), "Content-Type": "application/json", **headers}
    return api.client.post("/v1/complaints", content=content, headers=sent)


def with_token(api, token):
    headers = {**api.tokens.headers(), "Authorization": f"Bearer {token}"}
    return api.post("/v1/complaints", complaint(), headers)


def unsigned(claims, header):
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()) for part in (header, claims)]
    return b".".join([*(part.rstrip(b"=") for part in parts), b""]).decode()


def claims_of(api, **changes):
    token = api.tokens.token("holder-1", "rights_holder")
    return {**jwt.decode(token, options={"verify_signature": False}), **changes}


def test_tokens_that_are_not_ours_are_refused(api):
    claims = claims_of(api)
    public = jwt.PyJWK(json.loads(api.tokens.keys.read_text())["keys"][0]).Algorithm
    assert public is not None
    key = api.tokens.key
    tokens = [
        "",
        "x",
        "a.b.c",
        "x" * 9_000,
        unsigned(claims, {"alg": "none", "kid": "k1", "typ": "JWT"}),
        unsigned(claims, {"alg": "EdDSA", "kid": "k1"}),
        # The public key as an HMAC secret, and a key of one's own under the known name.
        jwt.encode(claims, key["x"].ljust(43, "A"), "HS256", {"kid": "k1"}),
        sign({**key, "kid": "k2"}, claims, 60),
        api.tokens.token("holder-1", "rights_holder", lifetime_seconds=-60),
        api.tokens.token("holder-1", "rights_holder", lifetime_seconds=200_000),
        api.tokens.token("holder-1", "rights_holder", aud="another"),
        api.tokens.token("holder-1", "rights_holder", aud=[AUDIENCE, "another"]),
        api.tokens.token("holder-1", "rights_holder", iss="another"),
        api.tokens.token("holder-1", "emperor"),
        api.tokens.token("", "rights_holder"),
        api.tokens.token("a\nb", "rights_holder"),
        api.tokens.token("a" * 300, "rights_holder"),
        api.tokens.token("holder-1", "agent", acts_for="holder-1"),
        api.tokens.token("holder-1", "agent", acts_for=[1]),
        *(unsigned(claims, {"alg": "EdDSA", "kid": kid}) for kid in (None, 5, ["k1"], {})),
    ]
    for claim in ("exp", "iat", "aud", "iss", "sub"):
        left = {name: value for name, value in claims.items() if name != claim}
        private = jwt.PyJWK(key, "EdDSA").key
        tokens.append(jwt.encode(left, private, "EdDSA", {"kid": "k1"}))
    for token in tokens:
        answer = with_token(api, token)
        assert answer.status_code == 401, token
        assert answer.headers["www-authenticate"].startswith("Bearer")
        assert not token or token not in answer.text
    assert with_token(api, api.tokens.token("holder-1", "rights_holder")).status_code == 201


def test_keys_rotate_without_a_restart(api, tmp_path):
    old = api.tokens.token("holder-1", "rights_holder")
    make_key(api.tokens.keys, tmp_path / "k2.json", "k2")
    new = sign(json.loads((tmp_path / "k2.json").read_text()), claims_of(api), 60)
    assert (with_token(api, old).status_code, with_token(api, new).status_code) == (201, 201)
    keys = json.loads(api.tokens.keys.read_text())["keys"]
    api.tokens.keys.write_text(json.dumps({"keys": keys[1:]}))
    assert (with_token(api, old).status_code, with_token(api, new).status_code) == (401, 201)
    api.tokens.keys.write_text("{")
    assert with_token(api, new).status_code == 201


def test_rsa_and_shared_keys_are_taken_and_weak_or_private_ones_are_not(tmp_path):
    path = tmp_path / "keys.json"
    rsa = generate_private_key(65_537, 2_048)
    named = {"kid": "r", "alg": "RS256"}
    private = {**RSAAlgorithm.to_jwk(rsa, as_dict=True), **named}
    public = {**RSAAlgorithm.to_jwk(rsa.public_key(), as_dict=True), **named}
    secret = base64.urlsafe_b64encode(b"s" * 32).decode()
    shared = {"kty": "oct", "kid": "h", "alg": "HS256", "k": secret}
    path.write_text(json.dumps({"keys": [public, shared]}))
    keys = TokenKeys(path, ISSUER, AUDIENCE)
    claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": "p", "role": "agent", "acts_for": ["h"]}
    for key in (private, shared):
        assert keys.check(sign(key, claims, 60)).acts_for == {"h"}
    weak = {**shared, "k": base64.urlsafe_b64encode(b"s" * 8).decode()}
    for bad in ([private], [weak], [{**shared, "alg": "none"}], [shared, shared], [], [{}]):
        path.write_text(json.dumps({"keys": bad}))
        with pytest.raises(KeysInvalid):
            TokenKeys(path, ISSUER, AUDIENCE)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe{}",
        b'{"a": 1, "a": 2}',
        b'{"a": NaN}',
        b'{"a": -Infinity}',
        b'{"a": 1e999}',
        b'{"a": 9007199254740993}',
        b"1" * 5_000,
        b'{"a": "\\ud800"}',
        b"[" * 100_000,
        b'{"a":' * 17 + b"1" + b"}" * 17,
        b"{} {}",
    ],
)
def test_what_is_not_json_with_one_reading_is_refused(api, content):
    answer = send(api, content)
    assert answer.status_code == 400
    assert answer.json()["type"].endswith(":malformed-request")
    assert api.events() == []


def test_depth_and_numbers_within_bounds_are_taken():
    assert loads(b"[" * 16 + b"]" * 16) is not None
    assert loads(b"[9007199254740991, -1.5e300]") == [2**53 - 1, -1.5e300]
    with pytest.raises(JsonRefused):
        loads(b"[" * 17 + b"]" * 17)


@pytest.mark.parametrize(
    "body",
    [
        [],
        "text",
        {**complaint(), "unknown": 1},
        {**complaint(), "statement": 5},
        {**complaint(), "statement": "x" * 20_001},
        {**complaint(), "statement": "a" * 30 + "\x01"},
        {**complaint(), "declarations": {"good_faith": 1, "accuracy_and_authority": "true"}},
        {**complaint(), "listings": {"listing_id": "L1"}},
        {**complaint(), "evidence": [{"evidence_id": "../../etc/passwd", "kind": "photo"}]},
        {**complaint(), "ground": "__class__"},
        {**complaint(), "rights_holder_id": "a\nb"},
    ],
)
def test_bodies_of_the_wrong_shape_are_told_what_is_wrong_without_their_words(api, body):
    answer = api.post("/v1/complaints", body)
    assert answer.status_code == 422
    assert answer.json()["errors"]
    assert "xxxxx" not in answer.text


def test_bodies_that_are_large_packed_or_of_another_type_are_refused(api):
    assert send(api, b" " * ((1 << 20) + 1)).status_code == 413
    chunked = (b" " * 65_536 for _ in range(20))
    answer = send(api, chunked)
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"
    assert send(api, b"{}", **{"Content-Encoding": "gzip"}).status_code == 415
    for media_type in ("text/plain", "application/xml", "multipart/form-data", ""):
        assert send(api, b"{}", **{"Content-Type": media_type}).status_code == 415
    utf_16 = json.dumps(complaint()).encode("utf-16")
    assert send(api, utf_16, **{"Content-Type": "application/json; charset=utf-16"}).is_error


def test_who_has_no_token_learns_nothing(api):
    for path in ("/v1/complaints/x", "/v1/filings/x", "/v1/evidence/" + "0" * 32):
        assert api.client.get(path).status_code == 401
    assert api.client.post("/v1/complaints", content=b"x" * 100).status_code == 401
    assert api.client.get("/v1/nothing").status_code == 401
    assert api.get("/v1/nothing").status_code == 404
    assert api.client.get("/docs").status_code == 404
    assert api.client.delete("/v1/complaints").status_code == 401
    assert api.get("/v1/complaints").json()["type"].endswith(":method-not-allowed")


def test_an_error_of_ours_is_told_without_its_words(api, monkeypatch, caplog):
    def fail(*_):
        raise RuntimeError("party holder-1 wrote a secret")

    monkeypatch.setattr(type(api.services.store), "file", fail)
    answer = api.post("/v1/complaints", complaint())
    assert answer.status_code == 500
    assert answer.json()["type"].endswith(":internal-error")
    assert "secret" not in answer.text + caplog.text
    request_id = answer.json()["instance"].removeprefix("urn:request:")
    assert request_id in {getattr(each, "request_id", None) for each in caplog.records}
    assert "RuntimeError at " in caplog.text


def run_guarded(app, messages, settings):
    """Run the guard on messages that come with pauses; give what it answers."""
    sent = []

    async def receive():
        pause, message = next(messages)
        await asyncio.sleep(pause)
        return message

    async def send_on(message):
        sent.append(message)

    scope = {
        "type": "http", "method": "POST", "path": "/", "query_string": b"",
        "headers": [(b"transfer-encoding", b"chunked")],
    }  # fmt: skip
    asyncio.run(Guard(app, settings, FilingMetrics())(scope, receive, send_on))
    return sent[0]["status"]


async def read_all(scope, receive, send_on):
    while (await receive()).get("more_body"):
        pass
    await send_on({"type": "http.response.start", "status": 204, "headers": []})


def dripping(chunk):
    while True:
        yield 0.02, {"type": "http.request", "body": chunk, "more_body": True}


def test_a_body_that_drips_in_is_not_waited_for():
    settings = FilingSettings(body_seconds=0.2, body_bytes_per_second=1_000)
    assert run_guarded(read_all, dripping(b"x"), settings) == 408


def test_a_request_that_takes_too_long_here_is_ended():
    async def stuck(_scope, receive, _send):
        await receive()
        await asyncio.sleep(60)

    settings = FilingSettings(request_seconds=0.1)
    messages = iter([(0, {"type": "http.request", "body": b"{}"})])
    assert run_guarded(stuck, messages, settings) == 503


def test_an_application_has_no_services_of_another(make_api):
    first, second = make_api(), make_api()
    assert isinstance(first.app, FastAPI)
    first.post("/v1/complaints", complaint())
    assert (len(first.events()), len(second.events())) == (1, 0)
