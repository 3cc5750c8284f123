"""A cluster as production has them, with the ACLs that are generated, and its registry."""

import json
import threading
import time
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qs, unquote

import jwt
import pytest
import trustme
from confluent_kafka.admin import (
    AclBinding,
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    ResourcePatternType,
    ResourceType,
)
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from ops.local.kafka.cluster import KafkaCluster
from ops.local.kafka.secured import ADMIN, ClusterSecurity
from ops.local.patience import wait_for
from ops.tools.acls import Grant, grants, processes
from ops.topics import create_topics
from streams.kafka.clients import admin_client
from streams.kafka.security import Identity, identity, use_identity

PARTITIONS = 4
OPERATIONS = {
    "Read": AclOperation.READ,
    "Write": AclOperation.WRITE,
    "Describe": AclOperation.DESCRIBE,
    "DescribeConfigs": AclOperation.DESCRIBE_CONFIGS,
    "Create": AclOperation.CREATE,
}
RESOURCES = {
    "topic": ResourceType.TOPIC,
    "group": ResourceType.GROUP,
    "transactional-id": ResourceType.TRANSACTIONAL_ID,
}


@contextmanager
def as_identity(other: Identity) -> Iterator[None]:
    before = identity()
    use_identity(other)
    try:
        yield
    finally:
        use_identity(before)


class Secured(NamedTuple):
    cluster: KafkaCluster
    security: ClusterSecurity
    authority: trustme.CA
    directory: Path

    @property
    def servers(self) -> str:
        return self.cluster.bootstrap_servers

    def acting(self, principal: str):
        """Have this process be a principal for a while."""
        return as_identity(self.security.identity(principal))

    def settings_file(self, principal: str, registry: str = "", database: str = "") -> Path:
        """Return a settings file by which a process is a principal, with its secret beside it."""
        secret = self.directory / f"{principal}.password"
        secret.write_text(self.security.passwords[principal] + "\n")
        path = self.directory / f"{principal}.toml"
        path.write_text(
            "[kafka]\n"
            f'bootstrap_servers = "{self.servers}"\n'
            'security_protocol = "sasl_ssl"\n'
            'sasl_mechanism = "SCRAM-SHA-512"\n'
            f'username = "{principal}"\n'
            f'password_file = "{secret}"\n'
            f'ca_file = "{self.security.ca_file}"\n'
            "[registry]\n"
            f'address = "{registry}"\n'
            "[database]\n"
            f'address = "{database}"\n'
        )
        return path

    def certificate(self, principal: str) -> Identity:
        """Return a principal's identity by a certificate."""
        issued = self.authority.issue_cert(f"{principal}.example", common_name=principal)
        key = self.directory / f"{principal}-key.pem"
        certificate = self.directory / f"{principal}.pem"
        issued.private_key_pem.write_to_path(key)
        issued.cert_chain_pems[0].write_to_path(certificate)
        return Identity(
            security_protocol="ssl",
            ca_file=str(self.security.ca_file),
            certificate_file=str(certificate),
            key_file=str(key),
        )


@pytest.fixture(scope="session")
def secured(tmp_path_factory):
    directory = tmp_path_factory.mktemp("secured")
    authority = trustme.CA()
    broker = authority.issue_cert("127.0.0.1", common_name="broker")
    # Brokers read keys in PKCS 8 only.
    key = load_pem_private_key(broker.private_key_pem.bytes(), None).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    chain = b"".join(each.bytes() for each in broker.cert_chain_pems)
    (directory / "broker.pem").write_bytes(key + chain)
    authority.cert_pem.write_to_path(directory / "ca.pem")
    passwords = {name: f"password-of-{name}" for name in (ADMIN, *processes())}
    security = ClusterSecurity(passwords, directory / "ca.pem", directory / "broker.pem")
    with KafkaCluster(directory / "kafka", security=security) as cluster:
        made = Secured(cluster, security, authority, directory)
        with made.acting(ADMIN):
            create_topics(cluster.bootstrap_servers, PARTITIONS, 1)
            bindings = [_binding(each) for each in grants()]
            admin = admin_client(cluster.bootstrap_servers)
            for future in admin.create_acls(bindings).values():
                future.result()
            # The broker that judges by them learns of them a moment later.
            wait_for("the ACLs", lambda: len(_known(admin)) == len(bindings))
        yield made


def _known(admin) -> list[AclBinding]:
    every = AclBindingFilter(
        *(ResourceType.ANY, None, ResourcePatternType.ANY, None, None),
        *(AclOperation.ANY, AclPermissionType.ANY),
    )
    return admin.describe_acls(every).result()


def _binding(grant: Grant) -> AclBinding:
    return AclBinding(
        RESOURCES[grant.resource],
        grant.name,
        ResourcePatternType.PREFIXED if grant.prefixed else ResourcePatternType.LITERAL,
        f"User:{grant.principal}",
        "*",
        OPERATIONS[grant.operation],
        AclPermissionType.ALLOW,
    )


class TokenEndpoint(NamedTuple):
    """Where tokens are had for a client's id and secret, and what it was asked for."""

    address: str
    asked: list[tuple[str, str, str]]


@pytest.fixture
def token_endpoint():
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            size = int(self.headers["Content-Length"])
            form = parse_qs(self.rfile.read(size).decode())
            scheme, _, credentials = self.headers["Authorization"].partition(" ")
            assert scheme == "Basic"
            name, _, word = b64decode(credentials).decode().partition(":")
            asked.append((unquote(name), unquote(word), form.get("scope", [""])[0]))
            now = int(time.time())
            claims = {"sub": name, "iat": now, "exp": now + 300, "scope": "kafka"}
            token = jwt.encode(claims, key="", algorithm="none")
            body = json.dumps({"access_token": token, "expires_in": 300, "token_type": "Bearer"})
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield TokenEndpoint(f"http://127.0.0.1:{server.server_port}/token", asked)
        server.shutdown()
