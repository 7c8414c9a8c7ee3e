"""What unstuck.save finds of the program that calls it: see unstuck.pytorch.written."""

import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import needs

ENVIRONMENT = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])}

PROGRAM = """
import sys

import torch
from torch import nn

import unstuck


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(4, 4)
        self.act = nn.Sigmoid()

    def forward(self, x):
        return self.act(self.linear(x))


net = nn.Sequential(
    nn.Linear(3, 4),
    Block(),
    nn.Linear(4, 1),
)
EPOCHS = 3
features, targets = torch.randn(40, 3), torch.randn(40, 1)
opt = torch.optim.SGD(
    net.parameters(),
    lr=0.1,
)


def train():
    for epoch in range(EPOCHS):
        opt.zero_grad()
        cost = nn.functional.mse_loss(net(features), targets)
        cost.backward()
        opt.step()


unstuck.save(sys.argv[1], net, x=features, y=targets, loss=nn.MSELoss(), optimizer=opt, epochs=EPOCHS)
"""


def line(text: str) -> int:
    return next(n for n, found in enumerate(PROGRAM.splitlines(), 1) if text in found)


@needs.torch
class Written(unittest.TestCase):
    def setUp(self) -> None:
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name)

    def test_names_and_lines_of_the_program(self) -> None:
        program = self.folder / "program.py"
        program.write_text(PROGRAM)
        subprocess.run([sys.executable, str(program), str(self.folder / "saved")], check=True, env=ENVIRONMENT)
        text = (self.folder / "saved" / "training.json").read_text()
        self.assertNotIn(str(self.folder), text, "a path of the machine")
        source = json.loads(text)["source"]
        variables, modules = source["variables"], source["modules"]
        names = {what: v.get("name") for what, v in variables.items()}
        self.assertEqual(names, {
            "model": "net", "optimizer": "opt", "loss": None, "x": "features", "y": "targets", "epochs": "EPOCHS",
            "loop": None, "backward": None, "step": None,
        })  # fmt: skip
        self.assertEqual(variables["optimizer"]["text"], "opt = torch.optim.SGD(\n    net.parameters(),\n    lr=0.1,\n)")
        self.assertEqual(variables["loss"]["text"], "nn.MSELoss()")
        self.assertEqual(variables["loop"], {"file": "program.py", "line": line("for epoch"), "text": "for epoch in range(EPOCHS):"})
        self.assertEqual(variables["step"]["line"], line("opt.step()"))
        self.assertEqual(modules["0"], {"file": "program.py", "line": line("nn.Linear(3, 4)"), "text": "nn.Linear(3, 4)"})
        self.assertEqual(modules["1.act"], {"file": "program.py", "line": line("self.act = "), "text": "self.act = nn.Sigmoid()"})

    def test_a_program_without_a_file_is_saved_all_the_same(self) -> None:
        code = PROGRAM.replace("sys.argv[1]", repr(str(self.folder / "saved")))
        subprocess.run([sys.executable, "-c", code], check=True, env=ENVIRONMENT)
        self.assertTrue((self.folder / "saved" / "model.pt2").exists())


if __name__ == "__main__":
    unittest.main()
