"""What no record may say: ids, texts and numbers that can't be processed.

The bounds are declared with the fields (schemas/fields.py). What steps have always refused they
refuse themselves, at its place among their other answers; what is beyond a bound that came later
does not reach them.
"""

from typing import Final

from schemas.bounds import BoundsTests, violations
from schemas.fields import FIRST

_TESTS: Final = BoundsTests(FIRST)


def invalid_fields(event: object) -> tuple[str, ...]:
    """Return reason codes of a record that a step can't process; it becomes a dead letter.

    Hot: it is called for each change of each listing.
    """
    if _TESTS[type(event)](event):
        return ()
    return tuple(each.code for each in violations(event, FIRST))
