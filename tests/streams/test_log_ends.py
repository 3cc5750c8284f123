"""The ends of logs are asked for by a client that knows who leads now."""

from concurrent.futures import Future

import pytest
from confluent_kafka import KafkaError, KafkaException

from streams.kafka.log_ends import LogEnds

FENCED = KafkaException(KafkaError(KafkaError.FENCED_LEADER_EPOCH, "an epoch of before"))


class Client:
    """A client that keeps the epoch at which it was made, as the real one does."""

    def __init__(self, cluster):
        self._cluster = cluster
        self._epoch = cluster.epoch

    def list_offsets(self, places, **_settings):
        answers = {}
        for place in places:
            answers[place] = Future()
            if self._epoch != self._cluster.epoch:
                answers[place].set_exception(FENCED)
            else:
                answers[place].set_result(Answer())
        return answers


class Answer:
    offset = 7


class Cluster:
    def __init__(self):
        self.epoch = 1
        self.made = 0

    def client(self, _servers):
        self.made += 1
        return Client(self)


def test_after_a_broker_was_away_it_is_answered_again():
    cluster = Cluster()
    ends = LogEnds("", cluster.client)
    assert ends.ask("ip.cases.state", [0, 3]) == ({0: 7, 3: 7}, {0: 7, 3: 7})
    cluster.epoch = 2
    with pytest.raises(KafkaException, match="FENCED_LEADER_EPOCH"):
        ends.ask("ip.cases.state", [0, 3])
    assert ends.ask("ip.cases.state", [0]) == ({0: 7}, {0: 7})
    assert cluster.made == 2


def test_an_answer_that_never_comes_is_an_error_of_kafka(monkeypatch):
    monkeypatch.setattr("streams.kafka.log_ends.TIMEOUT_SECONDS", 0.01)

    class Silent:
        def list_offsets(self, places, **_settings):
            return {place: Future() for place in places}

    with pytest.raises(KafkaException) as caught:
        LogEnds("", lambda _servers: Silent()).ask("ip.cases.state", [0])
    assert caught.value.args[0].code() == KafkaError._TIMED_OUT
