"""Word lists kept in a file, so that few processes of a host make them from their packages.

The file stands under a name made of the vocabulary's version and the folding's. What can't be read
is made anew.
"""

import fcntl
from hashlib import sha256
from pathlib import Path
from zlib import crc32

from processors.findings.listing_reading import ready_tables
from processors.matching import folding
from processors.matching.vocabulary import VOCABULARY_VERSION, use_word_lists, word_lists
from schemas.handled_errors import note_handled

CHECKSUM_BYTES = 4
FORM = 2
"""Of the file: which lists it has."""

LOCK = "words.lock"


def ready_words(directory: Path) -> None:
    """Have at hand what the first title is read with, so that none waits for it.

    The lists are those of a directory's file, which one process makes while others wait for it;
    where it can't be kept each makes its own.
    """
    if not load_words(directory):
        try:
            _make_words(directory)
        except OSError as error:
            note_handled("word_file", error)
    ready_tables()


def _make_words(directory: Path) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not load_words(directory):
            write_words(directory)


def load_words(directory: Path) -> bool:
    """Take the word lists of a directory's file; False where there is none that can be read."""
    try:
        content = _path(directory).read_bytes()
        body = content[CHECKSUM_BYTES:]
        if not body or crc32(body).to_bytes(CHECKSUM_BYTES, "big") != content[:CHECKSUM_BYTES]:
            raise ValueError("its checksum is wrong")
        lists = [each.partition("\n") for each in body.decode().split("\0")]
    except FileNotFoundError:
        return False
    except (OSError, ValueError) as error:
        note_handled("word_file", error)
        return False
    use_word_lists({name: words for name, _, words in lists})
    return True


def write_words(directory: Path) -> None:
    """Make all word lists, and write them into a directory. Errors: OSError."""
    lists = ("\n".join((name, *sorted(words))) for name, words in word_lists().items())
    body = "\0".join(lists).encode()
    path = _path(directory)
    new = path.with_suffix(".new")
    new.write_bytes(crc32(body).to_bytes(CHECKSUM_BYTES, "big") + body)
    new.replace(path)


def _path(directory: Path) -> Path:
    source = Path(folding.__file__).read_bytes()
    parts = (FORM, VOCABULARY_VERSION, sha256(source).hexdigest())
    return directory / f"words-{sha256(repr(parts).encode()).hexdigest()[:16]}"
