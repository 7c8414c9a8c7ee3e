import io
import threading
import time
import types
import unittest
from unittest import mock

from unstuck import ticking


class Terminal(io.StringIO):
    """A terminal that can be waited for: a busy machine writes later than a fixed time allows for."""

    def __init__(self, lines=1):
        super().__init__()
        self.lines, self.full = lines, threading.Event()

    def isatty(self):
        return True

    def flush(self):
        if self.getvalue().count("\r") >= self.lines:
            self.full.set()


class Ticking(unittest.TestCase):
    def test_a_terminal_sees_something_every_second(self):
        to = Terminal(2)
        clock = iter([7.0, 7.05, *(8.05 + n for n in range(1000))])  # the line's own; that it waits a second between is real
        began = time.monotonic()
        with (
            mock.patch.object(ticking, "_PATIENCE", 0.05),
            mock.patch.object(ticking, "time", types.SimpleNamespace(monotonic=lambda: next(clock))),
            ticking.ticking("at work", to),
        ):
            self.assertTrue(to.full.wait(60))
        self.assertGreater(time.monotonic() - began, 1)
        shown = to.getvalue().split("\r")
        self.assertEqual(shown[1:3], ["at work: 0 s", "at work: 1 s"])
        self.assertEqual((shown[-2].strip(), shown[-1]), ("", ""), "the line is taken away")

    def test_nothing_where_nobody_watches_or_it_is_soon_over(self):
        pipe = io.StringIO()
        with mock.patch.object(ticking, "_PATIENCE", 0.01), ticking.ticking("at work", pipe):
            time.sleep(0.1)
        self.assertEqual(pipe.getvalue(), "")
        soon = Terminal()
        with ticking.ticking("at work", soon):
            pass
        self.assertEqual(soon.getvalue(), "")

    def test_what_fails_within_fails(self):
        to = Terminal()
        with self.assertRaises(KeyError), mock.patch.object(ticking, "_PATIENCE", 0.01), ticking.ticking("at work", to):
            to.full.wait(60)
            raise KeyError
        self.assertTrue(to.getvalue().endswith("\r"))
