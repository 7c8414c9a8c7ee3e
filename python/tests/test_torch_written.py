"""What unstuck.save finds of the program that calls it: see unstuck.pytorch.written."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("torch")

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


def test_names_and_lines_of_the_program(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    subprocess.run([sys.executable, str(program), str(tmp_path / "saved")], check=True, env=ENVIRONMENT)
    text = (tmp_path / "saved" / "training.json").read_text()
    assert str(tmp_path) not in text, "a path of the machine"
    source = json.loads(text)["source"]
    variables, modules = source["variables"], source["modules"]
    assert {what: v.get("name") for what, v in variables.items()} == {
        "model": "net", "optimizer": "opt", "loss": None, "x": "features", "y": "targets", "epochs": "EPOCHS", "loop": None, "backward": None, "step": None,
    }  # fmt: skip
    assert variables["optimizer"]["text"] == "opt = torch.optim.SGD(\n    net.parameters(),\n    lr=0.1,\n)"
    assert variables["loss"]["text"] == "nn.MSELoss()"
    assert variables["loop"] == {"file": "program.py", "line": line("for epoch"), "text": "for epoch in range(EPOCHS):"}
    assert variables["step"]["line"] == line("opt.step()")
    assert modules["0"] == {"file": "program.py", "line": line("nn.Linear(3, 4)"), "text": "nn.Linear(3, 4)"}
    assert modules["1.act"] == {"file": "program.py", "line": line("self.act = "), "text": "self.act = nn.Sigmoid()"}


def test_a_program_without_a_file_is_saved_all_the_same(tmp_path: Path) -> None:
    code = PROGRAM.replace("sys.argv[1]", repr(str(tmp_path / "saved")))
    subprocess.run([sys.executable, "-c", code], check=True, env=ENVIRONMENT)
    assert (tmp_path / "saved" / "model.pt2").exists()
