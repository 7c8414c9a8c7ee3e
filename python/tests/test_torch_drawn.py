
import numpy as np
from folders import Saving

import needs


@needs.torch
class Drawn(Saving):
    def run_loop(self, kind, watched, steps=14):
        """Train a model that draws, and return losses, where the generators stand behind it, and the masks of its dropout layers."""
        import torch
        from loops_random import trained

        import unstuck

        torch.manual_seed(4)
        self.watch, masks = None, []

        def watch(model, optimizer, loss, folder):
            if watched:
                self.watch = unstuck.watch(model, optimizer, loss=loss, folder=folder, steps=6)
            # The copy that is exported has this hook, too.
            model.drop.register_forward_hook(lambda m, given, out: masks.append((given[0].detach().clone(), out.detach().clone())) if m is model.drop else None)
            return self.watch or (lambda *_: None)

        losses = trained(watch, self.folder, kind, steps=steps)
        if self.watch:
            self.watch.close()
        return losses, torch.get_rng_state().tolist(), masks

    def told(self, step):
        return self.step(step)

    def drawn(self, step):
        """Return what was drawn in a step, by operation."""
        kept = {}
        told, arrays = self.steps()[step - 1]
        for one in told["drawn"]:
            values = arrays[one["array"]]
            if one["bits"]:
                values = np.unpackbits(values)[: int(np.prod(one["shape"]))]
            kept.setdefault(one["of"], []).append(values.reshape(one["shape"]))
        return kept

    # Neither outputs nor random numbers are others than without the recorder, and what is kept has each kind of draw.
    def check_untouched(self, kind, operations):
        plain, watched = self.run_loop(kind, False), self.run_loop(kind, True)
        self.assertEqual(plain[0], watched[0])
        self.assertEqual(plain[1], watched[1])
        for step in range(1, 7):
            self.assertNotIn("draws_unkept", self.told(step))
            self.assertEqual([one["operation"] for one in self.told(step)["drawn"]], operations)
            self.assertTrue(all(one["bits"] == (one["operation"] == "bernoulli") for one in self.told(step)["drawn"]))
        first, second = (next(iter(self.drawn(step).values()))[0] for step in (1, 2))
        self.assertFalse(np.array_equal(first, second))

    # The masks are those of the loop: what a layer let pass is what it took, by what is kept.
    def test_masks_are_those_of_the_loop(self):
        *_, passes = self.run_loop("dropout", True)
        for step in range(1, 7):
            (mask,) = self.drawn(step)["dropout"]
            given, out = (t.numpy() for t in passes[step - 1])
            self.assertTrue(0.6 < mask.mean() < 0.9)
            np.testing.assert_array_equal(out, given * (mask.astype(np.float32) / np.float32(0.75)))

    # Where more is drawn than the exported model has, it is said.
    def test_what_else_is_drawn_is_noticed(self):
        import torch
        from torch import nn

        import unstuck

        class More(nn.Module):
            def __init__(self):
                super().__init__()
                self.layer, self.drop, self.more = nn.Linear(3, 1), nn.Dropout(0.5), False

            def forward(self, x):
                return self.layer(self.drop(x) + (torch.rand(()) if self.more else 0))

        model = More()
        optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
        watch = unstuck.watch(model, optimizer, loss="mse", folder=self.folder, steps=4)
        for step in range(5):
            model.more = step == 2
            x = torch.randn(8, 3)
            loss = nn.functional.mse_loss(model(x), x[:, :1])
            watch(x, x[:, :1], loss)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        watch.close()
        self.assertIn("leave the generator elsewhere", self.told(3)["draws_unkept"])
        self.assertNotIn("drawn", self.told(3))
        for step in (1, 2, 4):
            self.assertEqual(len(self.told(step)["drawn"]), 1)

    # Of draws that would take much room none are kept, and why is said.
    def test_large_draws_are_not_kept(self):
        import torch
        from torch import nn

        import unstuck

        model = nn.Sequential(nn.Linear(2, 1 << 16), nn.Dropout(0.5), nn.Linear(1 << 16, 1))
        optimizer = torch.optim.SGD(model.parameters(), lr=1e-6)
        watch = unstuck.watch(model, optimizer, loss="mse", folder=self.folder, steps=2)
        for rows in (300, 200, 8):
            x = torch.randn(rows, 2)
            loss = nn.functional.mse_loss(model(x), x[:, :1])
            watch(x, x[:, :1], loss)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        watch.close()
        self.assertIn("more than 2 MiB", self.told(1)["draws_unkept"])
        self.assertEqual(self.told(2)["drawn"][0]["shape"], [200, 1 << 16])

    # Models that draw nothing have nothing of it.
    def test_nothing_is_kept_where_nothing_is_drawn(self):
        import torch
        from torch import nn

        import unstuck

        model = nn.Linear(3, 1)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
        watch = unstuck.watch(model, optimizer, loss="mse", folder=self.folder, steps=2)
        for _ in range(3):
            x = torch.randn(8, 3)
            loss = nn.functional.mse_loss(model(x), x[:, :1])
            watch(x, x[:, :1], loss)
            loss.backward()
            optimizer.step()
        watch.close()
        for step in (1, 2):
            self.assertFalse({"draws", "drawn", "draws_unkept"} & set(self.told(step)))


CASES = {
    "dropout": ["bernoulli"], "inplace": ["bernoulli"], "alpha": ["bernoulli"], "features": ["bernoulli"], "noise": ["randn_like"],
    "attention": ["bernoulli"] * 5, "weights": ["bernoulli"] * 2, "lstm": ["bernoulli"] * 3,
}  # fmt: skip
for kind, operations in CASES.items():
    setattr(Drawn, "test_untouched_" + kind.replace(" ", "_"), lambda self, kind=kind, operations=operations: self.check_untouched(kind, operations))
