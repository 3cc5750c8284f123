"""A PostgreSQL server that takes no writes for a while."""

from contextlib import contextmanager

import psycopg


@contextmanager
def demoted(postgres):
    """All sessions of the server, old and new ones, take no writes, as those of a replica."""

    def put(word):
        with psycopg.connect(postgres.address, autocommit=True) as connection:
            connection.execute(f"ALTER SYSTEM SET default_transaction_read_only = {word}")
            connection.execute("SELECT pg_reload_conf()")
        while True:
            with psycopg.connect(postgres.address) as connection:
                query = "SHOW default_transaction_read_only"
                if connection.execute(query).fetchone() == (word,):
                    return

    put("on")
    try:
        yield
    finally:
        put("off")
