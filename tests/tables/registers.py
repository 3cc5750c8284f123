"""Records of marks made from a seed, good and bad, and what the table holds of them by the book."""

import random
import struct

from world import START, owner, trademark

from processors.matching.folding import FOLDING_VERSION
from processors.registers.numbers import NUMBERS_VERSION
from processors.registers.references import other_references, own_reference
from schemas.events.trademarks import Owner
from schemas.topic_names import PARTIES_STATE, TRADEMARKS_EVENTS
from schemas.wire.codec import DecodeError
from schemas.wire.registry import offline_codec
from streams.kafka.records import InputRecord
from streams.tables.mark_terms import named_term
from streams.tables.table_events import MAXIMUM_VERSIONS, table_event

CODEC = offline_codec()
TEXTS = ("CUTEX", "Ünïcode", "耐克", "🦊 fox", "", "line\nbreak", "x" * 200, None)


def record_of(event, offset, key=None, value=None, at=START):
    own = f"{event.office}:{event.application_number}".encode()
    value = CODEC.encode(TRADEMARKS_EVENTS, event) if value is None else value
    return InputRecord(TRADEMARKS_EVENTS, 0, offset, key or own, value, None, at)


def mark(source, marks):
    number = source.randrange(marks)
    recorded = START - source.choice((0, 0, 1, 1_000, 10**12)) - source.randrange(3)
    return trademark(
        office=source.choice(("US", "EM")),
        application_number=source.choice(("", "No. ")) + f"{number:05d}",
        registration_number=source.choice((None, f"{number // 2:05d}", "1", f"{number}")),
        mark_text=source.choice(TEXTS),
        status=source.choice(("registered", "pending", "cancelled", "unknown")),
        status_date=source.choice((None, "2014-03-23")),
        nice_classes=tuple(sorted(source.sample(range(1, 46), source.randrange(4)))),
        territories=source.choice(((), ("US",), tuple(f"{n:02d}" for n in range(27)))),
        owners=source.choice(((), (Owner("Größe", "DE"), Owner("", None)))),
        effective_from_milliseconds=source.choice((recorded, -1_000, 0, START + 5)),
        recorded_at_milliseconds=recorded,
    )


def odd_record(source, marks, offset):
    """Return a record that is refused, or that another writer could have made."""
    event = mark(source, marks)
    good = CODEC.encode(TRADEMARKS_EVENTS, event)
    at = source.randrange(5, len(good))
    flipped = good[:at] + bytes([source.randrange(256)]) + good[at + 1 :]
    ahead = event._replace(recorded_at_milliseconds=START + 7)
    return source.choice(
        (
            record_of(event, offset, key=b"XX:1"),
            record_of(event, offset, value=good[:at]),
            record_of(event, offset, value=good + b"\0"),
            record_of(event, offset, value=flipped),
            record_of(event, offset, value=in_blocks(event)),
            record_of(event, offset)._replace(value=None),
            record_of(event._replace(status_date="2014-13-01"), offset),
            record_of(event._replace(nice_classes=(0, 46)), offset),
            record_of(event._replace(application_number="\x1f"), offset),
            record_of(event._replace(recorded_at_milliseconds=-(1 << 50)), offset),
            record_of(ahead, offset),
            party_record(f"holder-{source.randrange(5)}", offset),
        )
    )


def party_record(party_id, offset):
    value = CODEC.encode(PARTIES_STATE, owner(party_id=party_id, name=str(offset)))
    return InputRecord(PARTIES_STATE, 0, offset, party_id.encode(), value, None, START)


def in_blocks(event):
    """Return the bytes of an event whose Nice classes stand in blocks of one."""
    classes = event.nice_classes or (3, 9)
    event = event._replace(nice_classes=classes)
    good = CODEC.encode(TRADEMARKS_EVENTS, event)
    block = bytes([len(classes) * 2, *(each * 2 for each in classes), 0])
    assert block in good
    return good.replace(block, b"".join(b"\x02" + bytes([each * 2]) for each in classes) + b"\0")


def register(seed, records, marks, odd=0.1):
    """Return records by offset: versions in any order, repeated, corrected, and odd ones."""
    source = random.Random(seed)
    made = []
    for offset in range(records):
        if source.random() < odd:
            made.append(odd_record(source, marks, offset))
        elif made and source.random() < 0.1:
            made.append(source.choice(made)._replace(offset=offset))
        else:
            made.append(record_of(mark(source, marks), offset))
    return made


def by_the_book(records):
    """Return what the table holds of records, record by record, and offsets with reason codes of
    those refused."""
    histories, table, refused, named, others = {}, {}, [], {}, {}
    for record in records:
        try:
            if record.value is None:
                raise DecodeError("tombstone_refused", "")
            event = table_event(CODEC, record)
        except DecodeError as error:
            refused.append((record.offset, error.reason_code))
            continue
        if record.topic == PARTIES_STATE:
            table[b"P" + event.party_id.encode()] = CODEC.encode(PARTIES_STATE, event)
            continue
        name = own_reference(event).encode()
        versions = histories.setdefault(name, {})
        versions[event] = None
        for alias in other_references(event):
            others.setdefault(b"A" + alias.encode(), set()).add(name)
    for name, versions in histories.items():
        history = sorted(versions, key=in_order)[-MAXIMUM_VERSIONS:]
        values = (CODEC.encode(TRADEMARKS_EVENTS, version) for version in history)
        table[b"T" + name] = b"".join(struct.pack(">I", len(each)) + each for each in values)
        if term := named_term(tuple(history)):
            named.setdefault(b"M" + term.encode(), []).append(name)
    table |= {term: b"\x00".join(sorted(names)) for term, names in named.items()}
    table |= {alias: b"\x00".join(sorted(names)) for alias, names in others.items()}
    if histories:
        table[b"V"] = NUMBERS_VERSION.encode()
        table[b"G"] = FOLDING_VERSION.encode()
    return table, refused


def in_order(version):
    times = version.recorded_at_milliseconds, version.effective_from_milliseconds
    return *times, repr(version)
