from folders import Saving

import needs
import unstuck


@needs.torch
class Optimizers(Saving):
    def test_every_group_with_its_parameters_and_options(self):
        import torch
        from torch import nn

        model = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 1))
        optimizer = torch.optim.AdamW([
            {"params": model[0].parameters(), "lr": 1e-4}, {"params": [model[2].weight], "weight_decay": 0.0},
        ], lr=1e-2, betas=(0.8, 0.9))  # fmt: skip
        said = self.save(model, x=torch.randn(8, 3), y=torch.randn(8, 1), loss="mse", optimizer=optimizer)["optimizer"]
        self.assertEqual(said["class"], "AdamW")
        self.assertNotIn("foreign", said)
        self.assertEqual([g["parameters"] for g in said["groups"]], [["0.weight", "0.bias"], ["2.weight"]])
        self.assertEqual([(g["lr"], g["weight_decay"], g["betas"]) for g in said["groups"]], [(1e-4, 1e-2, [0.8, 0.9]), (1e-2, 0, [0.8, 0.9])])
        self.assertFalse({"params", "foreach", "fused", "capturable", "differentiable"} & set(said["groups"][0]))

    def test_parameters_of_another_model_are_counted(self):
        import torch
        from torch import nn

        from unstuck.pytorch.optimizer import describe

        model, other = nn.Linear(3, 4), nn.Linear(3, 4)
        said = describe(torch.optim.SGD([*other.parameters(), model.weight], lr=torch.tensor(0.5)), model)
        self.assertEqual((said["foreign"], said["groups"][0]["parameters"], said["groups"][0]["lr"]), (2, ["weight"], 0.5))

    # Each optimizer of torch.optim is described so that its constructor takes the options again.
    def test_every_optimizer_can_be_made_again(self):
        import inspect

        import torch
        from torch import nn

        from unstuck.pytorch.optimizer import describe

        seen = 0
        for name in dir(torch.optim):
            kind = getattr(torch.optim, name)
            if not (inspect.isclass(kind) and issubclass(kind, torch.optim.Optimizer)) or name == "Optimizer":
                continue
            model = nn.Linear(3, 4, bias=name not in ("Muon",))
            said = describe(kind(model.parameters(), lr=0.125), model)
            (group,) = said["groups"]
            takes = inspect.signature(kind).parameters
            options = {key: tuple(v) if isinstance(v, list) else v for key, v in group.items() if key in takes}
            self.assertEqual((said["class"], options["lr"]), (name, 0.125))
            self.assertEqual(describe(kind(model.parameters(), **options), model), said)
            seen += 1
        self.assertGreater(seen, 10)

    def test_behind_wrappers(self):
        import torch
        from torch import nn

        model = nn.Linear(3, 1)
        said = self.save(nn.DataParallel(model), x=torch.randn(8, 3), y=torch.randn(8, 1), loss="mse", optimizer=torch.optim.SGD(model.parameters(), 0.1))
        self.assertEqual(said["optimizer"]["groups"][0]["parameters"], ["weight", "bias"])

    def test_refused(self):
        import torch
        from torch import nn

        from unstuck.pytorch.optimizer import describe

        for given, says in [("adam", "optimizer is a str"), (torch.optim.Adam, "optimizer is a class, Adam; one that is made")]:
            with self.assertRaisesRegex(unstuck.UnstuckError, says):
                describe(given, nn.Linear(1, 1))

        class Mine(torch.optim.SGD):
            pass

        model = nn.Linear(1, 1)
        self.assertEqual(describe(Mine(model.parameters(), 0.1), model)["class"], "own:Mine")
