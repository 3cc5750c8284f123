"""One command starts the whole platform, and what it says to try works."""

import json
import os
import re
import signal
import subprocess
import sys
from contextlib import contextmanager

import pytest
from world import listing

from ops.errors import OperatorError
from ops.local.patience import wait_for
from ops.up.places import PORTS, places
from ops.up.plan import chosen, plan
from ops.up.sample_marketplace import carried_out

LAST = "COMPLAINT"


@contextmanager
def running(directory, *arguments):
    """Run the platform; `told` returns its lines. What it left running is ended at the end."""
    log = directory.parent / "up.log"
    line = [sys.executable, "-m", "ops", "up", "--directory", str(directory), "--any-ports"]
    with log.open("wb") as output:
        process = subprocess.Popen([*line, *arguments], stdout=output, stderr=subprocess.STDOUT)
        try:
            yield process, lambda: log.read_text().splitlines()
        finally:
            process.kill()
            process.wait()


def processes_of(directory):
    """Return the ids of processes that name a directory in their command line."""
    found = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/cmdline", "rb") as file:
                line = file.read().decode(errors="replace")
        except OSError:
            continue
        if str(directory) in line and int(name) != os.getpid():
            found.append(int(name))
    return found


def shell(command):
    done = subprocess.run(
        ["bash", "-c", command], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.broker
@pytest.mark.slow
def test_a_complaint_goes_from_curl_to_proof_by_the_commands_that_are_shown(tmp_path, postgres):
    directory = tmp_path / "platform"
    with running(directory) as (process, told):
        assert process.poll() is None
        wait_for("all ready", lambda: told() and told()[-1].endswith(LAST), lambda: len(told()))
        # Only whole lines of the shell are commands; this checkout's own Python runs them.
        shown = [line.strip().replace(".venv/bin/python", sys.executable) for line in told()]
        commands = shown[shown.index(next(each for each in shown if "To try next" in each)) + 1 :]
        upload, file, reviewer, claim, decide, status = [
            each for each in commands if each and not each.startswith("#")
        ]
        receipt = json.loads(shell(f"{upload}\n{file}"))
        assert receipt["accepted"] == 1
        complaint = receipt["results"][0]["complaint_id"]
        shell(reviewer)

        claimed = wait_for("the task", lambda: re.search(r"^task_id\t(\w+)", shell(claim), re.M))
        shell(decide.replace("TASK", claimed.group(1)))
        asked = status.replace(LAST, complaint)

        def closed():
            answer = json.loads(shell(asked))
            proved = answer["status"] == "closed" and "take_down" in {
                each["outcome"] for each in answer["decisions"]
            }
            return answer if proved else None

        assert wait_for("the end of the case", closed)["decisions"][-1]["automated"] is False
        assert shell(f"{sys.executable} -m ops status --directory {directory}").count("ready") == 12
        victim = next(
            number for number in processes_of(directory) if b"case-store" in _line_of(number)
        )
        os.kill(victim, signal.SIGKILL)
        wait_for("its return", lambda: any("case-store ended" in line for line in told()))
        wait_for(
            "all ready again",
            lambda: any(
                b"case-store" in _line_of(number)
                for number in processes_of(directory)
                if number != victim
            ),
        )
        process.send_signal(signal.SIGTERM)
        assert process.wait(120) == 0
    assert wait_for("nothing left", lambda: not processes_of(directory))


def _line_of(number):
    try:
        with open(f"/proc/{number}/cmdline", "rb") as file:
            return file.read()
    except OSError:
        return b""


@pytest.mark.broker
@pytest.mark.slow
def test_nothing_is_left_when_the_supervisor_itself_is_killed(tmp_path, postgres):
    directory = tmp_path / "platform"
    with running(directory, "--only", "worker", "--no-data") as (process, told):
        wait_for("the worker", lambda: "To try next" in "\n".join(told()), lambda: len(told()))
        assert processes_of(directory)
        process.kill()
        process.wait()
    assert wait_for("nothing left", lambda: not processes_of(directory))


@pytest.mark.parametrize(
    ("command", "data", "status", "hidden"),
    [
        ("listing.take_down", {}, "removed", ()),
        ("listing.block", {}, "removed", ()),
        ("listing.delist", {}, "removed", ()),
        ("listing.restrict", {"territories": ["DE", "FR"]}, "active", ("DE", "FR")),
        ("listing.reinstate", {"restricted_territories": ["DE"]}, "active", ("DE",)),
        ("listing.reinstate", {"restricted_territories": []}, "active", ()),
    ],
)
def test_the_sample_marketplace_does_what_it_is_told(command, data, status, hidden):
    before = listing(status="active", restricted_territories=("DE", "AT"))
    after = carried_out(before, command, data, 1_000)
    assert (after.status, after.restricted_territories) == (status, hidden)
    assert after.version == before.version + 1
    assert after.changed_at_milliseconds == 1_000


class TestPlan:
    def test_ports_are_those_of_the_documents_or_others_where_these_are_taken(self, tmp_path):
        made = places(tmp_path, any_ports=False)
        assert {*made.ports} == {*PORTS}
        assert len({*made.ports.values()}) == len(PORTS)

    def test_services_are_chosen_by_name(self, tmp_path):
        services = plan(places(tmp_path, any_ports=True))
        assert [each.name for each in chosen(services, ["worker"], [])] == ["worker"]
        assert "views" not in [each.name for each in chosen(services, [], ["views"])]
        with pytest.raises(OperatorError, match="no such service: view; there are worker"):
            chosen(services, ["view"], [])

    def test_secrets_are_in_no_command_line_and_for_this_user_only(self, tmp_path):
        made = places(tmp_path, any_ports=True)
        secret = made.marketplace_secret.read_text()
        for each in plan(made):
            assert not any(secret in word for word in each.line)
        assert made.marketplace_secret.stat().st_mode & 0o077 == 0
