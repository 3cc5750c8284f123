"""Topics are as they are needed, at the start and while a process works."""

import pytest
from confluent_kafka import KafkaError, KafkaException

from streams.kafka import topic_checks
from streams.kafka.topic_checks import TopicsUnfit, TopicWatch, changes, fit_topics, weaknesses
from streams.kafka.topic_facts import ClusterFacts, TopicFacts
from streams.state.local_state import POSITIONS, LocalState
from streams.state.state_origin import StateForeign, check_origin
from streams.topology import CO_PARTITIONED, GLOBAL_TABLES, LEAD_TOPIC, WORKER_TOPICS

COMPLAINTS, RULES = "ip.complaints.events", "ip.rules.state"


def cluster(brokers=3, copies=3, in_step=2, **changed):
    fine = TopicFacts("id", 8, copies, in_step, 2 << 20)
    topics = {
        name: fine._replace(topic_id=f"id-{name}", partitions=8 if name in CO_PARTITIONED else 1)
        for name in WORKER_TOPICS
    }
    return ClusterFacts("cluster", brokers, topics)


def with_topic(facts, name, **changed):
    return facts._replace(topics={**facts.topics, name: facts.topics[name]._replace(**changed)})


def without(facts, name):
    return facts._replace(topics={n: t for n, t in facts.topics.items() if n != name})


def fit(facts, partitions=None):
    return fit_topics("", WORKER_TOPICS, partitions, lambda _servers, _topics: facts)


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch):
    monkeypatch.setattr(topic_checks, "WAIT_SECONDS", 0.0)


def test_what_is_as_declared_is_fit():
    assert fit(cluster()) == cluster()
    assert fit(cluster(), 8) == cluster()


@pytest.mark.parametrize("name", sorted(WORKER_TOPICS))
def test_a_missing_topic_is_told(name):
    with pytest.raises(TopicsUnfit, match=f"no such topic as {name}: run `ops topics create`"):
        fit(without(cluster(), name))


@pytest.mark.parametrize("name", sorted(CO_PARTITIONED & WORKER_TOPICS - {LEAD_TOPIC}))
@pytest.mark.parametrize("count", [2, 12])
def test_other_partitions_are_told(name, count):
    with pytest.raises(TopicsUnfit, match=f"{name} has {count} partitions, and {LEAD_TOPIC} has 8"):
        fit(with_topic(cluster(), name, partitions=count))


@pytest.mark.parametrize("name", ["ip.cases.state", "ip.decisions.events", "ip.dead-letters"])
def test_a_topic_that_refuses_what_may_be_written_is_told(name):
    with pytest.raises(TopicsUnfit, match=f"{name} takes records of 1,000,000 bytes"):
        fit(with_topic(cluster(), name, longest_bytes=1_000_000))


def test_tables_have_their_own_number():
    for name in set(GLOBAL_TABLES) - CO_PARTITIONED:
        fit(with_topic(cluster(), name, partitions=3))


def test_a_default_that_is_not_the_clusters_is_told():
    with pytest.raises(TopicsUnfit, match="has 8 partitions, and --partitions says 4"):
        fit(cluster(), 4)


def test_a_topic_made_a_moment_ago_is_waited_for(monkeypatch):
    monkeypatch.setattr(topic_checks, "WAIT_SECONDS", 30.0)
    answers = [without(cluster(), RULES), cluster()]
    fit_topics("", WORKER_TOPICS, None, lambda _servers, _topics: answers.pop(0))
    assert not answers


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        (cluster(), ""),
        (cluster(brokers=1, copies=1, in_step=1), ""),
        (cluster(copies=1, in_step=1), "has 1 copies, and should have 3"),
        (cluster(in_step=1), "set min.insync.replicas to 2"),
        (cluster(in_step=3), "takes none once a broker is lost"),
    ],
)
def test_what_a_lost_broker_takes_along_is_told(facts, told):
    found = weaknesses(facts)
    assert len(found) == (len(facts.topics) if told else 0)
    assert all(told in each for each in found)


class Asked:
    """A cluster that changes while a process works."""

    def __init__(self):
        self.facts = cluster()

    def __call__(self, _servers, _topics):
        if isinstance(self.facts, Exception):
            raise self.facts
        return self.facts


def test_what_changes_while_a_process_works_ends_it_once_it_is_seen_twice():
    asked = Asked()
    watch = TopicWatch("", cluster(), asked)
    watch.look()
    watch.check()
    asked.facts = with_topic(cluster(), COMPLAINTS, partitions=12)
    watch.look()
    watch.check()
    watch.look()
    with pytest.raises(TopicsUnfit, match=f"{COMPLAINTS} has 12 partitions, and had 8"):
        watch.check()


def test_what_is_missing_for_a_moment_only_ends_nothing():
    asked = Asked()
    watch = TopicWatch("", cluster(), asked)
    for facts in (without(cluster(), RULES), cluster(), without(cluster(), COMPLAINTS)):
        asked.facts = facts
        watch.look()
        watch.check()
    asked.facts = KafkaException(KafkaError(KafkaError._TRANSPORT, "away"))
    watch.look()
    watch.check()


def test_changes_are_told():
    before = cluster()
    assert changes(before, before) == []
    assert "made anew" in changes(before, with_topic(before, RULES, topic_id="other"))[0]
    assert "is no more" in changes(before, without(before, RULES))[0]
    assert "cluster other" in changes(before, before._replace(cluster_id="other"))[0]


@pytest.fixture
def state(tmp_path):
    state = LocalState(tmp_path / "state")
    yield state
    state.close()


def test_a_state_is_of_the_logs_that_it_was_made_of(state):
    check_origin(state, "group", cluster())
    check_origin(state, "group", cluster(in_step=1))
    for group, facts, told in (
        ("other", cluster(), "the group is other, and was group"),
        ("group", cluster()._replace(cluster_id="other"), "the brokers are of cluster other"),
        ("group", with_topic(cluster(), COMPLAINTS, topic_id="new"), "was made anew"),
        ("group", with_topic(cluster(), COMPLAINTS, partitions=12), "has 12 partitions, and had 8"),
    ):
        with pytest.raises(StateForeign, match=told):
            check_origin(state, group, facts)
    check_origin(state, "group", cluster())


def test_a_topic_that_is_new_to_the_software_is_taken_in(state):
    check_origin(state, "group", without(cluster(), RULES))
    check_origin(state, "group", cluster())
    with pytest.raises(StateForeign, match=RULES):
        check_origin(state, "group", with_topic(cluster(), RULES, topic_id="new"))
    assert state.get(POSITIONS, b"origin")
