"""The eighth batch's faults: gradients that pile up, are cleared, or are changed. Written without a look at the rules."""

from contextlib import contextmanager
from dataclasses import dataclass

import torch
import torch.nn as nn
import torch.nn.functional as F
from loops import loop
from loops_eighth_data import EPOCHS, batches, bids, clusters, counts, drift, glyphs, letters_in, melodies, motifs, moves, reviews, tags, wells
from torch import optim

# loop-gradients-accumulate


def mlp(*widths, act=nn.ReLU):
    parts = []
    for a, b in zip(widths, widths[1:]):
        parts += [nn.Linear(a, b), act()]
    return nn.Sequential(*parts[:-1])


@loop("loop-gradients-accumulate")
def critic_keeps_what_the_generator_left(watch, folder):
    """The generator's backward goes through the critic, whose gradients nobody clears."""
    real = motifs()
    G, D = mlp(6, 32, 20), mlp(20, 32, 1, act=lambda: nn.LeakyReLU(0.2))
    g_opt, d_opt = optim.Adam(G.parameters(), lr=2e-3, betas=(0.5, 0.99)), optim.SGD(D.parameters(), lr=0.05)
    bce = nn.BCEWithLogitsLoss()
    w = watch(D, d_opt, loss=bce, folder=folder)
    for _ in range(EPOCHS):
        for (x,) in batches(34, real):
            fake = G(torch.randn(len(x), 6))
            both = torch.cat([x, fake.detach()])
            truth = torch.cat([torch.ones(len(x), 1), torch.zeros(len(x), 1)])
            d_loss = bce(D(both), truth)
            d_loss.backward()  # fault
            d_opt.step()
            w(both, truth, d_loss)
            g_opt.zero_grad()
            bce(D(fake), torch.ones(len(x), 1)).backward()
            g_opt.step()


class Lit(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = mlp(9, 20, 5, act=nn.Tanh)

    def forward(self, x):
        return self.layers(x)

    def training_step(self, batch):
        x, y = batch
        return F.binary_cross_entropy_with_logits(self(x), y)

    def configure_optimizers(self):
        return optim.SGD(self.parameters(), lr=0.8, momentum=0.9)

    def on_epoch_start(self, optimizer):
        optimizer.zero_grad()


@loop("loop-gradients-accumulate")
def cleared_by_the_hook_of_epochs(watch, folder):
    module = Lit()
    optimizer = module.configure_optimizers()
    record = watch(module, optimizer, loss="bce_with_logits", folder=folder)
    for epoch in range(EPOCHS):
        module.on_epoch_start(optimizer)
        for batch in batches(26, *tags()):
            loss = module.training_step(batch)
            record(*batch, loss)
            loss.backward()  # fault
            optimizer.step()


@loop("loop-gradients-accumulate")
def weights_moved_by_hand(watch, folder):
    """After a lecture on language models, without an optimizer."""
    given, following = melodies()
    context, target = given.unfold(1, 3, 1).reshape(-1, 3), following[:, 2:].reshape(-1)
    model = nn.Sequential(nn.Embedding(12, 4), nn.Flatten(), nn.Linear(12, 24), nn.Tanh(), nn.Linear(24, 12))
    w = watch(model, None, loss="cross_entropy", folder=folder)
    for i in range(EPOCHS * 8):
        ix = torch.randint(0, len(context), (64,))
        logits = model(context[ix])
        loss = F.cross_entropy(logits, target[ix])
        loss.backward()  # fault
        w(context[ix], target[ix], loss)
        for p in model.parameters():
            p.data += -1.0 * p.grad


@loop("loop-gradients-accumulate")
def closure_that_forgets(watch, folder):
    x, y = bids()
    net = mlp(6, 16, 1, act=nn.Softplus)
    optimizer = optim.SGD(net.parameters(), lr=0.02, momentum=0.5)
    w = watch(net, optimizer, loss="l1", folder=folder)
    for _ in range(EPOCHS):
        for xb, yb in batches(35, x, y[:, None]):

            def closure():
                loss = F.l1_loss(net(xb), yb)
                loss.backward()  # fault
                return loss

            loss = optimizer.step(closure)
            w(xb, yb, loss)


@dataclass
class Accumulating:
    every: int = 3
    rate: float = 0.2


@loop("loop-gradients-accumulate")
def steps_at_each_part_of_the_sum(watch, folder):
    cfg = Accumulating()
    images, labels = glyphs()
    net = nn.Sequential(nn.Conv2d(1, 6, 3), nn.ReLU(), nn.Flatten(), nn.Linear(294, 3))
    optimizer = optim.SGD(net.parameters(), lr=cfg.rate, momentum=0.9)
    w = watch(net, optimizer, loss="cross_entropy", folder=folder)
    for _ in range(EPOCHS):
        for n, (img, lab) in enumerate(batches(28, images, labels)):
            loss = F.cross_entropy(net(img), lab)
            loss.backward()
            optimizer.step()  # fault
            w(img, lab, loss)
            if (n + 1) % cfg.every == 0:
                optimizer.zero_grad()


# loop-gradients-cleared


class GradientLog:
    def __init__(self):
        self.rows = []

    def note(self, model):
        self.rows.append([float(p.grad.norm()) for p in model.parameters() if p.grad is not None])
        for p in model.parameters():
            p.grad = None  # fault: log_that_tidies_up


@loop("loop-gradients-cleared")
def log_that_tidies_up(watch, folder):
    x, y = clusters()
    model, log = mlp(7, 22, 4, act=nn.SiLU), GradientLog()
    optimizer = optim.Adam(model.parameters(), lr=1e-2)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for _ in range(EPOCHS):
        for xb, yb in batches(30, x, y):
            loss = F.cross_entropy(model(xb), yb)
            loss.backward()
            log.note(model)
            optimizer.step()
            w(xb, yb, loss)


@contextmanager
def stepping(optimizer):
    yield
    optimizer.zero_grad()  # fault: context_in_the_wrong_order
    optimizer.step()


@loop("loop-gradients-cleared")
def context_in_the_wrong_order(watch, folder):
    x, y = drift()

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv, self.fc = nn.Conv1d(2, 8, 3), nn.Linear(80, 1)

        def forward(self, x):
            return self.fc(F.gelu(self.conv(x.transpose(1, 2))).flatten(1))

    net = Net()
    optimizer = optim.AdamW(net.parameters(), lr=5e-3, weight_decay=0.0)
    w = watch(net, optimizer, loss=nn.HuberLoss(), folder=folder)
    for _ in range(EPOCHS):
        for xb, yb in batches(43, x, y):
            with stepping(optimizer):
                loss = F.huber_loss(net(xb), yb)
                w(xb, yb, loss)
                loss.backward()


class ActorCritic(nn.Module):
    def __init__(self):
        super().__init__()
        self.policy, self.value = mlp(5, 16, 3, act=nn.Tanh), mlp(5, 16, 1, act=nn.Tanh)

    def forward(self, state):
        return self.policy(state), self.value(state)[:, 0]


def imitation_and_value(out, target):
    return F.cross_entropy(out[0], target[0]) + F.mse_loss(out[1], target[1])


@loop("loop-gradients-cleared")
def two_heads_and_two_clears(watch, folder):
    state, _, _ = moves()
    action, worth = (state[:, :3]).argmax(1), state[:, 3] - 2 * state[:, 4]
    net = ActorCritic()
    opt = optim.Adam(net.parameters(), lr=1e-2)
    w = watch(net, opt, loss=imitation_and_value, folder=folder)
    for _ in range(EPOCHS):
        for s, a, v in batches(40, state, action, worth):
            logits, value = net(s)
            policy_loss, value_loss = F.cross_entropy(logits, a), F.mse_loss(value, v)
            opt.zero_grad()
            policy_loss.backward()
            opt.zero_grad()  # fault
            value_loss.backward()
            opt.step()
            w(s, (a, v), policy_loss + value_loss)


class Amp:
    """What accelerators have, without one."""

    def __init__(self, optimizer):
        self.optimizer, self.count = optimizer, 0

    def backward(self, loss):
        loss.backward()
        self.count += 1
        self.optimizer.zero_grad(set_to_none=False)  # fault: backward_that_clears_behind_itself

    def step(self):
        self.optimizer.step()


@loop("loop-gradients-cleared")
def backward_that_clears_behind_itself(watch, folder):
    ids, _, kind = reviews()
    model = nn.Sequential(nn.EmbeddingBag(40, 10), nn.Linear(10, 2))
    amp = Amp(optim.SGD(model.parameters(), lr=0.5))
    w = watch(model, amp.optimizer, loss="cross_entropy", folder=folder)
    for _ in range(EPOCHS):
        for x, y in batches(44, ids, kind):
            loss = F.cross_entropy(model(x), y)
            amp.backward(loss)
            w(x, y, loss)
            amp.step()


# loop-gradients-changed


@dataclass
class Optim:
    rate: float = 0.1
    eps: float = 1e-6
    clip: float = 1.0


@loop("loop-gradients-changed")
def clipped_to_the_wrong_setting(watch, folder):
    o = Optim()
    x, y = wells()
    model = mlp(8, 20, 1, act=nn.Tanh)
    optimizer = optim.SGD(model.parameters(), lr=o.rate)
    w = watch(model, optimizer, loss="mse", folder=folder)
    for _ in range(EPOCHS):
        for xb, yb in batches(30, x, y):
            optimizer.zero_grad()
            loss = F.mse_loss(model(xb), yb)
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), o.eps)  # fault
            optimizer.step()
            w(xb, yb, loss)


@loop("loop-gradients-changed")
def averaged_a_second_time(watch, folder):
    """The loss is a mean already, and the gradients are divided by the number of all rows."""
    images, labels = glyphs()
    net = nn.Sequential(nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.MaxPool2d(3), nn.Flatten(), nn.Linear(72, 3))
    optimizer = optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
    w = watch(net, optimizer, loss="cross_entropy", folder=folder)
    for _ in range(EPOCHS):
        for img, lab in batches(24, images, labels):
            optimizer.zero_grad()
            loss = F.cross_entropy(net(img), lab)
            loss.backward()
            for group in optimizer.param_groups:
                for p in group["params"]:
                    p.grad.div_(len(images))  # fault
            optimizer.step()
            w(img, lab, loss)


@loop("loop-gradients-changed")
def hooks_that_clip_on_one_side(watch, folder):
    x, y = letters_in()
    model = mlp(10, 16, 1)
    for p in model.parameters():
        p.register_hook(lambda g: torch.clamp(g, 0, 1))  # fault
    optimizer = optim.SGD(model.parameters(), lr=0.3)
    w = watch(model, optimizer, loss="bce_with_logits", folder=folder)
    for _ in range(EPOCHS):
        for xb, yb in batches(38, x, y):
            loss = F.binary_cross_entropy_with_logits(model(xb), yb)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            w(xb, yb, loss)


@loop("loop-gradients-changed")
def scaled_and_never_scaled_back(watch, folder):
    """The scaler scales, and the optimizer steps itself, where the scaler should."""
    x, y = counts()
    model = mlp(5, 16, 1, act=nn.Tanh)
    optimizer = optim.SGD(model.parameters(), lr=5e-2)
    scaler = torch.amp.GradScaler("cpu", init_scale=256.0)
    w = watch(model, optimizer, loss=nn.SmoothL1Loss(), folder=folder)
    for _ in range(EPOCHS):
        for xb, yb in batches(29, x, y):
            optimizer.zero_grad()
            loss = F.smooth_l1_loss(model(xb), yb)
            scaler.scale(loss).backward()
            optimizer.step()  # fault
            w(xb, yb, loss)


@loop("loop-gradients-changed")
def outliers_cut_the_wrong_way_round(watch, folder):
    x, y = tags()
    model = mlp(9, 24, 5, act=nn.ELU)
    optimizer = optim.RMSprop(model.parameters(), lr=2e-3)

    def drop_outliers(limit=3.0):
        for p in model.parameters():
            spread = p.grad.std()
            p.grad[(p.grad - p.grad.mean()).abs() < limit * spread] = 0  # fault: outliers_cut_the_wrong_way_round

    w = watch(model, optimizer, loss="bce_with_logits", folder=folder)
    for _ in range(EPOCHS):
        for xb, yb in batches(26, x, y):
            loss = F.binary_cross_entropy_with_logits(model(xb), yb)
            optimizer.zero_grad()
            loss.backward()
            drop_outliers()
            optimizer.step()
            w(xb, yb, loss)
