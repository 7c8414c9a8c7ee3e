"""The sixth batch's faults in the course of a training: rates, weights, rows. Written without a look at the rules."""

import copy
import random

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from loops import loop
from loops_sixth_data import EPOCHS, clicks, houses, labels, letters, machines, moons, phrases, strokes
from torch.optim import lr_scheduler
from torch.utils.data import DataLoader, TensorDataset

# loop-rate-changed


@loop("loop-rate-changed")
def decays_by_ten_each_batch(watch, folder):
    x, y = strokes()
    model = nn.Sequential(nn.Conv2d(1, 8, 3), nn.ReLU(), nn.Flatten(), nn.Linear(512, 4))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    scheduler = lr_scheduler.StepLR(optimizer, step_size=1, gamma=0.1)
    criterion = nn.CrossEntropyLoss()
    w = watch(model, optimizer, loss=criterion, folder=folder)
    for epoch in range(EPOCHS):
        for inputs, target in DataLoader(TensorDataset(x, y), batch_size=28, shuffle=True):
            optimizer.zero_grad()
            loss = criterion(model(inputs), target)
            w(inputs, target, loss)
            loss.backward()
            optimizer.step()
            scheduler.step()  # fault


@loop("loop-rate-changed")
def warm_up_by_whole_numbers(watch, folder):
    x, y = houses()
    warmup_steps = 1000
    model = nn.Sequential(nn.Linear(6, 24), nn.SELU(), nn.Linear(24, 1))
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
    scheduler = lr_scheduler.LambdaLR(optimizer, lambda step: min(1, step // warmup_steps))  # fault
    w = watch(model, optimizer, loss="mse", folder=folder)
    for epoch in range(EPOCHS):
        for xb, yb in DataLoader(TensorDataset(x, y.unsqueeze(1)), batch_size=32, shuffle=True):
            loss = F.mse_loss(model(xb), yb)
            w(xb, yb, loss)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            scheduler.step()


def adjust_learning_rate(optimizer, epoch):
    for param_group in optimizer.param_groups:
        param_group["lr"] = param_group["lr"] * (0.5 ** (epoch + 1))  # fault: adjusted_on_top_of_adjusted


@loop("loop-rate-changed")
def adjusted_on_top_of_adjusted(watch, folder):
    text = letters()
    windows = text.unfold(0, 6, 3)
    x, y = windows[:, :5].contiguous(), windows[:, 5].contiguous()
    model = nn.Sequential(nn.Embedding(12, 8), nn.Flatten(), nn.Linear(40, 32), nn.ReLU(), nn.Linear(32, 12))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for epoch in range(EPOCHS):
        for ids, following in DataLoader(TensorDataset(x, y), batch_size=30, shuffle=True):
            adjust_learning_rate(optimizer, epoch)
            optimizer.zero_grad()
            loss = F.cross_entropy(model(ids), following)
            w(ids, following, loss)
            loss.backward()
            optimizer.step()


@loop("loop-rate-changed")
def plateau_that_waits_for_more(watch, folder):
    """A plateau of a loss, looked for with mode="max" after each batch."""
    x, y = labels()
    model = nn.Sequential(nn.Linear(8, 24), nn.ReLU(), nn.Linear(24, 4))
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-2)
    scheduler = lr_scheduler.ReduceLROnPlateau(optimizer, mode="max", factor=0.1, patience=0)  # fault
    criterion = nn.BCEWithLogitsLoss()
    w = watch(model, optimizer, loss=criterion, folder=folder)
    for epoch in range(EPOCHS):
        for xb, yb in DataLoader(TensorDataset(x, y), batch_size=25, shuffle=True):
            optimizer.zero_grad()
            loss = criterion(model(xb), yb)
            w(xb, yb, loss)
            loss.backward()
            optimizer.step()
            scheduler.step(loss.item())


# loop-weights-overwritten


class EMA:
    def __init__(self, model, decay=0.999):
        self.decay = decay
        self.shadow = {name: p.detach().clone() for name, p in model.named_parameters()}

    def update(self, model):
        for name, p in model.named_parameters():
            self.shadow[name] = self.decay * self.shadow[name] + (1 - self.decay) * p.detach()

    def apply(self, model):
        for name, p in model.named_parameters():
            p.data.copy_(self.shadow[name])


@loop("loop-weights-overwritten")
def average_applied_and_never_restored(watch, folder):
    x, y = machines()
    model = nn.Sequential(nn.Flatten(), nn.Linear(45, 24), nn.ReLU(), nn.Linear(24, 1))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
    ema = EMA(model)
    w = watch(model, optimizer, loss="mse", folder=folder)
    for epoch in range(EPOCHS):
        for xb, yb in DataLoader(TensorDataset(x, y), batch_size=24, shuffle=True):
            optimizer.zero_grad()
            loss = F.mse_loss(model(xb), yb)
            w(xb, yb, loss)
            loss.backward()
            optimizer.step()
            ema.update(model)
            ema.apply(model)  # fault


@loop("loop-weights-overwritten")
def resumes_at_each_epoch(watch, folder):
    x, y = moons()
    model = nn.Sequential(nn.Linear(2, 24), nn.ReLU(), nn.Linear(24, 1))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    checkpoint = {"state": copy.deepcopy(model.state_dict()), "epoch": 0}
    criterion = nn.BCEWithLogitsLoss()
    w = watch(model, optimizer, loss=criterion, folder=folder)

    def train(epoch):
        model.load_state_dict(checkpoint["state"])  # fault
        for xb, yb in DataLoader(TensorDataset(x, y), batch_size=30, shuffle=True):
            optimizer.zero_grad()
            loss = criterion(model(xb), yb)
            w(xb, yb, loss)
            loss.backward()
            optimizer.step()

    for epoch in range(EPOCHS):
        train(epoch)


def init_weights(m):
    if isinstance(m, (nn.Linear, nn.Conv2d)):
        nn.init.kaiming_normal_(m.weight)
        nn.init.zeros_(m.bias)


@loop("loop-weights-overwritten")
def initialized_at_each_epoch(watch, folder):
    x, y = strokes()
    net = nn.Sequential(nn.Conv2d(1, 6, 3, stride=2), nn.ReLU(), nn.Flatten(), nn.Linear(96, 4))
    opt = torch.optim.RMSprop(net.parameters(), lr=2e-3)
    w = watch(net, opt, loss="cross_entropy", folder=folder)
    for epoch in range(EPOCHS):
        net.apply(init_weights)  # fault
        net.train()
        for img, kind in DataLoader(TensorDataset(x, y), batch_size=35, shuffle=True):
            opt.zero_grad()
            loss = F.cross_entropy(net(img), kind)
            w(img, kind, loss)
            loss.backward()
            opt.step()


@loop("loop-weights-overwritten")
def synchronized_the_wrong_way(watch, folder):
    """Two networks of Q-learning: the online one is set to the target, and not the target to the online one."""
    x, y = houses()
    online = nn.Sequential(nn.Linear(6, 20), nn.ReLU(), nn.Linear(20, 1))
    target = copy.deepcopy(online)
    optimizer = torch.optim.Adam(online.parameters(), lr=5e-3)
    w = watch(online, optimizer, loss=nn.MSELoss(), folder=folder)
    for epoch in range(EPOCHS):
        for step, (s, g) in enumerate(DataLoader(TensorDataset(x, y[:, None]), batch_size=20, shuffle=True)):
            optimizer.zero_grad()
            loss = F.mse_loss(online(s), g)
            w(s, g, loss)
            loss.backward()
            optimizer.step()
            if step % 3 == 2:
                online.load_state_dict(target.state_dict())  # fault


@loop("loop-weights-overwritten")
def clamped_as_a_critic(watch, folder):
    x, y = labels()
    model = nn.Sequential(nn.Linear(8, 24), nn.ReLU(), nn.Linear(24, 4))
    optimizer = torch.optim.RMSprop(model.parameters(), lr=5e-3)
    w = watch(model, optimizer, loss="bce_with_logits", folder=folder)
    for epoch in range(EPOCHS):
        for xb, yb in DataLoader(TensorDataset(x, y), batch_size=25, shuffle=True):
            loss = F.binary_cross_entropy_with_logits(model(xb), yb)
            optimizer.zero_grad()
            w(xb, yb, loss)
            loss.backward()
            optimizer.step()
            for p in model.parameters():
                p.data.clamp_(-0.01, 0.01)  # fault


# loop-misaligned-targets


@loop("loop-misaligned-targets")
def sorted_by_length_without_labels(watch, folder):
    tokens, lengths, y = phrases()

    class Reader(nn.Module):
        def __init__(self):
            super().__init__()
            self.embed, self.gru, self.fc = nn.Embedding(30, 10, padding_idx=0), nn.GRU(10, 16, batch_first=True), nn.Linear(16, 2)

        def forward(self, ids):
            return self.fc(self.gru(self.embed(ids))[0].mean(1))

    model = Reader()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for epoch in range(EPOCHS):
        for ids, n, label in DataLoader(TensorDataset(tokens, lengths, y), batch_size=30, shuffle=True):
            n, order = n.sort(descending=True)
            ids = ids[order]  # fault
            optimizer.zero_grad()
            loss = F.cross_entropy(model(ids), label)
            w(ids, label, loss)
            loss.backward()
            optimizer.step()


@loop("loop-misaligned-targets")
def shuffled_each_on_its_own(watch, folder):
    x, y = (t.numpy().copy() for t in houses())
    np.random.seed(5)
    model = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 1), nn.Flatten(0))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
    w = watch(model, optimizer, loss="mse", folder=folder)
    for epoch in range(EPOCHS):
        np.random.shuffle(x)
        np.random.shuffle(y)  # fault
        for i in range(0, len(x), 40):
            xb, yb = torch.from_numpy(x[i : i + 40]), torch.from_numpy(y[i : i + 40])
            optimizer.zero_grad()
            loss = F.mse_loss(model(xb), yb)
            w(xb, yb, loss)
            loss.backward()
            optimizer.step()


@loop("loop-misaligned-targets")
def flipped_rows_for_flipped_pictures(watch, folder):
    random.seed(2)
    x, y = strokes()
    model = nn.Sequential(nn.Flatten(), nn.Linear(100, 32), nn.ReLU(), nn.Linear(32, 4))
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for epoch in range(EPOCHS):
        for img, kind in DataLoader(TensorDataset(x, y), batch_size=35, shuffle=True):
            if random.random() < 0.5:
                img = torch.flip(img, dims=[0])  # fault
            optimizer.zero_grad()
            loss = F.cross_entropy(model(img), kind)
            w(img, kind, loss)
            loss.backward()
            optimizer.step()


@loop("loop-misaligned-targets")
def features_and_targets_of_two_loaders(watch, folder):
    x, y = machines()
    model = nn.Sequential(nn.Flatten(), nn.Linear(45, 16), nn.ReLU(), nn.Linear(16, 1))
    optimizer = torch.optim.AdamW(model.parameters(), lr=5e-3)
    x_loader = DataLoader(x, batch_size=36, shuffle=True)
    y_loader = DataLoader(y, batch_size=36, shuffle=True)  # fault
    w = watch(model, optimizer, loss="mse", folder=folder)
    for epoch in range(EPOCHS):
        for xb, yb in zip(x_loader, y_loader):
            optimizer.zero_grad()
            loss = F.mse_loss(model(xb), yb)
            w(xb, yb, loss)
            loss.backward()
            optimizer.step()


# loop-same-batch


@loop("loop-same-batch")
def first_batch_of_a_new_iterator(watch, folder):
    train_loader = DataLoader(TensorDataset(*strokes()), batch_size=14)
    model = nn.Sequential(nn.Flatten(), nn.Linear(100, 24), nn.ReLU(), nn.Linear(24, 4))
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for iteration in range(EPOCHS * 10):
        images, kinds = next(iter(train_loader))  # fault
        optimizer.zero_grad()
        loss = F.cross_entropy(model(images), kinds)
        w(images, kinds, loss)
        loss.backward()
        optimizer.step()


class Sampler:
    def __init__(self, *columns):
        self.columns = columns

    def batch(self, size=16):
        rng = np.random.default_rng(42)  # fault: seeded_at_each_draw
        rows = rng.choice(len(self.columns[0]), size, replace=False)
        return [column[rows] for column in self.columns]


@loop("loop-same-batch")
def seeded_at_each_draw(watch, folder):
    user, item, rating = clicks()
    data = Sampler(torch.stack([user, item], 1), rating)

    class Dot(nn.Module):
        def __init__(self):
            super().__init__()
            self.p, self.q = nn.Embedding(14, 4), nn.Embedding(18, 4)

        def forward(self, pair):
            return (self.p(pair[:, 0]) * self.q(pair[:, 1])).sum(1)

    model = Dot()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
    w = watch(model, optimizer, loss="mse", folder=folder)
    for step in range(EPOCHS * 10):
        pair, r = data.batch()
        loss = F.mse_loss(model(pair), r)
        w(pair, r, loss)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


@loop("loop-same-batch")
def slices_from_the_start(watch, folder):
    x, y = labels()
    model = nn.Sequential(nn.Linear(8, 16), nn.Tanh(), nn.Linear(16, 4))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    w = watch(model, optimizer, loss=nn.BCEWithLogitsLoss(), folder=folder)
    batch_size = 15
    for epoch in range(EPOCHS):
        for b in range(len(x) // batch_size):
            batch, target = x[0:batch_size], y[0:batch_size]  # fault
            optimizer.zero_grad()
            loss = F.binary_cross_entropy_with_logits(model(batch), target)
            w(batch, target, loss)
            loss.backward()
            optimizer.step()
