"""A tenth batch of loops: correct ones, with intended oddities."""

import copy

import torch
from loops import loop
from loops_tenth_one import PriceNet, Tagger, glyphs, houses, patients, sensor, sentences
from torch import nn, optim
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset


@loop("loop-correct")
def backbone_frozen_and_kept_in_eval(watch, folder):
    """The body is frozen, its batch norm held; the head is trained."""
    torch.manual_seed(60)
    x, y = glyphs(seed=70)

    class Transfer(nn.Module):
        def __init__(self):
            super().__init__()
            self.backbone = nn.Sequential(
                nn.Conv2d(1, 12, 3), nn.BatchNorm2d(12), nn.ReLU(), nn.AvgPool2d(2), nn.Flatten()
            )
            self.head = nn.Sequential(nn.Dropout(0.1), nn.Linear(192, 4))
            for p in self.backbone.parameters():
                p.requires_grad = False

        def train(self, mode=True):
            super().train(mode)
            self.backbone.eval()
            return self

        def forward(self, v):
            return self.head(self.backbone(v))

    model = Transfer().train()
    optimizer = optim.Adam([p for p in model.parameters() if p.requires_grad], lr=5e-3)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for epoch in range(2):
        for xb, yb in DataLoader(TensorDataset(x, y), batch_size=20, shuffle=True):
            optimizer.zero_grad()
            loss = F.cross_entropy(model(xb), yb)
            loss.backward()
            optimizer.step()
            w(xb, yb, loss)


@loop("loop-correct")
def four_micro_batches_a_step(watch, folder):
    torch.manual_seed(61)
    x, price = houses(seed=71)
    model = PriceNet(blocks=2)
    optimizer = optim.AdamW(model.parameters(), lr=4e-3)
    accumulation = 4
    w = watch(model, optimizer, loss="mse", folder=folder)
    optimizer.zero_grad()
    data = DataLoader(TensorDataset(x, price), batch_size=10, shuffle=True)
    for i, (xb, t) in enumerate(data, 1):
        loss = F.mse_loss(model(xb), t)
        (loss / accumulation).backward()
        if i % accumulation == 0:
            optimizer.step()
            optimizer.zero_grad()
        w(xb, t, loss)


@loop("loop-correct")
def two_optimizers_for_embedding_and_rest(watch, folder):
    torch.manual_seed(62)
    x, y = sentences(seed=72)
    model = Tagger()
    sparse = optim.SGD(model.emb.parameters(), lr=0.1)
    dense = optim.Adam([p for n, p in model.named_parameters() if not n.startswith("emb")], lr=3e-3)
    w = watch(model, [sparse, dense], loss="cross_entropy", folder=folder)
    for step in range(25):
        rows = torch.randperm(len(x))[:32]
        loss = F.cross_entropy(model(x[rows]), y[rows])
        sparse.zero_grad()
        dense.zero_grad()
        loss.backward()
        sparse.step()
        dense.step()
        w(x[rows], y[rows], loss)


@loop("loop-correct")
def recurrent_with_the_norm_clipped(watch, folder):
    torch.manual_seed(63)
    x, y = sensor(seed=73)

    class Forecaster(nn.Module):
        def __init__(self):
            super().__init__()
            self.rnn = nn.RNN(3, 24, num_layers=2, batch_first=True, dropout=0.1)
            self.fc = nn.Linear(24, 1)

        def forward(self, v):
            out, _ = self.rnn(v)
            return self.fc(out[:, -1])

    net = Forecaster()
    opt = optim.SGD(net.parameters(), lr=0.05, momentum=0.9)
    w = watch(net, opt, loss="mse", folder=folder)
    for epoch in range(2):
        for xb, yb in DataLoader(TensorDataset(x, y), batch_size=24, shuffle=True):
            opt.zero_grad()
            loss = F.mse_loss(net(xb), yb)
            loss.backward()
            nn.utils.clip_grad_norm_(net.parameters(), max_norm=0.25)
            opt.step()
            w(xb, yb, loss)


@loop("loop-correct")
def forward_in_bfloat16(watch, folder):
    torch.manual_seed(64)
    x, y = glyphs(seed=74)
    model = nn.Sequential(nn.Flatten(), nn.Linear(100, 64), nn.GELU(), nn.LayerNorm(64), nn.Linear(64, 4))
    optimizer = optim.AdamW(model.parameters(), lr=2e-3)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for epoch in range(2):
        for xb, yb in DataLoader(TensorDataset(x, y), batch_size=16, shuffle=True):
            optimizer.zero_grad(set_to_none=True)
            with torch.autocast("cpu", dtype=torch.bfloat16):
                logits = model(xb)
                loss = F.cross_entropy(logits, yb)
            loss.backward()
            optimizer.step()
            w(xb, yb, loss)


@loop("loop-correct")
def one_cycle_over_the_whole_run(watch, folder):
    torch.manual_seed(65)
    x, y = patients(seed=75)
    data = DataLoader(TensorDataset(x, y.unsqueeze(1)), batch_size=35, shuffle=True)
    epochs = 3
    net = nn.Sequential(nn.Linear(8, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Dropout(0.2), nn.Linear(32, 1))
    opt = optim.SGD(net.parameters(), lr=0.01, momentum=0.9)
    sched = optim.lr_scheduler.OneCycleLR(opt, max_lr=0.1, epochs=epochs, steps_per_epoch=len(data))
    criterion = nn.BCEWithLogitsLoss()
    w = watch(net, opt, loss="bce_with_logits", folder=folder)
    for epoch in range(epochs):
        net.train()
        for xb, yb in data:
            opt.zero_grad()
            loss = criterion(net(xb), yb)
            loss.backward()
            opt.step()
            sched.step()
            w(xb, yb, loss)
        net.eval()
        with torch.no_grad():
            ((net(x) > 0).squeeze(1) == (y > 0.5)).float().mean()


@loop("loop-correct")
def language_model_with_tied_embedding(watch, folder):
    torch.manual_seed(66)

    class TinyLM(nn.Module):
        def __init__(self, vocab=30, d=24, block=10):
            super().__init__()
            self.tok = nn.Embedding(vocab, d)
            self.pos = nn.Embedding(block, d)
            self.layer = nn.TransformerEncoderLayer(d, 3, 48, dropout=0.0, batch_first=True, norm_first=True)
            self.head = nn.Linear(d, vocab, bias=False)
            nn.init.normal_(self.tok.weight, std=0.1)
            self.head.weight = self.tok.weight

        def forward(self, ids):
            n = ids.shape[1]
            mask = torch.triu(torch.full((n, n), float("-inf")), 1)
            h = self.tok(ids) + self.pos(torch.arange(n))
            return self.head(self.layer(h, src_mask=mask)).transpose(1, 2)

    g = torch.Generator().manual_seed(76)
    stream = torch.zeros(2000, dtype=torch.long)
    for i in range(1, 2000):
        stream[i] = (stream[i - 1] * 3 + int(torch.randint(1, 4, (1,), generator=g))) % 30
    model = TinyLM()
    optimizer = optim.AdamW(model.parameters(), lr=3e-3, betas=(0.9, 0.95))
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for it in range(30):
        at = torch.randint(0, 1989, (24,), generator=g)
        xb = torch.stack([stream[i:i + 10] for i in at])
        yb = torch.stack([stream[i + 1:i + 11] for i in at])
        loss = F.cross_entropy(model(xb), yb)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        w(xb, yb, loss)


@loop("loop-correct")
def gan_watched_at_the_discriminator(watch, folder):
    """The generator's backward leaves gradients in the discriminator, cleared at its next turn."""
    torch.manual_seed(67)
    g = torch.Generator().manual_seed(77)
    generator = nn.Sequential(nn.Linear(4, 24), nn.ReLU(), nn.Linear(24, 2))
    discriminator = nn.Sequential(nn.Linear(2, 24), nn.LeakyReLU(0.2), nn.Linear(24, 1))
    opt_g = optim.Adam(generator.parameters(), lr=1e-3, betas=(0.5, 0.999))
    opt_d = optim.Adam(discriminator.parameters(), lr=2e-3, betas=(0.5, 0.999))
    bce = nn.BCEWithLogitsLoss()
    w = watch(discriminator, opt_d, loss="bce_with_logits", folder=folder)
    for it in range(30):
        angle = 6.28 * torch.rand(32, 1, generator=g)
        real = torch.cat([angle.cos(), angle.sin()], 1) + 0.05 * torch.randn(32, 2, generator=g)
        fake = generator(torch.randn(32, 4, generator=g))
        points = torch.cat([real, fake.detach()])
        truth = torch.cat([torch.ones(32, 1), torch.zeros(32, 1)])
        opt_d.zero_grad()
        loss_d = bce(discriminator(points), truth)
        loss_d.backward()
        opt_d.step()
        w(points, truth, loss_d)
        opt_g.zero_grad()
        loss_g = bce(discriminator(fake), torch.ones(32, 1))
        loss_g.backward()
        opt_g.step()


@loop("loop-correct")
def averaged_copy_beside(watch, folder):
    """An exponential average follows the model, and is used for validation alone."""
    torch.manual_seed(68)
    x, price = houses(seed=78)
    model = PriceNet(blocks=1)
    ema = copy.deepcopy(model).eval().requires_grad_(False)
    optimizer = optim.Adam(model.parameters(), lr=5e-3)
    w = watch(model, optimizer, loss="huber", folder=folder)
    for epoch in range(2):
        for xb, t in DataLoader(TensorDataset(x, price), batch_size=25, shuffle=True):
            loss = F.huber_loss(model(xb), t)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            with torch.no_grad():
                for slow, fast in zip(ema.parameters(), model.parameters()):
                    slow.lerp_(fast, 0.05)
            w(xb, t, loss)
        F.huber_loss(ema(x), price).item()


@loop("loop-correct")
def closure_given_to_step(watch, folder):
    torch.manual_seed(69)
    g = torch.Generator().manual_seed(79)
    x = torch.rand(256, 1, generator=g) * 6 - 3
    y = torch.sin(x) + 0.05 * torch.randn(256, 1, generator=g)
    net = nn.Sequential(nn.Linear(1, 20), nn.Tanh(), nn.Linear(20, 20), nn.Tanh(), nn.Linear(20, 1))
    opt = optim.Rprop(net.parameters(), lr=1e-3)
    w = watch(net, opt, loss="mse", folder=folder)
    for step in range(25):
        rows = torch.randperm(256)[:128]
        xb, yb = x[rows], y[rows]

        def closure():
            opt.zero_grad()
            loss = F.mse_loss(net(xb), yb)
            loss.backward()
            return loss

        loss = opt.step(closure)
        w(xb, yb, loss)


class TwoHeads(nn.Module):
    def __init__(self):
        super().__init__()
        self.shared = nn.Sequential(nn.Linear(8, 24), nn.ReLU())
        self.risk = nn.Linear(24, 1)
        self.dose = nn.Linear(24, 1)

    def forward(self, x):
        h = self.shared(x)
        return torch.cat([self.risk(h), self.dose(h)], dim=1)


@loop("loop-correct")
def two_tasks_weighted(watch, folder):
    torch.manual_seed(70)
    x, sick = patients(seed=80)
    y = torch.stack([sick, 0.8 * x[:, 1] - 0.3 * x[:, 0]], dim=1)
    model = TwoHeads()
    optimizer = optim.Adam(model.parameters(), lr=5e-3)

    def objective(out, target):
        risk = F.binary_cross_entropy_with_logits(out[:, 0], target[:, 0])
        return risk + 0.5 * F.mse_loss(out[:, 1], target[:, 1])

    w = watch(model, optimizer, loss=objective, folder=folder)
    for epoch in range(3):
        for xb, yb in DataLoader(TensorDataset(x, y), batch_size=35, shuffle=True):
            optimizer.zero_grad()
            loss = objective(model(xb), yb)
            loss.backward()
            optimizer.step()
            w(xb, yb, loss)


@loop("loop-correct")
def plain_denoising_autoencoder(watch, folder):
    torch.manual_seed(71)
    x, _ = glyphs(seed=81)
    clean = x.clamp(0, 1)
    noisy = (clean + 0.2 * torch.randn(clean.shape)).clamp(0, 1)
    net = nn.Sequential(
        nn.Conv2d(1, 8, 3, stride=2, padding=1), nn.ReLU(), nn.Conv2d(8, 8, 3, padding=1), nn.ReLU(),
        nn.ConvTranspose2d(8, 1, 2, stride=2), nn.Sigmoid(),
    )
    opt = optim.Adam(net.parameters(), lr=5e-3)
    w = watch(net, opt, loss="mse", folder=folder)
    for epoch in range(2):
        for dirty, pure in DataLoader(TensorDataset(noisy, clean), batch_size=20, shuffle=True):
            opt.zero_grad()
            loss = F.mse_loss(net(dirty), pure)
            loss.backward()
            opt.step()
            w(dirty, pure, loss)
