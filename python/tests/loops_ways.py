"""Loops around models whose forward computes with the number of rows, or goes by values of tensors, as people write them."""

import math

import torch
from torch import nn
from torch.nn import functional as F


class Net(nn.Module):
    def __init__(self, way):
        super().__init__()
        self.way = way
        self.first, self.second = nn.Linear(6, 8), nn.Linear(8, 1)
        self.register_buffer("size", torch.tensor(1.5))

    def rest(self, x):
        return self.second(torch.tanh(self.first(x)))

    def forward(self, x):
        return WAYS[self.way](self, x)


def len_in_a_view(self, x):
    return self.rest(x.view(len(x), -1))


def int_of_a_size(self, x):
    n = int(x.shape[0])
    return self.rest(x.reshape(n, 6))


def int_in_zeros(self, x):
    return self.rest(x) + torch.zeros(int(x.size(0)), 1)


def len_of_a_state(self, x):
    state = torch.zeros(len(x), 8)
    for _ in range(3):
        state = torch.tanh(self.first(x) + state)
    return self.second(state)


def isinstance_of_a_size(self, x):
    n = len(x)
    assert isinstance(n, int)
    return self.rest(x.view(n, -1))


def loss_is_looked_at(self, x):
    out = self.rest(x)
    f"mean {out.mean().item():.3f}"
    return out


def asserts_a_range(self, x):
    assert x.abs().max() < 1e6, "range"
    return self.rest(x)


def asserts_a_number(self, x):
    out = self.rest(x)
    if torch.isnan(out).any():
        raise ValueError("NaN")
    return out


def goes_by_the_mean(self, x):
    if x.mean() > 1000:
        x = x / x.mean()
    return self.rest(x)


def goes_by_a_weight(self, x):
    if self.second.weight.norm() > 100:
        return self.rest(x) / 2
    return self.rest(x)


def halves_while_large(self, x):
    while x.abs().max() > 1e6:
        x = x / 2
    return self.rest(x)


def divides_by_an_item(self, x):
    return self.rest(x / self.size.item())


def times_a_float(self, x):
    return self.rest(x * float(self.size))


def whole_part_of_a_weight(self, x):
    return self.rest(x / (1 + int(self.size)))


def drops_by_the_way(self, x):
    h = torch.tanh(self.first(x))
    if h.std() > 0:
        h = F.dropout(h, 0.3, self.training)
    return self.second(h)


def one_way_or_the_other(self, x):
    """Go another way for other batches, so that no program is the model of all steps."""
    return self.rest(x) if x.sum() > 0 else self.rest(-x)


def root_of_the_rows(self, x):
    return self.rest(x) * math.sqrt(len(x)) / math.sqrt(x.shape[0])


def row_by_row(self, x):
    return torch.stack([self.rest(row) for row in x])


OPEN = (len_in_a_view, int_of_a_size, int_in_zeros, len_of_a_state, isinstance_of_a_size, loss_is_looked_at)
TAKEN = (
    asserts_a_range, asserts_a_number, goes_by_the_mean, goes_by_a_weight, halves_while_large, divides_by_an_item, times_a_float, whole_part_of_a_weight,
    drops_by_the_way,
)  # fmt: skip
CLOSED = (root_of_the_rows, row_by_row)
WAYS = {way.__name__: way for way in (*OPEN, *TAKEN, one_way_or_the_other, *CLOSED)}


def trained(watch, folder, way, fault=None, steps=7, rows=40):
    """Train, and return the losses."""
    torch.manual_seed(5)
    model = Net(way)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    watching = watch(model, optimizer, loss="mse", folder=folder)
    data = torch.randn(4 * rows, 6)
    losses = []
    for step in range(steps):
        x = data[torch.randperm(4 * rows)[:rows]]
        y = x[:, :1] - x[:, 1:2]
        loss = F.mse_loss(model(x), y)
        watching(x, y, loss)
        if fault != "loop-gradients-accumulate":
            optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses
