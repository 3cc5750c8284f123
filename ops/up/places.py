"""Where everything of a local platform is: directories, ports, addresses, keys."""

import socket
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit, urlunsplit

import yaml

from ops.local.process import free_port
from ops.tools.filing_tokens import make_key
from sinks.dispatch.webhook_signing import new_secret
from sinks.private_texts.wrapping_keys import new_line

PORTS = {
    "kafka": 9092,
    "registry": 8081,
    "filing": 8090,
    "marketplace": 8091,
    "views": 8092,
    "web": 8093,
    "provider": 8094,
    "mailbox": 8095,
    "mailbox page": 8096,
    "worker": 9101,
    "monitor": 9102,
    "case-store": 9103,
    "desk-outbox": 9104,
    "dispatch": 9105,
    "filing metrics": 9106,
    "views metrics": 9107,
    "web metrics": 9108,
    "notifications": 9109,
}
"""Ports that are taken where they are free, by what listens on them."""

MARKETPLACE = "demo"
KEY_ID = "local"
CLIENT_ID = "pages"


class Places(NamedTuple):
    """Files under one directory, and ports on loopback."""

    directory: Path
    ports: dict[str, int]

    @property
    def settings(self) -> Path:
        """The settings file of all services."""
        return self.directory / "ip-takedowns.toml"

    @property
    def keys(self) -> Path:
        """The public keys that check tokens."""
        return self.directory / "keys.json"

    @property
    def signing_key(self) -> Path:
        """The private key that signs tokens."""
        return self.directory / "signing-key.json"

    @property
    def endpoints(self) -> Path:
        """Where commands are delivered, and by which secret they are signed."""
        return self.directory / "endpoints.yaml"

    @property
    def marketplace_secret(self) -> Path:
        """The sample marketplace's secret."""
        return self.directory / "marketplace.secret"

    @property
    def sign_in(self) -> Path:
        """The settings of the sample identity provider."""
        return self.directory / "sign-in.yaml"

    @property
    def wrapping_keys(self) -> Path:
        """The keys that wrap the keys of parties."""
        return self.directory / "wrapping-keys"

    @property
    def endpoint_keys(self) -> Path:
        """The keys that seal the secrets of recorded endpoints."""
        return self.directory / "endpoint-keys"

    def state(self, service: str) -> str:
        """Return the directory of a service's own state."""
        return str(self.directory / "state" / service)

    def log(self, service: str) -> Path:
        """Return a service's log file."""
        return self.directory / "logs" / f"{service}.log"


def places(directory: Path, any_ports: bool) -> Places:
    """Return places under a directory, and make what services find there."""
    ports = {name: _port(port, any_ports) for name, port in PORTS.items()}
    made = Places(directory.absolute(), ports)
    make_key(made.keys, made.signing_key, KEY_ID)
    _write_secret(made.marketplace_secret, new_secret())
    if not made.wrapping_keys.exists():
        # Without the same key nobody reads what an earlier start stored.
        _write_secret(made.wrapping_keys, new_line(KEY_ID))
    if not made.endpoint_keys.exists():
        _write_secret(made.endpoint_keys, new_line(KEY_ID))
    endpoint = {
        "marketplace": MARKETPLACE,
        "url": f"http://127.0.0.1:{ports['marketplace']}/commands",
        "secrets": [{"file": str(made.marketplace_secret)}],
    }
    content = {"allowed_hosts": ["127.0.0.1"], "endpoints": [endpoint]}
    made.endpoints.write_text(yaml.safe_dump(content))
    provider = {
        "name": "the sample provider",
        "issuer": f"http://127.0.0.1:{ports['provider']}",
        "client_id": CLIENT_ID,
    }
    made.sign_in.write_text(yaml.safe_dump(provider))
    return made


def write_settings(made: Places, kafka: str, registry: str, database: str) -> None:
    """Write the services' settings; the database's password goes into a file of its own."""
    parts = urlsplit(database)
    user = f"{parts.username}@{parts.hostname}:{parts.port}"
    password = made.directory / "database-password"
    _write_secret(password, parts.password or "")
    made.settings.write_text(
        f'[kafka]\nbootstrap_servers = "{kafka}"\n\n'
        f'[registry]\naddress = "{registry}"\n\n'
        f'[database]\naddress = "{urlunsplit(parts._replace(netloc=user))}"\n'
        f'password_file = "{password}"\n\n'
        f'[private_texts]\nwrapping_keys_file = "{made.wrapping_keys}"\n'
    )


def _write_secret(path: Path, secret: str) -> None:
    path.touch(mode=0o600)
    path.write_text(secret, encoding="ascii")


def _port(wanted: int, any_port: bool) -> int:
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", wanted))
        except OSError:
            return free_port()
    return free_port() if any_port else wanted
