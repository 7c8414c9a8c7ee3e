"""Thirteenth batch, blind: the last correct loops with oddities."""

import torch
from loops import classes, loader, loop, numbers, small, waves
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset


def nt_xent(z, ids, heat=0.2):
    """Two views of each row: those of the same id attract each other."""
    z = F.normalize(z, dim=1)
    scores = (z @ z.T / heat).masked_fill(torch.eye(len(z), dtype=torch.bool), -1e9)
    partner = (ids[:, None] == ids[None]) & ~torch.eye(len(z), dtype=torch.bool)
    return F.cross_entropy(scores, partner.float().argmax(1))


@loop("loop-correct")
def two_views_attract(watch, folder):
    x, _ = classes(256, 6, 8, seed=12)
    net = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 8))
    opt = torch.optim.Adam(net.parameters(), lr=5e-3)
    w = watch(net, opt, loss=nt_xent, folder=folder)
    for epoch in range(10):
        for (rows,) in DataLoader(TensorDataset(x), batch_size=32, shuffle=True):
            views = torch.cat([rows + 0.2 * torch.randn_like(rows), rows + 0.2 * torch.randn_like(rows)])
            ids = torch.arange(len(rows)).repeat(2)
            loss = nt_xent(net(views), ids)
            opt.zero_grad()
            loss.backward()
            opt.step()
            w(views, ids, loss)


class Both(nn.Module):
    def __init__(self):
        super().__init__()
        self.trunk = nn.Sequential(nn.Linear(5, 24), nn.Tanh())
        self.number, self.kind = nn.Linear(24, 1), nn.Linear(24, 2)

    def forward(self, x):
        h = self.trunk(x)
        return torch.cat([self.number(h), self.kind(h)], 1)


def weighed(out, y):
    return F.mse_loss(out[:, 0], y[:, 0]) + 0.2 * F.cross_entropy(out[:, 1:], y[:, 1].long())


@loop("loop-correct")
def two_tasks_two_backwards(watch, folder):
    """The tasks' gradients are added up by two calls of backward."""
    x, y = numbers(320)
    y = torch.cat([y, (x[:, 2:3] + x[:, 3:4] > 0).float()], 1)
    net = Both()
    opt = torch.optim.Adam(net.parameters(), lr=1e-2)
    w = watch(net, opt, loss=weighed, folder=folder)
    for epoch in range(6):
        for xb, yb in loader(x, y, 32):
            out = net(xb)
            first = F.mse_loss(out[:, 0], yb[:, 0])
            second = 0.2 * F.cross_entropy(out[:, 1:], yb[:, 1].long())
            opt.zero_grad()
            first.backward(retain_graph=True)
            second.backward()
            opt.step()
            w(xb, yb, first.detach() + second.detach())


class Repeater(nn.Module):
    """An encoder and a decoder: ids are the source and, behind it, what the decoder is fed (the teacher's words)."""

    def __init__(self, vocab=10, dim=24):
        super().__init__()
        self.emb = nn.Embedding(vocab + 1, dim)
        self.encoder, self.decoder = nn.GRU(dim, dim, batch_first=True), nn.GRU(dim, dim, batch_first=True)
        self.out = nn.Linear(dim, vocab)

    def forward(self, ids):
        source, fed = ids.chunk(2, dim=1)
        _, h = self.encoder(self.emb(source))
        return self.out(self.decoder(self.emb(fed), h)[0]).transpose(1, 2)


@loop("loop-correct")
def teacher_forced_reversal(watch, folder):
    g = torch.Generator().manual_seed(13)
    source = torch.randint(0, 10, (240, 4), generator=g)
    goal = source.flip(1)
    fed = torch.cat([torch.full((240, 1), 10), goal[:, :-1]], 1)
    net = Repeater()
    opt = torch.optim.Adam(net.parameters(), lr=1e-2)
    w = watch(net, opt, loss="cross_entropy", folder=folder)
    for epoch in range(8):
        for ids, words in loader(torch.cat([source, fed], 1), goal, 24):
            loss = F.cross_entropy(net(ids), words)
            opt.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(net.parameters(), 5.0)
            opt.step()
            w(ids, words, loss)


class SkipGram(nn.Module):
    """Scores of pairs of words."""

    def __init__(self, vocab=40, dim=8):
        super().__init__()
        self.word, self.context = nn.Embedding(vocab, dim), nn.Embedding(vocab, dim)

    def forward(self, pairs):
        return (self.word(pairs[:, 0]) * self.context(pairs[:, 1])).sum(1)


@loop("loop-correct")
def negatives_drawn_for_each_batch(watch, folder):
    g = torch.Generator().manual_seed(14)
    center = torch.randint(0, 40, (400,), generator=g)
    near = torch.stack([center, center // 8 * 8 + torch.randint(0, 8, (400,), generator=g)], 1)
    net = SkipGram()
    opt = torch.optim.Adagrad(net.parameters(), lr=0.3)
    w = watch(net, opt, loss=nn.BCEWithLogitsLoss(), folder=folder)
    for epoch in range(6):
        for (positive,) in DataLoader(TensorDataset(near), batch_size=40, shuffle=True):
            negative = torch.stack([positive[:, 0].repeat(3), torch.randint(0, 40, (3 * len(positive),))], 1)
            pairs = torch.cat([positive, negative])
            label = torch.cat([torch.ones(len(positive)), torch.zeros(len(negative))])
            loss = F.binary_cross_entropy_with_logits(net(pairs), label)
            opt.zero_grad()
            loss.backward()
            opt.step()
            w(pairs, label, loss)


@loop("loop-correct")
def from_easy_to_hard_in_order(watch, folder):
    """A curriculum: sorted, not shuffled, and each epoch sees a little more; noise on the inputs."""
    x, y = numbers(300)
    order = y.abs().flatten().argsort()
    x, y = x[order], y[order]
    net = small()
    opt = torch.optim.RMSprop(net.parameters(), lr=5e-3)
    w = watch(net, opt, loss="mse", folder=folder)
    for epoch in range(8):
        upto = 100 + 200 * epoch // 7
        for at in range(0, upto, 25):
            xb, yb = x[at : min(at + 25, upto)], y[at : min(at + 25, upto)]
            xb = xb + 0.05 * torch.randn_like(xb)
            loss = F.mse_loss(net(xb), yb)
            opt.zero_grad()
            loss.backward()
            opt.step()
            w(xb, yb, loss)


@loop("loop-correct")
def warmed_up_with_noisy_gradients(watch, folder):
    """A rate that starts near nothing and then falls per epoch; a little annealed noise on the gradients."""
    x, y = waves(200)
    net = nn.Sequential(nn.Flatten(), nn.Linear(12, 24), nn.ReLU(), nn.Linear(24, 1))
    opt = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
    warm = torch.optim.lr_scheduler.LambdaLR(opt, lambda s: min(1.0, (s + 1) / 16))
    fall = torch.optim.lr_scheduler.StepLR(opt, 3, 0.5)
    w = watch(net, opt, loss="mse", folder=folder)
    step = 0
    for epoch in range(8):
        for xb, yb in loader(x, y, 20):
            opt.zero_grad()
            loss = F.mse_loss(net(xb), yb)
            loss.backward()
            for p in net.parameters():
                p.grad.add_(torch.randn_like(p.grad), alpha=0.01 / (1 + step) ** 0.55)
            opt.step()
            w(xb, yb, loss)
            if step < 16:
                warm.step()
            step += 1
        if epoch >= 2:
            fall.step()
