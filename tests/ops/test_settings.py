"""The settings file, variables over it, and secrets that stay secret."""

import argparse
from types import SimpleNamespace

import pytest

from ops.__main__ import main
from ops.errors import OperatorError
from ops.shell import connections
from ops.shell.connections import DATABASE, KAFKA, REGISTRY, add_connection_arguments, establish
from ops.shell.settings import SECRETS, SECTIONS, identity_of, load_settings
from ops.tools.acls import grants, processes
from schemas.wire import registry as registry_module
from schemas.wire.registry import RegistryIdentity, use_registry_identity
from streams.kafka import security
from streams.kafka.clients import client_settings
from streams.kafka.security import Identity, use_identity


@pytest.fixture(autouse=True)
def nobody():
    yield
    use_identity(Identity())
    use_registry_identity(RegistryIdentity())


def written(tmp_path, text):
    path = tmp_path / "ip-takedowns.toml"
    path.write_text(text)
    return path


SECURED = """
[kafka]
bootstrap_servers = "kafka:9093"
security_protocol = "sasl_ssl"
sasl_mechanism = "SCRAM-SHA-512"
username = "worker"
password_file = "{secret}"
ca_file = "/ca.pem"
client_rack = "a"
[registry]
address = "https://registry/apis/ccompat/v7"
[database]
address = "postgresql://database/cases"
"""


def test_a_file_is_all_that_a_client_needs(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("pass word\n")
    settings = load_settings(written(tmp_path, SECURED.format(secret=secret)), {})
    use_identity(identity_of(settings.kafka))
    made = client_settings(settings.kafka.bootstrap_servers, {"linger.ms": 1})
    assert made == {
        "bootstrap.servers": "kafka:9093",
        "reconnect.backoff.max.ms": 1_000,
        "security.protocol": "sasl_ssl",
        "sasl.mechanism": "SCRAM-SHA-512",
        "sasl.username": "worker",
        "sasl.password": "pass word",
        "ssl.ca.location": "/ca.pem",
        "client.rack": "a",
        "linger.ms": 1,
    }


def test_variables_go_before_the_file(tmp_path):
    path = written(tmp_path, '[kafka]\nbootstrap_servers = "one:1"\nclient_rack = "a"\n')
    told = {"IP_TAKEDOWNS_KAFKA_BOOTSTRAP_SERVERS": "two:2", "IP_TAKEDOWNS_REGISTRY_TOKEN": "t"}
    settings = load_settings(path, told)
    assert settings.kafka.bootstrap_servers == "two:2"
    assert settings.kafka.client_rack == "a"
    assert settings.registry.token == "t"


def test_the_file_is_found_by_a_variable_or_in_the_working_directory(tmp_path, monkeypatch):
    path = written(tmp_path, '[kafka]\nbootstrap_servers = "one:1"\n')
    assert load_settings(None, {"IP_TAKEDOWNS_SETTINGS": str(path)}).kafka.bootstrap_servers
    monkeypatch.chdir(tmp_path)
    assert load_settings(None, {}).kafka.bootstrap_servers == "one:1"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[kafka]\nbootstrap = 'x'\n", "unknown field `bootstrap`"),
        ("[kafak]\n", "unknown field `kafak`"),
        ("[kafka]\nsecurity_protocol = 'tls'\n", "kafka.security_protocol"),
        ("[kafka]\nusername = 5\n", "kafka.username"),
        ("[kafka]\npassword = 'x'\n", "kafka.password is a secret: give password_file"),
        ("[registry]\ntoken = 'x'\n", "IP_TAKEDOWNS_REGISTRY_TOKEN"),
        ("[kafka]\nsecurity_protocol = 'sasl_ssl'\n", "kafka.sasl_mechanism is missing"),
        ("[kafka]\nsasl_mechanism = 'PLAIN'\n", "no effect with plaintext"),
        (
            "[kafka]\nsecurity_protocol = 'sasl_ssl'\nsasl_mechanism = 'PLAIN'\n",
            "kafka.username is missing for PLAIN",
        ),
        (
            "[kafka]\nsecurity_protocol = 'sasl_ssl'\nsasl_mechanism = 'OAUTHBEARER'\n",
            "kafka.oauth_token_endpoint is missing",
        ),
        ("[kafka\n", "can't be read"),
        ("kafka = 5\n", "kafka"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, text, told):
    with pytest.raises(OperatorError, match=told):
        load_settings(written(tmp_path, text), {})


def test_a_secret_that_cannot_be_read_is_told_by_its_file(tmp_path):
    settings = load_settings(written(tmp_path, SECURED.format(secret=tmp_path / "none")), {})
    with pytest.raises(OperatorError, match=r"the secret in .*none can't be read"):
        identity_of(settings.kafka)


def test_every_secret_has_a_file_beside_it():
    for section in SECTIONS.values():
        for name in SECRETS & {*section.__struct_fields__}:
            assert f"{name}_file" in section.__struct_fields__


def options(*arguments, names=(KAFKA, REGISTRY, DATABASE), path=None):
    parser = argparse.ArgumentParser()
    add_connection_arguments(parser, *names)
    given = parser.parse_args([*arguments])
    given.settings_file = path
    return given


def test_what_a_command_line_tells_goes_before_the_settings(tmp_path, monkeypatch):
    monkeypatch.setattr(connections, "os", SimpleNamespace(environ={}))
    secret = tmp_path / "secret"
    secret.write_text("word")
    path = written(tmp_path, SECURED.format(secret=secret))
    given = options("--bootstrap-servers", "mine:1", path=path)
    establish(given, {"IP_TAKEDOWNS_DATABASE_PASSWORD": "of the database"})
    assert given.bootstrap_servers == "mine:1"
    assert given.schema_registry == "https://registry/apis/ccompat/v7"
    assert given.database == "postgresql://database/cases"
    assert security.identity().password == "word"
    assert connections.os.environ == {"PGPASSWORD": "of the database"}


def test_an_address_that_nobody_told_is_named(tmp_path):
    with pytest.raises(OperatorError, match=r"--database is told neither .* `database.address`"):
        establish(options(path=written(tmp_path, ""), names=(DATABASE,)), {})


def test_a_command_without_connections_reads_no_settings(tmp_path, capsys):
    broken = written(tmp_path, "[")
    assert main(["--settings-file", str(broken), "acls", "--service", "switch"]) == 0
    assert "User:switch" in capsys.readouterr().out
    assert main(["--settings-file", str(broken), "topics", "check"]) == 2
    assert "can't be read" in capsys.readouterr().err


class TestAcls:
    def test_groups_and_transactions_are_those_that_services_use(self):
        for name, process in processes().items():
            # A service that reads in a group has one, and who writes in transactions too.
            if name in ("worker", "monitor"):
                assert process.groups == process.transactions
        assert {each.name for each in grants() if each.resource == "transactional-id"} == {
            "ip-takedowns",
            "ip-monitors",
            "ip-redrive",
        }

    @pytest.mark.parametrize("form", ["kafka", "confluent", "strimzi"])
    def test_each_form_has_all_of_a_service(self, form, capsys):
        assert main(["acls", "--format", form, "--service", "dispatch"]) == 0
        told = capsys.readouterr().out
        for topic in (*processes()["dispatch"].reads, *processes()["dispatch"].writes):
            assert topic in told
        assert "ip.decisions.events" not in told

    def test_a_service_that_is_none_is_told(self, capsys):
        assert main(["acls", "--service", "nobody"]) == 2
        assert "no such service: nobody" in capsys.readouterr().err


def test_the_registrys_identity_is_taken_on(tmp_path):
    path = written(tmp_path, '[registry]\naddress = "https://r"\nusername = "u"\n')
    establish(
        options(names=(REGISTRY,), path=path), {"IP_TAKEDOWNS_REGISTRY_PASSWORD": "of registry"}
    )
    assert registry_module._identity.username == "u"
    assert registry_module._identity.password == "of registry"
