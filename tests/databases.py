"""Databases of tests on a server that many share: each is dropped once nobody needs it."""

from contextlib import contextmanager
from uuid import uuid4

import psycopg


def create(server, template=None):
    """Return the address of a new database, empty or a copy of that of an address."""
    name = f"test_{uuid4().hex}"
    copied = f" TEMPLATE {template.rpartition('/')[2]}" if template else ""
    with psycopg.connect(server.address, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}{copied}")
    return server.address.rpartition("/")[0] + f"/{name}"


def drop(server, address):
    """Remove a database, whoever is connected still."""
    with psycopg.connect(server.address, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {address.rpartition('/')[2]} WITH (FORCE)")


@contextmanager
def database_on(server, template=None):
    """Have a database while a test runs; give its address."""
    address = create(server, template)
    yield address
    drop(server, address)
