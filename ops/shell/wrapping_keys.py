"""The keys that wrap the keys of parties, as a command has them."""

from pathlib import Path

from ops.shell.service_database import once_it_answers
from sinks.database.database import connect
from sinks.private_texts.store import PrivateTextStore
from sinks.private_texts.wrapping_keys import WrappingKeys, read_wrapping_keys


def wrapping_keys(path: str, database: str, patience_seconds: float = 0.0) -> WrappingKeys:
    """Read a file of wrapping keys that opens what is in a database, once that answers.

    Errors: OperatorError.
    """

    def checked() -> WrappingKeys:
        keys = read_wrapping_keys(Path(path))
        with connect(database) as connection:
            PrivateTextStore(keys, lambda: 0).check(connection)
        return keys

    return once_it_answers(checked, patience_seconds)
