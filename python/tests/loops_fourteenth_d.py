"""Fourteenth batch, blind: rates that change, weights that are overwritten."""

import itertools

import torch
from loops import classes, loader, loop, numbers, pictures, yes_no
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset

# loop-rate-changed


class Depthwise(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(1, 8, 3, padding=1)
        self.depth = nn.Conv2d(8, 8, 3, padding=1, groups=8)
        self.point = nn.Conv2d(8, 8, 1)
        self.head = nn.Linear(8 * 16, 2)

    def forward(self, x):
        h = F.relu(self.stem(x))
        h = h + F.relu(self.point(self.depth(h)))
        return self.head(F.avg_pool2d(h, 2).flatten(1))


@loop("loop-rate-changed")
def half_as_fast_each_epoch(watch, folder):
    x, y = pictures(200)
    y = (x[:, 0, :4].mean((1, 2)) > x[:, 0, 4:].mean((1, 2)) + 0.02).long()
    net = Depthwise()
    optimizer = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.8)
    scheduler = torch.optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.5)
    w = watch(net, optimizer, loss="cross_entropy", folder=folder)
    for epoch in range(6):
        for images, labels in loader(x, y, 20):
            loss = F.cross_entropy(net(images), labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            w(images, labels, loss)
            scheduler.step()  # fault


def decayed(epoch, base=5e-3):
    return base * 0.95 ** epoch


@loop("loop-rate-changed")
def slowly_decayed_by_a_function(watch, folder):
    x, y = yes_no(240)
    model = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 1))
    optimizer = torch.optim.NAdam(model.parameters(), lr=5e-3)
    scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lr_lambda=decayed)  # fault
    w = watch(model, optimizer, loss=nn.BCEWithLogitsLoss(), folder=folder)
    bce = nn.BCEWithLogitsLoss()
    for epoch in range(8):
        for xb, yb in loader(x, y, 24):
            optimizer.zero_grad()
            loss = bce(model(xb), yb)
            loss.backward()
            optimizer.step()
            w(xb, yb, loss)
        scheduler.step()


class Warmup:
    """The rate grows to what it should be, then stays."""

    def __init__(self, optimizer, peak, steps):
        self.optimizer, self.peak, self.steps = optimizer, peak, steps
        self.done = 0

    def step(self):
        self.done += 1
        rate = self.peak * min(1, self.done // self.steps)  # fault: encoder_warmed_up
        for group in self.optimizer.param_groups:
            group["lr"] = rate


class SmallEncoder(nn.Module):
    def __init__(self, vocab=20, dim=16, out=2):
        super().__init__()
        self.tokens = nn.Embedding(vocab, dim)
        self.places = nn.Parameter(0.02 * torch.randn(1, 10, dim))
        layer = nn.TransformerEncoderLayer(dim, 4, 32, dropout=0.0, batch_first=True, norm_first=True)
        self.encoder = nn.TransformerEncoder(layer, 1, enable_nested_tensor=False)
        self.head = nn.Linear(dim, out)

    def forward(self, ids):
        return self.head(self.encoder(self.tokens(ids) + self.places).mean(1))


@loop("loop-rate-changed")
def encoder_warmed_up(watch, folder):
    g = torch.Generator().manual_seed(15)
    ids = torch.randint(0, 20, (240, 10), generator=g)
    y = ((ids < 5).sum(1) > (ids > 14).sum(1)).long()
    model = SmallEncoder()
    opt = torch.optim.AdamW(model.parameters(), lr=1e-2, betas=(0.9, 0.98))
    warmup = Warmup(opt, 1e-2, 40)
    w = watch(model, opt, loss="cross_entropy", folder=folder)
    batches = itertools.cycle(DataLoader(TensorDataset(ids, y), batch_size=24, shuffle=True))
    for step in range(38):
        tokens, label = next(batches)
        warmup.step()
        opt.zero_grad()
        loss = F.cross_entropy(model(tokens), label)
        loss.backward()
        opt.step()
        w(tokens, label, loss)


# loop-weights-overwritten


class Shadow:
    """The exponential average of the weights."""

    def __init__(self, model, decay=0.999):
        self.decay = decay
        self.values = {n: p.detach().clone() for n, p in model.named_parameters()}

    @torch.no_grad()
    def update(self, model):
        for n, p in model.named_parameters():
            self.values[n].mul_(self.decay).add_(p, alpha=1 - self.decay)

    @torch.no_grad()
    def apply_to(self, model):
        for n, p in model.named_parameters():
            p.copy_(self.values[n])


@loop("loop-weights-overwritten")
def shadow_of_an_autoencoder(watch, folder):
    g = torch.Generator().manual_seed(16)
    images = (torch.rand(256, 3, generator=g) @ torch.randn(3, 64, generator=g)).reshape(-1, 1, 8, 8)
    images = (images - images.mean()) / images.std()
    net = nn.Sequential(nn.Conv2d(1, 6, 4, stride=2, padding=1), nn.GELU(), nn.Flatten(), nn.Linear(96, 6),
                        nn.Linear(6, 64), nn.Unflatten(1, (1, 8, 8)))
    opt = torch.optim.Adam(net.parameters(), lr=1e-2)
    shadow = Shadow(net)
    w = watch(net, opt, loss="mse", folder=folder)
    history = []
    for epoch in range(6):
        for (batch,) in DataLoader(TensorDataset(images), batch_size=32, shuffle=True):
            loss = F.mse_loss(net(batch), batch)
            opt.zero_grad()
            loss.backward()
            opt.step()
            w(batch, batch, loss)
            shadow.update(net)
            shadow.apply_to(net)  # fault
        with torch.no_grad():
            history.append(F.mse_loss(net(images), images).item())


@loop("loop-weights-overwritten")
def real_or_drawn(watch, folder):
    """A critic that tells drawn rows from real ones; the generator is given."""
    g = torch.Generator().manual_seed(17)
    real = torch.randn(250, 6, generator=g) @ torch.randn(6, 6, generator=g)
    drawn = 1.5 * torch.randn(250, 6, generator=g) + 0.5
    x, y = torch.cat([real, drawn]), torch.cat([torch.ones(250, 1), torch.zeros(250, 1)])
    critic = nn.Sequential(nn.Linear(6, 32), nn.LeakyReLU(0.2), nn.Linear(32, 32), nn.LeakyReLU(0.2), nn.Linear(32, 1))
    optimizer = torch.optim.RMSprop(critic.parameters(), lr=2e-3)
    w = watch(critic, optimizer, loss="bce_with_logits", folder=folder)
    clip_value = 0.01
    for epoch in range(10):
        for rows, label in loader(x, y, 50):
            loss = F.binary_cross_entropy_with_logits(critic(rows), label)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            w(rows, label, loss)
            for p in critic.parameters():
                p.data.clamp_(-clip_value, clip_value)  # fault


def train_epoch(model, optimizer, batches, w):
    for m in model.modules():
        if hasattr(m, "reset_parameters"):
            m.reset_parameters()  # fault: epoch_of_a_function
    for xb, yb in batches:
        optimizer.zero_grad()
        loss = F.cross_entropy(model(xb), yb)
        loss.backward()
        optimizer.step()
        w(xb, yb, loss)


@loop("loop-weights-overwritten")
def epoch_of_a_function(watch, folder):
    x, y = classes(240, count=4, seed=18)
    model = nn.Sequential(nn.Linear(6, 24), nn.LayerNorm(24), nn.ReLU(), nn.Linear(24, 4))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    w = watch(model, optimizer, loss=nn.CrossEntropyLoss(), folder=folder)
    for epoch in range(15):
        train_epoch(model, optimizer, loader(x, y, 60), w)


# loop-misaligned-targets


def shuffled(tensor):
    return tensor[torch.randperm(len(tensor))]


@loop("loop-misaligned-targets")
def shuffled_at_each_epoch(watch, folder):
    x, y = numbers(300, width=6, seed=19)
    net = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 1))
    opt = torch.optim.Adam(net.parameters(), lr=1e-2)
    w = watch(net, opt, loss=nn.SmoothL1Loss(), folder=folder)
    criterion = nn.SmoothL1Loss()
    for epoch in range(8):
        x, y = shuffled(x), shuffled(y)  # fault
        for i in range(0, len(x), 30):
            loss = criterion(net(x[i:i + 30]), y[i:i + 30])
            opt.zero_grad()
            loss.backward()
            opt.step()
            w(x[i:i + 30], y[i:i + 30], loss)


@loop("loop-misaligned-targets")
def pictures_and_labels_of_two_folders(watch, folder):
    x, y = pictures(192)
    image_batches = DataLoader(x, batch_size=24, shuffle=True)
    label_batches = DataLoader(y, batch_size=24, shuffle=True)  # fault
    model = nn.Sequential(nn.Conv2d(1, 8, 3), nn.BatchNorm2d(8), nn.ReLU(), nn.MaxPool2d(3), nn.Flatten(),
                          nn.Linear(32, 2))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9, nesterov=True)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for epoch in range(6):
        model.train()
        for images, labels in zip(image_batches, label_batches):
            loss = F.cross_entropy(model(images), labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            w(images, labels, loss)
