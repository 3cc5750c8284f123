"""One effect for one listing: one command and one statement, however many complain."""

import pytest
from test_standing import complain
from world import HOUR, START, complaint, listing, review

from schemas.events.complaints import ComplaintRetracted
from schemas.topic_names import (
    COMPLAINTS_EVENTS,
    CONDUCT_EVENTS,
    DECISIONS_EVENTS,
    LISTINGS_EVENTS,
    REVIEWS_EVENTS,
    TAKEDOWNS_COMMANDS,
)
