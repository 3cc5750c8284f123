"""Endpoints that operators record, in PostgreSQL, their secrets sealed by keys from a file.

Each endpoint has a data key of its own, which a wrapping key wraps and which opens its secrets
only. It works on connections of its callers.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

import psycopg
from psycopg.rows import tuple_row

from sinks.dispatch.operator import OperatorAction, Selection, release
from sinks.dispatch.settings import Endpoint, SettingsInvalid, endpoint_from
from sinks.dispatch.webhook_signing import new_secret
from sinks.private_texts.contract import KeyWrapper, WrappedKey

Connection = psycopg.Connection[Any]

MAXIMUM_SECRETS: Final = 5
"""In force at once: one, and those before it that still sign."""

_KEY: Final = "key_id, marketplace, wrapping_key, wrapped"
_SHOWN: Final = "marketplace, url, commands, concurrency, timeout_seconds"
_SECRETS_OF: Final = f"SELECT {_KEY}, secrets FROM marketplace_endpoints WHERE marketplace = %s"  # noqa: S608
_INSERT: Final = f"""
    INSERT INTO marketplace_endpoints
        ({_SHOWN}, key_id, wrapping_key, wrapped, secrets, changed_by, changed_at_milliseconds)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
    ON CONFLICT (marketplace) DO NOTHING RETURNING marketplace
"""  # noqa: S608 - names of our own
_CHANGE: Final = """
    UPDATE marketplace_endpoints SET url = %s, commands = %s, concurrency = %s,
        timeout_seconds = %s, changed_by = %s, changed_at_milliseconds = %s
    WHERE marketplace = %s
"""
_RENEW: Final = """
    UPDATE marketplace_endpoints SET secrets = %s, changed_by = %s, changed_at_milliseconds = %s
    WHERE marketplace = %s
"""
_DISABLE: Final = """
    INSERT INTO disabled_endpoints VALUES (%s, %s, %s) ON CONFLICT (marketplace) DO NOTHING
"""


class NotRecorded(Exception):
    """No endpoint is recorded for the marketplace."""


class TooManySecrets(Exception):
    """As many secrets as may be are in force; the eldest is to end first."""


class EndpointFields(NamedTuple):
    """What an operator tells of an endpoint; commands None: all that are taken by default."""

    marketplace: str
    url: str
    commands: list[str] | None = None
    concurrency: int = 8
    timeout_seconds: float = 15.0


class RecordedEndpoint(NamedTuple):
    """An endpoint as operators see it, without its secrets."""

    fields: EndpointFields
    changed_by: str
    changed_at_milliseconds: int
    disabled_because: str | None


class StoredEndpoint(NamedTuple):
    """An endpoint as it lies in the table: equal to another where nothing changed."""

    fields: EndpointFields
    key: WrappedKey
    secrets: bytes


class EndpointBook:
    """Records endpoints, and reads them. Of its tables all methods raise psycopg.Error."""

    def __init__(self, wrapper: KeyWrapper, now_milliseconds: Callable[[], int]) -> None:
        self._wrapper = wrapper
        self.now_milliseconds = now_milliseconds

    def record(
        self, connection: Connection, fields: EndpointFields, hosts: frozenset[str], by: str
    ) -> str | None:
        """Record an endpoint or change it, and return the secret of one that is new.

        `hosts` may have addresses that are not public. Errors: SettingsInvalid, SinkUnavailable.
        """
        secret = new_secret()
        _endpoint(fields, [(secret, None)], hosts)
        wrapped = self._wrapper.new_key(fields.marketplace)
        sealed = self._sealed(wrapped, [(secret, None)])
        key = (wrapped.key_id, wrapped.wrapping_key, wrapped.wrapped)
        if _rows(connection, _INSERT, (*fields, *key, sealed, by, self.now_milliseconds())):
            return secret
        connection.execute(_CHANGE, (*fields[1:], by, self.now_milliseconds(), fields.marketplace))
        return None

    def renew_secret(
        self, connection: Connection, marketplace: str, former_milliseconds: int, by: str
    ) -> str:
        """Return a new secret; those before it sign for so long beside it.

        Errors: NotRecorded, TooManySecrets, TextDamaged, SinkUnusable, SinkUnavailable.
        """
        found = _rows(connection, _SECRETS_OF + " FOR UPDATE", (marketplace,))
        if not found:
            raise NotRecorded(marketplace)
        *wrapped, sealed = found[0]
        key, now = WrappedKey(*wrapped), self.now_milliseconds()
        end = now + former_milliseconds
        former = [
            (secret, end if until is None else min(until, end))
            for secret, until in self._opened(key, sealed)
            if until is None or until > now
        ]
        if len(former) >= MAXIMUM_SECRETS:
            raise TooManySecrets(marketplace)
        secret = new_secret()
        secrets = [(secret, None), *((each, until) for each, until in former if until > now)]
        connection.execute(_RENEW, (self._sealed(key, secrets), by, now, marketplace))
        return secret

    def disable(self, connection: Connection, marketplace: str, act: OperatorAction) -> None:
        """Hold what goes to a marketplace, from now on, until it is enabled."""
        told = f"disabled by {act.operator_id}: {act.reason}"
        connection.execute(_DISABLE, (marketplace, told, act.at_milliseconds))

    def enable(self, connection: Connection, marketplace: str, act: OperatorAction) -> int:
        """Let go what was held while it was disabled, or told that it is gone; give how many.

        What caps hold stays.
        """
        return release(connection, Selection(None, marketplace, "endpoint_gone"), act)

    def shown(self, connection: Connection) -> list[RecordedEndpoint]:
        """Return all endpoints that are recorded, by marketplace."""
        query = f"""
            SELECT {_SHOWN}, changed_by, changed_at_milliseconds, reason
            FROM marketplace_endpoints LEFT JOIN disabled_endpoints USING (marketplace)
            ORDER BY marketplace
        """  # noqa: S608
        return [
            RecordedEndpoint(EndpointFields(*row[:5]), *row[5:])
            for row in _rows(connection, query, ())
        ]

    def stored(self, connection: Connection) -> list[StoredEndpoint]:
        """Return all endpoints as they lie there, by marketplace."""
        query = f"""
            SELECT {_SHOWN}, {_KEY}, secrets FROM marketplace_endpoints ORDER BY marketplace
        """  # noqa: S608
        return [
            StoredEndpoint(EndpointFields(*row[:5]), WrappedKey(*row[5:9]), row[9])
            for row in _rows(connection, query, ())
        ]

    def opened(self, stored: StoredEndpoint, hosts: frozenset[str]) -> Endpoint:
        """Return an endpoint with its secrets.

        Errors: SettingsInvalid, TextDamaged, SinkUnusable, SinkUnavailable.
        """
        return _endpoint(stored.fields, self._opened(stored.key, stored.secrets), hosts)

    def rotate(self, connection: Connection) -> int:
        """Wrap by the newest wrapping key what an older one wraps, within the caller's
        transaction; return how many. Errors: TextDamaged, SinkUnusable, SinkUnavailable."""
        query = f"""
            SELECT {_KEY} FROM marketplace_endpoints WHERE wrapping_key <> %s
            ORDER BY marketplace FOR UPDATE
        """  # noqa: S608
        rows = _rows(connection, query, (self._wrapper.newest,))
        for row in rows:
            key = self._wrapper.rewrap(WrappedKey(*row))
            connection.execute(
                "UPDATE marketplace_endpoints SET wrapping_key = %s, wrapped = %s "
                "WHERE marketplace = %s",
                (key.wrapping_key, key.wrapped, key.party_id),
            )
        return len(rows)

    def _sealed(self, key: WrappedKey, secrets: list[tuple[str, int | None]]) -> bytes:
        return self._wrapper.open(key).seal(json.dumps(secrets).encode(), key.party_id)

    def _opened(self, key: WrappedKey, sealed: bytes) -> list[tuple[str, int | None]]:
        plain = self._wrapper.open(key).open(sealed, key.party_id)
        return [(secret, until) for secret, until in json.loads(plain)]


def _endpoint(
    fields: EndpointFields, secrets: list[tuple[str, int | None]], hosts: frozenset[str]
) -> Endpoint:
    given = fields._asdict()
    if not fields.marketplace.isprintable():
        raise SettingsInvalid("a marketplace's name is to be printable")
    given["secrets"] = [
        {"value": secret, **({} if until is None else {"until": _moment(until)})}
        for secret, until in secrets
    ]
    return endpoint_from(given, hosts)


def _moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def _rows(connection: Connection, query: str, values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    with connection.cursor(row_factory=tuple_row) as cursor:
        return cursor.execute(query.encode(), values).fetchall()
