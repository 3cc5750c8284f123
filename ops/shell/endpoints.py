"""Endpoints as a process has them: a file, and what is recorded and opens by a file of keys."""

import argparse
import time
from pathlib import Path

from ops.errors import OperatorError
from ops.shell.service_database import once_it_answers
from sinks.contract import SinkUnusable
from sinks.dispatch.endpoint_watch import EndpointWatch
from sinks.dispatch.recorded_endpoints import EndpointBook
from sinks.dispatch.settings import DispatchSettings, SettingsInvalid, load_settings
from sinks.private_texts.wrapping_keys import read_wrapping_keys


def add_endpoint_keys(parser: argparse.ArgumentParser, required: bool = False) -> None:
    """Add the argument of the file of keys that seal endpoints' secrets."""
    told = "file of the keys that seal the secrets of recorded endpoints"
    parser.add_argument(
        "--endpoint-keys",
        type=Path,
        required=required,
        help=told if required else f"{told}; without it those of --endpoints alone are used",
    )


def endpoint_book(options: argparse.Namespace) -> EndpointBook:
    """Return the book of recorded endpoints. Errors: OperatorError."""
    try:
        keys = read_wrapping_keys(options.endpoint_keys)
    except SinkUnusable as error:
        raise OperatorError(str(error)) from error
    # Until when secrets hold is judged by receivers too, so by no simulated clock.
    return EndpointBook(keys, lambda: time.time_ns() // 1_000_000)


def endpoints_of_file(path: Path | None) -> DispatchSettings:
    """Read an endpoints file, if there is one. Errors: OperatorError."""
    if path is None:
        return DispatchSettings({}, {})
    try:
        return load_settings(path)
    except SettingsInvalid as error:
        raise OperatorError(str(error)) from error


def watched_endpoints(
    database: str, book: EndpointBook | None, from_file: DispatchSettings
) -> tuple[EndpointWatch | None, DispatchSettings]:
    """Return the endpoints in force, and what looks for changes if any are recorded at all.

    Errors: OperatorError.
    """
    if book is None:
        return None, from_file
    watch = EndpointWatch(database, book, from_file)
    return watch, once_it_answers(watch.look) or from_file
