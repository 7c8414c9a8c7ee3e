"""What watch is given, held against what the model was given: casts and shapes change nothing, an order of the rows does."""

from folders import Saving

import needs


@needs.torch
class Given(Saving):
    def told(self, given, watched=lambda x: x, loss="mse", asked=None, dtype=None, values=None):
        """Return what is told of the first of three steps in which the model was given given(x), and watch watched(x)."""
        import torch
        from torch import nn

        import unstuck

        torch.manual_seed(3)
        model = nn.Sequential(nn.Flatten(), nn.Linear(6, 1)).to(dtype or torch.float32)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
        watch = unstuck.watch(model, optimizer, loss=loss, folder=self.folder, steps=3)
        for _ in range(3):
            x, y = (torch.randn(8, 2, 3) * 5).round(), torch.randn(8, 1)
            if values is not None:
                x = values(x)
            value = (nn.functional.mse_loss if loss == "mse" else loss)(model(given(x)), (asked or (lambda y: y))(y).to(dtype or torch.float32))
            optimizer.zero_grad()
            value.backward()
            optimizer.step()
            watch(watched(x), y, value)
        watch.close()
        return next(iter(self.steps()))

    def test_a_cast_and_a_shape_are_the_same_rows(self):
        import torch

        for name, given, more in (
            ("double", torch.Tensor.double, {"dtype": torch.float64}),
            ("half", torch.Tensor.half, {"dtype": torch.float16, "values": lambda x: x + 0.01}),
            ("back from half", torch.Tensor.float, {"values": lambda x: (x + 0.01).half()}),
            ("back from integers", torch.Tensor.float, {"values": torch.Tensor.int}),
            ("from truth", torch.Tensor.float, {"values": lambda x: x > 0}),
            ("flat", lambda x: x.flatten(1), {}),
            ("flat and double", lambda x: x.view(8, 6).double(), {"dtype": torch.float64}),
            ("otherwise in memory", lambda x: x.permute(2, 0, 1).contiguous().permute(1, 2, 0), {}),
            ("an array", lambda x: x, {"watched": lambda x: x.numpy()}),
            ("NaN", torch.Tensor.double, {"dtype": torch.float64, "values": lambda x: x / (x - x[0, 0, 0])}),
        ):
            with self.subTest(name):
                told, _ = self.told(given, **more)
                self.assertEqual((told["x_is_input"], told["x_reordered"]), (True, False))
                self.assertNotIn("x_order", told)

    def test_an_order_is_seen_through_casts_and_shapes(self):
        import torch

        for name, given, more in (
            ("plain", lambda x: x.flip(0), {}),
            ("double", lambda x: x.flip(0).double(), {"dtype": torch.float64}),
            ("half", lambda x: x.half().flip(0), {"dtype": torch.float16, "values": lambda x: x + 0.01}),
            ("flat", lambda x: x.flip(0).flatten(1), {}),
            ("an array", lambda x: x.flip(0), {"watched": lambda x: x.numpy()}),
        ):
            with self.subTest(name):
                told, _ = self.told(given, **more)
                self.assertEqual((told["x_is_input"], told["x_reordered"], told.get("x_order")), (False, True, list(range(7, -1, -1))))

    def test_other_rows_are_neither(self):
        for name, given in (("scaled", lambda x: x / 2), ("each row the other way round", lambda x: x.flip(1, 2)), ("with noise", lambda x: x + x.std() * 1e-3)):
            with self.subTest(name):
                told, _ = self.told(given)
                self.assertEqual((told["x_is_input"], told["x_reordered"]), (False, False))

    # The rows come back to the order of the targets, and the loss of the user's tells which that is.
    def test_both_shuffled_alike_with_a_loss_of_ones_own(self):
        import torch

        def robust(out, y):
            return torch.log1p((out - y) ** 2).mean()

        (alone, before), (alike, behind) = (self.told(lambda x: x.flip(0), loss=robust, asked=asked) for asked in (None, lambda y: y.flip(0)))
        self.assertEqual((alone["x_reordered"], alike["x_reordered"], alike["x_is_input"]), (True, False, True))
        self.assertAlmostEqual(alike["claimed"], alike["loss"], 6)
        self.assertAlmostEqual(alone["claimed"], alone["loss"], 6)
        for name in ("x", "y"):
            self.assertTrue((before[name][::-1] == behind[name]).all())
