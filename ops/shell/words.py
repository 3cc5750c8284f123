"""The word lists that workers and monitors read titles with, shared by the processes of a host."""

import argparse
import os
import threading
from pathlib import Path

from schemas.handled_errors import note_handled
from streams.word_file import ready_words


def add_words_argument(parser: argparse.ArgumentParser) -> None:
    """Add the argument that says where word lists are kept."""
    parser.add_argument(
        "--words-directory",
        type=Path,
        help="where processes of this host keep word lists, which take some seconds to make; else "
        "the user's cache, or the state directory",
    )


def words_made_ready(options: argparse.Namespace) -> threading.Thread:
    """Return a thread that has word lists at hand; it is to be joined before titles are read."""
    directory = options.words_directory or words_directory(options.state_directory)
    thread = threading.Thread(target=ready_words, args=(directory,))
    thread.start()
    return thread


def words_directory(otherwise: Path) -> Path:
    """Return where processes of this host keep word lists; the other where there is no cache."""
    home = os.environ.get("HOME", "")
    kept = Path(os.environ.get("XDG_CACHE_HOME") or f"{home}/.cache") / "ip-takedowns"
    try:
        kept.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        note_handled("word_file", error)
        return otherwise
    return kept if os.access(kept, os.W_OK) else otherwise
