"""Weights that outputs depend on though no gradient reaches them, the backward passes of a step, and scalers at hand."""

import json

from folders import Saving

import needs


@needs.torch
class Used(Saving):
    def model(self, forward):
        import torch
        from torch import nn

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.table, self.spare, self.drop, self.head = nn.Linear(4, 6), nn.Linear(6, 6), nn.Dropout(0.5), nn.Linear(6, 2)

            def forward(self, x):
                return self.head(self.drop(forward(self, x)))

        torch.manual_seed(3)
        return Net()

    def recorded(self, model, steps=3, backward=lambda loss, out: loss.backward()):
        import torch

        import unstuck

        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        watch = unstuck.watch(model, optimizer, loss="mse", folder=self.folder, steps=steps)
        torch.manual_seed(5)
        for _ in range(steps + 2):
            x, y = torch.randn(8, 4), torch.randn(8, 2)
            out = model(x)
            loss = torch.nn.functional.mse_loss(out, y)
            optimizer.zero_grad()
            backward(loss, out)
            optimizer.step()
            watch(x, y, loss)
        watch.close()
        told = json.loads((self.folder / "recording.json").read_text())
        return {told["parameters"][i]["name"] for i in told["used"]}, [p.detach().clone() for p in model.parameters()], torch.rand(3)

    # Whatever way it is spelled, and dropout's draws are the same in each try; a layer that nothing is made of isn't used, and one that is
    # called needs no try.
    def test_each_spelling(self):
        import torch
        from torch.nn import functional as F

        def without(self, x):
            with torch.no_grad():
                return F.linear(x, self.table.weight, self.table.bias)

        spellings = {
            "data": lambda self, x: x @ self.table.weight.data.T + self.table.bias.data,
            "detach": lambda self, x: F.linear(x, self.table.weight.detach(), self.table.bias.detach()),
            "no_grad": without,
            "numpy": lambda self, x: F.linear(x, torch.from_numpy(self.table.weight.detach().numpy()), torch.tensor(self.table.bias.tolist())),
            "rows": lambda self, x: self.table.weight.data.T[x.argmax(1)] + self.table.bias.data,
        }
        for name, forward in spellings.items():
            with self.subTest(name):
                used, *_ = self.recorded(self.model(forward))
                self.assertEqual(used, {"table.weight", "table.bias"})
        self.assertEqual(self.recorded(self.model(lambda self, x: self.table(x)))[0], set())
        self.assertEqual(self.recorded(self.model(lambda self, x: F.linear(x, self.table.weight, self.table.bias)))[0], set())

    # A model that remembers gives other outputs at each call, and tells nothing.
    def test_a_model_that_remembers(self):
        def forward(self, x):
            self.times = getattr(self, "times", 0) + 1
            return x @ self.table.weight.data.T * self.times

        self.assertEqual(self.recorded(self.model(forward))[0], set())

    # What is tried leaves weights and random numbers as they would be.
    def test_nothing_is_changed(self):
        import torch

        model = self.model(lambda self, x: x @ self.table.weight.data.T)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        torch.manual_seed(5)
        for _ in range(5):
            x, y = torch.randn(8, 4), torch.randn(8, 2)
            optimizer.zero_grad()
            torch.nn.functional.mse_loss(model(x), y).backward()
            optimizer.step()
        plain, drawn = [p.detach().clone() for p in model.parameters()], torch.rand(3)
        used, watched, drawn_watched = self.recorded(self.model(lambda self, x: x @ self.table.weight.data.T))
        self.assertEqual(used, {"table.weight"})
        for one, other in zip(plain, watched):
            self.assertTrue(torch.equal(one, other))
        self.assertTrue(torch.equal(drawn, drawn_watched))

    # Each backward pass has its parameters; of one, nothing is written.
    def test_passes(self):
        model = self.model(lambda self, x: self.table(x))
        self.recorded(model)
        self.assertNotIn("passes", self.step(2))
        names = [p["name"] for p in json.loads((self.folder / "recording.json").read_text())["parameters"]]

        def twice(loss, out):
            out.sum().backward(retain_graph=True, inputs=list(model.head.parameters()))
            loss.backward()

        model = self.model(lambda self, x: self.table(x))
        self.recorded(model, backward=twice)
        told = [{names[i] for i in reached} for reached in self.step(2)["passes"]]
        self.assertEqual(told, [{"head.weight", "head.bias"}, {"head.weight", "head.bias", "table.weight", "table.bias"}])

    # A scaler that the loop's code holds, or an object of its, tells by what it multiplies; one that is off doesn't.
    def test_scalers(self):
        import torch

        class Amp:
            def __init__(self, enabled):
                self.scaler = torch.amp.GradScaler("cpu", init_scale=128.0, enabled=enabled)

        for enabled in (True, False):
            amp = Amp(enabled)
            self.recorded(self.model(lambda self, x: self.table(x)), backward=lambda loss, out: amp.scaler.scale(loss).backward())
            self.assertEqual(json.loads((self.folder / "recording.json").read_text())["loss_scales"], [128.0] if enabled else [])
