"""A database for each test."""

import itertools

import psycopg
import pytest

NUMBERS = itertools.count()


@pytest.fixture
def database(postgres):
    name = f"dispatch_{next(NUMBERS)}"
    with psycopg.connect(postgres.address, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield postgres.address.rpartition("/")[0] + "/" + name
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
