"""Sixteenth batch, blind: right loops that look odd."""

import copy
import math

import torch
from loops import Conv, Recurrent, classes, loader, loop, numbers, pictures, small, waves, yes_no
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset, WeightedRandomSampler


@loop("loop-correct")
def four_small_batches_for_one_step(watch, folder):
    x, y = numbers(320)
    model = small()
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-2)
    w = watch(model, optimizer, loss="mse", folder=folder)
    every = 4
    for epoch in range(12):
        optimizer.zero_grad()
        for i, (xb, yb) in enumerate(loader(x, y, 16)):
            loss = F.mse_loss(model(xb), yb)
            (loss / every).backward()
            if (i + 1) % every == 0:
                optimizer.step()
                optimizer.zero_grad()
            w(xb, yb, loss)


@loop("loop-correct")
def lstm_kept_on_a_short_leash(watch, folder):
    x, y = waves(200)
    net = Recurrent(nn.LSTM)
    opt = torch.optim.SGD(net.parameters(), lr=0.3, momentum=0.9)
    w = watch(net, opt, loss=nn.MSELoss(), folder=folder)
    for epoch in range(8):
        for xb, yb in loader(x, y, 25):
            opt.zero_grad()
            loss = F.mse_loss(net(xb), yb)
            loss.backward()
            nn.utils.clip_grad_norm_(net.parameters(), 0.25)
            opt.step()
            w(xb, yb, loss)


@loop("loop-correct")
def head_on_a_body_that_stays(watch, folder):
    """The body was trained before (here: is a good random one) and is meant to stay as it is."""
    x, y = pictures(200)
    model = Conv(dropout=0.2)
    for p in model.body.parameters():
        p.requires_grad_(False)
    optimizer = torch.optim.AdamW(filter(lambda p: p.requires_grad, model.parameters()), lr=2e-2)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for epoch in range(6):
        model.train()
        for xb, yb in loader(x, y, 25):
            loss = F.cross_entropy(model(xb), yb)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            w(xb, yb, loss)


@loop("loop-correct")
def eight_steps_up_then_a_cosine(watch, folder):
    x, y = classes(320, 6, 3)
    net = nn.Sequential(nn.Linear(6, 24), nn.GELU(), nn.Linear(24, 3))
    opt = torch.optim.NAdam(net.parameters(), lr=2e-2)
    total, warm = 80, 8

    def factor(step):
        if step < warm:
            return (step + 1) / warm
        return 0.5 * (1 + math.cos(math.pi * (step - warm) / (total - warm)))

    schedule = torch.optim.lr_scheduler.LambdaLR(opt, factor)
    w = watch(net, opt, loss=nn.CrossEntropyLoss(), folder=folder)
    for epoch in range(8):
        for xb, yb in loader(x, y, 32):
            opt.zero_grad()
            loss = F.cross_entropy(net(xb), yb)
            loss.backward()
            opt.step()
            w(xb, yb, loss)
            schedule.step()


@loop("loop-correct")
def ema_copy_with_batch_norm(watch, folder):
    x, y = yes_no(300)
    model = nn.Sequential(nn.Linear(4, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 1))
    ema = torch.optim.swa_utils.AveragedModel(model, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(0.9))
    optimizer = torch.optim.RMSprop(model.parameters(), lr=1e-2)
    lossfn = nn.BCEWithLogitsLoss()
    w = watch(model, optimizer, loss=lossfn, folder=folder)
    val = []
    for epoch in range(6):
        for xb, yb in loader(x[:240], y[:240], 24):
            loss = lossfn(model(xb), yb)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            ema.update_parameters(model)
            w(xb, yb, loss)
        ema.eval()
        with torch.no_grad():
            val.append(lossfn(ema(x[240:]), y[240:]).item())
        ema.train()


class TiedAutoencoder(nn.Module):
    def __init__(self, width=10, code=4):
        super().__init__()
        self.enc = nn.Linear(width, code)
        self.bias = nn.Parameter(torch.zeros(width))

    def forward(self, x):
        return F.linear(torch.tanh(self.enc(x)), self.enc.weight.t(), self.bias)


@loop("loop-correct")
def one_matrix_there_and_back(watch, folder):
    g = torch.Generator().manual_seed(3)
    x = torch.randn(300, 3, generator=g) @ torch.randn(3, 10, generator=g) / 2
    net = TiedAutoencoder()
    opt = torch.optim.Adamax(net.parameters(), lr=2e-2)
    w = watch(net, opt, loss="mse", folder=folder)
    for epoch in range(10):
        for (xb,) in DataLoader(TensorDataset(x), batch_size=30, shuffle=True):
            noisy = xb + 0.1 * torch.randn_like(xb)
            loss = F.mse_loss(net(noisy), xb)
            opt.zero_grad()
            loss.backward()
            opt.step()
            w(noisy, xb, loss)


@loop("loop-correct")
def logits_in_bfloat16(watch, folder):
    x, y = classes(320, 6, 3, seed=2)
    model = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 3))
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
    criterion = nn.CrossEntropyLoss()
    w = watch(model, optimizer, loss=criterion, folder=folder)
    for epoch in range(6):
        for xb, yb in loader(x, y, 32):
            optimizer.zero_grad()
            with torch.autocast("cpu", dtype=torch.bfloat16):
                logits = model(xb)
            loss = criterion(logits.float(), yb)
            loss.backward()
            optimizer.step()
            w(xb, yb, loss)


@loop("loop-correct")
def smoothed_labels_with_rates_per_layer(watch, folder):
    x, y = pictures(200)
    net = Conv()
    criterion = nn.CrossEntropyLoss(label_smoothing=0.1)
    opt = torch.optim.SGD([
        {"params": net.body.parameters(), "lr": 1e-3},
        {"params": net.head.parameters(), "lr": 5e-2},
    ], lr=1e-2, momentum=0.9)
    w = watch(net, opt, loss=criterion, folder=folder)
    for epoch in range(6):
        for xb, yb in loader(x, y, 25):
            loss = criterion(net(xb), yb)
            opt.zero_grad()
            loss.backward()
            opt.step()
            w(xb, yb, loss)


@loop("loop-correct")
def rare_class_drawn_often(watch, folder):
    """The sampler draws with replacement; the same rare row comes more than once in a batch."""
    x, y = classes(300, 6, 2, seed=3)
    keep = (y == 0) | (torch.arange(300) % 15 == 0)
    x, y = x[keep], y[keep]
    weight = (1.0 / torch.bincount(y).float())[y]
    data = DataLoader(TensorDataset(x, y), batch_size=32, sampler=WeightedRandomSampler(weight, 320))
    model = nn.Sequential(nn.Linear(6, 12), nn.Tanh(), nn.Linear(12, 2))
    optimizer = torch.optim.Adagrad(model.parameters(), lr=0.05)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for epoch in range(5):
        for xb, yb in data:
            loss = F.cross_entropy(model(xb), yb)
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()
            w(xb, yb, loss)


@loop("loop-correct")
def resumed_from_a_checkpoint(watch, folder):
    x, y = numbers(300)
    first = small()
    older = torch.optim.Adam(first.parameters(), lr=1e-2)
    for xb, yb in loader(x, y, 30):
        older.zero_grad()
        F.smooth_l1_loss(first(xb), yb).backward()
        older.step()
    saved = copy.deepcopy({"model": first.state_dict(), "optimizer": older.state_dict()})

    model = small()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    model.load_state_dict(saved["model"])
    optimizer.load_state_dict(saved["optimizer"])
    w = watch(model, optimizer, loss=nn.SmoothL1Loss(), folder=folder)
    for epoch in range(6):
        for xb, yb in loader(x, y, 30):
            optimizer.zero_grad()
            loss = F.smooth_l1_loss(model(xb), yb)
            loss.backward()
            optimizer.step()
            w(xb, yb, loss)


@loop("loop-correct")
def mixed_rows_and_mixed_labels(watch, folder):
    """Mixup; the loss takes soft labels."""
    x, y = classes(320, 6, 3, seed=4)
    soft = F.one_hot(y, 3).float()
    net = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Dropout(0.1), nn.Linear(32, 3))
    opt = torch.optim.RAdam(net.parameters(), lr=2e-2)
    criterion = nn.CrossEntropyLoss()
    w = watch(net, opt, loss=criterion, folder=folder)
    beta = torch.distributions.Beta(0.4, 0.4)
    for epoch in range(8):
        for xb, yb in loader(x, soft, 32):
            lam, other = beta.sample(), torch.randperm(len(xb))
            xm = lam * xb + (1 - lam) * xb[other]
            ym = lam * yb + (1 - lam) * yb[other]
            loss = criterion(net(xm), ym)
            opt.zero_grad()
            loss.backward()
            opt.step()
            w(xm, ym, loss)


@loop("loop-correct")
def student_of_a_larger_net(watch, folder):
    """The targets are what the teacher says, without gradient."""
    x, _ = numbers(320)
    teacher = nn.Sequential(nn.Linear(5, 64), nn.Tanh(), nn.Linear(64, 4)).eval()
    with torch.no_grad():
        teacher[2].weight.mul_(8)
    student = nn.Sequential(nn.Linear(5, 16), nn.ReLU(), nn.Linear(16, 4))

    def distill(out, target, t=2.0):
        return t * t * F.kl_div(F.log_softmax(out / t, -1), F.softmax(target / t, -1), reduction="batchmean")

    optimizer = torch.optim.Adam(student.parameters(), lr=2e-2)
    w = watch(student, optimizer, loss=distill, folder=folder)
    for epoch in range(6):
        for (xb,) in DataLoader(TensorDataset(x), batch_size=32, shuffle=True):
            with torch.no_grad():
                target = teacher(xb)
            loss = distill(student(xb), target)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            w(xb, target, loss)


@loop("loop-correct")
def whole_table_with_lbfgs(watch, folder):
    x, y = numbers(240)
    net = nn.Sequential(nn.Linear(5, 8), nn.Tanh(), nn.Linear(8, 1))
    opt = torch.optim.LBFGS(net.parameters(), max_iter=3, line_search_fn="strong_wolfe")
    w = watch(net, opt, loss="huber", folder=folder)

    def closure():
        opt.zero_grad()
        loss = F.huber_loss(net(x), y)
        loss.backward()
        return loss

    for step in range(20):
        w(x, y, opt.step(closure))


class EasyFirst:
    """Rows near the origin first, all of them after two rounds."""

    def __init__(self, x, y, size):
        order = x.norm(dim=1).argsort()
        self.x, self.y, self.size = x[order], y[order], size

    def round(self, k):
        n = min(len(self.x), (k + 1) * len(self.x) // 3)
        for at in torch.randperm(n).split(self.size):
            yield self.x[at], self.y[at]


@loop("loop-correct")
def rows_near_the_origin_first(watch, folder):
    x, y = numbers(360)
    model = small(hidden=24)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.03, momentum=0.9, nesterov=True)
    plan = EasyFirst(x, y, 20)
    w = watch(model, optimizer, loss="l1", folder=folder)
    for k in range(6):
        for xb, yb in plan.round(k):
            optimizer.zero_grad()
            loss = (model(xb) - yb).abs().mean()
            loss.backward()
            optimizer.step()
            w(xb, yb, loss)
