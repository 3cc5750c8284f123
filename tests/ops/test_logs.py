"""Logs: a line for each thing, as text or JSON, with its ids and without personal data."""

import json
import logging
import subprocess
import sys

import psycopg
import pytest

from ops.shell.logs import CUT, Lines

CANARY = "erika.mustermann@canary.example"


def line_of(form, message, *arguments, error=None, **ids):
    logger = logging.getLogger("streams.test")
    exc_info = (type(error), error, error.__traceback__) if error else None
    record = logger.makeRecord(
        logger.name, logging.ERROR, "file", 1, message, arguments, exc_info, "function", ids
    )
    return Lines(form, "worker").format(record)


def test_a_line_of_json_has_service_and_ids():
    told = json.loads(line_of("json", "%s is set aside", "a row", case_id="case-1"))
    assert told.pop("time").endswith("+00:00")
    assert told == {
        "level": "error",
        "service": "worker",
        "logger": "streams.test",
        "message": "a row is set aside",
        "case_id": "case-1",
    }


def test_a_line_of_text_has_its_ids_before_the_stack():
    try:
        raise ValueError("two\nlines")
    except ValueError as error:
        told = line_of("text", "it failed", error=error, listing_id="a-1")
    first, *rest = told.splitlines()
    assert first.endswith("ERROR streams.test it failed listing_id=a-1")
    assert rest[0].startswith("Traceback")
    assert rest[-2:] == ["ValueError: two", "lines"]


def test_json_stays_one_line_whatever_is_logged():
    told = line_of("json", "two\nlines \u2028 \ud800 %s", object(), error=ValueError("a\nb"))
    assert "\n" not in told
    assert json.loads(told)["error"].splitlines()[-2:] == ["ValueError: a", "b"]


@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.parametrize(
    ("quoted", "left"),
    [
        (f"of {CANARY}, who wrote", f"of {CUT}, who wrote"),
        ("at postgresql://erika:word@database:1/x", f"at postgresql://{CUT}@database:1/x"),
        ("at database:5432, offset 1234567890", "at database:5432, offset 1234567890"),
    ],
)
def test_what_errors_quote_of_persons_is_cut(form, quoted, left):
    for told in (
        line_of(form, "refused: %s", quoted),
        line_of(form, "refused", error=RuntimeError(quoted)),
    ):
        assert left in told
        assert "erika" not in told


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_row_that_a_database_quotes_is_cut(form, postgres):
    row = ("Erika Mustermann",)
    with psycopg.connect(postgres.address) as connection:
        connection.execute("CREATE TEMPORARY TABLE people (name text UNIQUE)")
        connection.execute("INSERT INTO people VALUES (%s)", row)
        with pytest.raises(psycopg.errors.UniqueViolation) as refused:
            connection.execute("INSERT INTO people VALUES (%s)", row)
    assert "Erika" in str(refused.value)
    told = line_of(form, "%s", refused.value, error=refused.value)
    assert "Erika" not in told
    assert "people_name_key" in told


def test_a_services_lines_are_of_the_form_that_settings_say(tmp_path):
    settings = tmp_path / "ip-takedowns.toml"
    settings.write_text('[logs]\nformat = "json"\n')
    code = (
        "import logging, sys; from ops import __main__ as entry; import ops.tools.topics as topics;"
        "topics.differences = lambda *_: logging.getLogger('x').warning('a word') or [];"
        "sys.exit(entry.main(sys.argv[1:]))"
    )
    line = ["--settings-file", str(settings), "topics", "check", "--bootstrap-servers", "b:1"]
    ended = subprocess.run(
        [sys.executable, "-c", code, *line], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0
    told = json.loads(ended.stderr)
    assert (told["service"], told["message"]) == ("topics", "a word")
