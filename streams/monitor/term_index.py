"""Builds the index of terms in another process and brings it in without a pause.

Building takes minutes of one core at a million marks and would hold the interpreter; the child
reads the terms from a checkpoint of the local state or from a file, and leaves the parts as files.
A thread of this process then reads them, which holds the interpreter for moments only.
"""

import argparse
import logging
import mmap
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

from processors.matching.index import IndexParts, TermIndex, build
from streams.state.other_state import read_checkpoint

logger = logging.getLogger(__name__)

BUILDING_NICENESS = 10

TERM_ROWS = b"W"
"""Rows of the tables' family that hold term, a zero byte and the mark's registry reference."""


class IndexBuilder:
    """One build at a time, in the background."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._thread: threading.Thread | None = None
        self._built: TermIndex | None = None
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def busy(self) -> bool:
        """Whether a build is under way, or built and not yet taken."""
        return self._thread is not None

    def start(self, source: Path) -> None:
        """Begin to build from a checkpoint (a directory) or a file of terms, one a line."""
        target = self._directory / "index"
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir(parents=True)
        command = [sys.executable, "-m", "streams.monitor.term_index", str(source), str(target)]
        # S603: all arguments are our own.
        self._child = subprocess.Popen(command)  # noqa: S603
        self._thread = threading.Thread(target=self._bring_in, args=(target,), daemon=True)
        self._thread.start()

    def take(self) -> TermIndex | None:
        """Return the index once it is there; the builder is then free again.

        Errors: RuntimeError.
        """
        if self._thread is None or self._thread.is_alive():
            return None
        self._thread = None
        built, self._built = self._built, None
        if built is None:
            raise RuntimeError("the index of terms could not be built")
        return built

    def close(self) -> None:
        """End a build that is under way."""
        if self._child is not None and self._child.poll() is None:
            self._child.terminate()
            self._child.wait()

    def _bring_in(self, target: Path) -> None:
        if self._child is not None and self._child.wait() == 0:
            self._built = load_index(target)


def save_index(parts: IndexParts, directory: Path) -> None:
    """Write an index's parts, one file each."""
    for name, part in parts._asdict().items():
        (directory / name).write_bytes(part)


def load_index(directory: Path) -> TermIndex:
    """Read an index; all but the automaton stays in the page cache, shared between processes."""
    parts = {}
    for name in IndexParts._fields:
        path = directory / name
        if name == "automaton" or path.stat().st_size == 0:
            parts[name] = path.read_bytes()
            continue
        with path.open("rb") as file:
            parts[name] = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)  # type: ignore[assignment]
    return TermIndex(IndexParts(**parts))


def _terms(source: Path) -> Iterator[str]:
    if source.is_file():
        with source.open(encoding="utf-8") as file:
            yield from (line.rstrip("\n") for line in file)
        return
    last = ""
    for key, _ in read_checkpoint(source, TERM_ROWS):
        term = key[len(TERM_ROWS) :].partition(b"\0")[0].decode()
        if term != last:
            yield term
            last = term


def main() -> None:
    """Build an index: the child process's entry."""
    parser = argparse.ArgumentParser()
    parser.add_argument("source", type=Path)
    parser.add_argument("target", type=Path)
    options = parser.parse_args()
    # Searching goes first where both want the same core.
    os.nice(BUILDING_NICENESS)
    save_index(build(_terms(options.source)), options.target)


if __name__ == "__main__":
    main()
