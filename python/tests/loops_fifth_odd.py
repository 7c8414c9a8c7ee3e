"""More of the fifth batch's correct loops. Written without a look at the rules."""

import copy

import torch
import torch.nn.functional as F
from loops import loop
from loops_fifth_data import demand, friedman, glyphs, ratings, reviews, sensors, spirals, tags
from loops_fifth_one import Factorization
from loops_fifth_three import Packed
from loops_fifth_two import Segmenter
from torch import nn, optim
from torch.utils.data import DataLoader, TensorDataset


@loop("loop-correct")
def ignored_pixels_and_weighed_classes(watch, folder):
    x, _, mask = glyphs()
    mask = mask.clone()
    mask[:, 0], mask[:, -1] = 255, 255
    net = Segmenter()
    criterion = nn.CrossEntropyLoss(weight=torch.tensor([0.2, 1.0, 1.0]), ignore_index=255)
    opt = optim.RMSprop(net.parameters(), lr=1e-3, momentum=0.5, centered=True)
    w = watch(net, opt, loss=criterion, folder=folder)
    for epoch in range(2):
        for image, target in DataLoader(TensorDataset(x, mask), batch_size=16, shuffle=True):
            opt.zero_grad()
            loss = criterion(net(image), target)
            loss.backward()
            opt.step()
            w(image, target, loss)


class Binarize(torch.autograd.Function):
    @staticmethod
    def forward(ctx, h):
        return torch.sign(h)

    @staticmethod
    def backward(ctx, grad):
        return grad.clamp(-1, 1)


class BinaryNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Linear(7, 32), nn.Linear(32, 5)

    def forward(self, x):
        return self.b(Binarize.apply(self.a(x)))


@loop("loop-correct")
def straight_through_a_sign(watch, folder):
    net = BinaryNet()
    opt = optim.Adam(net.parameters(), lr=5e-3)
    bce = nn.BCEWithLogitsLoss()
    w = watch(net, opt, loss=bce, folder=folder)
    for epoch in range(2):
        for xb, yb in DataLoader(TensorDataset(*tags()), batch_size=25, shuffle=True):
            opt.zero_grad()
            loss = bce(net(xb), yb)
            loss.backward()
            opt.step()
            w(xb, yb, loss)


@loop("loop-correct")
def mixed_up_rows(watch, folder):
    x, kind = sensors()
    net = nn.Sequential(nn.Conv1d(3, 8, 3), nn.BatchNorm1d(8), nn.ReLU(), nn.Flatten(), nn.Linear(112, 4))
    opt = optim.AdamW(net.parameters(), lr=2e-3)
    w = watch(net, opt, loss="cross_entropy", folder=folder)
    for epoch in range(3):
        for xb, yb in DataLoader(TensorDataset(x, kind), batch_size=25, shuffle=True):
            lam = torch.distributions.Beta(0.4, 0.4).sample().item()
            other = torch.randperm(len(xb))
            mixed = lam * xb + (1 - lam) * xb[other]
            soft = lam * F.one_hot(yb, 4).float() + (1 - lam) * F.one_hot(yb[other], 4).float()
            loss = F.cross_entropy(net(mixed), soft)
            opt.zero_grad()
            loss.backward()
            opt.step()
            w(mixed, soft, loss)


@loop("loop-correct")
def one_cycle_by_step(watch, folder):
    past, ahead = demand()
    net = nn.Sequential(nn.Linear(14, 32), nn.ReLU(), nn.Linear(32, 4))
    loader = DataLoader(TensorDataset(past, ahead), batch_size=35, shuffle=True)
    epochs = 5
    opt = optim.SGD(net.parameters(), lr=0.01, momentum=0.9)
    sched = optim.lr_scheduler.OneCycleLR(opt, max_lr=0.1, epochs=epochs, steps_per_epoch=len(loader))
    w = watch(net, opt, loss=nn.SmoothL1Loss(), folder=folder)
    for _ in range(epochs):
        for xb, yb in loader:
            opt.zero_grad()
            loss = F.smooth_l1_loss(net(xb), yb)
            loss.backward()
            opt.step()
            sched.step()
            w(xb, yb, loss)


@loop("loop-correct")
def unfreezes_by_and_by(watch, folder):
    x, y = friedman()
    body, head = nn.Sequential(nn.Linear(8, 24), nn.ReLU()), nn.Linear(24, 1)
    model = nn.Sequential(body, head)
    body.requires_grad_(False)
    opt = optim.Adam(head.parameters(), lr=1e-2)
    w = watch(model, opt, loss="mse", folder=folder)
    for epoch in range(3):
        if epoch == 1:
            body.requires_grad_(True)
            opt.add_param_group({"params": body.parameters(), "lr": 1e-3})
        for xb, yb in DataLoader(TensorDataset(x, y), batch_size=36, shuffle=True):
            opt.zero_grad()
            loss = F.mse_loss(model(xb), yb)
            loss.backward()
            opt.step()
            w(xb, yb, loss)


@loop("loop-correct")
def penalized_by_absolute_weights(watch, folder):
    u, i, r = ratings()
    net = Factorization()
    opt = optim.Adam(net.parameters(), lr=5e-3)
    w = watch(net, opt, loss="mse", folder=folder)
    for epoch in range(2):
        for users, items, score in DataLoader(TensorDataset(u, i, r), batch_size=25, shuffle=True):
            opt.zero_grad()
            loss = F.mse_loss(net(users, items), score) + 1e-4 * sum(p.abs().sum() for p in net.parameters())
            loss.backward()
            opt.step()
            w((users, items), score, loss)


@loop("loop-correct")
def student_of_a_frozen_teacher(watch, folder):
    x, arm = spirals()
    teacher = nn.Sequential(nn.Linear(2, 64), nn.ReLU(), nn.Linear(64, 3)).eval().requires_grad_(False)
    student = nn.Sequential(nn.Linear(2, 12), nn.ReLU(), nn.Linear(12, 3))
    opt = optim.AdamW(student.parameters(), lr=5e-3)
    T = 2.0

    def distill(logits, target):
        label, soft = target
        return 0.5 * F.cross_entropy(logits, label) + 0.5 * T * T * F.kl_div(F.log_softmax(logits / T, 1), soft, reduction="batchmean")

    w = watch(student, opt, loss=distill, folder=folder)
    for epoch in range(2):
        for xb, yb in DataLoader(TensorDataset(x, arm), batch_size=20, shuffle=True):
            with torch.no_grad():
                soft = F.softmax(teacher(xb) / T, 1)
            loss = distill(student(xb), (yb, soft))
            opt.zero_grad()
            loss.backward()
            opt.step()
            w(xb, (yb, soft), loss)


@loop("loop-correct")
def functional_without_an_optimizer(watch, folder):
    x, arm = spirals()
    model = nn.Sequential(nn.Linear(2, 16), nn.Tanh(), nn.Linear(16, 3))
    lr = 0.3
    w = watch(model, None, loss="cross_entropy", folder=folder)
    for step in range(14):
        rows = torch.randperm(len(x))[:40]
        loss = F.cross_entropy(model(x[rows]), arm[rows])
        grads = torch.autograd.grad(loss, list(model.parameters()))
        with torch.no_grad():
            for p, g in zip(model.parameters(), grads):
                p -= lr * g
        w(x[rows], arm[rows], loss)


@loop("loop-correct")
def packed_and_sorted_with_labels(watch, folder):
    ids, lengths, label = reviews()
    model = Packed()
    opt = optim.Adam(model.parameters(), lr=5e-3)
    bce = nn.BCEWithLogitsLoss()
    w = watch(model, opt, loss=bce, folder=folder)
    for epoch in range(3):
        for x, n, y in DataLoader(TensorDataset(ids, lengths, label), batch_size=35, shuffle=True):
            n, order = n.sort(descending=True)
            x, y = x[order], y[order]
            opt.zero_grad()
            loss = bce(model(x, n), y)
            loss.backward()
            opt.step()
            w((x, n), y, loss)


class Quantizer(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder, self.decoder = nn.Sequential(nn.Linear(14, 16), nn.ReLU(), nn.Linear(16, 4)), nn.Linear(4, 14)
        self.codes = nn.Embedding(12, 4)

    def forward(self, x):
        z = self.encoder(x)
        q = self.codes(torch.cdist(z, self.codes.weight).argmin(-1))
        straight = z + (q - z).detach()
        return self.decoder(straight), z, q


@loop("loop-correct")
def quantized_straight_through(watch, folder):
    past, _ = demand()
    vq = Quantizer()
    opt = optim.Adam(vq.parameters(), lr=2e-3)

    def objective(outputs, x):
        recon, z, q = outputs
        return F.mse_loss(recon, x) + F.mse_loss(q, z.detach()) + 0.25 * F.mse_loss(z, q.detach())

    w = watch(vq, opt, loss=objective, folder=folder)
    for epoch in range(2):
        for (x,) in DataLoader(TensorDataset(past), batch_size=20, shuffle=True):
            loss = objective(vq(x), x)
            opt.zero_grad()
            loss.backward()
            opt.step()
            w(x, x, loss)


@loop("loop-correct")
def normalized_weights_and_plateau(watch, folder):
    x, y = friedman()
    net = nn.Sequential(
        nn.utils.parametrizations.weight_norm(nn.Linear(8, 24)), nn.ReLU(), nn.utils.parametrizations.spectral_norm(nn.Linear(24, 24)), nn.ReLU(), nn.Linear(24, 1)
    )
    opt = optim.Adam(net.parameters(), lr=3e-3, amsgrad=True)
    sched = optim.lr_scheduler.ReduceLROnPlateau(opt, patience=2)
    w = watch(net, opt, loss=nn.HuberLoss(delta=0.5), folder=folder)
    for epoch in range(3):
        total = 0.0
        for xb, yb in DataLoader(TensorDataset(x, y), batch_size=36, shuffle=True):
            opt.zero_grad()
            loss = F.huber_loss(net(xb), yb, delta=0.5)
            loss.backward()
            opt.step()
            w(xb, yb, loss)
            total += loss.item()
        sched.step(total)


@loop("loop-correct")
def target_network_of_a_q_learner(watch, folder):
    g = torch.Generator().manual_seed(5)
    states, nexts = torch.randn(200, 4, generator=g), torch.randn(200, 4, generator=g)
    actions, rewards, done = torch.randint(0, 3, (200,), generator=g), torch.randn(200, generator=g), (torch.rand(200, generator=g) < 0.1).float()
    q = nn.Sequential(nn.Linear(4, 24), nn.ReLU(), nn.Linear(24, 3))
    target = copy.deepcopy(q)
    opt = optim.Adam(q.parameters(), lr=1e-3)

    def td(values, wanted):
        action, goal = wanted
        return F.smooth_l1_loss(values.gather(1, action[:, None])[:, 0], goal)

    w = watch(q, opt, loss=td, folder=folder)
    for step in range(16):
        rows = torch.randint(0, 200, (32,))
        with torch.no_grad():
            goal = rewards[rows] + 0.9 * (1 - done[rows]) * target(nexts[rows]).max(1).values
        loss = td(q(states[rows]), (actions[rows], goal))
        opt.zero_grad()
        loss.backward()
        nn.utils.clip_grad_value_(q.parameters(), 1.0)
        opt.step()
        w(states[rows], (actions[rows], goal), loss)
        if step % 4 == 3:
            target.load_state_dict(q.state_dict())
