"""`python -m ops docs`: write the generated documents, check that none is stale, or show one.

Those shown are not kept: they say again, for tools and readers, what schemas/events says.
"""

import argparse
import sys
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).parents[2]

GENERATED: dict[str, str] = {
    "docs/architecture.md": "ops.documents.architecture",
    "docs/licences.md": "ops.documents.licences",
    "docs/metrics.md": "ops.documents.metrics",
    "docs/openapi.json": "ops.documents.openapi",
    "docs/reason-codes.md": "ops.documents.reason_codes",
    "docs/retention.md": "ops.documents.retention",
    "docs/settings.md": "ops.documents.settings",
    "docs/statements.md": "ops.documents.statements",
    "docs/topology.md": "ops.documents.topology",
    "ops/dashboards/ip-takedowns.json": "ops.dashboards.build",
    "processors/matching/data/place_names.json": "ops.documents.place_names",
    "processors/policies/local_days.json": "ops.documents.local_days",
}
SHOWN: dict[str, str] = {"asyncapi": "schemas.asyncapi", "events": "ops.documents.events"}
"""Modules whose `render` makes each document; some need packages that only developers have."""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser("docs", help="write or check the generated documents")
    parser.add_argument("action", choices=("write", "check", "show"))
    parser.add_argument("document", nargs="?", choices=tuple(SHOWN), help="what to show")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Write or show documents, or return 1 and name those that are stale."""
    if options.action == "show":
        sys.stdout.write(_rendered(SHOWN[options.document or "events"]))
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
    schemas: dict[str, str] = import_module("ops.documents.avro").schemas()
    return {**schemas, **{path: _rendered(module) for path, module in GENERATED.items()}}


def stale_documents(root: Path) -> list[str]:
    """Return the paths of documents that differ from what would be written."""
    return [
        path
        for path, text in generated().items()
        if not (root / path).exists() or (root / path).read_text(encoding="utf-8") != text
    ]


def _rendered(module: str) -> str:
    text: str = import_module(module).render()
    return text
