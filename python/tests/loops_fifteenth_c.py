"""Fifteenth batch, blind: gradients that are changed, another loss, shapes that broadcast."""

from dataclasses import dataclass

import torch
from loops import classes, loader, loop, numbers, waves, yes_no
from torch import nn
from torch.nn import functional as F

# loop-gradients-changed


@dataclass
class Config:
    lr: float = 0.005
    clip: float = 5.0
    momentum: float = 0.9
    epochs: int = 6


@loop("loop-gradients-changed")
def settings_in_a_dataclass(watch, folder):
    """Word-language-model example, its args turned into a dataclass."""
    x, y = waves(240, seed=2)

    class Forecast(nn.Module):
        def __init__(self):
            super().__init__()
            self.lstm = nn.LSTM(1, 14, batch_first=True)
            self.fc = nn.Linear(14, 1)

        def forward(self, s):
            return self.fc(self.lstm(s)[0][:, -1])

    cfg = Config(lr=0.05)
    model = Forecast()
    optimizer = torch.optim.SGD(model.parameters(), lr=cfg.lr, momentum=cfg.momentum)
    w = watch(model, optimizer, loss="mse", folder=folder)
    for epoch in range(cfg.epochs):
        for s, t in loader(x, y, 24):
            optimizer.zero_grad()
            loss = F.mse_loss(model(s), t)
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), cfg.lr)  # fault
            optimizer.step()
            w(s, t, loss)


@loop("loop-gradients-changed")
def average_over_the_rows(watch, folder):
    """Course exercise, redone with nn.MSELoss."""
    x, y = numbers(300)
    net = nn.Sequential(nn.Linear(5, 16), nn.Sigmoid(), nn.Linear(16, 1))
    opt = torch.optim.SGD(net.parameters(), lr=0.3)
    criterion = nn.MSELoss()
    w = watch(net, opt, loss=criterion, folder=folder)
    for epoch in range(6):
        for xb, yb in loader(x, y, 25):
            opt.zero_grad()
            loss = criterion(net(xb), yb)
            loss.backward()
            for p in net.parameters():
                p.grad /= len(x)  # fault
            opt.step()
            w(xb, yb, loss)


@loop("loop-gradients-changed")
def private_training(watch, folder):
    """Differential privacy by hand: clip, then add the noise of the paper."""
    x, y = classes(400, 6, 3, seed=5)
    model = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 3))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.2)
    max_norm, sigma, batch = 1.0, 1.1, 40
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for epoch in range(6):
        for xb, yb in loader(x, y, batch):
            loss = F.cross_entropy(model(xb), yb)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), max_norm)
            for p in model.parameters():
                p.grad.add_(torch.randn_like(p) * sigma * max_norm)  # fault
            optimizer.step()
            w(xb, yb, loss)


# loop-other-loss


def distance_to_teacher(logits, probabilities):
    return F.kl_div(F.log_softmax(logits, 1), probabilities, reduction="batchmean")


@loop("loop-other-loss")
def answers_of_the_big_net(watch, folder):
    """Stack Overflow: 'KLDivLoss is negative'."""
    x, y = classes(320, 6, 4, seed=7)
    with torch.no_grad():
        soft = torch.softmax(F.one_hot(y, 4).float() * 4 + 0.3 * torch.randn(320, 4), 1)
    net = nn.Sequential(nn.Linear(6, 24), nn.ReLU(), nn.Linear(24, 4))
    opt = torch.optim.Adam(net.parameters(), lr=5e-3)
    w = watch(net, opt, loss=distance_to_teacher, folder=folder)
    for epoch in range(6):
        for xb, tb in loader(x, soft, 32):
            opt.zero_grad()
            loss = F.kl_div(F.softmax(net(xb), dim=1), tb, reduction="batchmean")  # fault
            loss.backward()
            opt.step()
            w(xb, tb, loss)


class Twins(nn.Module):
    """x: the two pictures of a pair, one after the other; the cosine of their embeddings."""

    def __init__(self, width=10, dim=8):
        super().__init__()
        self.embed = nn.Sequential(nn.Linear(width, 24), nn.ReLU(), nn.Linear(24, dim))

    def forward(self, pairs):
        return F.cosine_similarity(self.embed(pairs[:, 0]), self.embed(pairs[:, 1]))


def apart(similarity, same):
    """same: 1 for a pair that belongs together, -1 for one that does not."""
    return (1 - same * similarity).mean()


@loop("loop-other-loss")
def pairs_that_belong_together(watch, folder):
    """Reddit: 'siamese net, loss goes down nicely, retrieval is worse than random'."""
    g = torch.Generator().manual_seed(8)
    kind = torch.randint(0, 2, (320, 2), generator=g)
    pairs = torch.randn(2, 10, generator=g)[kind] + 0.7 * torch.randn(320, 2, 10, generator=g)
    same = (kind[:, 0] == kind[:, 1]).float() * 2 - 1
    model = Twins()
    optimizer = torch.optim.AdamW(model.parameters(), lr=5e-3)
    w = watch(model, optimizer, loss=apart, folder=folder)
    for epoch in range(6):
        for pb, sb in loader(pairs, same, 32):
            similarity = model(pb)
            loss = (sb * similarity).mean()  # fault
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            w(pb, sb, loss)


@loop("loop-other-loss")
def warning_about_a_dim(watch, folder):
    """'Implicit dimension choice for log_softmax has been deprecated', so a dim was given."""
    x, y = classes(600, 7, 3, seed=9)
    often = (y == 0) | (torch.arange(600) % 6 == 0)
    x, y = x[often] + 2 * torch.randn(int(often.sum()), 7), y[often]
    net = nn.Sequential(nn.Linear(7, 20), nn.Tanh(), nn.Linear(20, 3))
    sgd = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
    w = watch(net, sgd, loss="cross_entropy", folder=folder)
    for epoch in range(6):
        for xb, yb in loader(x, y, 33):
            log_p = F.log_softmax(net(xb), dim=0)  # fault
            loss = F.nll_loss(log_p, yb)
            sgd.zero_grad()
            loss.backward()
            sgd.step()
            w(xb, yb, loss)


# loop-broadcast


class NextValue(nn.Module):
    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(1, 12, batch_first=True)
        self.fc = nn.Linear(12, 1)

    def forward(self, s):
        return self.fc(self.gru(s)[0])[:, -1, 0]  # fault: last_step_of_the_first_feature


@loop("loop-broadcast")
def last_step_of_the_first_feature(watch, folder):
    """Forums: 'time series, the forecast is a flat line'."""
    x, y = waves(240, seed=3)
    model = NextValue()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    criterion = nn.HuberLoss()
    w = watch(model, optimizer, loss=criterion, folder=folder)
    for epoch in range(8):
        for s, t in loader(x, y, 24):
            optimizer.zero_grad()
            loss = criterion(model(s), t)
            loss.backward()
            optimizer.step()
            w(s, t, loss)


def log_loss(logit, y):
    return -(y * F.logsigmoid(logit) + (1 - y) * F.logsigmoid(-logit)).mean()


@loop("loop-broadcast")
def logistic_regression_by_hand(watch, folder):
    """Course: 'implement the loss yourself'."""
    x, y = yes_no(300)
    labels = y[:, 0]
    model = nn.Linear(4, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
    w = watch(model, optimizer, loss=log_loss, folder=folder)
    for epoch in range(6):
        order = torch.randperm(300)
        for at in order.split(30):
            out = model(x[at])
            loss = log_loss(out, labels[at])  # fault
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            w(x[at], labels[at], loss)


def weighted_squares(out, target):
    """target: the value and its weight."""
    return (target[:, 1] * (out[:, 0] - target[:, 0]) ** 2).mean()


@loop("loop-broadcast")
def measurements_with_weights(watch, folder):
    """Stack Overflow: 'sample weights in PyTorch have no effect'."""
    x, y = numbers(400, seed=6)
    weight = (torch.arange(400) % 4 != 0).float()
    y = y + (1 - weight[:, None]) * 9
    target = torch.cat([y, weight[:, None] * 4 / 3], 1)
    net = nn.Sequential(nn.Linear(5, 24), nn.CELU(), nn.Linear(24, 1))
    opt = torch.optim.Adam(net.parameters(), lr=1e-2)
    w = watch(net, opt, loss=weighted_squares, folder=folder)
    for epoch in range(8):
        for xb, tb in loader(x, target, 40):
            value, sample_weight = tb[:, :1], tb[:, 1]
            squares = F.mse_loss(net(xb), value, reduction="none")
            loss = (squares * sample_weight).mean()  # fault
            opt.zero_grad()
            loss.backward()
            opt.step()
            w(xb, tb, loss)
