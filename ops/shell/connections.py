"""Where Kafka, the registry, PostgreSQL and keys are, and who this process is to them.

Addresses are told on the command line or in the settings; what proves an identity is in the
settings only.
"""

import argparse
import os
import re
from collections.abc import Mapping
from pathlib import Path

from ops.errors import OperatorError
from ops.shell.settings import Settings, identity_of, load_settings, secret
from schemas.topic_names import PREFIX, PREFIX_VARIABLE
from schemas.wire.registry import RegistryIdentity, use_registry_identity
from streams.kafka.security import use_identity

KAFKA = "bootstrap_servers"
REGISTRY = "schema_registry"
DATABASE = "database"
WRAPPING_KEYS = "wrapping_keys"

_KEYS: Mapping[str, str] = {
    KAFKA: "kafka.bootstrap_servers",
    REGISTRY: "registry.address",
    DATABASE: "database.address",
    WRAPPING_KEYS: "private_texts.wrapping_keys_file",
}

_HELP: Mapping[str, str] = {
    KAFKA: "Kafka's brokers, as host:port",
    REGISTRY: "Confluent API's base address",
    DATABASE: "PostgreSQL, as a libpq URI or its key=value words",
    WRAPPING_KEYS: "file of the keys that wrap the keys of parties",
}


def add_connection_arguments(
    parser: argparse.ArgumentParser, *names: str, optional: bool = False
) -> None:
    """Add the arguments of KAFKA, REGISTRY, DATABASE and WRAPPING_KEYS that are named.

    What is not told is taken from the settings; `optional`: it may be in neither. To be called once
    for a parser.
    """
    if parser.get_default("connections") is not None:
        raise ValueError(f"{parser.prog}: only the connections told last would be filled in")
    for name in names:
        parser.add_argument(
            f"--{name.replace('_', '-')}",
            help=f"{_HELP[name]}; else `{_KEYS[name]}` of the settings",
        )
    parser.set_defaults(connections=names, connections_optional=optional)


def establish(options: argparse.Namespace, environment: Mapping[str, str]) -> Settings:
    """Fill in the addresses that a command line left out, and take on the settings' identity.

    Commands without connections need no settings. Returns those that hold. Errors: OperatorError.
    """
    names: tuple[str, ...] = getattr(options, "connections", ())
    if not names:
        return Settings()
    if not re.fullmatch(r"[A-Za-z0-9._-]*", PREFIX):
        raise OperatorError(f"{PREFIX_VARIABLE} has what no topic's name can have: {PREFIX!r}")
    settings = load_settings(options.settings_file, environment)
    addresses = {
        KAFKA: settings.kafka.bootstrap_servers,
        REGISTRY: settings.registry.address,
        DATABASE: settings.database.address,
        WRAPPING_KEYS: settings.private_texts.wrapping_keys_file,
    }
    for name in names:
        if getattr(options, name) is None:
            setattr(options, name, addresses[name] or None)
        if getattr(options, name) is None and not options.connections_optional:
            raise OperatorError(
                f"--{name.replace('_', '-')} is told neither here nor in the settings, "
                f"as `{_KEYS[name]}`"
            )
    if DATABASE in names and options.database is not None:
        _check_database(options.database)
    _take_on(settings)
    return settings


def _check_database(address: str) -> None:
    # Commands without a database start without its libraries.
    from sinks.contract import SinkUnusable  # noqa: PLC0415
    from sinks.database.database import check_address  # noqa: PLC0415

    try:
        check_address(address)
    except SinkUnusable as error:
        raise OperatorError(str(error)) from error


def _take_on(settings: Settings) -> None:
    use_identity(identity_of(settings.kafka))
    registry = settings.registry
    use_registry_identity(
        RegistryIdentity(
            ca_file=registry.ca_file,
            certificate_file=registry.certificate_file,
            key_file=registry.key_file,
            username=registry.username,
            password=secret(registry.password, registry.password_file),
            token=registry.token,
            token_file=Path(registry.token_file) if registry.token_file else None,
        )
    )
    password = secret(settings.database.password, settings.database.password_file)
    if password:
        # libpq's own way, which no address shows in an error or a list of processes.
        os.environ["PGPASSWORD"] = password
