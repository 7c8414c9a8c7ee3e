"""Trainings of PyTorch whose losses don't move, or do, each for a known cause, as people write them.

    python torch_cases.py write OUT ../shared     # a folder for each case, by unstuck.save, and OUT/labels.json
    python torch_cases.py cure ../shared [ID…]    # trains each as it is and as its treatment says, prints both losses

The cases r… and f… are those of real-cases and fresh-cases in ../shared, with their data; for p… data are drawn here.
What a case's ``treated`` changes is what `unstuck diagnose` printed for it under "PyTorch", typed in by hand.
Needs PyTorch, NumPy and the package unstuck (pip install ./python).
"""

import json
import sys
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn, optim

SHARED = Path()


@dataclass
class Case:
    accept: list[str]  # the cause, then others that count as right
    model: type | partial  # makes the model
    optimizer: object  # makes the optimizer of a model
    loss: object
    data: object  # makes x and y
    epochs: int = 30
    batch_size: int = 32
    validation_split: float | None = None
    treated: dict = field(default_factory=dict)  # the fields that the treatment changes


def shared(path, squeeze=False, channels=False, onehot=False):
    """x and y of a case in ../shared; squeeze: targets without their last axis of 1; channels: last axis of x becomes the second."""

    def load():
        arrays = np.load(SHARED / path / "data.npz")
        x, y = torch.from_numpy(arrays["x"]), torch.from_numpy(arrays["y"])
        if channels:
            x = x.permute(0, 3, 1, 2).contiguous()
        if onehot:
            y = y.argmax(1)
        if not y.is_floating_point():
            y = y.long()
        return x, y.squeeze(-1) if squeeze else y

    return load


def bends(rows=200, x_scale=1.0, x_shift=0.0, y_scale=1.0, y_shift=0.0):
    """A regression on three numbers."""

    def draw():
        x = torch.randn(rows, 3, generator=torch.Generator().manual_seed(7))
        y = torch.sin(2 * x[:, :1]) + x[:, 1:2] ** 2 / 2 - x[:, 2:]
        return x_scale * x + x_shift, y_scale * y + y_shift

    return draw


def clouds(rows=240, classes=3, features=6, scale=1.0, shift=0.0):
    """Rows of as many clouds as there are classes."""

    def draw():
        generator = torch.Generator().manual_seed(8)
        centers = 1.5 * torch.randn(classes, features, generator=generator)
        y = torch.randint(classes, (rows,), generator=generator)
        return scale * (centers[y] + torch.randn(rows, features, generator=generator)) + shift, y

    return draw


def two_clouds():
    x, y = clouds(classes=2)()
    return x, y.float().unsqueeze(1)


def waves():
    """Sequences of 20 numbers; the target is their mean's sine."""
    x = torch.randn(200, 20, 1, generator=torch.Generator().manual_seed(9))
    return x, torch.sin(3 * x.mean(1)) + x[:, -1]


def standardized(data, inputs=False, targets=False):
    """The data as the report's lines prepare it."""

    def prepared():
        x, y = data()
        if inputs:
            over = tuple(range(x.ndim - 1))
            x = (x - x.mean(over)) / x.std(over)
        if targets:
            y = (y - y.mean(0)) / y.std(0)
        return x, y

    return prepared


def shuffled(data):
    """The rows as the report's lines order them."""

    def prepared():
        x, y = data()
        order = np.random.default_rng(1).permutation(len(x))
        return x[order], y[order]

    return prepared


def redrawn(make):
    """A model as the report's lines draw it anew."""

    def made():
        model = make()
        for module in model.modules():
            reset = getattr(module, "reset_parameters", getattr(module, "_reset_parameters", None))
            if reset is not None:
                reset()
        return model

    return made


class Mlp(nn.Module):
    """Two hidden layers, or as many as asked; activations as functions."""

    def __init__(self, inputs, hidden, outputs, depth=2, activation=F.relu, head=None, initialize=None):
        super().__init__()
        sizes = [inputs] + depth * [hidden]
        self.hidden = nn.ModuleList(nn.Linear(a, b) for a, b in zip(sizes, sizes[1:]))
        self.out = nn.Linear(sizes[-1], outputs)
        self.activation, self.head = activation, head
        if initialize is not None:
            self.apply(initialize)

    def forward(self, x):
        for layer in self.hidden:
            x = self.activation(layer(x))
        x = self.out(x)
        return x if self.head is None else self.head(x)


class Net(nn.Module):
    """fc1, fc2, out: how nearly everyone's first network looks."""

    def __init__(self, inputs, hidden, outputs, activation=torch.relu, head=None):
        super().__init__()
        self.fc1 = nn.Linear(inputs, hidden)
        self.fc2 = nn.Linear(hidden, hidden)
        self.out = nn.Linear(hidden, outputs)
        self.activation, self.head = activation, head

    def forward(self, x):
        x = self.activation(self.fc1(x))
        x = self.activation(self.fc2(x))
        x = self.out(x)
        return x if self.head is None else self.head(x)


class Pixels(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 16, 3)
        self.conv2 = nn.Conv2d(16, 16, 3)
        self.fc1 = nn.Linear(16 * 6 * 6, 64)
        self.fc2 = nn.Linear(64, 10)

    def forward(self, x):
        x = F.relu(self.conv1(x))
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        x = torch.flatten(x, 1)
        return self.fc2(F.relu(self.fc1(x)))


class Recurrent(nn.Module):
    """The last step of a recurrent layer, into a linear one."""

    def __init__(self, cell, inputs, hidden, dropout=0.0, initialize=None, **options):
        super().__init__()
        self.rnn = cell(inputs, hidden, batch_first=True, **options)
        self.dropout = nn.Dropout(dropout)
        self.fc = nn.Linear(hidden, 1)
        if initialize is not None:
            initialize(self.rnn)

    def forward(self, x):
        states, _ = self.rnn(x)
        return self.fc(self.dropout(states[:, -1]))


class Tagger(nn.Module):
    """A number for each step, behind a ReLU."""

    def __init__(self, rectified=True):
        super().__init__()
        self.lstm = nn.LSTM(4, 32, batch_first=True)
        self.fc = nn.Linear(32, 1)
        self.rectified = rectified

    def forward(self, x):
        states, _ = self.lstm(x)
        y = self.fc(states)
        return F.relu(y) if self.rectified else y


class Encoder(nn.Module):
    """Self-attention with residuals, mean over time."""

    def __init__(self):
        super().__init__()
        self.embed = nn.Linear(7, 16)
        self.attention = nn.MultiheadAttention(16, 2, batch_first=True)
        self.norm1, self.norm2 = nn.LayerNorm(16), nn.LayerNorm(16)
        self.ff = nn.Sequential(nn.Linear(16, 32), nn.ReLU(), nn.Linear(32, 16))
        self.head = nn.Linear(16, 1)

    def forward(self, x):
        x = self.embed(x)
        x = self.norm1(x + self.attention(x, x, x, need_weights=False)[0])
        x = self.norm2(x + self.ff(x))
        return self.head(x.mean(dim=1))


def zeros(module):
    if isinstance(module, nn.Linear):
        nn.init.zeros_(module.weight)
        nn.init.zeros_(module.bias)


def dead(module):
    if isinstance(module, nn.Linear):
        nn.init.constant_(module.bias, -12.0)


def loud(rnn):
    nn.init.normal_(rnn.weight_hh_l0, std=2.0)


def adam(lr, **options):
    return lambda model: optim.Adam(model.parameters(), lr=lr, **options)


def sgd(lr, **options):
    return lambda model: optim.SGD(model.parameters(), lr=lr, **options)


def head_only(lr):
    return lambda model: optim.Adam(model.out.parameters(), lr=lr)


softmax, log_softmax = partial(torch.softmax, dim=1), partial(F.log_softmax, dim=1)

CASES = {
    "r000": Case(["too-small-capacity"], partial(nn.Linear, 8, 1), adam(0.01), nn.BCEWithLogitsLoss(), shared("real-cases/r000"), 80,
                 treated={"model": partial(Mlp, 8, 32, 1)}),
    "r001": Case(["unscaled-targets"], partial(Mlp, 13, 20, 1, 1, torch.tanh), adam(0.003), nn.MSELoss(), shared("real-cases/r001"), 50,
                 treated={"data": standardized(shared("real-cases/r001"), targets=True)}),
    "r002": Case(["sorted-split"], partial(Mlp, 12, 32, 5, 1), adam(0.001), nn.CrossEntropyLoss(), shared("real-cases/r002"), 25, validation_split=0.2,
                 treated={"data": shuffled(shared("real-cases/r002"))}),
    "r004": Case(["healthy"], partial(Recurrent, nn.LSTM, 1, 24, 0.2), adam(0.005), nn.MSELoss(), shared("real-cases/r004"), 25, validation_split=0.2),
    "r005": Case(["frozen-weights"], partial(Net, 8, 8, 1, torch.tanh, torch.sigmoid), head_only(0.02), nn.BCELoss(), shared("real-cases/r005"), 60,
                 treated={"optimizer": adam(0.02)}),
    "r006": Case(["loss-output-mismatch"], partial(Net, 20, 50, 1, torch.relu, softmax),
                 lambda model: optim.RMSprop(model.parameters(), lr=0.001, alpha=0.9), nn.BCELoss(), shared("real-cases/r006"), 50,
                 treated={"model": partial(Net, 20, 50, 1, torch.relu, torch.sigmoid)}),
    "r007": Case(["too-few-epochs", "learning-rate-too-low"], partial(Mlp, 64, 64, 10, 1), adam(0.0005), nn.CrossEntropyLoss(),
                 shared("real-cases/r007"), 2, 128, treated={"epochs": 76}),
    "r008": Case(["over-regularized"], partial(Net, 10, 32, 3), adam(0.005, weight_decay=0.5), nn.CrossEntropyLoss(), shared("real-cases/r008"), 30,
                 treated={"optimizer": adam(0.005)}),
    "r009": Case(["loss-output-mismatch"], partial(Mlp, 64, 64, 10, 1, head=softmax), sgd(0.05), nn.CrossEntropyLoss(), shared("real-cases/r009"), 14,
                 treated={"model": partial(Mlp, 64, 64, 10, 1)}),
    "f001": Case(["unscaled-inputs"], Pixels, sgd(0.05, momentum=0.9), nn.CrossEntropyLoss(), shared("fresh-cases/f001", channels=True, onehot=True), 12,
                 treated={"data": standardized(shared("fresh-cases/f001", channels=True, onehot=True), inputs=True)}),
    "f018": Case(["unscaled-targets", "learning-rate-too-low", "too-few-epochs"], Encoder, adam(0.001), nn.MSELoss(), shared("fresh-cases/f018"), 20,
                 treated={"epochs": 200}),
    "f019": Case(["output-range-mismatch", "dying-relu"], Tagger, sgd(0.01, momentum=0.99, nesterov=True), nn.MSELoss(), shared("fresh-cases/f019"), 20,
                 treated={"model": partial(Tagger, False)}),
    "f022": Case(["learning-rate-too-low", "too-few-epochs"], partial(nn.Linear, 10, 1), sgd(1e-5), nn.MSELoss(), shared("fresh-cases/f022"), 20,
                 treated={"optimizer": sgd(0.1)}),
    "p00": Case(["learning-rate-too-high"], partial(Net, 3, 24, 1), adam(3.0), nn.MSELoss(), bends(), treated={"optimizer": adam(0.003)}),
    "p01": Case(["loss-output-mismatch"], partial(Net, 6, 16, 1, head=torch.sigmoid), sgd(0.02), nn.BCEWithLogitsLoss(), two_clouds, 10,
                treated={"model": partial(Net, 6, 16, 1), "epochs": 100}),
    "p02": Case(["loss-output-mismatch"], partial(Net, 6, 16, 3), adam(0.003), nn.NLLLoss(), clouds(), treated={"loss": nn.CrossEntropyLoss()}),
    "p03": Case(["loss-output-mismatch", "output-range-mismatch", "dying-relu"], partial(Net, 6, 16, 8, head=F.relu),
                adam(0.05), nn.CrossEntropyLoss(), clouds(classes=8), treated={"model": partial(Net, 6, 16, 8)}),
    "p04": Case(["output-range-mismatch", "dying-relu"], partial(Net, 3, 24, 1, head=torch.relu), adam(0.003), nn.MSELoss(), bends(y_shift=-4),
                treated={"model": partial(Net, 3, 24, 1)}),
    "p05": Case(["unscaled-inputs"], partial(Net, 3, 24, 1), sgd(0.02), nn.MSELoss(), bends(x_scale=1000, x_shift=5000),
                treated={"data": standardized(bends(x_scale=1000, x_shift=5000), inputs=True)}),
    "p06": Case(["dying-relu"], partial(Mlp, 3, 24, 1, initialize=dead), adam(0.003), nn.MSELoss(), bends(),
                treated={"model": redrawn(partial(Mlp, 3, 24, 1, initialize=dead))}),
    "p07": Case(["vanishing-gradient"], partial(Mlp, 3, 24, 1, 4, torch.sigmoid), sgd(0.05), nn.MSELoss(), bends(),
                treated={"model": partial(Mlp, 3, 24, 1, 4, torch.relu)}),
    "p08": Case(["exploding-gradient"], partial(Recurrent, nn.RNN, 1, 16, nonlinearity="relu", initialize=loud), adam(0.003), nn.MSELoss(), waves,
                treated={"model": redrawn(partial(Recurrent, nn.RNN, 1, 16, nonlinearity="relu", initialize=loud))}),
    "p09": Case(["symmetric-initialization"], partial(Mlp, 3, 24, 1, initialize=zeros), adam(0.003), nn.MSELoss(), bends(),
                treated={"model": redrawn(partial(Mlp, 3, 24, 1, initialize=zeros))}),
    "p10": Case(["healthy"], partial(Net, 3, 24, 1), adam(0.003), nn.MSELoss(), bends(), 60),
    "p11": Case(["healthy"], partial(Net, 6, 16, 3), adam(0.003), nn.CrossEntropyLoss(), clouds()),
    "p12": Case(["learning-rate-too-low"], partial(Net, 3, 24, 1), adam(1e-7), nn.MSELoss(), bends(), treated={"optimizer": adam(0.003)}),
}


def write(out):
    import unstuck

    labels = {}
    for name, case in CASES.items():
        torch.manual_seed(1)
        model = case.model()
        x, y = case.data()
        unstuck.save(out / name, model, x=x, y=y, loss=case.loss, optimizer=case.optimizer(model), epochs=case.epochs, batch_size=case.batch_size,
                     validation_split=case.validation_split, seed=1)  # fmt: skip
        labels[name] = {"cause": case.accept[0], "accept": case.accept}
    (out / "labels.json").write_text(json.dumps(labels, indent=1) + "\n")


def constant(loss, y):
    """The loss of the best constant."""
    if isinstance(loss, nn.MSELoss):
        return y.var(0, unbiased=False).mean().item()
    shares = torch.bincount(y.flatten().long()) / y.numel()
    return -torch.xlogy(shares, shares).sum().item()


def trained(case, seed):
    """What is explained of the rows behind the training: 1 - loss / loss of the best constant."""
    torch.manual_seed(seed)
    model = case.model()
    optimizer = case.optimizer(model)
    x, y = case.data()
    held = len(x) - int(len(x) * (case.validation_split or 0))
    rows = torch.utils.data.TensorDataset(x[:held], y[:held])
    loader = torch.utils.data.DataLoader(rows, batch_size=case.batch_size, shuffle=True)
    for _ in range(case.epochs):
        model.train()
        for x_batch, y_batch in loader:
            optimizer.zero_grad()
            case.loss(model(x_batch), y_batch).backward()
            optimizer.step()
    model.eval()
    with torch.no_grad():
        x, y = (x[held:], y[held:]) if case.validation_split else (x, y)
        loss = case.loss(model(x), y).item()
    return loss, 1 - loss / constant(case.loss, y)


def cure(names):
    for name in names or CASES:
        case = CASES[name]
        for what, tried in (("as it is", case), ("treated", replace(case, **case.treated))):
            if what == "treated" and not case.treated:
                continue
            results = [trained(tried, seed) for seed in (1, 2, 3)]
            print(f"{name} {case.accept[0]:26} {what:9}", "  ".join(f"loss {loss:.4g} explained {e:.3f}" for loss, e in results), flush=True)


if __name__ == "__main__":
    torch.set_num_threads(1)
    if sys.argv[1] == "write":
        SHARED = Path(sys.argv[3])
        write(Path(sys.argv[2]))
    else:
        SHARED = Path(sys.argv[2])
        cure(sys.argv[3:])
