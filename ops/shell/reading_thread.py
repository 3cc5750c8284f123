"""A thread that reads on while a service serves."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def reading_on(name: str, read: Callable[[threading.Event], None]) -> Iterator[None]:
    """Run `read` in a thread of this name until the context is left, which sets its event."""
    stopping = threading.Event()
    thread = threading.Thread(target=read, args=(stopping,), name=name)
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join()
