"""A log remade by several processes, each a partition at a time: partitions share no rows."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from pathlib import Path

from replay.log import Log, ReplayError
from replay.remake import BATCHES, Remake, remake
from schemas.wire.codec import Codec

Source = Callable[[], tuple[Log, Codec]]
"""Opens a log, with its codec; it is handed to other processes."""


def remake_in_parallel(
    source: Source, processes: int, directory: Path, told: Callable[[int, int], None]
) -> Remake:
    """Remake a log; `told` is told how many partitions are done, and of how many.

    `directory` is for scratch state, and must be new. Errors: ReplayError.
    """
    log, codec = source()
    partitions = log.partitions(BATCHES)
    told(0, len(partitions))
    if processes < 2 or len(partitions) < 2:
        made = remake(log, codec, directory)
        told(len(partitions), len(partitions))
        return made
    whole = Remake(defaultdict(lambda: defaultdict(list)), {}, Counter())
    for done, part in enumerate(_parts(source, partitions, processes, directory), 1):
        _join(whole, part)
        told(done, len(partitions))
    return whole


def _parts(
    source: Source, partitions: list[int], processes: int, directory: Path
) -> Iterator[Remake]:
    # Processes are begun anew: threads of the libraries here would be lost in copies.
    with ProcessPoolExecutor(
        min(processes, len(partitions)), mp_context=get_context("spawn")
    ) as pool:
        tasks = [
            pool.submit(_remade, source, number, directory / str(number)) for number in partitions
        ]
        try:
            for task in as_completed(tasks):
                yield task.result()
        except BrokenProcessPool as error:
            raise ReplayError(f"a process that remade a partition ended: {error}") from error
        finally:
            pool.shutdown(cancel_futures=True)


def _remade(source: Source, partition: int, directory: Path) -> Remake:
    log, codec = source()
    made = remake(log, codec, directory, [partition])
    # What makes entries by itself can't be handed over.
    outputs = {topic: dict(values) for topic, values in made.outputs.items()}
    return Remake(outputs, made.rows, made.accounted)


def _join(whole: Remake, part: Remake) -> None:
    for topic, values in part.outputs.items():
        for key, found in values.items():
            whole.outputs[topic][key] += found
    whole.rows.update(part.rows)
    whole.accounted.update(part.accounted)
