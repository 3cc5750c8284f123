"""`python -m golden.record`, with the tests' directory on the path: make the record anew.

Only where what is judged is meant to change: the record is what later code is held to.
"""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from golden.columns import columns_of
from golden.log import BATCH_RECORDS, DIRECTORY, Play, operation_columns, paths, write
from golden.scenario import Scenario

ANSWERED = (
    "ip.decisions.events",
    "ip.reviews.commands",
    "ip.takedowns.commands",
    "ip.notices.commands",
)


def record(part: int) -> None:
    """Play a part's scenario and keep its inputs and outputs."""
    with TemporaryDirectory() as directory:
        play = Play(Path(directory), part)

        def look(operation: list[Any]) -> list[Any]:
            play.do(operation)
            return [] if operation[0] in ("send", "bytes") else list(play.told(ANSWERED))

        operations = list(Scenario(part).play(look))
        projection = play.projection()
        play.driver.close()
    DIRECTORY.mkdir(exist_ok=True)
    inputs, outputs = paths(part)
    write(inputs, operation_columns(operations))
    write(outputs, columns_of(projection))
    sizes = [path.stat().st_size for path in (inputs, outputs)]
    print(part, sizes, {kind: len(records) for kind, records in projection.items()})


if __name__ == "__main__":
    for number in map(int, sys.argv[1:] or BATCH_RECORDS):
        record(number)
