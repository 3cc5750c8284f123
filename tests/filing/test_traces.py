"""One trace from a filing to its acknowledgement, and none where nobody asked for it."""

import asyncio

import pytest
from aiohttp import web
from dispatch.marketplace import Marketplace, World, settings
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode
from outbox.support import ToldProducer
from world import PURCHASE, listing, owner, rule_set, trademark

from filing.harness import START, complaint
from ops.shell.trace_export import exporting
from processors.policies.service_level import ServiceLevel
from schemas.durations import DAY_MILLISECONDS
from schemas.traces import TRACEPARENT, TRACES, carried_in, parse_traceparent
from schemas.wire.delivered import Delivered
from sinks.contract import Span
from sinks.database.database import connect
from streams.driver import Driver, DriverSettings
from streams.kafka.producing import keyed
from streams.sources.outbox import OutboxSender

TAKEDOWNS, ACKNOWLEDGEMENTS = "ip.takedowns.commands", "ip.acknowledgements.events"
ASKED = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
PERSONAL = ("Erika Mustermann", "ip@brand.example", "holder-1", "seller-9", "batch code")


@pytest.fixture
def spans():
    exporter = InMemorySpanExporter()
    TRACES.tell_to(exporting(SimpleSpanProcessor(exporter), "test"))
    yield exporter.get_finished_spans
    TRACES.tell_to(None)


@pytest.fixture
def make_driver(tmp_path, api):
    made = []

    def make(carries_traces):
        given = DriverSettings(
            partitions=1,
            now_milliseconds=START,
            service_level=ServiceLevel(),
            carries_traces=carries_traces,
        )
        codec = api.services.codec
        driver = Driver(tmp_path / f"driver-{len(made)}", codec, rule_set(), given)
        made.append(driver)
        for event in (trademark(), owner(), listing()):
            driver.send(*keyed(event))
        driver.run()
        return driver

    yield make
    for driver in made:
        driver.close()


def file_complaint(api, **headers):
    """File what is taken down by rule; give the status."""
    sent = api.tokens.headers() | {"Content-Type": "text/plain"}
    kept = api.client.post("/v1/evidence", content=b"The cap differs.\n", headers=sent)
    body = complaint(
        (("listing-1", "shop"),),
        trademark={"office": "US", "number": "2824281", "number_kind": "registration"},
        territory="US",
        evidence=[{"evidence_id": kept.json()["evidence_id"], "kind": "test_buy"}],
        test_purchase={
            "order_id": "4711",
            "ordered_on": "2026-08-01",
            "received_on": "2026-08-09",
            "features": list(PURCHASE.features),
        },
    )
    return api.post("/v1/complaints", body, api.tokens.headers() | headers)


def publish(api):
    """Publish the outbox; give what a broker then holds, by topic."""
    producer = ToldProducer()
    with connect(api.address) as connection:
        OutboxSender(connection, producer, api.services.codec, api.clock).turn()
    return {topic: (key, event, [*told.items()]) for topic, key, event, told, _ in producer.sent}


def feed(api, driver, topic, published):
    key, event, headers = published[topic]
    value = api.services.codec.encode(topic, event)
    driver.send_bytes(topic, key.encode(), value, headers)
    driver.run()


def deliver(api, driver):
    """Deliver all takedowns to a marketplace that does as it is told; give its requests."""

    async def scene():
        async with Marketplace("shop", acknowledged) as shop:
            world = World(api.address, settings(shop))
            records = driver.records(TAKEDOWNS)
            codec = api.services.codec
            world.store.write(
                [
                    Delivered(
                        *(TAKEDOWNS, 0, record.offset),
                        codec.decode(TAKEDOWNS, record.value, record.headers),
                        START,
                        carried_in(record.headers),
                    )
                    for record in records
                ],
                {(TAKEDOWNS, 0): Span(0, len(records))},
            )
            async with world.sending():
                await world.until(lambda: world.told["received"] == len(records))
            return [headers for _, headers, *_ in shop.requests]

    return asyncio.run(scene())


async def acknowledged(_request):
    return web.json_response({"result": "executed", "detail": "gone"})


def test_one_trace_goes_from_a_filing_to_its_acknowledgement(api, make_driver, spans):
    driver = make_driver(carries_traces=True)
    assert file_complaint(api, traceparent=ASKED).status_code == 201
    feed(api, driver, "ip.complaints.events", publish(api))
    [asked] = deliver(api, driver)
    feed(api, driver, ACKNOWLEDGEMENTS, publish(api))

    found = [span for span in spans() if span.name != "POST /v1/evidence"]
    assert {f"{span.context.trace_id:032x}" for span in found} == {ASKED.split("-")[1]}
    names = {span.context.span_id: span.name for span in found}
    parents = {span.name: names.get(span.parent.span_id) for span in found}
    assert parents == {
        "POST /v1/complaints": None,
        "publish ip.complaints.events": "POST /v1/complaints",
        "process ip.complaints.events": "POST /v1/complaints",
        "process ip.conduct.events": "process ip.complaints.events",
        "deliver listing.take_down": "process ip.complaints.events",
        "publish ip.acknowledgements.events": "deliver listing.take_down",
        "process ip.acknowledgements.events": "deliver listing.take_down",
    }
    assert parse_traceparent(asked[TRACEPARENT]).trace_id == ASKED.split("-")[1]
    kinds = {span.name.split()[0]: span.kind for span in found}
    assert kinds == {
        "POST": SpanKind.SERVER,
        "publish": SpanKind.PRODUCER,
        "process": SpanKind.CONSUMER,
        "deliver": SpanKind.CLIENT,
    }
    assert {span.status.status_code for span in found} == {StatusCode.UNSET}
    told = " ".join(span.to_json() for span in spans())
    assert not [words for words in PERSONAL if words in told]


def test_what_is_committed_is_the_same_with_traces_but_for_their_header(api, make_driver, spans):
    assert file_complaint(api).status_code == 201
    published = publish(api)
    logs = []
    for carries in (False, True, True):
        driver = make_driver(carries)
        feed(api, driver, "ip.complaints.events", published)
        driver.advance(DAY_MILLISECONDS)
        logs.append(driver.log)
    without, first, second = logs
    assert first == second
    assert TAKEDOWNS in {topic for topic, _ in first}
    assert without != first
    sent = ("ip.complaints.events", 0)
    bare = {
        place: [
            each._replace(headers_source=[h for h in each.headers or [] if h[0] != TRACEPARENT])
            for each in records
        ]
        for place, records in first.items()
        if place != sent
    }
    expected = {
        place: [each._replace(headers_source=each.headers or []) for each in records]
        for place, records in without.items()
        if place != sent
    }
    assert bare == expected


def test_a_new_trace_begins_where_none_is_asked_for_and_ends_with_an_error(api, spans, monkeypatch):
    answer = file_complaint(api)
    assert answer.status_code == 201
    assert api.get(answer.headers["Location"]).status_code == 200
    [filed] = [span for span in spans() if span.name == "POST /v1/complaints"]
    assert filed.parent is None
    [(_, _, headers)] = publish(api).values()
    assert carried_in(headers).trace_id == f"{filed.context.trace_id:032x}"
    assert not [span for span in spans() if span.name.startswith("GET")]

    def fail(*_):
        raise RuntimeError

    monkeypatch.setattr(type(api.services.store), "file", fail)
    assert file_complaint(api).status_code == 500
    assert spans()[-1].status.status_code == StatusCode.ERROR


def test_who_asks_that_nothing_be_told_is_heeded_and_the_trace_goes_on(api, spans):
    silent = ASKED[:-2] + "00"
    assert file_complaint(api, traceparent=silent).status_code == 201
    assert [span.name for span in spans()] == ["POST /v1/evidence"]
    [(_, _, headers)] = publish(api).values()
    context = carried_in(headers)
    assert (context.trace_id, context.sampled) == (ASKED.split("-")[1], False)


def test_nothing_is_carried_where_traces_are_off(api, make_driver):
    assert file_complaint(api, traceparent=ASKED).status_code == 201
    [(key, event, headers)] = publish(api).values()
    assert carried_in(headers) is None
    driver = make_driver(carries_traces=False)
    published = {"ip.complaints.events": (key, event, [*headers, (TRACEPARENT, ASKED.encode())])}
    feed(api, driver, "ip.complaints.events", published)
    assert [carried_in(record.headers) for record in driver.records(TAKEDOWNS)] == [None]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nonsense",
        ASKED.upper(),
        "ff" + ASKED[2:],
        ASKED + "-more",
        ASKED.replace("4bf92f3577b34da6a3ce929d0e0e4736", "0" * 32),
        ASKED.replace("00f067aa0ba902b7", "0" * 16),
        "00-" + "é" * 52,
    ],
)
def test_what_is_no_context_is_none(text):
    assert parse_traceparent(text) is None
    assert carried_in([("other", b"x"), (TRACEPARENT, text.encode())]) is None


def test_later_versions_of_the_header_are_read_as_far_as_they_are_known():
    later = "01" + ASKED[2:]
    assert (
        parse_traceparent(later) == parse_traceparent(f"{later}-more") == parse_traceparent(ASKED)
    )
    assert carried_in(lambda: None) is None
    assert carried_in([(TRACEPARENT, None)]) is None
