"""The keys that wrap the keys of parties, as a command has them."""

from pathlib import Path

from ops.errors import OperatorError
from sinks.contract import SinkUnavailable, SinkUnusable
from sinks.database.database import connect
from sinks.private_texts.store import PrivateTextStore
from sinks.private_texts.wrapping_keys import WrappingKeys, read_wrapping_keys


def wrapping_keys(path: str, database: str) -> WrappingKeys:
    """Read a file of wrapping keys that opens what is in a database. Errors: OperatorError."""
    try:
        keys = read_wrapping_keys(Path(path))
        with connect(database) as connection:
            PrivateTextStore(keys, lambda: 0).check(connection)
    except (SinkUnavailable, SinkUnusable) as error:
        raise OperatorError(str(error)) from error
    return keys
