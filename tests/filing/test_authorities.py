"""Orders and suspicions recorded on the console, by the filing API's own rules."""

import httpx
import pytest

from filing.harness import START
from filing.test_cases_and_more import ORDER, SELLER_ORDER, SUSPICION, last_event
from ops.__main__ import main
from schemas.events.orders import OrderLifted, OrderReceived
from schemas.events.seller_orders import SellerOrderLifted, SellerOrderReceived
from schemas.events.suspicions import CrimeSuspected

ADDRESS = "http://filing.example"


@pytest.fixture
def console(api, tmp_path, monkeypatch, capsys):
    """Run the command, whose requests the application answers; give status, id told, and errors."""

    def post(address, **request):
        assert address.startswith(ADDRESS)
        del request["timeout"]
        return api.client.post(address.removeprefix(ADDRESS), **request)

    def run(*arguments, role="operator"):
        monkeypatch.setenv("IP_TAKEDOWNS_AUTHORITIES_TOKEN", api.tokens.token("operator-1", role))
        status = main(["authorities", "--address", ADDRESS, *map(str, arguments)])
        told = capsys.readouterr()
        return status, told.out.strip(), told.err

    monkeypatch.setattr(httpx, "post", post)
    return run


def written(tmp_path, content, more=""):
    path = tmp_path / "recorded.yaml"
    lines = [f"{name}: {value}" for name, value in content.items()]
    path.write_text("\n".join([*lines, more]), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("act", "content", "kind"),
    [
        ("order", ORDER, OrderReceived),
        ("seller-order", SELLER_ORDER, SellerOrderReceived),
        ("suspicion", SUSPICION, CrimeSuspected),
    ],
)
def test_what_is_recorded_is_recorded_once(api, console, tmp_path, act, content, kind):
    status, told, _ = console(act, written(tmp_path, content))
    assert status == 0
    assert isinstance(last_event(api)[2], kind)
    count = len(api.events())
    assert console(act, written(tmp_path, content)) == (0, told, "")
    assert len(api.events()) == count


@pytest.mark.parametrize(
    ("act", "content", "kind"),
    [("order", ORDER, OrderLifted), ("seller-order", SELLER_ORDER, SellerOrderLifted)],
)
def test_an_order_is_lifted_by_its_id(api, console, tmp_path, act, content, kind):
    _, order_id, _ = console(act, written(tmp_path, content))
    assert console(f"lift-{act}", order_id, "--explain", "Set aside.")[0] == 0
    lifted = last_event(api)[2]
    assert isinstance(lifted, kind)
    assert (lifted.order_id, lifted.explanation) == (order_id, "Set aside.")


def test_a_time_is_taken_as_yaml_has_it(api, console, tmp_path):
    until = "until: 2030-01-02T03:04:05Z"
    status, _, error = console("order", written(tmp_path, ORDER, until))
    assert status == 0, error
    assert last_event(api)[2].until_milliseconds == 1_893_553_445_000 > START


def test_each_fault_is_told_with_its_field(console, tmp_path):
    wrong = {**ORDER, "kind": "wish", "territories": ["XX"]}
    status, _, error = console("order", written(tmp_path, wrong))
    assert status == 2
    assert "#/kind: " in error
    assert "#/territories/0: " in error


@pytest.mark.parametrize(
    ("arguments", "role", "reason"),
    [
        (("order", "none.yaml"), "operator", "none.yaml"),
        (("lift-order", "unknown"), "operator", "There is no such thing"),
        (("lift-order", "../orders"), "operator", "no such thing"),
        (("lift-order", "unknown"), "reviewer", "does not allow this"),
    ],
)
def test_what_can_not_be_recorded_is_told(console, arguments, role, reason):
    status, told, error = console(*arguments, role=role)
    assert (status, told) == (2, "")
    assert reason in error


def test_an_address_that_nobody_answers_is_told(console, tmp_path, monkeypatch):
    def refuse(*_, **__):
        raise httpx.ConnectError("nobody listens")

    monkeypatch.setattr(httpx, "post", refuse)
    status, _, error = console("order", written(tmp_path, ORDER))
    assert status == 2
    assert "/v1/orders: nobody listens" in error
