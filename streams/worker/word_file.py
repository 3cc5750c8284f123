"""Word lists kept beside the local state, so that a start does not make them from their packages.

The file is marshalled by the interpreter that wrote it, and stands under a name made of its
version, the vocabulary's and the folding's. What can't be read is made anew.
"""

import marshal
import sys
import threading
from hashlib import sha256
from pathlib import Path
from zlib import crc32

from processors.matching import folding
from processors.matching.vocabulary import (
    VOCABULARY_VERSION,
    common_words,
    use_word_lists,
    word_lists,
)
from schemas.handled_errors import note_handled

CHECKSUM_BYTES = 4
WORD_FILES = "words-????????????????"
"""Names of finished files; one being written has another ending."""


def load_words(directory: Path) -> bool:
    """Take the word lists of a directory's file; False where there is none that can be read."""
    path = _path(directory)
    try:
        content = path.read_bytes()
        body = content[CHECKSUM_BYTES:]
        if crc32(body).to_bytes(CHECKSUM_BYTES, "big") != content[:CHECKSUM_BYTES]:
            raise ValueError("its checksum is wrong")
        # Only this software writes into its state directory.
        lists = marshal.loads(body)  # noqa: S302
    except FileNotFoundError:
        return False
    except (OSError, ValueError, EOFError, TypeError) as error:
        note_handled("word_file", error)
        return False
    use_word_lists(lists)
    return True


def ready_words(directory: Path) -> None:
    """Have the words of most complaints at hand, so that none waits for them.

    Where no file has them, the many that few complaints need are made in the background and kept
    for the next start.
    """
    directory.mkdir(parents=True, exist_ok=True)
    if not load_words(directory):
        common_words()
        threading.Thread(target=write_words, args=(directory,), daemon=True).start()


def write_words(directory: Path) -> None:
    """Make all word lists, and write them into a directory for the next start."""
    lists = {name: sorted(words) for name, words in word_lists().items()}
    body = marshal.dumps(lists)
    path = _path(directory)
    new = path.with_suffix(".new")
    try:
        new.write_bytes(crc32(body).to_bytes(CHECKSUM_BYTES, "big") + body)
        new.replace(path)
    except OSError as error:
        note_handled("word_file", error)


def _path(directory: Path) -> Path:
    source = Path(folding.__file__).read_bytes()
    parts = (sys.version, VOCABULARY_VERSION, sha256(source).hexdigest())
    return directory / f"words-{sha256(repr(parts).encode()).hexdigest()[:16]}"
