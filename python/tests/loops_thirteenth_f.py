"""Thirteenth batch, blind: more correct loops with oddities."""

import copy
import random

import torch
from loops import Conv, classes, loader, loop, numbers, pictures, small, yes_no
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset, WeightedRandomSampler


@loop("loop-correct")
def sharpness_aware(watch, folder):
    """SAM: two gradients a step; the weights are moved away and back."""
    x, y = classes(300, 6, 3, seed=2)
    net = small(6, 3)
    opt = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
    w = watch(net, opt, loss="cross_entropy", folder=folder)
    for epoch in range(5):
        for xb, yb in loader(x, y, 30):
            loss = F.cross_entropy(net(xb), yb)
            opt.zero_grad()
            loss.backward()
            with torch.no_grad():
                norm = torch.stack([p.grad.norm() for p in net.parameters()]).norm() + 1e-12
                moved = [0.05 * p.grad / norm for p in net.parameters()]
                for p, e in zip(net.parameters(), moved):
                    p.add_(e)
            opt.zero_grad()
            F.cross_entropy(net(xb), yb).backward()
            with torch.no_grad():
                for p, e in zip(net.parameters(), moved):
                    p.sub_(e)
            opt.step()
            w(xb, yb, loss)


class Lookahead:
    """k steps forward, one step back."""

    def __init__(self, inner, k=5, alpha=0.5):
        self.inner, self.k, self.alpha, self.count = inner, k, alpha, 0
        self.slow = [p.detach().clone() for g in inner.param_groups for p in g["params"]]

    @torch.no_grad()
    def pull_back(self):
        self.count += 1
        if self.count % self.k == 0:
            fast = [p for g in self.inner.param_groups for p in g["params"]]
            for s, p in zip(self.slow, fast):
                s.add_(p - s, alpha=self.alpha)
                p.copy_(s)


@loop("loop-correct")
def lookahead_around_adam(watch, folder):
    x, y = numbers(300)
    net = small()
    opt = torch.optim.Adam(net.parameters(), lr=2e-2)
    ahead = Lookahead(opt)
    w = watch(net, opt, loss=nn.HuberLoss(), folder=folder)
    for epoch in range(6):
        for xb, yb in loader(x, y, 30):
            opt.zero_grad()
            loss = F.huber_loss(net(xb), yb)
            loss.backward()
            opt.step()
            w(xb, yb, loss)
            ahead.pull_back()


@loop("loop-correct")
def mixup_with_smoothed_labels(watch, folder):
    x, y = pictures(160)
    net = Conv()
    opt = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9, nesterov=True)
    criterion = nn.CrossEntropyLoss(label_smoothing=0.1)
    w = watch(net, opt, loss=criterion, folder=folder)
    for epoch in range(6):
        for xb, yb in loader(x, y, 20):
            share = torch.distributions.Beta(0.4, 0.4).sample().item()
            other = torch.randperm(len(xb))
            soft = F.one_hot(yb, 2).float()
            xb = share * xb + (1 - share) * xb[other]
            soft = share * soft + (1 - share) * soft[other]
            loss = criterion(net(xb), soft)
            opt.zero_grad()
            loss.backward()
            opt.step()
            w(xb, soft, loss)


@loop("loop-correct")
def rare_class_drawn_more_often(watch, folder):
    x, y = classes(400, 6, 3, seed=4)
    keep = (y != 0) | (torch.arange(400) % 6 == 0)
    x, y = x[keep], y[keep]
    share = 1 / torch.bincount(y).float()
    sampler = WeightedRandomSampler(share[y].tolist(), len(y))
    net = small(6, 3)
    opt = torch.optim.Adam(net.parameters(), lr=1e-2)
    criterion = nn.CrossEntropyLoss(weight=torch.tensor([1.5, 1.0, 1.0]))
    w = watch(net, opt, loss=criterion, folder=folder)
    for epoch in range(5):
        for xb, yb in DataLoader(TensorDataset(x, y), batch_size=25, sampler=sampler):
            loss = criterion(net(xb), yb)
            opt.zero_grad()
            loss.backward()
            opt.step()
            w(xb, yb, loss)


class Carried(nn.Module):
    """A state that goes on from piece to piece, cut off from the last piece's graph."""

    def __init__(self):
        super().__init__()
        self.rnn = nn.GRU(1, 16, batch_first=True)
        self.out = nn.Linear(16, 1)
        self.h = None

    def forward(self, x):
        states, h = self.rnn(x, self.h)
        self.h = h.detach()
        return self.out(states)


@loop("loop-correct")
def truncated_through_time(watch, folder):
    t = torch.arange(401) * 0.3
    curves = torch.stack([torch.sin(t + k) for k in range(8)])[..., None]
    net = Carried()
    opt = torch.optim.Adam(net.parameters(), lr=1e-2)
    w = watch(net, opt, loss="mse", folder=folder)
    for epoch in range(3):
        net.h = None
        for at in range(0, 400, 20):
            piece, following = curves[:, at : at + 20], curves[:, at + 1 : at + 21]
            loss = F.mse_loss(net(piece), following)
            opt.zero_grad()
            loss.backward()
            opt.step()
            w(piece, following, loss)


@loop("loop-correct")
def replay_with_a_target_network(watch, folder):
    """Fitted values: a buffer that grows, a copy that follows softly."""
    net = small(3, 1, 24)
    target = copy.deepcopy(net).requires_grad_(False)
    opt = torch.optim.Adam(net.parameters(), lr=5e-3)
    w = watch(net, opt, loss=nn.SmoothL1Loss(), folder=folder)
    buffer = []
    for step in range(100):
        for _ in range(8):
            s = torch.randn(3)
            buffer.append((s, s[0] - s[1] * s[2], 0.9 * s))
        s, r, nxt = (torch.stack(part) for part in zip(*random.sample(buffer, min(32, len(buffer)))))
        with torch.no_grad():
            goal = r[:, None] + 0.4 * target(nxt)
        loss = F.smooth_l1_loss(net(s), goal)
        opt.zero_grad()
        loss.backward()
        nn.utils.clip_grad_value_(net.parameters(), 1.0)
        opt.step()
        w(s, goal, loss)
        for a, b in zip(net.parameters(), target.parameters()):
            b.data.copy_(0.05 * a.data + 0.95 * b.data)


def distilled(out, y, heat=2.0):
    """The first column is the class, the others are the teacher's scores."""
    soft = F.kl_div(F.log_softmax(out / heat, 1), F.softmax(y[:, 1:] / heat, 1), reduction="batchmean") * heat**2
    return 0.3 * F.cross_entropy(out, y[:, 0].long()) + 0.7 * soft


@loop("loop-correct")
def distillation_from_a_still_teacher(watch, folder):
    x, y = classes(300, 6, 4, seed=9)
    teacher = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Dropout(0.3), nn.Linear(32, 4))
    first = torch.optim.Adam(teacher.parameters(), lr=2e-2)
    for _ in range(40):
        first.zero_grad()
        F.cross_entropy(teacher(x), y).backward()
        first.step()
    teacher.eval()
    student = small(6, 4, 8)
    opt = torch.optim.NAdam(student.parameters(), lr=1e-2)
    w = watch(student, opt, loss=distilled, folder=folder)
    for epoch in range(6):
        for xb, yb in loader(x, y, 30):
            with torch.no_grad():
                wanted = torch.cat([yb[:, None].float(), teacher(xb)], 1)
            loss = distilled(student(xb), wanted)
            opt.zero_grad()
            loss.backward()
            opt.step()
            w(xb, wanted, loss)


@loop("loop-correct")
def smooth_by_a_gradient_penalty(watch, folder):
    """The slope at the inputs is held down a little; the data's loss is reported."""
    x, y = yes_no(240)
    net = nn.Sequential(nn.Linear(4, 24), nn.Softplus(), nn.Linear(24, 1))
    opt = torch.optim.Adam(net.parameters(), lr=2e-2)
    w = watch(net, opt, loss=nn.BCEWithLogitsLoss(), folder=folder)
    for epoch in range(6):
        for xb, yb in loader(x, y, 30):
            xb = xb.clone().requires_grad_()
            out = net(xb)
            loss = F.binary_cross_entropy_with_logits(out, yb)
            (slope,) = torch.autograd.grad(out.sum(), xb, create_graph=True)
            opt.zero_grad()
            (loss + 0.01 * slope.pow(2).sum(1).mean()).backward()
            opt.step()
            w(xb.detach(), yb, loss)


@loop("loop-correct")
def stochastic_weight_averaging(watch, folder):
    x, y = numbers(320)
    net = nn.Sequential(nn.Linear(5, 24), nn.BatchNorm1d(24), nn.ReLU(), nn.Linear(24, 1))
    opt = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9)
    averaged = torch.optim.swa_utils.AveragedModel(net)
    swa = torch.optim.swa_utils.SWALR(opt, swa_lr=0.02, anneal_epochs=2)
    data = loader(x, y, 32)
    w = watch(net, opt, loss="mse", folder=folder)
    for epoch in range(7):
        for xb, yb in data:
            loss = F.mse_loss(net(xb), yb)
            opt.zero_grad()
            loss.backward()
            opt.step()
            w(xb, yb, loss)
        if epoch > 3:
            averaged.update_parameters(net)
            swa.step()
    torch.optim.swa_utils.update_bn(data, averaged)


class Block(nn.Module):
    """Left out at random in training."""

    def __init__(self, width, keep):
        super().__init__()
        self.inner, self.keep = nn.Sequential(nn.LayerNorm(width), nn.Linear(width, width), nn.GELU()), keep

    def forward(self, x):
        if not self.training:
            return x + self.keep * self.inner(x)
        return x + self.inner(x) if torch.rand(()) < self.keep else x


@loop("loop-correct")
def stochastic_depth_with_rates_by_layer(watch, folder):
    x, y = classes(320, 6, 4, seed=11)
    net = nn.Sequential(nn.Linear(6, 20), Block(20, 0.9), Block(20, 0.8), Block(20, 0.7), nn.Linear(20, 4))
    opt = torch.optim.AdamW([{"params": m.parameters(), "lr": 1e-2 * 0.7 ** (4 - i)} for i, m in enumerate(net)])
    w = watch(net, opt, loss="cross_entropy", folder=folder)
    for epoch in range(6):
        for xb, yb in loader(x, y, 32):
            loss = F.cross_entropy(net(xb), yb)
            opt.zero_grad()
            loss.backward()
            opt.step()
            w(xb, yb, loss)
