"""`python -m ops transparency-report`: tables of Implementing Regulation (EU) 2024/2835."""

import argparse
import csv
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from ops.errors import OperatorError
from ops.shell.connections import KAFKA, REGISTRY, add_connection_arguments
from ops.shell.days import add_days, span_milliseconds
from replay.log import KafkaLog, ReplayError
from schemas.topic_names import (
    ACCOUNTS_COMMANDS,
    COMPLAINTS_EVENTS,
    COUNTER_NOTICES_EVENTS,
    DECISIONS_EVENTS,
    SLA_EVENTS,
    TAKEDOWNS_COMMANDS,
)
from schemas.wire.codec import DecodeError
from schemas.wire.registry import connect
from schemas.yaml_text import yaml_content
from sinks.transparency_report.cases import Histories
from sinks.transparency_report.figures import Figures, Period
from sinks.transparency_report.inputs import Inputs, InputsRefused, inputs_from
from sinks.transparency_report.tables import tables_of
from sinks.transparency_report.template import Table

TOPICS = (
    COMPLAINTS_EVENTS,
    DECISIONS_EVENTS,
    TAKEDOWNS_COMMANDS,
    SLA_EVENTS,
    ACCOUNTS_COMMANDS,
    COUNTER_NOTICES_EVENTS,
)


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser(
        "transparency-report", help="compute the DSA transparency report's tables from the topics"
    )
    add_connection_arguments(parser, KAFKA, REGISTRY)
    add_days(parser)
    parser.add_argument("--service", required=True, help="name of the service")
    parser.add_argument("--inputs", type=Path, help="YAML file of what this system does not hold")
    parser.add_argument("--output", required=True, type=Path, help="directory of the files")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Write one CSV file (RFC 4180) for each part, and report.json. Errors: OperatorError."""
    if options.end < options.begin:
        raise OperatorError("--to is before --from")
    inputs = _inputs(options.inputs)
    histories = Histories()
    try:
        for event in _events(options.bootstrap_servers, options.schema_registry):
            histories.add(event)
    except ReplayError as error:
        raise OperatorError(str(error)) from error
    period = Period(*span_milliseconds(options))
    figures = Figures(histories, period)
    name = f"{options.begin}/{options.end}"
    tables = tables_of(figures, inputs, options.service, name)
    write_report(options.output, tables, figures.as_mapping(), name)
    for figure, value in figures.as_mapping().items():
        sys.stdout.write(f"{figure}: {json.dumps(value)}\n")
    return 0


def write_report(
    directory: Path, tables: list[Table], figures: dict[str, Any], period: str
) -> None:
    """Write the files of a report. Errors: OperatorError."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
        for table in tables:
            path = directory / f"{table.name}.csv"
            with path.open("w", encoding="utf-8", newline="") as file:
                csv.writer(file, lineterminator="\r\n").writerows([table.columns, *table.rows])
        parts = {
            table.name: [dict(zip(table.columns, row, strict=True)) for row in table.rows]
            for table in tables
        }
        report = {"period": period, "figures": figures, "parts": parts}
        text = json.dumps(report, indent=2, ensure_ascii=False)
        (directory / "report.json").write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise OperatorError(f"{directory}: {error}") from error


def _events(bootstrap_servers: str, schema_registry: str) -> Iterator[Any]:
    codec = connect(schema_registry, register=False)
    for topic in TOPICS:
        for record in KafkaLog(bootstrap_servers).read_all(topic):
            try:
                yield codec.decode(topic, record.value or b"", record.headers_source)
            except DecodeError:
                # It is among the dead letters, and was no notice or decision.
                continue


def _inputs(path: Path | None) -> Inputs:
    if path is None:
        return Inputs()
    try:
        return inputs_from(yaml_content(path.read_text(encoding="utf-8") or "{}"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError, InputsRefused) as error:
        raise OperatorError(f"{path}: {error}") from error
