"""Fourteenth batch, blind: gradients changed, other losses, shapes that spread."""

from dataclasses import dataclass, field

import torch
from loops import classes, loader, loop, numbers, waves
from torch import nn
from torch.nn import functional as F

# loop-gradients-changed


@dataclass
class Settings:
    lr: float = 0.05
    clip: float = 1.0
    weight_decay: float = 1e-4
    epochs: int = 6
    sizes: list = field(default_factory=lambda: [6, 32, 3])


class ClassifierRun:
    def __init__(self, settings, watch, folder):
        self.s = settings
        a, b, c = settings.sizes
        self.model = nn.Sequential(nn.Linear(a, b), nn.LeakyReLU(), nn.Linear(b, c))
        self.opt = torch.optim.SGD(self.model.parameters(), lr=settings.lr, weight_decay=settings.weight_decay)
        self.w = watch(self.model, self.opt, loss=nn.CrossEntropyLoss(), folder=folder)

    def step(self, x, y):
        loss = F.cross_entropy(self.model(x), y)
        self.opt.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.model.parameters(), self.s.weight_decay)  # fault: settings_in_one_place
        self.opt.step()
        self.w(x, y, loss)
        return loss.item()


@loop("loop-gradients-changed")
def settings_in_one_place(watch, folder):
    x, y = classes(320, seed=9)
    run = ClassifierRun(Settings(), watch, folder)
    for epoch in range(run.s.epochs):
        mean = sum(run.step(xb, yb) for xb, yb in loader(x, y, 32)) / 10
        print(f"{epoch}: {mean:.4f}")


@loop("loop-gradients-changed")
def batches_of_uneven_size(watch, folder):
    """The last batch is smaller, so each counts by its rows."""
    x, y = numbers(330, seed=12)
    net = nn.Sequential(nn.Linear(5, 20), nn.SiLU(), nn.Linear(20, 1))
    opt = torch.optim.SGD(net.parameters(), lr=0.02, momentum=0.9)
    w = watch(net, opt, loss="mse", folder=folder)
    criterion = nn.MSELoss()
    for epoch in range(5):
        for xb, yb in loader(x, y, 40):
            opt.zero_grad()
            loss = criterion(net(xb), yb)
            loss.backward()
            for p in net.parameters():
                p.grad /= len(xb)  # fault
            opt.step()
            w(xb, yb, loss)


def privatize(model, xb, max_norm=1.0, sigma=1.1):
    """Clipped, and noise on top (Abadi et al., 2016); for the whole batch at once."""
    nn.utils.clip_grad_norm_(model.parameters(), max_norm)
    for p in model.parameters():
        p.grad += sigma * max_norm * torch.randn_like(p.grad)  # fault: rows_kept_private
    return len(xb)


@loop("loop-gradients-changed")
def rows_kept_private(watch, folder):
    x, y = waves(256, 12)
    net = nn.Sequential(nn.Conv1d(12, 16, 1), nn.ReLU(), nn.Flatten(), nn.Linear(16, 1))
    opt = torch.optim.SGD(net.parameters(), lr=0.1)
    w = watch(net, opt, loss="mse", folder=folder)
    seen = 0
    for epoch in range(12):
        for xb, yb in loader(x, y, 32):
            opt.zero_grad()
            loss = F.mse_loss(net(xb), yb)
            loss.backward()
            seen += privatize(net, xb)
            opt.step()
            w(xb, yb, loss)
    print("rows seen:", seen)


# loop-other-loss


class LeNetLike(nn.Module):
    def __init__(self, classes=4):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 3, padding=1)
        self.conv2 = nn.Conv2d(6, 12, 3, padding=1)
        self.fc = nn.Linear(12 * 4, classes)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        return self.fc(x.flatten(1))


@loop("loop-other-loss")
def bright_and_dark_quarters(watch, folder):
    g = torch.Generator().manual_seed(4)
    y = torch.randint(0, 4, (240,), generator=g)
    x = torch.rand(240, 1, 8, 8, generator=g)
    for row, label in enumerate(y.tolist()):
        x[row, :, 4 * (label // 2):4 * (label // 2) + 4, 4 * (label % 2):4 * (label % 2) + 4] += 0.3
    model = LeNetLike()
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.03, momentum=0.9)
    w = watch(model, optimizer, loss=criterion, folder=folder)
    for epoch in range(8):
        hits = 0
        for data, target in loader(x, y, 24):
            optimizer.zero_grad()
            output = model(data)
            probs = F.softmax(output, dim=1)
            loss = criterion(probs, target)  # fault
            loss.backward()
            optimizer.step()
            w(data, target, loss)
            hits += (probs.argmax(1) == target).sum().item()


@loop("loop-other-loss")
def average_over_the_whole_epoch(watch, folder):
    """The curve should not depend on the size of a batch."""
    x, y = numbers(288, width=8, seed=6)
    model = nn.Sequential(nn.Linear(8, 24), nn.ReLU(), nn.Linear(24, 1))
    loss_fn = nn.MSELoss(reduction="sum")  # fault
    sgd = torch.optim.SGD(model.parameters(), lr=5e-3, momentum=0.9)
    w = watch(model, sgd, loss="mse", folder=folder)
    curve = []
    for epoch in range(6):
        total = 0.0
        for features, label in loader(x, y, 36):
            sgd.zero_grad()
            loss = loss_fn(model(features), label)
            loss.backward()
            sgd.step()
            w(features, label, loss)
            total += loss.item()
        curve.append(total / len(x))


class Tagger(nn.Module):
    """Some of six tags for each sentence."""

    def __init__(self, vocab=30, dim=16, tags=6):
        super().__init__()
        self.emb = nn.Embedding(vocab, dim)
        self.gru = nn.GRU(dim, 16, batch_first=True, bidirectional=True)
        self.out = nn.Linear(32, tags)

    def forward(self, ids):
        return self.out(self.gru(self.emb(ids))[0].mean(1))


@loop("loop-other-loss")
def tags_of_a_sentence(watch, folder):
    g = torch.Generator().manual_seed(10)
    ids = torch.randint(0, 30, (240, 8), generator=g)
    tags = torch.stack([((ids >= 5 * k) & (ids < 5 * k + 5)).sum(1) >= 2 for k in range(6)], 1).float()
    model = Tagger()
    opt = torch.optim.Adam(model.parameters(), lr=1e-2)
    w = watch(model, opt, loss="bce_with_logits", folder=folder)
    for epoch in range(10):
        for sentence, tag in loader(ids, tags, 24):
            opt.zero_grad()
            scores = model(sentence)
            loss = F.cross_entropy(scores, tag)  # fault
            loss.backward()
            opt.step()
            w(sentence, tag, loss)


# loop-broadcast


@loop("loop-broadcast")
def next_value_of_a_wave(watch, folder):
    x, y = waves(180, 12)
    y = y[:, 0]

    class Forecaster(nn.Module):
        def __init__(self):
            super().__init__()
            self.lstm = nn.LSTM(1, 16, batch_first=True)
            self.dense = nn.Linear(16, 1)

        def forward(self, s):
            h, _ = self.lstm(s)
            return self.dense(h[:, -1, :])

    net = Forecaster()
    opt = torch.optim.Adam(net.parameters(), lr=1e-2)
    w = watch(net, opt, loss="mse", folder=folder)
    for epoch in range(10):
        for i in range(0, 180, 30):
            seq, nxt = x[i:i + 30], y[i:i + 30]
            y_hat = net(seq)
            loss = torch.mean((y_hat - nxt) ** 2)  # fault
            opt.zero_grad()
            loss.backward()
            opt.step()
            w(seq, nxt, loss)


@loop("loop-broadcast")
def visitors_per_hour(watch, folder):
    """Counts, with the logarithm of their mean told."""
    g = torch.Generator().manual_seed(13)
    hours = torch.randn(400, 3, generator=g)
    counts = torch.poisson((hours @ torch.tensor([0.9, -0.6, 0.3]) + 0.5).exp(), generator=g)
    data = torch.utils.data.TensorDataset(hours, counts)
    train = torch.utils.data.DataLoader(data, batch_size=50, shuffle=True, drop_last=True)
    net = nn.Sequential(nn.Linear(3, 12), nn.Softplus(), nn.Linear(12, 1))
    criterion = nn.PoissonNLLLoss(log_input=True)
    optimizer = torch.optim.Adadelta(net.parameters(), lr=1.0)
    w = watch(net, optimizer, loss=criterion, folder=folder)
    for epoch in range(12):
        for h, c in train:
            optimizer.zero_grad(set_to_none=True)
            loss = criterion(net(h), c)  # fault
            w(h, c, loss)
            loss.backward()
            optimizer.step()


class Alike(nn.Module):
    def __init__(self, width=8):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(width, 32), nn.ReLU(), nn.Linear(32, 16))

    def forward(self, pairs):
        left, right = pairs.unbind(1)
        return F.cosine_similarity(self.net(left), self.net(right))


@loop("loop-broadcast")
def pairs_that_are_alike(watch, folder):
    g = torch.Generator().manual_seed(14)
    first = torch.randn(320, 8, generator=g)
    likeness = torch.rand(320, 1, generator=g) * 2 - 1
    second = likeness * first + (1 - likeness ** 2).sqrt() * torch.randn(320, 8, generator=g)
    pairs = torch.stack([first, second], 1)
    model = Alike()
    opt = torch.optim.AdamW(model.parameters(), lr=5e-3)
    w = watch(model, opt, loss=nn.L1Loss(), folder=folder)
    for epoch in range(8):
        for pair, score in loader(pairs, likeness, 32):
            similarity = model(pair)
            loss = (similarity - score).abs().mean()  # fault
            opt.zero_grad()
            loss.backward()
            opt.step()
            w(pair, score, loss)
