"""Temporary folders that tests save to, and what is in them."""

import json
import pathlib
import tempfile
import unittest

import numpy as np


class Saving(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name) / "training"

    def save(self, model, **training):
        import unstuck

        self.assertEqual(unstuck.save(self.folder, model, **training), self.folder)
        return json.loads((self.folder / "training.json").read_text())

    def data(self):
        with np.load(self.folder / "data.npz") as read:
            return dict(read)

    def program(self, name="model.pt2"):
        import torch

        return torch.export.load(self.folder / name).module()

    def steps(self):
        """Return what is told of each step of a recording, and its arrays."""
        from unstuck import journal

        steps = journal.read(self.folder / journal.FILE)
        for told, arrays in steps:
            told["arrays"] = {name: list(values.shape) for name, values in arrays.items()}
        return steps

    def step(self, number):
        """Return what is told of a step of a recording."""
        return self.steps()[number - 1][0]
