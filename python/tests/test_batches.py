"""Batches of a recording whose loop fills the same arrays again and again."""

import os
import unittest

import numpy as np
from folders import Saving

import needs

os.environ.setdefault("KERAS_BACKEND", needs.keras_backend or "")


class Batches(Saving):
    """What is kept of each batch is what the step had."""

    def as_given(self, given):
        steps = self.steps()
        self.assertEqual(len(steps), len(given))
        data = self.data()
        for name, of in zip(("x", "y"), zip(*given)):
            for (_, arrays), values in zip(steps, of):
                np.testing.assert_array_equal(arrays[name], values)
            self.assertEqual(len([key for key in data if key.startswith(name)]), 1)
            np.testing.assert_array_equal(next(v for key, v in data.items() if key.startswith(name)), np.concatenate(of))

    @needs.torch
    def test_of_pytorch(self):
        import torch
        from torch import nn

        import unstuck

        for kind in (np.float32, np.float64):  # the second isn't kept as it is
            torch.manual_seed(1)
            model = nn.Linear(3, 1).to(getattr(torch, kind.__name__))
            optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
            watch = unstuck.watch(model, optimizer, loss="mse", folder=self.folder, steps=3)
            x, y = torch.empty(8, 3, dtype=model.weight.dtype), torch.empty(8, 1, dtype=model.weight.dtype)
            given = []
            for _ in range(3):
                x.normal_(), y.normal_()
                given.append((x.float().numpy().copy(), y.float().numpy().copy()))
                optimizer.zero_grad()
                loss = nn.functional.mse_loss(model(x), y)
                watch(x, y, loss)
                loss.backward()
                optimizer.step()
            watch.close()
            self.as_given(given)

    @needs.keras
    def test_of_keras(self):
        import keras

        import unstuck

        keras.utils.set_random_seed(1)
        model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
        model.compile("sgd", "mse")
        watch = unstuck.watch(model, model.optimizer, loss="mse", folder=self.folder, steps=3)
        x, y = np.empty((8, 3), np.float32), np.empty((8, 1), np.float32)
        given = []
        random = np.random.default_rng(1)
        for _ in range(3):
            x[:], y[:] = random.normal(size=(8, 3)), random.normal(size=(8, 1))
            given.append((x.copy(), y.copy()))
            watch(x, y, model.train_on_batch(x, y))
        watch.close()
        self.as_given(given)


class AtHand(unittest.TestCase):
    """What a loop holds that is as large as its batch says that the batch is all there is, if it is data."""

    @needs.torch
    def test_in_pytorch(self):
        import torch

        from unstuck.pytorch import seen

        x, y = torch.zeros(4, 3), torch.zeros(4, 3)
        outputs = x * torch.ones(3, requires_grad=True)
        self.assertFalse(seen.at_hand(x, y)["whole"], "targets and outputs of the inputs' shape")
        table = x + 1
        self.assertTrue(seen.at_hand(x, y)["whole"])
        del table, outputs

    @needs.keras
    def test_in_keras(self):
        from unstuck.keras_loop import batch

        x, y = np.zeros((4, 3)), np.zeros((4, 3))
        self.assertFalse(batch.at_hand(x, y)["whole"])
        table = x + 1
        self.assertTrue(batch.at_hand(x, y)["whole"])
        del table
