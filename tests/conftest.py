"""Real servers that tests share, started when first asked for."""

import os
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from confluent_kafka.admin import AdminClient

from ops.local.kafka.cluster import KafkaCluster
from ops.local.kafka.registry import SchemaRegistryServer
from ops.local.postgres import PostgresServer, programs
from ops.topics import create_topics
from schemas.catalog import load_topics
from sinks.database.database import migrate

PARTITIONS = 4
TIMEOUT_SECONDS = 30.0


@pytest.fixture(scope="session")
def kafka(tmp_path_factory):
    with KafkaCluster(tmp_path_factory.mktemp("kafka") / "cluster") as cluster:
        yield cluster


@pytest.fixture(scope="session")
def schema_registry(tmp_path_factory):
    with SchemaRegistryServer(tmp_path_factory.mktemp("registry") / "server") as server:
        yield server


@pytest.fixture(scope="session")
def postgres():
    """A PostgreSQL server; each test makes a database of its own on it."""
    if programs() is None:
        if "CI" in os.environ:
            pytest.fail("CI has no PostgreSQL: .ci/run is to install it")
        pytest.skip("PostgreSQL is not installed")
    # Tests kill the server on purpose elsewhere; here its disk need not be waited for.
    with PostgresServer({"fsync": "off"}) as server:
        yield server


@pytest.fixture(scope="session")
def template_database(postgres):
    """The name of a database of the newest version, from which those of tests are copied."""
    name = "template_of_tests"
    with psycopg.connect(postgres.address, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    migrate(postgres.address.rpartition("/")[0] + f"/{name}")
    return name


@pytest.fixture
def database(postgres, template_database):
    """Return the address of an empty database of the newest version."""
    name = f"test_{uuid4().hex}"
    with psycopg.connect(postgres.address, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template_database}")
    return postgres.address.rpartition("/")[0] + f"/{name}"


@pytest.fixture
def topics(kafka):
    """All topics, empty."""
    fresh_topics(kafka.bootstrap_servers)
    return kafka.bootstrap_servers


def fresh_topics(bootstrap_servers: str, partitions: int = PARTITIONS, copies: int = 1) -> None:
    admin = AdminClient({"bootstrap.servers": bootstrap_servers})
    names = set(load_topics()) & set(admin.list_topics(timeout=TIMEOUT_SECONDS).topics)
    if names:
        deleted = admin.delete_topics(sorted(names), operation_timeout=TIMEOUT_SECONDS)
        for future in deleted.values():
            future.result(TIMEOUT_SECONDS)
        while names & set(admin.list_topics(timeout=TIMEOUT_SECONDS).topics):
            pass
    create_topics(bootstrap_servers, partitions, copies)


def pytest_collection_modifyitems(items):
    """Tests that use a real server are marked, wherever they are."""
    for item in items:
        if {"kafka", "schema_registry", "topics"} & set(item.fixturenames):
            item.add_marker(pytest.mark.broker)


@pytest.fixture
def worker_directory(tmp_path) -> Path:
    os.makedirs(tmp_path / "workers", exist_ok=True)
    return tmp_path / "workers"
