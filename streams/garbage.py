"""When garbage in cycles is looked for: between batches, where hardly anything is alive.

Reference counts free nearly all that a batch makes. In the middle of a batch a collection would
look at all of the batch in vain, and hold it up; what outlives its batch is kept rows for the most
part, and is looked at once.
"""

import gc
from typing import Final

YOUNG_OBJECTS: Final = 300_000
"""So many more objects than at the last collection make another needed, also under load."""

YOUNG_OBJECTS_IDLE: Final = 10_000


def take_charge() -> None:
    """Have this process collect between its batches only; what was made until now stays."""
    gc.freeze()
    gc.disable()


def collect_between_batches(idle: bool) -> None:
    """Collect if enough was made since the last time, in a process that took charge of it."""
    if gc.isenabled() or gc.get_count()[0] < (YOUNG_OBJECTS_IDLE if idle else YOUNG_OBJECTS):
        return
    gc.collect(0)
    gc.freeze()
