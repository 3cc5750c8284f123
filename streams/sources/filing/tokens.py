"""Tokens that tell who asks: JWT, signed with keys that rotate by `kid`.

Keys are a JWK set (RFC 7517), public ones for EdDSA and RS256, shared ones for HS256. The algorithm
is the key's, never the token's word for it. The file is read again when it changes: a new key is
added, tokens are signed with it, and the old one is taken out when the last of its tokens expired.
A token that was checked is known by its hash until it expires or the file changes.
"""

import json
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal, NamedTuple, get_args

import jwt

from schemas.declared_fields import filed_maximum
from schemas.fields import PartyId
from schemas.handled_errors import note_handled

Role = Literal[
    "rights_holder", "agent", "seller", "marketplace", "reviewer", "operator", "notifier"
]
"""What a party may be; a notifier is anybody who tells of something unlawful."""

ISSUER = "ip-takedown-streams"
AUDIENCE = "ip-filing"
ALGORITHMS = frozenset({"EdDSA", "RS256", "HS256"})
LEEWAY_SECONDS = 30
MAXIMUM_LIFETIME_SECONDS = 24 * 3600
MAXIMUM_TOKEN_CHARACTERS = 8_192
MAXIMUM_ID_CHARACTERS = filed_maximum(PartyId)
MAXIMUM_RIGHTS_HOLDERS = 200
MINIMUM_SECRET_BYTES = 32
MAXIMUM_KNOWN_TOKENS = 5_000
REQUIRED_CLAIMS = ["exp", "iat", "iss", "aud", "sub"]


class Caller(NamedTuple):
    """Who asks: a party in one role; an agent with the rights holders that it acts for."""

    party_id: str
    role: Role
    acts_for: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """Role and id, by which it is noted what the caller read."""
        return f"{self.role} {self.party_id}"

    def may_file_for(self, rights_holder_id: str) -> bool:
        """Tell whether the caller may file in the name of a rights holder."""
        if self.role == "rights_holder":
            return rights_holder_id == self.party_id
        return self.role == "agent" and rights_holder_id in self.acts_for


class TokenRefused(Exception):
    """A token is not taken; the message says why, without quoting it."""


class KeysInvalid(Exception):
    """The file of keys can't be used; the message says why, without quoting a key."""


class TokenKeys:
    """The keys of a file, by which tokens are checked. Safe to call from several threads."""

    def __init__(self, path: Path, issuer: str, audience: str) -> None:
        self._path = path
        self._issuer = issuer
        self._audience = audience
        self._lock = threading.Lock()
        self._version: tuple[int, int, int] | None = None
        self._keys: dict[str, jwt.PyJWK] = {}
        self._known: OrderedDict[bytes, tuple[Caller, float]] = OrderedDict()
        self._renew()

    def check(self, token: str) -> Caller:
        """Return who a token names. Errors: TokenRefused."""
        if len(token) > MAXIMUM_TOKEN_CHARACTERS:
            raise TokenRefused("the token is too long")
        self._renew()
        known_by = sha256(token.encode("utf-8", "surrogatepass")).digest()
        known = self._known.get(known_by)
        if known is not None and time.time() < known[1]:
            return known[0]
        keys = self._keys
        claims = self._claims(token, keys)
        caller = _caller(claims)
        with self._lock:
            # What an older file's key signed is not to outlive that file.
            if self._keys is keys:
                self._known[known_by] = (caller, int(claims["exp"]) + LEEWAY_SECONDS)
                if len(self._known) > MAXIMUM_KNOWN_TOKENS:
                    self._known.popitem(last=False)
        return caller

    def _claims(self, token: str, keys: Mapping[str, jwt.PyJWK]) -> Mapping[str, Any]:
        try:
            key_id = jwt.get_unverified_header(token).get("kid")
            key = keys.get(key_id) if isinstance(key_id, str) else None
            if key is None:
                raise TokenRefused("the token's key is not known")
            claims: Mapping[str, Any] = jwt.decode(
                token,
                key.key,
                algorithms=[key.algorithm_name],
                audience=self._audience,
                issuer=self._issuer,
                leeway=LEEWAY_SECONDS,
                options={"require": REQUIRED_CLAIMS, "strict_aud": True},
            )
        except jwt.PyJWTError as error:
            raise TokenRefused(_REASONS.get(type(error), "the token is not valid")) from error
        return claims

    def _renew(self) -> None:
        with self._lock:
            try:
                version = _version(self._path)
                if version == self._version:
                    return
                self._keys, self._known = _read(self._path), OrderedDict()
            except (OSError, KeysInvalid) as error:
                if self._version is None:
                    raise KeysInvalid(f"the key file can't be used: {error}") from error
                # Known keys stay in force: a slip in the file is not to lock all parties out.
                note_handled("key_file", error)
                return
            self._version = version


def _version(path: Path) -> tuple[int, int, int]:
    status = path.stat()
    return (status.st_ino, status.st_mtime_ns, status.st_size)


_REASONS: Mapping[type[jwt.PyJWTError], str] = {
    jwt.ExpiredSignatureError: "the token has expired",
    jwt.ImmatureSignatureError: "the token is not valid yet",
    jwt.InvalidAudienceError: "the token is for another audience",
    jwt.InvalidIssuerError: "the token is from another issuer",
    jwt.InvalidSignatureError: "the token's signature is wrong",
    jwt.InvalidAlgorithmError: "the token's algorithm is not its key's",
    jwt.MissingRequiredClaimError: f"the token lacks one of {', '.join(REQUIRED_CLAIMS)}",
}


def _caller(claims: Mapping[str, Any]) -> Caller:
    subject = claims["sub"]
    role: Role | None = next((each for each in get_args(Role) if each == claims.get("role")), None)
    acts_for = claims.get("acts_for", [])
    if int(claims["exp"]) - int(claims["iat"]) > MAXIMUM_LIFETIME_SECONDS:
        raise TokenRefused(f"the token lives longer than {MAXIMUM_LIFETIME_SECONDS} s")
    if not _is_id(subject):
        raise TokenRefused("the token names no party")
    if role is None:
        raise TokenRefused("the token's role is not known")
    if not isinstance(acts_for, list) or len(acts_for) > MAXIMUM_RIGHTS_HOLDERS:
        raise TokenRefused(f"acts_for is no list of at most {MAXIMUM_RIGHTS_HOLDERS} ids")
    if not all(_is_id(each) for each in acts_for):
        raise TokenRefused("acts_for is no list of ids")
    return Caller(subject, role, frozenset(acts_for))


def _is_id(value: object) -> bool:
    return (
        isinstance(value, str) and value.isprintable() and 0 < len(value) <= MAXIMUM_ID_CHARACTERS
    )


def _read(path: Path) -> dict[str, jwt.PyJWK]:
    try:
        given = json.loads(path.read_text(encoding="utf-8"))["keys"]
        keys = {each["kid"]: jwt.PyJWK(each, _algorithm(each)) for each in given}
    except (ValueError, KeyError, TypeError, jwt.PyJWTError) as error:
        # The error's message may quote a key.
        name = type(error).__name__
        raise KeysInvalid(f"{path} is no JWK set with kid and alg in each key ({name})") from None
    for name, key in keys.items():
        if key.key_type != "oct" and hasattr(key.key, "private_bytes"):
            raise KeysInvalid(f"{path}: {name}: a private key; only its public part belongs here")
        if key.key_type == "oct" and len(key.key) < MINIMUM_SECRET_BYTES:
            raise KeysInvalid(f"{path}: {name}: shorter than {MINIMUM_SECRET_BYTES} bytes")
    if not keys or len(keys) != len(given):
        raise KeysInvalid(f"{path} has no key, or one kid twice")
    return keys


def _algorithm(given: Mapping[str, Any]) -> str:
    if given["alg"] not in ALGORITHMS:
        raise KeysInvalid(f"a key's alg is none of {', '.join(sorted(ALGORITHMS))}")
    return str(given["alg"])
