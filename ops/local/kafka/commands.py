"""`python -m ops kafka`: a local cluster and schema registry, until interrupted."""

import argparse
import json
import signal
import sys
import threading

from ops.local.kafka.artifacts import RUN_DIRECTORY
from ops.local.kafka.cluster import KafkaCluster
from ops.local.kafka.registry import SchemaRegistryServer
from ops.topics import create_topics


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser("kafka", help="run a local cluster and schema registry")
    parser.add_argument("--nodes", type=int, choices=(1, 3), default=1)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Run until SIGINT or SIGTERM; the addresses are printed and kept in .run/local.json."""
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: stopped.set())
    with (
        KafkaCluster(RUN_DIRECTORY / "kafka", options.nodes, for_load=True) as kafka,
        SchemaRegistryServer(RUN_DIRECTORY / "registry") as registry,
    ):
        create_topics(kafka.bootstrap_servers, None, kafka.replication_factor)
        addresses = {
            "bootstrap_servers": kafka.bootstrap_servers,
            "schema_registry": registry.address,
        }
        (RUN_DIRECTORY / "local.json").write_text(json.dumps(addresses))
        sys.stdout.write(json.dumps(addresses) + "\n")
        sys.stdout.flush()
        stopped.wait()
    return 0
