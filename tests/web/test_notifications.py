"""What parties choose to be told of, and the links of mails."""

import re

import pytest

from ops.web.notification_preferences import CONFIRM_MILLISECONDS, MAXIMUM_CONFIRMATIONS
from sinks.database.database import connect
from sinks.notifications.kinds import KINDS, OBLIGATORY
from sinks.notifications.messages import Messages
from sinks.personal_data.export import export
from web.site_made import SCRIPT
from web.ways_in import bind, signed_in

EMAIL = "ip@brand.example"
HOOK = "https://hooks.brand.example/ip"


@pytest.fixture
def holder(pages):
    pages.sign_in("holder-1", "rights_holder")
    return pages


def choose(pages, **fields):
    given = {"language": "de", "email": EMAIL, "email_kinds": ["decision"], **fields}
    return pages.post("/en/notifications", **given)


def row(pages, part="complainant"):
    query = "SELECT * FROM notification_preferences WHERE part = %s"
    (found,) = pages.rows(query, part)
    return found


def sent_links(pages):
    """Return the token of each link that waits to be sent."""
    messages = Messages(pages.address, pages.services.private_texts)
    query = "SELECT message_id FROM party_messages ORDER BY issued_at_milliseconds"
    due = messages.due([each["message_id"] for each in pages.rows(query)])
    messages.close()
    return [each.contact.confirm_token for each in due.values()]


def confirmed(pages):
    token = sent_links(pages)[-1]
    answer = pages.post(f"/de/notifications/confirmation/{token}")
    assert answer.status_code == 200, answer.text


def test_an_address_counts_once_its_link_was_opened_and_the_form_sent(holder):
    assert choose(holder).status_code == 200
    assert row(holder)["email_state"] == "unconfirmed"
    (token,) = sent_links(holder)
    holder.client.cookies.clear()
    assert "<form" in holder.get(f"/de/notifications/confirmation/{token}").text
    assert row(holder)["email_state"] == "unconfirmed"
    assert holder.post("/de/notifications/confirmation/another").status_code == 404
    confirmed(holder)
    found = row(holder)
    assert (found["email_state"], found["email_kinds"]) == ("confirmed", ["decision"])
    assert found["email_since_milliseconds"] == holder.clock.now_milliseconds()
    assert holder.post(f"/de/notifications/confirmation/{token}").status_code == 404


def test_a_link_is_good_for_three_days(holder):
    choose(holder)
    (token,) = sent_links(holder)
    holder.clock.advance(CONFIRM_MILLISECONDS + 1)
    assert holder.post(f"/de/notifications/confirmation/{token}").status_code == 404
    assert row(holder)["email_state"] == "unconfirmed"


def test_a_new_address_is_confirmed_anew_and_the_old_link_is_not_good_for_it(holder):
    choose(holder)
    (old,) = sent_links(holder)
    choose(holder, email="other@brand.example")
    assert holder.post(f"/de/notifications/confirmation/{old}").status_code == 404
    confirmed(holder)
    choose(holder, email="other@brand.example", email_kinds=["appeal_decided"])
    assert row(holder)["email_state"] == "confirmed"
    choose(holder)
    assert row(holder)["email_state"] == "unconfirmed"


def test_neither_addresses_nor_secrets_stand_in_rows_or_links(holder):
    answer = choose(holder, webhook_address=HOOK)
    secret = re.search(r"whsec_[^<]+", answer.text)[0]
    assert secret not in holder.get("/en/notifications").text
    assert HOOK in holder.get("/en/notifications").text
    tables = ("notification_preferences", "party_messages", "submissions", "web_actions")
    for table in tables:
        told = str(holder.rows(f"SELECT * FROM {table}"))
        assert not [each for each in (EMAIL, HOOK, secret, *sent_links(holder)) if each in told]
    assert not [each for each in sent_links(holder) if EMAIL in each]


def test_a_webhooks_secret_stays_until_another_is_asked_for(holder):
    choose(holder, email="", webhook_address=HOOK)
    assert "whsec_" not in choose(holder, email="", webhook_address=HOOK).text
    assert "whsec_" in choose(holder, email="", webhook_address=HOOK, new_secret="1").text
    since = row(holder)["webhook_since_milliseconds"]
    holder.clock.advance(1_000)
    choose(holder, email="", webhook_address=f"{HOOK}/new")
    assert row(holder)["webhook_since_milliseconds"] == since + 1_000
    choose(holder, email="")
    assert row(holder)["webhook_since_milliseconds"] is None


@pytest.mark.parametrize(
    "fields",
    [
        {"email": "no address"},
        {"email": "a@b.example\r\nBcc: c@d.example"},
        {"email": f"{'a' * 250}@b.example"},
        {"email": SCRIPT},
        {"webhook_address": "http://hooks.brand.example/"},
        {"webhook_address": "javascript:alert(1)"},
        {"webhook_address": f"https://b.example/{'a' * 2_000}"},
    ],
)
def test_what_is_no_address_is_refused_and_changes_nothing(holder, fields):
    answer = choose(holder, **fields)
    assert answer.status_code == 422
    assert SCRIPT not in answer.text
    assert holder.rows("SELECT * FROM notification_preferences") == []


def test_links_are_sent_so_many_times_a_day(holder):
    for number in range(MAXIMUM_CONFIRMATIONS):
        assert choose(holder, email=f"a{number}@brand.example").status_code == 200
    assert choose(holder).status_code == 422
    assert holder.get("/en/notifications").text.count(f"a{number}@brand.example") == 1
    assert len(holder.rows("SELECT * FROM party_messages")) == MAXIMUM_CONFIRMATIONS


def test_e_mails_end_by_the_link_in_them_for_good(holder):
    choose(holder)
    confirmed(holder)
    text = holder.services.private_texts
    with connect(holder.address) as connection:
        (content,) = text.export(connection, "holder-1", "kim").values()
    token = re.search(r'"end_token": "([^"]+)"', content)[1]
    holder.client.cookies.clear()
    assert "<form" in holder.get(f"/de/notifications/end/{token}").text
    assert row(holder)["email_state"] == "confirmed"
    assert holder.post(f"/de/notifications/end/{token}").status_code == 200
    assert row(holder)["email_state"] == "none"
    assert holder.post(f"/de/notifications/end/{token}").status_code == 404
    holder.sign_in("holder-1", "rights_holder")
    assert EMAIL not in holder.get("/en/notifications").text


def test_a_seller_cannot_do_without_decisions_by_a_way_that_it_has(pages):
    pages.sign_in("seller-9", "seller")
    choose(pages, email_kinds=[], webhook_address=HOOK)
    found = row(pages, "seller")
    assert set(found["email_kinds"]) == set(found["webhook_kinds"]) == OBLIGATORY["seller"]
    assert set(found["email_kinds"]) < set(KINDS["seller"])


def test_both_parts_of_a_party_choose_for_themselves(holder):
    choose(holder)
    holder.sign_in("holder-1", "seller")
    assert EMAIL not in holder.get("/en/notifications").text
    choose(holder, email="shop@brand.example")
    assert row(holder)["content_sha256"] != row(holder, "seller")["content_sha256"]


def test_only_an_owner_chooses(pages):
    bind(pages, "max", rights="reader")
    signed_in(pages, "max")
    assert "An owner" in pages.get("/en/notifications").text
    assert choose(pages).status_code == 403
    assert pages.rows("SELECT * FROM notification_preferences") == []


def test_what_became_of_messages_is_shown_to_the_party_alone(holder):
    choose(holder)
    with connect(holder.address) as connection:
        connection.execute(
            "UPDATE submissions SET state = 'refused', "
            'errors = \'[{"field": "smtp", "message": "550 5.1.1"}]\''
        )
    assert "550 5.1.1" in holder.get("/en/notifications").text
    holder.sign_in("holder-2", "rights_holder")
    assert "550 5.1.1" not in holder.get("/en/notifications").text


def test_it_is_given_out_and_erased_with_the_party(holder):
    choose(holder)
    services = holder.services
    with connect(holder.address) as connection:
        given = list(export(connection, services.private_texts, "holder-1", "kim"))
        told = [each.content for each in given if each.table == "notification_preferences"]
        assert EMAIL in told[0]["content"]
        now = holder.clock.now_milliseconds()
        assert services.erasures.request(connection, "holder-1", "kim", now).state == "erased"
    for table in ("notification_preferences", "party_messages"):
        assert holder.rows(f"SELECT * FROM {table}") == []
