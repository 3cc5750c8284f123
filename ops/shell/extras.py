"""Packages that only some of what is done needs, and that are installed by the name of an extra."""

from collections.abc import Iterator
from contextlib import contextmanager

from ops.errors import OperatorError
from schemas.distribution import DISTRIBUTION


@contextmanager
def packages_of(extra: str, what: str) -> Iterator[None]:
    """Import an extra's packages within this. Errors: OperatorError, which names the extra."""
    try:
        yield
    except ImportError as error:
        raise OperatorError(
            f"{what} needs the extra `{extra}`: pip install '{DISTRIBUTION}[{extra}]'"
        ) from error
