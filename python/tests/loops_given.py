"""Loops whose model is given what watch was given in another way: in parts, beside other batches, or in another order of its rows.
Written with the rules in sight."""

import torch
from loops import classes, loop, numbers
from torch import nn
from torch.nn import functional as F

EPOCHS = 3


def same(t):
    return t


def net(width=5, out=1):
    return nn.Sequential(nn.Linear(width, 16), nn.Tanh(), nn.Linear(16, out))


class Two(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Linear(2, 8), nn.Linear(3, 8)
        self.last = nn.Linear(16, 1)

    def forward(self, a, b):
        return self.last(torch.tanh(torch.cat([self.first(a), self.second(b)], 1)))


def by_calls(watch, folder, data, model, claimed, step, watched=same):
    torch.manual_seed(1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
    w = watch(model, optimizer, loss=claimed, folder=folder)
    x, y = data
    for _ in range(EPOCHS):
        for rows in torch.randperm(len(x)).split(32):
            optimizer.zero_grad()
            loss = step(model, x[rows], y[rows])
            loss.backward()
            optimizer.step()
            w(watched(x[rows]), y[rows], loss)


def halves(x):
    return x[:, :2], x[:, 2:]


@loop("loop-correct")
def two_inputs_in_double(watch, folder):
    by_calls(watch, folder, numbers(), Two().double(), "mse", lambda model, x, y: F.mse_loss(model(*(t.double() for t in halves(x))), y.double()), halves)


@loop("loop-correct")
def columns_split_for_the_model(watch, folder):
    by_calls(watch, folder, numbers(), Two(), "mse", lambda model, x, y: F.mse_loss(model(*halves(x)), y))


@loop("loop-correct")
def inputs_joined_for_the_model(watch, folder):
    by_calls(watch, folder, numbers(), net(), "mse", lambda model, x, y: F.mse_loss(model(torch.cat(halves(x), 1)), y), halves)


@loop("loop-correct")
def looked_at_in_double_behind_the_loss(watch, folder):
    def step(model, x, y):
        loss = F.mse_loss(model(x.double()), y.double())
        with torch.no_grad():
            model(x.double() + 1).mean().item()
        return loss

    by_calls(watch, folder, numbers(), net().double(), "mse", step)


@loop("loop-correct")
def another_batch_in_double_behind_the_loss(watch, folder):
    def step(model, x, y):
        loss = F.mse_loss(model(x.double()), y.double())
        model(x.double() + 1).mean().item()
        return loss

    by_calls(watch, folder, numbers(), net().double(), "mse", step)


@loop("loop-correct")
def another_batch_behind_that_of_arrays(watch, folder):
    def step(model, x, y):
        loss = F.mse_loss(model(x), y)
        model(x + 1).mean().item()
        return loss

    by_calls(watch, folder, numbers(), net(), "mse", step, lambda x: x.numpy())


def shuffled_alike(model, x, y):
    order = torch.randperm(len(x))
    return F.mse_loss(model(x[order]), y[order])


@loop("loop-correct")
def rows_and_targets_shuffled_alike(watch, folder):
    by_calls(watch, folder, numbers(), net(), "mse", shuffled_alike)


@loop("loop-correct")
def rows_and_targets_turned_alike(watch, folder):
    by_calls(watch, folder, numbers(), net(), "mse", lambda model, x, y: F.mse_loss(model(x.flip(0)), y.flip(0)))


@loop("loop-correct")
def sorted_by_their_targets(watch, folder):
    def step(model, x, y):
        order = y.argsort()
        return F.cross_entropy(model(x[order]), y[order])

    by_calls(watch, folder, classes(), net(6, 3), "cross_entropy", step)


def robust(out, y):
    return torch.log1p((out - y) ** 2).mean()


@loop("loop-correct")
def shuffled_alike_for_a_loss_of_ones_own(watch, folder):
    def step(model, x, y):
        order = torch.randperm(len(x))
        return robust(model(x[order]), y[order])

    by_calls(watch, folder, numbers(), net(), robust, step)


@loop("loop-correct")
def shuffled_alike_in_double(watch, folder):
    def step(model, x, y):
        order = torch.randperm(len(x))
        return F.mse_loss(model(x[order].double()), y[order].double())

    by_calls(watch, folder, numbers(), net().double(), "mse", step)


@loop("loop-misaligned-targets")
def shuffled_alone_for_a_loss_of_ones_own(watch, folder):
    by_calls(watch, folder, numbers(), net(), robust, lambda model, x, y: robust(model(x[torch.randperm(len(x))]), y))


@loop("loop-misaligned-targets")
def rows_alone_shuffled(watch, folder):
    by_calls(watch, folder, numbers(), net(), "mse", lambda model, x, y: F.mse_loss(model(x[torch.randperm(len(x))]), y))


@loop("loop-misaligned-targets")
def shuffled_by_two_orders(watch, folder):
    by_calls(watch, folder, numbers(), net(), "mse", lambda model, x, y: F.mse_loss(model(x[torch.randperm(len(x))]), y[torch.randperm(len(x))]))
