"""The schema registry, through the Confluent API that Apicurio and others offer.

A client of our own over httpx, as confluent-kafka's asks for a dozen packages, among them an OAuth
framework, for the four calls that are needed here.
"""

import json
import ssl
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final, NamedTuple
from uuid import UUID

import httpx

from schemas.catalog import load_schema, load_topics, subject_of
from schemas.wire.codec import Codec
from schemas.wire.foreign_schemas import SchemaRefused, SchemaRegistryUnavailable

TIMEOUT_SECONDS = 10.0
CONCURRENT_CALLS = 8
MAXIMUM_SCHEMA_CHARACTERS = 200_000
NOT_FOUND = frozenset({404, 422})
REFUSED = frozenset({409, 422})
CERTAIN = frozenset({200}) | NOT_FOUND | REFUSED
"""Statuses that tell something of a schema. Others tell of the way to the registry, or of who asks:
a gateway's 400, a token that is renewed (401, 403, 407), too many requests (429); they pass."""
UNREADABLE: Final[dict[str, Any]] = {}
"""In place of a schema that is there and is none of Avro's records."""
MEDIA_TYPE = {"Content-Type": "application/vnd.schemaregistry.v1+json"}


class RegistryIdentity(NamedTuple):
    """Who this process is to the registry, and who it takes for the registry; empty: nobody."""

    ca_file: str = ""
    certificate_file: str = ""
    key_file: str = ""
    username: str = ""
    password: str = ""
    token: str = ""
    token_file: Path | None = None

    def client(self, address: str) -> httpx.Client:
        """Return a client for a base address. Errors: SchemaRegistryUnavailable."""
        try:
            return httpx.Client(
                base_url=address.rstrip("/"),
                timeout=TIMEOUT_SECONDS,
                verify=self._trust() if address.startswith("https:") else True,
                auth=self._credentials(),
            )
        except (OSError, ssl.SSLError) as error:
            raise SchemaRegistryUnavailable(f"certificates can't be read: {error}") from error

    def _trust(self) -> ssl.SSLContext:
        trust = ssl.create_default_context(cafile=self.ca_file or None)
        if self.certificate_file:
            trust.load_cert_chain(self.certificate_file, self.key_file or None)
        return trust

    def _credentials(self) -> httpx.Auth | None:
        if self.token or self.token_file is not None:
            return _BearerToken(self.token, self.token_file)
        if self.username:
            return httpx.BasicAuth(self.username, self.password)
        return None


class _BearerToken(httpx.Auth):
    """A token that is read anew for each request, as whoever renews it writes it into a file."""

    def __init__(self, token: str, path: Path | None) -> None:
        self._token = token
        self._path = path

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        try:
            token = self._token or (self._path.read_text().strip() if self._path else "")
        except OSError as error:
            raise httpx.RequestError(f"no token: {error}", request=request) from error
        request.headers["Authorization"] = f"Bearer {token}"
        yield request


_identity = RegistryIdentity()


def use_registry_identity(identity: RegistryIdentity) -> None:
    """Have the clients that are made from now on be this identity's; a process has one."""
    global _identity  # noqa: PLW0603
    _identity = identity


class _Answer(NamedTuple):
    status: int
    body: dict[str, Any]

    def told(self) -> str:
        """Return what the registry says of it."""
        return str(self.body.get("message", self.body))[:1000]


class SchemaRegistry:
    """Client of a registry at a base address such as http://127.0.0.1:8081/apis/ccompat/v7."""

    def __init__(
        self, address: str, identity: RegistryIdentity | None = None, may_lag: bool = True
    ) -> None:
        self.may_lag = may_lag
        self._client = (_identity if identity is None else identity).client(address)

    def register(self, subject: str, schema: dict[str, Any]) -> int:
        """Register a schema, or find it registered; give its id.

        Errors: SchemaRefused; SchemaRegistryUnavailable.
        """
        body = {"schema": json.dumps(schema)}
        answer = self._call("POST", f"/subjects/{subject}/versions", body)
        if answer.status == httpx.codes.CONFLICT:
            # Another service may have registered the same schema at the same time.
            found = self._call("POST", f"/subjects/{subject}", body)
            answer = found if found.status == httpx.codes.OK else answer
        if answer.status in REFUSED:
            raise SchemaRefused(f"{subject}: {answer.status} {answer.told()}")
        return _id_in(answer)

    def look_up(self, subject: str, schema: dict[str, Any]) -> int:
        """Return the id of a schema that is registered. Errors: as `register`."""
        answer = self._call("POST", f"/subjects/{subject}", {"schema": json.dumps(schema)})
        if answer.status in REFUSED | NOT_FOUND:
            raise SchemaRefused(f"{subject} is not registered: {answer.told()}")
        return _id_in(answer)

    def is_compatible(self, subject: str, schema: dict[str, Any]) -> bool:
        """Tell whether a schema could follow the subject's latest one.

        Errors: SchemaRegistryUnavailable.
        """
        path = f"/compatibility/subjects/{subject}/versions/latest"
        answer = self._call("POST", path, {"schema": json.dumps(schema)})
        if answer.status in NOT_FOUND:
            return answer.status == httpx.codes.NOT_FOUND
        return answer.body.get("is_compatible") is True

    def by_id(self, schema_id: int) -> dict[str, Any] | None:
        """Return a schema, or None where there is none. Errors: SchemaRegistryUnavailable."""
        return self._schema(f"/schemas/ids/{schema_id}")

    def by_guid(self, guid: UUID) -> dict[str, Any] | None:
        """Return a schema, or None where there is none, or where the registry knows no GUIDs."""
        return self._schema(f"/schemas/guids/{guid}")

    def close(self) -> None:
        """Close connections."""
        self._client.close()

    def _schema(self, path: str) -> dict[str, Any] | None:
        answer = self._call("GET", path, None)
        if answer.status in NOT_FOUND and "error_code" in answer.body:
            return None
        text = answer.body.get("schema")
        if answer.status != httpx.codes.OK or not isinstance(text, str):
            raise SchemaRegistryUnavailable(f"GET {path}: {answer.status} without a schema")
        if len(text) > MAXIMUM_SCHEMA_CHARACTERS:
            return UNREADABLE
        try:
            schema = json.loads(text)
        except (ValueError, RecursionError):
            return UNREADABLE
        return schema if isinstance(schema, dict) else UNREADABLE

    def _call(self, method: str, path: str, body: dict[str, str] | None) -> _Answer:
        """Return an answer that is certainly the registry's own, and no refusal that may pass.

        Errors: SchemaRegistryUnavailable.
        """
        try:
            given = self._client.request(method, path, json=body, headers=MEDIA_TYPE)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise SchemaRegistryUnavailable(f"{method} {path}: {error}") from error
        if given.status_code not in CERTAIN:
            raise SchemaRegistryUnavailable(f"{method} {path}: {given.status_code}")
        try:
            document = given.json()
        except (ValueError, RecursionError) as error:
            raise SchemaRegistryUnavailable(f"{method} {path}: no JSON: {error}") from error
        if not isinstance(document, dict):
            raise SchemaRegistryUnavailable(f"{method} {path}: no JSON object")
        return _Answer(given.status_code, document)


def _id_in(answer: _Answer) -> int:
    schema_id = answer.body.get("id")
    if answer.status != httpx.codes.OK or type(schema_id) is not int:
        raise SchemaRegistryUnavailable(f"{answer.status} without an id: {answer.told()}")
    return schema_id


class NoSchemas:
    """A source that knows no schemas but our own, for the driver and unit tests."""

    may_lag = False

    def by_id(self, schema_id: int) -> dict[str, Any] | None:
        """Return nothing."""

    def by_guid(self, guid: UUID) -> dict[str, Any] | None:
        """Return nothing."""


def connect(address: str, register: bool, may_lag: bool = True) -> Codec:
    """Register, or only look up, the schemas of all topics, and give the codec with their ids.

    Where the registry may not lag, a schema that it does not know is not waited for.

    Errors: SchemaRefused; SchemaRegistryUnavailable.
    """
    registry = SchemaRegistry(address, may_lag=may_lag)
    resolve = registry.register if register else registry.look_up
    events = [(topic.name, event) for topic in load_topics().values() for event in topic.events]

    def resolved(each: tuple[str, str]) -> int:
        topic, event = each
        return resolve(subject_of(topic, event), load_schema(event))

    # A worker that starts waits for these calls, and each is mostly the registry's own time.
    with ThreadPoolExecutor(CONCURRENT_CALLS) as calls:
        return Codec(dict(zip(events, calls.map(resolved, events), strict=True)), registry)


def offline_ids() -> dict[tuple[str, str], int]:
    """Return ids of schemas by topic and event, in the order of declaration."""
    events = [(t.name, event) for t in load_topics().values() for event in t.events]
    return {each: number for number, each in enumerate(events, 1)}


def offline_codec() -> Codec:
    """Return a codec that needs no registry; its bytes are real."""
    return Codec(offline_ids(), NoSchemas())
