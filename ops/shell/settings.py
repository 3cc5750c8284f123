"""One settings file for all processes, and environment variables that go before it.

The file is `ip-takedowns.toml` of the working directory, or what `--settings-file` or the variable
`IP_TAKEDOWNS_SETTINGS` names. A variable is named as its key: `IP_TAKEDOWNS_KAFKA_USERNAME` goes
before `username` in `[kafka]`. Secrets stand in files of their own or in variables; a command line
never has one, as every user of the machine reads it.
"""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct, field

from ops.errors import OperatorError
from ops.shell.logs import Form
from streams.kafka.security import Identity, Mechanism, Protocol

FILE_NAME = "ip-takedowns.toml"
VARIABLE = "IP_TAKEDOWNS_SETTINGS"
PREFIX = "IP_TAKEDOWNS_"
MAXIMUM_SECRET_BYTES = 65_536


def _key(description: str) -> Meta:
    return Meta(description=description)


class KafkaSettings(Struct, forbid_unknown_fields=True, frozen=True):
    """The cluster, and who this process is to it."""

    bootstrap_servers: Annotated[str, _key("brokers to begin with, as host:port,host:port")] = ""
    security_protocol: Annotated[Protocol, _key("how brokers are reached")] = "plaintext"
    sasl_mechanism: Annotated[Mechanism | None, _key("how this process proves who it is")] = None
    username: Annotated[str, _key("for PLAIN and SCRAM")] = ""
    password: Annotated[str, _key("for PLAIN and SCRAM; by variable only")] = ""
    password_file: Annotated[str, _key("file with the password")] = ""
    ca_file: Annotated[str, _key("PEM file of who signs brokers; else the system's")] = ""
    certificate_file: Annotated[str, _key("PEM file of this process's certificate")] = ""
    key_file: Annotated[str, _key("PEM file of its key")] = ""
    key_password: Annotated[str, _key("of the key; by variable only")] = ""
    key_password_file: Annotated[str, _key("file with the key's password")] = ""
    oauth_token_endpoint: Annotated[str, _key("for OAUTHBEARER: where tokens are fetched")] = ""
    oauth_client_id: Annotated[str, _key("for OAUTHBEARER")] = ""
    oauth_client_secret: Annotated[str, _key("for OAUTHBEARER; by variable only")] = ""
    oauth_client_secret_file: Annotated[str, _key("file with the client's secret")] = ""
    oauth_scope: Annotated[str, _key("for OAUTHBEARER: what is asked for")] = ""
    aws_region: Annotated[str, _key("for AWS_MSK_IAM: the cluster's region")] = ""
    client_rack: Annotated[str, _key("where this process runs, so that it reads nearby")] = ""


class RegistrySettings(Struct, forbid_unknown_fields=True, frozen=True):
    """The schema registry, and who this process is to it."""

    address: Annotated[str, _key("base address of the Confluent API")] = ""
    ca_file: Annotated[str, _key("PEM file of who signs the registry; else the system's")] = ""
    certificate_file: Annotated[str, _key("PEM file of this process's certificate")] = ""
    key_file: Annotated[str, _key("PEM file of its key")] = ""
    username: Annotated[str, _key("for basic authentication")] = ""
    password: Annotated[str, _key("for basic authentication; by variable only")] = ""
    password_file: Annotated[str, _key("file with the password")] = ""
    token: Annotated[str, _key("bearer token; by variable only")] = ""
    token_file: Annotated[str, _key("file with the token, read anew for each request")] = ""


class DatabaseSettings(Struct, forbid_unknown_fields=True, frozen=True):
    """PostgreSQL."""

    address: Annotated[str, _key("libpq URI or key=value words, without a password")] = ""
    password: Annotated[str, _key("by variable only")] = ""
    password_file: Annotated[str, _key("file with the password")] = ""


class PrivateTextSettings(Struct, forbid_unknown_fields=True, frozen=True):
    """Texts of parties, which lie encrypted in PostgreSQL."""

    wrapping_keys_file: Annotated[str, _key("file of the keys that wrap the keys of parties")] = ""


class LogSettings(Struct, forbid_unknown_fields=True, frozen=True):
    """What processes log, to standard error."""

    format: Annotated[Form, _key("a line of text, or of JSON with its service and ids")] = "text"


class TraceSettings(Struct, forbid_unknown_fields=True, frozen=True):
    """Where spans of OpenTelemetry are sent."""

    endpoint: Annotated[str, _key("OTLP over HTTP, such as http://127.0.0.1:4318/v1/traces")] = ""


class AlertSettings(Struct, forbid_unknown_fields=True, frozen=True):
    """Alerts, as `python -m ops alerts` writes them."""

    runbooks: Annotated[
        str, _key("address beneath which runbooks are read, such as https://wiki.example/runbooks")
    ] = ""


class Settings(Struct, forbid_unknown_fields=True, frozen=True):
    """All settings; each section has defaults."""

    kafka: KafkaSettings = field(default_factory=KafkaSettings)
    registry: RegistrySettings = field(default_factory=RegistrySettings)
    database: DatabaseSettings = field(default_factory=DatabaseSettings)
    private_texts: PrivateTextSettings = field(default_factory=PrivateTextSettings)
    logs: LogSettings = field(default_factory=LogSettings)
    traces: TraceSettings = field(default_factory=TraceSettings)
    alerts: AlertSettings = field(default_factory=AlertSettings)


SECTIONS: Mapping[str, type[Struct]] = {
    "kafka": KafkaSettings,
    "registry": RegistrySettings,
    "database": DatabaseSettings,
    "private_texts": PrivateTextSettings,
    "logs": LogSettings,
    "traces": TraceSettings,
    "alerts": AlertSettings,
}

SECRETS = frozenset({"password", "key_password", "oauth_client_secret", "token"})
"""Keys that no settings file has: such files are passed around."""


def load_settings(path: Path | None, environment: Mapping[str, str]) -> Settings:
    """Return the settings of a file, or of the one that is found, under the variables of an
    environment. Errors: OperatorError, which names the key."""
    values = _file_values(_found(path, environment))
    for section, fields in _variables(environment).items():
        values.setdefault(section, {}).update(fields)
    try:
        settings = msgspec.convert(values, Settings, strict=True)
    except msgspec.ValidationError as error:
        raise OperatorError(f"settings: {error}") from error
    _check(settings.kafka)
    _check_runbooks(settings.alerts.runbooks)
    return settings


def _found(path: Path | None, environment: Mapping[str, str]) -> Path | None:
    if path is None and environment.get(VARIABLE):
        path = Path(environment[VARIABLE])
    if path is None and Path(FILE_NAME).is_file():
        path = Path(FILE_NAME)
    return path


def _file_values(path: Path | None) -> dict[str, Any]:
    if path is None:
        return {}
    try:
        values = tomllib.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise OperatorError(f"settings in {path} can't be read: {error}") from error
    for section, fields in values.items():
        for name in SECRETS.intersection(fields if isinstance(fields, dict) else ()):
            raise OperatorError(
                f"{path}: {section}.{name} is a secret: give {name}_file, or the variable "
                f"{PREFIX}{section.upper()}_{name.upper()}"
            )
    return values


def _variables(environment: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Return what variables say, by section."""
    found: dict[str, dict[str, str]] = {}
    for section, kind in SECTIONS.items():
        for name in kind.__struct_fields__:
            value = environment.get(f"{PREFIX}{section.upper()}_{name.upper()}")
            if value is not None:
                found.setdefault(section, {})[name] = value
    return found


def secret(value: str, path: str) -> str:
    """Return a secret, or what its file has. Errors: OperatorError, without the secret."""
    if value or not path:
        return value
    try:
        with Path(path).open(encoding="utf-8") as file:
            return file.read(MAXIMUM_SECRET_BYTES).strip()
    except (OSError, ValueError) as error:
        raise OperatorError(f"the secret in {path} can't be read: {error}") from error


def identity_of(kafka: KafkaSettings) -> Identity:
    """Return who this process is to brokers. Errors: OperatorError."""
    own = {name: getattr(kafka, name) for name in Identity._fields}
    return Identity(
        **own
        | {
            "password": secret(kafka.password, kafka.password_file),
            "key_password": secret(kafka.key_password, kafka.key_password_file),
            "oauth_client_secret": secret(
                kafka.oauth_client_secret, kafka.oauth_client_secret_file
            ),
        }
    )


_ASKED_BY_MECHANISM: Mapping[str, tuple[str, ...]] = {
    "PLAIN": ("username",),
    "SCRAM-SHA-256": ("username",),
    "SCRAM-SHA-512": ("username",),
    "OAUTHBEARER": ("oauth_token_endpoint", "oauth_client_id"),
    "AWS_MSK_IAM": ("aws_region",),
}


def _check(kafka: KafkaSettings) -> None:
    """Refuse what can't hold together. Errors: OperatorError."""
    by_sasl = kafka.security_protocol.startswith("sasl_")
    if by_sasl and kafka.sasl_mechanism is None:
        raise OperatorError("settings: kafka.sasl_mechanism is missing for SASL")
    if kafka.sasl_mechanism is None:
        return
    if not by_sasl:
        raise OperatorError(
            f"settings: kafka.sasl_mechanism has no effect with {kafka.security_protocol}: "
            "kafka.security_protocol is sasl_ssl or sasl_plaintext"
        )
    for name in _ASKED_BY_MECHANISM[kafka.sasl_mechanism]:
        if not getattr(kafka, name):
            raise OperatorError(f"settings: kafka.{name} is missing for {kafka.sasl_mechanism}")


_BASE_ADDRESS = re.compile(
    r"https?://([A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\])(:[0-9]{1,5})?(/[A-Za-z0-9._~%+/-]*)?"
)


def _check_runbooks(address: str) -> None:
    """Refuse what no document's name can be put after. Errors: OperatorError."""
    if address and _BASE_ADDRESS.fullmatch(address) is None:
        raise OperatorError(
            f"settings: alerts.runbooks is to be an address by http or https with a host, and "
            f"without user, query and fragment: {address!r}"
        )
