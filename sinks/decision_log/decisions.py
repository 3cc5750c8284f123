"""Decisions as entries of a log: the place of a record and the hash of its bytes.

Nobody's data stands in the log.
"""

import json
from hashlib import sha256

from schemas.topic_names import DECISIONS_EVENTS


def entry_of(partition: int, offset: int, value: bytes) -> bytes:
    """Return the entry of a record of decisions."""
    plain = {
        "topic": DECISIONS_EVENTS,
        "partition": partition,
        "offset": offset,
        "sha256": sha256(value).hexdigest(),
    }
    return json.dumps(plain, separators=(",", ":")).encode()
