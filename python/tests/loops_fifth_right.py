"""The fifth batch's correct loops, each with something odd that is meant. Written without a look at the rules."""

import math

import torch
import torch.nn.functional as F
from loops import loop
from loops_fifth_data import Records, characters, demand, friedman, glyphs, sensors, spirals, tags
from loops_fifth_one import TinyGPT
from loops_fifth_two import Critic
from torch import nn, optim
from torch.utils.checkpoint import checkpoint
from torch.utils.data import DataLoader, TensorDataset


@loop("loop-correct")
def adversarial_with_two_optimizers(watch, folder):
    points, _ = spirals()
    G, D = nn.Sequential(nn.Linear(4, 24), nn.ReLU(), nn.Linear(24, 2)), Critic()
    g_opt, d_opt = optim.Adam(G.parameters(), 1e-3, betas=(0.5, 0.9)), optim.Adam(D.parameters(), 1e-3, betas=(0.5, 0.9))
    bce = nn.BCEWithLogitsLoss()
    w = watch(D, d_opt, loss=bce, folder=folder)
    for epoch in range(2):
        for (real,) in DataLoader(TensorDataset(points), batch_size=20, shuffle=True):
            fake = G(torch.randn(len(real), 4))
            both, truth = torch.cat([real, fake.detach()]), torch.cat([torch.full((len(real), 1), 0.9), torch.zeros(len(real), 1)])
            d_opt.zero_grad()
            d_loss = bce(D(both), truth)
            w(both, truth, d_loss)
            d_loss.backward()
            d_opt.step()
            g_opt.zero_grad()
            g_loss = bce(D(fake), torch.ones(len(real), 1))
            g_loss.backward()
            g_opt.step()


class VAE(nn.Module):
    def __init__(self, width=14, latent=3):
        super().__init__()
        self.enc = nn.Linear(width, 20)
        self.mu, self.logvar = nn.Linear(20, latent), nn.Linear(20, latent)
        self.dec = nn.Sequential(nn.Linear(latent, 20), nn.ReLU(), nn.Linear(20, width))

    def forward(self, x):
        h = F.relu(self.enc(x))
        mu, logvar = self.mu(h), self.logvar(h)
        std = torch.exp(0.5 * logvar)
        return self.dec(mu + std * torch.randn_like(std)), mu, logvar


@loop("loop-correct")
def variational_with_annealed_divergence(watch, folder):
    past, _ = demand()
    vae = VAE()
    opt = optim.Adam(vae.parameters(), lr=2e-3)
    w = watch(vae, opt, loss=None, folder=folder)
    step = 0
    for epoch in range(2):
        for (x,) in DataLoader(TensorDataset(past), batch_size=20, shuffle=True):
            recon, mu, logvar = vae(x)
            kld = -0.5 * torch.mean(torch.sum(1 + logvar - mu.pow(2) - logvar.exp(), 1))
            loss = F.mse_loss(recon, x, reduction="sum") / len(x) + min(1.0, step / 20) * kld
            opt.zero_grad()
            loss.backward()
            opt.step()
            w(x, x, loss)
            step += 1


@loop("loop-correct")
def tied_language_model_with_warm_up(watch, folder):
    data, vocab = characters()
    model = TinyGPT(vocab, tied=True)
    decay = [p for p in model.parameters() if p.dim() >= 2]
    plain = [p for p in model.parameters() if p.dim() < 2]
    opt = optim.AdamW([{"params": decay, "weight_decay": 0.1}, {"params": plain, "weight_decay": 0.0}], lr=3e-3, betas=(0.9, 0.95))

    def rate(it):
        if it < 5:
            return (it + 1) / 5
        return 0.1 + 0.45 * (1 + math.cos(math.pi * (it - 5) / 25))

    sched = optim.lr_scheduler.LambdaLR(opt, rate)
    w = watch(model, opt, loss="cross_entropy", folder=folder)
    for it in range(30):
        ix = torch.randint(len(data) - 13, (12,))
        x, y = torch.stack([data[i : i + 12] for i in ix]), torch.stack([data[i + 1 : i + 13] for i in ix])
        loss = F.cross_entropy(model(x), y)
        opt.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        opt.step()
        sched.step()
        w(x, y, loss)


class CharRNN(nn.Module):
    def __init__(self, vocab, hidden=20):
        super().__init__()
        self.embed, self.rnn, self.out = nn.Embedding(vocab, 10), nn.LSTM(10, hidden, batch_first=True), nn.Linear(hidden, vocab)

    def forward(self, x, h, c):
        y, (h, c) = self.rnn(self.embed(x), (h, c))
        return self.out(y), h, c


@loop("loop-correct")
def truncated_backpropagation(watch, folder):
    data, vocab = characters()
    rows = data[: len(data) // 4 * 4].view(4, -1)
    model = CharRNN(vocab)
    opt = optim.Adam(model.parameters(), lr=5e-3)

    def objective(outputs, target):
        return F.cross_entropy(outputs[0].reshape(-1, vocab), target.reshape(-1))

    w = watch(model, opt, loss=objective, folder=folder)
    h, c = torch.zeros(1, 4, 20), torch.zeros(1, 4, 20)
    for at in range(0, rows.shape[1] - 9, 8):
        x, y = rows[:, at : at + 8], rows[:, at + 1 : at + 9]
        h, c = h.detach(), c.detach()
        given = (x, h, c)
        logits, h, c = model(x, h, c)
        loss = F.cross_entropy(logits.reshape(-1, vocab), y.reshape(-1))
        opt.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 5.0)
        opt.step()
        w(given, y, loss)


@loop("loop-correct")
def mixed_precision_unscaled_and_clipped(watch, folder):
    x, kind, _ = glyphs()
    model = nn.Sequential(nn.Conv2d(1, 8, 3), nn.GroupNorm(2, 8), nn.ReLU(), nn.Flatten(), nn.Linear(800, 2))
    opt = optim.SGD(model.parameters(), lr=0.05, momentum=0.9, nesterov=True, weight_decay=5e-4)
    scaler = torch.amp.GradScaler("cpu")
    w = watch(model, opt, loss="cross_entropy", folder=folder)
    for epoch in range(2):
        for images, labels in DataLoader(TensorDataset(x, kind), batch_size=16, shuffle=True):
            opt.zero_grad(set_to_none=True)
            with torch.autocast("cpu", dtype=torch.bfloat16):
                loss = F.cross_entropy(model(images), labels)
            scaler.scale(loss).backward()
            scaler.unscale_(opt)
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            scaler.step(opt)
            scaler.update()
            w(images, labels, loss)


@loop("loop-correct")
def accumulates_three_batches(watch, folder):
    x, y = tags()
    net = nn.Sequential(nn.Linear(7, 24), nn.PReLU(), nn.Linear(24, 5))
    opt = optim.AdamW(net.parameters(), lr=5e-3)
    bce = nn.BCEWithLogitsLoss(pos_weight=torch.full((5,), 2.0))
    accum = 3
    w = watch(net, opt, loss=bce, folder=folder)
    for epoch in range(2):
        loader = DataLoader(Records(features=x, labels=y), batch_size=15, shuffle=True)
        for i, batch in enumerate(loader):
            loss = bce(net(batch["features"]), batch["labels"])
            w(batch["features"], batch["labels"], loss)
            (loss / accum).backward()
            if (i + 1) % accum == 0 or i + 1 == len(loader):
                nn.utils.clip_grad_norm_(net.parameters(), 2.0)
                opt.step()
                opt.zero_grad()


@loop("loop-correct")
def averaged_twin_is_evaluated(watch, folder):
    x, y = friedman()
    model = nn.Sequential(nn.Linear(8, 24), nn.SiLU(), nn.Dropout(0.1), nn.Linear(24, 1))
    ema = optim.swa_utils.AveragedModel(model, multi_avg_fn=optim.swa_utils.get_ema_multi_avg_fn(0.9))
    opt = optim.Adam(model.parameters(), lr=5e-3)
    w = watch(model, opt, loss="mse", folder=folder)
    for epoch in range(3):
        model.train()
        for xb, yb in DataLoader(TensorDataset(x[:150], y[:150]), batch_size=30, shuffle=True):
            opt.zero_grad()
            loss = F.mse_loss(model(xb), yb)
            loss.backward()
            opt.step()
            ema.update_parameters(model)
            w(xb, yb, loss)
        ema.eval()
        model.eval()
        with torch.no_grad():
            F.mse_loss(ema(x[150:]), y[150:]).item()


@loop("loop-correct")
def quasi_newton_with_a_closure(watch, folder):
    x, y = friedman(90)
    model = nn.Sequential(nn.Linear(8, 10), nn.Tanh(), nn.Linear(10, 1))
    optimizer = optim.LBFGS(model.parameters(), lr=0.5, max_iter=5, line_search_fn="strong_wolfe")
    w = watch(model, optimizer, loss=nn.MSELoss(), folder=folder)
    criterion = nn.MSELoss()
    for i in range(12):

        def closure():
            optimizer.zero_grad()
            loss = criterion(model(x), y)
            loss.backward()
            return loss

        loss = optimizer.step(closure)
        w(x, y, loss)


class Pretrained(nn.Module):
    def __init__(self):
        super().__init__()
        self.backbone = nn.Sequential(nn.Conv2d(1, 6, 3, stride=2), nn.BatchNorm2d(6), nn.ReLU(), nn.Flatten())
        self.head = nn.Sequential(nn.Dropout(0.2), nn.Linear(150, 2))

    def forward(self, x):
        return self.head(self.backbone(x))

    def train(self, mode=True):
        super().train(mode)
        self.backbone.eval()  # its running means are those of the large data
        return self


@loop("loop-correct")
def frozen_backbone_in_evaluation_mode(watch, folder):
    x, kind, _ = glyphs()
    model = Pretrained()
    model.backbone.requires_grad_(False)
    opt = optim.Adam(model.head.parameters(), lr=2e-3)
    w = watch(model, opt, loss="cross_entropy", folder=folder)
    for epoch in range(2):
        model.train()
        for xb, yb in DataLoader(TensorDataset(x, kind), batch_size=16, shuffle=True):
            opt.zero_grad()
            loss = F.cross_entropy(model(xb), yb)
            loss.backward()
            opt.step()
            w(xb, yb, loss)
        model.eval()
        with torch.no_grad():
            model(x[:8])


def info_nce(z, _=None, temperature=0.2):
    z = F.normalize(z, dim=1)
    half = len(z) // 2
    sim = z @ z.T / temperature
    sim = sim.masked_fill(torch.eye(len(z), dtype=torch.bool), -1e9)
    partner = torch.cat([torch.arange(half, 2 * half), torch.arange(half)])
    return F.cross_entropy(sim, partner)


@loop("loop-correct")
def contrastive_of_two_views(watch, folder):
    x, kind = sensors()
    encoder = nn.Sequential(nn.Conv1d(3, 8, 3, padding=1), nn.ReLU(), nn.AdaptiveAvgPool1d(4), nn.Flatten(), nn.Linear(32, 8))
    opt = optim.AdamW(encoder.parameters(), lr=2e-3)
    w = watch(encoder, opt, loss=info_nce, folder=folder)
    for epoch in range(2):
        for (batch,) in DataLoader(TensorDataset(x), batch_size=16, shuffle=True, drop_last=True):
            views = torch.cat([batch + 0.1 * torch.randn_like(batch), batch.roll(1, -1) + 0.1 * torch.randn_like(batch)])
            loss = info_nce(encoder(views))
            w(views, None, loss)
            opt.zero_grad()
            loss.backward()
            opt.step()


class Uncertain(nn.Module):
    """Weighs two tasks by what it learns of their noise."""

    def __init__(self):
        super().__init__()
        self.log_vars = nn.Parameter(torch.zeros(2))

    def forward(self, a, b):
        return (torch.exp(-self.log_vars) * torch.stack([a, b]) + self.log_vars).sum()


class SharedTrunk(nn.Module):
    def __init__(self):
        super().__init__()
        self.trunk = nn.GRU(3, 16, batch_first=True)
        self.kind, self.level = nn.Linear(16, 4), nn.Linear(16, 1)

    def forward(self, x):
        _, h = self.trunk(x.transpose(1, 2))
        return {"kind": self.kind(h[0]), "level": self.level(h[0]).squeeze(-1)}


@loop("loop-correct")
def uncertainty_learned_beside_the_model(watch, folder):
    x, kind = sensors()
    level = x.mean((1, 2))
    model, weigh = SharedTrunk(), Uncertain()
    opt = optim.Adam(list(model.parameters()) + list(weigh.parameters()), lr=3e-3)
    w = watch(model, opt, loss=None, folder=folder)
    for epoch in range(2):
        for xb, kb, lb in DataLoader(TensorDataset(x, kind, level), batch_size=25, shuffle=True):
            out = model(xb)
            loss = weigh(F.cross_entropy(out["kind"], kb), F.mse_loss(out["level"], lb))
            opt.zero_grad()
            loss.backward()
            opt.step()
            w(xb, {"kind": kb, "level": lb}, loss)


class Checkpointed(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(8, 32)
        self.blocks = nn.ModuleList(nn.Sequential(nn.LayerNorm(32), nn.Linear(32, 32), nn.GELU()) for _ in range(3))
        self.last = nn.Linear(32, 1)

    def forward(self, x):
        h = self.first(x)
        for block in self.blocks:
            h = h + (checkpoint(block, h, use_reentrant=False) if self.training else block(h))
        return self.last(h)


@loop("loop-correct")
def checkpointed_blocks(watch, folder):
    model = Checkpointed()
    opt = optim.AdamW(model.parameters(), lr=2e-3)
    w = watch(model, opt, loss="mse", folder=folder)
    for epoch in range(2):
        for xb, yb in DataLoader(TensorDataset(*friedman()), batch_size=30, shuffle=True):
            loss = F.mse_loss(model(xb), yb)
            opt.zero_grad()
            loss.backward()
            opt.step()
            w(xb, yb, loss)


@loop("loop-correct")
def compiled_eagerly(watch, folder):
    x, arm = spirals()
    model = torch.compile(nn.Sequential(nn.Linear(2, 32), nn.ReLU(), nn.Linear(32, 3)), backend="eager")
    opt = optim.Adamax(model.parameters(), lr=1e-2)
    w = watch(model, opt, loss=nn.CrossEntropyLoss(), folder=folder)
    for epoch in range(3):
        for xb, yb in DataLoader(TensorDataset(x, arm), batch_size=40, shuffle=True):
            opt.zero_grad()
            loss = F.cross_entropy(model(xb), yb)
            loss.backward()
            opt.step()
            w(xb, yb, loss)


@loop("loop-correct")
def sharpness_aware_in_two_goes(watch, folder):
    x, kind = sensors()
    net = nn.Sequential(nn.Flatten(), nn.Linear(48, 24), nn.ReLU(), nn.Linear(24, 4))
    opt = optim.SGD(net.parameters(), lr=0.05, momentum=0.9)
    w = watch(net, opt, loss="cross_entropy", folder=folder)
    for epoch in range(2):
        for xb, yb in DataLoader(TensorDataset(x, kind), batch_size=25, shuffle=True):
            loss = F.cross_entropy(net(xb), yb)
            loss.backward()
            w(xb, yb, loss)
            with torch.no_grad():
                norm = torch.stack([p.grad.norm() for p in net.parameters()]).norm()
                climbs = [p.grad * (0.05 / (norm + 1e-12)) for p in net.parameters()]
                for p, e in zip(net.parameters(), climbs):
                    p.add_(e)
            opt.zero_grad()
            F.cross_entropy(net(xb), yb).backward()
            with torch.no_grad():
                for p, e in zip(net.parameters(), climbs):
                    p.sub_(e)
            opt.step()
            opt.zero_grad()
