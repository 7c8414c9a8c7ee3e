"""Shows that something is still at work, where a person watches."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO

_PATIENCE = 2.0  # seconds; what ends sooner leaves nothing behind


def _watched(stream: Any) -> bool:
    """Return whether a person sees what is written as it comes: in a terminal, or in a notebook, whose stream is ipykernel's."""
    try:
        return bool(stream.isatty()) or type(stream).__module__.startswith("ipykernel")
    except (AttributeError, ValueError):
        return False


@contextmanager
def ticking(what: str, stream: TextIO | None = None) -> Iterator[None]:
    """While the block runs, keep "what: 12 s" up to date on one line of stream, standard error by default, and take it away at the end.

    Nothing is written where nobody watches: in a pipe, a file or a log.
    """
    to = sys.stderr if stream is None else stream
    if not _watched(to):
        yield
        return
    began, done, longest = time.monotonic(), threading.Event(), 0

    def tick() -> None:
        nonlocal longest
        wait = _PATIENCE
        while not done.wait(wait):
            wait = 1.0
            text = f"{what}: {time.monotonic() - began:.0f} s"
            longest = max(longest, len(text))
            to.write("\r" + text)
            to.flush()

    thread = threading.Thread(target=tick, name="unstuck ticking", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
        if longest:
            to.write("\r" + " " * longest + "\r")
            to.flush()
