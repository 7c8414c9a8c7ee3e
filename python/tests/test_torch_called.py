"""Models that aren't called as they stand: compiled, or several times within a step."""

import json

from folders import Saving

import needs


@needs.torch
class Called(Saving):
    def told(self, name="recording.json"):
        return json.loads((self.folder / name).read_text())

    def losses(self, watched, compile):
        import torch
        from torch import nn

        import unstuck

        torch.manual_seed(1)
        torch._dynamo.reset()
        net = nn.Sequential(nn.Linear(5, 8), nn.Dropout(0.2), nn.ReLU(), nn.Linear(8, 1))
        called = compile(net)
        optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
        watch = unstuck.watch(called, optimizer, loss="mse", folder=self.folder, steps=4) if watched else None
        x, y = torch.randn(40, 5), torch.randn(40, 1)
        losses = []
        for _ in range(8):
            rows = torch.randint(0, 40, (8,))
            loss = nn.functional.mse_loss(called(x[rows]), y[rows])
            if watch:
                watch(x[rows], y[rows], loss)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        if watch:
            watch.close()
        return losses

    # Hooks would be compiled with the model, and no whole graph made of both.
    def test_a_compiled_model(self):
        import torch

        def of_whole(net):
            return torch.compile(net, backend="eager", fullgraph=True)

        def of_itself(net):
            net.compile(backend="eager", fullgraph=True)
            return net

        for compile, seen in ((of_whole, True), (of_itself, False)):
            plain = self.losses(False, compile)
            self.assertEqual(self.losses(True, compile), plain)
            self.assertEqual((self.told()["steps"], self.told()["notes"]), (4, []))
            self.assertEqual([told["events"] for told, _ in self.steps()], [["forward", "watch", "backward", "step"] if seen else ["watch", "backward", "step"]] * 4)

    # What LBFGS returns is the loss of its closure's first call, and a watch behind it gets that one.
    def test_a_loss_that_a_closure_has_returned(self):
        import torch
        from torch import nn

        import unstuck

        torch.manual_seed(2)
        model = nn.Linear(3, 1)
        optimizer = torch.optim.LBFGS(model.parameters(), lr=0.5, max_iter=3)
        outputs = []
        watch = unstuck.watch(model, optimizer, loss=lambda out, y: outputs.append(out.detach().clone()) or nn.functional.mse_loss(out, y), folder=self.folder, steps=4)
        x, y = torch.randn(8, 3), torch.randn(8, 1)
        losses = []
        for _ in range(5):

            def closure():
                optimizer.zero_grad()
                loss = nn.functional.mse_loss(model(x), y)
                loss.backward()
                return loss

            loss = optimizer.step(closure)
            watch(x, y, loss)
            losses.append(loss.item())
        watch.close()
        steps = [told for told, _ in self.steps()]
        self.assertEqual([s["events"][0] for s in steps], ["step"] * 4)
        for step, loss in zip(steps, losses):
            self.assertAlmostEqual(step["loss"], loss)
            self.assertAlmostEqual(step["claimed"], loss, places=6)
