"""A log in files as C2SP's tlog-tiles has them: hashes and entries by 256, and a checkpoint.

What the checkpoint covers never changes. It is written last; what was written beyond it before a
crash is written again.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sinks.archive.storage import LocalDirectory
from sinks.decision_log.notes import Checkpoint, NoteInvalid, signed, verified, verifier_of
from sinks.decision_log.tree import complete_root, leaf_hash, root_of

WIDTH: Final = 256
CHECKPOINT: Final = "checkpoint"
_HASH_BYTES: Final = 32
_LENGTH_BYTES: Final = 2
LEVELS_A_TILE: Final = 8
_KEPT_TILES: Final = 4_096


class TileReader:
    """The hashes and entries of a log of a size. Errors of all methods: OSError, NoteInvalid."""

    hashes: Callable[[int, int], list[bytes]]
    """Return the hashes of a tile, by its level and number."""

    def __init__(self, directory: Path, size: int) -> None:
        self._directory = directory
        self.size = size
        self.hashes = lru_cache(_KEPT_TILES)(self._read_hashes)

    def node_at(self, level: int, index: int) -> bytes:
        """Return the hash of a complete subtree of so many levels, by how many are before it."""
        tile_level, within = divmod(level, LEVELS_A_TILE)
        first = index << within
        hashes = self.hashes(tile_level, first // WIDTH)
        place = first % WIDTH
        return complete_root(hashes[place : place + (1 << within)])

    def entry(self, index: int) -> bytes:
        """Return an entry."""
        return self.entries(index // WIDTH)[index % WIDTH]

    def entries(self, bundle: int) -> list[bytes]:
        """Return the entries of a bundle. Errors: NoteInvalid where the last one is cut short."""
        content = self._read("entries", bundle, self.size)
        found, place = [], 0
        while place < len(content):
            begin = place + _LENGTH_BYTES
            place = begin + int.from_bytes(content[place:begin], "big")
            if place > len(content):
                raise NoteInvalid(f"the last entry of bundle {bundle:,} is cut short")
            found.append(content[begin:place])
        return found

    def edge(self, level: int) -> list[bytes]:
        """Return the hashes of the last tile of a level, where it is not full."""
        count = self.size >> LEVELS_A_TILE * level
        return self.hashes(level, count // WIDTH) if count % WIDTH else []

    def newest(self) -> Iterator[bytes]:
        """Yield all entries, the last first."""
        for bundle in reversed(range(-(-self.size // WIDTH))):
            yield from reversed(self.entries(bundle))

    def _read_hashes(self, level: int, tile: int) -> list[bytes]:
        content = self._read(str(level), tile, self.size >> LEVELS_A_TILE * level)
        return [content[at : at + _HASH_BYTES] for at in range(0, len(content), _HASH_BYTES)]

    def _read(self, level: str, tile: int, count: int) -> bytes:
        width = min(WIDTH, count - tile * WIDTH)
        return (self._directory / tile_path(level, tile, width)).read_bytes()


class TileLog:
    """A log below a directory, for one writer at a time."""

    def __init__(self, directory: Path, origin: str, key: Ed25519PrivateKey) -> None:
        """Errors: NoteInvalid where the checkpoint is not by this key; OSError."""
        self._directory = directory
        self._files = LocalDirectory(directory)
        self._origin = origin
        self._key = key
        path = directory / CHECKPOINT
        size = 0
        if path.exists():
            verifier = verifier_of(origin, key.public_key())
            size = verified(path.read_text(encoding="utf-8"), verifier).size
        self.reader = TileReader(directory, size)

    def append(self, entries: Sequence[bytes]) -> Checkpoint:
        """Append entries; they are in the log for good once this returns.

        Errors: OSError, SinkUnavailable.
        """
        old = self.reader
        size = old.size + len(entries)
        kept = old.entries(old.size // WIDTH) if old.size % WIDTH else []
        framed = [len(each).to_bytes(_LENGTH_BYTES, "big") + each for each in (*kept, *entries)]
        self._write_tiles("entries", old.size // WIDTH, framed)
        added = list(map(leaf_hash, entries))
        level = 0
        while added:
            first = (old.size >> LEVELS_A_TILE * level) // WIDTH
            hashes = [*old.edge(level), *added]
            self._write_tiles(str(level), first, hashes)
            full = len(hashes) // WIDTH
            added = [complete_root(hashes[n * WIDTH : (n + 1) * WIDTH]) for n in range(full)]
            level += 1
        self.reader = TileReader(self._directory, size)
        checkpoint = Checkpoint(self._origin, size, root_of(self.reader.node_at, 0, size))
        self._files.write(CHECKPOINT, signed(checkpoint, self._key).encode())
        return checkpoint

    def _write_tiles(self, level: str, first: int, parts: Sequence[bytes]) -> None:
        for begin in range(0, len(parts), WIDTH):
            chunk = parts[begin : begin + WIDTH]
            name = tile_path(level, first + begin // WIDTH, len(chunk))
            self._files.write(name, b"".join(chunk))


def tile_path(level: str, tile: int, width: int) -> str:
    """Return where a tile is, from the log's directory."""
    groups = [f"{tile % 1000:03d}"]
    while tile := tile // 1000:
        groups.insert(0, f"x{tile % 1000:03d}")
    partial = "" if width == WIDTH else f".p/{width}"
    return f"tile/{level}/{'/'.join(groups)}{partial}"
