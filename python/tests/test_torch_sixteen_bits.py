"""What is recorded of models whose weights have 16 bits."""

import json

import needs
from folders import Saving


@needs.torch
class SixteenBits(Saving):
    def types(self, kind, cast_behind=False):
        """Record two steps of a model, and return what is told of its weights' types."""
        import torch
        from torch import nn

        import unstuck

        torch.manual_seed(3)
        model = nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 1))
        if not cast_behind:
            model.to(kind)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        watch = unstuck.watch(model, optimizer, loss="mse", folder=self.folder)
        model.to(kind)
        for _ in range(2):
            x = torch.randn(8, 3).to(kind)
            loss = nn.functional.mse_loss(model(x), x[:, :1])
            watch(x, x[:, :1], loss)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        watch.close()
        return [p.get("dtype") for p in json.loads((self.folder / "recording.json").read_text())["parameters"]]

    def test_types_of_weights(self):
        import torch

        self.assertEqual(self.types(torch.bfloat16), ["bfloat16"] * 4)
        self.assertEqual(self.types(torch.float16), ["float16"] * 4)
        self.assertEqual(self.types(torch.float32), [None] * 4)

    # A model may be cast between the watch and its first step.
    def test_a_cast_behind_the_watch(self):
        import torch

        self.assertEqual(self.types(torch.bfloat16, cast_behind=True), ["bfloat16"] * 4)
