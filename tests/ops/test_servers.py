"""Servers, topics, and what is said where something is missing."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from confluent_kafka import Producer, TopicCollection
from confluent_kafka.admin import AdminClient

from ops.errors import OperatorError
from ops.local.kafka import prerequisites
from ops.topics import create_topics, differences, renew_topics
from schemas.catalog import load_topics


@pytest.mark.parametrize(
    ("missing", "package"), [("java", "default-jdk-headless"), ("maven", "maven")]
)
def test_a_missing_program_is_told_with_its_debian_package(monkeypatch, missing, package):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(OperatorError, match=f"apt-get install {package}"):
        getattr(prerequisites, missing)()


def test_a_java_that_is_too_old_is_told(monkeypatch, tmp_path):
    java = tmp_path / "java"
    java.write_text("#!/bin/sh\necho 'openjdk version \"11.0.2\"' >&2\n")
    java.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    with pytest.raises(OperatorError, match="is older"):
        prerequisites.java()


def test_who_asks_at_the_same_time_waits_for_the_one_download(monkeypatch, tmp_path):
    runs = tmp_path / "runs"
    maven = tmp_path / "mvn"
    maven.write_text(f"#!/bin/sh\necho ran >>{runs}\nsleep 0.3\n")
    maven.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    output = tmp_path / "new" / "lib"
    with ThreadPoolExecutor(4) as pool:
        asked = [
            pool.submit(prerequisites.packaged, tmp_path / "pom.xml", output, "") for _ in range(4)
        ]
    assert [each.result() for each in asked] == [output] * 4
    assert runs.read_text() == "ran\n"


def test_topics_are_as_declared_and_making_them_again_changes_nothing(topics):
    assert create_topics(topics, 4, 1) == []
    assert differences(topics, 4) == []
    assert any("has 4 partitions, not 8" in line for line in differences(topics, 8))


def test_topics_with_records_or_other_partitions_are_made_anew_and_the_rest_left(topics):
    admin = AdminClient({"bootstrap.servers": topics})
    before = ids(admin)
    producer = Producer({"bootstrap.servers": topics})
    producer.produce("ip.desk.events", b"a record")
    producer.flush()
    renew_topics(topics, 4, 1)
    after = ids(admin)
    assert {name for name in before if before[name] != after[name]} == {"ip.desk.events"}
    renew_topics(topics, 2, 1)
    assert differences(topics, 2) == []
    renew_topics(topics, 4, 1)
    assert differences(topics, 4) == []


def ids(admin):
    """Return the topics' ids, by name."""
    wanted = TopicCollection(list(load_topics()))
    return {
        name: str(found.result().topic_id) for name, found in admin.describe_topics(wanted).items()
    }


def test_an_error_of_the_operator_is_one_line_and_status_2():
    ended = subprocess.run(
        [sys.executable, "-m", "ops", "import-trademarks", "nowhere.xml", "--dry-run"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 2
    assert ended.stderr == "error: no such file: nowhere.xml\n"
