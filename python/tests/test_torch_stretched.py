"""What is recorded of a loss that sets each row against every other."""

import needs
from folders import Saving


@needs.torch
class Stretched(Saving):
    def stretched(self, loss, features=3, hidden=16, outputs=1, rows=16):
        """Return what the first step of a loop with this loss, of outputs and targets of a batch, says."""
        import torch
        from torch import nn

        import unstuck

        torch.manual_seed(3)
        model = nn.Sequential(nn.Linear(features, hidden), nn.LayerNorm(hidden), nn.Tanh(), nn.Linear(hidden, outputs))
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        watch = unstuck.watch(model, optimizer, loss="mse", folder=self.folder, steps=2)
        for _ in range(3):
            x = torch.randn(rows, features)
            y = x[:, :1].expand(rows, outputs)
            value = loss(model(x), y)
            watch(x, y, value)
            optimizer.zero_grad()
            value.backward()
            optimizer.step()
        watch.close()
        return self.step(1)["stretched"]

    def test_rows_against_each_other(self):
        told = self.stretched(lambda out, y: ((out - y) ** 2 * y.reshape(-1).abs()).mean())
        self.assertEqual((told["from"], told["to"], told["operation"]), ([16, 1], [16, 16], "mul"))

    def test_layers_as_wide_as_the_batch_is_long(self):
        """Their biases, one number for each of as many columns as there are rows, are no rows that are set against each other."""
        self.assertIsNone(self.stretched(lambda out, y: (out - y).abs().sqrt().mean()))

    def test_outputs_as_wide_as_the_batch_is_long(self):
        """Each row is divided by its own length, which is one number a row."""
        self.assertIsNone(self.stretched(lambda out, y: (out / out.norm(dim=1, keepdim=True) - y).abs().mean(), hidden=8, outputs=16))
