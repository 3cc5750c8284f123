"""Changes to a log's files, seeded, each of which an audit is to find."""

import os
import random
from collections import Counter

from sinks.decision_log.audit import audited
from sinks.decision_log.notes import NoteInvalid
from sinks.decision_log.tiles import CHECKPOINT


def tampering_rounds():
    """Return how many changes of each kind are made; TAMPERINGS says how many in all."""
    return int(os.environ.get("TAMPERINGS", "400")) // len(KINDS)


def tampered(directory, verifier, rounds, seed):
    """Change a log, all of whose files its checkpoint covers, in each way so many times; count what
    an audit finds."""
    chance = random.Random(seed)
    files = {path: path.read_bytes() for path in sorted(directory.rglob("*")) if path.is_file()}
    kept = audited(directory, verifier)
    found = Counter()
    for _ in range(rounds):
        for kind, change in KINDS.items():
            path, content = change(files, chance)
            path.write_bytes(content)
            try:
                found[kind] += audited(directory, verifier) != kept
            except (NoteInvalid, OSError, UnicodeDecodeError):
                found[kind] += 1
            path.write_bytes(files[path])
    return found


def bit_flipped(files, chance):
    # The last bits of a signature's Base64 mean nothing; entries and hashes have no such bits.
    paths = [path for path in files if path.name != CHECKPOINT]
    path = chance.choice(paths)
    content = bytearray(files[path])
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    return path, bytes(content)


def reordered(files, chance):
    path, entries = bundle(files, chance)
    one, other = chance.sample(range(len(entries)), 2)
    entries[one], entries[other] = entries[other], entries[one]
    return path, framed(entries)


def left_out(files, chance):
    path, entries = bundle(files, chance)
    del entries[chance.randrange(len(entries))]
    return path, framed(entries)


def back_dated(files, chance):
    """An entry is put in before others, as if it had been logged then."""
    path, entries = bundle(files, chance)
    late = b"late %d" % chance.randrange(1 << 30)
    place = chance.randrange(len(entries))
    return path, framed([*entries[:place], late, *entries[place:-1]])


def resized(files, chance):
    """The checkpoint is said to be of another size or root."""
    (path,) = (path for path in files if path.name == CHECKPOINT)
    origin, size, root, *rest = files[path].decode().split("\n")
    if chance.randrange(2):
        size = str(int(size) - chance.randrange(1, int(size)))
    else:
        place = chance.randrange(42)
        letter = chance.choice([each for each in "ABCDEFGH" if each != root[place]])
        root = root[:place] + letter + root[place + 1 :]
    return path, "\n".join([origin, size, root, *rest]).encode()


KINDS = {each.__name__: each for each in (bit_flipped, reordered, left_out, back_dated, resized)}


def bundle(files, chance):
    path = chance.choice([path for path in files if "entries" in path.parts])
    content, entries, place = files[path], [], 0
    while place < len(content):
        size = int.from_bytes(content[place : place + 2], "big")
        entries.append(content[place + 2 : place + 2 + size])
        place += 2 + size
    return path, entries


def framed(entries):
    return b"".join(len(each).to_bytes(2, "big") + each for each in entries)
