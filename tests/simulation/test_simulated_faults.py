"""The simulation itself: seeds repeat, they hold, and mistakes put into the pipeline are found."""

from collections.abc import Iterator

import pytest
from build import puts_in_place
from matrix import cases

from ops.__main__ import main
from ops.trials.seeded.broker import Broker
from ops.trials.seeded.group import Group
from ops.trials.seeded.producer import ModelProducer
from ops.trials.seeded.report import seeds_of
from ops.trials.seeded.run import simulate
from schemas.topic_names import TAKEDOWNS_COMMANDS
from streams.kafka.transactions import TransactionIndefinite, Transactions
from streams.state import loading
from streams.state.local_state import TIMERS, LocalState
from streams.worker import batch_endings, collector
from streams.worker.commits import Commits
from streams.worker.partitions import Partitions
from streams.worker.worker import Worker

SEEDS = cases(range(1, 41))
FINDING_SEEDS = range(1, 51)


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_is_lost_doubled_or_changed_whatever_fails(seed):
    outcome = simulate(seed)
    assert outcome.problems == ()
    assert outcome.inputs > 0


def test_a_seed_is_repeated_by_its_number():
    first, second = simulate(7), simulate(7)
    assert first.trace == second.trace
    assert first._replace(seconds=0.0) == second._replace(seconds=0.0)
    assert simulate(8).trace != first.trace


def test_one_seed_is_shown_with_all_that_happens_in_it(capsys):
    assert main(["chaos", "simulated", "--seed", "7"]) == 0
    told = capsys.readouterr().out
    assert "started" in told
    assert told.splitlines()[-1].startswith("passed seed 7")


def test_seeds_are_a_number_or_a_range():
    assert list(seeds_of("7")) == [7]
    assert list(seeds_of("2-4")) == [2, 3, 4]


def offsets_before_outputs(put):
    """Offsets are committed by themselves, before the transaction."""

    def send(self, offsets, metadata, timeout):
        places = {(each.topic, each.partition): each.offset for each in offsets}
        self._broker.committed.setdefault(self._group.name, {}).update(places)

    put(ModelProducer, "send_offsets_to_transaction", send)


def zombies_unfenced(put):
    """Neither epochs of producers nor generations of the group are looked at."""
    put(Broker, "fences", False)
    put(Group, "checks_generation", False)


def sent_again_after_unknown_outcome(put):
    """A commit without an answer is made again from the start."""
    produce, commit = Transactions.produce, Transactions.commit

    def producing(self, changelog, outputs, probe):
        self.last = (changelog, outputs)
        return produce(self, changelog, outputs, probe)

    def committing(self, offsets, metadata, probe):
        try:
            return commit(self, offsets, metadata, probe)
        except TransactionIndefinite:
            self.open()
            produce(self, *self.last, probe)
            return commit(self, offsets, metadata, probe)

    put(Transactions, "produce", producing)
    put(Transactions, "commit", committing)


def timers_lost_in_restores(put):
    """A restore brings rows back without their timers."""
    differences = loading.differences
    put(
        loading,
        "differences",
        lambda *given: (change for change in differences(*given) if change.family != TIMERS),
    )


def half_steps(put):
    """The row is kept, and the step's command is not written."""
    start = Commits.start

    def starting(self, stepped, letters, metadata):
        result = stepped.result
        kept = [each for each in result.outputs if each.topic != TAKEDOWNS_COMMANDS]
        stepped = stepped._replace(result=result._replace(outputs=kept))
        return start(self, stepped, letters, metadata)

    put(Commits, "start", starting)


def state_before_commit(put):
    """The local state is written before the transaction is committed."""
    step = Worker._step

    def stepping(self, batch):
        stepped = step(self, batch)
        self._state.write(stepped.result.changes)
        return stepped

    put(Worker, "_step", stepping)


def not_read_again_after_abort(put):
    """After an aborted transaction the worker goes on behind it."""
    put(Partitions, "rewind", lambda self: None)


def restores_cut_short(put):
    """A restore takes the changelog as read without its last rows."""
    load_rows = loading.load_rows

    def loading_rows(state, partition, rows, position, decode_row):
        fewer = dict(list(rows.items())[:-1])
        load_rows(state, partition, fewer, position, decode_row)

    put(loading, "load_rows", loading_rows)
    from streams.state import restore

    put(restore, "load_rows", loading_rows)


def timers_early(put):
    """Timers fire five minutes before they are due."""
    due_timers = collector.due_timers
    put(
        collector,
        "due_timers",
        lambda state, number, now, limit: due_timers(state, number, now + 300_000, limit),
    )
    next_due = collector.next_due

    def sooner(state, number):
        due = next_due(state, number)
        return None if due is None else due - 300_000

    put(collector, "next_due", sooner)


def rubbish_passed_over(put):
    """What can't be read is passed over without a dead letter."""
    put(batch_endings.BatchEndings, "bury", lambda self, record, code, detail: None)


def timers_unfenced(put):
    """Transactions of timers alone have no offsets, by which their sender would be fenced."""
    put(Partitions, "standing", lambda self, partitions: {})


def positions_ahead(put):
    """The local state says that it holds what it does not."""
    write = LocalState.write

    def writing(self, changes):
        write(
            self, (change for change in changes if change.family != "rows" or len(change.key) % 3)
        )

    put(LocalState, "write", writing)


MISTAKES = (
    offsets_before_outputs,
    zombies_unfenced,
    sent_again_after_unknown_outcome,
    timers_lost_in_restores,
    half_steps,
    state_before_commit,
    not_read_again_after_abort,
    restores_cut_short,
    timers_early,
    rubbish_passed_over,
    timers_unfenced,
    positions_ahead,
)


@pytest.mark.slow
@puts_in_place
@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_found_within_fifty_seeds(monkeypatch, mistake):
    mistake(monkeypatch.setattr)
    assert any(_problems(FINDING_SEEDS)), mistake.__doc__


def _problems(seeds) -> Iterator[tuple[str, ...]]:
    for seed in seeds:
        yield simulate(seed).problems
