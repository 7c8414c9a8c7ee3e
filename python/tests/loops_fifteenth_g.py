"""Fifteenth batch, blind: more loops that are right."""

import torch
from loops import classes, loader, loop, numbers, pictures, waves, yes_no
from torch import nn
from torch.nn import functional as F


@loop("loop-correct")
def up_the_hill_first(watch, folder):
    """SAM: the gradient is taken where the loss near by is worst; the weights go back before the step."""
    x, y = classes(300, 6, 4, seed=31)
    net = nn.Sequential(nn.Linear(6, 24), nn.ReLU(), nn.Linear(24, 4))
    opt = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
    w = watch(net, opt, loss="cross_entropy", folder=folder)
    for epoch in range(5):
        for xb, yb in loader(x, y, 30):
            loss = F.cross_entropy(net(xb), yb)
            opt.zero_grad()
            loss.backward()
            with torch.no_grad():
                norm = torch.stack([p.grad.norm() for p in net.parameters()]).norm()
                moves = [p.grad * (0.02 / (norm + 1e-12)) for p in net.parameters()]
                for p, e in zip(net.parameters(), moves):
                    p.add_(e)
            opt.zero_grad()
            F.cross_entropy(net(xb), yb).backward()
            with torch.no_grad():
                for p, e in zip(net.parameters(), moves):
                    p.sub_(e)
            opt.step()
            w(xb, yb, loss)


@loop("loop-correct")
def each_part_at_its_own_pace(watch, folder):
    """Parameter groups: a slow body, a fast head, no weight decay for biases and norms."""
    x, y = pictures(200, seed=32)
    net = nn.Sequential(nn.Conv2d(1, 8, 3), nn.GroupNorm(2, 8), nn.ReLU(), nn.Flatten(), nn.Linear(288, 2))
    decayed = [p for p in net[:4].parameters() if p.ndim > 1]
    others = [p for p in net[:4].parameters() if p.ndim == 1]
    opt = torch.optim.AdamW([{"params": decayed, "weight_decay": 0.05, "lr": 5e-4},
                             {"params": others, "weight_decay": 0.0, "lr": 5e-4},
                             {"params": net[4].parameters(), "weight_decay": 0.0}], lr=5e-3)
    w = watch(net, opt, loss=nn.CrossEntropyLoss(), folder=folder)
    for epoch in range(4):
        for xb, yb in loader(x, y, 20):
            opt.zero_grad()
            loss = F.cross_entropy(net(xb), yb)
            loss.backward()
            opt.step()
            w(xb, yb, loss)


@loop("loop-correct")
def mean_of_the_last_epochs(watch, folder):
    """SWA with torch.optim.swa_utils, the average kept apart."""
    x, y = yes_no(320, seed=33)
    net = nn.Sequential(nn.Linear(4, 20), nn.ELU(), nn.Linear(20, 1))
    mean = torch.optim.swa_utils.AveragedModel(net)
    opt = torch.optim.SGD(net.parameters(), lr=0.2, nesterov=True, momentum=0.8)
    w = watch(net, opt, loss="bce_with_logits", folder=folder)
    for epoch in range(6):
        for xb, yb in loader(x, y, 32):
            loss = F.binary_cross_entropy_with_logits(net(xb), yb)
            opt.zero_grad()
            loss.backward()
            opt.step()
            w(xb, yb, loss)
        if epoch >= 1:
            mean.update_parameters(net)


@loop("loop-correct")
def two_pictures_in_one(watch, folder):
    """Mixup; cross entropy against the mixed, soft labels, which is what is minimized and claimed."""
    x, y = pictures(240, seed=34)
    hot = F.one_hot(y, 2).float()
    net = nn.Sequential(nn.Conv2d(1, 6, 3), nn.BatchNorm2d(6), nn.ReLU(), nn.Flatten(), nn.Linear(216, 2))
    opt = torch.optim.Adam(net.parameters(), lr=3e-3)
    w = watch(net, opt, loss="cross_entropy", folder=folder)
    draw = torch.distributions.Beta(0.4, 0.4)
    for epoch in range(5):
        net.train()
        for xb, yb in loader(x, hot, 24):
            lam, other = draw.sample(), torch.randperm(len(xb))
            xm, ym = lam * xb + (1 - lam) * xb[other], lam * yb + (1 - lam) * yb[other]
            opt.zero_grad()
            loss = F.cross_entropy(net(xm), ym)
            loss.backward()
            opt.step()
            w(xm, ym, loss)


def imitate(logits, teacher_logits, t=2.0):
    return t * t * F.kl_div(F.log_softmax(logits / t, 1), F.softmax(teacher_logits / t, 1), reduction="batchmean")


@loop("loop-correct")
def learns_from_the_big_one(watch, folder):
    """Distillation with a temperature; the teacher evaluates under no_grad."""
    x, y = classes(320, 6, 4, seed=35)
    teacher = nn.Sequential(nn.Linear(6, 64), nn.ReLU(), nn.Dropout(0.2), nn.Linear(64, 4))
    for p in teacher.parameters():
        p.data *= 2
    teacher.eval()
    student = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 4))
    opt = torch.optim.RAdam(student.parameters(), lr=3e-2)
    w = watch(student, opt, loss=imitate, folder=folder)
    for epoch in range(6):
        for xb, _ in loader(x, y, 32):
            with torch.no_grad():
                aim = teacher(xb)
            loss = imitate(student(xb), aim)
            opt.zero_grad()
            loss.backward()
            opt.step()
            w(xb, aim, loss)


@loop("loop-correct")
def closure_with_all_its_lines(watch, folder):
    """LBFGS on large batches."""
    x, y = numbers(320, seed=36)
    net = nn.Sequential(nn.Linear(5, 10), nn.Tanh(), nn.Linear(10, 1))
    opt = torch.optim.LBFGS(net.parameters(), lr=0.3, max_iter=4)
    w = watch(net, opt, loss="mse", folder=folder)
    for epoch in range(4):
        for xb, yb in loader(x, y, 80):

            def closure():
                opt.zero_grad()
                loss = F.mse_loss(net(xb), yb)
                loss.backward()
                return loss

            loss = opt.step(closure)
            w(xb, yb, loss)


@loop("loop-correct")
def easy_ones_first(watch, folder):
    """Curriculum: sorted by how hard the rows are, not shuffled; the share that is used grows."""
    x, y = waves(300, seed=37)
    order = (x[:, -1] - y).abs()[:, 0].argsort()
    x, y = x[order], y[order]

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.gru = nn.GRU(1, 12, batch_first=True)
            self.fc = nn.Linear(12, 1)

        def forward(self, s):
            return self.fc(self.gru(s)[1][0])

    net = Net()
    opt = torch.optim.Adam(net.parameters(), lr=1e-2)
    w = watch(net, opt, loss=nn.SmoothL1Loss(), folder=folder)
    for epoch in range(8):
        n = min(300, 150 + 30 * epoch)
        for xb, yb in loader(x[:n], y[:n], 30, False):
            loss = F.smooth_l1_loss(net(xb), yb)
            opt.zero_grad()
            loss.backward()
            opt.step()
            w(xb, yb, loss)


class Predictive(nn.Module):
    """SimSiam: x holds two views of each row; out: predictions and (cut off) projections of both."""

    def __init__(self, width=12, dim=8):
        super().__init__()
        self.encode = nn.Sequential(nn.Linear(width, 24), nn.BatchNorm1d(24), nn.ReLU(), nn.Linear(24, dim))
        self.predict = nn.Sequential(nn.Linear(dim, 8), nn.ReLU(), nn.Linear(8, dim))

    def forward(self, views):
        z = [self.encode(views[:, k]) for k in (0, 1)]
        p = [self.predict(v) for v in z]
        return torch.stack([p[0], p[1], z[1].detach(), z[0].detach()], 1)


def both_ways(out, target):
    return target.mean() - F.cosine_similarity(out[:, :2], out[:, 2:], dim=-1).mean()


@loop("loop-correct")
def no_labels_and_no_opposites(watch, folder):
    """SimSiam, its stop-gradient being part of the method; the target is a one for each row."""
    x, _ = numbers(320, 12, seed=38)
    model = Predictive()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9, weight_decay=1e-4)
    w = watch(model, optimizer, loss=both_ways, folder=folder)
    for epoch in range(6):
        for at in torch.randperm(320).split(32):
            views = x[at][:, None] + 0.3 * torch.randn(len(at), 2, 12)
            ones = torch.ones(len(at))
            loss = both_ways(model(views), ones)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            w(views, ones, loss)


@loop("loop-correct")
def forger_and_detective(watch, folder):
    """GAN; the detective is looked at: its gradients of the forger's turn are thrown away before its own."""
    real_all = torch.randn(400, 2) * 0.3 + torch.tensor([2.0, -1.0])
    forger = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2))
    detective = nn.Sequential(nn.Linear(2, 24), nn.LeakyReLU(0.2), nn.Linear(24, 1))
    opt_f = torch.optim.Adam(forger.parameters(), lr=1e-3, betas=(0.5, 0.999))
    opt_d = torch.optim.Adam(detective.parameters(), lr=5e-3, betas=(0.5, 0.999))
    bce = nn.BCEWithLogitsLoss()
    w = watch(detective, opt_d, loss=bce, folder=folder)
    for epoch in range(4):
        for real in real_all[torch.randperm(400)].split(40):
            fake = forger(torch.randn(len(real), 4))
            both = torch.cat([real, fake.detach()])
            truth = torch.cat([torch.ones(len(real), 1), torch.zeros(len(real), 1)])
            opt_d.zero_grad()
            loss = bce(detective(both), truth)
            loss.backward()
            opt_d.step()
            w(both, truth, loss)
            opt_f.zero_grad()
            bce(detective(fake), torch.ones(len(real), 1)).backward()
            opt_f.step()


class Noisy(nn.Module):
    def __init__(self, width=16):
        super().__init__()
        self.up = nn.Linear(1, width)
        self.layer = nn.TransformerEncoderLayer(width, 2, 32, dropout=0.1, batch_first=True, norm_first=True)
        self.out = nn.Linear(width, 1)

    def forward(self, s):
        place = torch.linspace(-1, 1, s.shape[1])[None, :, None]
        return self.out(self.layer(self.up(s) + place)[:, -1])


@loop("loop-correct")
def cleans_up_behind_itself(watch, folder):
    """Dropout, evaluation and back after each epoch, zero_grad at the end of the step, a StepLR by epochs."""
    x, y = waves(280, seed=40)
    net = Noisy()
    opt = torch.optim.AdamW(net.parameters(), lr=5e-3)
    scheduler = torch.optim.lr_scheduler.StepLR(opt, 3, 0.5)
    w = watch(net, opt, loss="mse", folder=folder)
    for epoch in range(6):
        net.train()
        for s, t in loader(x[:240], y[:240], 24):
            loss = F.mse_loss(net(s), t)
            loss.backward()
            opt.step()
            w(s, t, loss)
            opt.zero_grad()
        scheduler.step()
        net.eval()
        with torch.no_grad():
            F.mse_loss(net(x[240:]), y[240:])
