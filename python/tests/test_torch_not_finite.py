"""Where in a model numbers stop being finite."""

import json

from folders import Saving

import needs


@needs.torch
class NotFinite(Saving):
    def model(self, forward):
        import torch
        from torch import nn

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.first, self.head = nn.Sequential(nn.Linear(4, 6), nn.ReLU()), nn.Linear(6, 2)

            def forward(self, x):
                return self.head(forward(self.first(x)))

        torch.manual_seed(3)
        return Net()

    # The operation is found that makes NaN or infinities of finite numbers, forward or on the way back, and not one that only passes them on;
    # infinities of a mask are none.
    def test_each_operation(self):
        import torch

        from unstuck.pytorch.not_finite import origin

        def masked(z):
            z = z + torch.full_like(z, float("-inf"))
            return z.softmax(1)

        for name, (forward, operation, back) in {
            "logarithm of 0": (lambda z: torch.log(z), "log", False),
            "0 times infinity": (lambda z: z * torch.log(z), "log", False),
            "0 by 0": (lambda z: z / (z - z), "div", False),
            "every place is masked": (masked, "softmax", False),
            "root at 0": (lambda z: (z * 0).sqrt(), "sqrt", True),
            "power": (lambda z: (z * 0) ** 0.5, "pow", True),
            "a mask": (lambda z: z.masked_fill(torch.arange(6) > 2, float("-inf")).softmax(1), None, False),
            "nothing": (lambda z: z, None, False),
        }.items():
            with self.subTest(name):
                found = origin(self.model(forward), torch.randn(8, 4))
                self.assertEqual(found and (found["operation"], found["back"]), operation and (operation, back))
                if found:
                    self.assertEqual(found["line"]["file"].rpartition("/")[2], "test_torch_not_finite.py")

    # In a layer of PyTorch's that no code of the user's calls, the layer is told and no line.
    def test_layer(self):
        import torch
        from torch import nn

        from unstuck.pytorch.not_finite import origin

        model = nn.Sequential(nn.Linear(3, 3), nn.Linear(3, 1))
        nn.init.constant_(model[0].weight, 10.0)
        found = origin(model, torch.full((2, 3), 3e38))
        self.assertEqual((found["layer"], found["line"]), ("0 (Linear)", None))

    # A recording has it with its step, of a forward pass and of the way back, and losses and random numbers are the same with and without.
    def test_recorded(self):
        import torch

        import unstuck

        for forward, back in ((lambda z: torch.log(z), False), (lambda z: (z * 0).sqrt(), True)):
            losses = []
            for watched in (False, True):
                model = self.model(forward)
                optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
                watch = unstuck.watch(model, optimizer, loss="mse", folder=self.folder, steps=4) if watched else lambda *_: None
                torch.manual_seed(5)
                losses.append([])
                for _ in range(4):
                    x, y = torch.randn(8, 4), torch.randn(8, 2)
                    loss = torch.nn.functional.mse_loss(model(x), y)
                    optimizer.zero_grad()
                    loss.backward()
                    optimizer.step()
                    watch(x, y, loss)
                    losses[-1] += [repr(loss.item()), torch.rand(1).item()]
            watch.close()
            self.assertEqual(*losses)
            told = json.loads((self.folder / "recording.json").read_text())["not_finite"]
            self.assertEqual((told["step"], told["back"]), (1, back))
