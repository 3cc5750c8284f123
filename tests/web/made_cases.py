"""Cases, tasks and parties for the browser's pages."""

from world import HOUR, START
from world_cases import DECISIONS, NOTICES, TAKEDOWNS, decided, life

from processors.identifiers import command_id
from schemas.events.notices import DecisionFacts, NotifyParty
from schemas.events.takedowns import TakeDownListing
from sinks.database.database import connect
from streams.sources.desk.desk import Desk
from web.site_made import FOUND, LISTING, doubtful

FACTS = DecisionFacts(
    language="en",
    ground="counterfeit",
    territory="DE",
    received_at_milliseconds=START,
    trademark_key="EM:018229012",
    mark_text="NIKE",
    holder_name="Nike Innovate C.V.",
    found=("registry.in_force", "listing_match.exact", "evidence.sufficient"),
    territories=("DE",),
    objection="rounds",
    decided_by_person=True,
    explanation="The photographs show stitching that the originals do not have.",
)


def taken_down(name):
    """Return a complaint that was upheld an hour ago, with what both sides are told."""
    told = {
        "kind": "decision", "case_id": name, "listing_id": f"listing-of-{name}",
        "marketplace": "shop", "decision_number": 2, "outcome": "take_down",
        "reason_codes": ("counterfeit",), "automated": False,
        "appeal_until_milliseconds": START + 180 * 24 * HOUR,
        "issued_at_milliseconds": START + HOUR, "facts": FACTS,
    }  # fmt: skip
    down = command_id(name, 2)
    until = START + 10 * 24 * HOUR
    return [
        *doubtful(name)[:2],
        (DECISIONS, decided(name, 2, "take_down", command_id=down, findings=FOUND._asdict())),
        (NOTICES, NotifyParty(command_id=f"{name}-s", party_id="seller-9", role="seller",
                              answer_until_milliseconds=until, **told)),
        (NOTICES, NotifyParty(command_id=f"{name}-h", party_id="holder-1", role="complainant",
                              answer_until_milliseconds=None, **told)),
        (TAKEDOWNS, TakeDownListing(
            command_id=down, case_id=name, decision_number=2, listing_id=f"listing-of-{name}",
            marketplace="shop", seller_id="seller-9", listing_version=3, url=LISTING.url,
            trademark_key="EM:018229012", mark_text="NIKE", ground="counterfeit", territory="DE",
            reason_codes=("counterfeit",), received_at_milliseconds=START,
            deadline_at_milliseconds=START + 24 * HOUR, issued_at_milliseconds=START + HOUR,
            title=LISTING.title,
        )),
    ]  # fmt: skip


def fill(pages):
    """Fill the stores with what each kind of person looks at; a reviewer holds a task."""
    pages.team("anna", "ben")
    pages.tell(*doubtful("c1"), *doubtful("c2"), *life("c3"), *taken_down("c4"))
    with connect(pages.address) as connection:
        Desk(connection, pages.clock).claim("anna")


def path(pages, wanted):
    """Return a page's path, with the task that is held in its place."""
    (task,) = pages.rows("SELECT task_id FROM review_tasks WHERE state = 'leased' LIMIT 1")
    return wanted.replace("TASK", task["task_id"])
