"""More of the sixth batch's correct loops: curricula, several heads, odd layers, odd batches. Written without a look at the rules."""

import copy

import torch
import torch.nn as nn
import torch.nn.functional as F
from loops import loop
from loops_sixth_data import EPOCHS, houses, labels, letters, machines, moons, phrases, reversals, spectra, strokes
from loops_sixth_wiring import SmallVGG
from torch.nn.utils import parametrizations
from torch.utils.data import DataLoader, Subset, TensorDataset


@loop("loop-correct")
def short_phrases_first(watch, folder):
    tokens, lengths, y = phrases()
    order = lengths.argsort()
    data = TensorDataset(tokens[order], y[order])

    class Mean(nn.Module):
        def __init__(self):
            super().__init__()
            self.embed, self.out = nn.Embedding(30, 12, padding_idx=0), nn.Linear(12, 2)

        def forward(self, ids):
            return self.out(self.embed(ids).sum(1) / (ids > 0).sum(1, keepdim=True))

    model = Mean()
    opt = torch.optim.Adam(model.parameters(), lr=2e-2)
    w = watch(model, opt, loss="cross_entropy", folder=folder)
    for epoch in range(EPOCHS):
        share = min(1.0, 0.4 + 0.3 * epoch)
        for ids, label in DataLoader(Subset(data, range(int(share * len(data)))), batch_size=20, shuffle=True):
            opt.zero_grad()
            loss = F.cross_entropy(model(ids), label)
            w(ids, label, loss)
            loss.backward()
            opt.step()


class TwoHeads(nn.Module):
    def __init__(self):
        super().__init__()
        self.trunk = nn.Sequential(nn.Linear(6, 24), nn.ReLU())
        self.price, self.dear = nn.Linear(24, 1), nn.Linear(24, 1)
        self.log_vars = nn.Parameter(torch.zeros(2))

    def forward(self, x):
        h = self.trunk(x)
        return self.price(h).squeeze(1), self.dear(h).squeeze(1)


@loop("loop-correct")
def tasks_weighed_by_their_uncertainty(watch, folder):
    x, y = houses()
    model = TwoHeads()
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
    w = watch(model, optimizer, loss=None, folder=folder)
    for epoch in range(EPOCHS):
        for xb, yb, db in DataLoader(TensorDataset(x, y, (y > 0.5).float()), batch_size=32, shuffle=True):
            price, dear = model(xb)
            parts = torch.stack([F.mse_loss(price, yb), F.binary_cross_entropy_with_logits(dear, db)])
            loss = (torch.exp(-model.log_vars) * parts + model.log_vars).sum()
            w(xb, (yb, db), loss)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()


class Forced(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed, self.encoder, self.cell, self.out = nn.Embedding(8, 12), nn.GRU(12, 24, batch_first=True), nn.GRUCell(12, 24), nn.Linear(24, 8)

    def forward(self, source, before):
        h = self.encoder(self.embed(source))[1][0]
        answers = []
        for t in range(before.shape[1]):
            h = self.cell(self.embed(before[:, t]), h)
            answers.append(self.out(h))
        return torch.stack(answers, 2)


@loop("loop-correct")
def forced_by_the_teacher(watch, folder):
    source, target = reversals()
    before = torch.cat([torch.zeros(len(target), 1, dtype=torch.long), target[:, :-1]], 1)
    model = Forced()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for epoch in range(EPOCHS):
        for s, b, t in DataLoader(TensorDataset(source, before, target), batch_size=32, shuffle=True):
            optimizer.zero_grad()
            loss = F.cross_entropy(model(s, b), t)
            w((s, b), t, loss)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()


class Skipping(nn.Module):
    """Each block is skipped by chance while training, and weighed by its chance in evaluation."""

    def __init__(self):
        super().__init__()
        self.first, self.last = nn.Linear(2, 20), nn.Linear(20, 1)
        self.blocks = nn.ModuleList([nn.Linear(20, 20) for _ in range(3)])

    def forward(self, x):
        h = self.first(x)
        for block in self.blocks:
            if self.training:
                keep = (torch.rand(len(x), 1) < 0.8).float()
                h = h + keep * F.relu(block(h))
            else:
                h = h + 0.8 * F.relu(block(h))
        return self.last(h)


@loop("loop-correct")
def blocks_skipped_by_chance(watch, folder):
    model = Skipping()
    opt = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    w = watch(model, opt, loss=nn.BCEWithLogitsLoss(), folder=folder)
    for epoch in range(EPOCHS):
        for xb, yb in DataLoader(TensorDataset(*moons()), batch_size=25, shuffle=True):
            opt.zero_grad()
            loss = F.binary_cross_entropy_with_logits(model(xb), yb)
            w(xb, yb, loss)
            loss.backward()
            opt.step()


class Sign(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return torch.sign(x)

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        return grad * (x.abs() <= 1).float()


@loop("loop-correct")
def signs_with_a_straight_gradient(watch, folder):
    x, y = labels()

    class Binary(nn.Module):
        def __init__(self):
            super().__init__()
            self.a, self.b = nn.Linear(8, 32), nn.Linear(32, 4)

        def forward(self, x):
            return self.b(Sign.apply(self.a(x)))

    model = Binary()
    opt = torch.optim.Adam(model.parameters(), lr=1e-2)
    w = watch(model, opt, loss="bce_with_logits", folder=folder)
    for epoch in range(EPOCHS):
        for xb, yb in DataLoader(TensorDataset(x, y), batch_size=30, shuffle=True):
            loss = F.binary_cross_entropy_with_logits(model(xb), yb)
            w(xb, yb, loss)
            opt.zero_grad()
            loss.backward()
            opt.step()


@loop("loop-correct")
def norms_of_weights_held(watch, folder):
    x, y = machines()
    model = nn.Sequential(
        nn.Flatten(), parametrizations.spectral_norm(nn.Linear(45, 24)), nn.LeakyReLU(), parametrizations.weight_norm(nn.Linear(24, 12)), nn.ReLU(), nn.Linear(12, 1)
    )
    opt = torch.optim.Adam(model.parameters(), lr=5e-3)
    w = watch(model, opt, loss="mse", folder=folder)
    for epoch in range(EPOCHS):
        for xb, yb in DataLoader(TensorDataset(x, y), batch_size=24, shuffle=True):
            opt.zero_grad()
            loss = F.mse_loss(model(xb), yb)
            w(xb, yb, loss)
            loss.backward()
            opt.step()


@loop("loop-correct")
def evaluated_between_steps(watch, folder):
    x, y = strokes()
    model = SmallVGG(4)
    opt = torch.optim.Adam(model.parameters(), lr=5e-3)
    w = watch(model, opt, loss=nn.CrossEntropyLoss(), folder=folder)
    correct, seen, held = 0, 0, []
    for epoch in range(EPOCHS):
        for i, (img, kind) in enumerate(DataLoader(TensorDataset(x[:112], y[:112]), batch_size=28, shuffle=True)):
            model.train()
            out = model(img)
            loss = F.cross_entropy(out, kind)
            opt.zero_grad()
            loss.backward()
            w(img, kind, loss)
            opt.step()
            with torch.no_grad():
                correct += (out.argmax(1) == kind).sum().item()
                seen += len(img)
                if i % 2 == 1:
                    model.eval()
                    held.append((model(x[112:]).argmax(1) == y[112:]).float().mean().item())


@loop("loop-correct")
def buckets_of_other_sizes(watch, folder):
    tokens, lengths, y = phrases()

    class Last(nn.Module):
        def __init__(self):
            super().__init__()
            self.embed, self.rnn, self.out = nn.Embedding(30, 12), nn.GRU(12, 16, batch_first=True), nn.Linear(16, 2)

        def forward(self, ids):
            return self.out(self.rnn(self.embed(ids))[0][:, -1])

    model = Last()
    opt = torch.optim.Adam(model.parameters(), lr=1e-2)
    w = watch(model, opt, loss="cross_entropy", folder=folder)
    for epoch in range(EPOCHS):
        for n in (torch.randperm(7) + 3).tolist():
            rows = (lengths == n).nonzero().flatten()
            ids, label = tokens[rows, :n], y[rows]
            opt.zero_grad()
            loss = F.cross_entropy(model(ids), label)
            w(ids, label, loss)
            loss.backward()
            opt.step()


@loop("loop-correct")
def letters_masked_and_ignored(watch, folder):
    windows = letters().unfold(0, 10, 4)
    model = nn.Sequential(nn.Embedding(13, 16), nn.TransformerEncoderLayer(16, 2, 32, dropout=0.0, batch_first=True), nn.Linear(16, 12))

    def masked_loss(out, target):
        return F.cross_entropy(out.flatten(0, 1), target.flatten(), ignore_index=-100)

    opt = torch.optim.AdamW(model.parameters(), lr=5e-3)
    w = watch(model, opt, loss=masked_loss, folder=folder)
    for epoch in range(EPOCHS):
        for (ids,) in DataLoader(TensorDataset(windows), batch_size=22, shuffle=True):
            hide = torch.rand(ids.shape) < 0.2
            target = torch.where(hide, ids, torch.full_like(ids, -100))
            shown = torch.where(hide, torch.full_like(ids, 12), ids)
            opt.zero_grad()
            loss = masked_loss(model(shown), target)
            w(shown, target, loss)
            loss.backward()
            opt.step()


@loop("loop-correct")
def compiled_model_trained(watch, folder):
    x, y = houses()
    model = nn.Sequential(nn.Linear(6, 20), nn.Tanh(), nn.Linear(20, 1), nn.Flatten(0))
    model = torch.compile(model, backend="eager")
    opt = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    w = watch(model, opt, loss="mse", folder=folder)
    for epoch in range(EPOCHS):
        for xb, yb in DataLoader(TensorDataset(x, y), batch_size=32, shuffle=True):
            opt.zero_grad()
            loss = F.mse_loss(model(xb), yb)
            w(xb, yb, loss)
            loss.backward()
            opt.step()


@loop("loop-correct")
def learns_from_its_own_target_network(watch, folder):
    """Temporal differences: the target network follows slowly."""
    g = torch.Generator().manual_seed(8)
    s, r = torch.randn(200, 4, generator=g), torch.randn(200, generator=g)
    nxt = s * 0.9 + 0.1 * torch.randn(200, 4, generator=g)
    r = r * 0.1 + s[:, 0]
    q = nn.Sequential(nn.Linear(4, 20), nn.ReLU(), nn.Linear(20, 1), nn.Flatten(0))
    q_target = copy.deepcopy(q)
    opt = torch.optim.Adam(q.parameters(), lr=5e-3)
    w = watch(q, opt, loss=nn.SmoothL1Loss(), folder=folder)
    for step in range(EPOCHS * 6):
        rows = torch.randint(0, 200, (32,))
        with torch.no_grad():
            target = r[rows] + 0.5 * q_target(nxt[rows])
        loss = F.smooth_l1_loss(q(s[rows]), target)
        w(s[rows], target, loss)
        opt.zero_grad()
        loss.backward()
        opt.step()
        for p, t in zip(q.parameters(), q_target.parameters()):
            t.data.mul_(0.95).add_(p.data, alpha=0.05)


@loop("loop-correct")
def thawed_with_a_new_group(watch, folder):
    x, y = labels()
    model = nn.Sequential(nn.Linear(8, 24), nn.ReLU(), nn.Linear(24, 4))
    model[0].requires_grad_(False)
    opt = torch.optim.SGD(model[2].parameters(), lr=0.2)
    w = watch(model, opt, loss="bce_with_logits", folder=folder)
    for epoch in range(EPOCHS):
        if epoch == 1:
            model[0].requires_grad_(True)
            opt.add_param_group({"params": model[0].parameters(), "lr": 0.05})
        for xb, yb in DataLoader(TensorDataset(x, y), batch_size=30, shuffle=True):
            opt.zero_grad()
            loss = F.binary_cross_entropy_with_logits(model(xb), yb)
            w(xb, yb, loss)
            loss.backward()
            opt.step()


@loop("loop-correct")
def ninth_tenth_of_the_price(watch, folder):
    x, y = houses()
    model = nn.Sequential(nn.Linear(6, 20), nn.ReLU(), nn.Linear(20, 3))
    quantiles = torch.tensor([0.1, 0.5, 0.9])

    def pinball(out, target):
        error = target.unsqueeze(1) - out
        return torch.maximum(quantiles * error, (quantiles - 1) * error).mean()

    opt = torch.optim.Adam(model.parameters(), lr=5e-3)
    w = watch(model, opt, loss=pinball, folder=folder)
    for epoch in range(EPOCHS):
        for xb, yb in DataLoader(TensorDataset(x, y), batch_size=32, shuffle=True):
            opt.zero_grad(set_to_none=True)
            loss = pinball(model(xb), yb)
            w(xb, yb, loss)
            loss.backward()
            opt.step()


@loop("loop-correct")
def denoises_what_it_made_noisy(watch, folder):
    clean = (spectra() - 0.3) * 2
    net = nn.Sequential(nn.Linear(16, 24), nn.ReLU(), nn.Linear(24, 16))
    opt = torch.optim.Adam(net.parameters(), lr=5e-3)
    w = watch(net, opt, loss="mse", folder=folder)
    for epoch in range(EPOCHS):
        for (x0,) in DataLoader(TensorDataset(clean), batch_size=30, shuffle=True):
            noise = torch.randn_like(x0)
            level = torch.rand(len(x0), 1)
            noisy = (1 - level).sqrt() * x0 + level.sqrt() * noise
            opt.zero_grad()
            loss = F.mse_loss(net(noisy), noise)
            w(noisy, noise, loss)
            loss.backward()
            opt.step()
