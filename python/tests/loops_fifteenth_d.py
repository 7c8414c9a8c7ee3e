"""Fifteenth batch, blind: a rate that is changed, weights that are overwritten."""

import copy

import torch
from loops import classes, loader, loop, numbers, pictures
from torch import nn
from torch.nn import functional as F

# loop-rate-changed


@loop("loop-rate-changed")
def warm_up_of_the_paper(watch, folder):
    """Forums: 'LambdaLR and the Noam schedule'."""
    g = torch.Generator().manual_seed(1)
    ids = torch.randint(0, 20, (320, 6), generator=g)
    y = (ids // 10).float().mean(1, keepdim=True)
    base = 4e-3

    class Mean(nn.Module):
        def __init__(self):
            super().__init__()
            self.emb = nn.Embedding(20, 16)
            self.layer = nn.TransformerEncoderLayer(16, 2, 32, dropout=0.0, batch_first=True)
            self.out = nn.Linear(16, 1)

        def forward(self, ids):
            return self.out(self.layer(self.emb(ids)).mean(1))

    def noam(step, warm=8):
        return base * min((step + 1) / warm, 1.0)  # fault

    model = Mean()
    optimizer = torch.optim.AdamW(model.parameters(), lr=base)
    w = watch(model, optimizer, loss="mse", folder=folder)
    scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, noam)
    for epoch in range(5):
        for xb, yb in loader(ids, y, 32):
            optimizer.zero_grad()
            loss = F.mse_loss(model(xb), yb)
            loss.backward()
            optimizer.step()
            scheduler.step()
            w(xb, yb, loss)


@loop("loop-rate-changed")
def follows_the_accuracy(watch, folder):
    """Kaggle kernel: ReduceLROnPlateau with the metric of the competition."""
    x, y = classes(360, 6, 5, seed=3)
    net = nn.Sequential(nn.Linear(6, 24), nn.ReLU(), nn.Linear(24, 5))
    optimizer = torch.optim.SGD(net.parameters(), lr=0.05)
    scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, factor=0.3, patience=1)  # fault
    w = watch(net, optimizer, loss=nn.CrossEntropyLoss(), folder=folder)
    seen = right = 0
    for epoch in range(7):
        for xb, yb in loader(x, y, 20):
            logits = net(xb)
            loss = F.cross_entropy(logits, yb)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            w(xb, yb, loss)
            right += (logits.argmax(1) == yb).sum().item()
            seen += len(yb)
            if seen % 40 == 0:
                scheduler.step(right / seen)


def poly_lr(optimizer, base_lr, it, max_iter, power=0.9):
    lr = base_lr * max(0.0, 1 - it / max_iter) ** power
    for group in optimizer.param_groups:
        group["lr"] = lr


@loop("loop-rate-changed")
def polynomial_as_in_segmentation(watch, folder):
    """GitHub, a segmentation repository: 'loss freezes early in the first epoch'."""
    x, _ = pictures(240, seed=2)
    mask = (F.avg_pool2d(x, 3, 1, 1) > 0.9).float()
    net = nn.Sequential(nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 1, 3, padding=1))
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
    epochs = 7
    train = loader(x, mask, 20)
    w = watch(net, optimizer, loss="bce_with_logits", folder=folder)
    it = 0
    for epoch in range(epochs):
        for xb, mb in train:
            poly_lr(optimizer, 1e-2, it, max_iter=epochs)  # fault
            loss = F.binary_cross_entropy_with_logits(net(xb), mb)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            w(xb, mb, loss)
            it += 1


# loop-weights-overwritten


def soft_update(target, source, tau):
    with torch.no_grad():
        for t, s in zip(target.parameters(), source.parameters()):
            t.copy_(tau * s + (1 - tau) * t)


@loop("loop-weights-overwritten")
def values_of_states(watch, folder):
    """Deep RL course: 'the critic never gets off the ground'."""
    g = torch.Generator().manual_seed(3)
    states = torch.randn(600, 4, generator=g)
    rewards = 3 * states[:, :1] + states[:, 1:2] ** 2
    following = 0.5 * states + 0.3 * torch.randn(600, 4, generator=g)
    critic = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 1))
    critic_target = copy.deepcopy(critic)
    optimizer = torch.optim.Adam(critic.parameters(), lr=1e-2)
    w = watch(critic, optimizer, loss="mse", folder=folder)
    for step in range(100):
        at = torch.randint(0, 600, (48,), generator=g)
        with torch.no_grad():
            aim = rewards[at] + 0.5 * critic_target(following[at])
        loss = F.mse_loss(critic(states[at]), aim)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        w(states[at], aim, loss)
        soft_update(critic, critic_target, tau=0.1)  # fault


def init_weights(m):
    if isinstance(m, nn.Linear):
        nn.init.xavier_uniform_(m.weight)
        nn.init.zeros_(m.bias)


class Experiment:
    def __init__(self, model, lr):
        self.model = model
        self.optimizer = torch.optim.NAdam(model.parameters(), lr=lr)

    def prepare(self):
        self.model.train()
        self.model.apply(init_weights)  # fault: experiment_is_prepared

    def run(self, data, epochs, report):
        for epoch in range(epochs):
            self.prepare()
            for xb, yb in data:
                self.optimizer.zero_grad()
                loss = F.cross_entropy(self.model(xb), yb)
                loss.backward()
                self.optimizer.step()
                report(xb, yb, loss)


@loop("loop-weights-overwritten")
def experiment_is_prepared(watch, folder):
    x, y = classes(240, 6, 4, seed=4)
    model = nn.Sequential(nn.Linear(6, 20), nn.ReLU(), nn.Linear(20, 20), nn.ReLU(), nn.Linear(20, 4))
    experiment = Experiment(model, lr=3e-3)
    w = watch(model, experiment.optimizer, loss="cross_entropy", folder=folder)
    experiment.run(loader(x, y, 60), 12, w)


def to_grid(model, bits=4):
    """Symmetric, one scale for each tensor."""
    with torch.no_grad():
        for p in model.parameters():
            scale = p.abs().max() / (2 ** (bits - 1) - 1)
            if scale > 0:
                p.copy_((p / scale).round() * scale)


@loop("loop-weights-overwritten")
def net_for_a_microcontroller(watch, folder):
    """Stack Overflow: 'training with 4 bit weights, nothing moves'."""
    x, y = numbers(320, seed=7)
    net = nn.Sequential(nn.Linear(5, 24), nn.ReLU(), nn.Linear(24, 1))
    opt = torch.optim.SGD(net.parameters(), lr=0.02)
    w = watch(net, opt, loss="mse", folder=folder)
    for epoch in range(10):
        for xb, yb in loader(x, y, 32):
            loss = F.mse_loss(net(xb), yb)
            opt.zero_grad()
            loss.backward()
            opt.step()
            w(xb, yb, loss)
            to_grid(net)  # fault
