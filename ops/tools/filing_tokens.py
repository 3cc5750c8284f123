"""`python -m ops filing-key` and `filing-token`: keys, and tokens for operators and tests."""

import argparse
import json
import os
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any, get_args

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwt.algorithms import OKPAlgorithm

from ops.errors import OperatorError
from streams.sources.filing.tokens import AUDIENCE, ISSUER, MAXIMUM_LIFETIME_SECONDS, Role


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the parsers of both commands."""
    key = subparsers.add_parser("filing-key", help="make a key that signs tokens")
    key.add_argument("--keys", type=Path, required=True, help="JWK set; the public key is added")
    key.add_argument("--signing-key", type=Path, required=True, help="where the private key goes")
    key.add_argument("--key-id", required=True, help="a name not used before, such as 2026-11")
    key.set_defaults(run=run_key)
    token = subparsers.add_parser("filing-token", help="make a token")
    token.add_argument("--signing-key", type=Path, required=True)
    token.add_argument("--party", required=True, help="party id; a marketplace's short name")
    token.add_argument("--role", choices=get_args(Role), required=True)
    token.add_argument("--acts-for", nargs="*", default=[], help="an agent's rights holders")
    token.add_argument("--lifetime-seconds", type=int, default=3600)
    token.add_argument("--issuer", default=ISSUER)
    token.add_argument("--audience", default=AUDIENCE)
    token.set_defaults(run=run_token)


def run_key(options: argparse.Namespace) -> int:
    """Make an Ed25519 key; write its private part, and add its public part to the JWK set."""
    try:
        make_key(options.keys, options.signing_key, options.key_id)
    except (OSError, ValueError, KeyError) as error:
        raise OperatorError(f"the key can't be written: {error}") from error
    return 0


def run_token(options: argparse.Namespace) -> int:
    """Print a token."""
    claims = {
        "iss": options.issuer,
        "aud": options.audience,
        "sub": options.party,
        "role": options.role,
        "acts_for": options.acts_for,
    }
    if not 0 < options.lifetime_seconds <= MAXIMUM_LIFETIME_SECONDS:
        raise OperatorError(f"a token lives for at most {MAXIMUM_LIFETIME_SECONDS} s")
    try:
        key = json.loads(options.signing_key.read_text(encoding="utf-8"))
        token = sign(key, claims, options.lifetime_seconds)
    except (OSError, ValueError, KeyError, jwt.PyJWTError) as error:
        raise OperatorError(f"the signing key can't be used: {type(error).__name__}") from None
    sys.stdout.write(token + "\n")
    return 0


def make_key(keys: Path, signing_key: Path, key_id: str) -> None:
    """Make a key pair. Errors: OperatorError; OSError; ValueError; KeyError."""
    known = json.loads(keys.read_text(encoding="utf-8"))["keys"] if keys.exists() else []
    if any(each["kid"] == key_id for each in known):
        raise OperatorError(f"{keys} has a key {key_id}")
    private = Ed25519PrivateKey.generate()
    named = {"kid": key_id, "alg": "EdDSA", "use": "sig"}
    made = {**OKPAlgorithm.to_jwk(private, as_dict=True), **named}
    public = {**OKPAlgorithm.to_jwk(private.public_key(), as_dict=True), **named}
    descriptor = os.open(signing_key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(made, file)
    # Moved into place, so that a server never reads half of it.
    written = keys.with_name(keys.name + ".new")
    written.write_text(json.dumps({"keys": [*known, public]}, indent=2) + "\n", encoding="utf-8")
    written.replace(keys)


def party_token(
    key: dict[str, Any],
    party_id: str,
    role: Role,
    lifetime_seconds: int,
    acts_for: Iterable[str] = (),
) -> str:
    """Return a party's token of our own issuer, for our own API."""
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": party_id,
        "role": role,
        "acts_for": list(acts_for),
    }
    return sign(key, claims, lifetime_seconds)


def sign(key: dict[str, Any], claims: dict[str, Any], lifetime_seconds: int) -> str:
    """Return a token signed by a JWK, good from now on. Errors: KeyError; jwt.PyJWTError."""
    now = int(time.time())
    return jwt.encode(
        {**claims, "iat": now, "exp": now + lifetime_seconds},
        jwt.PyJWK(key, key["alg"]).key,
        algorithm=key["alg"],
        headers={"kid": key["kid"]},
    )
