"""Parties from files: a row says what changes, and takes nothing away that it does not name."""

import json
import threading

import pytest
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient, NewTopic

from ops.__main__ import main, parser_for
from ops.local.patience import wait_for
from ops.shell.topic_parties import TopicParties
from ops.tools.followed_feed import follow
from ops.topics import make_topics
from replay.log import KafkaLog, ReplayError
from schemas.topic_names import PARTIES_STATE
from schemas.wire.registry import connect
from streams.sources.feeds.parties import party_of
from streams.sources.feeds.rows import RowError

AUTHORISATION = {
    "authorisation_id": "leave-1",
    "rights_holder_id": "holder-1",
    "trademark_keys": [],
    "territories": ["DE"],
    "valid_from_milliseconds": 1,
    "valid_until_milliseconds": None,
    "revoked_at_milliseconds": None,
}
AGENT = {
    "party_id": "agent-1",
    "kind": "agent",
    "name": "An agency",
    "authorisations": [AUTHORISATION],
}


def test_what_a_row_leaves_out_stays_and_what_it_names_is_replaced():
    first = party_of(AGENT, {}, 1_000)
    assert first.identity_verified is False
    assert first.authorisations[0].territories == ("DE",)
    changed = {"party_id": "agent-1", "identity_verified": True, "language": "de"}
    second = party_of(changed, {"agent-1": first}, 2_000)
    assert second == first._replace(
        identity_verified=True, language="de", recorded_at_milliseconds=2_000
    )
    third = party_of({"party_id": "agent-1", "authorisations": []}, {"agent-1": second}, 3_000)
    assert third.authorisations == ()


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"kind": "agent", "name": "n"}, "invalid_field"),
        ({"party_id": 5, "kind": "agent", "name": "n"}, "invalid_field"),
        ({"party_id": "new", "name": "n"}, "invalid_field"),
        ({"party_id": "agent-1", "kind": "seller"}, "another_kind"),
        ({"party_id": "agent-1", "authorizations": []}, "invalid_field"),
        ({"party_id": "agent-1", "authorisations": [{"territories": []}]}, "invalid_field"),
        ({"party_id": "agent-1", "authorisations": [AUTHORISATION | {"x": 1}]}, "invalid_field"),
    ],
)
def test_a_bad_row_is_refused(row, reason):
    known = {"agent-1": party_of(AGENT, {}, 1_000)}
    with pytest.raises(RowError) as refused:
        party_of(row, known, 2_000)
    assert refused.value.reason == reason


def is_readable(servers, topic):
    try:
        return list(KafkaLog(servers).read_all(topic)) == []
    except ReplayError:
        return False


def test_parties_and_listings_are_recorded_on_their_topics(topics, schema_registry, tmp_path):
    servers = ["--bootstrap-servers", topics, "--schema-registry", schema_registry.address]
    wait_for("leaders that each broker knows", lambda: is_readable(topics, PARTIES_STATE))
    path = tmp_path / "parties.jsonl"
    path.write_text(json.dumps(AGENT) + "\n{}\n")
    assert main(["parties", "import", str(path), *servers]) == 1
    codec = connect(schema_registry.address, register=True)
    parties = TopicParties(topics, codec)
    assert parties.find("agent-1").country == ""
    assert parties.find("agent-2") is None
    path.write_text(json.dumps({"party_id": "agent-1", "country": "DE"}) + "\n")
    assert main(["parties", "import", str(path), *servers]) == 0
    assert parties.find("agent-1").country == "DE"
    recorded = [
        codec.decode(PARTIES_STATE, record.value, record.headers)
        for record in KafkaLog(topics).read_all(PARTIES_STATE)
    ]
    assert [each.country for each in recorded] == ["", "DE"]
    assert {each.authorisations[0].authorisation_id for each in recorded} == {"leave-1"}

    feed = tmp_path / "listings.csv"
    feed.write_text("listing_id,title,url\na-1,Scissors,https://shop.example/a-1\n")
    given = ["--marketplace", "shop", "--seller", "seller-1"]
    assert main(["listings", "import", str(feed), *given, *servers]) == 0
    (record,) = KafkaLog(topics).read_all("ip.listings.events")
    listing = codec.decode("ip.listings.events", record.value, record.headers)
    assert record.key == b"a-1"
    assert (listing.marketplace, listing.seller_id, listing.title) == (
        "shop",
        "seller-1",
        "Scissors",
    )


def test_a_topic_of_json_is_followed_and_a_bad_record_is_told(topics, schema_registry):
    make_topics(AdminClient({"bootstrap.servers": topics}), [NewTopic("shop.listings", 1, 1)])
    producer = Producer({"bootstrap.servers": topics})
    row = {"listing_id": "b-1", "title": "Brush", "url": "https://shop.example/b", "__lsn": 5}
    for value in (json.dumps(row).encode(), b"no json", None, json.dumps({"__lsn": 6}).encode()):
        producer.produce("shop.listings", value, b"b-1")
    producer.produce("shop.listings", json.dumps(row | {"__lsn": 9, "__deleted": "true"}).encode())
    producer.flush()
    servers = ["--bootstrap-servers", topics, "--schema-registry", schema_registry.address]
    line = ["follow-listings", "--topic", "shop.listings", "--marketplace", "shop", *servers]
    options = parser_for(line).parse_args([*line, "--seller", "seller-1"])
    refused, stopping, codec = [], threading.Event(), connect(schema_registry.address, True)

    wait_for("leaders", lambda: is_readable(topics, "ip.listings.events"))

    def listings():
        return [
            codec.decode("ip.listings.events", record.value, record.headers)
            for record in KafkaLog(topics).read_all("ip.listings.events")
        ]

    follower = threading.Thread(target=follow, args=(options, refused.append, stopping))
    follower.start()
    wait_for("both listings", lambda: len(listings()) == 2)
    stopping.set()
    follower.join()
    assert [(each.version, each.status) for each in listings()] == [(5, "active"), (9, "removed")]
    assert [json.loads(each)["reason"] for each in refused] == ["not_json", "invalid_field"]
    assert [json.loads(each)["offset"] for each in refused] == [1, 3]
