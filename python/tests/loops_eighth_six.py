"""The eighth batch's faults: the rate, and again some of all kinds. Written without a look at the rules."""

import torch
import torch.nn as nn
import torch.nn.functional as F
from loops import loop
from loops_eighth_data import EPOCHS, batches, clusters, glyphs, tags, wells
from torch import optim
from torch.optim import lr_scheduler
from torch.utils.data import DataLoader, TensorDataset

# loop-rate-changed


@loop("loop-rate-changed")
def halved_at_each_batch(watch, folder):
    x, y = tags()
    model = nn.Sequential(nn.Linear(9, 24), nn.ReLU(), nn.Linear(24, 5))
    optimizer = optim.SGD(model.parameters(), lr=0.5)
    scheduler = lr_scheduler.ExponentialLR(optimizer, gamma=0.5)
    w = watch(model, optimizer, loss="bce_with_logits", folder=folder)
    for _ in range(EPOCHS * 2):
        for xb, yb in batches(26, x, y):
            optimizer.zero_grad()
            loss = F.binary_cross_entropy_with_logits(model(xb), yb)
            loss.backward()
            optimizer.step()
            scheduler.step()  # fault
            w(xb, yb, loss)


class Engine:
    def __init__(self, net, rate, epochs):
        self.net, self.epochs = net, epochs
        self.optimizer = optim.Adam(net.parameters(), lr=rate)
        self.scheduler = lr_scheduler.PolynomialLR(self.optimizer, total_iters=epochs, power=2)

    def step(self, x, y):
        loss = F.mse_loss(self.net(x), y)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        self.scheduler.step()  # fault: polynomial_that_counts_epochs
        return loss


@loop("loop-rate-changed")
def polynomial_that_counts_epochs(watch, folder):
    x, y = wells()
    engine = Engine(nn.Sequential(nn.Linear(8, 24), nn.Mish(), nn.Linear(24, 1)), 1e-2, EPOCHS)
    w = watch(engine.net, engine.optimizer, loss="mse", folder=folder)
    for epoch in range(engine.epochs):
        for xb, yb in batches(20, x, y):
            w(xb, yb, engine.step(xb, yb))


@loop("loop-rate-changed")
def plateau_of_single_batches(watch, folder):
    """Losses of batches go up and down, and each time up costs a tenth."""
    images, labels = glyphs()
    net = nn.Sequential(nn.Conv2d(1, 8, 3), nn.ReLU(), nn.AdaptiveMaxPool2d(2), nn.Flatten(), nn.Linear(32, 3))
    opt = optim.Adam(net.parameters(), lr=5e-3)
    plateau = lr_scheduler.ReduceLROnPlateau(opt, factor=0.1, patience=0)
    w = watch(net, opt, loss="cross_entropy", folder=folder)
    for epoch in range(EPOCHS * 2):
        for img, lab in DataLoader(TensorDataset(images, labels), batch_size=21, shuffle=True):
            opt.zero_grad()
            loss = F.cross_entropy(net(img), lab)
            loss.backward()
            opt.step()
            plateau.step(loss.item())  # fault
            w(img, lab, loss)


def adjust_learning_rate(optimizer, step, every=2):
    for group in optimizer.param_groups:
        group["lr"] = group["lr"] * 0.5 ** (step // every)  # fault: decay_of_what_is_decayed


@loop("loop-rate-changed")
def decay_of_what_is_decayed(watch, folder):
    x, y = clusters()
    model = nn.Sequential(nn.Linear(7, 20), nn.Tanh(), nn.Linear(20, 4))
    optimizer = optim.SGD(model.parameters(), lr=0.3, momentum=0.9)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    step = 0
    for epoch in range(EPOCHS * 2):
        for xb, yb in batches(30, x, y):
            adjust_learning_rate(optimizer, step)
            loss = F.cross_entropy(model(xb), yb)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            w(xb, yb, loss)
            step += 1
