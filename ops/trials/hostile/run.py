"""One seed of hostile records on the driver: what each ended as, and what is found wrong."""

import shutil
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path
from random import Random
from typing import Any, Final

from ops.shell.words import words_directory
from ops.trials.buried import Place, is_as_it_came, place_of
from ops.trials.hostile.world import HostileRecord, HostileWorld
from ops.trials.load import START_MILLISECONDS, complaints, each_listing, reference_events
from ops.trials.seeded.run import MEMORY, Outcome
from processors.rules.rule_set import RuleSet
from schemas.durations import DAY_MILLISECONDS, HOUR_MILLISECONDS
from schemas.topic_names import DEAD_LETTERS, DECISIONS_EVENTS, TAKEDOWNS_COMMANDS
from schemas.wire.registry import offline_codec
from streams.driver import Driver, DriverSettings
from streams.kafka.dead_letters import reason_of
from streams.policies.rule_files import BUILT_IN_DIRECTORY, load_rules
from streams.state.local_state import PARTITIONED
from streams.topology import ALL_INPUTS, GLOBAL_TABLES, OUTPUTS
from streams.word_file import ready_words

EACH_KIND: Final = 80
"""Records of each event in a seed."""

LISTINGS: Final = 20
MARKS: Final = 20
AT_ONCE: Final = 20
STALL_SECONDS: Final = 1.0
MINUTE_MILLISECONDS: Final = 60_000
PAUSES_MILLISECONDS: Final = (
    *(0, 1, 1_000, MINUTE_MILLISECONDS, MINUTE_MILLISECONDS, 10 * MINUTE_MILLISECONDS),
    *(HOUR_MILLISECONDS, HOUR_MILLISECONDS, 6 * HOUR_MILLISECONDS, 3 * DAY_MILLISECONDS),
)


class HostileRun:
    """The topology on the driver, and what it was sent."""

    def __init__(self, seed: int, directory: Path, each_kind: int) -> None:
        chance = Random(f"hostile {seed}")
        self._chance = chance
        self._each_kind = each_kind
        self._codec = offline_codec()
        settings = DriverSettings(
            batch_records=chance.choice((1, 7, 100)), now_milliseconds=START_MILLISECONDS
        )
        built_in = RuleSet(load_rules(BUILT_IN_DIRECTORY))
        self.driver = Driver(directory, self._codec, built_in, settings)
        self._world = HostileWorld(chance, self._codec)
        self._seed = seed
        self._read: Counter[tuple[str, int]] = Counter()
        self._sent: dict[Place, str] = {}
        self.records: list[HostileRecord] | None = None
        """Where they are to be kept: what was sent."""
        self.happened: Counter[str] = Counter()
        self.slowest_seconds = 0.0

    def run(self) -> list[str]:
        """Send all, let time pass, and return what is found wrong."""
        try:
            self._begin()
            kinds = self._world.records(self._each_kind)
            while several := list(islice(kinds, AT_ONCE)):
                for topic, name in several:
                    self._send(self._world.record(topic, name, self._now))
                self._settle(self._chance.choice(PAUSES_MILLISECONDS))
            for _ in range(10):
                self._settle(10 * DAY_MILLISECONDS)
            return [*self._found(), *self._restored()]
        except Exception as error:
            return [f"ended by {_shown(error)}"]

    def counts(self) -> tuple[int, int, int]:
        """Return how many records were sent, decisions made and commands given."""
        made = (len(self.driver.records(each)) for each in (DECISIONS_EVENTS, TAKEDOWNS_COMMANDS))
        return len(self._sent), *made  # type: ignore[return-value]

    @property
    def _now(self) -> int:
        return self.driver.clock.now_milliseconds()

    def _begin(self) -> None:
        """Tell of marks, listings and complaints, so that there is what can be named."""
        for each in chain(
            islice(reference_events(), 2 * MARKS),
            each_listing(LISTINGS, self._seed),
            complaints(LISTINGS, LISTINGS, self._seed),
        ):
            topic, key, event = each
            self._world.learn(event)
            value = self._codec.encode(topic, event)
            name = type(event).__name__
            self._send(HostileRecord(topic, name, key.encode(), value, None, True))
        self._settle(MINUTE_MILLISECONDS)

    def _send(self, record: HostileRecord) -> None:
        place = self.driver.send_bytes(
            record.topic, record.key, record.value, [], record.at_milliseconds
        )
        self._sent[place] = record.event_name
        if self.records is not None:
            self.records.append(record)
        self.happened[f"sent {record.event_name}"] += 1
        self.happened["with known ids"] += record.is_consistent

    def _settle(self, milliseconds: int) -> None:
        started = time.thread_time()
        self.driver.run()
        between = time.thread_time()
        self.driver.advance(milliseconds)
        took = max(between - started, time.thread_time() - between)
        self.slowest_seconds = max(self.slowest_seconds, took)
        for event in self._told():
            self._world.learn(event)

    def _told(self) -> Iterator[Any]:
        for topic in sorted(set(OUTPUTS.values())):
            for number in range(4):
                log = self.driver.log.get((topic, number), [])
                for record in log[self._read[topic, number] :]:
                    if record[:3] not in self._sent:
                        yield self._codec.decode(topic, record.value or b"", None)
                self._read[topic, number] = len(log)

    def _found(self) -> Iterator[str]:
        """Each record has one ending, each dead letter is its record, each command is one."""
        letters = self.driver.records(DEAD_LETTERS)
        dead: Counter[Place] = Counter()
        for letter in letters:
            place = place_of(letter)
            dead[place] += 1
            source = self.driver.log[place[:2]][place[2]]
            if not is_as_it_came(letter, source.key, source.value):
                yield f"the dead letter of {place} is not as the record came"
            self.happened[f"dead letter {reason_of(letter.headers or [])}"] += 1
        if len(dead) != len(letters):
            yield "a record has more dead letters than one"
        for topic in ALL_INPUTS:
            came = sum(len(log) for (name, _), log in self.driver.log.items() if name == topic)
            endings = {k: v for k, v in self.driver.accounted.items() if k.source == topic}
            if sum(endings.values()) != came:
                yield f"{topic}: {came} records, {sum(endings.values())} endings"
            buried = sum(v for k, v in endings.items() if k.ending == "dead_letter")
            if buried != sum(place[0] == topic for place in dead):
                yield f"{topic}: {buried} counted as dead, not as many letters"
            for ending, count in endings.items():
                self.happened[f"ended {topic} {ending.ending}"] += count
        for topic in GLOBAL_TABLES:
            came = sum(len(log) for (name, _), log in self.driver.log.items() if name == topic)
            buried = sum(place[0] == topic for place in dead)
            self.happened[f"ended {topic} dead_letter"] += buried
            self.happened[f"ended {topic} taken"] += came - buried
        read = self.driver.read(TAKEDOWNS_COMMANDS)
        commands = [(each.command_id, each.marketplace, each.listing_id) for each in read]
        if len(set(commands)) != len(commands):
            yield "a command was given twice"

    def _restored(self) -> Iterator[str]:
        """What stands in the changelog makes the same rows and timers again."""
        before = self._rows()
        self.driver.restart(lose_state=True)
        if self._rows() != before:
            yield "rows from the changelog differ from those of the local state"

    def _rows(self) -> dict[str, dict[bytes, bytes]]:
        return {family: dict(self.driver.state.scan(family, b"")) for family in PARTITIONED}


def _shown(error: Exception) -> str:
    """Return an error with the place that raised it."""
    places = traceback.extract_tb(error.__traceback__)
    where = " < ".join(
        f"{Path(each.filename).stem}:{each.lineno}" for each in reversed(places[-4:])
    )
    return f"{type(error).__name__}: {str(error)[:300]} ({where})"


def records_of(seed: int, directory: Path, each_kind: int = EACH_KIND) -> list[HostileRecord]:
    """Return the records of a seed, those first by which it knows what can be named."""
    run = HostileRun(seed, directory, each_kind)
    run.records = []
    try:
        run.run()
    finally:
        run.driver.close()
    return run.records


def run_hostile(
    seed: int, each_kind: int = EACH_KIND, stall_seconds: float = STALL_SECONDS
) -> Outcome:
    """Run a seed; that a few records take so long, of a core, is a fault."""
    ready_words(words_directory(Path(tempfile.gettempdir())))
    started = time.process_time()
    base = MEMORY if MEMORY.is_dir() else None
    directory = Path(tempfile.mkdtemp(prefix=f"ip-hostile-{seed}-", dir=base))
    run = HostileRun(seed, directory, each_kind)
    try:
        problems = tuple(run.run())
        if run.slowest_seconds > stall_seconds:
            problems += (f"{AT_ONCE} records took {run.slowest_seconds:.1f} s of a core",)
        counts = run.counts()
    finally:
        run.driver.close()
        shutil.rmtree(directory, ignore_errors=True)
    return Outcome(seed, problems, [], run.happened, *counts, time.process_time() - started)
