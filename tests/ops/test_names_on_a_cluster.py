"""A prefix for all names on a shared cluster, and topics that others make and keep."""

import json
import os
import subprocess
import sys

import pytest

from ops.tools.acls import grants
from ops.topics import create_topics, settings_of
from schemas.catalog import load_topics
from schemas.topic_names import PREFIX_VARIABLE
from streams.topology import ALL_INPUTS

PREFIX = "staging."


def told(*line, prefix=PREFIX):
    """Return what a command prints where the variable has a prefix."""
    return subprocess.run(
        [sys.executable, "-m", "ops", *line],
        env={**os.environ, PREFIX_VARIABLE: prefix},
        capture_output=True,
        text=True,
        check=False,
    )


def test_each_name_on_the_cluster_has_the_prefix():
    lines = told("acls").stdout.splitlines()
    assert len(lines) == len(grants())
    for line in lines:
        words = line.split()
        resource = next(
            each for each in ("--topic", "--group", "--transactional-id") if each in words
        )
        assert words[words.index(resource) + 1].startswith(PREFIX), line


def test_clients_take_the_prefix():
    code = """
from streams.kafka.clients import client_settings, consumer_settings
from schemas.catalog import subject_of
from schemas.topic_names import LISTINGS_EVENTS
print(consumer_settings("127.0.0.1:1", "readers")["group.id"])
print(client_settings("127.0.0.1:1", {"transactional.id": "workers-1"})["transactional.id"])
print(subject_of(LISTINGS_EVENTS, "ListingChanged"))
"""
    ended = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, PREFIX_VARIABLE: PREFIX},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ended.stdout.splitlines() == [
        "staging.readers",
        "staging.workers-1",
        "staging.ip.listings.events-ip.ListingChanged",
    ]


def test_a_prefix_that_no_topic_can_have_is_refused():
    ended = told("topics", "check", "--bootstrap-servers", "127.0.0.1:1", prefix="a b")
    assert ended.returncode == 2
    assert PREFIX_VARIABLE in ended.stderr


def test_the_declaration_is_printed_for_who_makes_the_topics():
    printed = json.loads(told("topics", "print", "--partitions", "24", prefix="").stdout)
    assert {each["name"] for each in printed} == set(load_topics())
    for each in printed:
        assert each["settings"] == settings_of(load_topics()[each["name"]], 3)
        assert each["partitions"] in (24, load_topics()[each["name"]].partitions)


@pytest.mark.parametrize("forwards", [False, True])
def test_workers_write_their_inputs_only_where_they_forward(forwards):
    written = {
        each.name
        for each in grants(forwards)
        if (each.principal, each.resource, each.operation) == ("worker", "topic", "Write")
    }
    outside = set(ALL_INPUTS) - {
        each.name for each in grants() if each.operation == "Write" and each.principal == "worker"
    }
    assert outside
    assert outside <= written if forwards else not outside & written


def test_two_pipelines_share_a_cluster(kafka):
    create_topics(kafka.bootstrap_servers, 4, 1)
    servers = ("--bootstrap-servers", kafka.bootstrap_servers, "--replication-factor", "1")
    before = told("topics", "check", *servers)
    assert before.returncode == 1
    assert before.stdout.count("is missing") == len(load_topics())
    made = told("topics", "create", *servers).stdout.splitlines()
    assert {*made} == {f"made {PREFIX}{name}" for name in load_topics()}
    assert told("topics", "check", *servers).stdout == "as declared\n"
