"""What docs/architecture.md tells of a process; each service and tool says it of itself."""

from typing import NamedTuple

Topics = tuple[str, ...]


class Process(NamedTuple):
    """A process: its work, topics, what it keeps, and where its code is, first what is its own."""

    work: str
    reads: Topics
    writes: Topics
    keeps: str
    code: tuple[str, ...]
    groups: tuple[str, ...] = ()
    """Beginnings of the names of its consumer groups."""

    transactions: tuple[str, ...] = ()
    """Beginnings of its transactional ids."""

    own_topics: tuple[str, ...] = ()
    """Beginnings of the names of topics that it makes for itself."""
