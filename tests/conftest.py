"""Real servers that tests share, started when first asked for."""

import os
from pathlib import Path

import matrix
import pytest
from databases import create, database_on
from hypothesis import settings

from ops.local.kafka.cluster import KafkaCluster
from ops.local.kafka.registry import SchemaRegistryServer
from ops.local.postgres import PostgresServer
from ops.local.small_disk import SmallDisk, SmallDiskRefused
from ops.topics import renew_topics
from sinks.database.database import migrate

# Machines differ, so no example has a time limit.
settings.register_profile("matrix", deadline=None, max_examples=matrix.examples(100))
settings.load_profile("matrix")

PARTITIONS = 4


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
    # Tests kill the server on purpose elsewhere; here its disk need not be waited for.
    with PostgresServer({"fsync": "off"}) as server:
        yield server


@pytest.fixture(scope="session")
def template_database(postgres):
    """The address of a database of the newest version, from which those of tests are copied."""
    address = create(postgres)
    migrate(address)
    return address


@pytest.fixture
def database(postgres, template_database):
    """The address of an empty database of the newest version."""
    with database_on(postgres, template_database) as address:
        yield address


@pytest.fixture
def topics(kafka):
    """All topics, empty."""
    renew_topics(kafka.bootstrap_servers, PARTITIONS, kafka.replication_factor)
    return kafka.bootstrap_servers


def pytest_report_header():
    return matrix.told()


def pytest_collection_modifyitems(items):
    """Tests that use a real server are marked, wherever they are, and their files come first.

    They take longest, and two processes share the files: none is to be left with the longest.
    """
    for item in items:
        if {"kafka", "schema_registry", "topics"} & set(item.fixturenames):
            item.add_marker(pytest.mark.broker)
    real = {item.path for item in items if item.get_closest_marker("broker")}
    items.sort(key=lambda item: item.path not in real)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport():
    """Half of a surrogate pair, logged in a test, would end the process as it reports."""
    report = yield
    report.sections = [
        (name, text.encode("utf-8", "backslashreplace").decode("utf-8"))
        for name, text in report.sections
    ]
    return report


@pytest.fixture
def small_disk():
    """A disk of 8 MiB, to be filled."""
    try:
        with SmallDisk(8 << 20) as disk:
            yield disk
    except SmallDiskRefused as refused:
        pytest.skip(str(refused))


@pytest.fixture
def worker_directory(tmp_path) -> Path:
    os.makedirs(tmp_path / "workers", exist_ok=True)
    return tmp_path / "workers"
