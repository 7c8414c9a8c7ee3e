"""Loops whose models draw random numbers: dropout of several kinds, dropout in attention and between recurrent layers, noise."""

import torch
import torch.nn.functional as F
from torch import nn

from loops import loop


class Net(nn.Module):
    """Of six numbers a sequence of three steps, a layer that draws, and one number."""

    def __init__(self, kind):
        super().__init__()
        self.kind = kind
        self.first = nn.Linear(6, 8)
        self.drop = {
            "alpha": nn.AlphaDropout(0.2), "features": nn.Dropout1d(0.3), "inplace": nn.Dropout(0.4, inplace=True), "feature alpha": nn.FeatureAlphaDropout(0.2)
        }.get(kind, nn.Dropout(0.25))  # fmt: skip
        if kind == "attention":
            self.inner = nn.TransformerEncoderLayer(8, 2, 12, dropout=0.2, batch_first=True)
        elif kind == "weights":
            self.inner = nn.MultiheadAttention(8, 2, dropout=0.3, batch_first=True)
        elif kind in ("lstm", "gru"):
            self.inner = {"lstm": nn.LSTM, "gru": nn.GRU}[kind](8, 4, num_layers=3, dropout=0.3, bidirectional=True, batch_first=kind == "gru")
        else:
            self.inner = nn.Linear(8, 8)
        self.last = nn.Linear(8, 1)

    def forward(self, x):
        h = self.first(torch.stack([x, x * x, -x], 1))
        if self.kind == "noise":
            h = h + torch.exp(0.1 * h) * torch.randn_like(h)
        else:
            h = self.drop(h) if self.kind != "functional" else F.dropout(h, 0.4, self.training)
        if self.kind == "lstm":
            h = self.inner(h.transpose(0, 1))[0].transpose(0, 1)
        elif self.kind == "gru":
            h = self.inner(h)[0]
        elif self.kind == "weights":
            h = self.inner(h, h, h, need_weights=True)[0]
        else:
            h = self.inner(h)
        return self.last(torch.tanh(h).mean(1))


def trained(watch, folder, kind, optimizer=torch.optim.Adam, rate=0.01, fault=None, steps=20):
    x = torch.randn(96, 6)
    y = x[:, :1] - 2 * x[:, 1:2] * x[:, 2:3]
    model = Net(kind)
    optimizer = optimizer(model.parameters(), lr=rate)
    w = watch(model, optimizer, loss="mse", folder=folder)
    losses = []
    for _ in range(steps):
        rows = torch.randperm(96)[:16]
        loss = F.mse_loss(model(x[rows]), y[rows])
        w(x[rows], y[rows], loss)
        if fault is None:
            optimizer.zero_grad()
        loss.backward()
        if fault == "zero_grad behind backward":
            optimizer.zero_grad()
        optimizer.step()
        if fault == "rate":
            optimizer.param_groups[0]["lr"] *= 0.1
        if fault not in (None, "zero_grad missing"):
            optimizer.zero_grad()
        losses.append(loss.item())
    return losses


KINDS = ("dropout", "functional", "inplace", "alpha", "features", "feature alpha", "attention", "weights", "lstm", "gru", "noise")


def _made(kind, cause, fault=None):
    def run(watch, folder):
        trained(watch, folder, kind, torch.optim.SGD if kind in ("features", "gru") else torch.optim.Adam, fault=fault)

    run.__name__ = (kind + ("" if fault is None else " " + fault)).replace(" ", "_")
    run.__module__ = __name__
    loop(cause)(run)


for kind in KINDS:
    _made(kind, "loop-correct")
for kind in ("dropout", "lstm", "noise"):
    for fault, cause in (("zero_grad missing", "loop-gradients-accumulate"), ("zero_grad behind backward", "loop-gradients-cleared"), ("rate", "loop-rate-changed")):
        _made(kind, cause, fault)
