"""Where logs end is told again after a broker was away."""

import pytest
from confluent_kafka import KafkaException

from ops.local.kafka.cluster import KafkaCluster
from ops.local.patience import wait_for
from ops.topics import create_topics
from streams.kafka.log_ends import LogEnds
from streams.topology import CHANGELOG

PARTITIONS = range(4)


@pytest.mark.slow
def test_after_a_broker_was_away_the_ends_are_told_again(tmp_path):
    with KafkaCluster(tmp_path / "kafka") as kafka:
        create_topics(kafka.bootstrap_servers, len(PARTITIONS))
        ends = LogEnds(kafka.bootstrap_servers)

        def asked():
            try:
                return ends.ask(CHANGELOG, PARTITIONS)
            except KafkaException:
                return None

        told = wait_for("the ends", asked)
        kept = ends._client
        kafka.kill()
        kafka.restart()
        assert wait_for("the ends", asked) == told
        # The client of before may never learn who leads now (FENCED_LEADER_EPOCH): then it is left.
        ends._client = kept
        assert asked() in (told, None)
        assert ends.ask(CHANGELOG, PARTITIONS) == told
