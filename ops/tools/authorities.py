"""`python -m ops authorities`: orders and suspicions recorded on the console.

Each act is a request to the filing API in the name of an operator's token, so that what is wrong
is told field by field, and a file that is sent again records nothing new.
"""

import argparse
import json
import sys
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import yaml

from ops.errors import OperatorError
from ops.shell.submissions import token_of
from schemas.yaml_text import yaml_content

VARIABLE = "IP_TAKEDOWNS_AUTHORITIES_TOKEN"
TIMEOUT_SECONDS = 30.0
RECORDED = {
    "order": ("/v1/orders", "an order about a listing"),
    "seller-order": ("/v1/seller-orders", "an order against a seller"),
    "suspicion": ("/v1/suspicions", "a suspected crime that threatens life or safety"),
}
LIFTED = {
    "lift-order": ("/v1/orders", "an order about a listing that holds no more"),
    "lift-seller-order": ("/v1/seller-orders", "an order against a seller that holds no more"),
}


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser("authorities", help="record orders and suspicions of crimes")
    parser.add_argument("--address", required=True, help="of the filing API, up to before /v1")
    parser.add_argument("--token-file", type=Path, help=f"else the variable {VARIABLE} is read")
    acts = parser.add_subparsers(required=True, metavar="ACT")
    for name, (path, help_text) in RECORDED.items():
        act = acts.add_parser(name, help=f"record {help_text}")
        act.add_argument("file", type=Path, help=f"YAML or JSON, the fields of POST {path}")
        act.set_defaults(run=_record, path=path)
    for name, (path, help_text) in LIFTED.items():
        act = acts.add_parser(name, help=f"record {help_text}")
        act.add_argument("order", help="its id, which recording it told")
        act.add_argument("--explain", default="", help="by what it was lifted")
        act.set_defaults(run=_lift, path=path)


def _record(options: argparse.Namespace) -> int:
    try:
        content = yaml_content(options.file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise OperatorError(f"{options.file}: {error}") from error
    if not isinstance(content, dict):
        raise OperatorError(f"{options.file}: not fields and their values")
    return _post(options, options.path, content)


def _lift(options: argparse.Namespace) -> int:
    path = f"{options.path}/{quote(options.order, safe='')}/lifted"
    return _post(options, path, {"explanation": options.explain})


def _post(options: argparse.Namespace, path: str, content: dict[str, Any]) -> int:
    body = json.dumps(content, default=_as_text, sort_keys=True)
    headers = {
        "Authorization": f"Bearer {token_of(options, VARIABLE)}",
        "Content-Type": "application/json",
        "Idempotency-Key": sha256(f"{path} {body}".encode()).hexdigest(),
    }
    address = f"{options.address.rstrip('/')}{path}"
    try:
        answer = httpx.post(address, content=body, headers=headers, timeout=TIMEOUT_SECONDS)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise OperatorError(f"{address}: {error}") from error
    told = _told(answer)
    if not answer.is_success:
        faults = [f"{each['pointer']}: {each['detail']}" for each in told.get("errors", ())]
        reason = told.get("title") or f"HTTP {answer.status_code}"
        raise OperatorError("; ".join([f"{address}: {reason}", *faults]))
    sys.stdout.write(f"{told['filing_id']}\n")
    return 0


def _as_text(value: Any) -> str:
    """Return a time or a day of YAML as JSON has it."""
    return value.isoformat() if isinstance(value, date) else str(value)


def _told(answer: httpx.Response) -> dict[str, Any]:
    try:
        told = answer.json()
    except ValueError:
        # A proxy answers with a page; its status is told then.
        return {}
    return told if isinstance(told, dict) else {}
