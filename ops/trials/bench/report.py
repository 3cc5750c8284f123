"""What the benchmark prints."""

import sys

from ops.trials.bench.cost import Cost
from ops.trials.bench.importing import BesideImport
from ops.trials.bench.latency import Latency
from ops.trials.bench.monitors import MonitorStarts
from ops.trials.bench.roll_backs import RollBack
from ops.trials.bench.tables import Loading
from ops.trials.bench.throughput import Throughput


def tell(line: str) -> None:
    """Print one line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def tell_throughput(name: str, measured: Throughput, yardsticks: dict[str, float]) -> None:
    """Print a throughput with its ratio to each yardstick, in records/s by name."""
    ratios = ", ".join(
        f"{measured.records_per_second / yardstick:.2f} of {each}"
        for each, yardstick in yardsticks.items()
        if yardstick
    )
    tell(
        f"{name:44} {measured.records_per_second:10,.0f} records/s, "
        f"{measured.cores:.2f} cores, {ratios}"
    )


def tell_replay(processes: int, records_per_second: float, live: Throughput) -> None:
    """Print the speed of a replay with its ratio to the live worker's on the same log."""
    name = f"replay by {processes} process{'es' if processes > 1 else ''}"
    ratio = records_per_second / live.records_per_second
    tell(f"{name:44} {records_per_second:10,.0f} records/s, {ratio:.2f} of the whole job")


def tell_latency(measured: Latency) -> None:
    """Print the latency at a rate; a sender that was late found too little of the machine."""
    tell(
        f"{f'at {measured.rate:,} complaints/s':44} p50 {measured.p50:,.0f} ms, "
        f"p99 {measured.p99:,.0f}, maximum {measured.maximum:,.0f}; "
        f"sender late by {measured.late:,.0f} at most; {measured.undecided} undecided"
    )


def tell_import(listings: int, measured: BesideImport) -> None:
    """Print how an import went, and how long complaints took beside it."""
    title = f"import of {listings:,} listings"
    tell(
        f"{title:44} sent in {measured.sent_seconds:,.0f} s, taken in {measured.taken_seconds:,.0f}"
        f" s, {listings / measured.taken_seconds:,.0f} a second"
    )
    tell_latency(measured.latency)


def tell_roll_back(measured: RollBack) -> None:
    """Print how soon a candidate that was taken back decided nothing more, by worker."""
    first, last = (
        ", ".join(f"{each - measured.written:.2f}" for each in times)
        for times in (measured.first_live, measured.last_candidate)
    )
    title = f"taken back from {measured.share_percent} % of listings"
    tell(
        f"{title:44} written {measured.written:.2f} s after the command; s after that, by worker: "
        f"first decision by the live rules {first}, last by the candidate {last}"
    )


def tell_costs(costs: list[Cost]) -> None:
    """Print a table of µs by stage, a column for each kind of input, then what each makes."""
    width = max(len(cost.name) for cost in costs) + 2
    stages = dict.fromkeys(stage for cost in costs for stage in cost.stages)
    tell("\nthe worker's core by stage, µs" + " " * 4 + _cells([c.name for c in costs], width))
    for stage in stages:
        if not any(cost.stages.get(stage) for cost in costs):
            continue
        cells = [f"{cost.stages.get(stage, 0.0):,.1f}" for cost in costs]
        tell(f"  {stage:32}" + _cells(cells, width))
    tell(f"  {'together':32}" + _cells([f"{cost.total:,.1f}" for cost in costs], width))
    tell("records and rows that each makes")
    for kind in sorted({kind for cost in costs for kind in cost.outputs}):
        cells = [f"{cost.outputs.get(kind, 0.0):.2f}" for cost in costs]
        tell(f"  {kind:32}" + _cells(cells, width))
    tell(f"  {'rows':32}" + _cells([f"{cost.rows:.2f}" for cost in costs], width))


def tell_loading(marks: int, loading: Loading) -> None:
    """Print how bare workers came by their tables."""
    tell(f"\n{marks:,} marks in {loading.records:,} records")
    for name, start in (("topic", loading.from_topic), ("export", loading.from_export)):
        tell(
            f"{f'a bare worker decides, from the {name}':44} {start.seconds:10.1f} s, "
            f"{loading.records / start.seconds:,.0f} records/s and "
            f"{marks / start.seconds:,.0f} marks/s, "
            f"{start.peak_resident_bytes / 1e9:.2f} GB of memory at most, "
            f"{start.disk_bytes / 1e9:.2f} GB on disk"
        )
    tell(
        f"{'the export of a working worker':44} {loading.export_seconds:10.1f} s, "
        f"{loading.export_bytes / 1e9:.2f} GB"
    )
    tell(f"{'started again, it decides':44} {loading.again_seconds:10.1f} s")


def tell_monitors(marks: int, starts: MonitorStarts) -> None:
    """Print how soon monitors watch titles."""
    tell(f"\n{marks:,} marks in force; a monitor watches")
    for name, start in (
        ("the first, which builds the index", starts.first),
        ("another that takes it, tables from the topic", starts.from_topic),
        ("another that takes it, tables from an export", starts.from_export),
        ("started again", starts.again),
    ):
        tell(
            f"{name:44} {start.seconds:10.1f} s, "
            f"{start.processor_seconds:.1f} s of processors with its child's"
        )


def _cells(cells: list[str], width: int) -> str:
    return "".join(cell.rjust(width) for cell in cells)
