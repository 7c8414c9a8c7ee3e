"""Fourteenth batch, blind: rows of other targets, the same rows again; and loops that are right."""

from dataclasses import dataclass
from itertools import islice

import torch
from loops import classes, loader, loop, numbers, pictures, waves
from torch import nn
from torch.nn import functional as F
from torch.nn.utils.rnn import pack_padded_sequence
from torch.utils.data import DataLoader, TensorDataset, WeightedRandomSampler

# loop-misaligned-targets


class PackedGRU(nn.Module):
    """Sequences of tokens, padded with 0, the longest first."""

    def __init__(self, vocab=16, dim=10, hidden=16):
        super().__init__()
        self.emb = nn.Embedding(vocab, dim, padding_idx=0)
        self.gru = nn.GRU(dim, hidden, batch_first=True)
        self.out = nn.Linear(hidden, 2)

    def forward(self, ids):
        packed = pack_padded_sequence(self.emb(ids), (ids > 0).sum(1), batch_first=True)
        return self.out(self.gru(packed)[1][-1])


def spoken(rows=240, seed=20):
    g = torch.Generator().manual_seed(seed)
    y = torch.randint(0, 2, (rows,), generator=g)
    ids = torch.randint(1, 16, (rows, 9), generator=g)
    ids = torch.where(torch.rand(rows, 9, generator=g) < 0.4, 1 + 7 * y[:, None] + ids % 7, ids)
    ids[torch.arange(9) >= torch.randint(3, 10, (rows, 1), generator=g)] = 0
    return ids, y


@loop("loop-misaligned-targets")
def longest_first(watch, folder):
    ids, y = spoken()
    net = PackedGRU()
    opt = torch.optim.Adam(net.parameters(), lr=1e-2)
    criterion = nn.CrossEntropyLoss()
    w = watch(net, opt, loss=criterion, folder=folder)
    for epoch in range(8):
        for tokens, label in loader(ids, y, 24):
            lengths, order = (tokens > 0).sum(1).sort(descending=True)
            tokens = tokens[order]  # fault
            tokens = tokens[:, :int(lengths[0])]
            opt.zero_grad()
            loss = criterion(net(tokens), label)
            loss.backward()
            opt.step()
            w(tokens, label, loss)


# loop-same-batch


@loop("loop-same-batch")
def iterations_instead_of_epochs(watch, folder):
    x, y = classes(300, count=3, seed=21)
    y[torch.randperm(300, generator=torch.Generator().manual_seed(1))[:30]] = 0
    net = nn.Sequential(nn.Linear(6, 64), nn.ReLU(), nn.Dropout(0.1), nn.Linear(64, 3))
    train_loader = DataLoader(TensorDataset(x, y), batch_size=16)
    optimizer = torch.optim.RAdam(net.parameters(), lr=1e-2)
    w = watch(net, optimizer, loss="cross_entropy", folder=folder)
    max_iters, iteration = 80, 0
    net.train()
    while iteration < max_iters:
        inputs, labels = next(iter(train_loader))  # fault
        loss = F.cross_entropy(net(inputs), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        w(inputs, labels, loss)
        iteration += 1


@dataclass
class Config:
    seed: int = 1337
    block: int = 8
    batch: int = 12
    steps: int = 60


class NextLetter(nn.Module):
    def __init__(self, letters=10, dim=16, block=8):
        super().__init__()
        self.emb = nn.Embedding(letters, dim)
        self.mix = nn.Sequential(nn.Linear(block * dim, 32), nn.ReLU(), nn.Linear(32, letters))

    def forward(self, ids):
        return self.mix(self.emb(ids).flatten(1))


def get_batch(text, cfg):
    torch.manual_seed(cfg.seed)  # fault: letters_of_a_text
    at = torch.randint(len(text) - cfg.block - 1, (cfg.batch,))
    return torch.stack([text[i:i + cfg.block] for i in at]), text[at + cfg.block]


@loop("loop-same-batch")
def letters_of_a_text(watch, folder):
    cfg = Config()
    g = torch.Generator().manual_seed(2)
    text = (torch.arange(2000) * 3 + torch.randint(0, 2, (2000,), generator=g)) % 10
    model = NextLetter(block=cfg.block)
    optimizer = torch.optim.AdamW(model.parameters(), lr=5e-3)
    w = watch(model, optimizer, loss=nn.CrossEntropyLoss(), folder=folder)
    for step in range(cfg.steps):
        xb, yb = get_batch(text, cfg)
        logits = model(xb)
        loss = F.cross_entropy(logits, yb)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        w(xb, yb, loss)


def endless(x, y, size):
    """Batches without end, from the front again after the last."""
    at = 0
    while True:
        yield x[at:at + size], y[at:at + size]
        at = 0 if at + size < len(x) else at + size  # fault: generator_of_batches


@loop("loop-same-batch")
def generator_of_batches(watch, folder):
    x, y = numbers(400, width=12, seed=22)
    net = nn.Sequential(nn.Linear(12, 32), nn.Tanh(), nn.Linear(32, 1))
    opt = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9)
    w = watch(net, opt, loss="mse", folder=folder)
    for xb, yb in islice(endless(x, y, 16), 100):
        opt.zero_grad()
        loss = F.mse_loss(net(xb), yb)
        loss.backward()
        opt.step()
        w(xb, yb, loss)


# loop-correct


@loop("loop-correct")
def four_microbatches_a_step(watch, folder):
    """The rows of a big batch, in four parts, for want of memory."""
    x, y = pictures(192)
    model = nn.Sequential(nn.Conv2d(1, 6, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(54, 2))
    opt = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    w = watch(model, opt, loss="cross_entropy", folder=folder)
    parts = 4
    for epoch in range(6):
        opt.zero_grad()
        for i, (images, labels) in enumerate(loader(x, y, 12)):
            loss = F.cross_entropy(model(images), labels)
            (loss / parts).backward()
            w(images, labels, loss)
            if (i + 1) % parts == 0:
                nn.utils.clip_grad_norm_(model.parameters(), 2.0)
                opt.step()
                opt.zero_grad()


class Carrying(nn.Module):
    """Keeps its state from one piece of a series to the next."""

    def __init__(self, hidden=12):
        super().__init__()
        self.rnn = nn.LSTM(1, hidden, batch_first=True)
        self.out = nn.Linear(hidden, 1)
        self.state = None

    def forward(self, piece):
        h, state = self.rnn(piece, self.state)
        if self.training:
            self.state = tuple(s.detach() for s in state)
        return self.out(h)


@loop("loop-correct")
def pieces_of_long_series(watch, folder):
    """Truncated backpropagation through time."""
    t = torch.arange(0, 121) * 0.35 + torch.linspace(0, 5, 16)[:, None]
    series = torch.sin(t) + 0.3 * torch.sin(2.3 * t)
    net = Carrying()
    opt = torch.optim.Adam(net.parameters(), lr=1e-2)
    w = watch(net, opt, loss=nn.MSELoss(), folder=folder)
    for epoch in range(6):
        net.state = None
        for start in range(0, 120, 10):
            piece, ahead = series[:, start:start + 10, None], series[:, start + 1:start + 11, None]
            loss = F.mse_loss(net(piece), ahead)
            opt.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            opt.step()
            w(piece, ahead, loss)


class Transfer(nn.Module):
    """A backbone that is left as it is, norms included, and a head."""

    def __init__(self):
        super().__init__()
        self.backbone = nn.Sequential(nn.Conv2d(1, 12, 3, padding=1), nn.BatchNorm2d(12), nn.ReLU(),
                                      nn.AdaptiveAvgPool2d(2), nn.Flatten())
        self.head = nn.Sequential(nn.Linear(48, 16), nn.ReLU(), nn.Linear(16, 2))
        for p in self.backbone.parameters():
            p.requires_grad_(False)

    def train(self, mode=True):
        super().train(mode)
        self.backbone.eval()
        return self

    def forward(self, x):
        with torch.no_grad():
            f = self.backbone(x)
        return self.head(f)


@loop("loop-correct")
def backbone_left_alone(watch, folder):
    x, y = pictures(160)
    model = Transfer().train()
    opt = torch.optim.AdamW(filter(lambda p: p.requires_grad, model.parameters()), lr=1e-2)
    w = watch(model, opt, loss="cross_entropy", folder=folder)
    for epoch in range(6):
        for images, labels in loader(x, y, 20):
            opt.zero_grad()
            loss = F.cross_entropy(model(images), labels)
            loss.backward()
            opt.step()
            w(images, labels, loss)


@loop("loop-correct")
def rare_rows_drawn_more_often(watch, folder):
    x, y = classes(400, count=3, seed=23)
    keep = (y > 0) | (torch.arange(400) % 8 == 0)
    x, y = x[keep], y[keep]
    chance = 1.0 / torch.bincount(y).float()
    sampler = WeightedRandomSampler(chance[y], num_samples=len(y), replacement=True)
    data = DataLoader(TensorDataset(x, y), batch_size=32, sampler=sampler)
    net = nn.Sequential(nn.Linear(6, 20), nn.ReLU(), nn.Linear(20, 3))
    opt = torch.optim.Adagrad(net.parameters(), lr=0.05)
    w = watch(net, opt, loss=nn.CrossEntropyLoss(), folder=folder)
    for epoch in range(6):
        for xb, yb in data:
            loss = F.cross_entropy(net(xb), yb)
            opt.zero_grad()
            loss.backward()
            opt.step()
            w(xb, yb, loss)


@loop("loop-correct")
def all_rows_each_time(watch, folder):
    """Few rows: the whole of them is the batch."""
    x, y = waves(80, 8)
    net = nn.Sequential(nn.Flatten(), nn.Linear(8, 16), nn.Tanh(), nn.Linear(16, 1))
    lbfgs = torch.optim.LBFGS(net.parameters(), lr=1, max_iter=2, line_search_fn="strong_wolfe")
    w = watch(net, lbfgs, loss="mse", folder=folder)

    def closure():
        lbfgs.zero_grad()
        value = F.mse_loss(net(x), y)
        value.backward()
        return value

    for _ in range(16):
        loss = lbfgs.step(closure)
        w(x, y, loss)
