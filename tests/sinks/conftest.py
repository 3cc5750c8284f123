"""A database of its own for each test."""

from uuid import uuid4

import psycopg
import pytest

from sinks.database import migrate


@pytest.fixture
def database(postgres):
    """Give the address of an empty database of the newest version."""
    name = f"test_{uuid4().hex}"
    with psycopg.connect(postgres.address, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    address = postgres.address.rpartition("/")[0] + f"/{name}"
    migrate(address)
    return address
