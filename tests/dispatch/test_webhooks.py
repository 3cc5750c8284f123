"""Signatures, the schedule, addresses and the endpoints file, each for itself."""

import asyncio
import datetime
import socket
import ssl

import pytest
import yaml
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from dispatch.marketplace import Marketplace, secret, settings
from sinks.dispatch.acknowledgement import acknowledgement_id, read_acknowledgement
from sinks.dispatch.address_guard import is_public
from sinks.dispatch.delivery_outcome import RETRIES
from sinks.dispatch.settings import SettingsInvalid, load_settings
from sinks.dispatch.webhook_client import Request, WebhookClient
from sinks.dispatch.webhook_signing import SecretInvalid, read_secret, signed_headers
from sinks.sending.retrying import retry_after_seconds

OLD, NEW = secret("old"), secret("new")


def now_milliseconds():
    """Verifiers of the standard take no clock, and refuse what is minutes old."""
    return int(datetime.datetime.now(datetime.UTC).timestamp() * 1000)


@given(st.text(max_size=200), st.from_regex(r"[A-Za-z0-9_-]{1,64}", fullmatch=True))
def test_signatures_verify_with_the_standards_own_library(body, webhook_id):
    headers = signed_headers(
        [read_secret(NEW, None)], webhook_id, body.encode(), now_milliseconds()
    )
    Webhook(NEW).verify(body.encode(), headers, json_parse=False)
    with pytest.raises(WebhookVerificationError):
        Webhook(OLD).verify(body.encode(), headers, json_parse=False)
    with pytest.raises(WebhookVerificationError):
        Webhook(NEW).verify(body.encode() + b" ", headers, json_parse=False)


def test_while_a_secret_is_replaced_both_verify_and_then_only_the_new_one():
    now = now_milliseconds()
    secrets = [read_secret(NEW, None), read_secret(OLD, now + 1_000)]
    during = signed_headers(secrets, "id", b"{}", now)
    assert len(during["webhook-signature"].split(" ")) == 2
    for each in (NEW, OLD):
        Webhook(each).verify(b"{}", during)
    after = signed_headers(secrets, "id", b"{}", now + 1_000)
    Webhook(NEW).verify(b"{}", after)
    with pytest.raises(WebhookVerificationError):
        Webhook(OLD).verify(b"{}", after)


def test_secrets_are_checked_and_not_shown():
    with pytest.raises(SecretInvalid, match="base64"):
        read_secret("whsec_not base64!", None)
    with pytest.raises(SecretInvalid, match="16 bytes"):
        read_secret("whsec_AAAAAAAAAAAAAAAAAAAAAA==", None)
    assert "key" not in repr(read_secret(NEW, None))


def test_the_schedule_is_the_published_one_with_a_jitter_that_can_be_worked_out_again():
    assert sum(RETRIES.seconds) == 75 * 3600 + 35 * 60 + 5
    for failed in range(1, len(RETRIES.seconds)):
        waits = [RETRIES.delay_seconds(f"command-{n}", failed) for n in range(200)]
        assert waits == [RETRIES.delay_seconds(f"command-{n}", failed) for n in range(200)]
        published = RETRIES.seconds[failed]
        assert all(published <= wait <= 1.2 * published for wait in waits)
        assert max(waits) - min(waits) > 0.15 * published
    assert RETRIES.delay_seconds("command", len(RETRIES.seconds)) is None


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        (" 0 ", 0.0),
        ("999999999999999999", 3_600.0),
        ("Thu, 28 May 2026 20:28:40 GMT", 120.0),
        ("Thu, 28 May 2026 20:26:00 GMT", 0.0),
        ("Fri, 28 May 2027 20:26:00 GMT", 3_600.0),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("", None),
        ("\u0661\u0662", None),
        (None, None),
    ],
)
def test_retry_after_in_seconds_or_as_a_date_and_capped(value, seconds):
    assert retry_after_seconds(value, 1_780_000_000_000) == seconds


@pytest.mark.parametrize(
    "address",
    """127.0.0.1 0.0.0.0 10.0.0.1 172.16.0.1 192.168.1.1 100.64.0.1 169.254.169.254 224.0.0.1
    240.0.0.1 255.255.255.255 192.0.2.1 198.18.0.1 ::1 :: fe80::1 fe80::1%eth0 fc00::1 ff02::1
    ::ffff:127.0.0.1 ::ffff:8.8.8.8 ::127.0.0.1 64:ff9b::7f00:1 64:ff9b:1::1 2002:7f00:1::1
    2001::1 2001:db8::1 localhost""".split(),
)
def test_addresses_that_are_not_public_are_refused(address):
    assert not is_public(address)


def test_public_addresses_pass():
    assert is_public("8.8.8.8")
    assert is_public("2606:4700:4700::1111")


def posted(endpoint, look_up=None):
    """Post once, and close; give the answer."""

    async def scene():
        given = {} if look_up is None else {"look_up": look_up}
        client = WebhookClient(endpoint, now_milliseconds, **given)
        answer = await client.post("id", '{"data": {"listing_id": ""}, "type": "t"}', Request())
        await client.close()
        return answer

    return scene


def changing(*addresses):
    """Return a look-up that answers otherwise each time, and the list of what it was asked."""
    asked = []

    def look_up(host, port):
        asked.append(host)
        address = addresses[min(len(asked), len(addresses)) - 1]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    return look_up, asked


def test_a_connection_goes_to_the_very_address_that_was_looked_up_and_checked():
    """A name that answers otherwise the second time, as in DNS rebinding, is asked once."""

    async def scene():
        async with Marketplace("shop") as shop:
            known = settings(shop).endpoints["shop"]
            named = known._replace(url=f"http://rebinding.test:{shop.port}/hook")
            look_up, asked = changing("127.0.0.1", "127.0.0.99")
            assert (await posted(named, look_up)()).status == 200
            assert asked == ["rebinding.test"]
            look_up, asked = changing("127.0.0.99", "127.0.0.1")
            assert (await posted(named, look_up)()).status is None
            assert asked == ["rebinding.test"]
            assert len(shop.requests) == 1

    asyncio.run(scene())


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.1", "169.254.169.254"])
def test_a_name_with_a_private_address_is_refused_whenever_it_has_one(address):
    async def scene():
        async with Marketplace("shop") as shop:
            named = (
                settings(shop)
                .endpoints["shop"]
                ._replace(url=f"http://rebinding.test:{shop.port}/hook", allowed=False)
            )
            answer = await posted(named, changing(address)[0])()
            assert answer.status is None
            assert f"{address} is not a public address" in answer.error
            assert shop.requests == []

    asyncio.run(scene())


def test_the_socket_is_checked_even_if_the_look_up_was_not():
    async def scene():
        async with Marketplace("shop") as shop:
            known = settings(shop).endpoints["shop"]
            for host in ("127.0.0.1", "[::1]", "[::ffff:127.0.0.1]"):
                url = known.url.replace("127.0.0.1", host)
                answer = await posted(known._replace(url=url, allowed=False))()
                assert answer.status is None
                assert "not a public address" in answer.error
            numeric = known._replace(url=known.url.replace("127.0.0.1", "2130706433"))
            assert (await posted(numeric._replace(allowed=False))()).status is None
            assert shop.requests == []
            assert (await posted(known)()).status == 200

    asyncio.run(scene())


def certificate(directory):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "shop.test")])
    day = datetime.timedelta(days=1)
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - day)
        .not_valid_after(now + day)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("shop.test")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = directory / "certificate.pem"
    path.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return path


def test_certificates_are_verified(tmp_path):
    path = certificate(tmp_path)

    async def scene():
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(path)
        app = web.Application()

        async def take(_request):
            return web.Response()

        app.router.add_post("/hook", take)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
        port = runner.addresses[0][1]

        def look_up(_host, port):
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

        known = settings(Marketplace("shop")).endpoints["shop"]
        right = known._replace(
            url=f"https://shop.test:{port}/hook", certificate_authority=str(path)
        )
        assert (await posted(right, look_up)()).status == 200
        unknown = await posted(right._replace(certificate_authority=None), look_up)()
        other = await posted(right._replace(url=f"https://b.test:{port}/hook"), look_up)()
        await runner.cleanup()
        for answer in (unknown, other):
            assert answer.status is None
            assert "Certificate" in answer.error

    asyncio.run(scene())


@pytest.mark.parametrize(
    ("body", "result"),
    [
        (b'{"result": "executed"}', "executed"),
        (b'{"result": "failed", "detail": "x"}', "failed"),
        (b'{"result": "done"}', None),
        (b'{"result": ["executed"]}', None),
        (b"[" * 60_000, None),
        (b"\xff", None),
        (b"", None),
    ],
)
def test_acknowledgements_are_read_and_anything_else_is_none(body, result):
    found = read_acknowledgement(body)
    assert (found and found.result) == result


def test_words_of_marketplaces_are_made_fit_to_be_kept():
    found = read_acknowledgement(
        b'{"result": "failed", "detail": "\\ud800\\u0000' + b"x" * 9_000 + b'"}'
    )
    assert found.detail.encode()
    assert "\x00" not in found.detail
    assert len(found.detail) == 2_000
    assert acknowledgement_id("a", "failed") != acknowledgement_id("a", "executed")


def endpoint(**fields):
    return {
        "marketplace": "shop",
        "url": "https://shop.example/hook",
        "secrets": [{"value": NEW}],
        **fields,
    }


def read(tmp_path, content):
    path = tmp_path / "endpoints.yaml"
    path.write_text(yaml.safe_dump(content))
    return load_settings(path)


def test_an_endpoints_file_is_read(tmp_path):
    (tmp_path / "old").write_text(OLD + "\n")
    secrets = [{"value": NEW}, {"file": "old", "until": "2026-12-31T00:00:00Z"}]
    caps = {"rule": {"commands": 5, "window_seconds": 60}}
    found = read(tmp_path, {"caps": caps, "endpoints": [endpoint(secrets=secrets)]})
    shop = found.endpoints["shop"]
    assert [each.until_milliseconds for each in shop.secrets] == [None, 1_798_675_200_000]
    assert "party.notify" not in shop.types
    assert found.caps["rule"].commands == 5


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"endpoints": {}}, "to be a list"),
        ({"endpoints": [endpoint(), endpoint()]}, "two endpoints"),
        ({"endpoints": [endpoint(url="http://shop.example/")]}, "neither HTTPS"),
        ({"endpoints": [endpoint(url="ftp://shop.example/")]}, "no HTTP URL"),
        ({"endpoints": [endpoint(url="https://u:p@shop.example/")]}, "no user"),
        ({"endpoints": [endpoint(secrets=[])]}, "at least one"),
        ({"endpoints": [endpoint(secrets=[{"file": "missing"}])]}, "missing"),
        ({"endpoints": [endpoint(secrets=[{"value": NEW, "until": "2026-01-01"}])]}, "no end"),
        ({"endpoints": [endpoint(commands=["listing.explode"])]}, "no such command"),
        ({"endpoints": [endpoint(commands=["listing.take_down"])]}, "listing.reinstate"),
        ({"endpoints": [endpoint(concurrency=0)]}, "above 0"),
        ({"endpoints": [endpoint(colour="red")]}, "unknown colour"),
        ({"endpoints": [endpoint()], "caps": {"rule": {"commands": -1}}}, "above 0"),
        ({"endpoints": [endpoint()], "caps": {"brand": {}}}, "unknown brand"),
        ([], "mapping"),
    ],
)
def test_what_is_wrong_in_an_endpoints_file_is_said(tmp_path, content, message):
    with pytest.raises(SettingsInvalid, match=message):
        read(tmp_path, content)
