"""A third batch of loops, written when the search for lines stood: one of each fault, and correct ones, in other hands' styles."""

import itertools

import numpy as np
import torch
from loops import classes, loader, loop, numbers, waves, yes_no
from torch import nn, optim
from torch.nn import functional as F


class Net(nn.Module):
    def __init__(self, inputs, outputs, dropout=0.0, stop=False):
        super().__init__()
        self.stop = stop
        self.body = nn.Sequential(nn.Linear(inputs, 20), nn.Tanh(), nn.Dropout(dropout))
        self.middle = nn.Linear(20, 20)
        self.head = nn.Linear(20, outputs)

    def forward(self, inputs):
        features = self.body(inputs)
        if self.stop:
            features = features.detach()  # fault: a_frozen_body_by_mistake
        return self.head(torch.sigmoid(self.middle(features)))


def one_step(net, opt, criterion, features, labels, record):
    """Make a step as many people have it, in a function of its own."""
    opt.zero_grad()
    prediction = net(features)
    error = criterion(prediction, labels)
    record(features, labels, error)
    error.backward()
    opt.step()
    return error.item()


def build(inputs, outputs):
    net = Net(inputs, outputs)
    return net, optim.Adamax(Net(inputs, outputs).parameters(), lr=2e-3)  # fault: parameters_of_a_twin


@loop("loop-wrong-parameters")
def parameters_of_a_twin(watch, folder):
    data, target = numbers(width=4)
    net, opt = build(4, 1)
    record = watch(net, opt, loss="mse", folder=folder, steps=6)
    for features, labels in loader(data, target, 40):
        one_step(net, opt, nn.MSELoss(), features, labels, record)


@loop("loop-no-update")
def numbers_in_between(watch, folder):
    data, target = numbers(width=4)
    net = Net(4, 1)
    opt = optim.Adam(net.parameters())
    record = watch(net, opt, loss="mse", folder=folder, steps=6)
    for i in range(0, 240, 30):
        opt.zero_grad()
        guess = torch.from_numpy(net(data[i : i + 30]).detach().numpy())  # fault
        cost = torch.mean((guess - target[i : i + 30]) ** 2)
        cost.requires_grad = True
        cost.backward()
        opt.step()
        record(data[i : i + 30], target[i : i + 30], cost)


@loop("loop-detached")
def a_frozen_body_by_mistake(watch, folder):
    data, target = classes()
    net = Net(6, 3, stop=True)
    opt = optim.RAdam(net.parameters(), lr=1e-3)
    record = watch(net, opt, loss="cross_entropy", folder=folder, steps=6)
    for features, labels in loader(data, target, 50):
        one_step(net, opt, F.cross_entropy, features, labels, record)


@torch.no_grad()
def accuracy(net, data, target):
    net.eval()  # fault: validated_and_left
    return (net(data).argmax(1) == target).float().mean().item()


@loop("loop-eval-mode")
def validated_and_left(watch, folder):
    data, target = classes()
    net = Net(6, 3, dropout=0.4)
    opt = optim.NAdam(net.parameters(), lr=1e-3)
    record = watch(net, opt, loss="cross_entropy", folder=folder, steps=8)
    best = accuracy(net, data, target)
    for features, labels in itertools.chain(loader(data, target, 50), loader(data, target, 50)):
        one_step(net, opt, F.cross_entropy, features, labels, record)
    best = max(best, accuracy(net, data, target))


@loop("loop-gradients-accumulate")
def cleared_behind_the_epoch(watch, folder):
    data, target = yes_no()
    net = Net(4, 1)
    opt = optim.SGD(net.parameters(), lr=0.02)
    record = watch(net, opt, loss="bce_with_logits", folder=folder, steps=6)
    for _ in range(2):
        for features, labels in loader(data, target, 25):
            error = F.binary_cross_entropy_with_logits(net(features), labels)
            error.backward()
            opt.step()
            record(features, labels, error)
        opt.zero_grad()  # fault


@loop("loop-gradients-cleared")
def cleared_by_habit(watch, folder):
    data, target = waves()
    net = nn.Sequential(nn.Flatten(), Net(12, 1))
    opt = optim.AdamW(net.parameters())
    record = watch(net, opt, loss="mse", folder=folder, steps=6)
    for features, labels in loader(data, target, 20):
        error = F.mse_loss(net(features), labels)
        error.backward()
        record(features, labels, error)
        with torch.no_grad():
            for name, parameter in net.named_parameters():
                parameter.grad.fill_(0)  # fault
        opt.step()


@loop("loop-gradients-changed")
def normalized_away(watch, folder):
    data, target = numbers(width=4)
    net = Net(4, 1)
    opt = optim.SGD(net.parameters(), lr=0.05)
    record = watch(net, opt, loss="mse", folder=folder, steps=6)
    for features, labels in loader(data, target, 32):
        opt.zero_grad()
        error = F.mse_loss(net(features), labels)
        error.backward()
        record(features, labels, error)
        for group in opt.param_groups:
            for parameter in group["params"]:
                parameter.grad = parameter.grad / 1e5  # fault
        opt.step()


@loop("loop-other-loss")
def rooted_by_name(watch, folder):
    data, target = numbers(width=4)
    net = Net(4, 1)
    opt = optim.Adam(net.parameters(), lr=1e-2)
    measure = nn.L1Loss()  # fault
    record = watch(net, opt, loss=nn.MSELoss(), folder=folder, steps=6)
    for features, labels in loader(data, target, 32):
        one_step(net, opt, measure, features, labels, record)


@loop("loop-broadcast")
def squeezed_too_early(watch, folder):
    data, target = numbers(width=4)
    net = Net(4, 1)
    opt = optim.Adam(net.parameters(), lr=1e-2)
    record = watch(net, opt, loss="mse", folder=folder, steps=6)
    for features, labels in loader(data, target, 32):
        prediction = net(features).squeeze()
        error = (prediction - labels).pow(2).mean()  # fault
        record(features, labels, error)
        opt.zero_grad()
        error.backward()
        opt.step()


@loop("loop-rate-changed")
def cooled_down_each_batch(watch, folder):
    data, target = classes()
    net = Net(6, 3)
    opt = optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
    cool = optim.lr_scheduler.MultiplicativeLR(opt, lambda epoch: 0.6)
    record = watch(net, opt, loss="cross_entropy", folder=folder, steps=6)
    for _ in range(6):
        for features, labels in loader(data, target, 60):
            one_step(net, opt, F.cross_entropy, features, labels, record)
            cool.step()  # fault


@loop("loop-weights-overwritten")
def best_again_and_again(watch, folder):
    data, target = classes()
    net = Net(6, 3)
    opt = optim.Adam(net.parameters(), lr=1e-2)
    best = [p.detach().clone() for p in net.parameters()]
    record = watch(net, opt, loss="cross_entropy", folder=folder, steps=6)
    for features, labels in loader(data, target, 40):
        one_step(net, opt, F.cross_entropy, features, labels, record)
        for parameter, kept in zip(net.parameters(), best):
            parameter.data = kept.clone()  # fault


@loop("loop-misaligned-targets")
def shuffled_in_numpy(watch, folder):
    data, target = (t.numpy() for t in classes(120))
    net = Net(6, 3)
    opt = optim.Adam(net.parameters(), lr=1e-2)
    record = watch(net, opt, loss="cross_entropy", folder=folder, steps=8)
    for _ in range(4):
        np.random.shuffle(data)  # fault
        for i in range(0, 120, 40):
            features, labels = torch.tensor(data[i : i + 40]), torch.tensor(target[i : i + 40])
            one_step(net, opt, F.cross_entropy, features, labels, record)


@loop("loop-same-batch")
def iterator_made_each_time(watch, folder):
    data, target = numbers(width=4)
    net = Net(4, 1)
    opt = optim.Adam(net.parameters(), lr=1e-2)
    train = loader(data, target, 32, shuffle=False)
    record = watch(net, opt, loss="mse", folder=folder, steps=6)
    for _ in range(9):
        batches = iter(train)  # fault
        features, labels = next(batches)
        one_step(net, opt, F.mse_loss, features, labels, record)


# loop-correct


@loop("loop-correct")
def closure_of_one(watch, folder):
    data, target = numbers(width=4)
    net = Net(4, 1)
    opt = optim.Adam(net.parameters(), lr=1e-2)
    record = watch(net, opt, loss="mse", folder=folder, steps=6)
    for features, labels in loader(data, target, 32):

        def closure(features=features, labels=labels):
            opt.zero_grad()
            error = F.mse_loss(net(features), labels)
            record(features, labels, error)
            error.backward()
            return error

        opt.step(closure)


@loop("loop-correct")
def trained_bias_beside_a_frozen_weight(watch, folder):
    data, target = classes()
    net = Net(6, 3)
    for name, parameter in net.named_parameters():
        parameter.requires_grad = name.endswith("bias")
    opt = optim.Adam([p for p in net.parameters() if p.requires_grad], lr=1e-2)
    record = watch(net, opt, loss="cross_entropy", folder=folder, steps=6)
    for features, labels in loader(data, target, 50):
        one_step(net, opt, F.cross_entropy, features, labels, record)


@loop("loop-correct")
def one_row_at_a_time(watch, folder):
    data, target = numbers(width=4)
    net = Net(4, 1)
    opt = optim.SGD(net.parameters(), lr=1e-2)
    record = watch(net, opt, loss="mse", folder=folder, steps=6)
    for i in range(9):
        one_step(net, opt, F.mse_loss, data[i : i + 1], target[i : i + 1], record)


@loop("loop-correct")
def a_loss_of_ones_own(watch, folder):
    data, target = numbers(width=4)
    net = Net(4, 1)
    opt = optim.Adam(net.parameters(), lr=1e-2)

    def log_cosh(prediction, labels):
        return torch.log(torch.cosh(prediction - labels)).mean()

    record = watch(net, opt, loss=log_cosh, folder=folder, steps=6)
    for features, labels in loader(data, target, 32):
        one_step(net, opt, log_cosh, features, labels, record)
