import unittest

import needs


@needs.torch
class Check(unittest.TestCase):
    def setUp(self):
        import torch
        from torch import nn

        torch.manual_seed(1)
        self.model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.BatchNorm1d(8), nn.Dropout(0.2), nn.Linear(8, 1))
        self.x, self.y = torch.randn(16, 4), torch.randn(16, 1)
        self.optimizer = torch.optim.Adam(self.model.parameters())

    def check(self, loss="mse", **changed):
        import unstuck

        given = {"model": self.model, "optimizer": self.optimizer, "x": self.x, "y": self.y, **changed}
        return unstuck.check(given["model"], given["optimizer"], given["x"], given["y"], loss)

    def causes(self, *arguments, **changed):
        return [fault.cause for fault in self.check(*arguments, **changed).faults]

    def test_a_step_that_works(self):
        checked = self.check()
        self.assertEqual(([], [], []), (checked.faults, checked.notes, checked.unchecked))
        self.assertIn("Nothing in this step", str(checked))

    def test_nothing_is_changed(self):
        import torch

        before = {name: value.clone() for name, value in self.model.state_dict().items()}
        random = torch.get_rng_state()
        self.check()
        self.assertTrue(random.equal(torch.get_rng_state()))
        for name, value in self.model.state_dict().items():
            self.assertTrue(value.equal(before[name]), name)
        for parameter in self.model.parameters():
            self.assertIsNone(parameter.grad)
        for module in self.model.modules():
            self.assertFalse(module._forward_pre_hooks)

    def test_a_layer_replaced_behind_the_optimizer(self):
        from torch import nn

        self.model[4] = nn.Linear(8, 1)
        fault = self.check().faults[0]
        self.assertEqual("loop-wrong-parameters", fault.cause)
        self.assertIn("4.weight, 4.bias", fault.evidence)
        self.assertIn("2 tensors that aren't this model's", fault.evidence)

    def test_two_optimizers_hold_it_together(self):
        import torch

        both = [torch.optim.SGD(self.model[0].parameters(), 0.1), torch.optim.SGD([*self.model[2].parameters(), *self.model[4].parameters()], 0.1)]
        self.assertEqual([], self.causes(optimizer=both))

    def test_a_frozen_part_is_no_fault(self):
        import torch

        self.model[0].requires_grad_(False)
        checked = self.check(optimizer=torch.optim.SGD([p for p in self.model.parameters() if p.requires_grad], 0.1))
        self.assertEqual([], checked.faults)
        self.assertEqual(["0.weight, 0.bias are frozen (requires_grad is False)"], checked.notes)

    def test_evaluation_mode(self):
        self.assertEqual(["loop-eval-mode"], self.causes(model=self.model.eval()))

    def test_each_against_each(self):
        from torch.nn import functional

        y, model = self.y[:, 0], self.model[:3].append(self.model[4])  # without dropout: what the loop computes is what is computed here
        self.assertEqual(["loop-broadcast"], self.causes(lambda p, y: ((p - y) ** 2).mean(), y=y))
        for loss in (functional.mse_loss, functional.l1_loss, functional.smooth_l1_loss):
            self.assertEqual(["loop-broadcast"], self.causes(loss(model(self.x), y), y=y, model=model))

    def test_a_loop_that_shapes_its_targets(self):
        from torch import nn
        from torch.nn import functional

        y, model = self.y[:, 0], self.model[:3].append(self.model[4])
        for loss in (functional.mse_loss, functional.l1_loss, functional.smooth_l1_loss):
            checked = self.check(loss(model(self.x).squeeze(-1), y), y=y, model=model)
            self.assertEqual(([], []), (checked.faults, checked.notes))
        for own in (lambda p, y: functional.mse_loss(p.squeeze(-1), y), lambda p, y: functional.mse_loss(p, y.unsqueeze(-1)), lambda p, y: ((p[:, 0] - y) ** 2).mean()):
            checked = self.check(own, y=y)
            self.assertEqual(([], []), (checked.faults, checked.notes))
        squeezed = nn.Sequential(*model, nn.Flatten(0))
        for model, y in ((self.model, y), (squeezed, self.y)):
            for loss in ("mse", nn.SmoothL1Loss(), nn.L1Loss(), "bce_with_logits"):  # the last refuses what the loop doesn't give it
                checked = self.check(loss, y=(y > 0).float(), model=model)
                self.assertEqual([], checked.faults, loss)
                self.assertEqual(1, len(checked.notes), loss)
                self.assertIn("where the loop gives the loss both as they are", checked.notes[0])

    def test_a_loss_that_is_cut_off(self):
        import torch

        value = torch.nn.functional.mse_loss(self.model(self.x), self.y)
        self.assertEqual([], self.causes(value))
        self.assertEqual(["loop-no-update"], self.causes(value.detach()))
        self.assertEqual(["loop-no-update"], self.causes(torch.tensor(value.item(), requires_grad=True)))
        value.backward()  # which still can

    def test_a_part_that_is_cut_off(self):
        import torch
        from torch import nn

        class Cut(nn.Module):
            def __init__(self):
                super().__init__()
                self.encoder, self.head, self.spare = nn.Linear(4, 8), nn.Linear(8, 1), nn.Linear(2, 2)

            def forward(self, x):
                return self.head(self.encoder(x).detach())

        model = Cut()
        checked = self.check(model=model, optimizer=torch.optim.SGD(model.parameters(), 0.1))
        self.assertEqual(["loop-detached"], [fault.cause for fault in checked.faults])
        self.assertIn("encoder.weight, encoder.bias", checked.faults[0].evidence)
        self.assertEqual(["spare.weight, spare.bias are used by nothing that the loss depends on"], checked.notes)

    def test_probabilities_for_logits(self):
        import torch
        from torch import nn

        model = nn.Sequential(nn.Linear(4, 3), nn.Softmax(-1))
        y = torch.randint(0, 3, (16,))
        optimizer = torch.optim.SGD(model.parameters(), 0.1)
        self.assertEqual(["loss-output-mismatch"], self.causes(nn.CrossEntropyLoss(), model=model, optimizer=optimizer, y=y))
        fault = self.check(nn.CrossEntropyLoss(), model=model, optimizer=optimizer, y=y + 1).faults[0]
        self.assertIn("the outputs are of 3 classes, the labels from 1 to 3", fault.evidence)
        sigmoid = nn.Sequential(nn.Linear(4, 1), nn.Sigmoid())
        optimizer = torch.optim.SGD(sigmoid.parameters(), 0.1)
        self.assertEqual(["loss-output-mismatch"], self.causes("bce_with_logits", model=sigmoid, optimizer=optimizer, y=(self.y > 0).float()))

    def test_dead_and_infinite(self):
        import torch
        from torch import nn

        model = nn.Sequential(nn.Linear(4, 8), nn.ReLU())
        with torch.no_grad():
            model[0].bias.fill_(-1e6)
        optimizer = torch.optim.SGD(model.parameters(), 0.1)
        self.assertEqual(["vanishing-gradient"], self.causes(model=model, optimizer=optimizer, y=torch.zeros(16, 8)))
        self.assertEqual(["numerically-unstable-loss"], self.causes(x=self.x * float("inf")))

    def test_a_rate_of_0_and_gradients_of_before(self):
        import torch

        self.assertEqual(["learning-rate-too-low"], self.causes(optimizer=torch.optim.SGD(self.model.parameters(), 0.0)))
        self.model(self.x).sum().backward()
        self.assertIn("gradients of before are still there", self.check().notes[0])

    def test_a_loss_that_isn_t_one_number(self):
        from torch import nn

        self.assertEqual(["loop-no-update"], self.causes(nn.MSELoss(reduction="none")))

    def test_arrays(self):
        self.assertEqual([], self.causes(x=self.x.numpy(), y=self.y.numpy()))

    def test_what_isn_t_of_pytorch(self):
        import unstuck

        with self.assertRaisesRegex(unstuck.UnstuckError, "model is a int"):
            unstuck.check(3, self.optimizer, self.x, self.y, "mse")
        with self.assertRaisesRegex(unstuck.UnstuckError, "optimizer is a str"):
            self.check(optimizer="adam")
