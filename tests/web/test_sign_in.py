"""Sign-in at an identity provider: who is let in as whom, and each way in that is refused."""

import re
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey

from ops.up.sample_provider import SampleProvider
from ops.web.provider_settings import read_settings
from ops.web.sessions import COOKIE
from streams.sources.filing.tokens import Caller
from web.site_made import CLIENT, ISSUED_BY, PEOPLE
from web.ways_in import bind, chosen, sent_off, signed_in

BEGUN = "SELECT count(*) AS count FROM web_sign_ins"


def sessions(pages):
    return pages.rows("SELECT * FROM web_sessions")


def replaced(pages, kind):
    """Have another provider answer, which is ours but for what its class changes."""
    site = pages.app.state.site
    sample = kind(ISSUED_BY, CLIENT, PEOPLE, pages.clock)
    pages.app.state.site = site._replace(provider=pages.provided(sample))


def test_who_is_bound_signs_in_and_is_noted_by_its_id(filled):
    member = bind(filled)
    asked = sent_off(filled, next="/de/cases")
    assert asked["code_challenge_method"] == "S256"
    assert asked["scope"] == "openid"
    assert len(asked["state"]) >= 32
    answer = filled.get(chosen(filled, asked))
    assert answer.headers["location"] == "/de/cases"
    assert filled.get("/en/cases/c4").status_code == 200
    noted = filled.rows("SELECT party_id, member_id, action FROM web_actions ORDER BY action")
    assert {(each["party_id"], each["member_id"]) for each in noted} == {("holder-1", member)}
    assert {"sign_in", "view_case"} == {each["action"] for each in noted}
    assert filled.rows(BEGUN)[0]["count"] == 0


def test_reviewers_and_operators_sign_in_likewise(filled):
    bind(filled, "anna", Caller("anna", "reviewer"))
    assert signed_in(filled, "anna").headers["location"] == "/en/desk"
    assert filled.get("/en/desk").status_code == 200
    assert filled.get("/en/operations").status_code == 403


def test_a_stranger_is_told_to_ask_for_an_invitation(filled):
    answer = signed_in(filled, "nobody")
    assert answer.status_code == 422
    assert "You are not a member yet" in answer.text
    assert sessions(filled) == []


@pytest.mark.parametrize("state", ["", "x" * 43])
def test_a_state_that_we_did_not_give_is_refused(filled, state):
    bind(filled)
    path = chosen(filled, sent_off(filled))
    forged = re.sub(r"state=[^&]+", f"state={state}", path)
    assert filled.get(forged).status_code == 422
    assert sessions(filled) == []


def test_what_another_browser_began_is_finished_in_no_other(filled):
    bind(filled)
    path = chosen(filled, sent_off(filled))
    other = filled.browser()
    assert other.get(path).status_code == 422
    other.get("/en/sign-in")
    assert other.get(path).status_code == 422
    assert sessions(filled) == []
    assert filled.get(path).status_code == 303


def test_a_return_that_comes_again_leads_nowhere(filled):
    bind(filled)
    path = chosen(filled, sent_off(filled))
    assert filled.get(path).status_code == 303
    filled.client.cookies.delete(COOKIE)
    assert filled.get(path).status_code == 422
    # Nor does its code, with a state that is new.
    code = parse_qs(urlsplit(path).query)["code"][0]
    fresh = sent_off(filled)
    again = f"/en/sign-in/return?code={code}&state={fresh['state']}&iss={ISSUED_BY}"
    assert filled.get(again).status_code == 422
    assert len(sessions(filled)) == 1


def test_a_code_of_one_sign_in_is_not_taken_in_another(filled):
    """It was given for another challenge and nonce: somebody else's code, slipped in."""
    bind(filled)
    theirs = parse_qs(urlsplit(chosen(filled, sent_off(filled))).query)["code"][0]
    mine = sent_off(filled)
    path = f"/en/sign-in/return?code={theirs}&state={mine['state']}&iss={ISSUED_BY}"
    assert filled.get(path).status_code == 422
    assert sessions(filled) == []


def test_a_sign_in_that_takes_too_long_is_begun_again(filled):
    bind(filled)
    path = chosen(filled, sent_off(filled))
    filled.clock.advance(11 * 60_000)
    assert filled.get(path).status_code == 422
    assert "took too long" in filled.get(path).text


@pytest.mark.parametrize("issuer", ["", "&iss=https://evil.example"])
def test_an_answer_of_another_issuer_is_refused(filled, issuer):
    bind(filled)
    path = re.sub(r"&iss=[^&]+", issuer, chosen(filled, sent_off(filled)))
    assert filled.get(path).status_code == 422
    assert sessions(filled) == []


def test_what_the_provider_refuses_is_told_without_its_words(filled):
    state = sent_off(filled)["state"]
    path = f"/en/sign-in/return?error=access_denied&error_description=XYZ&state={state}"
    answer = filled.get(path)
    assert answer.status_code == 422
    assert "XYZ" not in answer.text


CHANGES = {
    "issuer": lambda claims: {**claims, "iss": "https://evil.example"},
    "no issuer": lambda claims: {k: v for k, v in claims.items() if k != "iss"},
    "audience": lambda claims: {**claims, "aud": "other"},
    "audiences without a party": lambda claims: {**claims, "aud": ["pages", "other"]},
    "authorised party": lambda claims: {**claims, "azp": "other"},
    "nonce": lambda claims: {**claims, "nonce": "other"},
    "no nonce": lambda claims: {k: v for k, v in claims.items() if k != "nonce"},
    "expired": lambda claims: {**claims, "exp": claims["iat"] - 61},
    "from the future": lambda claims: {**claims, "iat": claims["iat"] + 120},
    "no subject": lambda claims: {k: v for k, v in claims.items() if k != "sub"},
    "subject of another kind": lambda claims: {**claims, "sub": ["erika"]},
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_token_that_says_something_else_is_refused(filled, change):
    class Other(SampleProvider):
        def claims(self, subject, nonce):
            return CHANGES[change](super().claims(subject, nonce))

    bind(filled)
    replaced(filled, Other)
    assert signed_in(filled).status_code == 422
    assert sessions(filled) == []


SIGNED = {
    "none": lambda own, claims: jwt.encode(
        {"alg": "none"}, claims, OctKey.import_key("x" * 32), algorithms=["none"]
    ),
    "public key as a secret": lambda own, claims: jwt.encode(
        {"alg": "HS256", "kid": own.key.kid},
        claims,
        OctKey.import_key(own.key.as_bytes(encoding="PEM", private=False).hex()),
    ),
    "another key": lambda own, claims: jwt.encode(
        {"alg": "ES256", "kid": own.key.kid}, claims, ECKey.generate_key("P-256")
    ),
    "another key by its own name": lambda own, claims: jwt.encode(
        {"alg": "ES256", "kid": "other"}, claims, ECKey.generate_key("P-256", {"kid": "other"})
    ),
    "words": lambda own, claims: "a.b.c",
}


@pytest.mark.parametrize("way", SIGNED)
def test_a_token_that_the_provider_did_not_sign_is_refused(filled, way):
    class Other(SampleProvider):
        def sign(self, claims):
            return SIGNED[way](self, dict(claims))

    bind(filled)
    replaced(filled, Other)
    assert signed_in(filled).status_code == 422
    assert sessions(filled) == []


def test_clocks_may_differ_by_a_minute_and_keys_may_change(filled):
    bind(filled)

    class Ahead(SampleProvider):
        def _now(self):
            return super()._now() + 50

    replaced(filled, Ahead)
    assert signed_in(filled).status_code == 303
    filled.post("/en/sign-out")
    filled.sample.rotate()
    assert signed_in(filled).status_code == 303


def test_a_provider_that_does_not_answer_or_names_another_is_told(filled):
    class Other(SampleProvider):
        def configuration(self):
            return {**super().configuration(), "issuer": "https://evil.example"}

    replaced(filled, Other)
    assert "does not answer now" in filled.post("/en/sign-in/provider").text

    away(filled)
    assert "does not answer now" in filled.post("/en/sign-in/provider").text
    assert filled.rows(BEGUN)[0]["count"] == 0


def away(pages):
    """Have the provider answer nobody any more; return what was asked of it since."""
    asked = []

    class Away(httpx.BaseTransport):
        def handle_request(self, request):
            asked.append(request.url.path)
            raise httpx.ConnectError("refused")

    site = pages.app.state.site
    made = site.provider if site.provider._metadata else pages.provided(pages.sample)
    made._client = httpx.Client(transport=Away())
    pages.app.state.site = site._replace(provider=made)
    return asked


def test_a_provider_that_is_away_is_not_asked_at_each_visit(filled):
    replaced(filled, SampleProvider)
    asked = away(filled)
    for _ in range(3):
        assert filled.post("/en/sign-in/provider").status_code == 422
    assert len(asked) == 1
    filled.clock.advance(10_000)
    filled.post("/en/sign-in/provider")
    assert len(asked) == 2


def test_what_a_provider_told_is_used_while_it_is_away(filled):
    bind(filled)
    signed_in(filled)
    asked = away(filled)
    filled.clock.advance(2 * 3_600_000)
    assert filled.post("/en/sign-out").headers["location"].startswith(f"{ISSUED_BY}/sign-out")
    assert sessions(filled) == []
    assert sent_off(filled)["client_id"] == "pages"
    assert len(asked) == 1


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_the_way_back_leads_to_no_other_site(filled, wanted):
    bind(filled)
    assert signed_in(filled, next=wanted).headers["location"] == "/en/cases"


def test_a_sessions_id_is_new_and_the_one_before_ends(filled):
    bind(filled)
    filled.client.cookies.set(COOKIE, "chosen-by-somebody-else")
    first = re.search(f"{COOKIE}=([^;]+)", signed_in(filled).headers["set-cookie"])[1]
    assert first != "chosen-by-somebody-else"
    second = re.search(f"{COOKIE}=([^;]+)", signed_in(filled).headers["set-cookie"])[1]
    assert second != first
    assert len(sessions(filled)) == 1


def test_sign_out_ends_it_at_the_provider_as_well(filled):
    bind(filled)
    signed_in(filled)
    location = filled.post("/en/sign-out").headers["location"]
    assert location.startswith(f"{ISSUED_BY}/sign-out?")
    assert "post_logout_redirect_uri=https%3A%2F%2Fip.example%2F" in location
    assert sessions(filled) == []
    filled.sign_in("holder-1", "rights_holder")
    assert filled.post("/en/sign-out").headers["location"] == "/en/"


def test_forms_may_lead_to_the_provider_and_to_nowhere_else(filled):
    policy = filled.get("/en/sign-in").headers["content-security-policy"]
    assert f"form-action 'self' {ISSUED_BY};" in policy


@pytest.mark.parametrize(
    "text",
    [
        "name: x\nissuer: http://login.example\nclient_id: pages\n",
        "name: x\nissuer: https://login.example\n",
        "name: x\nissuer: https://login.example\nclient_id: p\nsecret: y\n",
        "- 1",
    ],
)
def test_settings_that_would_be_unsafe_or_unread_are_refused(tmp_path, text):
    path = tmp_path / "sign-in.yaml"
    path.write_text(text)
    with pytest.raises(ValueError, match="sign-in can't be set up"):
        read_settings(path)
