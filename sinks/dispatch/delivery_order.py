"""The order of deliveries: of one listing, and one marketplace, one after the other.

The earliest that is not over goes out; later ones wait. Over is what was delivered or cancelled:
what is held or failed still stands before the later ones, until somebody decides on it.
"""

from typing import Final

OPEN: Final = "('waiting', 'due', 'held', 'failed')"

_EARLIER_OPEN: Final = f"""
    EXISTS (
        SELECT FROM deliveries AS earlier
        WHERE earlier.marketplace = d.marketplace AND earlier.order_key = d.order_key
        AND earlier.delivery_number < d.delivery_number AND earlier.state IN {OPEN}
    )
"""

SET_WAITING: Final = f"""
    UPDATE deliveries AS d SET state = 'waiting'
    WHERE d.command_id = ANY(%(command_ids)s) AND d.state = 'due' AND {_EARLIER_OPEN}
"""  # noqa: S608 - put together of constants
"""Put those of some new commands back that have an earlier one to wait for."""

PROMOTE_AFTER: Final = f"""
    UPDATE deliveries AS d SET state = 'due'
    WHERE d.state = 'waiting' AND NOT {_EARLIER_OPEN}
    AND (d.marketplace, d.order_key) IN (
        SELECT marketplace, order_key FROM deliveries WHERE delivery_number = ANY(%(numbers)s)
    )
"""  # noqa: S608
"""Let those go out that some deliveries, now over, stood before."""

PROMOTE_ALL: Final = f"""
    UPDATE deliveries AS d SET state = 'due'
    WHERE d.state = 'waiting' AND NOT {_EARLIER_OPEN}
"""  # noqa: S608
"""Let all go out that nothing stands before. A new delivery and the end of the one before it may
not see each other; this finds what then waits for nothing."""
