import functools

import numpy as np
from folders import Saving

import needs
import unstuck


def weighted(outputs, targets):
    return ((outputs - targets) ** 2 * targets.abs()).mean()


@needs.torch
class Losses(Saving):
    def test_described_by_class_and_options(self):
        import torch
        import torch.nn.functional as F
        from torch import nn

        from unstuck.pytorch.loss import Loss, describe

        mean = {"reduction": "mean"}
        for loss, expected in [
            ("mse", {"class": "MSELoss", "options": mean}), ("MSELoss", {"class": "MSELoss", "options": mean}),
            (F.mse_loss, {"class": "MSELoss", "options": mean}), (nn.L1Loss(reduction="sum"), {"class": "L1Loss", "options": {"reduction": "sum"}}),
            (nn.CrossEntropyLoss(weight=torch.tensor([1.0, 0.5]), ignore_index=1, label_smoothing=0.25),
             {"class": "CrossEntropyLoss", "options": {"weight": [1, 0.5], "ignore_index": 1, "reduction": "mean", "label_smoothing": 0.25}}),
            (functools.partial(F.huber_loss, delta=2.0), {"class": "HuberLoss", "options": {"reduction": "mean", "delta": 2.0}}),
            (nn.BCEWithLogitsLoss(pos_weight=torch.tensor(3.0)),
             {"class": "BCEWithLogitsLoss", "options": {"weight": None, "reduction": "mean", "pos_weight": 3.0}}),
            (weighted, {"class": "own:weighted"}), (type("Mine", (nn.MSELoss,), {})(), {"class": "own:Mine"}),
        ]:  # fmt: skip
            self.assertEqual(describe(Loss(loss).parts[0]), expected)

    # Each loss of torch.nn that takes an output and a target is described so that its constructor makes the same again.
    def test_every_loss_can_be_made_again(self):
        from torch import nn

        from unstuck.pytorch.loss import describe

        for name in dir(nn):
            kind = getattr(nn, name)
            if name.endswith("Loss") and name not in ("LinearCrossEntropyLoss", "AdaptiveLogSoftmaxWithLoss", "TripletMarginWithDistanceLoss"):
                said = describe(kind())
                self.assertEqual(said["class"], name)
                self.assertEqual(describe(kind(**said["options"])), said)

    def test_a_function_of_the_users_is_a_program_too(self):
        import torch
        from torch import nn

        torch.manual_seed(0)
        model = nn.Linear(3, 1)
        said = self.save(model, x=torch.randn(20, 3), y=torch.randn(20, 1), loss=weighted, batch_size=4)
        self.assertEqual(said["loss"], {"class": "own:weighted"})
        outputs, targets = torch.randn(7, 1), torch.randn(7, 1)
        self.assertAlmostEqual(self.program("loss.pt2")(outputs, targets).item(), weighted(outputs, targets).item(), places=6)

    # A loss that takes several outputs at once is called with each, and noted so.
    def test_of_several_outputs_at_once(self):
        import torch
        from torch import nn

        class Net(nn.Module):
            def __init__(self, outputs):
                super().__init__()
                self.heads = nn.ModuleList(nn.Linear(3, 2) for _ in range(outputs))

            def forward(self, x):
                return tuple(torch.nn.functional.softplus(head(x)) for head in self.heads)

        torch.manual_seed(0)
        x, y = torch.randn(20, 3), torch.randn(20, 2)
        signs = torch.where(torch.randn(20) > 0, 1.0, -1.0)
        for loss, outputs, target, call in [
            (nn.GaussianNLLLoss(full=True), 2, y, lambda f, o, t: f(o[0], t, o[1])), (nn.MarginRankingLoss(), 2, y.sign(), lambda f, o, t: f(*o, t)),
            (nn.CosineEmbeddingLoss(), 2, signs, lambda f, o, t: f(*o, t)), (nn.TripletMarginLoss(), 3, signs, lambda f, o, t: f(*o)),
        ]:  # fmt: skip
            with self.subTest(type(loss).__name__):
                self.setUp()
                model = Net(outputs)
                said = self.save(model, x=x, y=target, loss=loss)
                self.assertEqual(said["loss"]["class"], type(loss).__name__)
                self.assertAlmostEqual(said["noted"]["eval_loss"], call(loss, model(x), target).item(), places=5)
        with self.assertRaisesRegex(unstuck.UnstuckError, "TripletMarginLoss takes 3 outputs of the model, of one shape; forward returns 2"):
            self.save(Net(2), x=x, y=y, loss=nn.TripletMarginLoss())

    def test_one_for_each_output(self):
        import torch
        from torch import nn

        class Two(nn.Module):
            def __init__(self):
                super().__init__()
                self.a, self.b = nn.Linear(3, 1), nn.Linear(3, 4)

            def forward(self, x):
                return {"value": self.a(x), "kind": self.b(x), "hidden": x}

        x, y = torch.randn(12, 3), {"value": torch.randn(12, 1), "kind": torch.randint(0, 4, (12,))}
        losses = {"value": nn.MSELoss(), "kind": nn.CrossEntropyLoss(), "hidden": None}
        with self.assertRaisesRegex(unstuck.UnstuckError, "the losses are for .*, the targets are"):
            self.save(Two(), x=x, y=y, loss=losses)
        said = self.save(Two(), x=x, y=tuple(y.values()), loss=losses, loss_weights=[1, 0.5, 1])
        self.assertEqual([part and part["class"] for part in said["losses"]], ["MSELoss", "CrossEntropyLoss", None])
        self.assertEqual((said["loss_weights"], said["targets"]), ([1, 0.5, 1], ["y_0", "y_1"]))
        self.assertEqual(self.data()["y_1"].dtype, np.int64)

    def test_integers_are_numbers_where_the_loss_takes_numbers(self):
        import torch
        from torch import nn

        said = self.save(nn.Linear(3, 1), x=torch.randn(12, 3), y=np.arange(12).reshape(12, 1), loss=nn.MSELoss())
        self.assertEqual(self.data()["y"].dtype, np.float32)
        self.assertGreater(said["noted"]["eval_loss"], 1)

    def test_numbers_noted(self):
        import torch
        from torch import nn

        torch.manual_seed(0)
        x, y = torch.randn(100, 3), torch.randn(100, 1)
        model = nn.Linear(3, 1)
        said = self.save(model, x=x, y=y, loss="mse")["noted"]
        loss = nn.functional.mse_loss(model(x[:64]), y[:64])
        loss.backward()
        norm = sum(p.grad.square().sum() for p in model.parameters()).sqrt().item()
        self.assertEqual(said["rows"], 64)
        for name, expected in (("eval_loss", loss.item()), ("train_loss", loss.item()), ("gradient_norm", norm)):
            self.assertAlmostEqual(said[name], expected, places=6)
        dropped = self.save(nn.Sequential(nn.Dropout(0.5), model), x=x, y=y, loss="mse")["noted"]
        self.assertEqual((dropped["train_loss"], dropped["gradient_norm"]), (None, None))
        self.assertAlmostEqual(dropped["eval_loss"], loss.item(), places=6)
        with torch.no_grad():
            model.weight.fill_(float("inf"))
        self.assertIsNone(self.save(model, x=x, y=y, loss="mse")["noted"]["eval_loss"])

    def test_refused(self):
        import torch
        from torch import nn

        x = torch.randn(12, 3)
        for loss, y, says in [
            ("typo", x, "the loss 'typo' is unknown; known are"), (nn.MSELoss, x, r"is the class MSELoss; give one that is made: MSELoss\(\)"),
            (3, x, "loss is a int"), (nn.CrossEntropyLoss(), torch.zeros(12, 1).long(), r"class indices have one axis: y\[:, 0\]"),
            (nn.MSELoss(), torch.randn(12, 7), r"of \[12, 4\] \(float32\) and targets \[12, 7\]"),
            (nn.MSELoss(reduction="none"), torch.randn(12, 4), r"the loss gives \[12, 4\].*reduction='mean'"),
            (lambda o, t: 1.0, x, "the loss gives float, one number is needed"), (nn.CrossEntropyLoss(), torch.rand(12), "y.astype\\('int64'\\)"),
            (nn.CrossEntropyLoss(), torch.full((12,), 4), "out of bounds"), ([nn.MSELoss()] * 2, x, "2 losses for 1 outputs"),
        ]:  # fmt: skip
            with self.subTest(says), self.assertRaisesRegex(unstuck.UnstuckError, says):
                self.save(nn.Linear(3, 4), x=x, y=y, loss=loss)
        with self.assertRaisesRegex(unstuck.UnstuckError, "loss_weights has 1 numbers for 2 losses"):
            self.save(nn.Linear(3, 4), x=x, y=x, loss=["mse", "mse"], loss_weights=[1])
