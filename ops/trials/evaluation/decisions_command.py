"""`python -m ops evaluate-decisions`: automatic decisions on labelled complaints."""

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from ops.local.kafka.cluster import KafkaCluster
from ops.local.kafka.registry import SchemaRegistryServer
from ops.local.postgres import PostgresServer
from ops.topics import create_topics
from ops.trials.evaluation.decision_figures import (
    FLOORS,
    OUTCOMES,
    DecisionFigures,
    below,
    figures,
    outcomes_by,
)
from ops.trials.evaluation.decisions import JudgedComplaint, judge_all
from ops.trials.evaluation.filed_pipeline import Servers, filed_pipeline
from ops.trials.evaluation.filed_situations import judge_filed
from ops.trials.evaluation.labelled_complaints import DATA, HALVES, load
from ops.trials.evaluation.lawful_titles import judge_titles, load_titles, taken_down_by_use
from ops.trials.evaluation.situations import (
    SITUATIONS,
    Found,
    Situation,
    by_point,
    judge_situations,
    load_base,
)
from sinks.database.database import migrate


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser(
        "evaluate-decisions", help="measure automatic decisions on labelled complaints"
    )
    parser.add_argument("--data", type=Path, default=DATA, help="directory of labelled complaints")
    parser.add_argument(
        "--floor",
        type=_floor,
        action="append",
        default=[],
        metavar="FIGURE=NUMBER",
        help=f"exit 1 if either half stays under it; figures: {', '.join(FLOORS)}",
    )
    parser.add_argument(
        "--show-frozen",
        action="store_true",
        help="list the frozen half's wrong decisions too (not while rules are written)",
    )
    parser.add_argument(
        "--situations", type=Path, default=SITUATIONS, help="directory of situations of law"
    )
    parser.add_argument(
        "--on",
        choices=("driver", "kafka"),
        default="driver",
        help="kafka: the longest situations alone, filed by HTTP and decided at the desk",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Judge and print; 1 where a figure of a half is under its floor, a situation is wrong, or a
    lawful title was taken down.
    """
    if options.on == "kafka":
        return _on_kafka(options.situations)
    labelled = load(options.data)
    with tempfile.TemporaryDirectory(prefix="ip-decisions-") as scratch:
        judged = judge_all(labelled, Path(scratch) / "complaints")
        situations = judge_situations(Path(scratch), options.situations)
        lawful = judge_titles(load_titles(), Path(scratch) / "lawful")
    faults = []
    for half in HALVES:
        part = [each for each in judged if each.complaint.half == half]
        _tell(f"{half} half: {len(part)} complaints")
        _report(part, listed=half == "tuning" or options.show_frozen)
        found = figures(part)
        faults += [f"{half} half: {line}" for line in below(found, dict(options.floor))]
    _tell("both halves")
    _summary(figures(judged))
    faults += _lawful_titles(lawful)
    faults += _situations(situations)
    _points([each.situation for each in situations], load_base(options.situations))
    for line in faults:
        _tell(line)
    return 1 if faults else 0


def _on_kafka(directory: Path) -> int:
    with tempfile.TemporaryDirectory(prefix="ip-situations-") as scratch, ExitStack() as stack:
        place = Path(scratch)
        kafka = stack.enter_context(KafkaCluster(place / "kafka", for_load=True))
        registry = stack.enter_context(SchemaRegistryServer(place / "registry"))
        postgres = stack.enter_context(PostgresServer())
        create_topics(kafka.bootstrap_servers)
        migrate(postgres.address)
        servers = Servers(kafka.bootstrap_servers, registry.address, postgres.address, place)
        pipeline = stack.enter_context(filed_pipeline(servers))
        faults = _situations(judge_filed(pipeline, place / "driver", directory))
    for line in faults:
        _tell(line)
    return 1 if faults else 0


def _lawful_titles(judged: list[JudgedComplaint]) -> list[str]:
    """Tell of lawful titles how many were taken down, and return those that were."""
    wrong = [each.complaint.title for each in judged if each.wrong_take_down]
    _tell("\nlawful titles beside a described test purchase")
    _tell(f"  taken down: {len(wrong)} of {len(judged)}")
    for use, (down, tried) in taken_down_by_use(judged).items():
        _tell(f"  {use:28}{down:>5} of {tried}")
    return [f"lawful title taken down: {title!r}" for title in wrong]


def _situations(found: list[Found]) -> list[str]:
    """Tell what became of situations of law, and return what is not as it should be."""
    right = sum(not each.faults for each in found)
    _tell(f"\nsituations of law: {right} of {len(found)} as they should be")
    for each in found:
        told = each.situation.told
        mark = "wrong" if each.faults else "right"
        _tell(f"  {mark}  {told['right']}, {told['country']}  {told['id']}: {each.outcome}")
    return [f"{each.situation.name}: {fault}" for each in found for fault in each.faults]


def _points(situations: list[Situation], base: Mapping[str, Any]) -> None:
    _tell("\nsituations by point")
    for name, count in by_point(situations, base).items():
        _tell(f"  {name:32}{count:>4}")


def _floor(text: str) -> tuple[str, float]:
    name, _, number = text.partition("=")
    if name not in FLOORS:
        raise argparse.ArgumentTypeError(f"{name!r} is none of {', '.join(FLOORS)}")
    try:
        return name, float(number)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{number!r} is no number") from None


def _report(judged: list[JudgedComplaint], listed: bool) -> None:
    _summary(figures(judged))
    _table("label", judged, lambda each: each.complaint.label)
    _table("doctrine", judged, lambda each: each.complaint.doctrine)
    _table("kind", judged, lambda each: each.complaint.kind)
    for heading, wrong in (
        ("wrongly taken down", [each for each in judged if each.wrong_take_down]),
        ("wrongly declined", [each for each in judged if each.wrong_decline]),
        ("wrongly counted as unfounded", [each for each in judged if each.wrongly_unfounded]),
    ):
        _tell(f"\n  {heading}: {len(wrong)}")
        if listed:
            _list(wrong)
    _tell("")


def _summary(found: DecisionFigures) -> None:
    _tell(f"  taken down: {found.take_down_precision.whole}")
    _tell(f"  right of those taken down: {found.take_down_precision}")
    _tell(f"  taken down of clear infringements: {found.take_down_recall}")
    _tell(f"  right of those declined: {found.decline_precision}")
    _tell(f"  declined of mismatches: {found.mismatch_recall}")
    _tell(f"  honest complaints counted as unfounded: {found.wrongly_unfounded}")


def _table(
    heading: str, judged: Iterable[JudgedComplaint], of: Callable[[JudgedComplaint], str]
) -> None:
    columns = "".join(f"{name:>23}" for name in OUTCOMES)
    _tell(f"\n  {heading:28}{columns}")
    for name, counts in outcomes_by(judged, of).items():
        cells = "".join(f"{counts[outcome]:>23}" for outcome in OUTCOMES)
        _tell(f"  {name:28}{cells}")


def _list(judged: Iterable[JudgedComplaint]) -> None:
    for each in judged:
        complaint = each.complaint
        reasons = ", ".join(each.reason_codes)
        _tell(f"    {complaint.id} [{complaint.label}] {complaint.title!r}: {reasons}")


def _tell(line: str) -> None:
    sys.stdout.write(line + "\n")
