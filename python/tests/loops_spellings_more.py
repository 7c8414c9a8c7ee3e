"""Kinds that the eleventh batch has shown, in other spellings, and what looks like them and is none. Written with the rules in sight."""

import torch
from loops import classes, loop, numbers
from torch import nn
from torch.nn import functional as F

EPOCHS = 3


def batches(*arrays, size=32):
    for rows in torch.randperm(len(arrays[0])).split(size):
        yield [a[rows] for a in arrays]


def net(width=5, out=1):
    return nn.Sequential(nn.Linear(width, 16), nn.Tanh(), nn.Linear(16, out))


# Optimizers of the user's own.


class Own(torch.optim.Optimizer):
    def __init__(self, parameters, rate, how):
        super().__init__(parameters, {"lr": rate})
        self.how = how

    @torch.no_grad()
    def step(self, closure=None):
        for group in self.param_groups:
            for p in group["params"]:
                self.how(p, group["lr"])


def on_a_copy(p, rate):
    p.clone().sub_(rate * p.grad)  # fault: steps_on_a_copy


def not_in_place(p, rate):
    torch.sub(p, p.grad, alpha=rate)  # fault: steps_without_an_underscore


def in_place(p, rate):
    p.sub_(rate * p.grad)


def by_an_own_optimizer(watch, folder, how):
    torch.manual_seed(1)
    x, y = numbers()
    model = net()
    optimizer = Own(model.parameters(), 0.05, how)
    w = watch(model, optimizer, loss="mse", folder=folder)
    for _ in range(EPOCHS):
        for a, b in batches(x, y):
            loss = F.mse_loss(model(a), b)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            w(a, b, loss)


@loop("loop-no-update")
def steps_on_a_copy(watch, folder):
    by_an_own_optimizer(watch, folder, on_a_copy)


@loop("loop-no-update")
def steps_without_an_underscore(watch, folder):
    by_an_own_optimizer(watch, folder, not_in_place)


@loop("loop-correct")
def steps_in_place(watch, folder):
    by_an_own_optimizer(watch, folder, in_place)


# Losses of the user's own, of which another is minimized.


def trained(watch, folder, claimed, minimized, data, model, rate=1e-2):
    torch.manual_seed(2)
    optimizer = torch.optim.Adam(model.parameters(), lr=rate)
    w = watch(model, optimizer, loss=claimed, folder=folder)
    for _ in range(EPOCHS):
        for a, b in batches(*data):
            optimizer.zero_grad()
            loss = minimized(model(a), b)
            loss.backward()
            optimizer.step()
            w(a, b, loss)


def overlap(out, y):
    """Intersection over union, of two classes."""
    p, t = out.softmax(1)[:, 1], y.float()
    return (p * t).sum() / (p + t - p * t).sum()


def without_overlap(out, y):
    return 1 - overlap(out, y)


@loop("loop-other-loss")
def overlap_for_its_complement(watch, folder):
    trained(watch, folder, without_overlap, lambda out, y: overlap(out, y), classes(count=2), net(6, 2))  # fault


@loop("loop-correct")
def complement_of_the_overlap(watch, folder):
    trained(watch, folder, without_overlap, without_overlap, classes(count=2), net(6, 2))


def likeness(out, y):
    return 1 - F.cosine_similarity(out, F.one_hot(y, 3).float()).mean()


@loop("loop-other-loss")
def likeness_of_what_is_unlike(watch, folder):
    trained(watch, folder, likeness, lambda out, y: F.cosine_similarity(out, F.one_hot(y, 3).float()).mean(), classes(), net(6, 3))  # fault


def weighted(out, y):
    return (y[:, 1:] * (out - y[:, :1]).abs()).mean()


def with_weights(rows=256):
    x, y = numbers(rows)
    return x, torch.cat([y, 0.2 + torch.rand(rows, 1, generator=torch.Generator().manual_seed(3))], 1)


@loop("loop-broadcast")
def errors_divided_by_a_row(watch, folder):
    def minimized(out, y):
        spread = 1 / y[:, 1]
        return ((out - y[:, :1]).abs() / spread).mean()  # fault

    trained(watch, folder, weighted, minimized, with_weights(), net())


@loop("loop-correct")
def errors_divided_by_a_column(watch, folder):
    trained(watch, folder, weighted, lambda out, y: ((out - y[:, :1]).abs() / (1 / y[:, 1:])).mean(), with_weights(), net())


def ranked(out, y):
    """Each pair of rows in the order of its targets."""
    return F.softplus(-(out - out.T) * torch.sign(y - y.T)).mean()


@loop("loop-correct")
def every_pair_of_rows(watch, folder):
    trained(watch, folder, ranked, ranked, numbers(), net())


@loop("loop-correct")
def every_pair_of_rows_and_a_penalty(watch, folder):
    model = net()
    trained(watch, folder, ranked, lambda out, y: ranked(out, y) + 1e-3 * sum((p**2).sum() for p in model.parameters()), numbers(), model)


def certain(out, y):
    return F.nll_loss(out.log_softmax(1), y)


@loop("loop-correct")
def a_little_entropy_is_taken_off(watch, folder):
    def minimized(out, y):
        p = out.softmax(1)
        return certain(out, y) + 0.01 * (p * p.clamp_min(1e-9).log()).sum(1).mean()

    trained(watch, folder, certain, minimized, classes(), net(6, 3))


# Several backward passes of one step.


def both(out, y):
    return F.mse_loss(out[:, :1], y[:, :1]) + F.l1_loss(out[:, 1:], y[:, 1:])


def two_tasks():
    x, y = numbers()
    return x, torch.cat([y, x[:, 2:3] - 2 * x[:, 3:4]], 1)


def by_tasks(watch, folder, passes):
    torch.manual_seed(4)
    model = net(5, 2)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
    w = watch(model, optimizer, loss=both, folder=folder)
    for _ in range(EPOCHS):
        for a, b in batches(*two_tasks()):
            optimizer.zero_grad()
            out = model(a)
            losses = [F.mse_loss(out[:, :1], b[:, :1]), F.l1_loss(out[:, 1:], b[:, 1:])]
            passes(model, losses)
            w(a, b, losses[0] + losses[1])
            optimizer.step()


@loop("loop-gradients-cleared")
def the_net_is_cleared_for_the_second_task(watch, folder):
    def passes(model, losses):
        losses[0].backward(retain_graph=True)
        model.zero_grad()  # fault
        losses[1].backward()

    by_tasks(watch, folder, passes)


@loop("loop-gradients-cleared")
def gradients_set_to_none_by_hand(watch, folder):
    def passes(model, losses):
        for one in losses:
            for p in model.parameters():
                p.grad = None  # fault
            one.backward(retain_graph=True)

    by_tasks(watch, folder, passes)


@loop("loop-correct")
def a_pass_for_each_task(watch, folder):
    def passes(model, losses):
        for one in losses:
            one.backward(retain_graph=True)

    by_tasks(watch, folder, passes)


@loop("loop-correct")
def norms_of_tasks_looked_at(watch, folder):
    def passes(model, losses):
        for one in losses:
            one.backward(retain_graph=True)
            sum(p.grad.norm() for p in model.parameters())
            model.zero_grad()
        (losses[0] + losses[1]).backward()

    by_tasks(watch, folder, passes)


@loop("loop-correct")
def conflicts_projected_away(watch, folder):
    def passes(model, losses):
        apart = []
        for one in losses:
            one.backward(retain_graph=True)
            apart.append([p.grad.clone() for p in model.parameters()])
            model.zero_grad()
        along = sum((a * b).sum() for a, b in zip(*apart))
        size = sum((b * b).sum() for b in apart[1])
        for p, a, b in zip(model.parameters(), *apart):
            p.grad = a + b - (along / size * b if along < 0 else 0)

    by_tasks(watch, folder, passes)


# Noise.


def with_noise(watch, folder, by, model):
    torch.manual_seed(5)
    x, y = classes()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for _ in range(EPOCHS):
        for a, b in batches(x, y, size=40):
            optimizer.zero_grad()
            loss = F.cross_entropy(model(a), b)
            loss.backward()
            with torch.no_grad():
                for p in model.parameters():
                    p.grad.add_(torch.randn_like(p), alpha=by)  # fault: noise_in_a_small_net
            optimizer.step()
            w(a, b, loss)


@loop("loop-gradients-changed")
def noise_in_a_small_net(watch, folder):
    with_noise(watch, folder, 8.0, nn.Linear(6, 3))


@loop("loop-correct")
def a_little_noise_in_a_small_net(watch, folder):
    with_noise(watch, folder, 0.02, nn.Linear(6, 3))
