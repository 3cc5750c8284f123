"""The kill switch needs Kafka alone, and a file halts without it."""

import threading

import pytest

from ops.local.patience import wait_for
from ops.tools import switch as switch_command
from schemas.catalog import EVENT_TYPES, load_schema, load_versions
from schemas.events.switches import DispatchSwitched
from schemas.topic_names import SWITCHES_STATE
from schemas.wire.codec import DecodeError
from schemas.wire.registry import offline_codec
from schemas.wire.single_object import HEADER_BYTES, known_headers, single_object
from sinks.dispatch.halt_file import HaltFile
from sinks.dispatch.switches import Switches
from streams.clock import SystemClock
from streams.tables.switch_table import SwitchTable

SWITCH = DispatchSwitched("rule:one", True, "a mistake", "olga", 1_700_000_000_000)
CODEC = offline_codec()


def test_what_is_written_without_a_registry_is_read_by_its_fingerprint():
    assert CODEC.decode(SWITCHES_STATE, single_object(SWITCH), None) == SWITCH


def test_fingerprints_are_those_of_the_specification():
    # Of "int", from Avro's own tests of CRC-64-AVRO.
    from fastavro.schema import fingerprint

    assert fingerprint('"int"', "CRC-64-AVRO") == "8f5c393f1ad57572"


def test_all_versions_of_all_events_are_told_apart():
    versions = sum(len(load_versions(name)) for name in EVENT_TYPES)
    assert len(known_headers()) == versions
    assert (SWITCH.__class__.__name__, load_schema("DispatchSwitched")) in known_headers().values()


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (b"\xc3\x01", "unknown_schema_id"),
        (b"\xc3\x01" + b"\x00" * 8 + single_object(SWITCH)[HEADER_BYTES:], "unknown_schema_id"),
        (single_object(SWITCH)[:-1], "truncated"),
        (single_object(SWITCH)[:HEADER_BYTES], "truncated"),
        (single_object(SWITCH) + b"\x00", "trailing_bytes"),
    ],
)
def test_what_is_none_is_refused_with_a_reason(value, reason):
    with pytest.raises(DecodeError, match=reason):
        CODEC.decode(SWITCHES_STATE, value, None)


def test_a_topic_carries_only_its_events_in_this_form_too():
    with pytest.raises(DecodeError, match="unexpected_event"):
        CODEC.decode("ip.listings.events", single_object(SWITCH), None)


def test_the_command_needs_a_broker_and_nothing_else(topics):
    import argparse

    parser = argparse.ArgumentParser()
    switch_command.add_parser(parser.add_subparsers())
    switches, stopping = Switches(), threading.Event()
    table = SwitchTable(topics, CODEC, switches, SystemClock(), lambda: None)
    thread = threading.Thread(target=table.run, args=(stopping.wait,))
    thread.start()
    try:
        for position, halted in (("halt", True), ("resume", False)):
            options = parser.parse_args(
                ["switch", position, "--scope", "all", "--reason", "r", "--operator", "olga",
                 "--bootstrap-servers", topics]
            )  # fmt: skip
            assert options.run(options) == 0
            wait_for("the switch", lambda: switches.halts_marketplace("any") is halted)  # noqa: B023
    finally:
        stopping.set()
        thread.join()


@pytest.fixture
def switches():
    switches = Switches()
    switches.see(True)
    return switches


def test_a_file_halts_while_it_is_there(tmp_path, switches):
    path, changes = tmp_path / "halt", []
    file = HaltFile(path, switches, lambda: changes.append(switches.halted_scopes))
    assert not switches.halts_marketplace("shop")
    path.touch()
    file.look()
    assert switches.halts_marketplace("shop")
    path.write_text("# since Tuesday\nmarketplace:shop  # the new one\n\n")
    file.look()
    assert switches.halts_marketplace("shop")
    assert not switches.halts_marketplace("other")
    path.unlink()
    file.look()
    file.look()
    assert not switches.halts_marketplace("shop")
    assert changes == [{"all"}, {"marketplace:shop"}, frozenset()]


def test_it_is_looked_at_before_anything_is_sent(tmp_path, switches):
    (tmp_path / "halt").touch()
    HaltFile(tmp_path / "halt", switches, lambda: None)
    assert switches.halts_marketplace("shop")


@pytest.mark.parametrize("content", [b"marketplace\n", b"\xff\xfe", b"rule:\n", b"everything\n"])
def test_what_can_not_be_understood_halts_all(tmp_path, switches, content):
    (tmp_path / "halt").write_bytes(content)
    HaltFile(tmp_path / "halt", switches, lambda: None)
    assert switches.halted_scopes == {"all"}


def test_a_directory_in_its_place_halts_all(tmp_path, switches):
    (tmp_path / "halt").mkdir()
    HaltFile(tmp_path / "halt", switches, lambda: None)
    assert switches.halted_scopes == {"all"}


def test_neither_source_undoes_what_the_other_halts(tmp_path, switches):
    switches.apply({"all": SWITCH._replace(scope="all")})
    file = HaltFile(tmp_path / "halt", switches, lambda: None)
    (tmp_path / "halt").touch()
    file.look()
    switches.apply({"all": SWITCH._replace(scope="all", halted=False)})
    assert switches.halts_marketplace("shop")
    switches.apply({"all": SWITCH._replace(scope="all")})
    (tmp_path / "halt").unlink()
    file.look()
    assert switches.halts_marketplace("shop")
