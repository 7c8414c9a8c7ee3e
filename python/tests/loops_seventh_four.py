"""The seventh batch's faults: rates, weights put back, rows. Written without a look at the rules."""

import copy
import math
import random

import torch
import torch.nn as nn
import torch.nn.functional as F
from loops import loop
from loops_seventh_data import EPOCHS, batches, churn, housing, load, phrases, reversals, shapes, tones, transitions
from torch.optim.lr_scheduler import LambdaLR, StepLR
from torch.utils.data import DataLoader, Dataset, TensorDataset

# loop-rate-changed


@loop("loop-rate-changed")
def epochs_scheduler_in_the_batch_loop(watch, folder):
    images, labels = shapes()
    loader = DataLoader(TensorDataset(images, labels), batch_size=24, shuffle=True)
    net = nn.Sequential(nn.Conv2d(1, 8, 3), nn.ReLU(), nn.Flatten(), nn.Linear(288, 4))
    optimizer = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9, weight_decay=5e-4)
    scheduler = StepLR(optimizer, step_size=3, gamma=0.1)
    w = watch(net, optimizer, loss="cross_entropy", folder=folder)
    for epoch in range(EPOCHS):
        net.train()
        for inputs, labels in loader:
            optimizer.zero_grad()
            loss = F.cross_entropy(net(inputs), labels)
            loss.backward()
            optimizer.step()
            scheduler.step()  # fault
            w(inputs, labels, loss)


@loop("loop-rate-changed")
def linear_decay_to_the_wrong_total(watch, folder):
    ids, groups = phrases()
    model = nn.Sequential(nn.Embedding(30, 12), nn.Flatten(), nn.Linear(120, 3))
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
    total_steps = 3  # fault
    scheduler = LambdaLR(optimizer, lambda step: max(0.0, 1 - step / total_steps))
    step = watch(model, optimizer, loss=nn.CrossEntropyLoss(), folder=folder)
    for epoch in range(EPOCHS):
        for batch in batches(30, ids, groups):
            x, y = batch
            loss = F.cross_entropy(model(x), y)
            step(x, y, loss)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            scheduler.step()


def adjust_learning_rate(optimizer):
    for group in optimizer.param_groups:
        group["lr"] *= 0.5  # fault: halved_at_every_batch


@loop("loop-rate-changed")
def halved_at_every_batch(watch, folder):
    x, y = housing()
    model = nn.Sequential(nn.Linear(7, 20), nn.ReLU(), nn.Linear(20, 1))
    optimizer = torch.optim.RMSprop(model.parameters(), lr=5e-3)
    w = watch(model, optimizer, loss="mse", folder=folder)
    for epoch in range(EPOCHS):
        for i, (data, target) in enumerate(batches(25, x, y)):
            optimizer.zero_grad()
            loss = F.mse_loss(model(data), target)
            loss.backward()
            optimizer.step()
            w(data, target, loss)
            adjust_learning_rate(optimizer)


# loop-weights-overwritten


@loop("loop-weights-overwritten")
def best_weights_loaded_every_epoch(watch, folder):
    X, Y = churn()
    model = nn.Sequential(nn.Linear(9, 16), nn.ReLU(), nn.Dropout(0.2), nn.Linear(16, 1), nn.Flatten(0))
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    best_model_wts, best_loss = copy.deepcopy(model.state_dict()), 0.0
    step = watch(model, optimizer, loss="bce_with_logits", folder=folder)
    for epoch in range(2 * EPOCHS):
        model.train()
        running = 0.0
        for x, y in batches(55, X, Y):
            optimizer.zero_grad()
            loss = F.binary_cross_entropy_with_logits(model(x), y)
            loss.backward()
            optimizer.step()
            step(x, y, loss)
            running += loss.item()
        if running < best_loss:
            best_loss, best_model_wts = running, copy.deepcopy(model.state_dict())
        model.load_state_dict(best_model_wts)  # fault


class MeanTeacher:
    def __init__(self, model, decay=0.999):
        self.model, self.decay = model, decay
        self.shadow = [p.detach().clone() for p in model.parameters()]

    @torch.no_grad()
    def update(self):
        for s, p in zip(self.shadow, self.model.parameters()):
            s.mul_(self.decay).add_(p, alpha=1 - self.decay)
            p.copy_(s)  # fault: average_copied_back


@loop("loop-weights-overwritten")
def average_copied_back(watch, folder):
    waves, pitch = tones()
    model = nn.Sequential(nn.Conv1d(1, 8, 15, stride=3), nn.ReLU(), nn.AdaptiveMaxPool1d(2), nn.Flatten(), nn.Linear(16, 3))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    ema = MeanTeacher(model)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for epoch in range(EPOCHS):
        for x, y in batches(20, waves, pitch):
            loss = F.cross_entropy(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            w(x, y, loss)
            ema.update()


def init_weights(m):
    if isinstance(m, nn.Linear):
        nn.init.xavier_uniform_(m.weight)
        nn.init.zeros_(m.bias)


@loop("loop-weights-overwritten")
def initialized_in_the_epoch(watch, folder):
    past, future = load()
    model = nn.Sequential(nn.Flatten(), nn.Linear(16, 24), nn.ReLU(), nn.Linear(24, 2))
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)

    def run_epoch():
        model.apply(init_weights)  # fault: initialized_in_the_epoch
        for xb, yb in batches(34, past, future):
            optimizer.zero_grad()
            loss = F.mse_loss(model(xb), yb)
            w(xb, yb, loss)
            loss.backward()
            optimizer.step()

    w = watch(model, optimizer, loss="mse", folder=folder)
    for epoch in range(2 * EPOCHS):
        run_epoch()


# loop-misaligned-targets


@loop("loop-misaligned-targets")
def two_permutations(watch, folder):
    x, y = housing()
    model = nn.Sequential(nn.Linear(7, 24), nn.Tanh(), nn.Linear(24, 1))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    w = watch(model, optimizer, loss="mse", folder=folder)
    for epoch in range(EPOCHS):
        x = x[torch.randperm(len(x))]  # fault
        y = y[torch.randperm(len(y))]
        for i in range(0, 200, 40):
            loss = F.mse_loss(model(x[i : i + 40]), y[i : i + 40])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            w(x[i : i + 40], y[i : i + 40], loss)


@loop("loop-misaligned-targets")
def a_loader_for_each(watch, folder):
    images, labels = shapes()
    image_loader = DataLoader(images, batch_size=32, shuffle=True)
    label_loader = DataLoader(labels, batch_size=32, shuffle=True)  # fault
    net = nn.Sequential(nn.Flatten(), nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 4))
    criterion, opt = nn.CrossEntropyLoss(), torch.optim.SGD(net.parameters(), lr=0.1)
    step = watch(net, opt, loss=criterion, folder=folder)
    for epoch in range(EPOCHS):
        for image, label in zip(image_loader, label_loader):
            opt.zero_grad()
            loss = criterion(net(image), label)
            step(image, label, loss)
            loss.backward()
            opt.step()


class Clips(Dataset):
    """Sorted by pitch once loaded, the labels not."""

    def __init__(self):
        waves, self.labels = tones()
        self.waves = waves[self.labels.argsort(stable=True)]  # fault: sorted_without_its_labels

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, i):
        return self.waves[i], self.labels[i]


@loop("loop-misaligned-targets")
def sorted_without_its_labels(watch, folder):
    model = nn.Sequential(nn.Conv1d(1, 8, 9, stride=2), nn.ReLU(), nn.Conv1d(8, 8, 5, stride=2), nn.ReLU(), nn.AdaptiveAvgPool1d(1), nn.Flatten(), nn.Linear(8, 3))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for epoch in range(EPOCHS):
        for x, y in DataLoader(Clips(), batch_size=32, shuffle=True):
            loss = F.cross_entropy(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            w(x, y, loss)


@loop("loop-misaligned-targets")
def answers_of_the_next_batch(watch, folder):
    X, Y = churn(264)
    model = nn.Sequential(nn.Linear(9, 24), nn.ReLU(), nn.Linear(24, 1), nn.Flatten(0))
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
    bs = 22
    w = watch(model, optimizer, loss="bce_with_logits", folder=folder)
    for epoch in range(EPOCHS):
        for b in range(len(X) // bs - 1):
            x = X[b * bs : (b + 1) * bs]
            y = Y[(b + 1) * bs : (b + 2) * bs]  # fault
            optimizer.zero_grad()
            loss = F.binary_cross_entropy_with_logits(model(x), y)
            loss.backward()
            optimizer.step()
            w(x, y, loss)


# loop-same-batch


@loop("loop-same-batch")
def next_of_a_new_iterator(watch, folder):
    source, turned = reversals()
    loader = DataLoader(TensorDataset(source, turned), batch_size=16)
    model = nn.Sequential(nn.Embedding(9, 12), nn.Flatten(), nn.Linear(72, 54), nn.Unflatten(1, (9, 6)))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    step = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for iteration in range(10 * EPOCHS):
        src, tgt = next(iter(loader))  # fault
        loss = F.cross_entropy(model(src), tgt)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        step(src, tgt, loss)


@loop("loop-same-batch")
def start_that_stays_at_zero(watch, folder):
    past, future = load()
    batch_size, start = 10, 0
    n_batches = math.ceil(len(past) / batch_size)
    model = nn.Sequential(nn.Flatten(), nn.Linear(16, 32), nn.ReLU(), nn.Linear(32, 2))
    optimizer = torch.optim.RMSprop(model.parameters(), lr=3e-3)
    w = watch(model, optimizer, loss="l1", folder=folder)
    for epoch in range(EPOCHS):
        for _ in range(n_batches):
            xb, yb = past[start : start + batch_size], future[start : start + batch_size]  # fault
            optimizer.zero_grad()
            loss = F.l1_loss(model(xb), yb)
            loss.backward()
            optimizer.step()
            w(xb, yb, loss)


class ReplayBuffer:
    def __init__(self, capacity=256):
        self.memory = list(zip(*transitions(capacity)))

    def sample(self, n, seed=42):
        random.seed(seed)  # fault: sampled_with_the_same_seed
        states, actions, returns = zip(*random.sample(self.memory, n))
        return torch.stack(states), torch.stack(actions), torch.stack(returns)


@loop("loop-same-batch")
def sampled_with_the_same_seed(watch, folder):
    class Critic(nn.Module):
        def __init__(self):
            super().__init__()
            self.net = nn.Sequential(nn.Linear(7, 32), nn.ReLU(), nn.Linear(32, 1))

        def forward(self, s, a):
            return self.net(torch.cat([s, F.one_hot(a, 3).float()], 1))[:, 0]

    buffer, critic = ReplayBuffer(), Critic()
    optimizer = torch.optim.Adam(critic.parameters(), lr=5e-3)
    w = watch(critic, optimizer, loss="smooth_l1", folder=folder)
    for update in range(10 * EPOCHS):
        s, a, r = buffer.sample(16)
        loss = F.smooth_l1_loss(critic(s, a), r)
        w((s, a), r, loss)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
