import pytest
from databases import create, database_on

from processors.findings.listing_match import listing_match
from web.made_cases import fill
from web.site_made import Pages


@pytest.fixture(scope="session", autouse=True)
def matcher():
    """Load the matcher's words, as the service does before it serves."""
    listing_match("mark", "m4rk", None)


@pytest.fixture
def pages(database, tmp_path):
    made = Pages(database, tmp_path)
    yield made
    made.close()


@pytest.fixture(scope="session")
def filled_database(postgres, template_database, tmp_path_factory):
    """The address of a database with cases of all kinds, of which copies are made."""
    address = create(postgres, template_database)
    made = Pages(address, tmp_path_factory.mktemp("pages"))
    fill(made)
    made.close()
    return address


@pytest.fixture
def filled(postgres, filled_database, tmp_path):
    """The pages, with cases of all kinds; a reviewer, anna, holds a task."""
    with database_on(postgres, filled_database) as address:
        made = Pages(address, tmp_path)
        yield made
        made.close()
