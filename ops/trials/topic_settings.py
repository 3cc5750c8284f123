"""Settings of topics that a trial changes."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from confluent_kafka.admin import AlterConfigOpType, ConfigEntry, ConfigResource, ResourceType

from ops.topics import UNBOUNDED_MILLISECONDS, settings_of
from schemas.catalog import load_topics
from streams.kafka.clients import admin_client

TIMEOUT_SECONDS = 30.0
ANY_TIME = {
    "message.timestamp.before.max.ms": str(UNBOUNDED_MILLISECONDS),
    "retention.ms": str(-1),
}


def set_on_topics(bootstrap_servers: str, settings: Mapping[str, Mapping[str, str]]) -> None:
    """Set some settings of topics, by topic. Errors: KafkaException."""
    resources = [
        ConfigResource(
            ResourceType.TOPIC,
            topic,
            incremental_configs=[
                ConfigEntry(name, value, incremental_operation=AlterConfigOpType.SET)
                for name, value in values.items()
            ],
        )
        for topic, values in settings.items()
    ]
    # The client is to live until all is answered.
    admin = admin_client(bootstrap_servers)
    for future in admin.incremental_alter_configs(resources).values():
        future.result(TIMEOUT_SECONDS)


@contextmanager
def topics_of_any_time(bootstrap_servers: str) -> Iterator[None]:
    """Let records be as old as they like, and be kept, for a while. Errors: KafkaException."""
    set_on_topics(bootstrap_servers, dict.fromkeys(load_topics(), ANY_TIME))
    try:
        yield
    finally:
        usual = {each.name: settings_of(each, 1) for each in load_topics().values()}
        changed = {t: {n: s[n] for n in ANY_TIME if n in s} for t, s in usual.items()}
        set_on_topics(bootstrap_servers, changed)
