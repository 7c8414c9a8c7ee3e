"""Twelfth batch: gradients that accumulate or are changed, weights that are overwritten."""

import copy

import torch
from loops import classes, loader, loop
from loops_twelfth_data import flats, masks, phrases, sounds
from torch import nn
from torch.nn import functional as F

# loop-gradients-accumulate


class Residual(nn.Module):
    def __init__(self, width=5, hidden=24):
        super().__init__()
        self.enter = nn.Linear(width, hidden)
        self.one, self.two = nn.Linear(hidden, hidden), nn.Linear(hidden, hidden)
        self.leave = nn.Linear(hidden, 1)

    def forward(self, x):
        h = F.relu(self.enter(x))
        h = h + F.relu(self.one(h))
        h = h + F.relu(self.two(h))
        return self.leave(h).squeeze(-1)


# salesforce/corr_based_prediction issue 1, pytorch/pytorch issue 47175: zero_grad() once an epoch
@loop("loop-gradients-accumulate")
def zeroed_once_an_epoch(watch, folder):
    torch.manual_seed(31)
    x, y = flats(480, seed=32)
    model = Residual()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.005, momentum=0.8)
    criterion = nn.MSELoss()
    w = watch(model, optimizer, loss=criterion, folder=folder)
    for epoch in range(3):
        model.train()
        optimizer.zero_grad()  # fault
        for batch in range(15):
            rows = slice(32 * batch, 32 * batch + 32)
            loss = criterion(model(x[rows]), y[rows])
            w(x[rows], y[rows], loss)
            loss.backward()
            optimizer.step()


# ajbrock/BigGAN-PyTorch issue 25, Adversarial-Deep-Learning/code-soup issue 69: the discriminator is never zeroed
@loop("loop-gradients-accumulate")
def the_generator_zeroed_twice(watch, folder):
    torch.manual_seed(32)
    G = nn.Sequential(nn.Linear(3, 24), nn.BatchNorm1d(24), nn.ReLU(), nn.Linear(24, 2))
    D = nn.Sequential(nn.Linear(2, 24), nn.LeakyReLU(0.2), nn.Linear(24, 24), nn.LeakyReLU(0.2), nn.Linear(24, 1))
    opt_G = torch.optim.RMSprop(G.parameters(), lr=1e-4)
    opt_D = torch.optim.SGD(D.parameters(), lr=0.1, momentum=0.5)
    bce = nn.BCEWithLogitsLoss()
    w = watch(D, opt_D, loss=bce, folder=folder)
    for step in range(50):
        angle = 6.28 * torch.rand(64)
        real = 2 * torch.stack([angle.cos(), angle.sin()], 1) + 0.05 * torch.randn(64, 2)
        fake = G(torch.randn(64, 3))
        # discriminator
        G.zero_grad()  # fault
        both = torch.cat([real, fake.detach()])
        truth = torch.cat([torch.full((64, 1), 0.9), torch.zeros(64, 1)])
        loss_D = bce(D(both), truth)
        loss_D.backward()
        opt_D.step()
        w(both, truth, loss_D)
        # generator
        G.zero_grad()
        loss_G = bce(D(fake), torch.ones(64, 1))
        loss_G.backward()
        opt_G.step()


class Executor:
    """Runs the epochs."""

    def __init__(self):
        self.step = 0

    def train(self, model, optimizer, batches, w):
        model.train()
        for feats, target in batches:
            logits = model(feats)
            loss = F.cross_entropy(logits, target)
            loss.backward()  # fault: executor_without_zero_grad
            optimizer.step()
            self.step += 1
            w(feats, target, loss)

    def cv(self, model, batches):
        model.eval()
        with torch.no_grad():
            return sum(F.cross_entropy(model(f), t).item() for f, t in batches) / len(batches)


# wenet-e2e/wekws pull request 73
@loop("loop-gradients-accumulate")
def executor_without_zero_grad(watch, folder):
    torch.manual_seed(33)
    x, y = sounds(240, seed=34)
    model = nn.Sequential(
        nn.Conv1d(18, 16, 3), nn.ReLU(), nn.Conv1d(16, 16, 3, dilation=2), nn.ReLU(),
        nn.AdaptiveMaxPool1d(1), nn.Flatten(), nn.Linear(16, 3),
    )  # fmt: skip
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    executor = Executor()
    train, cv = loader(x[:192], y[:192], 32), loader(x[192:], y[192:], 48, shuffle=False)
    for epoch in range(7):
        executor.train(model, optimizer, train, w)
        executor.cv(model, cv)


# loop-gradients-changed


class TinyUNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.inc = nn.Sequential(nn.Conv2d(1, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU())
        self.down = nn.Sequential(nn.MaxPool2d(2), nn.Conv2d(8, 16, 3, padding=1), nn.BatchNorm2d(16), nn.ReLU())
        self.up = nn.ConvTranspose2d(16, 8, 2, stride=2)
        self.outc = nn.Conv2d(16, 1, 1)

    def forward(self, x):
        a = self.inc(x)
        return self.outc(torch.cat([a, self.up(self.down(a))], 1))


# milesial/Pytorch-UNet issue 468, victorchall/EveryDream2trainer pull request 175: clipped ahead of the unscaling
@loop("loop-gradients-changed")
def clipped_while_still_scaled(watch, folder):
    torch.manual_seed(34)
    images, boxes = masks(96, seed=35)
    model = TinyUNet()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    grad_scaler = torch.amp.GradScaler("cpu", init_scale=2.0**16)
    criterion = nn.BCEWithLogitsLoss()
    w = watch(model, optimizer, loss=criterion, folder=folder)
    for epoch in range(1, 7):
        model.train()
        for x, true in loader(images, boxes, 16):
            loss = criterion(model(x), true)
            w(x, true, loss)
            optimizer.zero_grad(set_to_none=True)
            grad_scaler.scale(loss).backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)  # fault
            grad_scaler.step(optimizer)
            grad_scaler.update()


class Field(nn.Module):
    """A colour for each point of the plane."""

    def __init__(self, octaves=3):
        super().__init__()
        self.register_buffer("frequency", 2.0 ** torch.arange(octaves))
        self.mlp = nn.Sequential(nn.Linear(4 * octaves, 32), nn.ReLU(), nn.Linear(32, 3), nn.Sigmoid())

    def forward(self, points):
        p = (points[..., None] * self.frequency).flatten(1)
        return self.mlp(torch.cat([p.sin(), p.cos()], 1))


# nerfstudio-project/nerfacc issue 307: the loss is scaled, the step is the plain one
@loop("loop-gradients-changed")
def scaled_loss_and_a_plain_step(watch, folder):
    torch.manual_seed(35)
    radiance_field = Field()
    optimizer = torch.optim.SGD(radiance_field.parameters(), lr=0.2, momentum=0.9)
    grad_scaler = torch.amp.GradScaler("cpu", init_scale=2.0**10)
    w = watch(radiance_field, optimizer, loss=nn.MSELoss(), folder=folder)
    for step in range(60):
        points = 2 * torch.rand(128, 2) - 1
        inside = (points.norm(dim=1, keepdim=True) < 0.6).float()
        pixels = torch.cat([inside, 0.5 * inside + 0.2, points[:, :1] / 2 + 0.5], 1)
        rgb = radiance_field(points)
        loss = F.mse_loss(rgb, pixels)
        optimizer.zero_grad()
        grad_scaler.scale(loss).backward()
        optimizer.step()  # fault
        w(points, pixels, loss)


# Private training by hand: the noise is that of a sum of gradients, these are means
@loop("loop-gradients-changed")
def noise_for_a_sum_added_to_a_mean(watch, folder):
    torch.manual_seed(36)
    x, y = classes(640, 10, 3, seed=37)
    max_grad_norm, noise_multiplier, batch = 1.0, 1.1, 128
    model = nn.Sequential(nn.Linear(10, 32), nn.Tanh(), nn.Linear(32, 3))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
    criterion = nn.CrossEntropyLoss()
    w = watch(model, optimizer, loss=criterion, folder=folder)
    for epoch in range(6):
        for data, target in loader(x, y, batch):
            optimizer.zero_grad()
            loss = criterion(model(data), target)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), max_grad_norm)
            for p in model.parameters():
                p.grad += noise_multiplier * max_grad_norm * torch.randn_like(p)  # fault
            optimizer.step()
            w(data, target, loss)


# loop-weights-overwritten


# aqlaboratory/openfold pull request 90: cached weights that are a reference, so the averaged ones stay
@loop("loop-weights-overwritten")
def averaged_weights_stay_after_validation(watch, folder):
    torch.manual_seed(37)
    x, y = flats(360, seed=38)
    model = nn.Sequential(nn.Linear(5, 32), nn.GELU(), nn.Linear(32, 32), nn.GELU(), nn.Linear(32, 1), nn.Flatten(0))
    ema = {k: v.clone() for k, v in model.state_dict().items()}
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
    w = watch(model, optimizer, loss=nn.SmoothL1Loss(), folder=folder)
    train = loader(x[:320], y[:320], 80)
    for epoch in range(15):
        for features, price in train:
            loss = F.smooth_l1_loss(model(features), price)
            w(features, price, loss)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            with torch.no_grad():
                for k, v in model.state_dict().items():
                    ema[k].lerp_(v, 0.005)
        cached_weights = model.state_dict()  # fault
        model.load_state_dict(ema)
        model.eval()
        with torch.no_grad():
            F.smooth_l1_loss(model(x[320:]), y[320:])
        model.load_state_dict(cached_weights)
        model.train()


def init_weights(m):
    if isinstance(m, nn.Linear):
        nn.init.xavier_uniform_(m.weight)
        nn.init.zeros_(m.bias)
    if isinstance(m, nn.Embedding):
        nn.init.normal_(m.weight, std=0.1)


class Attended(nn.Module):
    def __init__(self, words=30, dim=16):
        super().__init__()
        self.embed = nn.Embedding(words, dim)
        self.score = nn.Linear(dim, 1)
        self.out = nn.Linear(dim, 2)

    def forward(self, ids):
        e = self.embed(ids)
        return self.out((self.score(e).softmax(1) * e).sum(1))


def train_one_epoch(model, batches, optimizer, w):
    model.apply(init_weights)  # fault: initialised_in_train_one_epoch
    model.train()
    for ids, label in batches:
        optimizer.zero_grad()
        loss = F.cross_entropy(model(ids), label)
        loss.backward()
        optimizer.step()
        w(ids, label, loss)


# flairNLP/flair issue 1899 asks why the weights begin anew
@loop("loop-weights-overwritten")
def initialised_in_train_one_epoch(watch, folder):
    torch.manual_seed(38)
    model = Attended()
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-2)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    batches = loader(*phrases(256, seed=39), 64)
    for epoch in range(10):
        train_one_epoch(model, batches, optimizer, w)


def td_loss(q, y):
    """y: the action taken, and what its value should be."""
    return F.smooth_l1_loss(q.gather(1, y[:, :1].long()), y[:, 1:])


# Target and policy net the wrong way round (thesouther/MARL issue 8 has a like slip)
@loop("loop-weights-overwritten")
def target_net_loaded_into_the_policy_net(watch, folder):
    torch.manual_seed(39)
    policy_net = nn.Sequential(nn.Linear(4, 48), nn.ReLU(), nn.Linear(48, 3))
    target_net = copy.deepcopy(policy_net)
    optimizer = torch.optim.AdamW(policy_net.parameters(), lr=1e-2, amsgrad=True)
    w = watch(policy_net, optimizer, loss=td_loss, folder=folder)
    for step in range(1, 61):
        state = torch.randn(64, 4)
        action = torch.randint(0, 3, (64, 1))
        reward = 2 * state.gather(1, action) - state[:, 3:]
        with torch.no_grad():
            after = 0.5 * state + 0.5 * torch.randn(64, 4)
            expected = reward + 0.3 * target_net(after).max(1, keepdim=True).values
        y = torch.cat([action.float(), expected], 1)
        loss = td_loss(policy_net(state), y)
        w(state, y, loss)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_value_(policy_net.parameters(), 100)
        optimizer.step()
        if step % 4 == 0:
            policy_net.load_state_dict(target_net.state_dict())  # fault
