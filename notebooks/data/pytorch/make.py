"""Writes rate/, activation/ and gradient/: the article's three examples as a PyTorch user wrote them, each saved by unstuck.save in
front of its loop, and losses.json with what the loop then printed. Notebook 08 reads them.

    pip install ./python torch
    python notebooks/data/pytorch/make.py
"""

import csv
import json
import pathlib
import sys

import torch
import torch.nn.functional as F
from torch import nn

import unstuck

here = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(here.parents[2] / "pkg" / "exchange" / "torch" / "testdata"))
from without_paths import without_paths  # noqa: E402


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(10, 64)
        self.fc2 = nn.Linear(64, 1)

    def forward(self, x):
        return self.fc2(F.relu(self.fc1(x)))


class Deep(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.ModuleList([nn.Linear(3, 32)] + [nn.Linear(32, 32) for _ in range(4)])
        self.out = nn.Linear(32, 1)

    def forward(self, x):
        for layer in self.hidden:
            x = torch.sigmoid(layer(x))
        return self.out(x)


class Echo(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.RNN(1, 16, nonlinearity="relu", batch_first=True)
        self.head = nn.Linear(16, 1)
        nn.init.normal_(self.rnn.weight_hh_l0, std=1.0)  # about four times what nn.RNN draws

    def forward(self, x):
        out, _ = self.rnn(x)
        return self.head(out[:, -1])


def diabetes():
    with open(here.parent / "diabetes.csv") as f:
        rows = torch.tensor([[float(v) for v in row] for row in list(csv.reader(f))[1:]])
    rows = (rows - rows.mean(0)) / rows.std(0)
    return rows[:, :10], rows[:, 10:]


def bends():
    x = torch.rand(320, 3) * 4 - 2
    return x, torch.sin(2 * x[:, :1]) + 0.5 * x[:, 1:2] * x[:, 2:]


def echoes():
    x = torch.rand(256, 20, 1)
    return x, x[:, -3:].mean(dim=1)


def main():
    torch.set_num_threads(1)
    for name, make, data, rate, optimizer in [
        ("rate", Net, diabetes, 1e-7, torch.optim.Adam), ("activation", Deep, bends, 0.05, torch.optim.SGD), ("gradient", Echo, echoes, 0.003, torch.optim.Adam),
    ]:  # fmt: skip
        epochs = 10 if name == "rate" else 60
        torch.manual_seed(9)
        model = make()
        x, y = data()
        optimizer = optimizer(model.parameters(), lr=rate)
        criterion = nn.MSELoss()
        folder = here / name
        unstuck.save(folder, model, x=x, y=y, loss=criterion, optimizer=optimizer, epochs=epochs, batch_size=32, shuffle=False, validation_split=0.0, seed=9)
        program = folder / "model.pt2"
        program.write_bytes(without_paths(program.read_bytes()))
        losses = []
        for _ in range(epochs):
            total = 0.0
            for i in range(0, len(x), 32):
                optimizer.zero_grad()
                loss = criterion(model(x[i : i + 32]), y[i : i + 32])
                loss.backward()
                optimizer.step()
                total += loss.item() * len(x[i : i + 32])
            losses.append(total / len(x))
        (folder / "losses.json").write_text(json.dumps([v if v == v and abs(v) != float("inf") else None for v in losses]) + "\n")
        print(name, losses[0], losses[-1], {p.name: p.stat().st_size for p in folder.iterdir()})


main()
