"""The seventh batch's correct loops: how gradients are gathered and steps are taken. Written without a look at the rules."""

import copy
import math

import torch
import torch.nn as nn
import torch.nn.functional as F
from loops import loop
from loops_seventh_data import EPOCHS, batches, churn, housing, load, phrases, shapes, tones
from torch.optim.lr_scheduler import CosineAnnealingWarmRestarts, CyclicLR, LambdaLR, OneCycleLR, ReduceLROnPlateau
from torch.optim.swa_utils import SWALR, AveragedModel, update_bn
from torch.utils.data import DataLoader, TensorDataset


@loop("loop-correct")
def four_parts_of_a_batch(watch, folder):
    images, labels = shapes()
    loader = DataLoader(TensorDataset(images, labels), batch_size=12, shuffle=True)
    model = nn.Sequential(nn.Conv2d(1, 6, 3), nn.ReLU(), nn.Flatten(), nn.Linear(216, 4))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    parts = 4
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    optimizer.zero_grad()
    for epoch in range(EPOCHS):
        for i, (x, y) in enumerate(loader, 1):
            loss = F.cross_entropy(model(x), y)
            w(x, y, loss)
            (loss / parts).backward()
            if i % parts == 0 or i == len(loader):
                optimizer.step()
                optimizer.zero_grad()


@loop("loop-correct")
def loss_of_a_part_is_what_is_watched(watch, folder):
    x, y = housing()
    model = nn.Sequential(nn.Linear(7, 24), nn.GELU(), nn.Linear(24, 1))
    optimizer = torch.optim.AdamW(model.parameters(), lr=5e-3)
    accumulate = 2
    w = watch(model, optimizer, loss=nn.MSELoss(), folder=folder)
    for epoch in range(EPOCHS):
        for i, (xb, yb) in enumerate(batches(20, x, y)):
            loss = F.mse_loss(model(xb), yb) / accumulate
            loss.backward()
            w(xb, yb, loss)
            if (i + 1) % accumulate == 0:
                torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
                optimizer.step()
                optimizer.zero_grad()


@loop("loop-correct")
def gru_clipped_at_one(watch, folder):
    past, future = load()

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.gru, self.fc = nn.GRU(1, 16, num_layers=2, batch_first=True), nn.Linear(16, 2)

        def forward(self, x):
            return self.fc(self.gru(x)[0][:, -1])

    model = Net()
    optimizer = torch.optim.RMSprop(model.parameters(), lr=3e-3, alpha=0.95)
    step = watch(model, optimizer, loss="smooth_l1", folder=folder)
    for epoch in range(EPOCHS):
        for xb, yb in batches(32, past, future):
            optimizer.zero_grad()
            loss = F.smooth_l1_loss(model(xb), yb)
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), max_norm=1.0)
            optimizer.step()
            step(xb, yb, loss)


@loop("loop-correct")
def autocast_to_bfloat16(watch, folder):
    waves, pitch = tones()
    model = nn.Sequential(nn.Conv1d(1, 8, 9, stride=2), nn.ReLU(), nn.Flatten(), nn.Linear(224, 3))
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
    criterion = nn.CrossEntropyLoss()
    w = watch(model, optimizer, loss=criterion, folder=folder)
    for epoch in range(EPOCHS):
        for x, y in batches(20, waves, pitch):
            optimizer.zero_grad(set_to_none=True)
            with torch.autocast(device_type="cpu", dtype=torch.bfloat16):
                logits = model(x)
                loss = criterion(logits, y)
            loss.backward()
            optimizer.step()
            w(x, y, loss)


@loop("loop-correct")
def one_cycle_by_step(watch, folder):
    X, Y = churn()
    loader = DataLoader(TensorDataset(X, Y), batch_size=22, shuffle=True)
    model = nn.Sequential(nn.Linear(9, 24), nn.BatchNorm1d(24), nn.ReLU(), nn.Linear(24, 1), nn.Flatten(0))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
    sched = OneCycleLR(optimizer, max_lr=0.2, steps_per_epoch=len(loader), epochs=EPOCHS)
    step = watch(model, optimizer, loss="bce_with_logits", folder=folder)
    for epoch in range(EPOCHS):
        for x, y in loader:
            loss = F.binary_cross_entropy_with_logits(model(x), y)
            step(x, y, loss)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            sched.step()


@loop("loop-correct")
def warm_restarts_within_epochs(watch, folder):
    images, labels = shapes()
    model = nn.Sequential(nn.Flatten(), nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 4))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.2)
    scheduler = CosineAnnealingWarmRestarts(optimizer, T_0=1, T_mult=2, eta_min=1e-3)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for epoch in range(EPOCHS):
        for i, (x, y) in enumerate(batches(24, images, labels)):
            optimizer.zero_grad()
            loss = F.cross_entropy(model(x), y)
            loss.backward()
            optimizer.step()
            scheduler.step(epoch + i / 8)
            w(x, y, loss)


@loop("loop-correct")
def plateau_of_the_validation_loss(watch, folder):
    x, y = housing()
    model = nn.Sequential(nn.Linear(7, 24), nn.ReLU(), nn.Dropout(0.1), nn.Linear(24, 1))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    scheduler = ReduceLROnPlateau(optimizer, factor=0.5, patience=0)
    w = watch(model, optimizer, loss="mse", folder=folder)
    for epoch in range(2 * EPOCHS):
        model.train()
        for xb, yb in batches(40, x[:160], y[:160]):
            optimizer.zero_grad()
            loss = F.mse_loss(model(xb), yb)
            loss.backward()
            optimizer.step()
            w(xb, yb, loss)
        model.eval()
        with torch.no_grad():
            val_loss = F.mse_loss(model(x[160:]), y[160:])
        scheduler.step(val_loss)


@loop("loop-correct")
def warm_up_from_a_rate_of_zero(watch, folder):
    ids, groups = phrases()

    class Encoder(nn.Module):
        def __init__(self):
            super().__init__()
            self.embed = nn.Embedding(30, 16)
            self.layer = nn.TransformerEncoderLayer(16, 2, 32, dropout=0.1, batch_first=True)
            self.head = nn.Linear(16, 3)

        def forward(self, ids):
            return self.head(self.layer(self.embed(ids)).mean(1))

    model = Encoder()
    decay = [p for n, p in model.named_parameters() if p.dim() > 1]
    rest = [p for n, p in model.named_parameters() if p.dim() <= 1]
    optimizer = torch.optim.AdamW([{"params": decay, "weight_decay": 0.01}, {"params": rest, "weight_decay": 0.0}], lr=3e-3)
    warmup, total = 6, 10 * EPOCHS
    scheduler = LambdaLR(optimizer, lambda s: s / warmup if s < warmup else max(0.0, (total - s) / (total - warmup)))
    step = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for epoch in range(EPOCHS):
        model.train()
        for x, y in batches(18, ids, groups):
            loss = F.cross_entropy(model(x), y)
            step(x, y, loss)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            scheduler.step()
            optimizer.zero_grad()


@loop("loop-correct")
def triangular_rate(watch, folder):
    past, future = load()
    model = nn.Sequential(nn.Flatten(), nn.Linear(16, 24), nn.Tanh(), nn.Linear(24, 2))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
    scheduler = CyclicLR(optimizer, base_lr=0.005, max_lr=0.1, step_size_up=4, mode="triangular2")
    w = watch(model, optimizer, loss="mse", folder=folder)
    for epoch in range(EPOCHS):
        for xb, yb in batches(17, past, future):
            optimizer.zero_grad()
            loss = F.mse_loss(model(xb), yb)
            loss.backward()
            optimizer.step()
            w(xb, yb, loss)
            scheduler.step()


@loop("loop-correct")
def averaged_on_the_side(watch, folder):
    waves, pitch = tones()
    model = nn.Sequential(nn.Conv1d(1, 6, 9, stride=2), nn.BatchNorm1d(6), nn.ReLU(), nn.AdaptiveAvgPool1d(4), nn.Flatten(), nn.Linear(24, 3))
    ema = copy.deepcopy(model).requires_grad_(False)
    optimizer = torch.optim.NAdam(model.parameters(), lr=5e-3)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for epoch in range(EPOCHS):
        for x, y in batches(16, waves, pitch):
            loss = F.cross_entropy(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            with torch.no_grad():
                for e, p in zip(ema.state_dict().values(), model.state_dict().values()):
                    if e.is_floating_point():
                        e.lerp_(p, 0.05)
                    else:
                        e.copy_(p)
            w(x, y, loss)


@loop("loop-correct")
def swa_from_the_second_epoch(watch, folder):
    X, Y = churn()
    loader = DataLoader(TensorDataset(X, Y), batch_size=44, shuffle=True)
    model = nn.Sequential(nn.Linear(9, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 1), nn.Flatten(0))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    swa_model, swa_scheduler = AveragedModel(model), SWALR(optimizer, swa_lr=0.05, anneal_epochs=2)
    w = watch(model, optimizer, loss="bce_with_logits", folder=folder)
    for epoch in range(2 * EPOCHS):
        for x, y in loader:
            optimizer.zero_grad()
            loss = F.binary_cross_entropy_with_logits(model(x), y)
            w(x, y, loss)
            loss.backward()
            optimizer.step()
        if epoch >= 1:
            swa_model.update_parameters(model)
            swa_scheduler.step()
    update_bn(loader, swa_model)


@loop("loop-correct")
def lbfgs_with_its_closure(watch, folder):
    x, y = housing()
    model = nn.Sequential(nn.Linear(7, 10), nn.Tanh(), nn.Linear(10, 1))
    optimizer = torch.optim.LBFGS(model.parameters(), lr=0.5, max_iter=4, line_search_fn="strong_wolfe")
    w = watch(model, optimizer, loss="mse", folder=folder)
    for epoch in range(5 * EPOCHS):

        def closure():
            optimizer.zero_grad()
            loss = F.mse_loss(model(x), y)
            loss.backward()
            return loss

        w(x, y, optimizer.step(closure))


@loop("loop-correct")
def sharpness_aware_by_hand(watch, folder):
    images, labels = shapes()
    model = nn.Sequential(nn.Flatten(), nn.Linear(64, 24), nn.ReLU(), nn.Linear(24, 4))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    rho = 0.05
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for epoch in range(EPOCHS):
        for x, y in batches(24, images, labels):
            loss = F.cross_entropy(model(x), y)
            w(x, y, loss)
            loss.backward()
            with torch.no_grad():
                scale = rho / (torch.stack([p.grad.norm() for p in model.parameters()]).norm() + 1e-12)
                moves = [p.grad * scale for p in model.parameters()]
                for p, e in zip(model.parameters(), moves):
                    p.add_(e)
            optimizer.zero_grad()
            F.cross_entropy(model(x), y).backward()
            with torch.no_grad():
                for p, e in zip(model.parameters(), moves):
                    p.sub_(e)
            optimizer.step()
            optimizer.zero_grad()


@loop("loop-correct")
def updates_by_hand_with_momentum(watch, folder):
    past, future = load()
    model = nn.Sequential(nn.Flatten(), nn.Linear(16, 16), nn.ReLU(), nn.Linear(16, 2))
    velocity = [torch.zeros_like(p) for p in model.parameters()]
    step = watch(model, None, loss="mse", folder=folder)
    for t in range(10 * EPOCHS):
        rows = torch.randint(0, len(past), (24,))
        loss = F.mse_loss(model(past[rows]), future[rows])
        step(past[rows], future[rows], loss)
        grads = torch.autograd.grad(loss, list(model.parameters()))
        with torch.no_grad():
            for p, v, g in zip(model.parameters(), velocity, grads):
                v.mul_(0.9).add_(g)
                p -= 0.03 * v


@loop("loop-correct")
def scaled_by_a_constant_and_back(watch, folder):
    x, y = housing()
    model = nn.Sequential(nn.Linear(7, 20), nn.ReLU(), nn.Linear(20, 1))
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
    scale = 1024.0
    w = watch(model, optimizer, loss="mse", folder=folder)
    for epoch in range(EPOCHS):
        for xb, yb in batches(25, x, y):
            optimizer.zero_grad()
            loss = F.mse_loss(model(xb), yb)
            (loss * scale).backward()
            for p in model.parameters():
                p.grad.div_(scale)
            optimizer.step()
            w(xb, yb, loss)


@loop("loop-correct")
def rates_by_layer(watch, folder):
    waves, pitch = tones()
    model = nn.Sequential(nn.Conv1d(1, 6, 9, stride=2), nn.ReLU(), nn.Conv1d(6, 6, 5), nn.ReLU(), nn.AdaptiveAvgPool1d(2), nn.Flatten(), nn.Linear(12, 3))
    layers = [m for m in model if list(m.parameters())]
    groups = [{"params": m.parameters(), "lr": 2e-2 * math.pow(0.5, len(layers) - 1 - i)} for i, m in enumerate(layers)]
    optimizer = torch.optim.Adam(groups)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for epoch in range(EPOCHS):
        for x, y in batches(16, waves, pitch):
            loss = F.cross_entropy(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            w(x, y, loss)
