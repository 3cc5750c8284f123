"""Records that are valid Avro with hostile values: none ends or bends anything, by seed."""

from collections import Counter
from math import inf
from pathlib import Path

import pytest
from matrix import size

from ops.trials.hostile.run import records_of, run_hostile
from ops.trials.hostile.world import KINDS
from ops.trials.seeded.ledger import read_ledger, sum_of, total_of
from ops.trials.seeded.report import quiet
from schemas.wire.codec import DecodeError
from schemas.wire.registry import offline_codec
from streams.worker.engine import Engine
from streams.worker.working_set import WorkingSet

DOCS = Path(__file__).parents[2] / "docs"
SEEDS = range(10_001, 10_001 + size(6, 40))
FEW = 20


@pytest.fixture(autouse=True)
def silent():
    with quiet():
        yield


@pytest.mark.parametrize("seed", SEEDS)
def test_hostile_records_are_each_accounted_for(seed):
    outcome = run_hostile(seed, FEW, stall_seconds=inf)
    assert outcome.problems == ()
    assert outcome.decisions
    for _, name in KINDS:
        assert outcome.happened[f"sent {name}"] >= FEW


def test_a_seed_has_the_same_records_each_time(tmp_path):
    first, second = (records_of(7, tmp_path / name, 3) for name in ("first", "second"))
    assert first == second
    assert first != records_of(8, tmp_path / "other", 3)


def test_each_record_is_avro_of_its_event(tmp_path):
    codec = offline_codec()
    found = Counter()
    for each in records_of(9, tmp_path, 5):
        try:
            event = codec.decode(each.topic, each.value, None)
        except DecodeError as error:
            pytest.fail(f"{each.event_name}: {error}")
        assert type(event).__name__ == each.event_name
        found[each.is_consistent] += 1
    assert min(found.values()) > sum(found.values()) / 4


def test_a_step_that_raises_is_found(monkeypatch):
    def raising(self, *given):
        raise OverflowError("too far")

    monkeypatch.setattr(WorkingSet, "take", raising)
    [problem] = run_hostile(1, 1, stall_seconds=inf).problems
    assert problem.startswith("ended by OverflowError: too far (")


def test_a_dead_letter_that_is_changed_is_found(monkeypatch):
    bury = Engine.dead_letter
    monkeypatch.setattr(
        Engine, "dead_letter", lambda *given: bury(*given)._replace(value=b"changed")
    )
    assert any("not as the record came" in each for each in run_hostile(1, 2).problems)


def test_an_ending_that_is_not_counted_is_found(monkeypatch):
    result = WorkingSet.result

    def uncounted(self):
        found = result(self)
        counts = {k: v for k, v in found.accounted.items() if k.ending != "no_action"}
        return found._replace(accounted=Counter(counts))

    monkeypatch.setattr(WorkingSet, "result", uncounted)
    assert any(" endings" in each for each in run_hostile(1, 2, stall_seconds=inf).problems)


def test_the_document_says_what_the_ledger_comes_to():
    pieces = read_ledger(DOCS / "hostile-records.csv")
    text = (DOCS / "hostile-records.md").read_text(encoding="utf-8")
    assert sum_of(pieces) in text
    total = total_of(pieces)
    assert f"{sum(total[f'sent {name}'] for _, name in KINDS):,} records" in text
    for _, name in KINDS:
        assert f"| `{name}` | {total[f'sent {name}']:,} |" in text
