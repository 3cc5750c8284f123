"""The three older outboxes become one: nothing that waits is lost, and ids stay, kills included."""

import json
import threading

import psycopg
import pytest
import sqlalchemy
from alembic import command
from alembic.config import Config
from databases import create, database_on

from ops.local.patience import wait_for
from outbox.support import CODEC, REVIEWS, START, ToldProducer, review, waiting
from schemas.events.acknowledgements import CommandAcknowledged
from schemas.record import as_avro
from sinks.contract import SinkUnavailable
from sinks.database.database import MIGRATIONS, connect, migrate
from streams.clock import VirtualClock
from streams.sources.outbox import OutboxSender

OLDER = ("cases_2", "dispatch_1", "filing_1", "statements_1")
ACKNOWLEDGEMENTS = "ip.acknowledgements.events"
TIMEOUT_SECONDS = 20.0
ROWS = 1_200
"""More than a page of the migration."""

KEYS = 150
MIDDLES = ("ALTER TABLE", "CREATE TABLE", "CREATE INDEX", "DROP TABLE", "the version's row")


def acknowledgement(number):
    return CommandAcknowledged(
        acknowledgement_id=f"acknowledgement-{number}",
        command_id=f"command-{number}",
        case_id=f"case-{number}",
        listing_id=f"A{number % KEYS}",
        marketplace="taobao",
        result="executed",
        detail='said "done" ☂',
        acknowledged_at_milliseconds=START + number,
    )


def file_one(connection, number, sent=False):
    """Write a filing with its event as the older filing API did."""
    event, key = review(f"F{number % KEYS}", number), f"F{number % KEYS}"
    connection.execute(
        "INSERT INTO filings VALUES (%s, 'complaint', 'holder-1', NULL, NULL, 0, '', '{}', 201,"
        " '{}', 0)",
        (f"filing-{number}",),
    )
    headers = [[name, value.decode()] for name, value in CODEC.headers(event, key, START + number)]
    connection.execute(
        "INSERT INTO filing_outbox (filing_id, lane, topic, record_key, value, headers,"
        " timestamp_milliseconds, sent_at_milliseconds) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
        (
            *(f"filing-{number}", number % 5, REVIEWS, key, CODEC.encode(REVIEWS, event)),
            *(json.dumps(headers), START + number, START if sent else None),
        ),
    )


def decide_one(connection, number, sent=False, event="ReviewDecided", refusal=None):
    """Write an event as the older desk did."""
    content = json.dumps(as_avro(review(f"D{number % KEYS}", number)))
    connection.execute(
        "INSERT INTO outbox (topic, key, event, content, written_at_milliseconds,"
        " sent_at_milliseconds, refusal) VALUES (%s, %s, %s, %s, %s, %s, %s)",
        (
            *(REVIEWS, f"D{number % KEYS}", event, content, START + number),
            *(START if sent else None, refusal),
        ),
    )


def acknowledge_one(connection, number, published=False):
    """Write an acknowledgement as the older dispatch did."""
    fields = acknowledgement(number)._asdict()
    del fields["territories"]  # the older one knew none
    connection.execute(
        f"INSERT INTO acknowledgement_outbox ({', '.join(fields)}, published)"
        f" VALUES ({', '.join(['%s'] * len(fields))}, %s)",
        (*fields.values(), published),
    )


def version(address, act, revision):
    """Bring a database to a version of the past."""
    engine = sqlalchemy.create_engine(
        address.replace("postgresql://", "postgresql+psycopg://"), poolclass=sqlalchemy.NullPool
    )
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        getattr(command, act)(config, revision)


@pytest.fixture(scope="module")
def older_template(postgres):
    """A database of the version before, with rows in each outbox."""
    address = create(postgres)
    for revision in OLDER:
        version(address, "upgrade", revision)
    with psycopg.connect(address) as connection:
        for write in (file_one, decide_one, acknowledge_one):
            write(connection, 0, True)
        for number in range(1, ROWS + 1):
            for write in (file_one, decide_one, acknowledge_one):
                write(connection, number)
        decide_one(connection, ROWS + 1, event="NoEvent")
        decide_one(connection, ROWS + 2, refusal="as it was")
    return address


@pytest.fixture
def older(postgres, older_template):
    with database_on(postgres, older_template) as address:
        yield address


@pytest.fixture
def connection(older):
    with connect(older) as made:
        yield made


def wanted():
    """Return topic, key, id and time of each row that waits, in order, by source."""

    def told(topic, key, event, number):
        headers = dict(CODEC.headers(event, key, START + number))
        return topic, key, headers["ce_id"].decode(), START + number

    numbers = range(1, ROWS + 1)
    reviews = {
        source: [
            told(REVIEWS, f"{letter}{n % KEYS}", review(f"{letter}{n % KEYS}", n), n)
            for n in numbers
        ]
        for source, letter in (("filing", "F"), ("desk", "D"))
    }
    events = [(acknowledgement(number), number) for number in numbers]
    acknowledged = [told(ACKNOWLEDGEMENTS, e.listing_id, e, number) for e, number in events]
    return {**reviews, "dispatch": acknowledged}


def carried(connection):
    found = {}
    for source, topic, key, headers, at in connection.execute(
        "SELECT source, topic, record_key, headers, written_at_milliseconds FROM outbox"
        " WHERE refusal IS NULL ORDER BY outbox_id"
    ):
        found.setdefault(source, []).append((topic, key, dict(headers)["ce_id"], at))
    return found


def sent_by(address):
    producer = ToldProducer()
    with connect(address) as made:
        sender = OutboxSender(made, producer, CODEC, VirtualClock(START))
        while sender.turn():
            pass
    return producer.sent


def test_what_waits_is_carried_over_in_order_with_the_ids_that_it_had(older, connection):
    migrate(older)
    assert carried(connection) == wanted()
    assert connection.execute(
        "SELECT event_type, refusal FROM outbox WHERE refusal IS NOT NULL ORDER BY outbox_id"
    ).fetchall() == [("NoEvent", "KeyError('NoEvent')"), ("ReviewDecided", "as it was")]
    assert connection.execute(
        "SELECT count(DISTINCT source_id), min(source_id), array_agg(DISTINCT event_type)"
        " FROM outbox WHERE source = 'filing'"
    ).fetchone() == (ROWS, "filing-1", ["ReviewDecided"])
    sent = sent_by(older)
    ids = [(topic, key, headers["ce_id"].decode(), at) for topic, key, _, headers, at in sent]
    assert sorted(ids) == sorted(each for rows in wanted().values() for each in rows)
    for key in ("F1", "D1", "A1"):
        times = [at for _, at_key, _, at in ids if at_key == key]
        assert times == sorted(times)
        assert times
    events = {event.review_id: event for topic, _, event, *_ in sent if topic == REVIEWS}
    assert events["review-D2-2"] == review("D2", 2)
    assert acknowledgement(3) in [event for topic, _, event, *_ in sent if topic != REVIEWS]


def test_an_acknowledgement_recorded_before_is_known_again(older, connection):
    migrate(older)
    known = connection.execute("SELECT count(*) FROM recorded_acknowledgements").fetchone()
    assert known == (ROWS + 1,)
    with pytest.raises(psycopg.errors.UniqueViolation):
        connection.execute("INSERT INTO recorded_acknowledgements VALUES ('acknowledgement-0', 1)")


@pytest.mark.parametrize("middle", MIDDLES)
def test_a_kill_in_the_middle_loses_nothing(older, connection, middle):
    before = older_rows(connection)
    with connect(older) as holding, holding.transaction():
        stop_at(connection, holding, middle)
        running, failures = migrating(older)
        connection.execute("SELECT pg_terminate_backend(%s)", (waiting_backend(connection),))
        running.join(TIMEOUT_SECONDS)
    assert [type(each) for each in failures] == [SinkUnavailable]
    assert older_rows(connection) == before
    connection.execute("DROP EVENT TRIGGER IF EXISTS stops")
    migrate(older)
    assert carried(connection) == wanted()


def test_what_is_being_written_when_it_begins_is_carried_too(older, connection):
    with connect(older) as writing:
        with writing.transaction():
            file_one(writing, ROWS + 5)
            decide_one(writing, ROWS + 5)
            acknowledge_one(writing, ROWS + 5)
            running, failures = migrating(older)
            waiting_backend(connection)
        running.join(TIMEOUT_SECONDS)
    assert failures == []
    assert waiting(connection) == 3 * (ROWS + 1)


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO outbox (topic, key, event, content, written_at_milliseconds)"
        " VALUES ('t', 'k', 'e', '{}', 0)",
        "SELECT outbox_id, topic, key, event, content FROM outbox",
        "SELECT outbox_id FROM filing_outbox",
        "SELECT acknowledgement_number FROM acknowledgement_outbox",
    ],
)
def test_an_older_service_that_was_not_ended_fails_and_harms_nothing(older, connection, statement):
    migrate(older)
    with pytest.raises(psycopg.errors.ProgrammingError):
        connection.execute(statement)


def test_the_older_tables_come_back_once_nothing_waits(older, connection):
    migrate(older)
    with pytest.raises(RuntimeError, match="to be sent before"):
        version(older, "downgrade", "outbox_1@positions_1")
    connection.execute("DELETE FROM outbox WHERE refusal IS NOT NULL")
    sent_by(older)
    version(older, "downgrade", "outbox_1@positions_1")
    for write in (file_one, decide_one):
        write(connection, ROWS + 9)
    with pytest.raises(psycopg.errors.UniqueViolation):
        acknowledge_one(connection, 1)
    migrate(older)
    assert waiting(connection) == 2


def older_rows(connection):
    counts = [
        connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        for table in ("filing_outbox", "filing_outbox_lanes", "outbox", "acknowledgement_outbox")
    ]
    waits = connection.execute(
        "SELECT array_agg(key ORDER BY outbox_id) FROM outbox WHERE sent_at_milliseconds IS NULL"
    ).fetchone()
    return counts, waits


def stop_at(connection, holding, middle):
    """Have a migration wait at a statement until what `holding` has locked is let go."""
    if middle == MIDDLES[-1]:
        holding.execute("LOCK TABLE alembic_version IN SHARE MODE")
        return
    holding.execute("SELECT pg_advisory_xact_lock(1)")
    connection.execute(
        "CREATE FUNCTION stop_here() RETURNS event_trigger LANGUAGE plpgsql AS"
        " 'BEGIN PERFORM pg_advisory_xact_lock(1); END'"
    )
    connection.execute(
        f"CREATE EVENT TRIGGER stops ON ddl_command_end WHEN TAG IN ('{middle}')"
        " EXECUTE FUNCTION stop_here()"
    )


def migrating(address):
    failures = []

    def run():
        try:
            migrate(address)
        except Exception as error:
            failures.append(error)

    running = threading.Thread(target=run)
    running.start()
    return running, failures


def waiting_backend(connection):
    """Return the process that waits for a lock in this database, when there is one."""
    query = (
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
        " AND wait_event_type = 'Lock'"
    )
    return wait_for("a lock that is waited for", lambda: connection.execute(query).fetchone())[0]
