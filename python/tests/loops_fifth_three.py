"""The fifth batch's faults: rates, weights, rows. Written without a look at the rules."""

import copy

import numpy as np
import torch
import torch.nn.functional as F
from loops import loop
from loops_fifth_data import characters, demand, friedman, glyphs, reviews, sensors, spirals, tags
from loops_fifth_one import TinyGPT
from torch import nn, optim
from torch.utils.data import DataLoader, TensorDataset

# loop-rate-changed


def adjust_learning_rate(optimizer, epoch, lr):
    """Divide the rate by ten every two epochs."""
    for group in optimizer.param_groups:
        group["lr"] = lr * 0.1 ** (epoch // 2)  # fault: step_passed_as_epoch


@loop("loop-rate-changed")
def step_passed_as_epoch(watch, folder):
    x, kind, _ = glyphs()
    model = nn.Sequential(nn.Conv2d(1, 4, 5), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(), nn.Linear(256, 2))
    criterion = nn.CrossEntropyLoss()
    optimizer = optim.SGD(model.parameters(), 0.1, momentum=0.9, weight_decay=1e-4)
    w = watch(model, optimizer, loss=criterion, folder=folder)
    for epoch in range(2):
        for i, (images, target) in enumerate(DataLoader(TensorDataset(x, kind), batch_size=12, shuffle=True)):
            adjust_learning_rate(optimizer, i, 0.1)
            output = model(images)
            loss = criterion(output, target)
            w(images, target, loss)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()


@loop("loop-rate-changed")
def polynomial_of_epochs_by_step(watch, folder):
    epochs = 6
    x, y = tags()
    net = nn.Sequential(nn.Linear(7, 20), nn.ReLU(), nn.Linear(20, 5))
    opt = optim.AdamW(net.parameters(), lr=1e-2)
    sched = optim.lr_scheduler.PolynomialLR(opt, total_iters=epochs, power=0.9)
    w = watch(net, opt, loss="bce_with_logits", folder=folder)
    for epoch in range(epochs):
        for xb, yb in DataLoader(TensorDataset(x, y), batch_size=30, shuffle=True):
            opt.zero_grad()
            loss = F.binary_cross_entropy_with_logits(net(xb), yb)
            loss.backward()
            opt.step()
            sched.step()  # fault
            w(xb, yb, loss)


@loop("loop-rate-changed")
def warm_up_by_whole_numbers(watch, folder):
    data, vocab = characters()
    model = TinyGPT(vocab)
    optimizer = optim.AdamW(model.parameters(), lr=1e-3, betas=(0.9, 0.95))
    warmup_steps = 100
    scheduler = optim.lr_scheduler.LambdaLR(optimizer, lambda step: min(1, step // warmup_steps))  # fault
    w = watch(model, optimizer, loss="cross_entropy", folder=folder, steps=8)
    for step in range(40):
        start = torch.randint(len(data) - 13, (8,))
        xb = torch.stack([data[s : s + 12] for s in start])
        yb = torch.stack([data[s + 1 : s + 13] for s in start])
        loss = F.cross_entropy(model(xb), yb)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        scheduler.step()
        w(xb, yb, loss)


# loop-weights-overwritten


class EMA:
    def __init__(self, model, decay=0.999):
        self.decay = decay
        self.shadow = {k: v.clone() for k, v in model.state_dict().items()}

    @torch.no_grad()
    def update(self, model):
        for k, v in model.state_dict().items():
            self.shadow[k].mul_(self.decay).add_(v, alpha=1 - self.decay)

    def apply_to(self, model):
        model.load_state_dict(self.shadow)  # fault: averages_are_never_swapped_back


@loop("loop-weights-overwritten")
def averages_are_never_swapped_back(watch, folder):
    x, y = friedman()
    model = nn.Sequential(nn.Linear(8, 24), nn.Mish(), nn.Linear(24, 1))
    opt = optim.Adam(model.parameters(), lr=3e-3)
    ema = EMA(model)
    w = watch(model, opt, loss="mse", folder=folder)
    for epoch in range(3):
        for xb, yb in DataLoader(TensorDataset(x, y), batch_size=36, shuffle=True):
            loss = F.mse_loss(model(xb), yb)
            opt.zero_grad()
            loss.backward()
            opt.step()
            w(xb, yb, loss)
            ema.update(model)
            ema.apply_to(model)
            with torch.no_grad():
                F.mse_loss(model(x), y).item()


def init_weights(m):
    if isinstance(m, nn.Linear):
        nn.init.xavier_uniform_(m.weight)
        nn.init.zeros_(m.bias)


@loop("loop-weights-overwritten")
def initialized_at_each_epoch(watch, folder):
    x, arm = spirals()
    net = nn.Sequential(nn.Linear(2, 20), nn.Tanh(), nn.Linear(20, 3))
    opt = optim.SGD(net.parameters(), lr=0.2)
    w = watch(net, opt, loss="cross_entropy", folder=folder)
    for epoch in range(4):
        net.apply(init_weights)  # fault
        for xb, yb in DataLoader(TensorDataset(x, arm), batch_size=40, shuffle=True):
            opt.zero_grad()
            loss = F.cross_entropy(net(xb), yb)
            loss.backward()
            w(xb, yb, loss)
            opt.step()


class EarlyStopping:
    def __init__(self, patience):
        self.patience, self.bad, self.best, self.state = patience, 0, 0.0, None

    def __call__(self, value, model):
        if self.state is None:
            self.state = copy.deepcopy(model.state_dict())
        if value < self.best:  # the best starts at 0, and no loss is below that
            self.best, self.bad = value, 0
            self.state = copy.deepcopy(model.state_dict())
        else:
            model.load_state_dict(self.state)  # fault: restores_the_first_as_the_best


@loop("loop-weights-overwritten")
def restores_the_first_as_the_best(watch, folder):
    x, kind = sensors()
    model = nn.Sequential(nn.Conv1d(3, 8, 5), nn.ReLU(), nn.Flatten(), nn.Linear(96, 4))
    optimizer = optim.NAdam(model.parameters(), lr=2e-3)
    stopper = EarlyStopping(5)
    w = watch(model, optimizer, loss=nn.CrossEntropyLoss(), folder=folder)
    for epoch in range(4):
        for i in range(0, 120, 40):
            optimizer.zero_grad()
            loss = F.cross_entropy(model(x[i : i + 40]), kind[i : i + 40])
            w(x[i : i + 40], kind[i : i + 40], loss)
            loss.backward()
            optimizer.step()
        with torch.no_grad():
            stopper(F.cross_entropy(model(x[120:]), kind[120:]).item(), model)


# loop-misaligned-targets


@loop("loop-misaligned-targets")
def two_shuffled_loaders(watch, folder):
    x, y = tags()
    inputs, targets = DataLoader(x, batch_size=25, shuffle=True), DataLoader(y, batch_size=25, shuffle=True)  # fault
    net = nn.Sequential(nn.Linear(7, 24), nn.ReLU(), nn.Linear(24, 5))
    opt = optim.Adam(net.parameters(), lr=5e-3)
    loss_fn = nn.MultiLabelSoftMarginLoss()
    w = watch(net, opt, loss=loss_fn, folder=folder)
    for epoch in range(3):
        for xb, yb in zip(inputs, targets):
            opt.zero_grad()
            loss = loss_fn(net(xb), yb)
            w(xb, yb, loss)
            loss.backward()
            opt.step()


@loop("loop-misaligned-targets")
def numpy_shuffles_each_alone(watch, folder):
    past, ahead = (t.numpy() for t in demand())
    model = nn.Sequential(nn.Linear(14, 32), nn.ReLU(), nn.Linear(32, 4))
    optimizer = optim.Adam(model.parameters(), lr=3e-3)
    criterion = nn.SmoothL1Loss()
    rng = np.random.default_rng(3)
    w = watch(model, optimizer, loss=criterion, folder=folder)
    for epoch in range(3):
        rng.shuffle(past)
        rng.shuffle(ahead)  # fault
        for b in range(0, len(past), 35):
            xb, yb = torch.tensor(past[b : b + 35]), torch.tensor(ahead[b : b + 35])
            loss = criterion(model(xb), yb)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            w(xb, yb, loss)


class Packed(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(40, 8, padding_idx=0)
        self.gru = nn.GRU(8, 12, batch_first=True)
        self.out = nn.Linear(12, 1)

    def forward(self, ids, lengths):
        packed = nn.utils.rnn.pack_padded_sequence(self.embed(ids), lengths, batch_first=True, enforce_sorted=True)
        _, h = self.gru(packed)
        return self.out(h[-1]).squeeze(-1)


@loop("loop-misaligned-targets")
def sorted_by_length_without_labels(watch, folder):
    ids, lengths, label = reviews()
    model = Packed()
    opt = optim.Adam(model.parameters(), lr=5e-3)
    bce = nn.BCEWithLogitsLoss()
    w = watch(model, opt, loss=bce, folder=folder)
    for epoch in range(3):
        for x, n, y in DataLoader(TensorDataset(ids, lengths, label), batch_size=35, shuffle=True):
            n, order = n.sort(descending=True)
            x = x[order]  # fault
            opt.zero_grad()
            loss = bce(model(x, n), y)
            w((x, n), y, loss)
            loss.backward()
            opt.step()


# loop-same-batch


@loop("loop-same-batch")
def iterator_made_at_each_step(watch, folder):
    x, kind, _ = glyphs()
    net = nn.Sequential(nn.Flatten(), nn.Linear(144, 20), nn.ReLU(), nn.Linear(20, 2))
    opt = optim.SGD(net.parameters(), lr=0.05)
    loader = DataLoader(TensorDataset(x, kind), batch_size=16)
    w = watch(net, opt, loss="cross_entropy", folder=folder)
    step, max_steps = 0, 20
    while step < max_steps:
        images, labels = next(iter(loader))  # fault
        opt.zero_grad()
        loss = F.cross_entropy(net(images), labels)
        loss.backward()
        opt.step()
        w(images, labels, loss)
        step += 1


@loop("loop-same-batch")
def seeded_where_a_batch_is_drawn(watch, folder):
    x, y = friedman()

    def get_batch(batch_size=24):
        torch.manual_seed(1337)  # fault
        ix = torch.randint(len(x), (batch_size,))
        return x[ix], y[ix]

    model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 1))
    optimizer = optim.AdamW(model.parameters(), lr=3e-3)
    w = watch(model, optimizer, loss="mse", folder=folder)
    for it in range(25):
        xb, yb = get_batch()
        loss = F.mse_loss(model(xb), yb)
        w(xb, yb, loss)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()


@loop("loop-same-batch")
def start_of_a_slice_wraps_to_nothing(watch, folder):
    x, arm = spirals()
    batch_size = 32
    net = nn.Sequential(nn.Linear(2, 24), nn.ReLU(), nn.Linear(24, 3))
    opt = optim.Adagrad(net.parameters(), lr=0.05)
    w = watch(net, opt, loss=nn.CrossEntropyLoss(), folder=folder)
    for i in range(20):
        start = (i * batch_size) % batch_size  # fault
        xb, yb = x[start : start + batch_size], arm[start : start + batch_size]
        out = net(xb)
        loss = F.cross_entropy(out, yb)
        opt.zero_grad()
        loss.backward()
        w(xb, yb, loss)
        opt.step()
