"""The pages in Chromium: accessible in all languages, and usable by keys and without scripts.

axe-core looks for violations of WCAG 2.2 AA, at 320 and 1,400 px, in light and dark.
"""

import pytest
from axe_playwright_python.sync_playwright import Axe
from databases import database_on
from playwright.sync_api import sync_playwright

from ops.local.process import free_port
from ops.up.sample_provider import SampleProvider
from ops.web import languages
from ops.web.identity_provider import IdentityProvider
from ops.web.provider_settings import ProviderSettings
from ops.web.sign_in_pages import RETURN_PATH
from streams.sources.filing.tokens import Caller
from web.browser import CHROMIUM, NARROW, WIDE, require_chromium, served, signed_in
from web.made_cases import filing_to, path_of
from web.site_made import Pages, doubtful

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
OPTIONS = {**RULES, "resultTypes": ["violations"]}
VIEWS = ((NARROW, "light"), (WIDE, "dark"), (WIDE, "light"), (NARROW, "dark"))
LANGUAGES = {"en": VIEWS, "zh-Hans": VIEWS[:2], "ar": VIEWS[2:]}
"""Each with the views in which its pages are looked at: in all of them each width and scheme."""
OTHERS = [tag for tag in languages.LANGUAGES if tag not in LANGUAGES]
PEOPLE = {
    "": ("", "/", "/how-to-file", "/how-to-file/copyright", "/for-sellers", "/questions",
         "/figures", "/status", "/sign-in", "/nowhere", "/notifications/confirmation/token",
         "/notifications/end/token"),
    "reviewer": ("anna", "/desk", "/desk/tasks/TASK", "/desk/batches", "/desk/batches/TASK",
                 "/desk/inquiries"),
    "seller": ("seller-9", "/seller", "/seller/cases/c4", "/notifications"),
    "rights_holder": ("holder-1", "/cases", "/cases/c3", "/cases/c4", "/filing", "/inquiries",
                      "/organisation", "/marks", "/authorisations", "/authorisations/leave-1",
                      "/drafts", "/notifications"),
    "operator": ("op", "/operations", "/deliveries", "/endpoints", "/rules", "/standings",
                 "/dead-letters", "/audit"),
}  # fmt: skip
MAXIMUM_INTERACTIONS = 25
MAXIMUM_KEYS = 4


@pytest.fixture(scope="module")
def chromium():
    require_chromium()
    with sync_playwright() as playwright:
        # Nothing from outside is opened here, and root has no sandbox.
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def site(chromium, postgres, filled_database, tmp_path_factory):
    with database_on(postgres, filled_database) as address:
        made = Pages(address, tmp_path_factory.mktemp("site"))
        with served(made.app) as base:
            yield made, base
        made.close()


def violations(page, *views):
    """Return what axe finds on a page, seen in ways of VIEWS; and what overflows."""
    found = []
    for size, scheme in views or VIEWS:
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=scheme)
        overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        if page.evaluate(overflow) > 0:
            found.append((page.url, size["width"], "overflow"))
        for each in Axe().run(page, options=OPTIONS).response["violations"]:
            nodes = [node["html"][:120] for node in each["nodes"][:3]]
            found.append((page.url, size["width"], scheme, each["id"], nodes))
    return found


@pytest.mark.slow
@pytest.mark.parametrize("role", PEOPLE)
def test_no_page_has_violations_in_any_width_scheme_and_script(chromium, site, role):
    pages, base = site
    party, *paths = PEOPLE[role]
    context = chromium.new_context()
    if party:
        signed_in(context, base, pages, party, role)
    page = context.new_page()
    said = []
    page.on("console", lambda told: told.type == "error" and said.append(told.text))
    found = []
    for path in paths:
        for language, views in LANGUAGES.items():
            page.goto(f"{base}/{language}{path_of(pages, path)}")
            page.evaluate("document.querySelectorAll('details').forEach((e) => { e.open = true })")
            found += violations(page, *views)
    context.close()
    assert found == []
    # The browser tells here what the policy refused.
    assert [each for each in said if "404" not in each] == []


@pytest.mark.slow
def test_the_page_on_filing_has_no_violations_in_any_other_language(chromium, site):
    _, base = site
    context = chromium.new_context()
    page = context.new_page()
    found = []
    for language in OTHERS:
        page.goto(f"{base}/{language}/how-to-file/copyright")
        found += violations(page, VIEWS[0])
    context.close()
    assert found == []


def test_every_step_of_filing_is_accessible_and_takes_few_interactions_without_scripts(
    chromium, site
):
    pages, base = site
    context = chromium.new_context(java_script_enabled=False)
    signed_in(context, base, pages, "holder-1", "rights_holder")
    page = context.new_page()
    interactions = filing_to(page, f"{base}/en/")
    assert "Receipt" in page.title()
    assert page.locator("main table tbody tr").count() == 300
    assert interactions <= MAXIMUM_INTERACTIONS
    context.close()
    context = chromium.new_context()
    signed_in(context, base, pages, "holder-1", "rights_holder")
    page = context.new_page()
    found = []
    filing_to(page, f"{base}/en/", lambda: found.extend(violations(page, *VIEWS[:2])), listings=3)
    context.close()
    assert found == []


GIVE = """([name, text, kind]) => {
    const data = new DataTransfer();
    data.items.add(new File([text], name, { type: "text/plain" }));
    const field = document.querySelector("[data-upload]");
    const event = kind === "drop"
        ? new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true })
        : new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
    (kind === "drop" ? field : document).dispatchEvent(event);
}"""


def test_evidence_is_chosen_dropped_and_pasted_and_goes_along(chromium, site):
    pages, base = site
    context = chromium.new_context()
    signed_in(context, base, pages, "holder-1", "rights_holder")
    page = context.new_page()
    page.goto(f"{base}/en/filing")
    page.fill("#office", "EM")
    page.fill("#number", "018229012")
    page.fill("#territory", "DE")
    page.get_by_role("button", name="Next").click()
    page.fill("#listings", "5,taobao")
    page.get_by_role("button", name="Next").click()
    page.fill("#statement", "The stitching differs from that of ours.")
    page.fill("#contact_email", "ip@brand.example")
    page.get_by_role("button", name="Next").click()
    page.get_by_text("You may also drop files here").wait_for()
    page.set_input_files(
        "#documents", {"name": "a.txt", "mimeType": "text/plain", "buffer": b"A first document."}
    )
    page.evaluate(GIVE, ["b.txt", "A second document.", "drop"])
    page.evaluate(GIVE, ["c.txt", "A third document.", "paste"])
    page.set_input_files(
        "#documents", {"name": "d.html", "mimeType": "text/html", "buffer": b"<html>"}
    )
    page.get_by_text("It is no picture").wait_for()
    page.wait_for_function("document.querySelectorAll('.uploads input').length === 3")
    assert page.locator("progress").count() == 0
    assert violations(page, *VIEWS) == []
    page.get_by_role("button", name="Remove: d.html").click()
    held = []

    def hold(route):
        held.append(route)

    page.route("**/documents", hold)
    page.evaluate(GIVE, ["e.txt", "A fourth document.", "drop"])
    page.locator("progress").wait_for()
    page.wait_for_function("document.querySelector('progress').getAttribute('aria-label')")
    page.get_by_role("button", name="Remove: c.txt").click()
    page.get_by_role("button", name="Next").click()
    # The form waits for what is on its way.
    assert page.locator("#documents").count() == 1
    held[0].continue_()
    page.locator("#signature").wait_for()
    assert page.locator("main input[name=evidence]").count() == 3
    context.close()


def test_a_clear_case_is_decided_with_two_keys_and_undone_with_one(chromium, site):
    pages, base = site
    context = chromium.new_context()
    signed_in(context, base, pages, "ben", "reviewer")
    page = context.new_page()
    page.goto(f"{base}/en/desk")
    keys = 0
    for key, leads_on in (("n", True), ("t", False), ("Enter", True)):
        keys += 1
        if leads_on:
            with page.expect_navigation():
                page.keyboard.press(key)
        else:
            page.keyboard.press(key)
    assert keys <= MAXIMUM_KEYS
    assert page.url.endswith("/desk?told=nothing")
    (held,) = pages.rows("SELECT * FROM held_verdicts WHERE reviewer_id = 'ben'")
    assert (held["outcome"], held["reason_codes"]) == ("take_down", ["counterfeit"])
    page.get_by_role("button", name="Undo").click()
    page.wait_for_url("**/desk/tasks/*")
    assert pages.rows("SELECT * FROM held_verdicts WHERE reviewer_id = 'ben'") == []
    page.get_by_role("button", name="Single keys").click()
    page.keyboard.press("t")
    assert page.locator("input[name=outcome]:checked").count() == 0
    page.get_by_label("In your own words").fill("t d a")
    assert page.locator("input[name=outcome]:checked").count() == 0
    context.close()


def test_three_hundred_are_seen_decided_and_undone_in_few_keys(chromium, pages):
    pages.team("anna")
    pages.tell(*(event for number in range(300) for event in doubtful(f"b{number}")))
    with served(pages.app) as base:
        context = chromium.new_context()
        signed_in(context, base, pages, "anna", "reviewer")
        page = context.new_page()
        page.goto(f"{base}/en/desk/batches")
        page.get_by_role("button", name="Take together").click()
        page.wait_for_url("**/desk/batches/*")
        assert page.locator("tbody tr").count() == 300
        page.keyboard.press("d")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        assert "300 verdicts are sent at" in page.locator("main").inner_text()
        assert len(pages.rows("SELECT * FROM held_verdicts")) == 300
        with page.expect_navigation():
            page.keyboard.press("u")
        assert pages.rows("SELECT * FROM held_verdicts") == []
        assert page.locator("tbody tr").count() == 300
        context.close()


def test_an_owner_signs_in_at_the_provider_invites_and_signs_out(chromium, site):
    pages, base = site
    port = free_port()
    issuer, client = f"http://127.0.0.1:{port}", ("pages", f"{base}{RETURN_PATH}")
    sample = SampleProvider(issuer, client, ["erika"], pages.clock)
    settings = ProviderSettings("the sample", issuer, "pages", None, (issuer,))
    before = pages.app.state.site
    provider = IdentityProvider(settings, client[1], pages.clock)
    pages.app.state.site = before._replace(provider=provider, address=base)
    holder = Caller("holder-1", "rights_holder")
    now = pages.clock.now_milliseconds()
    before.members.bind(holder, "owner", "Erika", (issuer, "erika"), now)
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    with served(sample.application(), port):
        page.goto(f"{base}/en/organisation")
        page.get_by_role("button", name="Sign in at the sample").click()
        page.get_by_role("button", name="erika").click()
        page.wait_for_url("**/en/organisation")
        page.fill("#name", "Max")
        page.get_by_role("button", name="Invite").click()
        assert "shown once" in page.inner_text("main")
        assert page.locator("main tbody tr").count() == 2
        page.get_by_role("button", name="Sign out").click()
        page.wait_for_url(f"{base}/en/")
        assert page.get_by_role("link", name="Sign in").count() == 1
    pages.app.state.site = before
    context.close()


def test_a_seller_objects_without_scripts(chromium, site):
    pages, base = site
    context = chromium.new_context(java_script_enabled=False)
    signed_in(context, base, pages, "seller-9", "seller")
    page = context.new_page()
    page.goto(f"{base}/en/seller")
    page.get_by_role("link", name="listing-of-c4").click()
    page.locator("summary", has_text="Object").first.click()
    page.select_option("#reason", "authorized")
    page.fill("#statement", "I bought these from the rights holder's own shop in Berlin.")
    page.set_input_files(
        "#documents", {"name": "i.txt", "mimeType": "text/plain", "buffer": b"Invoice 7: 10 pairs"}
    )
    page.fill("#signature", "Max Seller")
    page.get_by_role("button", name="Send the objection").click()
    assert "Your objection is filed" in page.inner_text("main")
    store = pages.services.store
    (row,) = pages.rows("SELECT filing_id FROM filings WHERE kind = 'counter_notice'")
    request = store.request_of(store.filed(row["filing_id"]), "test")
    assert len(request["evidence"]) == 1
    context.close()


def test_what_was_pasted_is_read_in_place(chromium, site):
    pages, base = site
    context = chromium.new_context()
    signed_in(context, base, pages, "holder-1", "rights_holder")
    page = context.new_page()
    page.goto(f"{base}/de/filing")
    page.fill("#office", "EM")
    page.fill("#number", "018229012")
    page.fill("#territory", "DE")
    page.locator("button[name=to]").first.click()
    page.fill("#listings", "5,taobao\nhttps://shop.example/1")
    page.evaluate("window.kept = true")
    page.get_by_role("button", name="Lesen, was ich eingefügt habe").click()
    page.wait_for_selector("#reading table")
    assert page.evaluate("window.kept")
    assert page.locator("#reading tbody tr").count() == 2
    context.close()
