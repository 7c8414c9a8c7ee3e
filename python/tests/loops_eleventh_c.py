"""Eleventh batch: detached, gradients cleared, accumulated and changed."""

import loops_eleventh_data as data
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from loops import loop
from torch.utils.data import DataLoader, TensorDataset

# loop-detached


class Pooled(nn.Module):
    """The mean of the words that are there, then a classifier."""

    def __init__(self, words=40, width=12):
        super().__init__()
        self.embed = nn.Embedding(words, width, padding_idx=0)
        self.conv = nn.Conv1d(width, 24, 3, padding=1)
        self.fc = nn.Linear(24, 2)

    def forward(self, tokens):
        h = torch.relu(self.conv(self.embed(tokens).transpose(1, 2)))
        pooled = []
        for row, line in zip(h, tokens):
            kept = row.detach().numpy()[:, line.numpy() != 0]  # fault: pools_in_numpy
            pooled.append(np.max(kept, axis=1))
        return self.fc(torch.from_numpy(np.stack(pooled)))


@loop("loop-detached")
def pools_in_numpy(watch, folder):
    torch.manual_seed(41)
    tokens, _, y = data.reviews()
    model = Pooled()
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
    loss_fn = nn.CrossEntropyLoss()
    w = watch(model, optimizer, loss=loss_fn, folder=folder)
    for epoch in range(4):
        for xb, yb in DataLoader(TensorDataset(tokens, y), batch_size=32, shuffle=True):
            optimizer.zero_grad()
            loss = loss_fn(model(xb), yb)
            loss.backward()
            optimizer.step()
            w(xb, yb, loss)


class Finetuned(nn.Module):
    def __init__(self, backbone, kinds):
        super().__init__()
        self.backbone = backbone
        self.head = nn.Linear(64, kinds)

    def forward(self, x):
        return self.head(self.backbone(x))


@loop("loop-detached")
def features_without_gradients(watch, folder):
    torch.manual_seed(42)
    images, labels = data.digits()
    backbone = nn.Sequential(nn.Conv2d(1, 16, 3, stride=2), nn.ReLU(), nn.AdaptiveAvgPool2d(2), nn.Flatten())
    model = Finetuned(backbone, 5)
    optimizer = torch.optim.AdamW(
        [{"params": model.backbone.parameters(), "lr": 5e-3}, {"params": model.head.parameters(), "lr": 1e-2}], weight_decay=1e-3
    )
    criterion = nn.CrossEntropyLoss(label_smoothing=0.05)
    w = watch(model, optimizer, loss=criterion, folder=folder)
    for epoch in range(5):
        for x, y in DataLoader(TensorDataset(images, labels), batch_size=32, shuffle=True):
            with torch.no_grad():  # fault
                features = model.backbone(x)
            logits = model.head(features)
            loss = criterion(logits, y)
            optimizer.zero_grad()
            loss.backward()
            w(x, y, loss)
            optimizer.step()


class Seq2Seq(nn.Module):
    """Reads the sensors, and says the next three values."""

    def __init__(self, hidden=24):
        super().__init__()
        self.encoder = nn.GRU(2, hidden, batch_first=True)
        self.cell = nn.GRUCell(1, hidden)
        self.out = nn.Linear(hidden, 1)

    def forward(self, x):
        _, hidden = self.encoder(x)
        hidden = hidden[-1].data  # fault: the_hidden_state_as_data
        step, steps = x[:, -1, :1], []
        for _ in range(3):
            hidden = self.cell(step, hidden)
            step = self.out(hidden)
            steps.append(step)
        return torch.cat(steps, 1)


@loop("loop-detached")
def the_hidden_state_as_data(watch, folder):
    torch.manual_seed(43)
    series, _ = data.sensors(steps=17)
    x, y = series[:, :14], series[:, 14:, 0]
    model = Seq2Seq()
    criterion = nn.MSELoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    w = watch(model, optimizer, loss=criterion, folder=folder)
    for iteration in range(40):
        picked = np.random.default_rng(iteration).choice(len(x), 48, replace=False)
        optimizer.zero_grad()
        output = model(x[picked])
        loss = criterion(output, y[picked])
        loss.backward()
        optimizer.step()
        w(x[picked], y[picked], loss)


# loop-gradients-cleared


class Module:
    """Hooks around a step, as frameworks have them."""

    def __init__(self, net, lr):
        self.net = net
        self.optimizer = torch.optim.Adam(net.parameters(), lr=lr)
        self.loss_fn = nn.L1Loss()

    def training_step(self, batch):
        x, y = batch
        return self.loss_fn(self.net(x), y)

    def on_before_step(self):
        self.optimizer.zero_grad(set_to_none=False)  # fault: zeroed_by_a_hook

    def fit(self, loader, epochs, log):
        for _ in range(epochs):
            for batch in loader:
                loss = self.training_step(batch)
                loss.backward()
                self.on_before_step()
                self.optimizer.step()
                log(*batch, loss)


class Factors(nn.Module):
    def __init__(self, users=20, items=15, k=8):
        super().__init__()
        self.user, self.item = nn.Embedding(users, k), nn.Embedding(items, k)
        self.bias = nn.Parameter(torch.zeros(1))

    def forward(self, pairs):
        return (self.user(pairs[:, 0]) * self.item(pairs[:, 1])).sum(1, keepdim=True) + self.bias


@loop("loop-gradients-cleared")
def zeroed_by_a_hook(watch, folder):
    torch.manual_seed(44)
    module = Module(Factors(), lr=0.05)
    log = watch(module.net, module.optimizer, loss=module.loss_fn, folder=folder)
    module.fit(DataLoader(TensorDataset(*data.ratings()), batch_size=50, shuffle=True), 4, log)


@loop("loop-gradients-cleared")
def cleared_when_enough_is_gathered(watch, folder):
    torch.manual_seed(45)
    x, y = data.digits()
    model = nn.Sequential(nn.Flatten(), nn.Linear(100, 48), nn.GELU(), nn.LayerNorm(48), nn.Linear(48, 5))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.2, momentum=0.9)
    criterion = nn.CrossEntropyLoss()
    accum_iter = 2
    w = watch(model, optimizer, loss=criterion, folder=folder)
    for epoch in range(4):
        loader = DataLoader(TensorDataset(x, y), batch_size=32, shuffle=True)
        for batch_idx, (inputs, labels) in enumerate(loader):
            preds = model(inputs)
            loss = criterion(preds, labels)
            (loss / accum_iter).backward()
            w(inputs, labels, loss)
            if (batch_idx + 1) % accum_iter == 0 or batch_idx + 1 == len(loader):
                optimizer.zero_grad()  # fault
                optimizer.step()


def both_tasks(out, y):
    return F.mse_loss(out[:, 0], y[:, 0]) + F.mse_loss(out[:, 1], y[:, 1])


@loop("loop-gradients-cleared")
def zeroed_ahead_of_each_task(watch, folder):
    torch.manual_seed(46)
    x, price = data.prices()
    y = torch.stack([price, 2 * x[:, 1] - x[:, 6]], 1)
    net = nn.Sequential(nn.Linear(7, 48), nn.ReLU(), nn.Linear(48, 2))
    optimizer = torch.optim.SGD(net.parameters(), lr=0.05)
    w = watch(net, optimizer, loss=both_tasks, folder=folder)
    for epoch in range(5):
        for xb, yb in DataLoader(TensorDataset(x, y), batch_size=32, shuffle=True):
            out = net(xb)
            losses = [F.mse_loss(out[:, t], yb[:, t]) for t in range(2)]
            for task_loss in losses:
                optimizer.zero_grad()  # fault
                task_loss.backward(retain_graph=True)
            w(xb, yb, sum(losses))
            optimizer.step()


# loop-gradients-accumulate


def train_one_epoch(model, loader, optimizer, loss_fn, log):
    model.train()
    optimizer.zero_grad()  # fault: zeroed_once_an_epoch
    total = 0.0
    for x, y in loader:
        loss = loss_fn(model(x), y)
        loss.backward()
        optimizer.step()
        log(x, y, loss)
        total += float(loss)
    return total / len(loader)


@loop("loop-gradients-accumulate")
def zeroed_once_an_epoch(watch, folder):
    torch.manual_seed(47)
    model = nn.Sequential(nn.Linear(7, 32), nn.ReLU(), nn.Linear(32, 1), nn.Flatten(0))
    loader = DataLoader(TensorDataset(*data.prices()), batch_size=20, shuffle=True)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.02, momentum=0.9)
    loss_fn = nn.MSELoss()
    log = watch(model, optimizer, loss=loss_fn, folder=folder)
    for epoch in range(1, 4):
        train_one_epoch(model, loader, optimizer, loss_fn, log)


@loop("loop-gradients-accumulate")
def zero_grad_without_a_call(watch, folder):
    torch.manual_seed(48)
    images, labels = data.digits()
    net = nn.Sequential(
        nn.Conv2d(1, 8, 3), nn.BatchNorm2d(8), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(8, 16, 3), nn.ReLU(), nn.Flatten(), nn.Linear(64, 5)
    )
    optimizer = torch.optim.SGD(net.parameters(), lr=0.2)
    criterion = nn.CrossEntropyLoss()
    trainloader = DataLoader(TensorDataset(images, labels), batch_size=32, shuffle=True, drop_last=True)
    w = watch(net, optimizer, loss=criterion, folder=folder)
    for epoch in range(3):
        for data_ in trainloader:
            inputs, targets = data_
            optimizer.zero_grad  # fault
            outputs = net(inputs)
            loss = criterion(outputs, targets)
            loss.backward()
            w(inputs, targets, loss)
            optimizer.step()


@loop("loop-gradients-accumulate")
def a_step_outside_of_the_if(watch, folder):
    torch.manual_seed(49)
    x, y = data.sensors()
    model = nn.Sequential(nn.Flatten(), nn.Linear(28, 32), nn.Tanh(), nn.Linear(32, 1))
    loss_fn = nn.SmoothL1Loss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.15)
    w = watch(model, optimizer, loss=loss_fn, folder=folder)
    grad_accum = 6
    optimizer.zero_grad()
    step = 0
    for epoch in range(4):
        for xb, yb in DataLoader(TensorDataset(x, y), batch_size=25, shuffle=True):
            loss = loss_fn(model(xb), yb)
            loss.backward()
            step += 1
            optimizer.step()  # fault
            if step % grad_accum == 0:
                optimizer.zero_grad()
            w(xb, yb, loss)


# loop-gradients-changed


@loop("loop-gradients-changed")
def clipped_while_scaled(watch, folder):
    torch.manual_seed(50)
    x, y = data.digits()
    model = nn.Sequential(nn.Flatten(), nn.Linear(100, 64), nn.ReLU(), nn.Linear(64, 5))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    criterion = nn.CrossEntropyLoss()
    scaler = torch.amp.GradScaler("cpu")
    w = watch(model, optimizer, loss=criterion, folder=folder)
    for epoch in range(3):
        for inputs, labels in DataLoader(TensorDataset(x, y), batch_size=32, shuffle=True):
            optimizer.zero_grad()
            loss = criterion(model(inputs), labels)
            scaler.scale(loss).backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)  # fault
            w(inputs, labels, loss)
            scaler.step(optimizer)
            scaler.update()


@loop("loop-gradients-changed")
def noise_for_privacy(watch, folder):
    torch.manual_seed(51)
    x, y = data.moons()
    model = nn.Sequential(nn.Linear(2, 20), nn.Tanh(), nn.Linear(20, 2))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.3)
    criterion = nn.CrossEntropyLoss()
    clip, sigma, batch_size = 1.0, 1.1, 60
    w = watch(model, optimizer, loss=criterion, folder=folder)
    for epoch in range(6):
        for xb, yb in DataLoader(TensorDataset(x, y), batch_size=batch_size, shuffle=True):
            optimizer.zero_grad()
            loss = criterion(model(xb), yb)
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), clip)
            for p in model.parameters():
                p.grad += sigma * clip * torch.randn_like(p.grad)  # fault
            optimizer.step()
            w(xb, yb, loss)


@loop("loop-gradients-changed")
def the_wrong_field_of_the_settings(watch, folder):
    torch.manual_seed(52)
    args = {"lr": 0.05, "weight_decay": 1e-5, "grad_clip": 1.0, "epochs": 3, "batch_size": 30}
    model = nn.LSTM(2, 16, batch_first=True, proj_size=1)

    class Last(nn.Module):
        def __init__(self, rnn):
            super().__init__()
            self.rnn = rnn

        def forward(self, x):
            return self.rnn(x)[0][:, -1]

    net = Last(model)
    optimizer = torch.optim.SGD(net.parameters(), lr=args["lr"] * 10, weight_decay=args["weight_decay"])
    w = watch(net, optimizer, loss="mse", folder=folder)
    loader = DataLoader(TensorDataset(*data.sensors()), batch_size=args["batch_size"], shuffle=True)
    for epoch in range(args["epochs"]):
        for src, trg in loader:
            optimizer.zero_grad()
            loss = F.mse_loss(net(src), trg)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(net.parameters(), args["weight_decay"])  # fault
            optimizer.step()
            w(src, trg, loss)
