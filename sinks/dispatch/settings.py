"""Where commands are delivered, and how many may go out: the endpoints file (YAML).

allowed_hosts: [receiver.internal]     # may have addresses that are not public, and plain HTTP
caps:
  rule: {commands: 500, window_seconds: 3600}
endpoints:
  - marketplace: shop
    url: https://hooks.shop.example/ip
    secrets:
      - {file: secrets/new}
      - {file: secrets/old, until: 2026-12-31T00:00:00Z}
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import yaml
from yarl import URL

from schemas.yaml_text import yaml_content
from sinks.dispatch.webhook_message import EVERY_TYPE, OBLIGATORY_TYPES, PARTY_NOTIFY
from sinks.dispatch.webhook_signing import Secret, SecretInvalid, read_secret

Settings = TypeVar("Settings")

MAXIMUM_FILE_BYTES = 4 << 20
CAPPED = ("rule", "complainant", "seller")
KNOWN = frozenset({"allowed_hosts", "caps", "endpoints"})
KNOWN_OF_ENDPOINT = frozenset(
    {
        *("marketplace", "url", "secrets", "commands"),
        *("concurrency", "timeout_seconds", "certificate_authority"),
    }
)
MAXIMUM_CONCURRENCY = 256
MAXIMUM_TIMEOUT_SECONDS = 60.0


class SettingsInvalid(Exception):
    """The endpoints file says something that can't be; the message says what and where."""


class Cap(NamedTuple):
    """At most so many restrictive commands within any window of this length."""

    commands: int
    window_seconds: float


class Endpoint(NamedTuple):
    """Where one marketplace takes commands, and which."""

    marketplace: str
    url: str
    secrets: tuple[Secret, ...]
    types: frozenset[str]
    allowed: bool
    concurrency: int = 8
    timeout_seconds: float = 15.0
    certificate_authority: str | None = None


class DispatchSettings(NamedTuple):
    """All endpoints by marketplace, and caps by what they count."""

    endpoints: Mapping[str, Endpoint]
    caps: Mapping[str, Cap]
    allowed_hosts: frozenset[str] = frozenset()


def load_settings(path: Path) -> DispatchSettings:
    """Read an endpoints file; its secrets' paths are relative to it. Errors: SettingsInvalid."""
    return _read(path, lambda given: settings_from(given, path.parent))


def load_caps(path: Path) -> Mapping[str, Cap]:
    """Read an endpoints file's caps alone, without its secrets. Errors: SettingsInvalid."""
    return _read(path, lambda given: _caps(_mapping(given, "the file", KNOWN)))


def _read(path: Path, settings_of: Callable[[Any], Settings]) -> Settings:
    try:
        if path.stat().st_size > MAXIMUM_FILE_BYTES:
            raise SettingsInvalid(f"{path}: more than {MAXIMUM_FILE_BYTES} bytes")
        return settings_of(yaml_content(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise SettingsInvalid(f"{path}: {error}") from error
    except SettingsInvalid as error:
        raise SettingsInvalid(f"{path}: {error}") from error


def settings_from(given: Any, directory: Path) -> DispatchSettings:
    """Make settings of what YAML gave. Errors: SettingsInvalid."""
    fields = _mapping(given, "the file", KNOWN)
    listed_hosts = _texts(fields.get("allowed_hosts", []), "allowed_hosts")
    hosts = frozenset(host.lower() for host in listed_hosts)
    caps = _caps(fields)
    endpoints: dict[str, Endpoint] = {}
    listed = fields.get("endpoints", [])
    if not isinstance(listed, list):
        raise SettingsInvalid("endpoints is to be a list")
    for entry in listed:
        endpoint = _endpoint(entry, hosts, directory)
        if endpoint.marketplace in endpoints:
            raise SettingsInvalid(f"{endpoint.marketplace} has two endpoints")
        endpoints[endpoint.marketplace] = endpoint
    return DispatchSettings(endpoints, caps, hosts)


def endpoint_from(given: Mapping[str, Any], hosts: frozenset[str]) -> Endpoint:
    """Make an endpoint that no file tells, which may name none. Errors: SettingsInvalid."""
    return _endpoint(dict(given), hosts, Path())


def _caps(fields: Mapping[str, Any]) -> dict[str, Cap]:
    given = _mapping(fields.get("caps") or {}, "caps", frozenset(CAPPED))
    return {name: _cap(cap, name) for name, cap in given.items()}


def _cap(given: Any, name: str) -> Cap:
    place = f"caps: {name}"
    fields = _mapping(given, place, frozenset(Cap._fields))
    commands = _number(fields.get("commands"), f"{place}: commands", 1e9)
    return Cap(
        int(commands), _number(fields.get("window_seconds"), f"{place}: window_seconds", 1e8)
    )


def _endpoint(given: Any, hosts: frozenset[str], directory: Path) -> Endpoint:
    fields = _mapping(given, "an endpoint", KNOWN_OF_ENDPOINT)
    marketplace = fields.get("marketplace")
    if not isinstance(marketplace, str) or not marketplace or marketplace == "*":
        raise SettingsInvalid("an endpoint has no marketplace's name")
    url, host = _url(fields.get("url"), marketplace)
    allowed = host in hosts
    if url.scheme != "https" and not allowed:
        raise SettingsInvalid(f"{marketplace}: {url} is neither HTTPS nor of an allowed host")
    authority = fields.get("certificate_authority")
    if authority is not None and not isinstance(authority, str):
        raise SettingsInvalid(f"{marketplace}: certificate_authority is to be a path")
    concurrency = _number(
        fields.get("concurrency", 8), f"{marketplace}: concurrency", MAXIMUM_CONCURRENCY
    )
    timeout_seconds = _number(
        fields.get("timeout_seconds", 15.0),
        f"{marketplace}: timeout_seconds",
        MAXIMUM_TIMEOUT_SECONDS,
    )
    return Endpoint(
        marketplace=marketplace,
        url=str(url),
        secrets=_secrets(fields.get("secrets"), marketplace, directory),
        types=_types(fields.get("commands"), marketplace),
        allowed=allowed,
        concurrency=max(1, int(concurrency)),
        timeout_seconds=timeout_seconds,
        certificate_authority=None if authority is None else str(directory / authority),
    )


def _url(given: Any, marketplace: str) -> tuple[URL, str]:
    try:
        url = URL(given)
    except (TypeError, ValueError) as error:
        raise SettingsInvalid(f"{marketplace}: {given!r} is no URL: {error}") from error
    if url.scheme not in ("https", "http") or not url.host:
        raise SettingsInvalid(f"{marketplace}: {given!r} is no HTTP URL with a host")
    if url.user is not None or url.password is not None:
        raise SettingsInvalid(f"{marketplace}: a URL is to hold no user or password")
    return url, url.host.lower()


def _types(given: Any, marketplace: str) -> frozenset[str]:
    if given is None:
        return EVERY_TYPE - {PARTY_NOTIFY}
    types = frozenset(_texts(given, f"{marketplace}: commands"))
    if types - EVERY_TYPE:
        unknown = ", ".join(sorted(types - EVERY_TYPE))
        raise SettingsInvalid(f"{marketplace}: no such command as {unknown}")
    if OBLIGATORY_TYPES - types:
        missing = ", ".join(sorted(OBLIGATORY_TYPES - types))
        raise SettingsInvalid(f"{marketplace}: commands are to include {missing}")
    return types


def _secrets(given: Any, marketplace: str, directory: Path) -> tuple[Secret, ...]:
    if not isinstance(given, list) or not given:
        raise SettingsInvalid(f"{marketplace}: secrets is to be a list of at least one")
    secrets = []
    for entry in given:
        fields = _mapping(entry, f"{marketplace}: a secret", frozenset({"file", "value", "until"}))
        if ("file" in fields) == ("value" in fields):
            raise SettingsInvalid(f"{marketplace}: a secret has either a file or a value")
        if "file" in fields:
            text = (directory / str(fields["file"])).read_text(encoding="ascii").strip()
        else:
            text = str(fields["value"])
        try:
            secrets.append(read_secret(text, _moment(fields.get("until"), marketplace)))
        except SecretInvalid as error:
            raise SettingsInvalid(f"{marketplace}: {error}") from error
    if all(secret.until_milliseconds is not None for secret in secrets):
        raise SettingsInvalid(f"{marketplace}: one secret at least is to have no end")
    return tuple(secrets)


def _moment(given: Any, marketplace: str) -> int | None:
    if given is None:
        return None
    if isinstance(given, str):
        try:
            given = datetime.fromisoformat(given)
        except ValueError as error:
            raise SettingsInvalid(f"{marketplace}: until: {error}") from error
    if not isinstance(given, datetime):
        raise SettingsInvalid(f"{marketplace}: until is to be a date with a time")
    # YAML gives moments without an offset in UTC.
    moment = given if given.tzinfo else given.replace(tzinfo=UTC)
    return int(moment.timestamp() * 1000)


def _mapping(given: Any, place: str, known: frozenset[str]) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise SettingsInvalid(f"{place} is to be a mapping")
    unknown = [str(name) for name in given if name not in known]
    if unknown:
        raise SettingsInvalid(f"{place}: unknown {', '.join(sorted(unknown))}")
    return given


def _texts(given: Any, place: str) -> list[str]:
    if not isinstance(given, list) or not all(isinstance(item, str) for item in given):
        raise SettingsInvalid(f"{place} is to be a list of names")
    return given


def _number(given: Any, place: str, maximum: float) -> float:
    if isinstance(given, bool) or not isinstance(given, int | float) or not 0 < given <= maximum:
        raise SettingsInvalid(f"{place} is to be a number above 0 and up to {maximum:g}")
    return float(given)
