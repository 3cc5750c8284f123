"""Threads for what requests wait for, the database above all, shared out among parties.

Of one party no more than a few requests are worked on at once; its others wait, so that a party
that asks for much does so in its own time.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

THREADS = 16
OF_PARTY = 4

Result = TypeVar("Result")


class _Turn:
    """How many of a party's requests are on their way, and which of them may be worked on."""

    def __init__(self, at_once: int) -> None:
        self.requests = 0
        self.room = asyncio.Semaphore(at_once)


class Turns:
    """Threads, and whose turn it is. To be used in one event loop at a time."""

    def __init__(self, threads: int = THREADS, of_party: int = OF_PARTY) -> None:
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix="filing")
        self._of_party = of_party
        self._turns: dict[str, _Turn] = {}

    async def run(self, party_id: str, work: Callable[[], Result]) -> Result:
        """Do work of a party in a thread when it is its turn. Errors: as `work`."""
        turn = self._turns.setdefault(party_id, _Turn(self._of_party))
        turn.requests += 1
        try:
            async with turn.room:
                run = asyncio.get_running_loop().run_in_executor
                return await run(self._executor, copy_context().run, work)
        finally:
            turn.requests -= 1
            if not turn.requests:
                del self._turns[party_id]
