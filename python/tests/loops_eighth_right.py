"""The eighth batch's correct loops, each with something odd that is meant: parts, rates, sums. Written without a look at the rules."""

from dataclasses import dataclass

import torch
import torch.nn as nn
import torch.nn.functional as F
from loops import loop
from loops_eighth_data import EPOCHS, batches, bids, clusters, drift, glyphs, letters_in, melodies, motifs, ratings, reviews, tags, wells
from torch import optim
from torch.optim import lr_scheduler, swa_utils
from torch.utils.checkpoint import checkpoint
from torch.utils.data import DataLoader, TensorDataset


class Coder(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(20, 16), nn.ReLU(), nn.Linear(16, 5))
        self.decoder = nn.Sequential(nn.Linear(5, 16), nn.ReLU(), nn.Linear(16, 20))

    def forward(self, x):
        return self.decoder(self.encoder(x))


@loop("loop-correct")
def new_decoder_on_a_kept_encoder(watch, folder):
    curves = motifs()
    model = Coder()
    before = optim.Adam(model.parameters(), lr=1e-2)
    for _ in range(40):
        before.zero_grad()
        F.mse_loss(model(curves), curves).backward()
        before.step()
    model.encoder.requires_grad_(False)
    model.decoder = Coder().decoder
    optimizer = optim.Adam([p for p in model.parameters() if p.requires_grad], lr=5e-3)
    w = watch(model, optimizer, loss="mse", folder=folder)
    for _ in range(EPOCHS):
        for (x,) in batches(34, curves):
            noisy = x + 0.1 * torch.randn_like(x)
            optimizer.zero_grad()
            loss = F.mse_loss(model(noisy), x)
            loss.backward()
            optimizer.step()
            w(noisy, x, loss)


@dataclass
class Plan:
    size: int = 12
    every: int = 3
    rate: float = 0.1


@loop("loop-correct")
def sums_over_three_small_batches(watch, folder):
    """What is left at the end of an epoch makes a step as well."""
    plan = Plan()
    x, y = clusters()
    model = nn.Sequential(nn.Linear(7, 20), nn.ReLU(), nn.Linear(20, 4))
    optimizer = optim.SGD(model.parameters(), lr=plan.rate, momentum=0.9)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for _ in range(EPOCHS):
        parts = list(batches(plan.size, x, y))
        for n, (xb, yb) in enumerate(parts, 1):
            loss = F.cross_entropy(model(xb), yb)
            (loss / plan.every).backward()
            if n % plan.every == 0 or n == len(parts):
                optimizer.step()
                optimizer.zero_grad()
            w(xb, yb, loss)


class Taste(nn.Module):
    def __init__(self, sparse=False):
        super().__init__()
        self.u, self.i = nn.Embedding(15, 5, sparse=sparse), nn.Embedding(20, 5, sparse=sparse)
        self.out = nn.Sequential(nn.Linear(10, 16), nn.ReLU(), nn.Linear(16, 1), nn.Flatten(0))

    def forward(self, user, item):
        return self.out(torch.cat([self.u(user), self.i(item)], 1))


@loop("loop-correct")
def sparse_and_dense_optimizers(watch, folder):
    model = Taste(sparse=True)
    opts = [optim.SparseAdam([model.u.weight, model.i.weight], lr=2e-2), optim.Adam(model.out.parameters(), lr=1e-2)]
    w = watch(model, opts, loss="mse", folder=folder)
    for _ in range(EPOCHS):
        for u, i, r in batches(48, *ratings()):
            for opt in opts:
                opt.zero_grad()
            loss = F.mse_loss(model(u, i), r)
            loss.backward()
            for opt in opts:
                opt.step()
            w((u, i), r, loss)


@loop("loop-correct")
def users_first_then_items(watch, folder):
    """Alternating least squares by gradients: odd epochs move one side, even ones the other."""
    user, item, stars = ratings()

    class Dot(nn.Module):
        def __init__(self):
            super().__init__()
            self.u, self.i = nn.Embedding(15, 3), nn.Embedding(20, 3)

        def forward(self, u, i):
            return (self.u(u) * self.i(i)).sum(1) + 3

    model = Dot()
    sides = [optim.SGD(model.u.parameters(), lr=1.0), optim.SGD(model.i.parameters(), lr=1.0)]
    w = watch(model, sides, loss="mse", folder=folder)
    turn = 0
    for _ in range(EPOCHS):
        for u, i, r in batches(60, user, item, stars):
            model.zero_grad()
            loss = F.mse_loss(model(u, i), r)
            loss.backward()
            sides[turn % 2].step()
            turn += 1
            w((u, i), r, loss)


class Tune(nn.Module):
    def __init__(self, notes=12, width=16):
        super().__init__()
        self.embed = nn.Embedding(notes, width)
        self.rnn = nn.GRU(width, width, batch_first=True)
        self.out = nn.Linear(width, notes)
        self.out.weight = self.embed.weight

    def forward(self, ids):
        return self.out(self.rnn(self.embed(ids))[0])


@loop("loop-correct")
def one_matrix_for_both_ends(watch, folder):
    given, following = melodies()
    model = Tune()
    optimizer = optim.AdamW(model.parameters(), lr=1e-2)

    def objective(logits, target):
        return F.cross_entropy(logits.flatten(0, 1), target.flatten())

    w = watch(model, optimizer, loss=objective, folder=folder)
    for _ in range(EPOCHS):
        for x, y in batches(32, given, following):
            loss = objective(model(x), y)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 0.5)
            optimizer.step()
            w(x, y, loss)


@loop("loop-correct")
def half_precision_and_one_cycle(watch, folder):
    images, labels = glyphs()
    net = nn.Sequential(nn.Conv2d(1, 8, 3), nn.ReLU(), nn.Conv2d(8, 8, 3), nn.ReLU(), nn.AdaptiveMaxPool2d(1), nn.Flatten(), nn.Linear(8, 3))
    opt = optim.AdamW(net.parameters(), lr=1e-3)
    loader = DataLoader(TensorDataset(images, labels), batch_size=28, shuffle=True)
    cycle = lr_scheduler.OneCycleLR(opt, max_lr=1e-2, epochs=EPOCHS, steps_per_epoch=len(loader))
    w = watch(net, opt, loss="cross_entropy", folder=folder)
    for _ in range(EPOCHS):
        for img, lab in loader:
            opt.zero_grad()
            with torch.autocast("cpu", dtype=torch.bfloat16):
                loss = F.cross_entropy(net(img), lab)
            loss.backward()
            opt.step()
            cycle.step()
            w(img, lab, loss)


@loop("loop-correct")
def averages_beside_the_model(watch, folder):
    x, y = drift()

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv, self.out = nn.Conv1d(2, 8, 3), nn.Linear(80, 1)

        def forward(self, x):
            return self.out(F.silu(self.conv(x.mT)).flatten(1))

    net = Net()
    ema = swa_utils.AveragedModel(net, multi_avg_fn=swa_utils.get_ema_multi_avg_fn(0.9))
    optimizer = optim.RAdam(net.parameters(), lr=1e-2)
    w = watch(net, optimizer, loss="mse", folder=folder)
    for _ in range(EPOCHS):
        for xb, yb in batches(29, x, y):
            loss = F.mse_loss(net(xb), yb)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            ema.update_parameters(net)
            w(xb, yb, loss)
        ema.eval()
        with torch.no_grad():
            F.mse_loss(ema(x[:30]), y[:30])


@loop("loop-correct")
def stochastic_averages_at_the_end(watch, folder):
    x, y = wells()
    model = nn.Sequential(nn.Linear(8, 24), nn.BatchNorm1d(24), nn.ReLU(), nn.Linear(24, 1))
    optimizer = optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    averaged, slow = swa_utils.AveragedModel(model), swa_utils.SWALR(optimizer, swa_lr=0.02, anneal_epochs=1)
    loader = DataLoader(TensorDataset(x, y), batch_size=36, shuffle=True)
    w = watch(model, optimizer, loss="mse", folder=folder)
    for epoch in range(EPOCHS):
        for xb, yb in loader:
            optimizer.zero_grad()
            loss = F.mse_loss(model(xb), yb)
            loss.backward()
            optimizer.step()
            w(xb, yb, loss)
        if epoch >= 1:
            averaged.update_parameters(model)
            slow.step()
    swa_utils.update_bn(loader, averaged)


@loop("loop-correct")
def smoothed_labels_and_weighted_classes(watch, folder):
    x, y = clusters()
    keep = (y != 3) | (torch.arange(len(y)) % 3 == 0)
    x, y = x[keep], y[keep]
    share = torch.bincount(y).float()
    criterion = nn.CrossEntropyLoss(weight=share.sum() / (4 * share), label_smoothing=0.1)
    model = nn.Sequential(nn.Linear(7, 16), nn.GELU(), nn.Linear(16, 4))
    optimizer = optim.Adam(model.parameters(), lr=1e-2)
    w = watch(model, optimizer, loss=criterion, folder=folder)
    for _ in range(EPOCHS):
        for xb, yb in batches(26, x, y):
            loss = criterion(model(xb), yb)
            w(xb, yb, loss)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()


class Tagger(nn.Module):
    def __init__(self):
        super().__init__()
        self.words = nn.Embedding(40, 12, padding_idx=0)
        self.rnn, self.out = nn.GRU(12, 10, batch_first=True, bidirectional=True), nn.Linear(20, 2)

    def forward(self, ids):
        return self.out(self.rnn(self.words(ids))[0]).transpose(1, 2)


@loop("loop-correct")
def filled_up_words_do_not_count(watch, folder):
    ids, _, _ = reviews()
    tag = torch.where(ids == 0, -100, (ids >= 20).long())
    model, criterion = Tagger(), nn.CrossEntropyLoss(ignore_index=-100)
    optimizer = optim.Adam(model.parameters(), lr=2e-2)
    w = watch(model, optimizer, loss=criterion, folder=folder)
    for _ in range(EPOCHS):
        for xb, yb in batches(44, ids, tag):
            optimizer.zero_grad()
            loss = criterion(model(xb), yb)
            loss.backward()
            optimizer.step()
            w(xb, yb, loss)


@loop("loop-correct")
def rare_tags_weigh_more(watch, folder):
    x, y = tags()
    weight = (len(y) - y.sum(0)) / y.sum(0)
    model = nn.Sequential(nn.Linear(9, 20), nn.Dropout(0.2), nn.ReLU(), nn.Linear(20, 5))
    optimizer = optim.Adamax(model.parameters(), lr=1e-2)
    criterion = nn.BCEWithLogitsLoss(pos_weight=weight)
    w = watch(model, optimizer, loss=criterion, folder=folder)
    for _ in range(EPOCHS):
        model.train()
        for xb, yb in batches(30, x, y):
            optimizer.zero_grad()
            loss = criterion(model(xb), yb)
            loss.backward()
            optimizer.step()
            w(xb, yb, loss)
        model.eval()
        with torch.inference_mode():
            criterion(model(x[:40]), y[:40])


@loop("loop-correct")
def warm_restarts_by_fractions_of_an_epoch(watch, folder):
    x, y = letters_in()
    model = nn.Sequential(nn.Linear(10, 20), nn.LeakyReLU(), nn.Linear(20, 1))
    optimizer = optim.SGD(model.parameters(), lr=0.3)
    restarts = lr_scheduler.CosineAnnealingWarmRestarts(optimizer, T_0=1, T_mult=2)
    w = watch(model, optimizer, loss="bce_with_logits", folder=folder)
    for epoch in range(EPOCHS):
        parts = list(batches(27, x, y))
        for n, (xb, yb) in enumerate(parts):
            loss = F.binary_cross_entropy_with_logits(model(xb), yb)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            restarts.step(epoch + n / len(parts))
            w(xb, yb, loss)


@loop("loop-correct")
def rates_that_shrink_towards_the_input(watch, folder):
    x, y = bids()
    layers = nn.ModuleList([nn.Linear(6, 24), nn.Linear(24, 24), nn.Linear(24, 1)])

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.layers = layers

        def forward(self, x):
            for layer in self.layers[:-1]:
                x = torch.tanh(layer(x))
            return self.layers[-1](x).squeeze(-1)

    net = Net()
    groups = []
    for depth, layer in enumerate(reversed(net.layers)):
        rate = 2e-2 * 0.5**depth
        groups.append({"params": [layer.weight], "lr": rate, "weight_decay": 1e-2})
        groups.append({"params": [layer.bias], "lr": 2 * rate, "weight_decay": 0.0})
    optimizer = optim.AdamW(groups)
    w = watch(net, optimizer, loss=nn.SmoothL1Loss(beta=0.5), folder=folder)
    for _ in range(EPOCHS):
        for xb, yb in batches(25, x, y):
            loss = F.smooth_l1_loss(net(xb), yb, beta=0.5)
            w(xb, yb, loss)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()


class Blocks(nn.Module):
    def __init__(self):
        super().__init__()
        self.enter = nn.Linear(8, 20)
        self.body = nn.ModuleList(nn.Sequential(nn.LayerNorm(20), nn.Linear(20, 20), nn.GELU()) for _ in range(2))
        self.leave = nn.Linear(20, 1)

    def forward(self, x):
        x = self.enter(x)
        for block in self.body:
            x = x + checkpoint(block, x, use_reentrant=False)
        return self.leave(x)


@loop("loop-correct")
def blocks_computed_twice_to_save_memory(watch, folder):
    x, y = wells()
    model = Blocks()
    decayed = [p for p in model.parameters() if p.ndim > 1]
    plain = [p for p in model.parameters() if p.ndim < 2]
    optimizer = optim.AdamW([{"params": decayed, "weight_decay": 0.1}, {"params": plain, "weight_decay": 0.0}], lr=5e-3)
    warm = lr_scheduler.LinearLR(optimizer, start_factor=0.1, total_iters=6)
    w = watch(model, optimizer, loss="mse", folder=folder)
    for _ in range(EPOCHS):
        for xb, yb in batches(36, x, y):
            optimizer.zero_grad()
            loss = F.mse_loss(model(xb), yb)
            loss.backward()
            optimizer.step()
            warm.step()
            w(xb, yb, loss)


@loop("loop-correct")
def normalization_rests_by_intent(watch, folder):
    """Fine-tuning: the statistics are those of many more rows, and stay."""
    images, labels = glyphs()
    net = nn.Sequential(nn.Conv2d(1, 8, 3), nn.BatchNorm2d(8), nn.ReLU(), nn.Dropout(0.1), nn.Flatten(), nn.Linear(392, 3))
    with torch.no_grad():
        for _ in range(30):
            net(images)
    optimizer = optim.SGD(net.parameters(), lr=0.01, momentum=0.9)
    w = watch(net, optimizer, loss="cross_entropy", folder=folder)
    for _ in range(EPOCHS):
        net.train()
        for module in net.modules():
            if isinstance(module, nn.modules.batchnorm._BatchNorm):
                module.eval()
        for img, lab in batches(28, images, labels):
            loss = F.cross_entropy(net(img), lab)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            w(img, lab, loss)
