"""Sixteenth batch, blind: wrong parameters, no update, detached, evaluation mode."""

from dataclasses import dataclass

import numpy as np
import torch
from loops import classes, loader, loop, numbers, pictures
from torch import nn
from torch.nn import functional as F

# loop-wrong-parameters


class TinyResNet(nn.Module):
    def __init__(self, n_classes=10):
        super().__init__()
        self.stem = nn.Conv2d(1, 8, 3, padding=1)
        self.conv = nn.Conv2d(8, 8, 3, padding=1)
        self.fc = nn.Linear(8 * 16, n_classes)

    def forward(self, x):
        x = F.relu(self.stem(x))
        x = F.relu(x + self.conv(x))
        return self.fc(F.avg_pool2d(x, 2).flatten(1))


@loop("loop-wrong-parameters")
def resnet_on_two_kinds_of_pictures(watch, folder, mended=False):
    """Forums: 'fine-tuning, accuracy of the new head stays at chance'."""
    x, y = pictures(160)
    model = TinyResNet()
    if mended:
        model.fc = nn.Linear(model.fc.in_features, 2)
    optimizer = torch.optim.SGD([
        {"params": list(model.stem.parameters()) + list(model.conv.parameters()), "lr": 1e-4},
        {"params": model.fc.parameters()},
    ], lr=0.02, momentum=0.9)
    # our task has two classes
    if not mended:
        model.fc = nn.Linear(model.fc.in_features, 2)  # fault
    criterion = nn.CrossEntropyLoss()
    w = watch(model, optimizer, loss=criterion, folder=folder)
    for epoch in range(6):
        for images, labels in loader(x, y, 32):
            optimizer.zero_grad()
            loss = criterion(model(images), labels)
            loss.backward()
            optimizer.step()
            w(images, labels, loss)


class GRUReader(nn.Module):
    def __init__(self, width=1, hidden=12):
        super().__init__()
        self.gru = nn.GRU(width, hidden, batch_first=True)
        self.head = nn.Linear(hidden, 1)

    def forward(self, x):
        return self.head(self.gru(x)[0][:, -1])


def decay_groups(model, mended):
    decay, rest = [], []
    for name, p in model.named_parameters():
        if name.endswith("weight") or (mended and "weight_" in name):
            decay.append(p)
        elif name.endswith("bias") or mended:  # fault: gru_that_remembers_the_first_value
            rest.append(p)
    return [{"params": decay, "weight_decay": 0.01}, {"params": rest, "weight_decay": 0.0}]


@loop("loop-wrong-parameters")
def gru_that_remembers_the_first_value(watch, folder, mended=False):
    """Decay for the weights, none for the biases, sorted by name."""
    g = torch.Generator().manual_seed(4)
    seq = torch.randn(320, 8, 1, generator=g)
    target = seq[:, 0] + 0.5 * seq[:, 1]
    model = GRUReader()
    optimizer = torch.optim.AdamW(decay_groups(model, mended), lr=2e-2)
    w = watch(model, optimizer, loss="mse", folder=folder)
    for epoch in range(10):
        for xb, yb in loader(seq, target, 32):
            loss = F.mse_loss(model(xb), yb)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            w(xb, yb, loss)


# loop-no-update


@loop("loop-no-update")
def lbfgs_on_a_small_regression(watch, folder, mended=False):
    """Stack Overflow: 'LBFGS returns the same loss at every step'."""
    x, y = numbers(200)
    net = nn.Sequential(nn.Linear(5, 8), nn.Tanh(), nn.Linear(8, 1))
    opt = torch.optim.LBFGS(net.parameters(), max_iter=4, history_size=6, line_search_fn="strong_wolfe")
    mse = nn.MSELoss()
    w = watch(net, opt, loss=mse, folder=folder)
    for it in range(15):
        for k in range(0, 200, 100):
            xb, yb = x[k:k + 100], y[k:k + 100]

            def closure():
                opt.zero_grad()
                out = mse(net(xb), yb)
                if mended:
                    out.backward()
                return out  # fault

            loss = opt.step(closure)
            w(xb, yb, loss)


class TagHeads(nn.Module):
    def __init__(self, tags=3):
        super().__init__()
        self.trunk = nn.Sequential(nn.Linear(6, 16), nn.LeakyReLU())
        self.heads = nn.ModuleList(nn.Linear(16, 1) for _ in range(tags))

    def forward(self, x):
        h = self.trunk(x)
        return torch.cat([head(h) for head in self.heads], 1)


@loop("loop-no-update")
def three_tags_and_their_mean(watch, folder, mended=False):
    """One loss per tag, printed, then averaged."""
    x, _ = classes(240, 6, 3)
    y = torch.stack([(x[:, 0] > 0), (x[:, 1] + x[:, 2] > 0), (x[:, 3] > x[:, 4])], 1).float()
    model = TagHeads()
    optimizer = torch.optim.Adamax(model.parameters(), lr=2e-2)
    w = watch(model, optimizer, loss="bce_with_logits", folder=folder)
    for epoch in range(6):
        for xb, yb in loader(x, y, 40):
            out = model(xb)
            per_tag = [F.binary_cross_entropy_with_logits(out[:, t], yb[:, t]) for t in range(3)]
            if mended:
                loss = torch.stack(per_tag).mean()
            else:
                loss = torch.tensor([v.item() for v in per_tag], requires_grad=True).mean()  # fault
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            w(xb, yb, loss)


# loop-detached


class WordBag(nn.Module):
    """Which of two word families is the more frequent."""

    def __init__(self, mended=False):
        super().__init__()
        self.emb = nn.Embedding(40, 8)
        self.ff = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 2))
        self.mended = mended

    def forward(self, ids):
        with torch.set_grad_enabled(self.mended):  # fault: bag_of_words_from_scratch
            words = self.emb(ids)
        return self.ff(words.mean(1))


@loop("loop-detached")
def bag_of_words_from_scratch(watch, folder, mended=False):
    """The embedding came from a file once; now it starts at random."""
    g = torch.Generator().manual_seed(2)
    ids = torch.randint(0, 40, (320, 9), generator=g)
    y = ((ids % 2).sum(1) > 4).long()
    model = WordBag(mended)
    optimizer = torch.optim.RAdam(model.parameters(), lr=3e-2)
    w = watch(model, optimizer, loss=nn.CrossEntropyLoss(), folder=folder)
    for epoch in range(12):
        model.train()
        for xb, yb in loader(ids, y, 32):
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(model(xb), yb)
            loss.backward()
            w(xb, yb, loss)
            optimizer.step()


class Siamese(nn.Module):
    def __init__(self, mended=False):
        super().__init__()
        self.tower = nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 6))
        self.score = nn.Linear(6, 1)
        self.mended = mended

    def forward(self, pair):
        a, b = self.tower(pair[:, 0]), self.tower(pair[:, 1])
        if self.mended:
            return self.score((a - b).abs())
        gap = np.abs(a.detach().numpy() - b.detach().numpy())  # fault: near_copies_and_strangers
        return self.score(torch.from_numpy(gap))


@loop("loop-detached")
def near_copies_and_strangers(watch, folder, mended=False):
    """Stack Overflow: "Can't call numpy() on Tensor that requires grad"."""
    g = torch.Generator().manual_seed(7)
    pair = torch.randn(400, 2, 4, generator=g)
    same = torch.rand(400, 1, generator=g) < 0.5
    near = torch.cat([pair[:, 0, :1] + 0.1 * pair[:, 1, :1], pair[:, 1, 1:]], 1)
    pair[:, 1] = torch.where(same, near, pair[:, 1])
    y = same.float()
    net = Siamese(mended)
    opt = torch.optim.Adam(net.parameters(), lr=2e-2)
    lossfn = nn.BCEWithLogitsLoss()
    w = watch(net, opt, loss=lossfn, folder=folder)
    step = 0
    while step < 120:
        at = torch.randint(0, 400, (50,))
        loss = lossfn(net(pair[at]), y[at])
        opt.zero_grad(set_to_none=True)
        loss.backward()
        opt.step()
        w(pair[at], y[at], loss)
        step += 1


# loop-eval-mode


@dataclass
class Config:
    hidden: int = 24
    rate: float = 1e-2
    epochs: int = 8


def build(cfg):
    return nn.Sequential(nn.BatchNorm1d(5), nn.Linear(5, cfg.hidden), nn.ReLU(), nn.BatchNorm1d(cfg.hidden),
                         nn.Linear(cfg.hidden, 1))


def restore(cfg, state):
    model = build(cfg)
    model.load_state_dict(state)
    return model.eval()  # fault: table_of_measurements


@loop("loop-eval-mode")
def table_of_measurements(watch, folder, mended=False):
    """The model comes from the helper that the web service uses."""
    x, y = numbers(400)
    x = x * torch.tensor([30.0, 80.0, 5.0, 0.5, 12.0]) + torch.tensor([400.0, -150.0, 20.0, 3.0, 90.0])
    cfg = Config()
    net = restore(cfg, build(cfg).state_dict())
    if mended:
        net.train()
    optimizer = torch.optim.RMSprop(net.parameters(), lr=cfg.rate)
    w = watch(net, optimizer, loss="mse", folder=folder)
    for epoch in range(cfg.epochs):
        for xb, yb in loader(x, y, 40):
            optimizer.zero_grad()
            loss = F.mse_loss(net(xb), yb)
            loss.backward()
            optimizer.step()
            w(xb, yb, loss)


class Fitter:
    def __init__(self, net, optimizer, report, mended):
        self.net, self.optimizer, self.report, self.mended = net, optimizer, report, mended
        self.best = 0.0

    @torch.no_grad()
    def validate(self, data):
        self.net.eval()
        hits = [(self.net(xb).argmax(1) == yb).float().mean() for xb, yb in data]
        return float(torch.stack(hits).mean())

    def fit(self, train, val, epochs):
        for _ in range(epochs):
            self.net.train()
            self.best = max(self.best, self.validate(val))  # fault: conv_net_with_a_baseline_score
            if self.mended:
                self.net.train()
            for xb, yb in train:
                self.optimizer.zero_grad(set_to_none=True)
                loss = F.cross_entropy(self.net(xb), yb)
                loss.backward()
                self.optimizer.step()
                self.report(xb, yb, loss)


@loop("loop-eval-mode")
def conv_net_with_a_baseline_score(watch, folder, mended=False):
    """Scores before each epoch, so that the untrained net is in the table too."""
    x, y = pictures(200)
    x = 25 * x
    net = nn.Sequential(nn.Conv2d(1, 8, 3), nn.BatchNorm2d(8), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
                        nn.Dropout(0.25), nn.Linear(72, 2))
    optimizer = torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.5)
    w = watch(net, optimizer, loss="cross_entropy", folder=folder)
    Fitter(net, optimizer, w, mended).fit(loader(x[:160], y[:160], 20), loader(x[160:], y[160:], 20, False), 4)
