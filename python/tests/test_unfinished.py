"""Files that were being written when an interrupt came."""

import os
import pathlib
import tempfile
import unittest
from unittest import mock

import needs


class Unfinished(unittest.TestCase):
    # What comes just behind a file's last step finds it under its own name, and stays an interrupt.
    def test_an_interrupt_behind_the_last_step(self):
        from unstuck import saving

        real = os.replace

        def replace(*paths):
            real(*paths)
            raise KeyboardInterrupt

        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            with mock.patch("os.replace", replace), self.assertRaises(KeyboardInterrupt):
                saving._replaced(folder, {"training.json": b"{}"})
            self.assertEqual([file.name for file in folder.iterdir()], ["training.json"])

    def test_an_interrupt_ahead_of_it(self):
        from unstuck import saving

        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            with mock.patch("os.replace", mock.Mock(side_effect=KeyboardInterrupt)), self.assertRaises(KeyboardInterrupt):
                saving._replaced(folder, {"training.json": b"{}"})
            self.assertEqual(list(folder.iterdir()), [])

    # A watch that is taken off, and interrupted in that, can be taken off again; other watches of the same classes stay.
    @needs.torch
    def test_hooks_that_are_taken_off_twice(self):
        import copyreg

        from torch import nn

        from unstuck.pytorch import hook

        model = nn.Sequential(nn.Linear(2, 2), nn.ReLU())
        one, other = hook.Spared(model), hook.Spared(model)
        kinds = set(one.kinds)
        hook._spared.pop(nn.Linear)  # as an interrupt leaves it
        one.remove()
        one.remove()
        self.assertFalse(one.kinds)
        other.remove()
        self.assertFalse([kind for kind in kinds if kind in copyreg.dispatch_table])
