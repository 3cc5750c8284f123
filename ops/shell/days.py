"""A span of days as arguments of commands, UTC."""

import argparse
from datetime import UTC, date, datetime, timedelta

from ops.errors import OperatorError


def add_days(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the first and the last day."""
    for name, place, told in (("--from", "begin", "first"), ("--to", "end", "last")):
        parser.add_argument(name, required=True, type=day_of, dest=place, help=f"{told} day, UTC")


def span_milliseconds(options: argparse.Namespace) -> tuple[int, int]:
    """Return when the first day begins and the last has ended. Errors: OperatorError."""
    if options.begin > options.end:
        raise OperatorError("--from is after --to")
    return begin_milliseconds(options.begin), begin_milliseconds(options.end + timedelta(days=1))


def day_of(text: str) -> date:
    """Return a day that an argument names. Errors: argparse.ArgumentTypeError."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text} is no day of the form YYYY-MM-DD") from error


def begin_milliseconds(day: date) -> int:
    """Return when a day begins."""
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() * 1000)
