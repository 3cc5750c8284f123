"""Rows that are kept count only where the state still holds their bytes."""

from schemas.wire.row_codec import RowInPieces
from streams.state.row_cache import RowCache


def row(content, size=10):
    return RowInPieces(content, content.encode().ljust(size))


def test_a_row_is_found_by_its_bytes_only():
    cache = RowCache()
    first, second = row("first"), row("second")
    cache.put(b"name", first)
    assert cache.get(b"name", first.value) is first
    assert cache.get(b"name", second.value) is None
    assert cache.get(b"other", first.value) is None
    cache.put(b"name", second)
    assert cache.get(b"name", second.value) is second
    assert cache.get(b"name", first.value) is None


def test_what_is_used_stays_and_what_is_not_goes():
    cache = RowCache(maximum_bytes=200)
    used = row("used")
    cache.put(b"used", used)
    for number in range(100):
        cache.put(b"%d" % number, row(str(number)))
        assert cache.get(b"used", used.value) is used
    found = [n for n in range(100) if cache.get(b"%d" % n, row(str(n)).value)]
    assert 99 in found
    assert len(found) <= 20


def test_an_older_row_that_changed_in_the_state_is_not_found():
    cache = RowCache(maximum_bytes=40)
    cache.put(b"name", row("first"))
    for number in range(3):
        cache.put(b"%d" % number, row(str(number)))
    assert cache.get(b"name", row("second").value) is None
    assert cache.get(b"name", row("first").value) is None
