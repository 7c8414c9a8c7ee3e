"""Writes on a thread of its own, so that a loop goes on while the step before is written."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable

from .errors import UnstuckError

AT_ONCE = 2
"""Steps at most that wait or are being written: what is lost of a process that is killed."""


class Writer:
    """Runs what it is given, one after another. An error is raised at the next call, and what waits behind it isn't run."""

    def __init__(self) -> None:
        self.process = os.getpid()
        self.changed = threading.Condition()
        self.waiting: deque[Callable[[], None]] = deque()
        self.thread: threading.Thread | None = None
        self.error: Exception | None = None
        self.ended = False

    @property
    def ours(self) -> bool:
        """Report whether this is the process that the writer was made in: a forked one has no thread, and may find the lock held."""
        return os.getpid() == self.process

    @property
    def last(self) -> bool:
        """Report, to what is running, whether nothing waits behind it."""
        return len(self.waiting) <= 1

    def put(self, task: Callable[[], None], wait: bool) -> None:
        """Run a task later, or before returning where wait says so or no thread can be started."""
        if not self.ours:
            raise UnstuckError("this process was forked behind unstuck.watch: watch in the process whose loop it is")
        if wait or not self._started():
            self.drain()
            task()
            return
        with self.changed:
            while len(self.waiting) >= AT_ONCE and self.error is None:
                self.changed.wait()
            self._raise()
            self.waiting.append(task)
            self.changed.notify_all()

    def drain(self) -> None:
        """Return when nothing waits any more."""
        if not self.ours:
            return
        with self.changed:
            while self.waiting and self.error is None:
                self.changed.wait()
            self._raise()

    def end(self) -> None:
        """Return when nothing waits any more, and let the thread go."""
        if not self.ours:
            return
        try:
            self.drain()
        finally:
            with self.changed:
                self.ended = True
                self.changed.notify_all()

    def _raise(self) -> None:
        if self.error is not None:
            error, self.error = self.error, None
            raise error

    def _started(self) -> bool:
        if self.ended:
            return False
        if self.thread is None:
            thread = threading.Thread(target=self._run, name="unstuck.watch", daemon=True)
            try:
                thread.start()
            except RuntimeError:  # the interpreter is on its way out
                self.ended = True
                return False
            self.thread = thread
        return True

    def _run(self) -> None:
        while True:
            with self.changed:
                while not self.waiting:
                    if self.ended:
                        return
                    self.changed.wait()
                task = self.waiting[0]
            try:
                task()
            except Exception as error:
                with self.changed:
                    self.error = error
                    self.ended = True
                    self.waiting.clear()
                    self.changed.notify_all()
                return
            del task  # it holds the step's arrays
            with self.changed:
                self.waiting.popleft()
                self.changed.notify_all()
