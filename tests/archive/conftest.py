import os
from urllib.parse import urlsplit

import pytest
from moto.server import ThreadedMotoServer
from pyarrow import fs

from schemas.wire.registry import offline_codec
from sinks.archive.storage import storage_at


@pytest.fixture(scope="session")
def codec():
    return offline_codec()


@pytest.fixture(scope="session")
def object_storage():
    """An S3 server, and the address of a bucket on it."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    names = {
        "AWS_ACCESS_KEY_ID": "any",
        "AWS_SECRET_ACCESS_KEY": "any",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    before = dict(os.environ)
    os.environ.update(names)
    words = f"endpoint_override={host}:{port}&scheme=http&region=us-east-1"
    system, _ = fs.FileSystem.from_uri(f"s3://archive?{words}&allow_bucket_creation=true")
    system.create_dir("archive")
    yield f"s3://archive/{{}}?{words}"
    for name in names:
        os.environ.pop(name)
        if name in before:
            os.environ[name] = before[name]
    server.stop()


@pytest.fixture(params=["directory", "object storage"])
def address(request, tmp_path):
    """An archive's address, of each kind of storage."""
    if request.param == "directory":
        return str(tmp_path / "archive")
    template = request.getfixturevalue("object_storage")
    return template.format(tmp_path.name)


@pytest.fixture
def storage(address):
    assert urlsplit(address).scheme in ("", "s3")
    return storage_at(address)


@pytest.fixture
def directory(tmp_path):
    return storage_at(str(tmp_path / "archive"))
