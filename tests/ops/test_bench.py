"""The benchmark's parts run and tell what they measured; no figure is looked at."""

import pytest

from ops.__main__ import main
from ops.trials.bench.cost import costs
from ops.trials.bench.latency import Line
from ops.trials.bench.peers import bare_loop, kafka_streams
from ops.trials.bench.prepared_log import Log, Setting, prepare
from ops.trials.bench.recovery import decides_again, restore_rate
from ops.trials.bench.replays import replayed
from ops.trials.bench.report import tell_costs
from ops.trials.bench.stopwatch import Seam, Stopwatch
from ops.trials.bench.tables import load_marks
from ops.trials.bench.throughput import bytes_only, whole_job
from ops.trials.bench.timed_worker import SEAMS

LOG = Log("tiny", 900, 100)


def test_a_part_that_there_is_not_is_refused(capsys):
    assert main(["bench", "--only", "hot,cold"]) == 2
    assert "no such part: cold" in capsys.readouterr().err


def test_a_stage_has_no_time_of_the_stages_within():
    class Steps:
        def outer(self, times):
            return [self.inner() for _ in range(times)]

        def inner(self):
            return sum(range(20_000))

        def items(self):
            yield from (1, 2)

        @staticmethod
        def double(number):
            return 2 * number

    watch = Stopwatch()
    watch.install((Seam(Steps, "outer", "outside"), Seam(Steps, "inner", "inside")))
    watch.install((Seam(Steps, "items", "items"), Seam(Steps, "double", "double")))
    assert Steps().outer(5) == [sum(range(20_000))] * 5
    assert Steps().items() == [1, 2]
    assert Steps().double(4) == Steps.double(4) == 8
    times = watch.times()
    assert (times["outside"].calls, times["outside"].inner_calls) == (1, 5)
    assert (times["inside"].calls, times["inside"].inner_calls) == (5, 0)
    assert 0 < times["outside"].own_nanoseconds < times["inside"].own_nanoseconds


@pytest.mark.parametrize("seam", SEAMS, ids=lambda seam: f"{seam.stage}-{seam.name}")
def test_each_stage_of_the_worker_is_still_there(seam):
    assert callable(getattr(seam.owner, seam.name))


@pytest.fixture(scope="module")
def setting(kafka, schema_registry, tmp_path_factory):
    addresses = (kafka.bootstrap_servers, schema_registry.address)
    return Setting(addresses, tmp_path_factory.mktemp("bench"), 100)


@pytest.mark.broker
def test_worker_and_peers_take_a_whole_log_and_the_worker_recovers(setting):
    prepare(setting, LOG)
    assert bytes_only(setting) >= 0
    bare_loop(setting, LOG, 500)
    kafka_streams(setting, LOG, 100)
    whole_job(setting, LOG)
    assert restore_rate(setting, LOG) > 0
    assert all(replayed(setting, LOG, processes) > 0 for processes in (1, 2))
    assert decides_again(setting, LOG, state_kept=False) > 0


@pytest.mark.broker
def test_each_complaint_of_a_rate_is_decided(setting):
    with Line.open(setting) as line:
        measured = line.at(rate=50, seconds=3)
    assert measured.undecided == 0
    assert 0 < measured.p50 <= measured.p99 <= measured.maximum


@pytest.mark.broker
def test_the_cost_is_told_by_stage_and_kind_of_input(setting, capsys):
    measured = costs(setting, 1_000, 200)
    by_name = {cost.name: cost for cost in measured}
    complaint = by_name["complaint"]
    for stage in ("decode", "judge", "effect", "encode", "row encode", "produce", "commit"):
        assert complaint.stages[stage] > 0, stage
    assert complaint.outputs["ComplaintDecided"] == pytest.approx(1, abs=0.2)
    assert by_name["listing change"].outputs == {}
    tell_costs(measured)
    assert "together" in capsys.readouterr().out


@pytest.mark.broker
def test_a_bare_worker_loads_a_register_and_decides(setting):
    loading = load_marks(setting, 2_000)
    assert loading.records == 2_100
    assert loading.from_topic.seconds > 0
    assert loading.from_topic.disk_bytes > 0
    assert loading.export_bytes > 0
    assert loading.from_export.seconds > 0
