"""Fourteenth batch, blind: wrong parameters, no update, a part cut off."""

import copy
from dataclasses import dataclass

import torch
from loops import Recurrent, classes, loader, loop, numbers, waves
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset

# loop-wrong-parameters


@dataclass
class RunConfig:
    hidden: int = 24
    lr: float = 1e-2
    epochs: int = 6
    batch: int = 32
    resume: bool = True


class ResidualNet(nn.Module):
    def __init__(self, width, hidden, out):
        super().__init__()
        self.inp = nn.Linear(width, hidden)
        self.blocks = nn.ModuleList(nn.Sequential(nn.LayerNorm(hidden), nn.Linear(hidden, hidden), nn.GELU())
                                    for _ in range(2))
        self.out = nn.Linear(hidden, out)

    def forward(self, x):
        h = self.inp(x)
        for block in self.blocks:
            h = h + block(h)
        return self.out(h)


def build(cfg):
    return ResidualNet(6, cfg.hidden, 3)


@loop("loop-wrong-parameters")
def second_run_of_the_night(watch, folder):
    """A training that was stopped goes on with the weights it had."""
    cfg = RunConfig()
    x, y = classes(320, seed=4)
    checkpoint = {"model": copy.deepcopy(build(cfg).state_dict()), "epoch": 0}
    model = build(cfg)
    optimizer = torch.optim.AdamW(model.parameters(), lr=cfg.lr)  # fault
    if cfg.resume:
        model = build(cfg)
        model.load_state_dict(checkpoint["model"])
    model.train()
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for epoch in range(checkpoint["epoch"], cfg.epochs):
        running = 0.0
        for xb, yb in loader(x, y, cfg.batch):
            optimizer.zero_grad()
            loss = F.cross_entropy(model(xb), yb)
            loss.backward()
            optimizer.step()
            w(xb, yb, loss)
            running += loss.item()
        print(f"epoch {epoch}: {running:.3f}")


class SizeAgnostic(nn.Module):
    """The width of the table need not be known."""

    def __init__(self, hidden=3):
        super().__init__()
        self.hidden = hidden
        self.project = None
        self.head = nn.Sequential(nn.Tanh(), nn.Linear(hidden, 1))

    def forward(self, x):
        if self.project is None:
            self.project = nn.Linear(x.shape[1], self.hidden)  # fault: table_of_any_width
        return self.head(self.project(x))


@loop("loop-wrong-parameters")
def table_of_any_width(watch, folder):
    x, y = numbers(300, width=9, seed=2)
    model = SizeAgnostic()
    optimizer = torch.optim.RMSprop(model.parameters(), lr=1e-2)
    w = watch(model, optimizer, loss="mse", folder=folder)
    criterion = nn.MSELoss()
    for epoch in range(8):
        for inputs, targets in loader(x, y, 30):
            outputs = model(inputs)
            loss = criterion(outputs, targets)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            w(inputs, targets, loss)


class Factorized(nn.Module):
    """Users and things, each with factors; a rating is their product."""

    def __init__(self, users=20, things=15, rank=4):
        super().__init__()
        self.user_factors = nn.Parameter(0.3 * torch.randn(users, rank))
        self.thing_factors = nn.Parameter(0.3 * torch.randn(things, rank))
        self.scale = nn.Linear(1, 1)

    def forward(self, pairs):
        product = (self.user_factors[pairs[:, 0]] * self.thing_factors[pairs[:, 1]]).sum(1, keepdim=True)
        return self.scale(product)


def configure_optimizer(model, lr):
    decay, no_decay = [], []
    for name, p in model.named_parameters():
        if name.endswith("bias"):
            no_decay.append(p)
        elif name.endswith("weight"):  # fault: ratings_of_films
            decay.append(p)
    return torch.optim.Adam([{"params": decay, "weight_decay": 1e-4}, {"params": no_decay, "weight_decay": 0.0}], lr=lr)


@loop("loop-wrong-parameters")
def ratings_of_films(watch, folder):
    g = torch.Generator().manual_seed(7)
    pairs = torch.stack([torch.randint(0, 20, (600,), generator=g), torch.randint(0, 15, (600,), generator=g)], 1)
    taste, kind = torch.randn(20, 2, generator=g), torch.randn(15, 2, generator=g)
    rating = (taste[pairs[:, 0]] * kind[pairs[:, 1]]).sum(1, keepdim=True)
    model = Factorized()
    opt = configure_optimizer(model, 0.03)
    w = watch(model, opt, loss=nn.MSELoss(), folder=folder)
    batches = DataLoader(TensorDataset(pairs, rating), batch_size=50, shuffle=True)
    for _ in range(12):
        for pair, r in batches:
            opt.zero_grad()
            loss = F.mse_loss(model(pair), r)
            loss.backward()
            opt.step()
            w(pair, r, loss)


# loop-no-update


@loop("loop-no-update")
def two_heads_with_a_list_of_losses(watch, folder):
    """One trunk, one number and one more number to be told."""
    x, y = numbers(256, seed=5)
    y = torch.cat([y, x[:, 2:3] - x[:, 3:4]], 1)

    class Heads(nn.Module):
        def __init__(self):
            super().__init__()
            self.trunk = nn.Sequential(nn.Linear(5, 20), nn.ReLU())
            self.heads = nn.ModuleList([nn.Linear(20, 1), nn.Linear(20, 1)])

        def forward(self, t):
            h = self.trunk(t)
            return torch.cat([head(h) for head in self.heads], 1)

    net = Heads()
    opt = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9)
    w = watch(net, opt, loss="mse", folder=folder)
    for epoch in range(5):
        for bx, by in loader(x, y, 32):
            out = net(bx)
            losses = []
            for task in range(2):
                losses.append(F.mse_loss(out[:, task], by[:, task]))
            loss = torch.tensor(losses, requires_grad=True).mean()  # fault
            opt.zero_grad()
            loss.backward()
            opt.step()
            w(bx, by, loss)


@loop("loop-no-update")
def mixed_precision_and_a_clip(watch, folder):
    use_amp = torch.cuda.is_available()
    x, y = waves(192, 10)
    y = (y > 0).float()
    model = Recurrent(nn.GRU)
    optimizer = torch.optim.NAdam(model.parameters(), lr=1e-2)
    scaler = torch.amp.GradScaler("cuda", enabled=use_amp)
    criterion = nn.BCEWithLogitsLoss()
    w = watch(model, optimizer, loss=criterion, folder=folder)
    for epoch in range(7):
        for seq, label in loader(x, y, 32):
            optimizer.zero_grad(set_to_none=True)
            with torch.autocast("cpu", dtype=torch.bfloat16, enabled=use_amp):
                loss = criterion(model(seq), label)
            scaler.scale(loss).backward()
            scaler.unscale_(optimizer)
            torch.nn.utils.clip_grad_norm_(model.parameters(), 5.0)
            scaler.update()  # fault
            w(seq, label, loss)


@loop("loop-no-update")
def quasi_newton_on_three_classes(watch, folder):
    x, y = classes(150, width=4, seed=8)
    net = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 3))
    lbfgs = torch.optim.LBFGS(net.parameters(), lr=0.5, max_iter=4, history_size=5)
    criterion = nn.CrossEntropyLoss()
    w = watch(net, lbfgs, loss=criterion, folder=folder)

    for it in range(15):
        def closure():
            lbfgs.zero_grad()
            loss = criterion(net(x), y)
            return loss  # fault

        loss = lbfgs.step(closure)
        w(x, y, loss)


# loop-detached


class NoisyAutoencoder(nn.Module):
    def __init__(self, width=10, latent=3, noise=0.05):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(width, 16), nn.ReLU(), nn.Linear(16, latent))
        self.decoder = nn.Sequential(nn.Linear(latent, 16), nn.ReLU(), nn.Linear(16, width))
        self.noise = noise

    def forward(self, x):
        code = self.encoder(x)
        z = torch.tensor(code + self.noise * torch.randn(code.shape))  # fault: codes_with_a_little_noise
        return self.decoder(z)


@loop("loop-detached")
def codes_with_a_little_noise(watch, folder):
    g = torch.Generator().manual_seed(11)
    data = torch.randn(320, 4, generator=g) @ torch.randn(4, 10, generator=g)
    data = (data - data.mean(0)) / data.std(0)
    ae = NoisyAutoencoder()
    opt = torch.optim.Adamax(ae.parameters(), lr=2e-2)
    w = watch(ae, opt, loss="mse", folder=folder)
    for epoch in range(10):
        for batch in data[torch.randperm(len(data))].split(32):
            rec = ae(batch)
            loss = nn.functional.mse_loss(rec, batch)
            opt.zero_grad()
            loss.backward()
            opt.step()
            w(batch, batch, loss)


class TwoExperts(nn.Module):
    """A router sends each row to one of the experts."""

    def __init__(self, width=4, experts=2):
        super().__init__()
        self.router = nn.Linear(width, experts)
        self.experts = nn.ModuleList(nn.Linear(width, 1) for _ in range(experts))

    def forward(self, x):
        routed = self.router(x)
        share = F.one_hot(routed.argmax(-1), len(self.experts)).float()  # fault: experts_of_their_own_rows
        each = torch.cat([expert(x) for expert in self.experts], 1)
        return (share * each).sum(1, keepdim=True)


@loop("loop-detached")
def experts_of_their_own_rows(watch, folder):
    g = torch.Generator().manual_seed(1)
    x = torch.randn(400, 4, generator=g)
    y = torch.where(x[:, :1] > 0, 3 * x[:, 1:2], -3 * x[:, 1:2])
    torch.manual_seed(1)
    model = TwoExperts()
    optim = torch.optim.Adam(model.parameters(), lr=0.05)
    w = watch(model, optim, loss=nn.HuberLoss(), folder=folder)
    huber = nn.HuberLoss()
    for epoch in range(12):
        for bx, by in loader(x, y, 40):
            loss = huber(model(bx), by)
            optim.zero_grad()
            loss.backward()
            optim.step()
            w(bx, by, loss)


class LongestValue(nn.Module):
    """LSTM over events, the largest of the states of the valid ones, then a class."""

    def __init__(self, vocab=12, dim=8, hidden=10):
        super().__init__()
        self.embed = nn.Embedding(vocab, dim, padding_idx=0)
        self.lstm = nn.LSTM(dim, hidden, batch_first=True)
        self.classify = nn.Sequential(nn.Linear(hidden, 2))

    def forward(self, events):
        states, _ = self.lstm(self.embed(events))
        states = states.detach().numpy()  # fault: events_of_customers
        states[(events == 0).numpy()] = -1.0
        return self.classify(torch.from_numpy(states.max(axis=1)))


@loop("loop-detached")
def events_of_customers(watch, folder):
    g = torch.Generator().manual_seed(6)
    events = torch.randint(1, 12, (300, 9), generator=g)
    y = ((events == 3).sum(1) + (events == 4).sum(1) > (events == 5).sum(1) + (events == 6).sum(1)).long()
    events[torch.arange(9) >= torch.randint(6, 10, (300, 1), generator=g)] = 0
    net = LongestValue()
    opt = torch.optim.Adam(net.parameters(), lr=1e-2)
    ce = nn.CrossEntropyLoss()
    w = watch(net, opt, loss=ce, folder=folder)
    for epoch in range(8):
        net.train()
        for seq, label in loader(events, y, 30):
            opt.zero_grad()
            loss = ce(net(seq), label)
            loss.backward()
            opt.step()
            w(seq, label, loss)
