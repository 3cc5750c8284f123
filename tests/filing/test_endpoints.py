"""Endpoints are recorded by operators: secrets told once, sealed, renewed with two in force."""

from datetime import UTC, datetime

import pytest
from standardwebhooks.webhooks import Webhook

from filing.harness import START
from ops.__main__ import main
from sinks.dispatch.endpoint_watch import EndpointWatch
from sinks.dispatch.recorded_endpoints import MAXIMUM_SECRETS, EndpointBook
from sinks.dispatch.settings import DispatchSettings, settings_from
from sinks.dispatch.webhook_signing import read_secret
from sinks.private_texts.wrapping_keys import WrappingKeys, new_line
from streams.sources.filing.acknowledgement_signing import secrets_of
from streams.sources.filing.services import Endpoints

URL = {"url": "https://hooks.shop.example/ip"}
HOUR = 3_600_000
KEYS = WrappingKeys({"first": bytes(32)})


def file_settings(tmp_path):
    entry = {**URL, "marketplace": "old", "secrets": [{"value": "whsec_" + "A" * 40}]}
    return settings_from({"allowed_hosts": ["127.0.0.1"], "endpoints": [entry]}, tmp_path)


@pytest.fixture
def api(make_api, tmp_path):
    made = make_api()
    book = EndpointBook(KEYS, made.clock.now_milliseconds)
    made.app.state.services = made.services._replace(
        endpoints=Endpoints(book, file_settings(tmp_path))
    )
    return made


def headers(api, role="operator"):
    return api.tokens.headers("olga", role)


def put(api, marketplace="shop", **fields):
    return api.client.put(
        f"/v1/endpoints/{marketplace}", json={**URL, **fields}, headers=headers(api)
    )


def post(api, act, body, marketplace="shop"):
    return api.post(f"/v1/endpoints/{marketplace}/{act}", body, headers(api))


def in_force(api, keys=KEYS, from_file=None):
    book = EndpointBook(keys, api.clock.now_milliseconds)
    watch = EndpointWatch(api.address, book, from_file or DispatchSettings({}, {}))
    return watch, watch.look()


def test_an_endpoint_is_recorded_with_a_secret_told_once(api):
    created = put(api, concurrency=3)
    assert created.status_code == 201
    secret = created.json()["secret"]
    _, settings = in_force(api)
    endpoint = settings.endpoints["shop"]
    assert (endpoint.url, endpoint.concurrency) == (URL["url"], 3)
    assert endpoint.secrets == (read_secret(secret, None),)
    changed = put(api, timeout_seconds=5)
    assert (changed.status_code, changed.json()["secret"]) == (200, None)
    listed = api.client.get("/v1/endpoints", headers=headers(api))
    assert secret not in listed.text
    (told,) = listed.json()["endpoints"]
    assert (told["timeout_seconds"], told["changed_by"]) == (5, "olga")
    (row,) = api.rows("SELECT * FROM marketplace_endpoints")
    assert secret.removeprefix("whsec_").encode() not in bytes(row["secrets"])
    assert not api.rows("SELECT * FROM filings")


def test_a_new_secret_signs_beside_those_before_it(api):
    first = put(api).json()["secret"]
    renewed = post(api, "secret", {"overlap_hours": 2})
    second = renewed.json()["secret"]
    watch, settings = in_force(api)
    until = START + 2 * HOUR
    assert settings.endpoints["shop"].secrets == (
        *(read_secret(second, None), read_secret(first, until)),
    )
    assert watch.look() is None
    for _ in range(MAXIMUM_SECRETS - 2):
        assert post(api, "secret", {}).status_code == 200
    assert post(api, "secret", {}).status_code == 422
    api.clock.advance(2 * HOUR)
    assert post(api, "secret", {"overlap_hours": 0}).status_code == 200
    secrets = watch.look().endpoints["shop"].secrets
    assert read_secret(first, until) not in secrets
    assert post(api, "secret", {}, "nobody").status_code == 404


def test_acknowledgements_are_taken_by_a_recorded_secret(api):
    secret = put(api).json()["secret"]
    keys = api.services.marketplace_keys
    keys.secrets = secrets_of(in_force(api)[1])
    body = b"{}"
    headers = {"webhook-id": "a-1"}
    moment = datetime.now(UTC)
    headers["webhook-timestamp"] = str(int(moment.timestamp()))
    headers["webhook-signature"] = Webhook(secret).sign("a-1", moment, body.decode())
    keys.check("shop", body, headers, START)


@pytest.mark.parametrize(
    "fields",
    [
        {"url": "http://hooks.shop.example/ip"},
        {"url": "https://user:word@hooks.shop.example/"},
        {"url": "no address"},
        {"commands": ["listing.take_down"]},
        {"commands": ["listing.burn"]},
        {"certificate_authority": "/etc/passwd"},
    ],
)
def test_what_can_not_be_is_refused(api, fields):
    assert put(api, **fields).status_code == 422
    assert not api.rows("SELECT * FROM marketplace_endpoints")


def test_only_operators_record_and_the_file_wins(api, tmp_path):
    for role in ("marketplace", "rights_holder", "reviewer"):
        refused = api.client.put("/v1/endpoints/shop", json=URL, headers=headers(api, role))
        assert refused.status_code == 403
    assert put(api, "old").status_code == 422
    assert put(api, url="http://127.0.0.1/hook").status_code == 201
    _, settings = in_force(api, from_file=file_settings(tmp_path))
    assert set(settings.endpoints) == {"old", "shop"}
    _, settings = in_force(api)
    assert not settings.endpoints, "dispatch's own file does not allow the host"


def test_an_endpoint_that_can_not_be_opened_stays_as_it_was(api):
    put(api)
    watch, settings = in_force(api)
    api.execute("UPDATE marketplace_endpoints SET secrets = '\\x00', url = 'https://b.example'")
    assert watch.look().endpoints == settings.endpoints
    other = WrappingKeys({"first": bytes([1]) * 32})
    assert in_force(api, other)[1].endpoints == {}


def test_disabled_is_told_and_enabled_again(api):
    put(api)
    assert post(api, "disabling", {"reason": "moves house"}).status_code == 204
    (told,) = api.client.get("/v1/endpoints", headers=headers(api)).json()["endpoints"]
    assert told["disabled_because"] == "disabled by olga: moves house"
    assert post(api, "enabling", {"reason": "moved"}).json() == {"released": 0}
    assert not api.rows("SELECT * FROM disabled_endpoints")


def test_keys_are_wrapped_anew_by_the_command(api, tmp_path, capsys):
    file = tmp_path / "endpoint-keys"
    file.write_text(new_line("first"))
    where = ["--database", api.address, "--endpoint-keys", str(file), "--operator", "olga"]
    shop = ["--marketplace", "shop"]
    assert main(["endpoints", "record", *where, *shop, "--url", URL["url"]]) == 0
    secret = capsys.readouterr().out.strip()
    file.write_text(file.read_text() + new_line("second"))
    assert main(["endpoints", "rotate", *where]) == 0
    assert capsys.readouterr().out == "1 keys wrapped anew\n"
    file.write_text(file.read_text().splitlines()[1] + "\n")
    assert main(["endpoints", "secret", *where, *shop]) == 0
    assert capsys.readouterr().out.strip() != secret
    assert main(["endpoints", "disable", *where, *shop, "--reason", "moves"]) == 0
    assert main(["endpoints", "list", *where]) == 0
    assert "disabled by olga: moves" in capsys.readouterr().out
