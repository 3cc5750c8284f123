"""The schema registry, through the Confluent API that Apicurio and others offer.

A client of our own over httpx, as confluent-kafka's asks for a dozen packages, among them an OAuth
framework, for the four calls that are needed here.
"""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import httpx

from schemas.catalog import load_schema, load_topics, subject_of
from schemas.wire.codec import Codec, SchemaRegistryUnavailable

TIMEOUT_SECONDS = 10.0
CONCURRENT_CALLS = 8
MAXIMUM_SCHEMA_CHARACTERS = 200_000
NOT_FOUND = frozenset({404, 422})
MEDIA_TYPE = {"Content-Type": "application/vnd.schemaregistry.v1+json"}


class SchemaRefused(Exception):
    """The registry refuses a schema, such as one that breaks compatibility; it says why."""


class SchemaRegistry:
    """Client of a registry at a base address such as http://127.0.0.1:8081/apis/ccompat/v7."""

    def __init__(self, address: str) -> None:
        self._client = httpx.Client(base_url=address.rstrip("/"), timeout=TIMEOUT_SECONDS)

    def register(self, subject: str, schema: dict[str, Any]) -> int:
        """Register a schema, or find it registered; give its id.

        Errors: SchemaRefused; SchemaRegistryUnavailable.
        """
        body = {"schema": json.dumps(schema)}
        answer = self._call("POST", f"/subjects/{subject}/versions", body)
        if answer.status_code == httpx.codes.CONFLICT:
            # Another service may have registered the same schema at the same time.
            found = self._call("POST", f"/subjects/{subject}", body)
            answer = found if found.status_code == httpx.codes.OK else answer
        if answer.status_code != httpx.codes.OK:
            raise SchemaRefused(f"{subject}: {answer.status_code} {answer.text[:1000]}")
        return int(answer.json()["id"])

    def look_up(self, subject: str, schema: dict[str, Any]) -> int:
        """Return the id of a schema that is registered. Errors: as `register`."""
        answer = self._call("POST", f"/subjects/{subject}", {"schema": json.dumps(schema)})
        if answer.status_code != httpx.codes.OK:
            raise SchemaRefused(f"{subject} is not registered: {answer.text[:1000]}")
        return int(answer.json()["id"])

    def is_compatible(self, subject: str, schema: dict[str, Any]) -> bool:
        """Tell whether a schema could follow the subject's latest one."""
        path = f"/compatibility/subjects/{subject}/versions/latest"
        answer = self._call("POST", path, {"schema": json.dumps(schema)})
        if answer.status_code in NOT_FOUND:
            return answer.status_code == httpx.codes.NOT_FOUND
        return bool(answer.json()["is_compatible"])

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
        if answer.status_code in NOT_FOUND:
            return None
        text = answer.json().get("schema", "")
        if len(text) > MAXIMUM_SCHEMA_CHARACTERS:
            return None
        try:
            schema = json.loads(text)
        except (ValueError, RecursionError):
            return None
        return schema if isinstance(schema, dict) else None

    def _call(self, method: str, path: str, body: dict[str, str] | None) -> httpx.Response:
        try:
            answer = self._client.request(method, path, json=body, headers=MEDIA_TYPE)
        except httpx.HTTPError as error:
            raise SchemaRegistryUnavailable(f"{method} {path}: {error}") from error
        if answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
            raise SchemaRegistryUnavailable(f"{method} {path}: {answer.status_code}")
        return answer


class NoSchemas:
    """A source that knows no schemas but our own, for the driver and unit tests."""

    def by_id(self, schema_id: int) -> dict[str, Any] | None:
        """Return nothing."""

    def by_guid(self, guid: UUID) -> dict[str, Any] | None:
        """Return nothing."""


def connect(address: str, register: bool) -> Codec:
    """Register, or only look up, the schemas of all topics, and give the codec with their ids.

    Errors: SchemaRefused; SchemaRegistryUnavailable.
    """
    registry = SchemaRegistry(address)
    resolve = registry.register if register else registry.look_up
    events = [(topic.name, event) for topic in load_topics().values() for event in topic.events]

    def resolved(each: tuple[str, str]) -> int:
        topic, event = each
        return resolve(subject_of(topic, event), load_schema(event))

    # A worker that starts waits for these calls, and each is mostly the registry's own time.
    with ThreadPoolExecutor(CONCURRENT_CALLS) as calls:
        return Codec(dict(zip(events, calls.map(resolved, events), strict=True)), registry)


def offline_codec() -> Codec:
    """Return a codec that needs no registry; ids are by order of declaration, bytes are real."""
    events = [(t.name, event) for t in load_topics().values() for event in t.events]
    return Codec({each: number for number, each in enumerate(events, 1)}, NoSchemas())
