"""Loops of PyTorch to be told apart, and what they have in common: data, and the list in which they stand."""

import torch
from torch import nn

LOOPS = []  # (name, cause, function of watch and folder)


def loop(cause):
    """List a loop under its cause."""

    def listed(function):
        LOOPS.append((function.__name__, cause, function))
        return function

    return listed


def numbers(rows=256, width=5, seed=0):
    """Rows and one number each."""
    g = torch.Generator().manual_seed(seed)
    x = torch.randn(rows, width, generator=g)
    return x, (x[:, :1] * 2 - x[:, 1:2] + 0.1 * torch.randn(rows, 1, generator=g))


def classes(rows=300, width=6, count=3, seed=0):
    """Rows and a class each."""
    g = torch.Generator().manual_seed(seed)
    centers = 2 * torch.randn(count, width, generator=g)
    y = torch.randint(0, count, (rows,), generator=g)
    return centers[y] + torch.randn(rows, width, generator=g), y


def yes_no(rows=200, width=4, seed=0):
    """Rows and 0 or 1 each."""
    g = torch.Generator().manual_seed(seed)
    x = torch.randn(rows, width, generator=g)
    return x, (x[:, :1] + 0.5 * x[:, 1:2] > 0).float()


def pictures(rows=120, seed=0):
    """Small pictures of bright or dark halves."""
    g = torch.Generator().manual_seed(seed)
    y = torch.randint(0, 2, (rows,), generator=g)
    x = torch.rand(rows, 1, 8, 8, generator=g)
    x[:, :, :4] += y[:, None, None, None].float()
    return x, y


def waves(rows=160, steps=12, seed=0):
    """Pieces of sine waves and the next value."""
    g = torch.Generator().manual_seed(seed)
    t = torch.rand(rows, 1, generator=g) * 6 + torch.arange(steps + 1) * 0.4
    wave = torch.sin(t)
    return wave[:, :-1, None], wave[:, -1:]


def small(width=5, out=1, hidden=16):
    return nn.Sequential(nn.Linear(width, hidden), nn.ReLU(), nn.Linear(hidden, out))


class Conv(nn.Module):
    def __init__(self, dropout=0.0):
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(1, 6, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten())
        self.drop = nn.Dropout(dropout)
        self.head = nn.Linear(54, 2)

    def forward(self, x):
        return self.head(self.drop(self.body(x)))


class Recurrent(nn.Module):
    def __init__(self, kind=nn.LSTM):
        super().__init__()
        self.rnn = kind(1, 10, batch_first=True)
        self.out = nn.Linear(10, 1)

    def forward(self, x):
        h, _ = self.rnn(x)
        return self.out(h[:, -1])


class EncoderDecoder(nn.Module):
    def __init__(self, cut=False):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(5, 12), nn.Tanh())
        self.decoder = nn.Linear(12, 1)
        self.cut = cut

    def forward(self, x):
        h = self.encoder(x)
        return self.decoder(h.detach() if self.cut else h)  # fault: detached_in_forward


def loader(x, y, size=32, shuffle=True):
    return torch.utils.data.DataLoader(torch.utils.data.TensorDataset(x, y), batch_size=size, shuffle=shuffle)
