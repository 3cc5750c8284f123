"""A candidate beside the live rules in the archive: in shadow, and where it decides."""

import pytest
from topology.harness import DriverHarness
from topology.test_lifecycle import COMPLAINTS, LISTINGS, RULES, send, tell_tables
from world import HOUR, START, complaint, listing, review, rule_set

from archive.feeding import archive_of, feed
from processors.rules.rule_set import RuleSet
from replay.period import Period
from replay.promotion.compared import Compared, Question, compared
from schemas.declaration import key_of
from schemas.events.rules import RolloutChanged
from sinks.archive.query import open_archive
from sinks.archive.storage import storage_at
from streams.policies.rule_files import BUILT_IN_DIRECTORY, load_rules, rule_set_published

PERIOD = Period(START - HOUR, START + 1_000 * HOUR)


def wider():
    """Return rules that take counterfeits of related goods down, too."""
    return tuple(
        each._replace(
            condition=each.condition.replace(
                'nice_class == "covered"', 'nice_class in ["covered", "related"]'
            ),
            priority=199,
        )
        if each.rule_id == "take-down-counterfeit"
        else each
        for each in load_rules(BUILT_IN_DIRECTORY)
    )


@pytest.fixture(scope="module")
def archived(tmp_path_factory):
    """An archive of three complaints, two of related goods, in shadow and then by the candidate."""
    directory = tmp_path_factory.mktemp("archived")
    harness = DriverHarness(directory / "state")
    tell_tables(harness)
    published = rule_set_published(wider(), "shadow", "test", START)
    published = published._replace(slot=f"shadow:{published.rule_set_hash}")
    harness.send(RULES, key_of(published), published)
    for number in range(6):
        if number == 3:
            changed = RolloutChanged(published.rule_set_hash, 100, "a test", "test", START)
            harness.send(RULES, key_of(changed), changed)
        name = f"listing-{number}"
        classes = (3,) if number % 3 == 0 else (5,)
        send(harness, LISTINGS, listing(listing_id=name, nice_classes=classes))
        harness.settle()
        send(harness, COMPLAINTS, complaint(complaint_id=f"complaint-{number}", listing_id=name))
        harness.settle()
    send(harness, "ip.reviews.events", review(case_id="complaint-1", listing_id="listing-1"))
    harness.settle()
    writer = archive_of(storage_at(str(directory / "archive")), harness.codec)
    feed(writer, harness.driver.log)
    writer.close()
    with open_archive(storage_at(str(directory / "archive"))) as archive:
        yield archive
    harness.close()


def asked(archived, candidate_decides):
    question = Question(RuleSet(wider()).hash, rule_set().hash, candidate_decides, PERIOD)
    return compared(archived, question)


def test_in_shadow_its_word_is_compared_with_what_was_decided(archived):
    assert asked(archived, False) == Compared(3, 1, 2, 1, 0, 2, 0)


def test_on_its_share_the_live_rules_word_is_compared_with_what_it_decided(archived):
    assert asked(archived, True) == Compared(3, 1, 2, 0, 0, 2, 0)
