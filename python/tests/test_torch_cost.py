from folders import Saving

import needs


@needs.torch
class Cost(Saving):
    def test_a_recorded_step_calls_few_operations(self):
        """Of the smallest models the calls are the cost, and they can be counted where a clock tells little."""
        import torch
        from torch import nn
        from torch.utils._python_dispatch import TorchDispatchMode

        import unstuck

        class Counting(TorchDispatchMode):
            calls = 0

            def __torch_dispatch__(self, func, types, args=(), kwargs=None):
                self.calls += 1
                return func(*args, **(kwargs or {}))

        model = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 1))
        optimizer = torch.optim.Adam(model.parameters())
        x, y = torch.randn(8, 3), torch.randn(8, 1)

        def step(watch=None):
            loss = nn.functional.mse_loss(model(x), y)
            if watch is not None:
                watch(x, y, loss)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

        step()
        with Counting() as plain:
            step()
        watch = unstuck.watch(model, optimizer, loss="mse", folder=self.folder)
        for _ in range(4):
            step(watch)
        with Counting() as recorded:
            step(watch)
        watch.close()
        self.assertLess(plain.calls, recorded.calls)
        self.assertLessEqual(recorded.calls - plain.calls, 22)

    def test_copies_are_compared_bit_for_bit(self):
        import torch

        from unstuck.pytorch.copies import Copies

        weights = [torch.tensor([0.0, float("nan")]), torch.tensor([[1.0]])]
        kept, scratch = Copies(weights), Copies(weights)
        kept.take(weights)
        self.assertEqual(kept.changed(weights, scratch), [])
        weights[1][0] = 2.0
        self.assertEqual(kept.changed(weights, scratch), [1])
        self.assertFalse(kept.alike(scratch))
        scratch.take([torch.tensor([-0.0, float("nan")]), torch.tensor([[1.0]])])
        self.assertFalse(kept.alike(scratch))
