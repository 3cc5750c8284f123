"""The desk on the console, and the versions of its tables."""

import re

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine
from test_desk import World
from world_cases import task

from ops.__main__ import main
from sinks.database.database import MIGRATIONS, connect, migrate


@pytest.fixture
def world(database):
    made = World(database)
    made.put(task("case-1"), task("case-2", kind="appeal", subject_id="appeal-1"))
    yield made
    made.close()


@pytest.fixture
def desk(world, capsys):
    def call(*arguments):
        code = main(["desk", "--database", world.address, *arguments])
        shown = capsys.readouterr()
        return code, shown.out, shown.err

    return call


def test_a_day_at_the_console(desk, tmp_path):
    assert desk("reviewer", "ann", "--skill", "complaint:*", "--language", "en")[0] == 0
    code, shown, _ = desk("claim", "ann")
    assert (code, "kind\tcomplaint" in shown) == (0, True)
    task_id = shown.split("task_id\t")[1].split("\n")[0]
    assert desk("decide", task_id, "bob", "take_down", "counterfeit") == (
        2,
        "",
        f"error: bob does not hold {task_id}, which is leased\n",
    )
    assert desk("decide", task_id, "ann", "take_down", "counterfeit")[1] == "decided\n"
    assert desk("claim", "ann")[1] == "nothing waits for this reviewer\n"
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
    assert "no column task_id, reviewer_id" in desk("decide-many", str(rows))[2]


def test_questions_and_answers_at_the_console(desk):
    desk("reviewer", "ann")
    inquiry = desk("inquiry", "holder-1", "When?\x1b[2J", "--case", "case-1")[1].strip()
    # What a party wrote does not steer the terminal.
    assert desk("inquiries")[1].endswith("When? [2J\n")
    # The database's own clock tells how long it waited.
    assert re.fullmatch(r"seconds\t\d+\n", desk("answer", inquiry, "ann", "Today.")[1])
    assert desk("inquiries")[1] == ""


def test_a_database_that_is_away_is_told(capsys):
    code = main(["desk", "--database", "postgresql://nobody@127.0.0.1:1/none", "queue"])
    assert code == 2
    assert "error: the database: " in capsys.readouterr().err


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
