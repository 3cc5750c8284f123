"""Cases, tasks and parties for the browser's pages."""

from world import HOUR, START
from world_cases import DECISIONS, NOTICES, TAKEDOWNS, decided, life

from processors.identifiers import command_id
from schemas.events.notices import DecisionFacts, NotifyParty
from schemas.events.takedowns import TakeDownListing
from sinks.database.database import connect
from streams.sources.desk.desk import Desk
from web.site_made import FOUND, LISTING, STATEMENT, doubtful

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


def path_of(pages, wanted):
    """Return a page's path, with the task that anna holds in its place."""
    query = "SELECT task_id FROM review_tasks WHERE state = 'leased' AND reviewer_id = 'anna'"
    return wanted.replace("TASK", pages.rows(query)[0]["task_id"])


def filing_to(page, address, look=lambda: None, listings=300):
    """File a complaint from the first page to the receipt; give the number of interactions."""
    count = 0

    def done(act, *values):
        nonlocal count
        act(*values)
        count += 1

    def go_on(name):
        look()
        done(page.get_by_role("button", name=name, exact=True).click)
        page.wait_for_load_state()

    page.goto(address)
    done(page.locator("main").get_by_role("link", name="File a complaint").click)
    done(page.fill, "#office", "EM")
    done(page.fill, "#number", "018229012")
    done(page.fill, "#territory", "DE")
    go_on("Next")
    lines = [f"https://item.taobao.com/item.htm?id={number}" for number in range(listings)]
    done(page.fill, "#listings", "\n".join(lines))
    go_on("Read what I pasted")
    go_on("Next")
    done(page.fill, "#statement", STATEMENT)
    done(page.fill, "#contact_email", "ip@brand.example")
    go_on("Next")
    photo = {"name": "p.txt", "mimeType": "text/plain", "buffer": b"The stitching differs."}
    done(page.select_option, "#kind", "comparison")
    done(page.set_input_files, "#documents", photo)
    go_on("Next")
    done(page.check, "#good_faith")
    done(page.check, "#accuracy")
    done(page.fill, "#signature", "Erika Mustermann")
    go_on("File it")
    look()
    return count
