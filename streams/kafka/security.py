"""How the Kafka clients of this process know the brokers and prove who it is.

A process has one identity on one cluster, whatever clients it makes, so it is told once, when the
process begins, and `clients.py` gives it to each.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, Literal, NamedTuple

Protocol = Literal["plaintext", "ssl", "sasl_plaintext", "sasl_ssl"]
Mechanism = Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "OAUTHBEARER", "AWS_MSK_IAM"]

Token = tuple[str, float]
"""A bearer token, and when it ends, in seconds since 1970."""


class Identity(NamedTuple):
    """What a broker asks for, under the settings' names (`ops/shell/settings.py`); empty: none."""

    security_protocol: Protocol = "plaintext"
    sasl_mechanism: Mechanism | None = None
    username: str = ""
    password: str = ""
    ca_file: str = ""
    certificate_file: str = ""
    key_file: str = ""
    key_password: str = ""
    oauth_token_endpoint: str = ""
    oauth_client_id: str = ""
    oauth_client_secret: str = ""
    oauth_scope: str = ""
    aws_region: str = ""
    client_rack: str = ""

    def client_settings(self) -> dict[str, Any]:
        """Return librdkafka's settings. Tokens are renewed by it, or by what it calls back."""
        settings: dict[str, Any] = _named(self, _LIBRDKAFKA_NAMES)
        if self.security_protocol == "plaintext" and not self.client_rack:
            return {}
        settings["security.protocol"] = self.security_protocol
        if self.sasl_mechanism == "OAUTHBEARER":
            settings["sasl.oauthbearer.method"] = "oidc"
        if self.sasl_mechanism == "AWS_MSK_IAM":
            settings["sasl.mechanism"] = "OAUTHBEARER"
            settings["oauth_cb"] = aws_tokens(self.aws_region)
        return settings


_LIBRDKAFKA_NAMES: Final[Mapping[str, str]] = {
    "sasl_mechanism": "sasl.mechanism",
    "username": "sasl.username",
    "password": "sasl.password",
    "ca_file": "ssl.ca.location",
    "certificate_file": "ssl.certificate.location",
    "key_file": "ssl.key.location",
    "key_password": "ssl.key.password",
    "oauth_token_endpoint": "sasl.oauthbearer.token.endpoint.url",
    "oauth_client_id": "sasl.oauthbearer.client.id",
    "oauth_client_secret": "sasl.oauthbearer.client.secret",
    "oauth_scope": "sasl.oauthbearer.scope",
    "client_rack": "client.rack",
}


def _named(identity: Identity, names: Mapping[str, str]) -> dict[str, Any]:
    values = identity._asdict()
    return {name: values[field] for field, name in names.items() if values[field]}


def aws_tokens(region: str) -> Callable[[str], Token]:
    """Return what signs tokens for Amazon's managed Kafka. Errors: ImportError without the extra
    `aws`."""
    # An operator who isn't on Amazon's Kafka needs nothing of theirs.
    from aws_msk_iam_sasl_signer import MSKAuthTokenProvider  # noqa: PLC0415

    def token(_configuration: str) -> Token:
        signed, ends_at_milliseconds = MSKAuthTokenProvider.generate_auth_token(region)
        return signed, ends_at_milliseconds / 1000

    return token


_identity = Identity()


def use_identity(identity: Identity) -> None:
    """Have the clients that are made from now on be this identity's."""
    global _identity  # noqa: PLW0603
    _identity = identity


def identity() -> Identity:
    """Return what this process is to brokers."""
    return _identity
