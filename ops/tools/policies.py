"""`python -m ops policies`: check which times cases are allowed, and publish them."""

import argparse
import sys
import time
from pathlib import Path

from ops.errors import OperatorError
from ops.shell.connections import KAFKA, REGISTRY, add_connection_arguments
from ops.shell.publishing import publish
from ops.shell.user import user_name
from processors.policies.service_level import ServiceLevel
from processors.policies.service_policy import ServicePolicy, ServiceScope
from schemas.durations import HOUR_MILLISECONDS
from schemas.events.rules import SERVICE_POLICY_KEY, ServicePolicyPublished
from schemas.topic_names import RULES_STATE
from streams.kafka.producing import Keyed
from streams.policies.policy_files import (
    BUILT_IN_DIRECTORY,
    ServicePolicyRefused,
    load_service_policy,
)
from streams.policies.versions import version_of_service_policy


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's parsers."""
    parser = subparsers.add_parser("policies", help="check or publish which times cases have")
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    check = actions.add_parser("check", help="read a policy, and show its rows")
    check.add_argument("directory", type=Path, nargs="?", default=BUILT_IN_DIRECTORY)
    check.set_defaults(run=run_check)
    publishing = actions.add_parser("publish", help="give cases to come other times")
    publishing.add_argument("directory", type=Path, nargs="?", default=BUILT_IN_DIRECTORY)
    publishing.add_argument("--published-by", help="default: the user's name")
    add_connection_arguments(publishing, KAFKA, REGISTRY)
    publishing.set_defaults(run=run_publish)


def run_check(options: argparse.Namespace) -> int:
    """Show a policy's rows. Errors: OperatorError for one that can't be used."""
    policy = _policy(options.directory)
    for scope, level in [(ServiceScope(), policy.default), *sorted(policy.rows.items())]:
        sys.stdout.write(f"{_shown(scope, level)}\n")
    version = version_of_service_policy(policy).version
    sys.stdout.write(f"{len(policy.rows)} rows and the default, hash {version[:12]}\n")
    return 0


def run_publish(options: argparse.Namespace) -> int:
    """Publish a policy; cases that are open keep their times. Errors: OperatorError."""
    policy = _policy(options.directory)
    version = version_of_service_policy(policy)
    now = time.time_ns() // 1_000_000
    published_by = options.published_by or user_name("--published-by")
    event = ServicePolicyPublished(version.version, version.content, published_by, now)
    keyed = Keyed(RULES_STATE, SERVICE_POLICY_KEY, event)
    publish(options.bootstrap_servers, options.schema_registry, keyed, now)
    sys.stdout.write(f"published {len(policy.rows)} rows and the default: {version.version}\n")
    return 0


def _policy(directory: Path) -> ServicePolicy:
    """Return the policy of a directory. Errors: OperatorError."""
    try:
        return load_service_policy(directory)
    except ServicePolicyRefused as error:
        raise OperatorError(str(error)) from error


def _shown(scope: ServiceScope, level: ServiceLevel) -> str:
    place = ", ".join(f"{n} {v}" for n, v in scope._asdict().items() if v) or "all others"
    return (
        f"{place}: closed within {level.deadline_milliseconds / HOUR_MILLISECONDS:g} h, warned of "
        f"after {level.warning_milliseconds / HOUR_MILLISECONDS:g} h"
    )
