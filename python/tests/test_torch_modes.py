"""What a recording tells of the model's mode, at the recorded steps and behind them, and of what its outputs are made by."""

import json

from folders import Saving

import needs


@needs.torch
class Modes(Saving):
    def loop(self, model, steps, *, behind=lambda step: None, ahead_of_the_watch=False):
        """Train, and do something behind each step, ahead of the watch or behind it."""
        import torch
        from torch import nn

        import unstuck

        torch.manual_seed(0)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
        watch = unstuck.watch(model, optimizer, loss=nn.BCEWithLogitsLoss(), folder=self.folder)
        for step in range(1, steps + 1):
            x, y = torch.randn(8, 4), torch.randint(0, 2, (8,)).float()
            optimizer.zero_grad()
            loss = nn.functional.binary_cross_entropy_with_logits(model(x), y)
            loss.backward()
            optimizer.step()
            if ahead_of_the_watch:
                behind(step)
            watch(x, y, loss)
            if not ahead_of_the_watch:
                behind(step)
        watch.close()
        return [(row[0], row[3]) for row in json.loads((self.folder / "recording.json").read_text())["rates"] if len(row) > 3]

    def model(self, *last, rate=0.1):
        from torch import nn

        return nn.Sequential(nn.Linear(4, 1), nn.Dropout(rate), *last, nn.Flatten(0))

    # A model that is left in eval mode behind the recorded steps is told by the later ones, in the mode in which it was called.
    def test_the_mode_of_later_steps(self):
        model = self.model()
        told = self.loop(model, 18, behind=lambda step: model.eval() if step == 15 else None)
        self.assertEqual(told, [(14, True), (15, True), (16, False), (17, False), (18, False)])
        self.assertFalse(model._forward_pre_hooks, "nothing is left behind the watch's end")

    # Where the watch stands behind a validation, the mode there isn't that of the step.
    def test_the_watch_behind_a_validation(self):
        import torch

        model = self.model()

        def validate(step):
            if step > 12:
                with torch.no_grad():
                    model.eval()(torch.randn(8, 4))

        back = model.register_forward_pre_hook(lambda m, _: m.train() and None if torch.is_grad_enabled() else None)
        self.addCleanup(back.remove)
        told = self.loop(model, 18, behind=validate, ahead_of_the_watch=True)
        self.assertEqual(told, [(step, True) for step in range(14, 19)])

    # A part that acts by the mode may be in that of training alone, and what is frozen by then is meant to be otherwise; without such a part nothing is told.
    def test_modes_that_are_meant(self):
        model = self.model()

        def parts(step):
            if step == 3:
                model.eval()
                model[1].train()

        self.assertEqual({training for _, training in self.loop(model, 16, behind=parts)}, {True})
        self.assertEqual([step.get("parts_training") for step, _ in self.steps()], [None] * 3 + [True] * 9)
        frozen = self.model()

        def freeze(step):
            if step == 14:
                frozen.eval()
                frozen[0].bias.requires_grad_(False)

        self.assertEqual(self.loop(frozen, 18, behind=freeze), [(14, True)])
        nothing = self.model(rate=0.0)
        self.assertEqual(self.loop(nothing, 16, behind=lambda step: nothing.eval()), [])
        self.assertEqual(json.loads((self.folder / "recording.json").read_text())["mode_modules"], [])

    def test_what_outputs_are_made_by(self):
        from torch import nn

        for last, name in [((), "mul"), ((nn.Sigmoid(),), "sigmoid"), ((nn.Sigmoid(), nn.Unflatten(1, (1, 1))), "sigmoid"), ((nn.Softmax(1),), "softmax")]:
            with self.subTest(name):
                self.loop(self.model(*last), 4)
                self.assertEqual([step.get("made_by") for step, _ in self.steps()], [[name], [name], None, None])
