"""Twelfth batch: correct loops with intended oddities, the first ten."""

import copy

import torch
from loops import classes, loader, loop
from loops_twelfth_data import flats, masks, phrases, series, signs
from torch import nn
from torch.nn import functional as F

RIGHT = "loop-correct"


class Pretrained(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(1, 12, 3, stride=2), nn.BatchNorm2d(12), nn.ReLU(), nn.AdaptiveAvgPool2d(2), nn.Flatten()
        )
        self.head = nn.Linear(48, 4)

    def forward(self, x):
        return self.head(self.body(x))


# The body is frozen, batch norms with it; the head alone is trained
@loop(RIGHT)
def frozen_body_in_eval_mode(watch, folder):
    torch.manual_seed(61)
    model = Pretrained()
    for p in model.body.parameters():
        p.requires_grad = False
    optimizer = torch.optim.SGD(model.head.parameters(), lr=0.5, momentum=0.9)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    batches = loader(*signs(240, seed=62), 30)
    for epoch in range(5):
        model.train()
        model.body.eval()
        for x, y in batches:
            loss = F.cross_entropy(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            w(x, y, loss)


# Four small batches a step
@loop(RIGHT)
def four_small_batches_a_step(watch, folder):
    torch.manual_seed(62)
    x, y = phrases(384, seed=63)
    model = nn.Sequential(nn.Embedding(30, 12), nn.Flatten(), nn.Linear(96, 24), nn.ReLU(), nn.Linear(24, 2))
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
    accum_iter = 4
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for epoch in range(3):
        for i, (ids, label) in enumerate(loader(x, y, 16)):
            loss = F.cross_entropy(model(ids), label)
            w(ids, label, loss)
            (loss / accum_iter).backward()
            if (i + 1) % accum_iter == 0:
                optimizer.step()
                optimizer.zero_grad()


# The generator of a GAN, trained in turn with its discriminator
@loop(RIGHT)
def generator_in_turn(watch, folder):
    torch.manual_seed(63)
    G = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 2))
    D = nn.Sequential(nn.Linear(2, 32), nn.LeakyReLU(0.2), nn.Linear(32, 1))
    opt_g = torch.optim.Adam(G.parameters(), lr=1e-2, betas=(0.5, 0.99))
    opt_d = torch.optim.Adam(D.parameters(), lr=2e-3, betas=(0.5, 0.99))

    def fool(fake, truth):
        return F.binary_cross_entropy_with_logits(D(fake), truth)

    w = watch(G, opt_g, loss=fool, folder=folder)
    ones, zeros = torch.ones(64, 1), torch.zeros(64, 1)
    for step in range(40):
        real = torch.randn(64, 2) * 0.4 + torch.tensor([1.5, 1.5])
        z = torch.randn(64, 4)
        opt_d.zero_grad()
        fake = G(z).detach()
        d_loss = fool(real, ones) + fool(fake, zeros)
        d_loss.backward()
        opt_d.step()
        opt_g.zero_grad()
        g_loss = fool(G(z), ones)
        w(z, ones, g_loss)
        g_loss.backward()
        opt_g.step()


class Stateful(nn.Module):
    """Goes on from the state of the chunk before."""

    def __init__(self):
        super().__init__()
        self.rnn = nn.LSTM(1, 24, batch_first=True)
        self.out = nn.Linear(24, 1)
        self.state = None

    def forward(self, x):
        state = None if self.state is None else tuple(s.detach() for s in self.state)
        h, self.state = self.rnn(x, state)
        return self.out(h)


# Truncated backpropagation through time, with clipping
@loop(RIGHT)
def truncated_with_a_kept_state(watch, folder):
    torch.manual_seed(64)
    long, _ = series(16, steps=161, seed=65)
    model = Stateful()
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-2)
    criterion = nn.MSELoss()
    w = watch(model, optimizer, loss=criterion, folder=folder)
    for epoch in range(4):
        model.state = None
        for at in range(0, 160, 16):
            x, y = long[:, at : at + 16], long[:, at + 1 : at + 17]
            loss = criterion(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            w(x, y, loss)


# Mixed precision on the processor: bfloat16 needs no scaler
@loop(RIGHT)
def autocast_to_bfloat16(watch, folder):
    torch.manual_seed(65)
    images, boxes = masks(96, seed=66)
    net = nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1), nn.GroupNorm(2, 8), nn.ReLU(), nn.Conv2d(8, 8, 3, padding=1), nn.ReLU(),
        nn.Conv2d(8, 1, 1),
    )  # fmt: skip
    optimizer = torch.optim.AdamW(net.parameters(), lr=5e-3)
    loss_fn = nn.BCEWithLogitsLoss()
    w = watch(net, optimizer, loss=loss_fn, folder=folder)
    for epoch in range(4):
        for x, y in loader(images, boxes, 16):
            optimizer.zero_grad()
            with torch.autocast("cpu", dtype=torch.bfloat16):
                out = net(x)
                loss = loss_fn(out.float(), y)
            loss.backward()
            optimizer.step()
            w(x, y, loss)


# One cycle: the rate rises and falls with each batch, the momentum the other way
@loop(RIGHT)
def one_cycle_with_momentum(watch, folder):
    torch.manual_seed(66)
    x, y = classes(480, 8, 4, seed=67)
    batches = loader(x, y, 32)
    model = nn.Sequential(nn.Linear(8, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Dropout(0.1), nn.Linear(32, 4))
    epochs = 4
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9, weight_decay=5e-4)
    scheduler = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, max_lr=0.1, epochs=epochs, steps_per_epoch=len(batches), base_momentum=0.85, max_momentum=0.95
    )
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for epoch in range(epochs):
        model.train()
        for xb, yb in batches:
            optimizer.zero_grad()
            loss = F.cross_entropy(model(xb), yb)
            loss.backward()
            optimizer.step()
            w(xb, yb, loss)
            scheduler.step()
        model.eval()
        with torch.no_grad():
            (model(x).argmax(1) == y).float().mean()


class TiedModel(nn.Module):
    def __init__(self, words=20, dim=16):
        super().__init__()
        self.embed = nn.Embedding(words, dim)
        self.rnn = nn.GRU(dim, dim, batch_first=True)
        self.decoder = nn.Linear(dim, words)
        self.decoder.weight = self.embed.weight

    def forward(self, ids):
        return self.decoder(self.rnn(self.embed(ids))[0]).transpose(1, 2)


# Tied weights, and a warm-up for each batch followed by a cosine
@loop(RIGHT)
def tied_words_with_a_warm_up(watch, folder):
    torch.manual_seed(67)
    g = torch.Generator().manual_seed(68)
    text = (torch.randint(0, 20, (128, 1), generator=g) + 3 * torch.arange(11)) % 20
    model = TiedModel()
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-2)
    warmup, total = 8, 64
    scheduler = torch.optim.lr_scheduler.SequentialLR(
        optimizer,
        [
            torch.optim.lr_scheduler.LinearLR(optimizer, 0.1, 1.0, total_iters=warmup),
            torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=total - warmup),
        ],
        milestones=[warmup],
    )
    w = watch(model, optimizer, loss=nn.CrossEntropyLoss(), folder=folder)
    for step in range(total):
        rows = torch.randint(0, 128, (16,))
        x, y = text[rows, :-1], text[rows, 1:]
        loss = F.cross_entropy(model(x), y)
        w(x, y, loss)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        scheduler.step()


# An average of the weights, put in for the validation and taken out again
@loop(RIGHT)
def average_put_in_for_validation(watch, folder):
    torch.manual_seed(68)
    x, y = flats(320, seed=69)
    model = nn.Sequential(nn.Linear(5, 24), nn.ReLU(), nn.Dropout(0.05), nn.Linear(24, 1), nn.Flatten(0))
    ema = copy.deepcopy(model).requires_grad_(False)
    optimizer = torch.optim.RAdam(model.parameters(), lr=2e-2)
    criterion = nn.HuberLoss()
    w = watch(model, optimizer, loss=criterion, folder=folder)
    for epoch in range(8):
        for xb, yb in loader(x[:256], y[:256], 32):
            optimizer.zero_grad()
            loss = criterion(model(xb), yb)
            loss.backward()
            optimizer.step()
            w(xb, yb, loss)
            with torch.no_grad():
                for e, p in zip(ema.parameters(), model.parameters(), strict=True):
                    e.lerp_(p, 0.1)
        kept = copy.deepcopy(model.state_dict())
        model.load_state_dict(ema.state_dict())
        model.eval()
        with torch.no_grad():
            criterion(model(x[256:]), y[256:])
        model.load_state_dict(kept)
        model.train()


# The critic of a WGAN with a gradient penalty
@loop(RIGHT)
def critic_with_a_gradient_penalty(watch, folder):
    torch.manual_seed(69)
    critic = nn.Sequential(nn.Linear(2, 32), nn.Softplus(), nn.Linear(32, 1))
    G = nn.Sequential(nn.Linear(3, 16), nn.ReLU(), nn.Linear(16, 2))
    opt_c = torch.optim.Adam(critic.parameters(), lr=1e-2, betas=(0.0, 0.9))
    opt_g = torch.optim.Adam(G.parameters(), lr=1e-4, betas=(0.0, 0.9))

    def distance(score, sign):
        return (score * sign).mean() * 2

    w = watch(critic, opt_c, loss=distance, folder=folder)
    for step in range(48):
        real = torch.randn(32, 2) * 0.3 + 2
        fake = G(torch.randn(32, 3)).detach()
        samples = torch.cat([real, fake])
        sign = torch.cat([-torch.ones(32, 1), torch.ones(32, 1)])
        loss = distance(critic(samples), sign)
        w(samples, sign, loss)
        share = torch.rand(32, 1)
        between = (share * real + (1 - share) * fake).requires_grad_(True)
        (slope,) = torch.autograd.grad(critic(between).sum(), between, create_graph=True)
        penalty = 10 * (slope.norm(dim=1) - 1).pow(2).mean()
        opt_c.zero_grad()
        (loss + penalty).backward()
        opt_c.step()
        if step % 5 == 4:
            opt_g.zero_grad()
            (-critic(G(torch.randn(32, 3))).mean()).backward()
            opt_g.step()


class Siamese(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 16))
        self.predictor = nn.Sequential(nn.Linear(16, 16), nn.ReLU(), nn.Linear(16, 16))

    def forward(self, views):
        z1, z2 = self.encoder(views[:, 0]), self.encoder(views[:, 1])
        return torch.stack([self.predictor(z1), self.predictor(z2), z2.detach(), z1.detach()])


def closeness(parts, _):
    p1, p2, z2, z1 = parts
    return -(F.cosine_similarity(p1, z2).mean() + F.cosine_similarity(p2, z1).mean()) / 2


# SimSiam: two views, the gradient stopped on one side
@loop(RIGHT)
def two_views_with_a_stopped_gradient(watch, folder):
    torch.manual_seed(70)
    x, y = classes(320, 8, 5, seed=71)
    model = Siamese()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    w = watch(model, optimizer, loss=closeness, folder=folder)
    for epoch in range(6):
        for xb, yb in loader(x, y, 40):
            views = torch.stack([xb + 0.3 * torch.randn_like(xb), xb + 0.3 * torch.randn_like(xb)], 1)
            loss = closeness(model(views), yb)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            w(views, yb, loss)
