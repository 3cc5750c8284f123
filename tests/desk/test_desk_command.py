"""The desk on the console, and the versions of its tables."""

import re
import time
from functools import partial
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from alembic import command
from alembic.config import Config
from filing.harness import Tokens
from psycopg.conninfo import make_conninfo
from sqlalchemy import create_engine
from test_desk import World
from world_cases import task

from ops.__main__ import main
from sinks.database.database import MIGRATIONS, connect, migrate
from sinks.private_texts.wrapping_keys import new_line

GUIDE = Path(__file__).parents[2] / "docs" / "case-store.md"


@pytest.fixture
def world(database):
    made = World(database)
    made.put(task("case-1"), task("case-2", kind="appeal", subject_id="appeal-1"))
    yield made
    made.close()


@pytest.fixture
def tokens(tmp_path):
    return Tokens(tmp_path)


@pytest.fixture
def desk(world, capsys, tokens, monkeypatch, tmp_path):
    keys_of_texts = tmp_path / "wrapping-keys"
    keys_of_texts.write_text(new_line("test"))
    monkeypatch.setenv("IP_TAKEDOWNS_PRIVATE_TEXTS_WRAPPING_KEYS_FILE", str(keys_of_texts))

    def call(*arguments, by="ann", role="reviewer", address=world.address, keys=tokens.keys):
        monkeypatch.setenv("IP_TAKEDOWNS_DESK_TOKEN", tokens.token(by, role, 7_200))
        code = main(["desk", "--database", address, "--keys", str(keys), *arguments])
        shown = capsys.readouterr()
        return code, shown.out, shown.err

    return call


@pytest.fixture
def operator(desk):
    return partial(desk, by="chief", role="operator")


def test_a_day_at_the_console(desk, operator, tmp_path):
    assert operator("reviewer", "ann", "--skill", "complaint:*", "--language", "en")[0] == 0
    code, shown, _ = desk("claim")
    assert (code, "kind\tcomplaint" in shown) == (0, True)
    task_id = shown.split("task_id\t")[1].split("\n")[0]
    assert desk("decide", task_id, "take_down", "counterfeit", by="bob") == (
        2,
        "",
        f"error: bob does not hold {task_id}, which is leased\n",
    )
    assert desk("decide", task_id, "take_down", "counterfeit")[1] == "decided\n"
    assert desk("claim")[1] == "nothing waits for this reviewer\n"
    # The appeal is left, and nobody can take it.
    assert "ip_review_queue_tasks\tappeal unclaimable\t1" in desk("state")[1]
    assert "\tappeal\t" in desk("queue")[1]
    rows = tmp_path / "verdicts.csv"
    rows.write_text(
        "task_id,reviewer_id,outcome,reason_codes\n"
        f"{task_id},ann,take_down,counterfeit\nnone,ann,decline,counterfeit\n"
    )
    assert desk("decide-many", str(rows))[1] == (
        f"{task_id}\tdecided\t\nnone\trefused\tthere is no task none\n"
    )
    rows.write_text("task,who\n")
    assert "no column task_id, outcome" in desk("decide-many", str(rows))[2]


def test_questions_and_answers_at_the_console(desk, operator):
    operator("reviewer", "ann")
    inquiry = desk("inquiry", "holder-1", "When?\x1b[2J", "--case", "case-1")[1].strip()
    # What a party wrote does not steer the terminal.
    assert desk("inquiries")[1].endswith("When? [2J\n")
    # The database's own clock tells how long it waited.
    assert re.fullmatch(r"seconds\t\d+\n", desk("answer", inquiry, "Today.")[1])
    assert desk("inquiries")[1] == ""


def test_a_database_that_is_away_is_told(desk):
    code, _, told = desk("queue", address="postgresql://nobody@127.0.0.1:1/none")
    assert code == 2
    assert "error: the database: " in told


def test_nobody_acts_without_a_token_or_beyond_its_role(desk, world, tokens, monkeypatch, capsys):
    assert "is of a operator" in desk("claim", role="operator")[2]
    assert "is of a reviewer" in desk("reviewer", "bob")[2]
    assert "is of a reviewer" in desk("assign", "any", "ann")[2]
    assert "is of a seller" in desk("queue", role="seller")[2]
    others = tokens.keys.with_name("others")
    others.mkdir()
    assert "the token's key is not known" in desk("queue", keys=Tokens(others, "k2").keys)[2]
    monkeypatch.delenv("IP_TAKEDOWNS_DESK_TOKEN")
    arguments = ["desk", "--database", world.address, "--keys", str(tokens.keys), "queue"]
    assert main(arguments) == 2
    assert "no token" in capsys.readouterr().err


def test_one_person_is_one_reviewer(desk, operator, world, tmp_path):
    world.put(task("case-3", price_euros=5_000.0))
    for name in ("ann", "bob"):
        operator("reviewer", name, "--skill", "complaint:*")
    rows = world.rows("SELECT task_id FROM review_tasks WHERE case_id = 'case-3'")
    task_id = rows[0]["task_id"]
    operator("assign", task_id, "ann")
    assert desk("decide", task_id, "take_down", "counterfeit")[1] == "second_opinion_wanted\n"
    # Who speaks twice, or in another's name, is not two.
    assert desk("decide", task_id, "take_down", "counterfeit")[1] == "second_opinion_wanted\n"
    assert operator("assign", task_id, "bob")[0] == 0
    many = tmp_path / "many.csv"
    many.write_text(
        f"task_id,reviewer_id,outcome,reason_codes\n{task_id},bob,take_down,counterfeit\n"
    )
    assert "names another reviewer than ann" in desk("decide-many", str(many))[2]
    assert "does not hold" in desk("decide", task_id, "decline", "counterfeit")[2]
    assert world.outbox("ReviewDecided") == []
    assert desk("decide", task_id, "take_down", "counterfeit", by="bob")[1] == "decided\n"


def test_a_console_with_a_wrong_clock_takes_nobodys_task(desk, operator, monkeypatch):
    for name in ("ann", "bob"):
        operator("reviewer", name, "--skill", "complaint:*")
    assert "complaint" in desk("claim")[1]
    real = time.time_ns
    monkeypatch.setattr(time, "time_ns", lambda: real() + 31 * 60 * 10**9)
    assert desk("claim", by="bob")[1] == "nothing waits for this reviewer\n"


def test_the_console_does_with_the_role_of_the_guide_and_can_not_migrate(desk, operator, world):
    (grants,) = re.findall(r"```sql\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    role = f"desk_{uuid4().hex}"
    with connect(world.address) as connection:
        connection.execute(f"CREATE ROLE {role} LOGIN PASSWORD 'desk'")
        connection.execute(grants.replace("ip_desk", role))
    address = make_conninfo(world.address, user=role, password="desk")
    assert operator("reviewer", "ann", address=address)[0] == 0
    for _ in range(2):
        task_id = desk("claim", address=address)[1].split("task_id\t")[1].split("\n")[0]
        if "appeal" not in task_id:
            desk("decide", task_id, "take_down", "counterfeit", address=address)
    asked = desk("inquiry", "holder-1", "When?", address=address)[1].strip()
    assert desk("answer", asked, "Today.", address=address)[0] == 0
    for look in ("queue", "state", "inquiries", "outreach"):
        assert desk(look, address=address)[0] == 0
    with connect(address) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("ALTER TABLE review_tasks ADD COLUMN own text")
    with connect(world.address) as connection:
        connection.execute(
            "UPDATE alembic_version SET version_num = 'none' WHERE version_num LIKE 'statements_%'"
        )
    assert "not of this version" in desk("queue", address=address)[2]
    with connect(world.address) as connection:
        connection.execute(f"DROP OWNED BY {role}")
        connection.execute(f"DROP ROLE {role}")


def test_versions_can_be_taken_back_and_made_again(database):
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    engine = create_engine(database.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "cases_1@base")
    engine.dispose()
    with connect(database) as connection:
        assert connection.execute("SELECT to_regclass('review_tasks')").fetchone() == (None,)
        migrate(database)
        assert connection.execute("SELECT count(*) FROM case_overview").fetchone() == (0,)
