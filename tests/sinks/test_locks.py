"""Advisory locks: each has a key of its own, and none is taken by any other key."""

import ast
import re
from itertools import combinations
from pathlib import Path

import psycopg
import pytest

from sinks.database.locks import Lock, lock_key

ROOT = Path(__file__).parents[2]
TAKES_LOCK = re.compile("pg_(try_)?advisory_(xact_)?lock")
PACKAGES = ("schemas", "processors", "sinks", "streams", "replay", "ops")


def texts_about_advisory_locks():
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                text = node.value if isinstance(node, ast.Constant) else None
                if isinstance(text, str) and TAKES_LOCK.search(text):
                    yield path.relative_to(ROOT), text


def test_names_and_keys_are_unique():
    # Members of one value would be aliases, which iteration leaves out.
    assert len(Lock.__members__) == len({lock.value for lock in Lock})
    for one, other in combinations(Lock, 2):
        assert lock_key(one) != lock_key(other)


def test_a_key_is_the_same_in_every_process_and_version():
    assert lock_key(Lock.DISPATCH_COUNTING) == 731708716231590607
    assert lock_key(Lock.OUTBOX) == -2759165529440021490


def test_parts_are_told_apart():
    keys = {
        lock_key(Lock.FILING_IDEMPOTENCY_KEY, *parts)
        for parts in ((), ("",), ("ab", "c"), ("a", "bc"), ("abc",), ("a", "b", "c"), ("ab\nc",))
    }
    assert len(keys) == 7


def test_all_code_takes_its_locks_by_key():
    found = list(texts_about_advisory_locks())
    assert {path.parts[0] for path, _ in found} == {"ops", "sinks", "streams"}
    for path, text in found:
        # A number, or a hash made by the database, could be another lock's key.
        assert "(%s)" in text, f"{path}: {text}"


@pytest.mark.parametrize("lock", Lock)
def test_the_database_takes_each_key(postgres, lock):
    with psycopg.connect(postgres.address) as connection:
        row = connection.execute(
            "SELECT pg_try_advisory_xact_lock(%s)", (lock_key(lock),)
        ).fetchone()
    assert row == (True,)
