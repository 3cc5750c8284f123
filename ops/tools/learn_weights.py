"""`python -m ops learn-weights`: weights from what reviewers decided on detections."""

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path

from ops.errors import OperatorError
from ops.shell.connections import KAFKA, REGISTRY, add_connection_arguments
from ops.trials.evaluation.learning import LabelledHit, learn
from processors.matching.scoring import PARTS, weights_from
from replay.log import KafkaLog, ReplayError
from schemas.events.detections import MisuseDetected
from schemas.events.reviews import ReviewDecided
from schemas.topic_names import DETECTIONS_EVENTS, REVIEWS_EVENTS
from schemas.wire.codec import DecodeError
from schemas.wire.registry import connect

MINIMUM_HITS = 200


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser(
        "learn-weights", help="learn the score's weights from reviews of detections"
    )
    add_connection_arguments(parser, KAFKA, REGISTRY)
    parser.add_argument("--to", type=Path, required=True, help="file of weights to write")
    parser.add_argument("--minimum-hits", type=int, default=MINIMUM_HITS)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Read both topics whole, learn and write. Errors: OperatorError where reviews are too few."""
    codec = connect(options.schema_registry, register=False)
    try:
        events = {
            topic: [
                codec.decode(topic, record.value or b"", record.headers)
                for record in KafkaLog(options.bootstrap_servers).read_all(topic)
            ]
            for topic in (DETECTIONS_EVENTS, REVIEWS_EVENTS)
        }
    except (ReplayError, DecodeError) as error:
        raise OperatorError(str(error)) from error
    hits = reviewed_hits(events[DETECTIONS_EVENTS], events[REVIEWS_EVENTS])
    right = sum(hit.right for hit in hits)
    if len(hits) < options.minimum_hits or right in (0, len(hits)):
        raise OperatorError(
            f"{len(hits)} reviewed hits, {right} upheld: at least {options.minimum_hits} are "
            "needed, of both kinds"
        )
    text = learn(hits, f"reviews of {len(hits)} hits, {right} upheld")
    options.to.write_text(text, encoding="utf-8")
    sys.stdout.write(f"weights {weights_from(text).version} from {len(hits)} reviewed hits\n")
    return 0


def reviewed_hits(
    detections: Iterable[MisuseDetected], reviews: Iterable[ReviewDecided]
) -> list[LabelledHit]:
    """Return the hits of reviewed detections: right where the takedown was upheld.

    Of several reviews of a detection the last counts. A title's likeness to another is no hit.
    """
    outcomes = {review.case_id: review.outcome for review in reviews}
    return [
        LabelledHit(
            tuple(mark.parts.get(name, 0.0) for name in PARTS),
            outcomes[detected.detection_id] == "take_down",
        )
        for detected in detections
        if detected.detection_id in outcomes
        for mark in detected.marks
        if mark.term
    ]
