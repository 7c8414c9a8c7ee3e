import unittest

import needs
import unstuck


@needs.torch
class Schedulers(unittest.TestCase):
    def setUp(self):
        import torch
        from torch import nn

        model = nn.Linear(2, 1)
        self.make = lambda: torch.optim.SGD([{"params": [model.weight]}, {"params": [model.bias], "lr": 0.25}], lr=0.5, momentum=0.9)

    # Made again of what is said, each takes the same rates, step by step.
    def test_options_read_back_make_the_same(self):
        import torch
        from torch.optim import lr_scheduler as schedulers

        from unstuck.pytorch.scheduler import describe

        def again(said, optimizer):
            options = dict(said["options"])
            if "schedulers" in options:
                parts = [again(part, optimizer) for part in options.pop("schedulers")]
                if said["class"] == "ChainedScheduler":
                    return schedulers.ChainedScheduler(parts)
                return schedulers.SequentialLR(optimizer, parts, **options)
            return getattr(schedulers, said["class"])(optimizer, **options)

        def rates(scheduler, optimizer):
            taken = []
            for _ in range(30):
                optimizer.step()
                scheduler.step(*([1.0] if type(scheduler).__name__ == "ReduceLROnPlateau" else []))
                taken.append([g["lr"] for g in optimizer.param_groups] + [g["momentum"] for g in optimizer.param_groups])
            return taken

        cases = {
            "StepLR": lambda o: schedulers.StepLR(o, 3, gamma=0.5), "MultiStepLR": lambda o: schedulers.MultiStepLR(o, [9, 4, 4], gamma=0.5),
            "ExponentialLR": lambda o: schedulers.ExponentialLR(o, 0.9), "ConstantLR": lambda o: schedulers.ConstantLR(o, 0.25, total_iters=4),
            "LinearLR": lambda o: schedulers.LinearLR(o, 0.1, 0.9, total_iters=7), "PolynomialLR": lambda o: schedulers.PolynomialLR(o, 9, power=2),
            "CosineAnnealingLR": lambda o: schedulers.CosineAnnealingLR(o, 12, eta_min=0.01),
            "CosineAnnealingWarmRestarts": lambda o: schedulers.CosineAnnealingWarmRestarts(o, 4, T_mult=2, eta_min=0.01),
            "OneCycleLR": lambda o: schedulers.OneCycleLR(o, [1.0, 0.5], total_steps=40, pct_start=0.2, anneal_strategy="linear", three_phase=True,
                                                          div_factor=10, final_div_factor=50, base_momentum=0.7),
            "CyclicLR": lambda o: schedulers.CyclicLR(o, 0.01, [0.1, 0.2], step_size_up=4, step_size_down=6, mode="exp_range", gamma=0.95),
            "ReduceLROnPlateau": lambda o: schedulers.ReduceLROnPlateau(o, factor=0.5, patience=2, cooldown=1, min_lr=[0.1, 0.01], threshold_mode="abs"),
            "SequentialLR": lambda o: schedulers.SequentialLR(o, [schedulers.LinearLR(o, 0.1, total_iters=5), schedulers.ExponentialLR(o, 0.9)], [5]),
            "ChainedScheduler": lambda o: schedulers.ChainedScheduler([schedulers.StepLR(o, 3), schedulers.ExponentialLR(o, 0.9)]),
        }  # fmt: skip
        for name, make in cases.items():
            with self.subTest(name):
                optimizer = self.make()
                scheduler = make(optimizer)
                said = describe(scheduler, None, 10, 3)
                self.assertEqual((said["class"], said["every"]), (name, "step" if name in ("OneCycleLR", "CyclicLR") else "epoch"))
                expected = rates(scheduler, optimizer)
                self.assertGreater(len({tuple(r) for r in expected}), 1)
                other = self.make()
                for e, g in zip(expected, rates(again(said, other), other)):
                    torch.testing.assert_close(torch.tensor(g), torch.tensor(e), rtol=1e-6, atol=1e-9)

    def test_functions_of_the_users_are_followed(self):
        from torch.optim import lr_scheduler as schedulers

        from unstuck.pytorch.scheduler import describe

        said = describe(schedulers.LambdaLR(self.make(), lambda epoch: 0.5**epoch), None, 4, None)
        self.assertEqual((said["class"], said["options"]), ("own:LambdaLR", {"factors": [[1, 0.5, 0.25, 0.125]]}))
        said = describe(schedulers.LambdaLR(self.make(), [lambda e: 1.0, lambda e: 1 / (1 + e)]), "step", 1, 2)
        self.assertEqual(said["options"], {"factors": [[1, 1], [1, 0.5]]})
        self.assertLessEqual(len(describe(schedulers.LambdaLR(self.make(), lambda e: 1.0), "step", 10**6, 10**6)["options"]["factors"][0]), 10_000)

        def fails(epoch):
            if epoch > 1:
                raise IndexError
            return 1.0

        self.assertNotIn("options", describe(schedulers.LambdaLR(self.make(), fails), None, 9, None))

    # What the options don't say is followed step by step, and the user's scheduler stays where it is.
    def test_own_schedulers_are_followed(self):
        import math

        import torch
        from torch.optim import lr_scheduler as schedulers

        from unstuck.pytorch.scheduler import describe

        class Waves(schedulers.LRScheduler):
            def get_lr(self):
                return [base * (1.5 + math.sin(self.last_epoch)) for base in self.base_lrs]

        def chain(o):
            return schedulers.ChainedScheduler([schedulers.CosineAnnealingWarmRestarts(o, 4), schedulers.ExponentialLR(o, 0.9)])

        for name, make in {
            "Waves": Waves, "ChainedScheduler": chain,
            "CyclicLR": lambda o: schedulers.CyclicLR(o, 0.01, [0.1, 0.2], step_size_up=3, scale_fn=lambda cycle: 1 / cycle),
        }.items():  # fmt: skip
            with self.subTest(name):
                optimizer = self.make()
                scheduler = make(optimizer)
                for _ in range(3):
                    optimizer.step()
                    scheduler.step()
                before = [g["lr"] for g in optimizer.param_groups]
                said = describe(scheduler, "epoch", 9, None)
                self.assertEqual((said["class"], said["at"]), ("own:" + name, 0))
                self.assertEqual([g["lr"] for g in optimizer.param_groups], before)
                taken = []
                for _ in range(9):
                    taken.append([g["lr"] for g in optimizer.param_groups])
                    optimizer.step()
                    scheduler.step()
                torch.testing.assert_close(torch.tensor(said["options"]["rates"]).T, torch.tensor(taken), rtol=1e-6, atol=1e-9)

        class Fails(schedulers.LRScheduler):
            def get_lr(self):
                if self.last_epoch > 1:
                    raise IndexError
                return self.base_lrs

        self.assertNotIn("options", describe(Fails(self.make()), None, 9, None))

    def test_refused(self):
        from torch.optim import lr_scheduler as schedulers

        from unstuck.pytorch.scheduler import describe

        for given, every, says in [(3, None, "scheduler is a int"), (schedulers.StepLR(self.make(), 1), "batch", "scheduler_every is 'batch'")]:
            with self.assertRaisesRegex(unstuck.UnstuckError, says):
                describe(given, every, None, None)
