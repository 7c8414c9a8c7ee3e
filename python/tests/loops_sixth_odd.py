"""The sixth batch's correct loops with odd losses and odd steps that are meant. Written without a look at the rules."""

import copy

import torch
import torch.nn as nn
import torch.nn.functional as F
from loops import loop
from loops_sixth_data import EPOCHS, houses, labels, letters, machines, moons, spectra, strokes
from torch.utils.checkpoint import checkpoint
from torch.utils.data import DataLoader, TensorDataset


@loop("loop-correct")
def critic_with_a_gradient_penalty(watch, folder):
    data = (spectra() - 0.3) * 2
    G = nn.Sequential(nn.Linear(5, 20), nn.ReLU(), nn.Linear(20, 16))
    C = nn.Sequential(nn.Linear(16, 20), nn.LeakyReLU(0.2), nn.Linear(20, 1))
    opt_g, opt_c = torch.optim.Adam(G.parameters(), lr=1e-3, betas=(0.0, 0.9)), torch.optim.Adam(C.parameters(), lr=1e-3, betas=(0.0, 0.9))
    w = watch(C, opt_c, loss=None, folder=folder)
    step = 0
    for epoch in range(EPOCHS):
        for (real,) in DataLoader(TensorDataset(data), batch_size=30, shuffle=True):
            fake = G(torch.randn(len(real), 5)).detach()
            mix = torch.rand(len(real), 1)
            between = (mix * real + (1 - mix) * fake).requires_grad_(True)
            (slope,) = torch.autograd.grad(C(between).sum(), between, create_graph=True)
            penalty = ((slope.norm(2, dim=1) - 1) ** 2).mean()
            loss_c = C(fake).mean() - C(real).mean() + 10 * penalty
            w(torch.cat([fake, real]), None, loss_c)
            opt_c.zero_grad()
            loss_c.backward()
            opt_c.step()
            step += 1
            if step % 3 == 0:
                opt_g.zero_grad()
                loss_g = -C(G(torch.randn(len(real), 5))).mean()
                loss_g.backward()
                opt_g.step()


@loop("loop-correct")
def student_of_a_frozen_teacher(watch, folder):
    x, y = strokes()
    teacher = nn.Sequential(nn.Flatten(), nn.Linear(100, 64), nn.ReLU(), nn.Linear(64, 4))
    first = torch.optim.Adam(teacher.parameters(), lr=5e-3)
    for _ in range(30):
        first.zero_grad()
        F.cross_entropy(teacher(x), y).backward()
        first.step()
    teacher.eval().requires_grad_(False)
    student = nn.Sequential(nn.Flatten(), nn.Linear(100, 12), nn.ReLU(), nn.Linear(12, 4))
    optimizer = torch.optim.Adam(student.parameters(), lr=3e-3)
    T, alpha = 3.0, 0.7
    w = watch(student, optimizer, loss=None, folder=folder)
    for epoch in range(EPOCHS):
        for img, kind in DataLoader(TensorDataset(x, y), batch_size=28, shuffle=True):
            with torch.no_grad():
                soft = F.softmax(teacher(img) / T, dim=1)
            out = student(img)
            distill = F.kl_div(F.log_softmax(out / T, dim=1), soft, reduction="batchmean") * T * T
            loss = alpha * distill + (1 - alpha) * F.cross_entropy(out, kind)
            w(img, kind, loss)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()


def nt_xent(z, temperature=0.5):
    z = F.normalize(z, dim=1)
    sim = z @ z.T / temperature
    sim = sim - 1e9 * torch.eye(len(z))
    n = len(z) // 2
    return F.cross_entropy(sim, torch.cat([torch.arange(n, 2 * n), torch.arange(n)]))


@loop("loop-correct")
def two_views_drawn_together(watch, folder):
    x = spectra()
    net = nn.Sequential(nn.Linear(16, 24), nn.ReLU(), nn.Linear(24, 8))
    opt = torch.optim.Adam(net.parameters(), lr=3e-3)
    w = watch(net, opt, loss=None, folder=folder)
    for epoch in range(EPOCHS):
        for (rows,) in DataLoader(TensorDataset(x), batch_size=30, shuffle=True):
            views = torch.cat([rows + 0.05 * torch.randn_like(rows), rows * (1 + 0.1 * torch.randn(len(rows), 1))])
            loss = nt_xent(net(views))
            w(views, None, loss)
            opt.zero_grad()
            loss.backward()
            opt.step()


@loop("loop-correct")
def mixed_up_rows_and_smoothed_labels(watch, folder):
    x, y = strokes()
    model = nn.Sequential(nn.Conv2d(1, 8, 3), nn.ReLU(), nn.Flatten(), nn.Linear(512, 4))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9, weight_decay=5e-4)
    criterion = nn.CrossEntropyLoss(label_smoothing=0.1)
    w = watch(model, optimizer, loss=criterion, folder=folder)
    for epoch in range(EPOCHS):
        for img, kind in DataLoader(TensorDataset(x, y), batch_size=28, shuffle=True):
            lam = float(torch.distributions.Beta(0.4, 0.4).sample())
            perm = torch.randperm(len(img))
            mixed = lam * img + (1 - lam) * img[perm]
            onehot = F.one_hot(kind, 4).float()
            target = lam * onehot + (1 - lam) * onehot[perm]
            loss = criterion(model(mixed), target)
            w(mixed, target, loss)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()


@loop("loop-correct")
def sharpness_aware(watch, folder):
    x, y = moons()
    model = nn.Sequential(nn.Linear(2, 20), nn.ReLU(), nn.Linear(20, 1))
    base = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    rho = 0.05
    w = watch(model, base, loss="bce_with_logits", folder=folder)
    for epoch in range(EPOCHS):
        for xb, yb in DataLoader(TensorDataset(x, y), batch_size=25, shuffle=True):
            loss = F.binary_cross_entropy_with_logits(model(xb), yb)
            w(xb, yb, loss)
            loss.backward()
            with torch.no_grad():
                norm = torch.stack([p.grad.norm() for p in model.parameters()]).norm()
                climbs = [p.grad * (rho / (norm + 1e-12)) for p in model.parameters()]
                for p, e in zip(model.parameters(), climbs):
                    p.add_(e)
            base.zero_grad()
            F.binary_cross_entropy_with_logits(model(xb), yb).backward()
            with torch.no_grad():
                for p, e in zip(model.parameters(), climbs):
                    p.sub_(e)
            base.step()
            base.zero_grad()


@loop("loop-correct")
def looks_ahead_every_fifth_step(watch, folder):
    x, y = houses()
    model = nn.Sequential(nn.Linear(6, 20), nn.ReLU(), nn.Linear(20, 1), nn.Flatten(0))
    fast = torch.optim.Adam(model.parameters(), lr=5e-3)
    slow = [p.detach().clone() for p in model.parameters()]
    w = watch(model, fast, loss="mse", folder=folder)
    k, n = 5, 0
    for epoch in range(EPOCHS):
        for xb, yb in DataLoader(TensorDataset(x, y), batch_size=40, shuffle=True):
            fast.zero_grad()
            loss = F.mse_loss(model(xb), yb)
            w(xb, yb, loss)
            loss.backward()
            fast.step()
            n += 1
            if n % k == 0:
                with torch.no_grad():
                    for p, s in zip(model.parameters(), slow):
                        s += 0.5 * (p - s)
                        p.copy_(s)


@loop("loop-correct")
def average_evaluated_and_put_back(watch, folder):
    x, y = machines()
    model = nn.Sequential(nn.Flatten(), nn.Linear(45, 20), nn.ReLU(), nn.Linear(20, 1))
    opt = torch.optim.Adam(model.parameters(), lr=3e-3)
    shadow = copy.deepcopy(model.state_dict())
    w = watch(model, opt, loss="mse", folder=folder)
    seen = []
    for epoch in range(EPOCHS):
        for i, (xb, yb) in enumerate(DataLoader(TensorDataset(x, y), batch_size=24, shuffle=True)):
            opt.zero_grad()
            loss = F.mse_loss(model(xb), yb)
            w(xb, yb, loss)
            loss.backward()
            opt.step()
            for name, value in model.state_dict().items():
                shadow[name].mul_(0.9).add_(value, alpha=0.1)
            if i % 3 == 2:
                backup = copy.deepcopy(model.state_dict())
                model.load_state_dict(shadow)
                model.eval()
                with torch.no_grad():
                    seen.append(F.mse_loss(model(x), y).item())
                model.load_state_dict(backup)
                model.train()


@loop("loop-correct")
def averaged_from_the_second_epoch(watch, folder):
    x, y = labels()
    model = nn.Sequential(nn.Linear(8, 20), nn.BatchNorm1d(20), nn.ReLU(), nn.Linear(20, 4))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.2)
    swa_model = torch.optim.swa_utils.AveragedModel(model)
    swa_scheduler = torch.optim.swa_utils.SWALR(optimizer, swa_lr=0.1, anneal_epochs=2)
    w = watch(model, optimizer, loss=nn.BCEWithLogitsLoss(), folder=folder)
    loader = DataLoader(TensorDataset(x, y), batch_size=30, shuffle=True)
    for epoch in range(EPOCHS):
        for xb, yb in loader:
            optimizer.zero_grad()
            loss = F.binary_cross_entropy_with_logits(model(xb), yb)
            w(xb, yb, loss)
            loss.backward()
            optimizer.step()
        if epoch >= 1:
            swa_model.update_parameters(model)
            swa_scheduler.step()
    torch.optim.swa_utils.update_bn(loader, swa_model)


@loop("loop-correct")
def blocks_computed_twice(watch, folder):
    x, y = houses()

    class Deep(nn.Module):
        def __init__(self):
            super().__init__()
            self.first = nn.Linear(6, 20)
            self.blocks = nn.ModuleList([nn.Sequential(nn.LayerNorm(20), nn.Linear(20, 20), nn.GELU()) for _ in range(3)])
            self.out = nn.Linear(20, 1)

        def forward(self, x):
            h = self.first(x)
            for block in self.blocks:
                h = h + checkpoint(block, h, use_reentrant=False)
            return self.out(h).squeeze(-1)

    model = Deep()
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3)
    w = watch(model, optimizer, loss="mse", folder=folder)
    for epoch in range(EPOCHS):
        for xb, yb in DataLoader(TensorDataset(x, y), batch_size=32, shuffle=True):
            optimizer.zero_grad()
            loss = F.mse_loss(model(xb), yb)
            w(xb, yb, loss)
            loss.backward()
            optimizer.step()


class Carried(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed, self.rnn, self.out = nn.Embedding(12, 12), nn.GRU(12, 20), nn.Linear(20, 12)

    def forward(self, ids, h=None):
        o, h = self.rnn(self.embed(ids), h)
        return self.out(o), h


@loop("loop-correct")
def state_carried_and_detached(watch, folder):
    text = letters()
    data = text.view(6, -1).t().contiguous()
    model = Carried()
    optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
    w = watch(model, optimizer, loss=None, folder=folder)
    for epoch in range(EPOCHS):
        hidden = torch.zeros(1, 6, 20)
        for i in range(0, len(data) - 1, 10):
            ids = data[i : i + 10]
            following = data[i + 1 : i + 11]
            ids = ids[: len(following)]
            hidden = hidden.detach()
            optimizer.zero_grad()
            out, hidden = model(ids, hidden)
            loss = F.cross_entropy(out.flatten(0, 1), following.flatten())
            w((ids, hidden.detach()), following, loss)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 0.25)
            optimizer.step()


@loop("loop-correct")
def weighted_by_its_reward(watch, folder):
    """A bandit: the log probability of what was done, times how good it was by the mean."""
    states, kinds = strokes()
    policy = nn.Sequential(nn.Flatten(), nn.Linear(100, 20), nn.Tanh(), nn.Linear(20, 4))
    optimizer = torch.optim.Adam(policy.parameters(), lr=1e-2)
    w = watch(policy, optimizer, loss=None, folder=folder)
    baseline = 0.0
    for episode in range(EPOCHS * 5):
        rows = torch.randint(0, len(states), (32,))
        dist = torch.distributions.Categorical(logits=policy(states[rows]))
        action = dist.sample()
        reward = (action == kinds[rows]).float()
        baseline = 0.9 * baseline + 0.1 * reward.mean().item()
        loss = -(dist.log_prob(action) * (reward - baseline)).mean() - 0.01 * dist.entropy().mean()
        w(states[rows], action, loss)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
