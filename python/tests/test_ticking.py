import io
import time
import unittest
from unittest import mock

from unstuck import ticking


class Terminal(io.StringIO):
    def isatty(self):
        return True


class Ticking(unittest.TestCase):
    def test_a_terminal_sees_something_every_second(self):
        to = Terminal()
        with mock.patch.object(ticking, "_PATIENCE", 0.05), ticking.ticking("at work", to):
            time.sleep(1.3)
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
            time.sleep(0.05)
            raise KeyError
        self.assertTrue(to.getvalue().endswith("\r"))
