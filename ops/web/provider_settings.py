"""Settings of the identity provider, from a file."""

from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import urlsplit

import yaml

from schemas.yaml_text import yaml_content

LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
_KNOWN: Final = frozenset({"name", "issuer", "client_id", "client_secret_file", "origins"})


class ProviderSettings(NamedTuple):
    """A provider, and what we are to it."""

    name: str
    issuer: str
    client_id: str
    client_secret: str | None
    origins: tuple[str, ...]
    """Where its pages are, to which our forms may lead."""


def read_settings(path: Path) -> ProviderSettings:
    """Read the provider's settings. Errors: ValueError, whose message says what is wrong."""
    try:
        fields = yaml_content(path.read_text(encoding="utf-8"))
        if not isinstance(fields, dict) or set(fields) - _KNOWN:
            raise ValueError(f"fields are {', '.join(sorted(_KNOWN))}")
        secret = fields.get("client_secret_file")
        issuer = secure(str(fields["issuer"]))
        return ProviderSettings(
            str(fields["name"]),
            issuer,
            str(fields["client_id"]),
            Path(str(secret)).read_text(encoding="utf-8").strip() if secret else None,
            tuple(_origin(secure(str(each))) for each in fields.get("origins") or [issuer]),
        )
    except (OSError, KeyError, TypeError, ValueError, yaml.YAMLError) as error:
        raise ValueError(f"{path}: sign-in can't be set up: {error}") from error


def secure(address: str) -> str:
    """Return an address that is of HTTPS, or of this machine. Errors: ValueError."""
    parts = urlsplit(address)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
        raise ValueError(f"not an address of HTTPS: {address}")
    return address


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"
