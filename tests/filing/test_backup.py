"""What docs/operations.md has an operator run does what it says."""

import os
import re
import subprocess
from pathlib import Path

import psycopg
from databases import create, drop

from filing.harness import Api, complaint
from filing.test_evidence import PNG, upload
from ops.local.programs import postgres as programs

TEXT = (Path(__file__).parents[2] / "docs" / "operations.md").read_text(encoding="utf-8")


def blocks(heading):
    """Return the commands under a heading, block by block."""
    section = re.search(rf"^## {heading}$(.*?)(?=^## |\Z)", TEXT, re.MULTILINE | re.DOTALL)
    return re.findall(r"^```sh\n(.*?)^```$", section.group(1), re.MULTILINE | re.DOTALL)


def run(script, **variables):
    path = f"{programs().directory}:{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-euc", script],
        env={**os.environ, **{name: str(each) for name, each in variables.items()}, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_what_was_filed_is_there_after_a_backup_and_a_restore(make_api, postgres, tmp_path):
    api = make_api()
    document = upload(api, PNG).json()["evidence_id"]
    evidence = [{"evidence_id": document, "kind": "comparison"}]
    filed = api.post("/v1/complaints", complaint(evidence=evidence)).json()
    with psycopg.connect(api.address, autocommit=True) as connection:
        connection.execute("INSERT INTO positions VALUES ('case_store', 'ip.sla.events', 1, 77)")
    told = api.get(f"/v1/batches/{filed['batch_id']}").json()
    backup = tmp_path / "backup"
    backup.mkdir()
    vault = next(path for path in tmp_path.glob("*/vault"))
    backing_up, restoring = blocks("Backups")
    run(backing_up, DATABASE=api.address, VAULT=vault, BACKUP=backup)
    sent = api.events()
    # What comes after the copy is not in it.
    api.post("/v1/complaints", complaint())
    directory, address = tmp_path / "restored", create(postgres)
    directory.mkdir()
    run(restoring, NEW_DATABASE=address, NEW_VAULT=directory / "vault", BACKUP=backup)
    restored = Api(address, directory, api.settings)
    try:
        assert restored.events() == sent
        assert restored.get(f"/v1/batches/{filed['batch_id']}").json() == told
        assert restored.get(f"/v1/evidence/{document}").content == PNG
        rows = restored.rows("SELECT next_offset FROM positions WHERE sink = 'case_store'")
        assert [row["next_offset"] for row in rows] == [77]
        again = restored.post("/v1/complaints", complaint(evidence=evidence))
        assert again.status_code == 201
    finally:
        restored.stack.close()
        drop(postgres, address)
