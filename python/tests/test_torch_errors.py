import contextlib
import io
import re

from folders import Saving

import needs
import unstuck


@needs.torch
class Errors(Saving):
    # Each fault is told with the user's file and line, the line itself, and what to change; nothing is printed and nothing is
    # written.
    def test_every_fault_says_where_and_what_to_change(self):
        import faulty
        import torch

        for kind in faulty.FAULTY:
            with self.subTest(kind.__name__):
                torch.manual_seed(0)
                said = io.StringIO()
                with self.assertRaises(unstuck.UnstuckError) as raised, contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
                    self.save(kind(), x=torch.randn(40, 4), y=torch.randn(40, 3), loss="mse")
                for part in kind.says:
                    if "\\" in part or "|" in part:
                        self.assertRegex(str(raised.exception), part)
                    else:
                        self.assertIn(part, str(raised.exception))
                self.assertFalse(self.folder.exists())
                self.assertEqual(said.getvalue(), "")
                if kind not in faulty.WITHOUT_A_LINE:
                    place = re.search(r"faulty\.py:(\d+)", str(raised.exception))
                    self.assertIsNotNone(place, str(raised.exception))

    def test_a_fixed_number_of_rows_is_noted(self):
        import torch
        from torch import nn

        class Fixed(nn.Module):
            def __init__(self):
                super().__init__()
                self.fc = nn.Linear(4, 6)

            def forward(self, x):
                return self.fc(x).view(8, 3, 2).mean(1)

        said = self.save(Fixed(), x=torch.randn(40, 4), y=torch.randn(40, 2), loss="mse", batch_size=8)
        self.assertEqual((said["batch"], said["noted"]["rows"]), (8, 8))
        self.assertIn("x.view(x.size(0), -1) keeps it open", said["batch_note"])
        with self.assertRaisesRegex(unstuck.UnstuckError, "shape '\\[8, 3, 2\\]' is invalid"):
            self.save(Fixed(), x=torch.randn(40, 4), y=torch.randn(40, 2), loss="mse", batch_size=10)

    def test_other_refusals(self):
        import torch
        from torch import nn

        x, y = torch.randn(8, 3), torch.randn(8, 1)
        for model, training, says in [
            (nn.LazyLinear(1), {}, "weight has no shape yet"), (torch.jit.script(nn.Linear(3, 1)), {}, "compiled by torch.jit"),
            (nn.Linear(3, 1), {"x": (x, x)}, "must be Tensor, not tuple"), (nn.Bilinear(3, 3, 1), {"x": x}, "missing a required argument"),
            (nn.Bilinear(3, 3, 1), {"x": {"a": x, "input1": x}}, r"takes \['input1', 'input2'\], x has \['a', 'input1'\]"),
            (nn.Linear(3, 1), {"class_weight": {0: 1}}, "nn.CrossEntropyLoss\\(weight=…\\)"), (nn.Linear(3, 1), {"clip_grad_norm": -1}, "clip_grad_norm is -1"),
            (nn.Linear(3, 4), {"y": torch.arange(1, 9) % 5, "loss": "cross_entropy"}, "labels go from 0 to 3; those of these rows go from 0 to 4"),
            (nn.Linear(3, 1), {"rows": 1}, "rows is 1, must be an integer of at least 2"),
        ]:  # fmt: skip
            with self.subTest(says), self.assertRaisesRegex(unstuck.UnstuckError, says):
                self.save(model, **({"x": x, "y": y, "loss": "mse"} | training))
