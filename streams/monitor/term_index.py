"""Builds the index of terms in another process and brings it in without a pause.

Building takes minutes of one core at a million marks and would hold the interpreter; the child
reads the terms from a checkpoint of the local state or from a file. Where another monitor of this
host left an index of nearly these terms, the child takes that one, and tells what differs.
A thread of this process then maps the file, which holds the interpreter for moments only.
"""

import argparse
import json
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from processors.matching.index import TermIndex, build
from streams.monitor.index_file import (
    IndexRefused,
    RegisterPosition,
    file_name,
    index_files,
    open_index,
    remove_others,
    save_index,
    sole_builder,
)
from streams.state.other_state import read_checkpoint
from streams.tables.table_names import WATCHED_TERM

logger = logging.getLogger(__name__)

BUILDING_NICENESS = 10


class IndexNotBuilt(Exception):
    """An index could not be built or brought in: no room, no memory, a file that went bad."""


class BuiltIndex(NamedTuple):
    """An index, and the terms by which those asked for differ from it.

    `child_bytes` is the most memory that the child had, `child_seconds` its processor time.
    """

    terms: TermIndex
    added: list[str]
    removed: list[str]
    child_bytes: int
    child_seconds: float


class _Provided(NamedTuple):
    """What a child tells: a file's name, and as above."""

    name: str
    added: list[str]
    removed: list[str]
    child_bytes: int = 0
    child_seconds: float = 0.0


class IndexBuilder:
    """One build at a time, in the background. Monitors with the same directory share indexes."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._thread: threading.Thread | None = None
        self._built: BuiltIndex | None = None
        self._child: subprocess.Popen[str] | None = None

    @property
    def busy(self) -> bool:
        """Whether a build is under way, or built and not yet taken."""
        return self._thread is not None

    def start(
        self,
        source: Path,
        position: RegisterPosition,
        different_terms: int = 0,
        niceness: int = BUILDING_NICENESS,
    ) -> None:
        """Begin to build from a checkpoint (a directory) or a file of terms in order, one a line.

        An index that is there already is taken where no more terms differ than given. `niceness` is
        for who searches meanwhile, which goes first where both want the same core.
        """
        line = [sys.executable, "-m", "streams.monitor.term_index", str(source)]
        line += [str(self._directory), json.dumps(position), str(different_terms), str(niceness)]
        # S603: all arguments are our own.
        self._child = subprocess.Popen(line, stdout=subprocess.PIPE, text=True)  # noqa: S603
        arguments = (self._child, position)
        self._thread = threading.Thread(target=self._bring_in, args=arguments, daemon=True)
        self._thread.start()

    def take(self) -> BuiltIndex | None:
        """Return the index once it is there; the builder is then free again.

        Errors: IndexNotBuilt, after which another may be started.
        """
        if self._thread is None or self._thread.is_alive():
            return None
        self._thread = None
        built, self._built = self._built, None
        if built is None:
            raise IndexNotBuilt("the index of terms could not be built; its process says why")
        return built

    def close(self) -> None:
        """End a build that is under way."""
        if self._child is not None and self._child.poll() is None:
            self._child.terminate()
            self._child.wait()

    def _bring_in(self, child: subprocess.Popen[str], position: RegisterPosition) -> None:
        told, _ = child.communicate()
        if child.returncode != 0:
            return
        provided = _Provided(*json.loads(told))
        try:
            # The child has read and checked it all.
            parts = open_index(self._directory / provided.name, position, whole=False)
        except IndexRefused as error:
            logger.error("%s", error)
            return
        self._built = BuiltIndex(TermIndex(parts), *provided[1:])


def differences(
    wanted: Iterable[str], present: Iterable[str], most: int
) -> tuple[list[str], list[str]] | None:
    """Return what is to be added to terms and what removed, both in order; None for more."""
    added: list[str] = []
    removed: list[str] = []
    ours, theirs = iter(wanted), iter(present)
    one, other = next(ours, None), next(theirs, None)
    while one is not None or other is not None:
        if one == other:
            one, other = next(ours, None), next(theirs, None)
        elif other is None or (one is not None and one < other):
            added.append(one or "")
            one = next(ours, None)
        else:
            removed.append(other)
            other = next(theirs, None)
        if len(added) + len(removed) > most:
            return None
    return added, removed


def provide(
    source: Path, directory: Path, position: RegisterPosition, different_terms: int
) -> _Provided:
    """Return the name of an index's file, made where none can be used, and what differs."""
    with sole_builder(directory):
        for path in _nearest_first(directory, position):
            try:
                index = TermIndex(open_index(path, position))
            except IndexRefused as refusal:
                logger.warning("%s", refusal)
                continue
            differing = differences(_terms(source), index.terms(), different_terms)
            if differing is not None:
                logger.info("%s is taken", path)
                return _Provided(path.name, *differing)
            logger.warning("%s differs in more than %s terms", path, different_terms)
        made = save_index(build(_terms(source)), directory, position)
        remove_others(directory, made)
        return _Provided(made.name, [], [])


def _nearest_first(directory: Path, position: RegisterPosition) -> list[Path]:
    """Return the files that may be used: that of the position, then those of others."""
    paths = index_files(directory)
    exact = directory / file_name(position)
    return sorted(paths, key=lambda path: path != exact)


def _terms(source: Path) -> Iterator[str]:
    if source.is_file():
        with source.open(encoding="utf-8") as file:
            yield from (line.rstrip("\n") for line in file)
        return
    last = ""
    for key, _ in read_checkpoint(source, WATCHED_TERM):
        term = key[len(WATCHED_TERM) :].partition(b"\0")[0].decode()
        if term != last:
            yield term
            last = term


def main() -> None:
    """Provide an index: the child process's entry."""
    parser = argparse.ArgumentParser()
    parser.add_argument("source", type=Path)
    parser.add_argument("directory", type=Path)
    parser.add_argument("position", type=json.loads)
    parser.add_argument("different_terms", type=int)
    parser.add_argument("niceness", type=int)
    options = parser.parse_args()
    os.nice(options.niceness)
    logging.basicConfig(level=logging.WARNING)
    cluster, topic, offsets = options.position
    position = RegisterPosition(cluster, topic, tuple(offsets))
    try:
        provided = provide(options.source, options.directory, position, options.different_terms)
    except OSError as error:
        logger.error("no index in %s: %s", options.directory, error)
        sys.exit(1)
    provided = provided._replace(
        child_bytes=_most_memory_bytes(), child_seconds=time.process_time()
    )
    sys.stdout.write(json.dumps(provided))


def _most_memory_bytes() -> int:
    """Return the most memory that this process had; 0 where the system does not tell."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:
        return 0
    return next((int(line.split()[1]) << 10 for line in status.splitlines() if "VmHWM" in line), 0)


if __name__ == "__main__":
    main()
