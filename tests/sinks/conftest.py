"""What tests of sinks share: a database for a file of them, and a clock that stands."""

import pytest
from databases import database_on
from statement_events import Clock

from sinks.database.database import migrate


@pytest.fixture(scope="module")
def migrated(postgres):
    """A database of the newest version, for all tests of a file."""
    with database_on(postgres) as address:
        migrate(address)
        yield address


@pytest.fixture
def clock():
    return Clock()
