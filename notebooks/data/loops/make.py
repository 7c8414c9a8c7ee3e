"""Records the loops of notebooks/09-the-loop.ipynb, each into a folder beside: python notebooks/data/loops/make.py, with PyTorch."""

import contextlib
import csv
import io
import pathlib
import sys
import tempfile

import torch
from torch import nn
from torch.nn import functional as F

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
sys.path[:0] = [str(ROOT / "python"), str(ROOT / "pkg" / "exchange" / "torch" / "testdata")]
from packed_recording import written  # noqa: E402

import unstuck  # noqa: E402


def diabetes():
    """The study, standardized: ten measurements and the progression, (442, 10) and (442)."""
    with open(HERE.parent / "diabetes.csv") as file:
        table = torch.tensor([[float(v) for v in row] for row in list(csv.reader(file))[1:]])
    table = (table - table.mean(0)) / table.std(0)
    return table[:, :10], table[:, 10]


x, y = diabetes()


def batches():
    return torch.utils.data.DataLoader(torch.utils.data.TensorDataset(x, y), batch_size=32, shuffle=True)


def net():
    return nn.Sequential(nn.Linear(10, 16), nn.ReLU(), nn.Linear(16, 1))


def accumulate(folder):
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    watch = unstuck.watch(model, optimizer, loss="mse", folder=folder)
    for epoch in range(10):
        for xb, yb in batches():
            loss = F.mse_loss(model(xb)[:, 0], yb)
            watch(xb, yb, loss)
            loss.backward()
            optimizer.step()
    return watch


def accumulate_mended(folder):
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    watch = unstuck.watch(model, optimizer, loss="mse", folder=folder)
    for epoch in range(10):
        for xb, yb in batches():
            loss = F.mse_loss(model(xb)[:, 0], yb)
            watch(xb, yb, loss)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return watch


def broadcast(folder):
    model = net()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    watch = unstuck.watch(model, optimizer, loss="mse", folder=folder)
    for epoch in range(10):
        for xb, yb in batches():
            optimizer.zero_grad()
            loss = ((model(xb) - yb) ** 2).mean()
            watch(xb, yb, loss)
            loss.backward()
            optimizer.step()
    return watch


def broadcast_mended(folder):
    model = net()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    watch = unstuck.watch(model, optimizer, loss="mse", folder=folder)
    for epoch in range(10):
        for xb, yb in batches():
            optimizer.zero_grad()
            loss = ((model(xb).squeeze(-1) - yb) ** 2).mean()
            watch(xb, yb, loss)
            loss.backward()
            optimizer.step()
    return watch


def parameters(folder):
    model = net()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    model[0] = nn.Linear(10, 16)  # drawn anew
    watch = unstuck.watch(model, optimizer, loss="mse", folder=folder)
    for epoch in range(10):
        for xb, yb in batches():
            optimizer.zero_grad()
            loss = F.mse_loss(model(xb).squeeze(-1), yb)
            watch(xb, yb, loss)
            loss.backward()
            optimizer.step()
    return watch


def parameters_mended(folder):
    model = net()
    model[0] = nn.Linear(10, 16)  # drawn anew
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    watch = unstuck.watch(model, optimizer, loss="mse", folder=folder)
    for epoch in range(10):
        for xb, yb in batches():
            optimizer.zero_grad()
            loss = F.mse_loss(model(xb).squeeze(-1), yb)
            watch(xb, yb, loss)
            loss.backward()
            optimizer.step()
    return watch


def main():
    for loop in (accumulate, accumulate_mended, broadcast, broadcast_mended, parameters, parameters_mended):
        torch.manual_seed(1)
        folder = HERE / loop.__name__
        folder.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory() as home, contextlib.redirect_stdout(io.StringIO()):
            run = pathlib.Path(home) / "run"
            loop(run).close()
            for name, data in written(run, HERE):
                (folder / name).write_bytes(data)


main()
