"""A local cluster as production has them: encrypted, with passwords or certificates, and ACLs."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from streams.kafka.security import Identity

ADMIN = "admin"
"""Who may do everything, and as whom brokers speak to each other."""

_MODULES = "org.apache.kafka.common.security"


class ClusterSecurity(NamedTuple):
    """Passwords by principal, ADMIN's among them; and PEM files: who signs, and a broker's own key
    with its certificates."""

    passwords: Mapping[str, str]
    ca_file: Path
    broker_file: Path

    def settings(self, sasl_port: int, certificates_port: int) -> dict[str, str]:
        """Return a broker's settings; it listens for passwords and tokens on one port, and for
        certificates on another."""
        sasl = "listener.name.sasl_ssl"
        users = "".join(f' user_{name}="{word}"' for name, word in self.passwords.items())
        own = f'username="{ADMIN}" password="{self.passwords[ADMIN]}"'
        return {
            "listener.security.protocol.map": "CONTROLLER:PLAINTEXT,SASL_SSL:SASL_SSL,SSL:SSL",
            "inter.broker.listener.name": "SASL_SSL",
            "advertised.listeners": (
                f"SASL_SSL://127.0.0.1:{sasl_port},SSL://127.0.0.1:{certificates_port}"
            ),
            "sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-512,OAUTHBEARER",
            "sasl.mechanism.inter.broker.protocol": "PLAIN",
            f"{sasl}.plain.sasl.jaas.config": (
                f"{_MODULES}.plain.PlainLoginModule required {own}{users};"
            ),
            f"{sasl}.scram-sha-512.sasl.jaas.config": (
                f"{_MODULES}.scram.ScramLoginModule required;"
            ),
            # Kafka's own check of unsigned tokens, which is for machines like this one.
            f"{sasl}.oauthbearer.sasl.jaas.config": (
                f"{_MODULES}.oauthbearer.OAuthBearerLoginModule required "
                f'unsecuredLoginStringClaim_sub="{ADMIN}";'
            ),
            "listener.name.ssl.ssl.client.auth": "required",
            "ssl.principal.mapping.rules": "RULE:^.*CN=([^,]+).*$/$1/,DEFAULT",
            "ssl.keystore.type": "PEM",
            "ssl.keystore.location": str(self.broker_file),
            "ssl.truststore.type": "PEM",
            "ssl.truststore.location": str(self.ca_file),
            "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            "allow.everyone.if.no.acl.found": "false",
            # The controller's listener is this machine's alone, and knows nobody by name.
            "super.users": f"User:{ADMIN};User:ANONYMOUS",
        }

    def format_arguments(self) -> list[str]:
        """Return arguments that have a new cluster's storage know the passwords for SCRAM."""
        return [
            word
            for name, password in self.passwords.items()
            for word in ("--add-scram", f"SCRAM-SHA-512=[name={name},password={password}]")
        ]

    def identity(self, principal: str) -> Identity:
        """Return a principal's identity by SCRAM."""
        return Identity(
            security_protocol="sasl_ssl",
            sasl_mechanism="SCRAM-SHA-512",
            username=principal,
            password=self.passwords[principal],
            ca_file=str(self.ca_file),
        )
