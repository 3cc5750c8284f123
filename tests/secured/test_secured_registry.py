"""A registry that is reached by TLS and asks who is there."""

import base64
import json
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import trustme

from schemas.wire.foreign_schemas import SchemaRegistryUnavailable
from schemas.wire.registry import RegistryIdentity, SchemaRegistry

BASIC = "Basic " + base64.b64encode(b"worker:word").decode()


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture
def registry(authority, tmp_path):
    """A registry of one schema; `told` is what each request proved."""
    told = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            certificate = self.connection.getpeercert() or {}
            told.append((self.headers.get("Authorization"), certificate.get("subject")))
            allowed = told[-1][0] in (BASIC, "Bearer first", "Bearer second") or certificate
            body = json.dumps({"schema": '{"type": "record", "name": "A", "fields": []}'}).encode()
            self.send_response(200 if allowed else 401)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.configure_trust(context)
    context.verify_mode = ssl.CERT_OPTIONAL
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"https://127.0.0.1:{server.server_port}", told
        server.shutdown()


def asked(address, **identity):
    client = SchemaRegistry(address, RegistryIdentity(**identity))
    try:
        return client.by_id(1)
    finally:
        client.close()


def test_a_registry_of_an_unknown_authority_is_not_asked(registry):
    with pytest.raises(SchemaRegistryUnavailable, match="certificate verify failed"):
        asked(registry[0], username="worker", password="word")
    assert registry[1] == []


def test_a_name_and_a_password(registry, tmp_path):
    found = asked(registry[0], ca_file=str(tmp_path / "ca.pem"), username="worker", password="word")
    assert found["name"] == "A"
    with pytest.raises(SchemaRegistryUnavailable, match="401") as refused:
        asked(registry[0], ca_file=str(tmp_path / "ca.pem"), username="worker", password="secret")
    assert "secret" not in str(refused.value)


def test_a_token_is_read_anew_for_each_request(registry, tmp_path):
    file = tmp_path / "token"
    file.write_text("first\n")
    identity = RegistryIdentity(ca_file=str(tmp_path / "ca.pem"), token_file=file)
    client = SchemaRegistry(registry[0], identity)
    assert client.by_id(1)
    file.write_text("second\n")
    assert client.by_id(1)
    assert [each for each, _ in registry[1]] == ["Bearer first", "Bearer second"]
    file.unlink()
    with pytest.raises(SchemaRegistryUnavailable, match="no token"):
        client.by_id(1)
    client.close()


def test_a_certificate(registry, authority, tmp_path):
    issued = authority.issue_cert("worker.example", common_name="worker")
    issued.private_key_pem.write_to_path(tmp_path / "key.pem")
    issued.cert_chain_pems[0].write_to_path(tmp_path / "own.pem")
    assert asked(
        registry[0],
        ca_file=str(tmp_path / "ca.pem"),
        certificate_file=str(tmp_path / "own.pem"),
        key_file=str(tmp_path / "key.pem"),
    )
    assert "worker" in str(registry[1][-1][1])
    with pytest.raises(SchemaRegistryUnavailable, match="certificates can't be read"):
        asked(registry[0], ca_file=str(tmp_path / "none.pem"))
