import random

import numpy as np
from folders import Saving

import needs


@needs.torch
class Untouched(Saving):
    # A loop with dropout and batch normalization, with and without a save in the middle of it: bit for bit the same losses,
    # weights, batch statistics and random numbers.
    def test_a_loop_goes_on_as_if_nothing_had_happened(self):
        def losses(save):
            import torch
            from torch import nn

            torch.manual_seed(1), random.seed(2), np.random.seed(3)
            model = nn.Sequential(nn.Linear(5, 8), nn.BatchNorm1d(8), nn.Dropout(0.5), nn.ReLU(), nn.Linear(8, 1))
            x, y = torch.randn(40, 5), torch.randn(40, 1)
            data = torch.utils.data.TensorDataset(x, y)
            loader = torch.utils.data.DataLoader(data, batch_size=8, shuffle=True, generator=torch.Generator().manual_seed(4))
            optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
            scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 1, 0.9)
            all_losses = []
            for epoch in range(3):
                for i, (batch, targets) in enumerate(loader):
                    loss = nn.functional.mse_loss(model(batch), targets)
                    optimizer.zero_grad()
                    loss.backward()
                    if save and (epoch, i) == (1, 2):  # gradients are there, and a graph that the loss holds
                        self.save(model, x=loader, loss=nn.MSELoss(), optimizer=optimizer, scheduler=scheduler, epochs=3)
                    optimizer.step()
                    all_losses.append(loss.item())
                scheduler.step()
                if save:
                    model.eval()
                    self.save(model, x=x, y=y, loss="mse")
                    assert not model.training and not model[2].training
                model.train()
            state = {name: t.clone() for name, t in model.state_dict().items()}
            return all_losses, state, torch.rand(3).tolist(), random.random(), np.random.rand()

        plain, saved = losses(False), losses(True)
        self.assertEqual(plain[0], saved[0])
        self.assertEqual(plain[2:], saved[2:])
        for name, tensor in plain[1].items():
            self.assertTrue(tensor.equal(saved[1][name]), name)

    def test_modes_gradients_and_attributes_stay(self):
        import torch
        from torch import nn

        class Keeps(nn.Module):
            def __init__(self):
                super().__init__()
                self.fc, self.bn, self.lstm = nn.Linear(3, 4), nn.BatchNorm1d(4), nn.LSTM(4, 2, batch_first=True)
                self.calls, self.last, self.file = 0, None, open("/dev/null")  # neither the file nor self.last can be copied

            def forward(self, x):
                self.calls += 1
                self.last = self.bn(self.fc(x))
                return self.lstm(self.last[:, None])[0][:, 0]

        model = Keeps()
        model.bn.eval()
        model(torch.randn(4, 3)).sum().backward()
        before = {name: (id(p), p.grad.clone()) for name, p in model.named_parameters()}
        last, flat = model.last, [id(w) for w in model.lstm._flat_weights]
        self.save(model, x=torch.randn(8, 3), y=torch.randn(8, 2), loss="mse")
        self.assertEqual((model.training, model.bn.training, model.calls, model.last is last), (True, False, 1, True))
        self.assertEqual([id(w) for w in model.lstm._flat_weights], flat)
        self.assertEqual(int(model.bn.num_batches_tracked), 0)
        for name, parameter in model.named_parameters():
            self.assertEqual(id(parameter), before[name][0])
            self.assertTrue(parameter.grad.equal(before[name][1]), name)
        model.file.close()

    # What hooks keep is the user's: one that watches is called once, for a check, and never with what export makes of tensors.
    # One that changes an output, or leaves what forward reads, is part of the computation.
    def test_hooks(self):
        import torch
        from torch import nn

        class Reads(nn.Module):
            def __init__(self):
                super().__init__()
                self.a, self.b, self.kept = nn.Linear(3, 3), nn.Linear(3, 1), {}

            def forward(self, x):
                return self.b(self.a(x) + self.kept.get("a", 0))

        def remember(module, inputs, output):
            module.kept_by["a"] = output

        for name, factor in (("watch", 1), ("double", 2), ("remember", 2)):
            with self.subTest(name):
                torch.manual_seed(0)
                model, seen, gradients = Reads(), [], []
                plain = model(torch.ones(4, 3)).detach()
                self.assertEqual(plain.shape, (4, 1))
                if name == "watch":
                    model.a.register_forward_hook(lambda m, i, o: seen.append(o.detach().numpy().mean()))
                elif name == "double":
                    model.a.register_forward_hook(lambda m, i, o: 2 * o)
                else:
                    model.a.kept_by = model.kept
                    model.a.register_forward_hook(remember)
                model.b.register_full_backward_hook(lambda m, i, o: gradients.append(o[0].norm()))
                self.save(model, x=torch.ones(8, 3), y=torch.ones(8, 1), loss="mse")
                self.assertEqual((len(seen), len(gradients), model.kept), (int(name == "watch"), 0, {}))
                with torch.no_grad():
                    expected = model.b(factor * model.a.weight.sum(1)[None] + factor * model.a.bias)
                torch.testing.assert_close(self.program()(torch.ones(4, 3)), expected.expand(4, 1))

    def test_frozen_batch_statistics_stay_frozen_in_the_program(self):
        import torch
        from torch import nn

        model = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Linear(4, 1))
        model[1].eval()
        self.save(model, x=torch.randn(8, 3), y=torch.randn(8, 1), loss="mse")
        nodes = torch.export.load(self.folder / "model.pt2").graph.nodes
        (norm,) = [node for node in nodes if "batch_norm" in str(node.target)]
        self.assertIn(False, norm.args)

    def test_after_an_error_too(self):
        import torch
        from torch import nn

        import unstuck

        model = nn.Sequential(nn.Dropout(0.5), nn.Linear(3, 4)).eval()
        torch.manual_seed(0)
        expected = torch.rand(2)
        torch.manual_seed(0)
        with self.assertRaises(unstuck.UnstuckError):
            self.save(model, x=torch.ones(8, 3), y=torch.ones(8, 5), loss=nn.L1Loss())
        self.assertTrue(torch.rand(2).equal(expected))
        self.assertFalse(model.training or self.folder.exists())
