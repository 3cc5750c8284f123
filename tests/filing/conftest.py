import pytest
from databases import drop

from filing.harness import Api, new_database
from streams.sources.filing.settings import FilingSettings


@pytest.fixture(scope="session")
def template(postgres):
    """A database at the newest version, of which copies are made."""
    return new_database(postgres)


@pytest.fixture
def make_api(postgres, template, tmp_path):
    made = []

    def make(settings=None, scanner=None, parties=None):
        directory = tmp_path / str(len(made))
        directory.mkdir()
        address = new_database(postgres, template)
        api = Api(address, directory, settings or FilingSettings(), scanner, parties)
        made.append((api, address))
        return api

    yield make
    for api, address in made:
        api.stack.close()
        drop(postgres, address)


@pytest.fixture
def api(make_api):
    return make_api()
