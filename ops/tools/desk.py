"""`python -m ops desk`: the review desk on the console."""

import argparse
import csv
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

import psycopg

from ops.errors import OperatorError
from ops.shell.connections import DATABASE, add_connection_arguments
from ops.shell.service import add_clock_arguments, clock_of
from processors.reviews.assignment import Reviewer
from schemas.events.reviews import ReviewOutcome
from sinks.contract import SinkUnavailable
from sinks.database.database import connect, migrate
from streams.sources.desk.desk import Desk
from streams.sources.desk.inquiries import Inquiry
from streams.sources.desk.types import DeskRefused, TaskAssignment, Verdict

MAXIMUM_VERDICTS = 10_000
COLUMNS = ("task_id", "reviewer_id", "outcome", "reason_codes")


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser("desk", help="the review desk on the console")
    add_connection_arguments(parser, DATABASE)
    add_clock_arguments(parser)
    acts = parser.add_subparsers(required=True, metavar="ACT")
    _add(acts, "queue", _queue, "what waits").add_argument("--limit", type=int, default=20)
    _add(acts, "state", _state, "the queue in numbers, and the breaches forecast")
    _add_with(acts, "claim", _claim, "take the next task", "reviewer")
    _add_with(acts, "assign", _assign, "give a task to a reviewer", "task", "reviewer")
    deciding = _add_with(acts, "decide", _decide, "decide a task", "task", "reviewer", "outcome")
    deciding.add_argument("reason", nargs="+", help="reason codes")
    deciding.add_argument("--explain", default="", help="in your own words, for the parties")
    many = (
        "decide by a CSV file: task_id, reviewer_id, outcome, reason_codes (apart by spaces), and "
        "explanation, which may be left out"
    )
    _add(acts, "decide-many", _decide_many, many).add_argument("file", type=Path)
    _add_with(acts, "skip", _skip, "pass a task on", "task", "reviewer", "reason")
    _add_with(acts, "escalate", _escalate, "ask a senior", "task", "reviewer", "reason")
    asking = _add_with(acts, "inquiry", _inquiry, "note a party's question", "party", "question")
    asking.add_argument("--case")
    asking.add_argument("--language", default="")
    _add(acts, "inquiries", _inquiries, "questions to be answered")
    _add_with(acts, "answer", _answer, "note an answer", "inquiry", "reviewer", "text")
    _add(acts, "outreach", _outreach, "parties to call on")
    _add_with(acts, "called", _called, "note that one was called on", "outreach", "reviewer")
    adding = _add_with(acts, "reviewer", _reviewer, "add or change a reviewer", "reviewer")
    adding.add_argument(
        "--skill", action="append", help="kind:ground, kind:* or *; may be repeated"
    )
    adding.add_argument("--language", action="append", help="ISO 639-1 or *; may be repeated")
    adding.add_argument("--seniority", type=int, default=1, help="1 to 3")
    adding.add_argument("--inactive", action="store_true", help="gets no more tasks")


def _add(acts: Any, name: str, act: Callable[..., None], text: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = acts.add_parser(name, help=text)
    parser.set_defaults(run=run, act=act)
    return parser


def _add_with(
    acts: Any, name: str, act: Callable[..., None], text: str, *arguments: str
) -> argparse.ArgumentParser:
    parser = _add(acts, name, act, text)
    for argument in arguments:
        parser.add_argument(argument)
    return parser


def run(options: argparse.Namespace) -> int:
    """Do one thing at the desk. Errors: OperatorError."""
    try:
        migrate(options.database)
        with connect(options.database) as connection:
            options.act(Desk(connection, clock_of(options)), options)
    except DeskRefused as error:
        raise OperatorError(str(error)) from error
    except (SinkUnavailable, psycopg.Error) as error:
        raise OperatorError(f"the database: {error}") from error
    return 0


def _queue(desk: Desk, options: argparse.Namespace) -> None:
    for row in desk.queue(options.limit):
        lane = "flagged" if row["trusted_flagger"] else "fast" if row["fast_lane"] else ""
        holder = row["reviewer_id"] or ("nobody" if row["unclaimable"] else "")
        _tell(
            row["task_id"], row["kind"], row["ground"], row["language"], row["level"], lane,
            _time(row["deadline_at_milliseconds"]), row["state"], holder,
        )  # fmt: skip


def _state(desk: Desk, options: argparse.Namespace) -> None:
    for (name, labels), value in sorted(desk.state().gauges().items()):
        _tell(name, " ".join(labels), f"{value:.3f}".rstrip("0").rstrip("."))


def _claim(desk: Desk, options: argparse.Namespace) -> None:
    _show(desk.claim(options.reviewer))


def _assign(desk: Desk, options: argparse.Namespace) -> None:
    _show(desk.assign(options.task, options.reviewer))


def _decide(desk: Desk, options: argparse.Namespace) -> None:
    reasons = tuple(options.reason)
    verdict = Verdict(options.task, options.reviewer, options.outcome, reasons, options.explain)
    _tell(desk.decide(verdict).status)


def _decide_many(desk: Desk, options: argparse.Namespace) -> None:
    for result in desk.decide_many(read_verdicts(options.file)):
        _tell(result.task_id, result.status or "refused", result.refusal or "")


def read_verdicts(path: Path) -> list[Verdict]:
    """Read verdicts from a CSV file with a header. Errors: OperatorError."""
    try:
        with path.open(encoding="utf-8", newline="") as lines:
            reader = csv.DictReader(lines)
            missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
            if missing:
                raise OperatorError(f"{path}: no column {', '.join(missing)}")
            verdicts = [
                Verdict(
                    row["task_id"] or "",
                    row["reviewer_id"] or "",
                    # The desk refuses what is no outcome of a review.
                    cast(ReviewOutcome, row["outcome"] or ""),
                    tuple((row["reason_codes"] or "").split()),
                    row.get("explanation") or "",
                )
                for row in reader
            ]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise OperatorError(f"{path}: {error}") from error
    if len(verdicts) > MAXIMUM_VERDICTS:
        raise OperatorError(f"{path}: more than {MAXIMUM_VERDICTS} verdicts")
    return verdicts


def _skip(desk: Desk, options: argparse.Namespace) -> None:
    desk.skip(options.task, options.reviewer, options.reason)


def _escalate(desk: Desk, options: argparse.Namespace) -> None:
    _tell("level", desk.escalate(options.task, options.reviewer, options.reason))


def _inquiry(desk: Desk, options: argparse.Namespace) -> None:
    inquiry = Inquiry(uuid4().hex, options.party, options.question, options.language, options.case)
    desk.receive_inquiry(inquiry)
    _tell(inquiry.inquiry_id)


def _inquiries(desk: Desk, options: argparse.Namespace) -> None:
    for row in desk.inquiries():
        until = _time(row["answer_until_milliseconds"])
        _tell(row["inquiry_id"], row["party_id"], row["case_id"] or "-", until, row["question"])


def _answer(desk: Desk, options: argparse.Namespace) -> None:
    _tell("seconds", round(desk.answer_inquiry(options.inquiry, options.reviewer, options.text)))


def _outreach(desk: Desk, options: argparse.Namespace) -> None:
    for row in desk.outreach():
        _tell(row["outreach_id"], row["party_id"], row["case_id"] or "-", row["reason"])


def _called(desk: Desk, options: argparse.Namespace) -> None:
    desk.finish_outreach(options.outreach, options.reviewer)


def _reviewer(desk: Desk, options: argparse.Namespace) -> None:
    desk.put_reviewer(
        Reviewer(
            options.reviewer,
            tuple(options.skill or ("*",)),
            tuple(options.language or ("*",)),
            options.seniority,
            not options.inactive,
        )
    )


def _show(assigned: TaskAssignment | None) -> None:
    if assigned is None:
        _tell("nothing waits for this reviewer")
        return
    for name, value in assigned.row.items():
        shown = _time(value) if name.endswith("_at_milliseconds") and value else value
        _tell(name, " ".join(shown) if isinstance(shown, list) else shown)


def _tell(*parts: Any) -> None:
    sys.stdout.write("\t".join(_text(parts)) + "\n")


def _text(parts: Iterable[Any]) -> list[str]:
    # What parties wrote is shown, but can't steer the terminal.
    return ["".join(c if c.isprintable() else " " for c in str(part)) for part in parts]


def _time(milliseconds: int) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.gmtime(milliseconds / 1000))
