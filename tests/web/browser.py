"""Chromium by Playwright, on the pages served by uvicorn on loopback."""

import os
import shutil
import threading
from contextlib import contextmanager

import pytest
import uvicorn

from ops.local.process import free_port

CHROMIUM = shutil.which("chromium")
WIDE, NARROW = {"width": 1400, "height": 1000}, {"width": 320, "height": 800}


def require_chromium():
    """Skip where there is no browser; in CI there is to be one."""
    if CHROMIUM is None:
        if "CI" in os.environ:
            pytest.fail("CI has no Chromium: .ci/run is to install it")
        pytest.skip("Chromium is not installed (apt-get install chromium)")


@contextmanager
def served(app, port=None):
    """Serve an application on loopback; give its address."""
    port = port or free_port()
    config = uvicorn.Config(app, "127.0.0.1", port, log_config=None, access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)


def signed_in(context, address, pages, party, role):
    """Sign a browser in, as people do."""
    page = context.new_page()
    page.goto(f"{address}/en/sign-in")
    page.fill("#token", pages.tokens.token(party, role))
    page.click("form:has(#token) button")
    page.wait_for_load_state()
    assert "/sign-in" not in page.url
    page.close()
