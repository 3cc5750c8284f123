"""Marketplaces' endpoints on loopback, real servers of one process: `python -m ops receivers`.

Each verifies signatures, carries a command out once for one webhook-id, and notes that. Some may
be told to hang.
"""

import argparse
import asyncio
import base64
import hashlib
import json
import signal
import sys
from pathlib import Path
from typing import Any

from aiohttp import web
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from ops.local.process import free_port

MAXIMUM_BODY_BYTES = 4 << 20


class Receivers:
    """Endpoints by marketplace; effects are appended to a file, one JSON object a line."""

    def __init__(self, effects: Path | None, hang_seconds: float, seed: str = "receivers") -> None:
        self._effects = effects.open("a", encoding="utf-8") if effects else None
        self._hang_seconds = hang_seconds
        self._seed = seed
        self._carried_out: set[tuple[str, str]] = set()
        self._hanging: set[str] = set()
        self._runners: list[web.AppRunner] = []
        self.repeats = 0

    def secret(self, marketplace: str) -> str:
        """Return a marketplace's secret; it follows from its name, as these are no real ones."""
        return secret_of(f"{self._seed} {marketplace}")

    async def add(self, marketplace: str, port: int, hanging: bool) -> None:
        """Start an endpoint."""
        if hanging:
            self._hanging.add(marketplace)
        if self._effects is not None:
            for known in _known(Path(self._effects.name), marketplace):
                self._carried_out.add((marketplace, known))
        app = web.Application(client_max_size=MAXIMUM_BODY_BYTES)
        verifier = Webhook(self.secret(marketplace))

        async def take(request: web.Request) -> web.Response:
            return await self._take(marketplace, verifier, request)

        app.router.add_post("/commands", take)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        self._runners.append(runner)

    async def stop(self) -> None:
        """Stop all endpoints."""
        for runner in self._runners:
            await runner.cleanup()
        if self._effects is not None:
            self._effects.close()

    async def _take(
        self, marketplace: str, verifier: Webhook, request: web.Request
    ) -> web.Response:
        body = await request.read()
        try:
            message = verifier.verify(body, dict(request.headers))
        except WebhookVerificationError as error:
            return web.json_response({"error": str(error)}, status=401)
        if marketplace in self._hanging:
            await asyncio.sleep(self._hang_seconds)
        self._carry_out(marketplace, request.headers["webhook-id"], message)
        return web.json_response({"result": "executed", "detail": ""})

    def _carry_out(self, marketplace: str, webhook_id: str, message: dict[str, Any]) -> None:
        if (marketplace, webhook_id) in self._carried_out:
            self.repeats += 1
            return
        self._carried_out.add((marketplace, webhook_id))
        if self._effects is not None:
            effect = {
                "marketplace": marketplace,
                "command_id": webhook_id,
                "type": message["type"],
                "listing_id": message["data"].get("listing_id", ""),
            }
            self._effects.write(json.dumps(effect) + "\n")
            self._effects.flush()


def secret_of(name: str) -> str:
    """Return a secret that follows from a name, for receivers that only simulate."""
    return "whsec_" + base64.b64encode(hashlib.sha256(name.encode()).digest()).decode()


def _known(path: Path, marketplace: str) -> list[str]:
    if not path.exists():
        return []
    effects = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [each["command_id"] for each in effects if each["marketplace"] == marketplace]


def endpoints_file(marketplaces: dict[str, int], **fields: Any) -> dict[str, Any]:
    """Return an endpoints file's content for receivers at these ports; fields go to each
    endpoint.
    """
    return {
        "allowed_hosts": ["127.0.0.1"],
        "endpoints": [
            {
                "marketplace": name,
                "url": f"http://127.0.0.1:{port}/commands",
                "secrets": [{"value": secret_of(f"receivers {name}")}],
                **fields,
            }
            for name, port in marketplaces.items()
        ],
    }


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser("receivers", help="run marketplaces' endpoints on loopback")
    parser.add_argument(
        "--marketplace", action="append", required=True, metavar="NAME:PORT", help="0: any port"
    )
    parser.add_argument("--hanging", action="append", default=[], metavar="NAME")
    parser.add_argument("--hang-seconds", type=float, default=30.0)
    parser.add_argument("--effects", type=Path, help="file of what was carried out")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Serve until SIGTERM or SIGINT."""
    asyncio.run(_serve(options))
    return 0


async def _serve(options: argparse.Namespace) -> None:
    receivers = Receivers(options.effects, options.hang_seconds)
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    for each in options.marketplace:
        name, _, port = each.rpartition(":")
        await receivers.add(name, int(port) or free_port(), name in options.hanging)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await ended.wait()
    sys.stdout.write(f"repeats: {receivers.repeats}\n")
    await receivers.stop()
