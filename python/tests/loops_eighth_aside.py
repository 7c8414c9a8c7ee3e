"""The eighth batch's correct loops, each with something odd that is meant: what else people do. Written without a look at the rules."""

import math

import torch
import torch.nn as nn
import torch.nn.functional as F
from loops import loop
from loops_eighth_data import EPOCHS, batches, bids, clusters, counts, drift, glyphs, letters_in, melodies, motifs, reviews, tags, wells
from torch import optim
from torch.utils.data import DataLoader, IterableDataset, TensorDataset, WeightedRandomSampler


@loop("loop-correct")
def rare_class_drawn_more_often(watch, folder):
    x, y = counts()
    often = (y[:, 0] > 3).float()
    sampler = WeightedRandomSampler(1 + 3 * often, num_samples=len(x), replacement=True)
    model = nn.Sequential(nn.Linear(5, 16), nn.Tanh(), nn.Linear(16, 1))
    optimizer = optim.Adam(model.parameters(), lr=1e-2)
    criterion = nn.PoissonNLLLoss()
    w = watch(model, optimizer, loss=criterion, folder=folder)
    for _ in range(EPOCHS):
        for xb, yb in DataLoader(TensorDataset(x, y), batch_size=29, sampler=sampler):
            optimizer.zero_grad()
            loss = criterion(model(xb), yb)
            loss.backward()
            optimizer.step()
            w(xb, yb, loss)


class Sharp(optim.Optimizer):
    """Looks at the steepest place nearby, and steps from where it was."""

    def __init__(self, parameters, radius=0.05, **settings):
        super().__init__(list(parameters), {"radius": radius})
        self.base = optim.SGD([p for g in self.param_groups for p in g["params"]], **settings)

    @torch.no_grad()
    def step(self, closure):
        everything = [p for g in self.param_groups for p in g["params"]]
        length = torch.norm(torch.stack([p.grad.norm() for p in everything])) + 1e-12
        moved = [p.grad * (self.param_groups[0]["radius"] / length) for p in everything]
        for p, m in zip(everything, moved):
            p.add_(m)
        self.zero_grad()
        with torch.enable_grad():
            closure()
        for p, m in zip(everything, moved):
            p.sub_(m)
        self.base.step()


@loop("loop-correct")
def steps_from_the_steepest_place_nearby(watch, folder):
    x, y = clusters()
    model = nn.Sequential(nn.Linear(7, 20), nn.Tanh(), nn.Linear(20, 4))
    optimizer = Sharp(model.parameters(), lr=0.1, momentum=0.9)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for _ in range(EPOCHS):
        for xb, yb in batches(31, x, y):
            optimizer.zero_grad()
            loss = F.cross_entropy(model(xb), yb)
            loss.backward()
            w(xb, yb, loss)
            optimizer.step(lambda: F.cross_entropy(model(xb), yb).backward())


@loop("loop-correct")
def body_joins_in_the_second_epoch(watch, folder):
    images, labels = glyphs()
    body = nn.Sequential(nn.Conv2d(1, 8, 3), nn.ReLU(), nn.AdaptiveMaxPool2d(3), nn.Flatten())
    net = nn.Sequential(body, nn.Linear(72, 3))
    body.requires_grad_(False)
    optimizer = optim.SGD(net[1].parameters(), lr=0.05, momentum=0.9)
    w = watch(net, optimizer, loss="cross_entropy", folder=folder)
    for epoch in range(EPOCHS):
        if epoch == 1:
            body.requires_grad_(True)
            optimizer.add_param_group({"params": list(body.parameters()), "lr": 0.01})
        for img, lab in batches(28, images, labels):
            loss = F.cross_entropy(net(img), lab)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            w(img, lab, loss)


class Forever(IterableDataset):
    """Makes its rows as they are asked for."""

    def __iter__(self):
        while True:
            x = torch.randn(4)
            yield x, (x[:1] * x[1:2] + x[2:3])


@loop("loop-correct")
def rows_that_never_come_again(watch, folder):
    model = nn.Sequential(nn.Linear(4, 32), nn.GELU(), nn.Linear(32, 1))
    optimizer = optim.AdamW(model.parameters(), lr=1e-2, amsgrad=True)
    w = watch(model, optimizer, loss="mse", folder=folder)
    for step, (xb, yb) in enumerate(DataLoader(Forever(), batch_size=40), 1):
        for group in optimizer.param_groups:
            group["lr"] = 1e-2 * min(step / 5, 1)
        loss = F.mse_loss(model(xb), yb)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        w(xb, yb, loss)
        if step >= EPOCHS * 6:
            break


@loop("loop-correct")
def sorted_by_length_and_packed(watch, folder):
    ids, lengths, kind = reviews()
    order = lengths.argsort()
    parts = [part.flip(0) for part in order.split(29)]

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.words, self.rnn, self.out = nn.Embedding(40, 10, padding_idx=0), nn.GRU(10, 12, batch_first=True), nn.Linear(12, 2)

        def forward(self, ids, lengths):
            packed = nn.utils.rnn.pack_padded_sequence(self.words(ids), lengths, batch_first=True)
            return self.out(self.rnn(packed)[1][0])

    net = Net()
    optimizer = optim.Adam(net.parameters(), lr=1e-2)
    w = watch(net, optimizer, loss="cross_entropy", folder=folder)
    for _ in range(EPOCHS):
        for n in torch.randperm(len(parts)).tolist():
            rows = parts[n]
            loss = F.cross_entropy(net(ids[rows], lengths[rows]), kind[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            w((ids[rows], lengths[rows]), kind[rows], loss)


class Straight(nn.Module):
    """Codes of 0 and 1, through which the gradient goes as if they weren't rounded."""

    def __init__(self):
        super().__init__()
        self.enc, self.dec = nn.Sequential(nn.Linear(20, 24), nn.ReLU(), nn.Linear(24, 8)), nn.Sequential(nn.Linear(8, 24), nn.ReLU(), nn.Linear(24, 20))

    def forward(self, x):
        soft = torch.sigmoid(self.enc(x))
        return self.dec(soft + (soft.round() - soft).detach())


@loop("loop-correct")
def gradient_that_passes_the_rounding(watch, folder):
    net = Straight()
    optimizer = optim.Adam(net.parameters(), lr=1e-2)
    w = watch(net, optimizer, loss="mse", folder=folder)
    for _ in range(EPOCHS):
        for (x,) in batches(34, motifs()):
            optimizer.zero_grad()
            loss = F.mse_loss(net(x), x)
            loss.backward()
            optimizer.step()
            w(x, x, loss)


@loop("loop-correct")
def scaler_with_a_clip_behind_its_division(watch, folder):
    x, y = wells()
    model = nn.Sequential(nn.Linear(8, 20), nn.ReLU(), nn.Linear(20, 1))
    optimizer = optim.SGD(model.parameters(), lr=0.1, momentum=0.5)
    scaler = torch.amp.GradScaler("cpu", init_scale=2.0**12, growth_interval=4)
    w = watch(model, optimizer, loss="mse", folder=folder)
    for _ in range(EPOCHS):
        for xb, yb in batches(36, x, y):
            optimizer.zero_grad()
            loss = F.mse_loss(model(xb), yb)
            scaler.scale(loss).backward()
            scaler.unscale_(optimizer)
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            scaler.step(optimizer)
            scaler.update()
            w(xb, yb, loss)


@loop("loop-correct")
def losses_that_are_large_are_left_out(watch, folder):
    """Of each batch the worst tenth is taken for wrongly labelled."""
    x, y = letters_in()
    model = nn.Sequential(nn.Linear(10, 16), nn.Tanh(), nn.Linear(16, 1))
    optimizer = optim.Adam(model.parameters(), lr=1e-2)

    def trimmed(logits, target):
        each = F.binary_cross_entropy_with_logits(logits, target, reduction="none")[:, 0]
        return each.topk(math.ceil(0.9 * len(each)), largest=False).values.mean()

    w = watch(model, optimizer, loss=trimmed, folder=folder)
    for _ in range(EPOCHS):
        for xb, yb in batches(38, x, y):
            loss = trimmed(model(xb), yb)
            w(xb, yb, loss)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()


@loop("loop-correct")
def rare_ones_focused_on(watch, folder):
    x, y = tags()
    model = nn.Sequential(nn.Linear(9, 24), nn.SiLU(), nn.Linear(24, 5))
    optimizer = optim.RMSprop(model.parameters(), lr=3e-3, centered=True)

    def focal(logits, target, gamma=2.0):
        p = torch.sigmoid(logits)
        right = torch.where(target > 0, p, 1 - p)
        return ((1 - right) ** gamma * F.binary_cross_entropy_with_logits(logits, target, reduction="none")).mean()

    w = watch(model, optimizer, loss=focal, folder=folder)
    for _ in range(EPOCHS):
        for xb, yb in batches(26, x, y):
            optimizer.zero_grad()
            loss = focal(model(xb), yb)
            loss.backward()
            optimizer.step()
            w(xb, yb, loss)


@loop("loop-correct")
def signs_of_gradients_on_all_rows(watch, folder):
    x, y = bids()
    model = nn.Sequential(nn.Linear(6, 16), nn.Tanh(), nn.Linear(16, 1), nn.Flatten(0))
    optimizer = optim.Rprop(model.parameters(), lr=1e-2)
    w = watch(model, optimizer, loss=nn.HuberLoss(), folder=folder)
    for _ in range(EPOCHS * 6):
        optimizer.zero_grad()
        loss = F.huber_loss(model(x), y)
        loss.backward()
        optimizer.step()
        w(x, y, loss)


class Attending(nn.Module):
    def __init__(self, width=16):
        super().__init__()
        self.notes, self.place = nn.Embedding(12, width), nn.Parameter(torch.randn(9, width) * 0.1)
        self.attend, self.norm, self.out = nn.MultiheadAttention(width, 2, batch_first=True), nn.LayerNorm(width), nn.Linear(width, 12)
        self.register_buffer("future", torch.triu(torch.ones(9, 9, dtype=torch.bool), 1))

    def forward(self, ids):
        h = self.notes(ids) + self.place
        h = self.norm(h + self.attend(h, h, h, attn_mask=self.future, need_weights=False)[0])
        return self.out(h).transpose(1, 2)


@loop("loop-correct")
def no_look_at_the_notes_to_come(watch, folder):
    model, criterion = Attending(), nn.CrossEntropyLoss()
    optimizer = optim.AdamW(model.parameters(), lr=1e-2, betas=(0.9, 0.95))
    inverse_root = optim.lr_scheduler.LambdaLR(optimizer, lambda s: min((s + 1) / 6, (6 / (s + 1)) ** 0.5))
    w = watch(model, optimizer, loss=criterion, folder=folder)
    for _ in range(EPOCHS):
        for x, y in DataLoader(TensorDataset(*melodies()), batch_size=32, shuffle=True):
            loss = criterion(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            inverse_root.step()
            w(x, y, loss)


@loop("loop-correct")
def plateau_of_whole_epochs(watch, folder):
    x, y = drift()

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.rnn, self.out = nn.RNN(2, 12, batch_first=True), nn.Linear(12, 1)

        def forward(self, x):
            return self.out(self.rnn(x)[0][:, -1])

    net = Net()
    optimizer = optim.ASGD(net.parameters(), lr=0.1)
    plateau = optim.lr_scheduler.ReduceLROnPlateau(optimizer, factor=0.5, patience=1)
    w = watch(net, optimizer, loss="mse", folder=folder)
    for _ in range(EPOCHS):
        total = 0.0
        for xb, yb in batches(29, x, y):
            loss = F.mse_loss(net(xb), yb)
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()
            total += loss.item()
            w(xb, yb, loss)
        plateau.step(total)


@loop("loop-correct")
def chunks_of_a_long_series(watch, folder):
    """Chunks follow each other, and the state goes along, cut off from the chunk before."""
    x, _ = drift()
    series = x[:12].permute(1, 0, 2)

    class Step(nn.Module):
        def __init__(self):
            super().__init__()
            self.cell, self.out = nn.GRUCell(2, 12), nn.Linear(12, 2)

        def forward(self, now, state):
            state = self.cell(now, state)
            return self.out(state), state

    def next_values(out, target):
        return F.mse_loss(out[0], target)

    model = Step()
    optimizer = optim.Adam(model.parameters(), lr=1e-2)
    w = watch(model, optimizer, loss=next_values, folder=folder)
    for _ in range(EPOCHS):
        state = torch.zeros(12, 12)
        for t in range(11):
            state = state.detach()
            before = state
            out = model(series[t], before)
            state = out[1]
            optimizer.zero_grad()
            loss = next_values(out, series[t + 1])
            loss.backward()
            optimizer.step()
            w((series[t], before), series[t + 1], loss)


@loop("loop-correct")
def both_losses_go_back_on_their_own(watch, folder):
    x, y = wells()
    model = nn.Sequential(nn.Linear(8, 20), nn.Softplus(), nn.Linear(20, 1))
    optimizer = optim.SGD(model.parameters(), lr=0.05)

    def both(out, target):
        return F.mse_loss(out, target) + 0.5 * F.l1_loss(out, target)

    w = watch(model, optimizer, loss=both, folder=folder)
    for _ in range(EPOCHS):
        for xb, yb in batches(30, x, y):
            out = model(xb)
            first, second = F.mse_loss(out, yb), 0.5 * F.l1_loss(out, yb)
            optimizer.zero_grad()
            first.backward(retain_graph=True)
            second.backward()
            optimizer.step()
            w(xb, yb, first + second)
