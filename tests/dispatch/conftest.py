"""A database for each test, empty, as services migrate it."""

import pytest
from databases import database_on


@pytest.fixture
def database(postgres):
    with database_on(postgres) as address:
        yield address
