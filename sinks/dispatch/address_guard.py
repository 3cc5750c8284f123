"""Keeps requests out of private networks (server-side request forgery).

A host's addresses are looked up once for a connection and checked, and the socket is made for one
of these very addresses: there is no second look-up that could answer otherwise. The check stands
where the socket is made, so that hosts written as numbers pass it too.
"""

import asyncio
import errno
import ipaddress
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from aiohttp.abc import AbstractResolver, ResolveResult

LookUp = Callable[[str, int], list[Any]]
"""Gives for host and port what `socket.getaddrinfo` gives. Errors: OSError."""

_TRANSLATED = (
    ipaddress.ip_network("64:ff9b::/96"),
    ipaddress.ip_network("64:ff9b:1::/48"),
    ipaddress.ip_network("2002::/16"),
    ipaddress.ip_network("2001::/32"),
    ipaddress.ip_network("::/96"),
)
"""IPv6 ranges that stand for IPv4 addresses: NAT64, 6to4, Teredo and IPv4-compatible."""


class AddressRefused(OSError):
    """An endpoint's address is not a public one."""

    def __init__(self, address: str) -> None:
        super().__init__(errno.EACCES, f"{address} is not a public address")


def is_public(address: str) -> bool:
    """Tell whether an address may be connected to: global unicast, of no translated range."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv6Address) and (
        parsed.ipv4_mapped is not None or any(parsed in network for network in _TRANSLATED)
    ):
        return False
    return parsed.is_global and not parsed.is_multicast and not parsed.is_reserved


def system_look_up(host: str, port: int) -> list[Any]:
    """Look a host up as the machine does. Errors: OSError."""
    return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)


class GuardedResolver(AbstractResolver):
    """Looks up and checks; in a thread of its own, so that one slow name holds up no other."""

    def __init__(self, allowed: bool, look_up: LookUp = system_look_up) -> None:
        self._allowed = allowed
        self._look_up = look_up
        self._thread = ThreadPoolExecutor(1, "look-up")

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Return a host's addresses. Errors: AddressRefused if one is not public; OSError."""
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(self._thread, self._look_up, host, port)
        results = []
        for kind, _, protocol, _, place in found:
            address = str(place[0])
            check_address(address, self._allowed)
            results.append(
                ResolveResult(
                    hostname=host,
                    host=address,
                    port=port,
                    family=kind,
                    proto=protocol,
                    flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
                )
            )
        if not results:
            raise OSError(f"{host} has no address")
        return results

    async def close(self) -> None:
        """Let go of the thread."""
        self._thread.shutdown(wait=False, cancel_futures=True)


def guarded_socket(allowed: bool) -> Callable[[Any], socket.socket]:
    """Return what makes the sockets of an endpoint's connections, checking each address."""

    def make(address_information: Any) -> socket.socket:
        family, kind, protocol, _, place = address_information
        check_address(str(place[0]), allowed)
        return socket.socket(family, kind, protocol)

    return make


def check_address(address: str, allowed: bool) -> None:
    """Let an address pass that is public, or whose host is allowed. Errors: AddressRefused."""
    if not allowed and not is_public(address):
        raise AddressRefused(address)
