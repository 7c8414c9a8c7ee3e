"""Eleventh batch: correct loops with intended oddities, first half."""

import copy

import loops_eleventh_data as data
import torch
import torch.nn as nn
import torch.nn.functional as F
from loops import loop
from loops_eleventh_data import RIGHT
from torch.utils.checkpoint import checkpoint
from torch.utils.data import DataLoader, TensorDataset, WeightedRandomSampler


@loop(RIGHT)
def a_frozen_base_in_eval_mode(watch, folder):
    """The base stays in eval mode on purpose: it is frozen, and its batch norm with it."""
    torch.manual_seed(101)
    base = nn.Sequential(nn.Conv2d(1, 8, 3), nn.BatchNorm2d(8), nn.ReLU(), nn.AdaptiveAvgPool2d(3), nn.Flatten())
    model = nn.Sequential(base, nn.Linear(72, 32), nn.ReLU(), nn.Dropout(0.2), nn.Linear(32, 5))
    for p in base.parameters():
        p.requires_grad = False
    optimizer = torch.optim.Adam([p for p in model.parameters() if p.requires_grad], lr=2e-2)
    criterion = nn.CrossEntropyLoss()
    w = watch(model, optimizer, loss=criterion, folder=folder)
    for epoch in range(3):
        model.train()
        base.eval()
        for x, y in DataLoader(TensorDataset(*data.digits()), batch_size=32, shuffle=True):
            optimizer.zero_grad()
            loss = criterion(model(x), y)
            loss.backward()
            optimizer.step()
            w(x, y, loss)


@loop(RIGHT)
def accumulation_with_a_rest(watch, folder):
    torch.manual_seed(102)
    x, y = data.prices()
    model = nn.Sequential(nn.Linear(7, 32), nn.ReLU(), nn.Linear(32, 1), nn.Flatten(0))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.5)
    loader = DataLoader(TensorDataset(x, y), batch_size=32, shuffle=True)
    every = 3
    w = watch(model, optimizer, loss="mse", folder=folder)
    for epoch in range(4):
        for i, (xb, yb) in enumerate(loader):
            loss = F.mse_loss(model(xb), yb)
            (loss / every).backward()
            w(xb, yb, loss)
            if (i + 1) % every == 0 or i + 1 == len(loader):
                optimizer.step()
                optimizer.zero_grad()


@loop(RIGHT)
def a_sparse_and_a_dense_optimizer(watch, folder):
    """The watched optimizer has the dense part; the embeddings have their own."""
    torch.manual_seed(103)
    tokens, _, y = data.reviews()
    model = nn.Sequential(nn.EmbeddingBag(40, 16, sparse=True), nn.Linear(16, 24), nn.ReLU(), nn.Linear(24, 2))
    sparse = torch.optim.SparseAdam(list(model[0].parameters()), lr=1e-2)
    dense = torch.optim.AdamW([p for layer in model[1:] for p in layer.parameters()], lr=1e-2)
    w = watch(model, dense, loss="cross_entropy", folder=folder)
    for epoch in range(4):
        for xb, yb in DataLoader(TensorDataset(tokens, y), batch_size=32, shuffle=True):
            sparse.zero_grad()
            dense.zero_grad()
            loss = F.cross_entropy(model(xb), yb)
            loss.backward()
            w(xb, yb, loss)
            sparse.step()
            dense.step()


class Sensor(nn.Module):
    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(2, 20, num_layers=2, batch_first=True, dropout=0.1)
        self.out = nn.Linear(20, 1)

    def forward(self, x):
        return self.out(self.gru(x)[0][:, -1])


@loop(RIGHT)
def clipped_at_a_quarter_with_warmup(watch, folder):
    torch.manual_seed(104)
    model = Sensor()
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-2)
    warmup = torch.optim.lr_scheduler.LinearLR(optimizer, start_factor=0.2, total_iters=8)
    criterion = nn.MSELoss()
    w = watch(model, optimizer, loss=criterion, folder=folder)
    for epoch in range(5):
        for x, y in DataLoader(TensorDataset(*data.sensors()), batch_size=30, shuffle=True):
            optimizer.zero_grad(set_to_none=True)
            loss = criterion(model(x), y)
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 0.25)
            optimizer.step()
            warmup.step()
            w(x, y, loss)


@loop(RIGHT)
def bfloat16_autocast(watch, folder):
    torch.manual_seed(105)
    model = nn.Sequential(nn.Conv2d(1, 8, 3, padding=1), nn.GroupNorm(2, 8), nn.SiLU(), nn.Conv2d(8, 1, 1))
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
    bce = nn.BCEWithLogitsLoss()
    w = watch(model, optimizer, loss=bce, folder=folder)
    for epoch in range(3):
        for image, mask in DataLoader(TensorDataset(*data.masks()), batch_size=16, shuffle=True):
            with torch.autocast("cpu", dtype=torch.bfloat16):
                logits = model(image)
                loss = bce(logits.float(), mask)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            w(image, mask, loss)


@loop(RIGHT)
def one_cycle(watch, folder):
    torch.manual_seed(106)
    loader = DataLoader(TensorDataset(*data.digits()), batch_size=32, shuffle=True)
    epochs = 4
    net = nn.Sequential(nn.Flatten(), nn.Linear(100, 64), nn.BatchNorm1d(64), nn.ReLU(), nn.Linear(64, 5))
    optimizer = torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.9)
    scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=0.1, steps_per_epoch=len(loader), epochs=epochs)
    criterion = nn.CrossEntropyLoss()
    w = watch(net, optimizer, loss=criterion, folder=folder)
    for epoch in range(epochs):
        net.train()
        for x, y in loader:
            optimizer.zero_grad()
            loss = criterion(net(x), y)
            loss.backward()
            optimizer.step()
            scheduler.step()
            w(x, y, loss)


class TiedLM(nn.Module):
    def __init__(self, letters=12, width=24):
        super().__init__()
        self.embed = nn.Embedding(letters, width)
        self.lstm = nn.LSTM(width, width, batch_first=True)
        self.decoder = nn.Linear(width, letters)
        self.decoder.weight = self.embed.weight

    def forward(self, x):
        return self.decoder(self.lstm(self.embed(x))[0]).transpose(1, 2)


@loop(RIGHT)
def tied_weights(watch, folder):
    torch.manual_seed(107)
    letters = data.text()[:1201].unfold(0, 17, 16)
    x, y = letters[:, :-1], letters[:, 1:]
    model = TiedLM()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    criterion = nn.CrossEntropyLoss()
    w = watch(model, optimizer, loss=criterion, folder=folder)
    for epoch in range(10):
        for xb, yb in DataLoader(TensorDataset(x, y), batch_size=25, shuffle=True):
            loss = criterion(model(xb), yb)
            optimizer.zero_grad()
            loss.backward()
            w(xb, yb, loss)
            optimizer.step()


@loop(RIGHT)
def a_discriminator_watched(watch, folder):
    torch.manual_seed(108)
    points, _ = data.moons()
    netG = nn.Sequential(nn.Linear(4, 24), nn.ReLU(), nn.Linear(24, 2))
    netD = nn.Sequential(nn.Linear(2, 24), nn.LeakyReLU(0.2), nn.Linear(24, 1))
    optG = torch.optim.Adam(netG.parameters(), lr=1e-3, betas=(0.5, 0.999))
    optD = torch.optim.Adam(netD.parameters(), lr=5e-3, betas=(0.5, 0.999))
    criterion = nn.BCEWithLogitsLoss()
    w = watch(netD, optD, loss=criterion, folder=folder)
    for epoch in range(5):
        for (real,) in DataLoader(TensorDataset(points), batch_size=50, shuffle=True):
            fake = netG(torch.randn(len(real), 4))
            both = torch.cat([real, fake.detach()])
            truth = torch.cat([torch.full((len(real), 1), 0.9), torch.zeros(len(real), 1)])
            optD.zero_grad()
            lossD = criterion(netD(both), truth)
            lossD.backward()
            optD.step()
            w(both, truth, lossD)
            optG.zero_grad()
            lossG = criterion(netD(fake), torch.ones(len(real), 1))
            lossG.backward()
            optG.step()


@loop(RIGHT)
def an_average_for_validation_that_is_put_back(watch, folder):
    torch.manual_seed(109)
    x, y = data.prices()
    y = y[:, None]
    model = nn.Sequential(nn.Linear(7, 32), nn.Tanh(), nn.Linear(32, 1))
    averaged = torch.optim.swa_utils.AveragedModel(model, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(0.95))
    optimizer = torch.optim.NAdam(model.parameters(), lr=1e-2)
    w = watch(model, optimizer, loss=F.mse_loss, folder=folder)
    for step in range(40):
        rows = torch.randint(0, 256, (48,))
        loss = F.mse_loss(model(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        averaged.update_parameters(model)
        w(x[rows], y[rows], loss)
        if step % 5 == 4:
            kept = copy.deepcopy(model.state_dict())
            model.load_state_dict(averaged.module.state_dict())
            with torch.no_grad():
                F.mse_loss(model(x[256:]), y[256:])
            model.load_state_dict(kept)


@loop(RIGHT)
def a_gradient_penalty(watch, folder):
    """A penalty on the slope in x is part of what is minimized, the loss handed over is the whole."""
    torch.manual_seed(110)
    x, y = data.moons()
    critic = nn.Sequential(nn.Linear(2, 32), nn.Softplus(), nn.Linear(32, 1))
    optimizer = torch.optim.Adam(critic.parameters(), lr=1e-2)
    w = watch(critic, optimizer, loss=nn.BCEWithLogitsLoss(), folder=folder)
    for epoch in range(5):
        for xb, yb in DataLoader(TensorDataset(x, y.float()[:, None]), batch_size=50, shuffle=True):
            xb.requires_grad_(True)
            out = critic(xb)
            main = F.binary_cross_entropy_with_logits(out, yb)
            (slope,) = torch.autograd.grad(out.sum(), xb, create_graph=True)
            loss = main + 0.01 * slope.pow(2).sum(1).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            w(xb.detach(), yb, loss)


class Deep(nn.Module):
    def __init__(self):
        super().__init__()
        self.start = nn.Linear(20, 32)
        self.blocks = nn.ModuleList(nn.Sequential(nn.LayerNorm(32), nn.Linear(32, 32), nn.GELU()) for _ in range(4))
        self.end = nn.Linear(32, 20)

    def forward(self, x):
        h = self.start(x)
        for block in self.blocks:
            h = h + checkpoint(block, h, use_reentrant=False)
        return self.end(h)


@loop(RIGHT)
def checkpointed_blocks_that_denoise(watch, folder):
    torch.manual_seed(111)
    clean = data.spectra()
    model = Deep()
    optimizer = torch.optim.AdamW(model.parameters(), lr=5e-3)
    w = watch(model, optimizer, loss="mse", folder=folder)
    for epoch in range(4):
        for (y,) in DataLoader(TensorDataset(clean), batch_size=32, shuffle=True):
            x = y + 0.3 * torch.randn_like(y)
            loss = F.mse_loss(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            w(x, y, loss)
            optimizer.step()


@loop(RIGHT)
def rare_kinds_drawn_more_often(watch, folder):
    torch.manual_seed(112)
    x, y = data.digits()
    kept = (y != 0) | (torch.arange(len(y)) % 6 == 0)
    x, y = x[kept], y[kept]
    count = torch.bincount(y).float()
    sampler = WeightedRandomSampler((1 / count)[y], len(y), replacement=True)
    criterion = nn.CrossEntropyLoss(weight=(1 / count.sqrt()) / (1 / count.sqrt()).mean())
    model = nn.Sequential(nn.Flatten(), nn.Linear(100, 32), nn.ReLU(), nn.Linear(32, 5))
    optimizer = torch.optim.Adagrad(model.parameters(), lr=0.02)
    w = watch(model, optimizer, loss=criterion, folder=folder)
    for epoch in range(4):
        for xb, yb in DataLoader(TensorDataset(x, y), batch_size=32, sampler=sampler):
            optimizer.zero_grad()
            loss = criterion(model(xb), yb)
            loss.backward()
            optimizer.step()
            w(xb, yb, loss)
