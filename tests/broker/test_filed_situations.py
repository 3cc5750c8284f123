"""The longest situations of law through the filing API and the desk, on real Kafka."""

import pytest

from ops.trials.evaluation.filed_pipeline import Servers, filed_pipeline
from ops.trials.evaluation.filed_situations import LONGEST, judge_filed

pytestmark = pytest.mark.broker


def test_the_longest_situations_end_on_kafka_as_their_tables_say(
    topics, schema_registry, database, tmp_path
):
    servers = Servers(topics, schema_registry.address, database, tmp_path)
    with filed_pipeline(servers) as pipeline:
        found = judge_filed(pipeline, tmp_path / "driver")
    assert len(found) == LONGEST
    assert {each.situation.name: each.faults for each in found if each.faults} == {}, found
