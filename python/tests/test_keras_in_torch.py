import json
import os
import pathlib
import subprocess
import sys
import unittest

import numpy as np
from folders import Saving

import needs
from unstuck.watching import outputs_first

os.environ.setdefault("KERAS_BACKEND", needs.keras_backend or "")

# A custom loop of Keras as PyTorch's users write it: its model and its loss, in a loop with an optimizer of torch.optim. In a process of its own,
# as Keras' backend is chosen once in each.
LOOP = """
import keras, numpy as np, torch, unstuck
keras.utils.set_random_seed(1)
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(16, activation="relu"), keras.layers.Dense(3)])
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
loss_fn = keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1)
watch = unstuck.watch(model, optimizer, loss=loss_fn, folder={folder!r})
x = torch.randn(320, 4)
y = torch.nn.functional.one_hot((x[:, 0] > 0).long() + (x[:, 1] > 0).long(), 3).float()
for start in range(0, 320, 32):
    xb, yb = x[start:start + 32], y[start:start + 32]
    optimizer.zero_grad()
    loss = loss_fn(yb, model(xb))
    loss.backward()
    optimizer.step()
    watch(xb, yb, loss)
"""


@needs.torch
@needs.keras
class KerasInTorch(Saving):
    def test_an_optimizer_of_pytorch(self):
        """It is recorded as PyTorch's, with gradients; a loss of Keras, which takes targets first, is the one that the loop has."""
        here = pathlib.Path(__file__).parent
        environment = {**os.environ, "KERAS_BACKEND": "torch", "PYTHONPATH": str(here.parent)}
        done = subprocess.run([sys.executable, "-W", "ignore", "-c", LOOP.format(folder=str(self.folder))], env=environment, capture_output=True, text=True)
        self.assertEqual(0, done.returncode, done.stderr)
        told = json.loads((self.folder / "recording.json").read_text())
        self.assertEqual((told["framework"], told["optimizers"][0]["class"], told["loss"]["class"]), ("torch", "SGD", "own:CategoricalCrossentropy"))
        for told, arrays in self.steps():
            self.assertTrue(any(name.startswith("own") or name.startswith("grad") for name in arrays))
            self.assertAlmostEqual(told["loss"], told["claimed"], 5)

    def test_a_function_of_keras(self):
        """A function takes its targets first, and its loss of each row is meant as their mean; what isn't Keras' is left as it is."""
        import keras
        import torch

        y, outputs = np.array([[2.0], [4.0]], "float32"), np.array([[1.0], [3.0]], "float32")
        relative = outputs_first(keras.losses.mean_absolute_percentage_error)
        self.assertAlmostEqual(float(relative(outputs, y)), 37.5, 4)
        for own in ("mse", None, torch.nn.MSELoss(), torch.nn.functional.mse_loss):
            self.assertIs(outputs_first(own), own)


if __name__ == "__main__":
    unittest.main()
