"""`python -m ops acls`: what each service may do on Kafka, and no more.

Made from what each process says of itself, so that by construction only workers and monitors write
what they decide.
"""

import argparse
import shlex
import sys
from collections.abc import Callable, Iterator
from typing import Any, Literal, NamedTuple

import yaml

from ops.documents.architecture import FROM_OUTSIDE, PROCESSES, TOOLS
from ops.errors import OperatorError
from ops.shell.process import Process
from schemas.topic_names import PREFIX
from streams.topology import ALL_INPUTS

WORKER = "worker"
FEED = "feed"
"""Whoever brings in listings and parties: the operator's own systems."""

Resource = Literal["topic", "group", "transactional-id"]
Operation = Literal["Read", "Write", "Describe", "DescribeConfigs", "Create"]


class Grant(NamedTuple):
    """One thing that one principal may do; `prefixed`: on all names that begin so."""

    principal: str
    resource: Resource
    name: str
    operation: Operation
    prefixed: bool = False


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser("acls", help="print what each service may do on Kafka")
    parser.add_argument("--format", choices=sorted(FORMATS), default="kafka")
    parser.add_argument(
        "--principal-prefix", default="", help="before each service's name, such as `ip-`"
    )
    parser.add_argument("--service", action="append", help="only of these; of all if none is told")
    parser.add_argument(
        "--forward-misplaced", action="store_true", help="workers run with this option too"
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the grants in a tool's own form. Errors: OperatorError."""
    unknown = sorted({*(options.service or ())} - {*processes()})
    if unknown:
        raise OperatorError(
            f"no such service: {', '.join(unknown)}; there are {', '.join(processes())}"
        )
    chosen = options.service or processes()
    granted = [each for each in grants(options.forward_misplaced) if each.principal in chosen]
    named = [
        each._replace(principal=f"{options.principal_prefix}{each.principal}") for each in granted
    ]
    sys.stdout.write(FORMATS[options.format](named))
    return 0


def processes() -> dict[str, Process]:
    """Return all that has an identity of its own, by its principal's name."""
    feed = Process("brings in listings and parties", (), FROM_OUTSIDE, "", ())
    return {**PROCESSES, **TOOLS, FEED: feed}


def grants(forwards_misplaced: bool = False) -> list[Grant]:
    """Return what each principal may do, by principal.

    Workers that forward what lies in the wrong partition write their inputs too.
    """
    told = processes()
    if forwards_misplaced:
        worker = told[WORKER]
        told[WORKER] = worker._replace(writes=(*worker.writes, *ALL_INPUTS))
    return [grant for name, process in told.items() for grant in _of(name, process)]


def _of(name: str, process: Process) -> Iterator[Grant]:
    topics = dict.fromkeys((*process.reads, *process.writes))
    for topic in topics:
        if topic in process.reads:
            yield Grant(name, "topic", topic, "Read")
        if topic in process.writes:
            yield Grant(name, "topic", topic, "Write")
        # Partitions and copies are checked at the start and while running.
        yield Grant(name, "topic", topic, "Describe")
        yield Grant(name, "topic", topic, "DescribeConfigs")
    for prefix in _named(process.own_topics):
        for operation in ("Create", "Read", "Write", "Describe", "DescribeConfigs"):
            yield Grant(name, "topic", prefix, operation, prefixed=True)
    for prefix in _named(process.groups):
        yield Grant(name, "group", prefix, "Read", prefixed=True)
        yield Grant(name, "group", prefix, "Describe", prefixed=True)
    for prefix in _named(process.transactions):
        yield Grant(name, "transactional-id", prefix, "Write", prefixed=True)
        yield Grant(name, "transactional-id", prefix, "Describe", prefixed=True)


def _named(beginnings: tuple[str, ...]) -> Iterator[str]:
    return (PREFIX + each for each in beginnings)


def _kafka(granted: list[Grant]) -> str:
    lines = []
    for each in granted:
        pattern = " --resource-pattern-type prefixed" if each.prefixed else ""
        lines.append(
            'kafka-acls.sh --bootstrap-server "$KAFKA" --command-config "$ADMIN" --add '
            f"--allow-principal {shlex.quote(f'User:{each.principal}')} "
            f"--operation {each.operation} --{each.resource} {shlex.quote(each.name)}{pattern}"
        )
    return "\n".join(lines) + "\n"


def _confluent(granted: list[Grant]) -> str:
    operations = {"DescribeConfigs": "describe-configs"}
    lines = []
    for each in granted:
        operation = operations.get(each.operation, each.operation.lower())
        prefix = " --prefix" if each.prefixed else ""
        account = f'"${each.principal.upper().replace("-", "_")}_ACCOUNT"'
        lines.append(
            f"confluent kafka acl create --allow --service-account {account} "
            f"--operations {operation} --{each.resource} {shlex.quote(each.name)}{prefix}"
        )
    return "\n".join(lines) + "\n"


def _strimzi(granted: list[Grant]) -> str:
    users: dict[str, dict[tuple[Resource, str, bool], list[str]]] = {}
    for each in granted:
        resources = users.setdefault(each.principal, {})
        resources.setdefault((each.resource, each.name, each.prefixed), []).append(each.operation)
    return yaml.safe_dump_all(
        [_user(name, resources) for name, resources in users.items()], sort_keys=False
    )


def _user(name: str, resources: dict[tuple[Resource, str, bool], list[str]]) -> dict[str, Any]:
    rules = [
        {
            "resource": {
                "type": "transactionalId" if resource == "transactional-id" else resource,
                "name": named,
                "patternType": "prefix" if prefixed else "literal",
            },
            "operations": operations,
        }
        for (resource, named, prefixed), operations in resources.items()
    ]
    return {
        "apiVersion": "kafka.strimzi.io/v1beta2",
        "kind": "KafkaUser",
        "metadata": {"name": name, "labels": {"strimzi.io/cluster": "CLUSTER"}},
        "spec": {
            "authentication": {"type": "scram-sha-512"},
            "authorization": {"type": "simple", "acls": rules},
        },
    }


FORMATS: dict[str, Callable[[list[Grant]], str]] = {
    "kafka": _kafka,
    "confluent": _confluent,
    "strimzi": _strimzi,
}
