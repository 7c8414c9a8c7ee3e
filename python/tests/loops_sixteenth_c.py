"""Sixteenth batch, blind: shapes, rates, overwritten weights, rows that do not fit, the same rows."""

import copy

import numpy as np
import torch
from loops import classes, loader, loop, numbers, pictures, yes_no
from torch import nn
from torch.nn import functional as F

# loop-broadcast


class Price(nn.Module):
    def __init__(self, mended=False):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(5, 24), nn.ReLU(), nn.Linear(24, 1))
        self.mended = mended

    def forward(self, x):
        out = self.layers(x)
        return out if self.mended else out.squeeze()  # fault: price_of_a_flat


@loop("loop-broadcast")
def price_of_a_flat(watch, folder, mended=False):
    x, y = numbers(320)
    model = Price(mended)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    criterion = nn.MSELoss()
    w = watch(model, optimizer, loss=criterion, folder=folder)
    for epoch in range(8):
        for xb, yb in loader(x, y, 32):
            loss = criterion(model(xb), yb)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            w(xb, yb, loss)


@loop("loop-broadcast")
def denoiser_of_signals(watch, folder, mended=False):
    """Conv1d, one channel in, one channel out."""
    g = torch.Generator().manual_seed(1)
    t = torch.arange(16) * 0.4
    clean = torch.sin(6.3 * torch.rand(240, 1, generator=g) + t)
    noisy = (clean + 0.3 * torch.randn(240, 16, generator=g)).unsqueeze(1)
    net = nn.Sequential(nn.Conv1d(1, 8, 5, padding=2), nn.ReLU(), nn.Conv1d(8, 1, 5, padding=2))
    opt = torch.optim.RMSprop(net.parameters(), lr=5e-3)
    w = watch(net, opt, loss="l1", folder=folder)
    for epoch in range(10):
        order = torch.randperm(240)
        for k in range(0, 240, 30):
            at = order[k:k + 30]
            target = clean[at].unsqueeze(1) if mended else clean[at]
            loss = (net(noisy[at]) - target).abs().mean()  # fault
            opt.zero_grad()
            loss.backward()
            opt.step()
            w(noisy[at], target, loss)


# loop-rate-changed


@loop("loop-rate-changed")
def stride_two_and_plain_sgd(watch, folder, mended=False):
    x, y = pictures(240)
    epochs = 5
    model = nn.Sequential(nn.Conv2d(1, 6, 3, stride=2), nn.ReLU(), nn.Flatten(), nn.Linear(54, 2))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
    scheduler = torch.optim.lr_scheduler.PolynomialLR(optimizer, total_iters=epochs, power=1.0)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for epoch in range(epochs):
        for xb, yb in loader(x, y, 20):
            optimizer.zero_grad()
            loss = F.cross_entropy(model(xb), yb)
            loss.backward()
            optimizer.step()
            w(xb, yb, loss)
            if not mended:
                scheduler.step()  # fault
        if mended:
            scheduler.step()


BASE = 1e-2


def adjust_learning_rate(optimizer, step, every, mended):
    """A tenth less every so many steps."""
    factor = 0.9 ** (step // every)
    for group in optimizer.param_groups:
        group["lr"] = BASE * factor if mended else group["lr"] * factor  # fault: amsgrad_on_numbers


@loop("loop-rate-changed")
def amsgrad_on_numbers(watch, folder, mended=False):
    x, y = numbers(300)
    net = nn.Sequential(nn.Linear(5, 32), nn.GELU(), nn.Linear(32, 1))
    optimizer = torch.optim.Adam(net.parameters(), lr=BASE, amsgrad=True)
    w = watch(net, optimizer, loss=nn.HuberLoss(), folder=folder)
    step = 0
    for epoch in range(12):
        for xb, yb in loader(x, y, 30):
            adjust_learning_rate(optimizer, step, 3, mended)
            loss = F.huber_loss(net(xb), yb)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            w(xb, yb, loss)
            step += 1


# loop-weights-overwritten


class Shadow:
    """Moving average of the weights, for the evaluation."""

    def __init__(self, model, decay=0.99):
        self.decay = decay
        self.values = {n: p.detach().clone() for n, p in model.named_parameters()}
        self.backup = {}

    def update(self, model):
        for n, p in model.named_parameters():
            self.values[n].mul_(self.decay).add_(p.detach(), alpha=1 - self.decay)

    def apply(self, model):
        for n, p in model.named_parameters():
            self.backup[n] = p.detach().clone()
            p.data.copy_(self.values[n])

    def restore(self, model):
        for n, p in model.named_parameters():
            p.data.copy_(self.backup[n])


@loop("loop-weights-overwritten")
def momentum_with_a_shadow(watch, folder, mended=False):
    x, y = classes(400, 6, 3)
    model = nn.Sequential(nn.Linear(6, 20), nn.ReLU(), nn.Linear(20, 3))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    shadow = Shadow(model)
    w = watch(model, optimizer, loss=nn.CrossEntropyLoss(), folder=folder)
    history, i = [], 0
    for epoch in range(4):
        for xb, yb in loader(x[:320], y[:320], 32):
            loss = F.cross_entropy(model(xb), yb)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            w(xb, yb, loss)
            shadow.update(model)
            i += 1
            if i % 2 == 0:
                shadow.apply(model)  # fault
                with torch.no_grad():
                    history.append(F.cross_entropy(model(x[320:]), y[320:]).item())
                if mended:
                    shadow.restore(model)


@loop("loop-weights-overwritten")
def folds_of_a_cross_validation(watch, folder, mended=False):
    """Every fold is to start from the same weights."""
    x, y = yes_no(300)
    net = nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 1))
    start = copy.deepcopy(net.state_dict())
    opt = torch.optim.Adam(net.parameters(), lr=2e-2)
    criterion = nn.BCEWithLogitsLoss()
    w = watch(net, opt, loss=criterion, folder=folder)
    fold = torch.arange(300) % 3
    for k in range(1):  # the other folds run on other machines
        train = fold != k
        if mended:
            net.load_state_dict(start)
        for epoch in range(8):
            for xb, yb in loader(x[train], y[train], 20):
                if not mended:
                    net.load_state_dict(start)  # fault
                opt.zero_grad()
                loss = criterion(net(xb), yb)
                loss.backward()
                opt.step()
                w(xb, yb, loss)


# loop-misaligned-targets


class Summer(nn.Module):
    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(1, 16, batch_first=True)
        self.out = nn.Linear(16, 1)

    def forward(self, x):
        return self.out(self.gru(x)[1][-1])


@loop("loop-misaligned-targets")
def sequences_of_unequal_length(watch, folder, mended=False):
    """Longest first, as pack_padded_sequence used to want it."""
    g = torch.Generator().manual_seed(6)
    lengths = torch.randint(2, 9, (320,), generator=g)
    mask = (torch.arange(8) >= 8 - lengths[:, None]).float()
    seq = (torch.randn(320, 8, generator=g) * mask).unsqueeze(-1)
    total = seq.sum(1) / 2
    model = Summer()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    w = watch(model, optimizer, loss="mse", folder=folder)
    for epoch in range(10):
        order = torch.randperm(320)
        for at in order.split(32):
            xb, yb, n = seq[at], total[at], lengths[at]
            n, longest = n.sort(descending=True)
            xb = xb[longest]  # fault
            if mended:
                yb = yb[longest]
            loss = F.mse_loss(model(xb), yb)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            w(xb, yb, loss)


def with_mirrored(x, y, mended):
    """Each picture and its mirror image."""
    x = torch.cat([x, x.flip(-1)])
    return x, (y.repeat(2) if mended else y.repeat_interleave(2))  # fault: pictures_and_their_mirror_images


@loop("loop-misaligned-targets")
def pictures_and_their_mirror_images(watch, folder, mended=False):
    x, y = pictures(200)
    net = nn.Sequential(nn.Conv2d(1, 6, 3), nn.ReLU(), nn.AvgPool2d(2), nn.Flatten(), nn.Linear(54, 2))
    opt = torch.optim.AdamW(net.parameters(), lr=1e-2)
    ce = nn.CrossEntropyLoss()
    w = watch(net, opt, loss=ce, folder=folder)
    for epoch in range(6):
        for images, labels in loader(x, y, 20):
            images, labels = with_mirrored(images, labels, mended)
            opt.zero_grad()
            loss = ce(net(images), labels)
            loss.backward()
            opt.step()
            w(images, labels, loss)


# loop-same-batch


@loop("loop-same-batch")
def noisy_classes_by_the_step(watch, folder, mended=False):
    x, y = classes(320, 6, 3, seed=8)
    y = torch.where(torch.rand(320, generator=torch.Generator().manual_seed(0)) < 0.2, (y + 1) % 3, y)
    data = loader(x, y, 16, shuffle=False)
    model = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 3))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    it, step = iter(data), 0
    while step < 120:
        if mended:
            try:
                xb, yb = next(it)
            except StopIteration:
                it = iter(data)
                xb, yb = next(it)
        else:
            xb, yb = next(iter(data))  # fault
        loss = F.cross_entropy(model(xb), yb)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        w(xb, yb, loss)
        step += 1


class Batches:
    def __init__(self, x, y, size, seed=42, mended=False):
        self.x, self.y, self.size, self.seed, self.mended = x, y, size, seed, mended
        self.rng = np.random.default_rng(seed)

    def draw(self):
        rng = self.rng if self.mended else np.random.default_rng(self.seed)  # fault: ten_columns_with_momentum
        at = torch.from_numpy(rng.choice(len(self.x), self.size, replace=False))
        return self.x[at], self.y[at]


@loop("loop-same-batch")
def ten_columns_with_momentum(watch, folder, mended=False):
    x, y = numbers(300, width=10)
    batches = Batches(x, y, 12, mended=mended)
    net = nn.Sequential(nn.Linear(10, 24), nn.ELU(), nn.Linear(24, 1))
    opt = torch.optim.SGD(net.parameters(), lr=0.03, momentum=0.9)
    w = watch(net, opt, loss=nn.MSELoss(), folder=folder)
    for step in range(120):
        xb, yb = batches.draw()
        loss = F.mse_loss(net(xb), yb)
        opt.zero_grad()
        loss.backward()
        opt.step()
        w(xb, yb, loss)
