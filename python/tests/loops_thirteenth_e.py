"""Thirteenth batch, blind: rates, the same batch, and correct loops with oddities."""

import copy

import torch
from loops import Conv, Recurrent, classes, loader, loop, numbers, pictures, small, waves, yes_no
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset

# loop-rate-changed, continued


@loop("loop-rate-changed")
def linear_decay_below_zero(watch, folder):
    """Forums: 'LambdaLR: learning rate becomes negative': epochs in the lambda, steps in the loop."""
    x, y = yes_no(240)
    n_epochs = 10
    net = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 1))
    opt = torch.optim.SGD(net.parameters(), lr=0.2, momentum=0.9)
    decay = torch.optim.lr_scheduler.LambdaLR(opt, lambda epoch: 1 - epoch / n_epochs)
    w = watch(net, opt, loss=nn.BCEWithLogitsLoss(), folder=folder)
    for epoch in range(n_epochs):
        for xb, yb in loader(x, y, 60):
            opt.zero_grad()
            loss = F.binary_cross_entropy_with_logits(net(xb), yb)
            loss.backward()
            opt.step()
            decay.step()  # fault
            w(xb, yb, loss)


# loop-same-batch


class Batcher:
    """Homework: batches from arrays, by hand."""

    def __init__(self, x, y, size):
        self.x, self.y, self.size = x, y, size
        self.reset()

    def reset(self):
        self.at = 0

    def next_batch(self):
        self.reset()  # fault: batcher_that_starts_again
        rows = slice(self.at, self.at + self.size)
        self.at += self.size
        return self.x[rows], self.y[rows]


@loop("loop-same-batch")
def batcher_that_starts_again(watch, folder):
    x, y = classes(300, 6, 3, seed=7)
    x = x + 1.5 * torch.randn(300, 6, generator=torch.Generator().manual_seed(8))
    batcher = Batcher(x, y, 15)
    net = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 3))
    opt = torch.optim.Adam(net.parameters(), lr=2e-2)
    w = watch(net, opt, loss="cross_entropy", folder=folder)
    for step in range(60):
        xb, yb = batcher.next_batch()
        loss = F.cross_entropy(net(xb), yb)
        opt.zero_grad()
        loss.backward()
        opt.step()
        w(xb, yb, loss)


class CharModel(nn.Module):
    def __init__(self, vocab=12):
        super().__init__()
        self.emb = nn.Embedding(vocab, 16)
        self.gru = nn.GRU(16, 24, batch_first=True)
        self.out = nn.Linear(24, vocab)

    def forward(self, ids):
        return self.out(self.gru(self.emb(ids))[0]).transpose(1, 2)


@loop("loop-same-batch")
def seed_within_get_batch(watch, folder):
    """GitHub (a small GPT): torch.manual_seed(1337) moved into get_batch, to make runs repeatable."""
    g = torch.Generator().manual_seed(0)
    text = [0]
    for _ in range(600):
        noise = torch.randint(0, 4, (1,), generator=g).item() == 0
        text.append((text[-1] + 5 + 2 * noise) % 12)
    data = torch.tensor(text)

    def get_batch(block=6, size=8):
        torch.manual_seed(1337)  # fault
        ix = torch.randint(len(data) - block, (size,))
        return torch.stack([data[i : i + block] for i in ix]), torch.stack([data[i + 1 : i + block + 1] for i in ix])

    model = CharModel()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
    w = watch(model, optimizer, loss=nn.CrossEntropyLoss(), folder=folder)
    for it in range(60):
        xb, yb = get_batch()
        loss = F.cross_entropy(model(xb), yb)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        w(xb, yb, loss)


@loop("loop-same-batch")
def names_left_from_a_look_at_the_data(watch, folder):
    """Stack Overflow: 'train loss near 0, test at chance': a notebook cell above has defined images, labels."""
    x, y = pictures(200)
    flipped = torch.rand(200, generator=torch.Generator().manual_seed(1)) < 0.15
    train_loader = loader(x, torch.where(flipped, 1 - y, y), 10)
    images, labels = next(iter(train_loader))
    print(images.shape, labels.shape)
    model = nn.Sequential(nn.Flatten(), nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 2))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for epoch in range(3):
        for image, label in train_loader:
            optimizer.zero_grad()
            loss = F.cross_entropy(model(images), labels)  # fault
            loss.backward()
            optimizer.step()
            w(images, labels, loss)


# loop-correct


@loop("loop-correct")
def accumulation_with_a_remainder(watch, folder):
    """Steps every third micro-batch, and at the end of the epoch with what is left."""
    x, y = numbers(256)
    net = small()
    opt = torch.optim.AdamW(net.parameters(), lr=1e-2)
    w = watch(net, opt, loss="mse", folder=folder)
    data = loader(x, y, 16)
    for epoch in range(6):
        for i, (xb, yb) in enumerate(data):
            loss = F.mse_loss(net(xb), yb)
            (loss / 3).backward()
            w(xb, yb, loss)
            if (i + 1) % 3 == 0 or i + 1 == len(data):
                opt.step()
                opt.zero_grad()


@loop("loop-correct")
def clipped_with_one_cycle(watch, folder):
    x, y = waves()
    net = Recurrent(nn.GRU)
    opt = torch.optim.Adam(net.parameters(), lr=1e-3)
    sched = torch.optim.lr_scheduler.OneCycleLR(opt, max_lr=2e-2, total_steps=48)
    w = watch(net, opt, loss=nn.MSELoss(), folder=folder)
    for epoch in range(6):
        for xb, yb in loader(x, y, 20):
            opt.zero_grad()
            loss = F.mse_loss(net(xb), yb)
            loss.backward()
            nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            opt.step()
            sched.step()
            w(xb, yb, loss)


class FrozenStem(nn.Module):
    """A stem that stays as it was, its BatchNorm too: train() is overridden."""

    def __init__(self, stem):
        super().__init__()
        self.stem = stem.requires_grad_(False)
        self.head = nn.Sequential(nn.Linear(12, 16), nn.ReLU(), nn.Dropout(0.1), nn.Linear(16, 3))

    def train(self, mode=True):
        super().train(mode)
        self.stem.eval()
        return self

    def forward(self, x):
        return self.head(self.stem(x))


@loop("loop-correct")
def frozen_stem_with_batchnorm(watch, folder):
    x, y = classes()
    stem = nn.Sequential(nn.Linear(6, 12), nn.BatchNorm1d(12), nn.ReLU())
    with torch.no_grad():
        for _ in range(20):
            stem(x)
    net = FrozenStem(stem)
    opt = torch.optim.Adam([p for p in net.parameters() if p.requires_grad], lr=1e-2)
    w = watch(net, opt, loss="cross_entropy", folder=folder)
    for epoch in range(5):
        net.train()
        for xb, yb in loader(x, y):
            loss = F.cross_entropy(net(xb), yb)
            opt.zero_grad()
            loss.backward()
            opt.step()
            w(xb, yb, loss)
        net.eval()
        with torch.no_grad():
            print("accuracy", (net(x).argmax(1) == y).float().mean().item())


@loop("loop-correct")
def discriminator_in_turn_with_a_generator(watch, folder):
    """A GAN: the discriminator is watched; the generated half is detached, the generator steps every third time."""
    real, _ = numbers(320)
    real = real * 0.3 + 2
    gen = nn.Sequential(nn.Linear(3, 16), nn.ReLU(), nn.Linear(16, 5))
    dis = nn.Sequential(nn.Linear(5, 24), nn.LeakyReLU(0.2), nn.Linear(24, 1))
    opt_g = torch.optim.Adam(gen.parameters(), lr=5e-4, betas=(0.5, 0.999))
    opt_d = torch.optim.Adam(dis.parameters(), lr=5e-3, betas=(0.5, 0.999))
    bce = nn.BCEWithLogitsLoss()
    w = watch(dis, opt_d, loss=bce, folder=folder)
    for step in range(60):
        xb = real[torch.randint(0, 320, (32,))]
        both = torch.cat([xb, gen(torch.randn(32, 3)).detach()])
        labels = torch.cat([torch.ones(32, 1), torch.zeros(32, 1)])
        loss = bce(dis(both), labels)
        opt_d.zero_grad()
        loss.backward()
        opt_d.step()
        w(both, labels, loss)
        if step % 3 == 2:
            opt_g.zero_grad()
            bce(dis(gen(torch.randn(32, 3))), torch.ones(32, 1)).backward()
            opt_g.step()


@loop("loop-correct")
def bfloat16_on_the_cpu(watch, folder):
    x, y = pictures(160)
    net = Conv(0.1)
    opt = torch.optim.AdamW(net.parameters(), lr=5e-3)
    w = watch(net, opt, loss="cross_entropy", folder=folder)
    for epoch in range(5):
        for xb, yb in loader(x, y, 20):
            with torch.autocast("cpu", dtype=torch.bfloat16):
                loss = F.cross_entropy(net(xb), yb)
            opt.zero_grad(set_to_none=True)
            loss.backward()
            opt.step()
            w(xb, yb, loss)


class TiedModel(nn.Module):
    """Embedding and output share one weight."""

    def __init__(self, vocab=15, dim=24):
        super().__init__()
        self.emb = nn.Embedding(vocab, dim)
        self.rnn = nn.LSTM(dim, dim, batch_first=True)
        self.out = nn.Linear(dim, vocab, bias=False)
        self.out.weight = self.emb.weight
        nn.init.normal_(self.emb.weight, std=0.1)

    def forward(self, ids):
        return self.out(self.rnn(self.emb(ids))[0])


def token_loss(logits, ids):
    return F.cross_entropy(logits.reshape(-1, logits.shape[-1]), ids.reshape(-1))


@loop("loop-correct")
def tied_language_model(watch, folder):
    g = torch.Generator().manual_seed(0)
    start = torch.randint(0, 15, (128, 1), generator=g)
    text = (start + 4 * torch.arange(9)) % 15
    net = TiedModel()
    opt = torch.optim.Adam(net.parameters(), lr=1e-2)
    w = watch(net, opt, loss=token_loss, folder=folder)
    for epoch in range(8):
        for (rows,) in DataLoader(TensorDataset(text), batch_size=16, shuffle=True):
            loss = token_loss(net(rows[:, :-1]), rows[:, 1:])
            opt.zero_grad()
            loss.backward()
            opt.step()
            w(rows[:, :-1], rows[:, 1:], loss)


@loop("loop-correct")
def average_copy_for_the_validation(watch, folder):
    x, y = yes_no(240)
    net = small(4)
    opt = torch.optim.RMSprop(net.parameters(), lr=5e-3)
    average = copy.deepcopy(net).requires_grad_(False)
    w = watch(net, opt, loss=nn.BCEWithLogitsLoss(), folder=folder)
    for epoch in range(6):
        for xb, yb in loader(x[:200], y[:200], 25):
            opt.zero_grad()
            loss = F.binary_cross_entropy_with_logits(net(xb), yb)
            loss.backward()
            opt.step()
            w(xb, yb, loss)
            with torch.no_grad():
                for slow, fast in zip(average.parameters(), net.parameters()):
                    slow.lerp_(fast, 0.05)
        average.eval()
        print("validation", F.binary_cross_entropy_with_logits(average(x[200:]), y[200:]).item())
