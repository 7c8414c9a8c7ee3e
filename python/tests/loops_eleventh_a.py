"""Eleventh batch: wrong parameters, no update, unstable loss."""

import io

import loops_eleventh_data as data
import torch
import torch.nn as nn
import torch.nn.functional as F
from loops import loop
from torch.utils.data import DataLoader, Dataset, TensorDataset

# loop-wrong-parameters


class MultiTask(nn.Module):
    def __init__(self, tasks):
        super().__init__()
        self.trunk = nn.Sequential(nn.Linear(7, 32), nn.LeakyReLU(), nn.Linear(32, 32), nn.LeakyReLU())
        self.heads = {task: nn.Linear(32, 1) for task in tasks}  # fault: heads_in_a_plain_dict

    def forward(self, x):
        h = self.trunk(x)
        return torch.cat([head(h) for head in self.heads.values()], 1)


@loop("loop-wrong-parameters")
def heads_in_a_plain_dict(watch, folder):
    torch.manual_seed(1)
    x, price = data.prices()
    y = torch.stack([price, x[:, 1] - 0.5 * x[:, 5] + 2], 1)
    net = MultiTask(["price", "rent"])
    opt = torch.optim.SGD(net.parameters(), lr=0.03)
    w = watch(net, opt, loss="mse", folder=folder)
    for epoch in range(4):
        for xb, yb in DataLoader(TensorDataset(x, y), batch_size=40, shuffle=True):
            opt.zero_grad()
            pred = net(xb)
            loss = F.mse_loss(pred, yb)
            loss.backward()
            opt.step()
            w(xb, yb, loss)


@loop("loop-wrong-parameters")
def resumed_after_the_optimizer_was_made(watch, folder):
    torch.manual_seed(2)
    images, labels = data.digits()
    loader = DataLoader(TensorDataset(images, labels), batch_size=32, shuffle=True)

    def build():
        return nn.Sequential(nn.Conv2d(1, 8, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(128, 5))

    checkpoint = io.BytesIO()
    torch.save({"epoch": 0, "model": build()}, checkpoint)
    checkpoint.seek(0)

    model = build()
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3, weight_decay=1e-2)  # fault
    resume = True
    if resume:
        state = torch.load(checkpoint, weights_only=False)
        model, start = state["model"], state["epoch"]
    w = watch(model, optimizer, loss=criterion, folder=folder)
    for epoch in range(start, start + 3):
        model.train()
        for inputs, targets in loader:
            outputs = model(inputs)
            loss = criterion(outputs, targets)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            w(inputs, targets, loss)
            optimizer.step()


class Tagger(nn.Module):
    def __init__(self, words=40, width=16):
        super().__init__()
        self.embed = nn.Embedding(words, width, padding_idx=0)
        self.lin1 = nn.Linear(width, 32)
        self.lin2 = nn.Linear(32, 2)

    def forward(self, tokens):
        return self.lin2(torch.relu(self.lin1(self.embed(tokens).mean(1))))


@loop("loop-wrong-parameters")
def weight_norm_put_on_later(watch, folder):
    torch.manual_seed(3)
    tokens, _, y = data.reviews()
    model = Tagger()
    optimizer = torch.optim.RMSprop(model.parameters(), lr=5e-3)  # fault
    for name in ("lin1", "lin2"):
        setattr(model, name, nn.utils.parametrizations.weight_norm(getattr(model, name)))
    model.embed = nn.Embedding.from_pretrained(torch.randn(40, 16), freeze=False, padding_idx=0)
    loss_fn = nn.CrossEntropyLoss()
    w = watch(model, optimizer, loss=loss_fn, folder=folder)
    for step in range(30):
        batch = torch.randint(0, len(tokens), (48,))
        loss = loss_fn(model(tokens[batch]), y[batch])
        w(tokens[batch], y[batch], loss)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


# loop-no-update


class Forecaster(nn.Module):
    def __init__(self, hidden=20):
        super().__init__()
        self.lstm = nn.LSTM(2, hidden, num_layers=1, batch_first=True)
        self.fc = nn.Linear(hidden, 1)

    def forward(self, x):
        out, (h, c) = self.lstm(x)
        return self.fc(h[-1])


class Runner:
    def __init__(self, model, watch, folder):
        self.model = model
        self.criterion = nn.MSELoss()
        self.optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
        self.w = watch(model, self.optimizer, loss=self.criterion, folder=folder)
        self.history = []

    def train_epoch(self, loader):
        self.model.train()
        total = 0.0
        for x, y in loader:
            self.optimizer.zero_grad()
            y_hat = self.model(x)
            loss = self.criterion(y_hat, y)
            loss.backward()
            self.optimizer.step  # fault: step_without_a_call
            self.w(x, y, loss)
            total += loss.item() * len(x)
        self.history.append(total / len(loader.dataset))

    def fit(self, loader, epochs):
        for _ in range(epochs):
            self.train_epoch(loader)


@loop("loop-no-update")
def step_without_a_call(watch, folder):
    torch.manual_seed(4)
    Runner(Forecaster(), watch, folder).fit(DataLoader(TensorDataset(*data.sensors()), batch_size=30, shuffle=True), 4)


@loop("loop-no-update")
def accumulates_for_more_batches_than_there_are(watch, folder):
    torch.manual_seed(5)
    x, y = data.moons()
    net = nn.Sequential(nn.Linear(2, 24), nn.Tanh(), nn.Linear(24, 24), nn.Tanh(), nn.Linear(24, 2))
    train_loader = DataLoader(TensorDataset(x, y), batch_size=50, shuffle=True)  # six batches
    accumulation_steps = 8  # fault
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(net.parameters(), lr=2e-2)
    w = watch(net, optimizer, loss=criterion, folder=folder)
    for epoch in range(8):
        optimizer.zero_grad()
        for i, (inputs, labels) in enumerate(train_loader):
            loss = criterion(net(inputs), labels)
            (loss / accumulation_steps).backward()
            w(inputs, labels, loss)
            if (i + 1) % accumulation_steps == 0:
                optimizer.step()
                optimizer.zero_grad()


class PlainSGD(torch.optim.Optimizer):
    """Homework: write gradient descent with momentum on your own."""

    def __init__(self, params, lr=0.05, momentum=0.9):
        super().__init__(params, {"lr": lr, "momentum": momentum})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is None:
                    continue
                v = self.state[p].get("v", torch.zeros_like(p))
                v = group["momentum"] * v + p.grad
                self.state[p]["v"] = v
                p = p - group["lr"] * v  # fault: optimizer_of_ones_own


@loop("loop-no-update")
def optimizer_of_ones_own(watch, folder):
    torch.manual_seed(6)
    x, y = data.prices()
    y = y[:, None]
    model = nn.Sequential(nn.Linear(7, 30), nn.ReLU(), nn.Linear(30, 1))
    optimizer = PlainSGD(model.parameters(), lr=0.01)
    w = watch(model, optimizer, loss=F.mse_loss, folder=folder)
    for it in range(40):
        idx = torch.randperm(len(x))[:64]
        loss = F.mse_loss(model(x[idx]), y[idx])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        w(x[idx], y[idx], loss)


# numerically-unstable-loss


class Siamese(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(20, 32), nn.ReLU(), nn.Linear(32, 4))

    def forward(self, pair):
        return torch.stack([self.net(pair[:, 0]), self.net(pair[:, 1])], 1)


def contrastive(out, same, margin=2.0):
    distance = torch.sqrt(((out[:, 0] - out[:, 1]) ** 2).sum(1))  # fault: a_pair_of_one_picture_twice
    return (same * distance**2 + (1 - same) * F.relu(margin - distance) ** 2).mean()


@loop("numerically-unstable-loss")
def a_pair_of_one_picture_twice(watch, folder):
    torch.manual_seed(7)
    g = torch.Generator().manual_seed(7)
    centers = 2 * torch.randn(4, 20, generator=g)
    kind = torch.randint(0, 4, (240,), generator=g)
    points = centers[kind] + 0.5 * torch.randn(240, 20, generator=g)
    other = torch.randint(0, 240, (240,), generator=g)
    other[::9] = torch.arange(240)[::9]  # a point is drawn with itself now and then
    pairs, same = torch.stack([points, points[other]], 1), (kind == kind[other]).float()
    model = Siamese()
    opt = torch.optim.Adam(model.parameters(), lr=3e-3)
    w = watch(model, opt, loss=contrastive, folder=folder)
    for epoch in range(5):
        for pair, label in DataLoader(TensorDataset(pairs, same), batch_size=40, shuffle=True):
            out = model(pair)
            loss = contrastive(out, label)
            opt.zero_grad()
            loss.backward()
            opt.step()
            w(pair, label, loss)


class Gappy(Dataset):
    """Readings with holes: NaN where nothing was measured."""

    def __init__(self):
        self.x = data.spectra()
        self.y = self.x @ torch.randn(20, 3, generator=torch.Generator().manual_seed(3)) / 4
        self.y[torch.rand(self.y.shape, generator=torch.Generator().manual_seed(4)) < 0.5] = float("nan")
        self.y[128:192] = float("nan")

    def __len__(self):
        return len(self.x)

    def __getitem__(self, i):
        return self.x[i], self.y[i]


def masked_mse(prediction, target):
    valid = ~torch.isnan(target)
    error = (prediction - torch.nan_to_num(target)) ** 2 * valid
    return error.sum() / valid.sum()  # fault: a_batch_without_a_reading


@loop("numerically-unstable-loss")
def a_batch_without_a_reading(watch, folder):
    torch.manual_seed(8)
    model = nn.Sequential(nn.Linear(20, 40), nn.SiLU(), nn.Linear(40, 3))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.02, momentum=0.9)
    loader = DataLoader(Gappy(), batch_size=32, shuffle=False)
    w = watch(model, optimizer, loss=masked_mse, folder=folder)
    for epoch in range(3):
        for inputs, targets in loader:
            optimizer.zero_grad()
            outputs = model(inputs)
            loss = masked_mse(outputs, targets)
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 5.0)
            w(inputs, targets, loss)
            optimizer.step()


class MeanAndSpread(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(7, 40), nn.ReLU())
        self.mu = nn.Linear(40, 1)
        self.sigma = nn.Linear(40, 1)

    def forward(self, x):
        h = self.body(x)
        return torch.cat([self.mu(h), F.relu(self.sigma(h))], 1)  # fault: a_spread_out_of_a_relu


def gaussian_nll(out, y):
    mu, sigma = out[:, :1], out[:, 1:]
    return (torch.log(sigma) + (y - mu) ** 2 / (2 * sigma**2)).mean()


@loop("numerically-unstable-loss")
def a_spread_out_of_a_relu(watch, folder):
    torch.manual_seed(9)
    x, y = data.prices()
    y = y.unsqueeze(1)
    model = MeanAndSpread()
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
    w = watch(model, optimizer, loss=gaussian_nll, folder=folder)
    for epoch in range(5):
        order = torch.randperm(len(x))
        for k in range(0, len(x), 64):
            rows = order[k : k + 64]
            loss = gaussian_nll(model(x[rows]), y[rows])
            w(x[rows], y[rows], loss)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
