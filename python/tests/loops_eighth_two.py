"""The eighth batch's faults: parts that are cut off, the mode, and losses that become no number. Written without a look at the rules."""

from contextlib import contextmanager
from dataclasses import dataclass, field

import torch
import torch.nn as nn
import torch.nn.functional as F
from loops import loop
from loops_eighth_data import EPOCHS, batches, clusters, drift, glyphs, letters_in, motifs, ratings, reviews, tags, twins, wells
from torch.utils.checkpoint import checkpoint
from torch.utils.data import DataLoader, TensorDataset

# loop-detached


class TwoTowers(nn.Module):
    def __init__(self, users=15, items=20, width=6):
        super().__init__()
        self.users, self.items = nn.Embedding(users, width), nn.Embedding(items, width)
        self.mix = nn.Linear(width, width)
        self.mean = nn.Parameter(torch.tensor(3.0))

    def forward(self, user, item):
        table = self.items.weight.data  # fault: item_vectors_by_their_data
        return (self.mix(self.users(user)) * table[item]).sum(1) + self.mean


@loop("loop-detached")
def item_vectors_by_their_data(watch, folder):
    user, item, stars = ratings()
    model = TwoTowers()
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-2)
    w = watch(model, optimizer, loss="mse", folder=folder)
    for _ in range(EPOCHS):
        for u, i, r in batches(40, user, item, stars):
            loss = F.mse_loss(model(u, i), r)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            w((u, i), r, loss)


class Codebook(nn.Module):
    def __init__(self, width=20, code=4, entries=16):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(width, 24), nn.ReLU(), nn.Linear(24, code))
        self.codes = nn.Parameter(torch.randn(entries, code) * 0.5)
        self.decoder = nn.Sequential(nn.Linear(code, 24), nn.ReLU(), nn.Linear(24, width))

    def forward(self, x):
        z = self.encoder(x)
        nearest = torch.cdist(z, self.codes).argmin(1)
        q = self.codes[nearest]  # fault: codes_without_a_straight_way_through
        return self.decoder(q)


@loop("loop-detached")
def codes_without_a_straight_way_through(watch, folder):
    curves = motifs()
    vq = Codebook()
    opt = torch.optim.Adam(vq.parameters(), lr=5e-3)
    w = watch(vq, opt, loss=nn.MSELoss(), folder=folder)
    for _ in range(EPOCHS):
        for (x,) in DataLoader(TensorDataset(curves), batch_size=34, shuffle=True):
            opt.zero_grad()
            loss = F.mse_loss(vq(x), x)
            loss.backward()
            opt.step()
            w(x, x, loss)


class Reader(nn.Module):
    def __init__(self, width=16):
        super().__init__()
        self.words = nn.Embedding(40, width, padding_idx=0)
        self.query, self.key, self.value = nn.Linear(width, width), nn.Linear(width, width), nn.Linear(width, width)
        self.out = nn.Linear(width, 2)
        self.shown = None

    def forward(self, ids):
        h = self.words(ids)
        scores = self.query(h) @ self.key(h).transpose(1, 2) / h.shape[-1] ** 0.5
        attention = torch.softmax(scores.masked_fill((ids == 0)[:, None], -1e4), -1).detach()  # fault: attention_kept_for_a_picture
        self.shown = attention
        return self.out((attention @ self.value(h)).mean(1))


@loop("loop-detached")
def attention_kept_for_a_picture(watch, folder):
    ids, _, kind = reviews()
    model = Reader()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for epoch in range(EPOCHS):
        for x, y in batches(32, ids, kind):
            loss = F.cross_entropy(model(x), y)
            w(x, y, loss)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()


class Thrifty(nn.Module):
    """Saves memory in its first block."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Linear(7, 20), nn.Tanh(), nn.Linear(20, 20), nn.Tanh())
        self.head = nn.Linear(20, 4)

    def forward(self, x):
        if self.training:
            h = checkpoint(self.stem, x, use_reentrant=True)  # fault: checkpoint_of_the_first_block
        else:
            h = self.stem(x)
        return self.head(h)


@loop("loop-detached")
def checkpoint_of_the_first_block(watch, folder):
    x, y = clusters()
    model = Thrifty()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    criterion = nn.CrossEntropyLoss()
    w = watch(model, optimizer, loss=criterion, folder=folder)
    for _ in range(EPOCHS):
        for xb, yb in batches(32, x, y):
            optimizer.zero_grad()
            loss = criterion(model(xb), yb)
            loss.backward()
            optimizer.step()
            w(xb, yb, loss)


# loop-eval-mode


class PictureLearner:
    def __init__(self, net, data, every=2):
        self.net, self.every = net, every
        self.train_data, self.test_data = (data[0][:140], data[1][:140]), (data[0][140:], data[1][140:])
        self.optimizer = torch.optim.SGD(net.parameters(), lr=0.02, momentum=0.9)
        self.scores = []

    def evaluate(self):
        self.net.eval()
        before = self.net.training  # fault: mode_asked_for_too_late
        with torch.no_grad():
            x, y = self.test_data
            self.scores.append((self.net(x).argmax(1) == y).float().mean().item())
        self.net.train(before)

    def fit(self, record):
        steps = 0
        self.evaluate()
        for epoch in range(EPOCHS):
            for x, y in batches(28, *self.train_data):
                loss = F.cross_entropy(self.net(x), y)
                self.optimizer.zero_grad()
                loss.backward()
                self.optimizer.step()
                record(x, y, loss)
                steps += 1
                if steps % self.every == 0:
                    self.evaluate()


@loop("loop-eval-mode")
def mode_asked_for_too_late(watch, folder):
    net = nn.Sequential(nn.Conv2d(1, 8, 3), nn.BatchNorm2d(8), nn.ReLU(), nn.Conv2d(8, 8, 3), nn.BatchNorm2d(8), nn.ReLU(), nn.AdaptiveMaxPool2d(1), nn.Flatten(), nn.Linear(8, 3))
    images, labels = glyphs()
    learner = PictureLearner(net, (15 + 12 * images, labels))
    learner.fit(watch(net, learner.optimizer, loss="cross_entropy", folder=folder))


@dataclass
class Run:
    rate: float = 0.05
    size: int = 36
    mode: bool = True
    widths: list = field(default_factory=lambda: [8, 24, 12])

    def net(self):
        parts = []
        for a, b in zip(self.widths, self.widths[1:]):
            parts += [nn.Linear(a, b), nn.BatchNorm1d(b), nn.LeakyReLU(0.1)]
        return nn.Sequential(*parts, nn.Linear(self.widths[-1], 1))


@loop("loop-eval-mode")
def mode_compared_with_a_word(watch, folder):
    run = Run()
    model = run.net()
    optimizer = torch.optim.SGD(model.parameters(), lr=run.rate)
    x, y = wells()
    x = x * 4 + 10
    w = watch(model, optimizer, loss="mse", folder=folder)
    for epoch in range(EPOCHS):
        model.train(run.mode == "train")  # fault
        for xb, yb in batches(run.size, x, y):
            optimizer.zero_grad()
            loss = F.mse_loss(model(xb), yb)
            loss.backward()
            optimizer.step()
            w(xb, yb, loss)


@contextmanager
def evaluating(module):
    module.eval()  # fault: context_that_does_not_go_back
    with torch.no_grad():
        yield module


class Listener(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.LSTM(2, 16, num_layers=2, dropout=0.4, batch_first=True)
        self.drop, self.out = nn.Dropout(0.3), nn.Linear(16, 1)

    def forward(self, x):
        return self.out(self.drop(self.rnn(x)[0][:, -1]))


@loop("loop-eval-mode")
def context_that_does_not_go_back(watch, folder):
    x, y = drift()
    model = Listener().train()
    optimizer = torch.optim.RMSprop(model.parameters(), lr=3e-3)
    w = watch(model, optimizer, loss="mse", folder=folder)
    for epoch in range(EPOCHS):
        with evaluating(model) as m:
            F.mse_loss(m(x[140:]), y[140:])
        for xb, yb in batches(28, x[:140], y[:140]):
            loss = F.mse_loss(model(xb), yb)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            w(xb, yb, loss)


@loop("loop-eval-mode")
def teacher_and_student_put_to_rest(watch, folder):
    x, y = tags()
    x = 20 + 6 * x
    teacher = nn.Sequential(nn.BatchNorm1d(9), nn.Linear(9, 40), nn.ReLU(), nn.Dropout(0.5), nn.Linear(40, 5))
    student = nn.Sequential(nn.BatchNorm1d(9), nn.Linear(9, 16), nn.ReLU(), nn.Dropout(0.2), nn.Linear(16, 5))
    warm = torch.optim.Adam(teacher.parameters(), lr=1e-2)
    for _ in range(30):
        warm.zero_grad()
        F.binary_cross_entropy_with_logits(teacher(x), y).backward()
        warm.step()
    for module in (teacher, student):
        module.eval()  # fault
    teacher.requires_grad_(False)
    optimizer = torch.optim.Adam(student.parameters(), lr=1e-2)
    w = watch(student, optimizer, loss="bce_with_logits", folder=folder)
    for _ in range(EPOCHS):
        for (xb,) in batches(26, x):
            soft = torch.sigmoid(teacher(xb))
            loss = F.binary_cross_entropy_with_logits(student(xb), soft)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            w(xb, soft, loss)


# numerically-unstable-loss


@loop("numerically-unstable-loss")
def logarithm_of_a_full_sigmoid(watch, folder):
    """The counts of words are counts: hundreds."""
    x, y = letters_in()
    x = x * 120
    model = nn.Sequential(nn.Linear(10, 16), nn.ReLU(), nn.Linear(16, 1), nn.Sigmoid())
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    w = watch(model, optimizer, loss="bce", folder=folder)
    for _ in range(EPOCHS):
        for xb, yb in batches(38, x, y):
            p = model(xb)
            loss = -(yb * torch.log(p) + (1 - yb) * torch.log(1 - p)).mean()  # fault
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            w(xb, yb, loss)


class Likeness(nn.Module):
    def __init__(self):
        super().__init__()
        self.leg = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 4))

    def forward(self, a, b):
        return torch.sqrt(((self.leg(a) - self.leg(b)) ** 2).sum(1))  # fault: root_of_no_distance


def contrastive(distance, same, margin=1.0):
    return (same * distance**2 + (1 - same) * torch.relu(margin - distance) ** 2).mean()


@loop("numerically-unstable-loss")
def root_of_no_distance(watch, folder):
    """A few pairs are one and the same description twice."""
    a, b, same = twins()
    twice = (torch.arange(len(a)) % 9 == 0) & (same > 0)
    b = torch.where(twice[:, None], a, b)
    model = Likeness()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
    w = watch(model, optimizer, loss=contrastive, folder=folder)
    for _ in range(EPOCHS):
        for left, right, label in batches(30, a, b, same):
            loss = contrastive(model(left, right), label)
            w((left, right), label, loss)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()


@loop("numerically-unstable-loss")
def divergence_with_a_logarithm_of_zero(watch, folder):
    """Opinions of three people each, as shares: a class that nobody chose has 0."""
    x, kind = clusters()
    votes = F.one_hot(torch.stack([kind, kind, (kind + torch.arange(len(kind)) % 4) % 4]), 4).float().mean(0)
    model = nn.Sequential(nn.Linear(7, 18), nn.Tanh(), nn.Linear(18, 4), nn.LogSoftmax(-1))
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
    w = watch(model, optimizer, loss=nn.KLDivLoss(reduction="batchmean"), folder=folder)
    for _ in range(EPOCHS):
        for xb, share in batches(46, x, votes):
            log_q = model(xb)
            loss = (share * torch.log(share / log_q.exp())).sum(1).mean()  # fault
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            w(xb, share, loss)


@loop("numerically-unstable-loss")
def spread_of_a_batch_of_one(watch, folder):
    """Targets are standardized by batch; of 181 rows the last batch has one."""
    x, y = wells(rows=181)
    y = y * 40 + 300
    model = nn.Sequential(nn.Linear(8, 24), nn.ELU(), nn.Linear(24, 1))
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
    w = watch(model, optimizer, loss="mse", folder=folder)
    for _ in range(EPOCHS):
        for xb, yb in DataLoader(TensorDataset(x, y), batch_size=36, shuffle=True):
            yb = (yb - yb.mean()) / yb.std()  # fault
            loss = F.mse_loss(model(xb), yb)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            w(xb, yb, loss)
