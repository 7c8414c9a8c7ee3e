"""Kinds of faults that earlier batches have shown, in other spellings than these, and what looks like them and is none. Written with the rules in sight."""

import copy

import torch
from loops import classes, loop, numbers
from torch import nn
from torch.nn import functional as F

EPOCHS = 4


def batches(x, y, size=32):
    for rows in torch.randperm(len(x)).split(size):
        yield x[rows], y[rows]


def plain(watch, folder, model, loss, data, rate=0.05, kind=torch.optim.SGD):
    """Train as people do."""
    x, y = data
    optimizer = kind(model.parameters(), lr=rate)
    w = watch(model, optimizer, loss=loss, folder=folder)
    function = {"mse": F.mse_loss, "cross_entropy": F.cross_entropy}[loss]
    for _ in range(EPOCHS):
        for a, b in batches(x, y):
            optimizer.zero_grad()
            value = function(model(a), b)
            value.backward()
            optimizer.step()
            w(a, b, value)


# Weights that are taken without the graph, though nobody calls their layer.


class ByFunction(nn.Module):
    def __init__(self, how):
        super().__init__()
        self.first, self.head, self.how = nn.Linear(6, 16), nn.Linear(16, 3), how

    def forward(self, x):
        if self.how == "detach":
            h = F.linear(x, self.first.weight.detach(), self.first.bias.detach())
        elif self.how == "clone":
            with torch.no_grad():
                weight = self.first.weight.clone()
            h = x @ weight.T
        elif self.how == "numpy":
            h = F.linear(x, torch.from_numpy(self.first.weight.detach().numpy().copy()))
        else:
            h = F.linear(x, self.first.weight, self.first.bias)
        return self.head(torch.relu(h))


@loop("loop-detached")
def kernel_by_detach(watch, folder):
    plain(watch, folder, ByFunction("detach"), "cross_entropy", classes())


@loop("loop-detached")
def kernel_cloned_without_gradients(watch, folder):
    plain(watch, folder, ByFunction("clone"), "cross_entropy", classes(), kind=torch.optim.Adam, rate=1e-2)


@loop("loop-detached")
def kernel_by_numpy(watch, folder):
    plain(watch, folder, ByFunction("numpy"), "cross_entropy", classes())


@loop("loop-correct")
def kernel_by_function(watch, folder):
    plain(watch, folder, ByFunction(""), "cross_entropy", classes())


class WithSpare(nn.Module):
    """A layer that nobody uses, as those of a later version are."""

    def __init__(self):
        super().__init__()
        self.body, self.spare, self.drop = nn.Linear(6, 16), nn.Linear(16, 16), nn.Dropout(0.2)
        self.head = nn.Linear(16, 3)

    def forward(self, x):
        return self.head(self.drop(torch.tanh(self.body(x))))


@loop("loop-correct")
def a_spare_layer(watch, folder):
    plain(watch, folder, WithSpare(), "cross_entropy", classes())


# Loops without an optimizer.


def by_hand(watch, folder, step, clear, loss="mse", turned=False):
    x, y = numbers()
    model = nn.Sequential(nn.Linear(5, 12), nn.Tanh(), nn.Linear(12, 1))
    w = watch(model, None, loss=loss, folder=folder)
    for t in range(30):
        rows = torch.randint(0, len(x), (40,))
        value = F.mse_loss(model(x[rows]), y[rows])
        (-value if turned else value).backward()
        w(x[rows], y[rows], value)
        with torch.no_grad():
            step(model, t)
        clear(model)


def descend(model, t):
    for p in model.parameters():
        p -= 0.1 * p.grad


def climb(model, t):
    for p in model.parameters():
        p.add_(p.grad, alpha=0.02)


class Momentum:
    def __init__(self):
        self.v = {}

    def __call__(self, model, t):
        for p in model.parameters():
            self.v[p] = 0.9 * self.v.get(p, 0) + p.grad
            p.sub_(0.03 * self.v[p])


class ByAdam:
    def __init__(self):
        self.m, self.v = {}, {}

    def __call__(self, model, t):
        for p in model.parameters():
            self.m[p] = 0.9 * self.m.get(p, 0) + 0.1 * p.grad
            self.v[p] = 0.999 * self.v.get(p, 0) + 0.001 * p.grad**2
            p -= 0.01 * (self.m[p] / (1 - 0.9 ** (t + 1))) / ((self.v[p] / (1 - 0.999 ** (t + 1))).sqrt() + 1e-8)


def nothing(model):
    pass


def clear(model):
    model.zero_grad()


def zeros(model):
    for p in model.parameters():
        p.grad.zero_()


def fade(model):
    """Keep a part of the gradient, as momentum does."""
    for p in model.parameters():
        p.grad *= 0.8


@loop("loop-gradients-accumulate")
def descent_that_clears_nothing(watch, folder):
    by_hand(watch, folder, descend, nothing)


@loop("loop-gradients-accumulate")
def momentum_that_clears_nothing(watch, folder):
    by_hand(watch, folder, Momentum(), nothing)


@loop("loop-gradients-accumulate")
def adam_by_hand_that_clears_nothing(watch, folder):
    by_hand(watch, folder, ByAdam(), nothing)


@loop("loop-gradients-accumulate")
def a_copy_is_cleared(watch, folder):
    by_hand(watch, folder, descend, lambda model: copy.deepcopy(model).zero_grad())


@loop("loop-other-loss")
def a_plus_for_a_minus(watch, folder):
    by_hand(watch, folder, climb, clear)


@loop("loop-correct")
def turned_twice(watch, folder):
    by_hand(watch, folder, climb, clear, turned=True)


@loop("loop-correct")
def turned_around_and_maximized(watch, folder):
    x, y = numbers()
    model = nn.Sequential(nn.Linear(5, 12), nn.Tanh(), nn.Linear(12, 1))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2, maximize=True)
    w = watch(model, optimizer, loss="mse", folder=folder)
    for _ in range(EPOCHS):
        for a, b in batches(x, y):
            loss = F.mse_loss(model(a), b)
            optimizer.zero_grad()
            (-loss).backward()
            optimizer.step()
            w(a, b, loss)


@loop("loop-correct")
def descent_by_hand(watch, folder):
    by_hand(watch, folder, descend, zeros)


@loop("loop-correct")
def momentum_by_hand(watch, folder):
    by_hand(watch, folder, Momentum(), clear)


@loop("loop-correct")
def adam_by_hand(watch, folder):
    by_hand(watch, folder, ByAdam(), clear)


@loop("loop-correct")
def momentum_in_the_gradient(watch, folder):
    by_hand(watch, folder, descend, fade)


@loop("loop-correct")
def every_third_batch_by_hand(watch, folder):
    def third(model, t):
        if t % 3 == 2:
            for p in model.parameters():
                p -= 0.02 * p.grad
                p.grad = None

    by_hand(watch, folder, third, nothing)


# A clear between the backward passes of one step.


class Apart(nn.Module):
    def __init__(self):
        super().__init__()
        self.kind, self.size = nn.Sequential(nn.Linear(6, 12), nn.ReLU(), nn.Linear(12, 3)), nn.Sequential(nn.Linear(6, 12), nn.ReLU(), nn.Linear(12, 1))

    def forward(self, x):
        return self.kind(x), self.size(x)[:, 0]


def both(out, target):
    return F.cross_entropy(out[0], target[0]) + F.mse_loss(out[1], target[1])


def apart(watch, folder, between, whole=False, kind=torch.optim.SGD, called_in_parts=False):
    x, y = classes()
    model = Apart()
    optimizer = kind(model.parameters(), lr=0.02)
    w = watch(model, optimizer, loss=both, folder=folder)
    for _ in range(EPOCHS):
        for a, b in batches(x, y):
            s = a.sum(1)
            out = (model.kind(a), model.size(a)[:, 0]) if called_in_parts else model(a)
            optimizer.zero_grad()
            F.cross_entropy(out[0], b).backward(retain_graph=whole)
            between(model, optimizer)
            (both(out, (b, s)) if whole else F.mse_loss(out[1], s)).backward()
            optimizer.step()
            w(a, (b, s), both(out, (b, s)))


@loop("loop-gradients-cleared")
def cleared_through_the_model(watch, folder):
    apart(watch, folder, lambda model, optimizer: model.zero_grad(), kind=torch.optim.Adam)


@loop("loop-gradients-cleared")
def filled_with_zeros_between(watch, folder):
    apart(watch, folder, lambda model, optimizer: optimizer.zero_grad(set_to_none=False))


@loop("loop-gradients-cleared")
def cleared_between_parts(watch, folder):
    apart(watch, folder, lambda model, optimizer: optimizer.zero_grad(), called_in_parts=True)


@loop("loop-correct")
def looked_at_and_computed_again(watch, folder):
    apart(watch, folder, lambda model, optimizer: optimizer.zero_grad(), whole=True)


@loop("loop-correct")
def two_losses_one_after_the_other(watch, folder):
    apart(watch, folder, lambda model, optimizer: None)


# Gradients that a scaler has multiplied.


def scaled(watch, folder, step, scale=1024.0, clip=False):
    x, y = classes()
    model = nn.Sequential(nn.Linear(6, 16), nn.Tanh(), nn.Linear(16, 3))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.02)
    scaler = torch.amp.GradScaler("cpu", init_scale=scale)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for _ in range(EPOCHS):
        for a, b in batches(x, y):
            loss = F.cross_entropy(model(a), b)
            optimizer.zero_grad()
            scaler.scale(loss).backward()
            step(optimizer, scaler)
            w(a, b, loss)


@loop("loop-gradients-changed")
def the_optimizer_steps_itself(watch, folder):
    scaled(watch, folder, lambda optimizer, scaler: optimizer.step())


class Amp:
    def __init__(self, optimizer):
        self.optimizer, self.scaler = optimizer, torch.amp.GradScaler("cpu", init_scale=512.0)

    def step(self, loss):
        self.optimizer.zero_grad()
        self.scaler.scale(loss).backward()
        self.optimizer.step()


@loop("loop-gradients-changed")
def a_wrapper_forgets_to_divide(watch, folder):
    x, y = numbers()
    model = nn.Sequential(nn.Linear(5, 8), nn.Tanh(), nn.Linear(8, 1))
    amp = Amp(torch.optim.SGD(model.parameters(), lr=1e-3))
    w = watch(model, amp.optimizer, loss="mse", folder=folder)
    for _ in range(EPOCHS):
        for a, b in batches(x, y):
            loss = F.mse_loss(model(a), b)
            amp.step(loss)
            w(a, b, loss)


@loop("loop-other-loss")
def multiplied_without_a_scaler(watch, folder):
    x, y = classes()
    model = nn.Sequential(nn.Linear(6, 16), nn.Tanh(), nn.Linear(16, 3))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.02)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for _ in range(EPOCHS):
        for a, b in batches(x, y):
            loss = F.cross_entropy(model(a), b)
            optimizer.zero_grad()
            (loss * 1024).backward()
            optimizer.step()
            w(a, b, loss)


@loop("loop-correct")
def the_scaler_steps(watch, folder):
    scaled(watch, folder, lambda optimizer, scaler: (scaler.step(optimizer), scaler.update()))


@loop("loop-correct")
def divided_ahead_of_the_step(watch, folder):
    scaled(watch, folder, lambda optimizer, scaler: (scaler.unscale_(optimizer), optimizer.step(), scaler.update()))


# Gradients that are set to 0 here and there.


def thinned(watch, folder, thin):
    x, y = classes()
    model = nn.Sequential(nn.Linear(6, 24), nn.ReLU(), nn.Linear(24, 3))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for _ in range(EPOCHS):
        for a, b in batches(x, y):
            loss = F.cross_entropy(model(a), b)
            optimizer.zero_grad()
            loss.backward()
            for p in model.parameters():
                thin(p)
            optimizer.step()
            w(a, b, loss)


def keep_the_smallest(p):
    p.grad[p.grad.abs() > p.grad.abs().flatten().quantile(0.05)] = 0


def multiply_by_the_wrong_mask(p):
    p.grad.mul_((p.grad.abs() < 1e-3).float())


def choose_the_wrong_half(p):
    p.grad = torch.where(p.grad.abs() < 1e-3, p.grad, torch.zeros_like(p.grad))


def keep_the_largest(p):
    p.grad[p.grad.abs() < p.grad.abs().flatten().quantile(0.9)] = 0


def drop_at_random(p):
    p.grad *= torch.rand_like(p.grad) < 0.7


def keep_what_was_pruned(p):
    p.grad[..., 1::2] = 0


@loop("loop-gradients-changed")
def the_smallest_are_kept(watch, folder):
    thinned(watch, folder, keep_the_smallest)


@loop("loop-gradients-changed")
def multiplied_by_the_wrong_mask(watch, folder):
    thinned(watch, folder, multiply_by_the_wrong_mask)


@loop("loop-gradients-changed")
def the_wrong_half_is_chosen(watch, folder):
    thinned(watch, folder, choose_the_wrong_half)


@loop("loop-correct")
def the_largest_are_kept(watch, folder):
    thinned(watch, folder, keep_the_largest)


@loop("loop-correct")
def dropped_at_random(watch, folder):
    thinned(watch, folder, drop_at_random)


@loop("loop-correct")
def pruned_ones_stay(watch, folder):
    thinned(watch, folder, keep_what_was_pruned)
