"""Each step by itself: what it finds."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from world import HOUR, START, agent, complaint, listing, owner, review, trademark

from processors.bitemporal import as_of, insert
from processors.findings.authority import authority_finding
from processors.findings.completeness import missing_elements
from processors.findings.evidence import evidence_finding
from processors.findings.licences import seller_finding
from processors.findings.listing_match import listing_match
from processors.findings.owners import owner_name
from processors.findings.registry_match import (
    nice_class_finding,
    registry_finding,
    territory_finding,
)
from processors.identifiers import command_id
from processors.matching.folding import fold
from processors.policies.service_level import LOCAL_ENDS
from processors.validity import invalid_fields
from schemas.durations import DAY_MILLISECONDS, HOUR_MILLISECONDS
from schemas.events.complaints import Evidence


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({}, ()),
        ({"statement": "fake"}, ("statement_missing",)),
        ({"good_faith_declared": False}, ("good_faith_not_declared",)),
        ({"signature": "  "}, ("signature_missing",)),
        ({"contact_email": "nobody"}, ("contact_missing",)),
        ({"contact_email": "a@b@c.example"}, ("contact_missing",)),
        ({"trademark_number": ""}, ("trademark_missing",)),
        ({"territory": "usa"}, ("territory_invalid",)),
        ({"signature": "", "territory": ""}, ("signature_missing", "territory_invalid")),
    ],
)
def test_the_complainant_is_asked_for_what_is_missing(changes, missing):
    assert missing_elements(complaint(**changes)) == missing


@pytest.mark.parametrize(
    ("event", "reasons"),
    [
        (listing(), ()),
        (complaint(), ()),
        (review(), ()),
        (listing(listing_id=""), ("invalid_id",)),
        (listing(seller_id="a\x00b"), ("control_character",)),
        (listing(version=-1), ("invalid_number",)),
        (listing(title="x" * 2_001), ("text_too_long",)),
        (listing(nice_classes=(46,)), ("invalid_nice_class",)),
        (listing(territories=("US",) * 301), ("too_many_items",)),
        (complaint(complaint_id="x" * 257), ("invalid_id",)),
        (complaint(statement="x" * 20_001), ("text_too_long",)),
        (complaint(trademark_number="1\x00"), ("control_character",)),
        (complaint(evidence=(Evidence("d", "photo", None),) * 301), ("too_many_items",)),
        (review(reason_codes=()), ("reason_missing",)),
    ],
)
def test_records_that_no_step_can_take_are_told(event, reasons):
    assert invalid_fields(event) == reasons


def authority(**given_values):
    values = {
        "complaint": complaint(),
        "complainant": owner(),
        "rights_holder": owner(),
        "trademark": trademark(),
        "at_milliseconds": START,
    }
    return authority_finding(*{**values, **given_values}.values())


def granted(**changes):
    return agent(authorisations=(agent().authorisations[0]._replace(**changes),))


BY_AGENT = complaint(complainant_id="agent-1")


@pytest.mark.parametrize(
    ("changes", "finding"),
    [
        ({}, "owner"),
        ({"complainant": None}, "unknown_party"),
        ({"rights_holder": None}, "unknown_party"),
        ({"rights_holder": owner(identity_verified=False)}, "unverified_party"),
        ({"rights_holder": owner(name="Someone Else Ltd")}, "not_owner"),
        ({"rights_holder": owner(name="x", register_names=("CUTEX BRANDS",))}, "owner"),
        ({"rights_holder": owner(name="x", trademark_keys=("US:76044902",))}, "owner"),
        ({"trademark": trademark(owners=())}, "owner_unknown"),
        (
            {
                "trademark": trademark(owners=()),
                "rights_holder": owner(trademark_keys=("US:76044902",)),
            },
            "owner",
        ),
        ({"trademark": None}, "owner"),
    ],
)
def test_whose_mark_it_is(changes, finding):
    assert authority(**changes) == finding


@pytest.mark.parametrize(
    ("complainant", "at", "finding"),
    [
        (agent(), START, "agent"),
        (agent(authorisations=()), START, "no_authorisation"),
        (granted(rights_holder_id="other"), START, "no_authorisation"),
        (granted(territories=("DE",)), START, "outside_authorisation"),
        (granted(territories=("DE", "US")), START, "agent"),
        (granted(trademark_keys=("US:1",)), START, "outside_authorisation"),
        (granted(trademark_keys=("US:76044902",)), START, "agent"),
        (granted(rights=("copyright",)), START, "outside_authorisation"),
        (granted(rights=("trademark",)), START, "agent"),
        (granted(rights=("copyright", "trademark")), START, "agent"),
        (granted(valid_until_milliseconds=START), START - 1, "agent"),
        (granted(valid_until_milliseconds=START), START, "authorisation_expired"),
        (granted(valid_from_milliseconds=START), START, "agent"),
        (granted(valid_from_milliseconds=START), START - 1, "authorisation_not_yet_valid"),
        (granted(revoked_at_milliseconds=START), START, "authorisation_revoked"),
        (granted(revoked_at_milliseconds=START), START - 1, "agent"),
        (granted(valid_until_milliseconds=None), START + 10_000 * HOUR, "agent"),
    ],
)
def test_an_agent_may_complain_within_its_authorisation(complainant, at, finding):
    assert authority(complaint=BY_AGENT, complainant=complainant, at_milliseconds=at) == finding


def test_leave_for_marks_is_none_for_copyright():
    copied = BY_AGENT._replace(ground="copyright_infringement")
    assert authority(complaint=copied, complainant=granted(rights=("copyright",))) == "agent"
    only_marks = granted(rights=("trademark",))
    assert authority(complaint=copied, complainant=only_marks) == "outside_authorisation"


def test_one_authorisation_that_holds_is_enough():
    [first] = agent().authorisations
    two = agent(authorisations=(first._replace(revoked_at_milliseconds=START - HOUR), first))
    assert authority(complaint=BY_AGENT, complainant=two) == "agent"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Cutex Brands, LLC", "CUTEX BRANDS"),
        ("Société Générale S.A.", "SOCIETE GENERALE SA"),
        ("株式会社資生堂", "資生堂"),
        ("华为技术有限公司", "华为技术"),
        ("삼성전자 주식회사", "삼성전자"),
        ("ООО Ромашка", "ромашка"),
        ("Müller GmbH & Co. KG", "muller"),
        ("Ｃｕｔｅｘ　Ｉｎｃ．", "cutex"),
    ],
)
def test_owners_are_compared_without_legal_form_case_and_marks(one, other):
    assert owner_name(one) == owner_name(other)


def test_a_name_of_legal_forms_only_is_kept():
    assert owner_name("AB") == "ab"
    assert owner_name("AB") != owner_name("SA")


def test_a_licensed_seller_is_known():
    assert seller_finding(owner(), "seller-licensed") == "authorised"
    assert seller_finding(owner(), "seller-9") == "not_authorised"
    assert seller_finding(None, "seller-9") == "not_authorised"


@pytest.mark.parametrize(
    ("mark", "offered", "finding"),
    [
        ((30,), (21,), "mismatch"),
        ((30,), (30,), "covered"),
        ((3, 30), (21, 3), "covered"),
        ((18,), (25,), "related"),
        ((35,), (25,), "related"),
        ((), (25,), "unknown"),
        ((25,), (), "unknown"),
    ],
)
def test_nice_classes(mark, offered, finding):
    assert nice_class_finding(mark, offered) == finding


@pytest.mark.parametrize(
    ("has_effect", "asserted", "offered", "finding"),
    [
        (("US",), "US", ("US",), "covered"),
        (("US",), "US", (), "covered"),
        (("US",), "DE", ("DE",), "not_covered"),
        (("US", "DE"), "DE", ("US",), "not_offered"),
    ],
)
def test_territories(has_effect, asserted, offered, finding):
    assert territory_finding(has_effect, asserted, offered) == finding


@pytest.mark.parametrize(
    ("status", "finding"),
    [
        ("registered", "in_force"),
        ("pending", "not_yet_registered"),
        ("opposed", "not_yet_registered"),
        ("cancelled", "no_longer_in_force"),
        ("unknown", "unknown"),
    ],
)
def test_status(status, finding):
    assert registry_finding(trademark(status=status), START) == finding


def test_a_mark_that_no_register_has():
    assert registry_finding(None, START) == "not_found"


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)))
def test_protection_lasts_through_the_day_of_expiry(day):
    mark = trademark(expiry_date=day.isoformat())
    ends = (day + timedelta(days=1) - date(1970, 1, 1)).days * DAY_MILLISECONDS
    assert registry_finding(mark, ends - 1) == "in_force"
    # It may still be renewed for six months, of at most 184 days.
    assert registry_finding(mark, ends) == "unknown"
    assert registry_finding(mark, ends + 185 * DAY_MILLISECONDS) == "no_longer_in_force"


@pytest.mark.parametrize(
    ("changes", "day", "finding"),
    [
        ({"expiry_date": "2023-05-31"}, "2023-12-01", "unknown"),
        ({"expiry_date": "2023-05-31"}, "2023-12-02", "no_longer_in_force"),
        ({"expiry_date": "2023-08-31"}, "2024-03-02", "unknown"),
        ({"expiry_date": "2023-08-31"}, "2024-03-03", "no_longer_in_force"),
        ({"expiry_date": "2023-12-31", "office": "EM"}, "2024-06-30", "unknown"),
        (
            {"status": "expired", "expiry_date": "2023-05-31", "office": "EM"},
            "2023-11-30",
            "unknown",
        ),
        (
            {"status": "expired", "expiry_date": "2023-05-31", "office": "EM"},
            "2023-12-02",
            "no_longer_in_force",
        ),
        # The USPTO calls a right expired once it can't be renewed any more.
        ({"status": "expired", "expiry_date": "2023-05-31"}, "2023-06-30", "no_longer_in_force"),
        ({"status": "cancelled", "expiry_date": "2023-05-31"}, "2023-06-30", "no_longer_in_force"),
        ({"status": "pending", "expiry_date": "2023-05-31"}, "2023-06-30", "not_yet_registered"),
    ],
)
def test_a_right_that_may_still_be_renewed_is_looked_up_by_people(changes, day, finding):
    at = (date.fromisoformat(day) - date(1970, 1, 1)).days * DAY_MILLISECONDS
    assert registry_finding(trademark(**changes), at) == finding


def test_an_expired_right_without_a_day_has_six_months_from_its_state_on():
    mark = trademark(status="expired", office="DE", effective_from_milliseconds=START)
    assert registry_finding(mark, START) == "unknown"
    assert registry_finding(mark, START + 186 * DAY_MILLISECONDS) == "no_longer_in_force"


times = st.integers(0, 20)
versions = st.builds(
    lambda effective, recorded, status: trademark(
        effective_from_milliseconds=effective, recorded_at_milliseconds=recorded, status=status
    ),
    times,
    times,
    st.sampled_from(["registered", "cancelled", "expired"]),
)


def history_of(items):
    history = ()
    for item in items:
        history = insert(history, item)
    return history


@given(st.lists(versions, max_size=8), st.randoms(use_true_random=False), times, times)
def test_a_history_is_the_same_in_any_order_and_with_repeats(items, source, valid, known):
    shuffled = [*items, *items[:3]]
    source.shuffle(shuffled)
    assert history_of(items) == history_of(shuffled)
    found = as_of(history_of(items), valid, known)
    if found is None:
        assert not any(
            v.recorded_at_milliseconds <= known and v.effective_from_milliseconds <= valid
            for v in items
        )
    else:
        assert found.recorded_at_milliseconds <= known
        assert found.effective_from_milliseconds <= valid


@given(st.lists(versions, max_size=8), versions, times, times)
def test_what_is_recorded_later_changes_nothing_known_before(items, late, valid, known):
    late = late._replace(recorded_at_milliseconds=known + 1)
    before = as_of(history_of(items), valid, known)
    assert as_of(history_of([*items, late]), valid, known) == before


@pytest.mark.parametrize(
    ("ground", "kinds", "finding"),
    [
        ("counterfeit", (), "insufficient"),
        ("counterfeit", ("declaration",), "insufficient"),
        ("counterfeit", ("photo",), "sufficient"),
        ("trademark_infringement", (), "sufficient"),
        ("keyword_misuse", (), "sufficient"),
        ("other", (), "insufficient"),
        ("other", ("declaration",), "sufficient"),
    ],
)
def test_evidence_that_the_ground_asks_for(ground, kinds, finding):
    filed = tuple(Evidence(f"d{n}", kind, None) for n, kind in enumerate(kinds))
    assert evidence_finding(complaint(ground=ground, evidence=filed), "owner") == finding


@pytest.mark.parametrize(
    ("authority", "kinds", "finding"),
    [
        ("owner", (), "insufficient"),
        ("owner", ("declaration",), "sufficient"),
        ("agent", ("declaration",), "sufficient"),
        ("unknown_party", ("declaration",), "insufficient"),
        ("unknown_party", ("photo",), "sufficient"),
    ],
)
def test_in_the_fast_lane_a_declaration_will_do(authority, kinds, finding):
    filed = tuple(Evidence(f"d{n}", kind, None) for n, kind in enumerate(kinds))
    assert evidence_finding(complaint(evidence=filed), authority, fast_lane=True) == finding


@pytest.mark.parametrize(
    ("mark", "title", "finding"),
    [
        ("CUTEX", "Cutex nail polish", "exact"),
        ("CUTEX", "ＣＵＴＥＸ nail polish", "exact"),
        ("CUTEX", "cu\u200btex nail polish", "disguised"),
        ("CUTEX", "C.u.t.e.x nail polish", "disguised"),
        ("CUTEX", "Сutех nail polish", "disguised"),
        ("CUTEX", "cut3x nail polish", "disguised"),
        ("CUTEX", "ⒸⓊⓉⒺⓍ nail polish", "disguised"),
        ("PUM", "pumps for women", "none"),
        ("adidas", "Adibas running shoes", "near"),
        ("adidas", "Nike running shoes", "none"),
        ("Beyoncé", "BEYONCE perfume", "exact"),
        ("相宜本草", "正品相宜本草四倍多萃润泽水", "exact"),
        ("資生堂", "資生堂アルティミューン", "exact"),
        ("무신사", "무신사스탠다드 티셔츠", "exact"),
        ("ромашка", "Крем РОМАШКА 50 мл", "exact"),
        ("Tommy Hilfiger", "TommyHilfiger polo", "exact"),
        ("Louis Vuitton", "louis-vuitton bag", "exact"),
        ("Louis Vuitton", "Luis Vuiton bag", "near"),
        (None, "anything", "no_words"),
        ("©®", "anything", "no_words"),
    ],
)
def test_whether_the_mark_stands_in_the_title(mark, title, finding):
    assert listing_match(mark, title, None).finding == finding


def test_the_brand_counts_like_the_title():
    assert listing_match("CUTEX", "Nail polish", "Cutex") == ("exact", "cutex", ())


@given(st.text(max_size=60))
def test_folding_twice_changes_nothing_more(text):
    once = fold(text)
    assert fold(once) == once
    assert once == once.strip()


def test_command_ids_are_the_same_everywhere():
    assert command_id("complaint-1", 1) == "31947b07643063441b291f545a85e91b"
    assert command_id("complaint-1", 2) != command_id("complaint-1", 1)
    assert command_id("a\x001", 1) != command_id("a", 11)


@pytest.mark.parametrize(
    ("office", "hours_later"),
    [
        ("EM", 0),
        ("US", 10),
        ("JP", -9),
        ("KR", -9),
        ("BX", -1),
        ("WO", -1),
        ("IN", -5.5),
        ("??", 0),
    ],
)
def test_a_right_ends_with_the_day_of_its_office(office, hours_later):
    mark = trademark(office=office, expiry_date="2025-01-31")
    ends = (date(2025, 2, 1) - date(1970, 1, 1)).days * DAY_MILLISECONDS
    ends += int(hours_later * HOUR_MILLISECONDS)
    assert registry_finding(mark, ends - 1, LOCAL_ENDS) == "in_force"
    assert registry_finding(mark, ends, LOCAL_ENDS) == "unknown"
    grace_ends = (date(2025, 8, 1) - date(1970, 1, 1)).days * DAY_MILLISECONDS
    summer = {"EM": 0, "US": 10, "BX": -2, "WO": -2}.get(office, hours_later)
    grace_ends += int((summer - (office == "EM")) * HOUR_MILLISECONDS)
    assert registry_finding(mark, grace_ends - 1, LOCAL_ENDS) == "unknown"
    assert registry_finding(mark, grace_ends, LOCAL_ENDS) == "no_longer_in_force"
