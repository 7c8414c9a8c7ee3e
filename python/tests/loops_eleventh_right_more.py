"""Eleventh batch: correct loops with intended oddities, second half."""

import copy

import loops_eleventh_data as data
import torch
import torch.nn as nn
import torch.nn.functional as F
from loops import loop
from loops_eleventh_data import RIGHT
from torch.utils.data import DataLoader, Dataset, TensorDataset


@loop(RIGHT)
def a_target_network(watch, folder):
    torch.manual_seed(121)
    states, following, rewards = data.episodes()
    value = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 1))
    target = copy.deepcopy(value).requires_grad_(False)
    optimizer = torch.optim.Adam(value.parameters(), lr=5e-3)
    criterion = nn.SmoothL1Loss()
    w = watch(value, optimizer, loss=criterion, folder=folder)
    for step in range(48):
        k = torch.randint(0, len(states), (64,))
        goal = rewards[k] + 0.5 * target(following[k]).detach()
        loss = criterion(value(states[k]), goal)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        w(states[k], goal, loss)
        if step % 8 == 7:
            target.load_state_dict(value.state_dict())


@loop(RIGHT)
def a_student_of_a_teacher(watch, folder):
    """The teacher is in eval mode and without gradients, as it should be."""
    torch.manual_seed(122)
    x, y = data.digits()
    teacher = nn.Sequential(nn.Flatten(), nn.Linear(100, 64), nn.ReLU(), nn.Dropout(0.3), nn.Linear(64, 5))
    tuned = torch.optim.Adam(teacher.parameters(), lr=1e-2)
    for _ in range(15):
        tuned.zero_grad()
        F.cross_entropy(teacher(x), y).backward()
        tuned.step()
    teacher.eval()
    student = nn.Sequential(nn.Flatten(), nn.Linear(100, 12), nn.ReLU(), nn.Linear(12, 5))
    optimizer = torch.optim.Adam(student.parameters(), lr=1e-2)
    temperature = 3.0

    def distillation(out, soft):
        return F.kl_div(F.log_softmax(out / temperature, 1), soft, reduction="batchmean") * temperature**2

    w = watch(student, optimizer, loss=distillation, folder=folder)
    for epoch in range(4):
        for (xb,) in DataLoader(TensorDataset(x), batch_size=32, shuffle=True):
            with torch.no_grad():
                soft = F.softmax(teacher(xb) / temperature, 1)
            loss = distillation(student(xb), soft)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            w(xb, soft, loss)


class SimSiam(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(20, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Linear(32, 16))
        self.predictor = nn.Sequential(nn.Linear(16, 8), nn.ReLU(), nn.Linear(8, 16))

    def forward(self, views):
        z1, z2 = self.encoder(views[:, 0]), self.encoder(views[:, 1])
        return torch.stack([self.predictor(z1), self.predictor(z2), z2.detach(), z1.detach()], 1)


def negative_similarity(out, y):
    return -(F.cosine_similarity(out[:, 0], out[:, 2]).mean() + F.cosine_similarity(out[:, 1], out[:, 3]).mean()) / 2


@loop(RIGHT)
def two_views_with_a_stop(watch, folder):
    torch.manual_seed(123)
    model = SimSiam()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9, weight_decay=1e-4)
    w = watch(model, optimizer, loss=negative_similarity, folder=folder)
    for epoch in range(4):
        for (x,) in DataLoader(TensorDataset(data.spectra()), batch_size=32, shuffle=True):
            views = torch.stack([x + 0.3 * torch.randn_like(x), x + 0.3 * torch.randn_like(x)], 1)
            loss = negative_similarity(model(views), x)
            optimizer.zero_grad()
            loss.backward()
            w(views, x, loss)
            optimizer.step()


class Sign(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return torch.sign(x)

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        return grad * (x.abs() <= 1)


class Binary(nn.Linear):
    def forward(self, x):
        return F.linear(x, Sign.apply(self.weight) * self.weight.abs().mean().detach(), self.bias)


@loop(RIGHT)
def binary_weights(watch, folder):
    torch.manual_seed(124)
    model = nn.Sequential(nn.Flatten(), nn.Linear(100, 48), nn.ReLU(), Binary(48, 48), nn.ReLU(), nn.Linear(48, 5))
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for epoch in range(4):
        for x, y in DataLoader(TensorDataset(*data.digits()), batch_size=32, shuffle=True):
            loss = F.cross_entropy(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            with torch.no_grad():
                model[3].weight.clamp_(-1, 1)
            w(x, y, loss)


@loop(RIGHT)
def noisy_labels_smoothed(watch, folder):
    torch.manual_seed(125)
    x, y = data.digits()
    wrong = torch.rand(len(y)) < 0.15
    y = torch.where(wrong, torch.randint(0, 5, y.shape), y)
    model = nn.Sequential(nn.Conv2d(1, 8, 3, stride=2), nn.ReLU(), nn.Flatten(), nn.Dropout(0.2), nn.Linear(128, 5))
    criterion = nn.CrossEntropyLoss(label_smoothing=0.1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9, weight_decay=5e-4)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=5)
    w = watch(model, optimizer, loss=criterion, folder=folder)
    for epoch in range(5):
        for xb, yb in DataLoader(TensorDataset(x, y), batch_size=32, shuffle=True):
            optimizer.zero_grad()
            loss = criterion(model(xb), yb)
            loss.backward()
            optimizer.step()
            w(xb, yb, loss)
        scheduler.step()


class Encoder(nn.Module):
    def __init__(self, words=40, width=16):
        super().__init__()
        self.embed = nn.Embedding(words, width, padding_idx=0)
        self.place = nn.Parameter(0.02 * torch.randn(12, width))
        self.layer = nn.TransformerEncoderLayer(width, 4, 32, dropout=0.1, batch_first=True)
        self.head = nn.Linear(width, 1)

    def forward(self, tokens):
        padding = tokens == 0
        h = self.layer(self.embed(tokens) + self.place, src_key_padding_mask=padding)
        h = h.masked_fill(padding[..., None], 0).sum(1) / (~padding).sum(1, keepdim=True)
        return self.head(h).squeeze(-1)


@loop(RIGHT)
def groups_without_decay_and_a_padding_mask(watch, folder):
    torch.manual_seed(126)
    tokens, _, y = data.reviews()
    model = Encoder()
    decay = [p for n, p in model.named_parameters() if p.dim() > 1 and "embed" not in n]
    rest = [p for n, p in model.named_parameters() if p.dim() <= 1 or "embed" in n]
    optimizer = torch.optim.AdamW([{"params": decay, "weight_decay": 0.1}, {"params": rest, "weight_decay": 0.0, "lr": 2e-2}], lr=5e-3)
    criterion = nn.BCEWithLogitsLoss(pos_weight=torch.tensor(1.2))
    w = watch(model, optimizer, loss=criterion, folder=folder)
    for epoch in range(4):
        model.train()
        for xb, yb in DataLoader(TensorDataset(tokens, y.float()), batch_size=32, shuffle=True):
            loss = criterion(model(xb), yb)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            w(xb, yb, loss)
            optimizer.step()
        model.eval()
        with torch.no_grad():
            model(tokens[:32])


@loop(RIGHT)
def lbfgs_on_all_rows(watch, folder):
    """All rows in each step on purpose, and several evaluations a step."""
    torch.manual_seed(127)
    x, y = data.prices(rows=128)
    y = y.unsqueeze(-1)
    model = nn.Sequential(nn.Linear(7, 8), nn.Tanh(), nn.Linear(8, 1))
    optimizer = torch.optim.LBFGS(model.parameters(), lr=0.5, max_iter=4, history_size=10)
    criterion = nn.MSELoss()
    w = watch(model, optimizer, loss=criterion, folder=folder)

    def closure():
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        return loss

    for step in range(15):
        loss = optimizer.step(closure)
        w(x, y, loss)


class Growing(Dataset):
    """Easy rows first: the loader sees only the first ones until more are let in."""

    def __init__(self):
        self.x, self.y = data.prices()
        order = (self.x[:, 3] * self.x[:, 4]).abs().argsort()
        self.x, self.y, self.open = self.x[order], self.y[order], 96

    def __len__(self):
        return self.open

    def __getitem__(self, i):
        return self.x[i], self.y[i : i + 1]


@loop(RIGHT)
def a_curriculum_of_growing_data(watch, folder):
    torch.manual_seed(128)
    rows = Growing()
    model = nn.Sequential(nn.Linear(7, 32), nn.ReLU(), nn.Linear(32, 1))
    optimizer = torch.optim.Adamax(model.parameters(), lr=2e-2)
    loss_fn = nn.HuberLoss(delta=2.0)
    w = watch(model, optimizer, loss=loss_fn, folder=folder)
    for epoch in range(5):
        for x, y in DataLoader(rows, batch_size=32, shuffle=True):
            optimizer.zero_grad()
            loss = loss_fn(model(x), y)
            loss.backward()
            optimizer.step()
            w(x, y, loss)
        rows.open = min(len(rows.x), rows.open + 64)
