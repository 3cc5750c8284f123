"""`python -m ops desk`: the review desk on the console.

Who acts is told by a token, as filing takes them: a reviewer acts in his or her own name only, an
operator hands tasks out and keeps the list of reviewers.
"""

import argparse
import csv
import sys
import time
from collections.abc import Callable, Iterable
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple, cast
from uuid import uuid4

import psycopg

from ops.errors import OperatorError
from ops.shell.connections import DATABASE, WRAPPING_KEYS, add_connection_arguments
from ops.shell.service import add_clock_arguments, clock_of
from ops.shell.submissions import token_of
from ops.shell.wrapping_keys import wrapping_keys
from processors.reviews.assignment import Outcome, Reviewer
from schemas.reasons import SAFETY_HAZARD
from sinks.contract import SinkUnavailable, SinkUnusable
from sinks.database.database import connect, require_newest
from sinks.private_texts.store import PrivateTextStore
from streams.sources.desk.database_clock import desk_clock
from streams.sources.desk.desk import Desk
from streams.sources.desk.inquiries import Inquiry
from streams.sources.desk.types import DeskRefused, TaskAssignment, Verdict
from streams.sources.filing.tokens import (
    AUDIENCE,
    ISSUER,
    KeysInvalid,
    Role,
    TokenKeys,
    TokenRefused,
)

MAXIMUM_VERDICTS = 10_000
COLUMNS = ("task_id", "outcome", "reason_codes")
VARIABLE = "IP_TAKEDOWNS_DESK_TOKEN"
REVIEWER: tuple[Role, ...] = ("reviewer",)
OPERATOR: tuple[Role, ...] = ("operator",)
BOTH = (*REVIEWER, *OPERATOR)


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser("desk", help="the review desk on the console")
    add_connection_arguments(parser, DATABASE)
    add_clock_arguments(parser)
    parser.add_argument("--keys", type=Path, required=True, help="JWK set that checks tokens")
    parser.add_argument("--issuer", default=ISSUER)
    parser.add_argument("--audience", default=AUDIENCE)
    parser.add_argument("--token-file", type=Path, help=f"else the variable {VARIABLE} is read")
    acts = parser.add_subparsers(required=True, metavar="ACT")
    _add_reviewing(_Acts(acts, REVIEWER))
    _add_looking(_Acts(acts, BOTH))
    _add_managing(_Acts(acts, OPERATOR))


class _Acts(NamedTuple):
    """Parsers of acts, and who may do them."""

    parsers: Any
    roles: tuple[Role, ...]

    def add(
        self, name: str, act: Callable[..., None], text: str, *arguments: str
    ) -> argparse.ArgumentParser:
        parser: argparse.ArgumentParser = self.parsers.add_parser(name, help=text)
        parser.set_defaults(run=run, act=act, roles=self.roles)
        for argument in arguments:
            parser.add_argument(argument)
        return parser


def _add_reviewing(acts: _Acts) -> None:
    acts.add("claim", _claim, "take the next task")
    deciding = acts.add("decide", _decide, "decide a task", "task", "outcome")
    deciding.add_argument("reason", nargs="+", help="reason codes")
    deciding.add_argument("--explain", default="", help="in your own words, for the parties")
    many = (
        "decide by a CSV file: task_id, outcome, reason_codes (apart by spaces), and explanation, "
        "which may be left out"
    )
    acts.add("decide-many", _decide_many, many).add_argument("file", type=Path)
    acts.add("skip", _skip, "pass a task on", "task", "reason")
    acts.add("escalate", _escalate, "ask a senior", "task", "reason")
    _with_texts(acts.add("answer", _answer, "note an answer", "inquiry", "text"))
    acts.add("called", _called, "note that one was called on", "outreach")


def _add_looking(acts: _Acts) -> None:
    acts.add("queue", _queue, "what waits").add_argument("--limit", type=int, default=20)
    acts.add("state", _state, "the queue in numbers, and the breaches forecast")
    asking = acts.add("inquiry", _inquiry, "note a party's question", "party", "question")
    asking.add_argument("--case")
    asking.add_argument("--language", default="")
    _with_texts(asking)
    _with_texts(acts.add("inquiries", _inquiries, "questions to be answered"))
    acts.add("outreach", _outreach, "parties to call on")


def _add_managing(acts: _Acts) -> None:
    acts.add("assign", _assign, "give a task to a reviewer", "task", "reviewer")
    adding = acts.add("reviewer", _reviewer, "add or change one, by a token's subject", "reviewer")
    adding.add_argument(
        "--skill", action="append", help="kind:ground, kind:* or *; may be repeated"
    )
    adding.add_argument("--language", action="append", help="ISO 639-1 or *; may be repeated")
    adding.add_argument("--seniority", type=int, default=1, help="1 to 3")
    adding.add_argument("--inactive", action="store_true", help="gets no more tasks")


def _with_texts(parser: argparse.ArgumentParser) -> None:
    """Let an act read and write texts of parties."""
    add_connection_arguments(parser, WRAPPING_KEYS)
    parser.set_defaults(connections=(DATABASE, WRAPPING_KEYS))


def run(options: argparse.Namespace) -> int:
    """Do one thing at the desk, in the name of a token's subject. Errors: OperatorError."""
    options.signed_in = _signed_in(options)
    try:
        with connect(options.database) as connection:
            require_newest(connection)
            clock = desk_clock(connection, clock_of(options))
            options.act(Desk(connection, clock), options)
    except (DeskRefused, SinkUnusable) as error:
        raise OperatorError(str(error)) from error
    except (SinkUnavailable, psycopg.Error) as error:
        raise OperatorError(f"the database: {error}") from error
    return 0


def _signed_in(options: argparse.Namespace) -> str:
    """Return who acts. Errors: OperatorError where the token is not taken, or not for this."""
    try:
        keys = TokenKeys(options.keys, options.issuer, options.audience)
        caller = keys.check(token_of(options, VARIABLE))
    except (KeysInvalid, TokenRefused) as error:
        raise OperatorError(str(error)) from error
    if caller.role not in options.roles:
        wanted = " or ".join(options.roles)
        raise OperatorError(f"the token is of a {caller.role}; this is for a {wanted}")
    return caller.party_id


def _queue(desk: Desk, options: argparse.Namespace) -> None:
    for row in desk.queue(options.limit):
        lane = "flagged" if row["trusted_flagger"] else "fast" if row["fast_lane"] else ""
        if SAFETY_HAZARD in row["reason_codes"]:
            lane = "safety"
        holder = row["reviewer_id"] or ("nobody" if row["unclaimable"] else "")
        _tell(
            row["task_id"], row["kind"], row["ground"], row["language"], row["level"], lane,
            _time(row["deadline_at_milliseconds"]), row["state"], holder,
        )  # fmt: skip


def _state(desk: Desk, options: argparse.Namespace) -> None:
    for (name, labels), value in sorted(desk.state().gauges().items()):
        _tell(name, " ".join(labels), f"{value:.3f}".rstrip("0").rstrip("."))


def _claim(desk: Desk, options: argparse.Namespace) -> None:
    _show(desk.claim(options.signed_in))


def _assign(desk: Desk, options: argparse.Namespace) -> None:
    _show(desk.assign(options.task, options.reviewer))


def _decide(desk: Desk, options: argparse.Namespace) -> None:
    reasons = tuple(options.reason)
    verdict = Verdict(options.task, options.signed_in, options.outcome, reasons, options.explain)
    _tell(desk.decide(verdict).status)


def _decide_many(desk: Desk, options: argparse.Namespace) -> None:
    for result in desk.decide_many(read_verdicts(options.file, options.signed_in)):
        _tell(result.task_id, result.status or "refused", str(result.refusal or ""))


def read_verdicts(path: Path, reviewer_id: str) -> list[Verdict]:
    """Read a reviewer's verdicts from a CSV file with a header.

    Errors: OperatorError, also where a row names another reviewer.
    """
    try:
        with path.open(encoding="utf-8", newline="") as lines:
            reader = csv.DictReader(lines)
            missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
            if missing:
                raise OperatorError(f"{path}: no column {', '.join(missing)}")
            rows = list(islice(reader, MAXIMUM_VERDICTS + 1))
            if any((row.get("reviewer_id") or reviewer_id) != reviewer_id for row in rows):
                raise OperatorError(f"{path}: a row names another reviewer than {reviewer_id}")
            verdicts = [
                Verdict(
                    row["task_id"] or "",
                    reviewer_id,
                    # The desk refuses what is no outcome of a review.
                    cast(Outcome, row["outcome"] or ""),
                    tuple((row["reason_codes"] or "").split()),
                    row.get("explanation") or "",
                )
                for row in rows
            ]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise OperatorError(f"{path}: {error}") from error
    if len(verdicts) > MAXIMUM_VERDICTS:
        raise OperatorError(f"{path}: more than {MAXIMUM_VERDICTS} verdicts")
    return verdicts


def _skip(desk: Desk, options: argparse.Namespace) -> None:
    desk.skip(options.task, options.signed_in, options.reason)


def _escalate(desk: Desk, options: argparse.Namespace) -> None:
    _tell("level", desk.escalate(options.task, options.signed_in, options.reason))


def _inquiry(desk: Desk, options: argparse.Namespace) -> None:
    inquiry = Inquiry(uuid4().hex, options.party, options.question, options.language, options.case)
    desk.receive_inquiry(inquiry, _texts(options))
    _tell(inquiry.inquiry_id)


def _inquiries(desk: Desk, options: argparse.Namespace) -> None:
    for row in desk.inquiries(f"desk {options.signed_in}", _texts(options)):
        until = _time(row["answer_until_milliseconds"])
        _tell(row["inquiry_id"], row["party_id"], row["case_id"] or "-", until, row["question"])


def _answer(desk: Desk, options: argparse.Namespace) -> None:
    given = (options.inquiry, options.signed_in, options.text, _texts(options))
    _tell("seconds", round(desk.answer_inquiry(*given)))


def _texts(options: argparse.Namespace) -> PrivateTextStore:
    keys = wrapping_keys(options.wrapping_keys, options.database)
    return PrivateTextStore(keys, clock_of(options).now_milliseconds)


def _outreach(desk: Desk, options: argparse.Namespace) -> None:
    for row in desk.outreach():
        _tell(row["outreach_id"], row["party_id"], row["case_id"] or "-", row["reason"])


def _called(desk: Desk, options: argparse.Namespace) -> None:
    desk.finish_outreach(options.outreach, options.signed_in)


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
