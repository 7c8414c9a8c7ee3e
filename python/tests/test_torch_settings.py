"""What is recorded of an optimizer's settings by step."""

import needs
from folders import Saving


@needs.torch
class Settings(Saving):
    def trained(self, watched, make, steps=5):
        """Train along a schedule, and return the losses, and what each step of each optimizer was made with."""
        import torch
        from torch import nn

        import unstuck

        torch.manual_seed(3)
        model = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 1))
        optimizers, schedules = make(model)
        watch = unstuck.watch(model, optimizers, loss="mse", folder=self.folder, steps=steps) if watched else None
        losses, used = [], []
        for _ in range(steps + 3):
            x = torch.randn(8, 3)
            y = x[:, :1]
            loss = nn.functional.mse_loss(model(x), y)
            if watch:
                watch(x, y, loss)
            for optimizer in optimizers:
                optimizer.zero_grad()
            loss.backward()
            one = []
            for optimizer, schedule in zip(optimizers, schedules):
                one.append([{k: v for k, v in g.items() if k != "params"} for g in optimizer.param_groups])
                optimizer.step()
                schedule.step()  # each behind its own step
            used.append(one)
            losses.append(loss.item())
        if watch:
            watch.close()
        return losses, used

    def check(self, make, moved):
        """Check that the recording has what each step was made with, and that the training is the one without it, bit for bit."""
        losses, used = self.trained(True, make)
        self.assertEqual(losses, self.trained(False, make)[0])
        self.assertTrue(self.recording()["settings_by_step"])
        for step in range(1, 6):
            told = self.step(step)
            for at, groups in enumerate(used[step - 1]):
                self.assertEqual(told["rates"][at], [g["lr"] for g in groups])
                for g, group in enumerate(groups):
                    changed = (told.get("settings") or [[]] * len(used[0]))[at]
                    told_of = changed[g] if changed else {}
                    self.assertLessEqual(set(told_of), moved)
                    for name in moved & set(group):
                        value = group[name]
                        self.assertEqual(told_of.get(name, self.as_told(used[0][at][g][name])), self.as_told(value))

    @staticmethod
    def as_told(value):
        return list(value) if isinstance(value, tuple) else value

    def recording(self):
        import json
        import pathlib

        return json.loads((pathlib.Path(self.folder) / "recording.json").read_text())

    def test_momentum_of_one_cycle(self):
        import torch

        def make(model):
            one = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
            return [one], [torch.optim.lr_scheduler.OneCycleLR(one, max_lr=0.1, total_steps=10)]

        self.check(make, {"momentum"})
        self.assertNotEqual(self.step(2)["settings"], self.step(4)["settings"])

    def test_betas_of_one_cycle(self):
        import torch

        def make(model):
            one = torch.optim.Adam([{"params": model[0].parameters()}, {"params": model[2].parameters(), "betas": (0.8, 0.9)}], lr=0.01)
            return [one], [torch.optim.lr_scheduler.OneCycleLR(one, max_lr=[0.1, 0.05], total_steps=10)]

        self.check(make, {"betas"})

    # Each optimizer's are those of its own step: the first one's schedule has moved on when the second makes its step.
    def test_two_optimizers_each_with_its_own(self):
        import torch

        def make(model):
            first = torch.optim.SGD(model[0].parameters(), lr=0.01, momentum=0.9)
            second = torch.optim.RMSprop(model[2].parameters(), lr=0.01, momentum=0.5)
            cycle = lambda o: torch.optim.lr_scheduler.CyclicLR(o, base_lr=0.01, max_lr=0.05, step_size_up=3)
            return [first, second], [cycle(first), cycle(second)]

        self.check(make, {"momentum"})

    # A schedule of one's own moves what no scheduler of PyTorch's does; what it leaves in the groups for itself isn't told.
    def test_weight_decay_moved_by_hand(self):
        import torch

        def make(model):
            one = torch.optim.AdamW(model.parameters(), lr=0.01)

            class Schedule:
                @staticmethod
                def step():
                    one.param_groups[0]["weight_decay"] += 0.1
                    one.param_groups[0]["eps"] *= 2
                    one.param_groups[0]["seen"] = one.param_groups[0].get("seen", 0) + 1

            return [one], [Schedule]

        self.check(make, {"weight_decay", "eps"})
        self.assertEqual(set(self.step(3)["settings"][0][0]), {"weight_decay", "eps"})

    # Of settings that stay nothing is told.
    def test_nothing_of_settings_that_stay(self):
        import torch

        def make(model):
            one = torch.optim.Adam(model.parameters(), lr=0.01)
            return [one], [torch.optim.lr_scheduler.StepLR(one, 1)]

        self.check(make, set())
        self.assertNotIn("settings", self.step(3))
