"""Which services a local platform has, how each is started, and how one sees that it works."""

from typing import NamedTuple

from ops.errors import OperatorError
from ops.up.places import CLIENT_ID, Places
from ops.up.trial import PEOPLE
from ops.web.sign_in_pages import RETURN_PATH

SENDER = "notices@ip.example"


class Service(NamedTuple):
    """A service: its command with arguments, where it is ready, and where people find it."""

    name: str
    line: tuple[str, ...]
    ready: str
    address: str


def plan(places: Places) -> list[Service]:
    """Return all services, in the order in which they start."""
    port = places.ports
    endpoints = ("--endpoints", str(places.endpoints))
    recorded = ("--endpoint-keys", str(places.endpoint_keys))
    filing = ("--vault", places.state("vault"), "--keys", str(places.keys), *endpoints)
    return [
        _stateful(places, "worker"),
        _stateful(places, "monitor"),
        _service(places, "case-store", "case-store"),
        _service(places, "desk-outbox", "desk-outbox"),
        Service(
            "marketplace",
            (
                *("sample-marketplace", "--port", str(port["marketplace"])),
                *("--secret-file", str(places.marketplace_secret)),
            ),
            f"http://127.0.0.1:{port['marketplace']}/ready",
            f"http://127.0.0.1:{port['marketplace']}/commands",
        ),
        _service(places, "dispatch", "dispatch", *endpoints, *recorded),
        _service(
            *(places, "filing metrics", "filing", *filing, *recorded),
            *("--port", str(port["filing"])),
        ),
        _service(
            *(places, "views metrics", "views", "--web-port", str(port["views"])),
            *("--data-directory", places.state("views"), "--replication-factor", "1"),
        ),
        Service(
            "provider",
            (
                *("sample-provider", "--port", str(port["provider"]), "--client-id", CLIENT_ID),
                *("--redirect-address", f"http://127.0.0.1:{port['web']}{RETURN_PATH}"),
                *("--people", *PEOPLE),
            ),
            f"http://127.0.0.1:{port['provider']}/ready",
            f"http://127.0.0.1:{port['provider']}",
        ),
        _service(
            *(places, "web metrics", "web", *filing[:4], "--port", str(port["web"])),
            *("--views", f"http://127.0.0.1:{port['views']}", "--sign-in", str(places.sign_in)),
            *("--state-directory", places.state("web"), *endpoints),
        ),
        Service(
            "mailbox",
            (
                *("sample-mailbox", "--port", str(port["mailbox"])),
                *("--web-port", str(port["mailbox page"])),
            ),
            f"http://127.0.0.1:{port['mailbox page']}/ready",
            f"http://127.0.0.1:{port['mailbox page']}/",
        ),
        _service(
            *(places, "notifications", "notifications", "--mail-encryption", "none"),
            *("--mail-server", f"127.0.0.1:{port['mailbox']}", "--sender", SENDER),
            *("--site", f"http://127.0.0.1:{port['web']}", "--allowed-host", "127.0.0.1"),
        ),
    ]


def chosen(services: list[Service], only: list[str], without: list[str]) -> list[Service]:
    """Return the services that are asked for. Errors: OperatorError for a name that is none."""
    names = [each.name for each in services]
    for name in (*only, *without):
        if name not in names:
            raise OperatorError(f"no such service: {name}; there are {', '.join(names)}")
    return [
        each for each in services if (not only or each.name in only) and each.name not in without
    ]


def _stateful(places: Places, command: str) -> Service:
    state = ("--instance", command, "--state-directory", places.state(command))
    return _service(places, command, command, *state)


def _service(places: Places, port_name: str, command: str, *arguments: str) -> Service:
    metrics = places.ports[port_name]
    address = f"http://127.0.0.1:{places.ports.get(command, metrics)}"
    return Service(
        command,
        (command, *arguments, "--metrics-port", str(metrics)),
        f"http://127.0.0.1:{metrics}/ready",
        address if command in ("filing", "views", "web") else f"{address}/metrics",
    )
