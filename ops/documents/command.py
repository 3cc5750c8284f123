"""`python -m ops docs`: write the generated documents, check that none is stale, or show one.

Those shown are not kept: they say again, for tools and readers, what schemas/events says.
"""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from ops.dashboards import build
from ops.documents import (
    architecture,
    avro,
    events,
    local_days,
    metrics,
    openapi,
    place_names,
    reason_codes,
    settings,
    statements,
    topology,
)
from schemas import asyncapi

ROOT = Path(__file__).parents[2]

GENERATED: dict[str, Callable[[], str]] = {
    "docs/architecture.md": architecture.render,
    "docs/metrics.md": metrics.render,
    "docs/openapi.json": openapi.render,
    "docs/reason-codes.md": reason_codes.render,
    "docs/settings.md": settings.render,
    "docs/statements.md": statements.render,
    "docs/topology.md": topology.render,
    "ops/dashboards/ip-takedowns.json": build.render,
    "processors/matching/data/place_names.json": place_names.render,
    "processors/policies/local_days.json": local_days.render,
}
SHOWN: dict[str, Callable[[], str]] = {"asyncapi": asyncapi.render, "events": events.render}


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser("docs", help="write or check the generated documents")
    parser.add_argument("action", choices=("write", "check", "show"))
    parser.add_argument("document", nargs="?", choices=tuple(SHOWN), help="what to show")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Write or show documents, or return 1 and name those that are stale."""
    if options.action == "show":
        sys.stdout.write(SHOWN[options.document or "events"]())
        return 0
    if options.action == "write":
        for path, text in generated().items():
            (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
            (ROOT / path).write_text(text, encoding="utf-8")
        return 0
    stale = stale_documents(ROOT)
    for path in stale:
        sys.stdout.write(f"{path} is stale: python -m ops docs write\n")
    return 1 if stale else 0


def generated() -> dict[str, str]:
    """Return the texts of all documents that are kept, by path."""
    return {**avro.schemas(), **{path: render() for path, render in GENERATED.items()}}


def stale_documents(root: Path) -> list[str]:
    """Return the paths of documents that differ from what would be written."""
    return [
        path
        for path, text in generated().items()
        if not (root / path).exists() or (root / path).read_text(encoding="utf-8") != text
    ]
