"""Fifteenth batch, blind: loops that are right, with what could be taken for a fault."""

import copy
import io

import torch
from loops import classes, loader, loop, numbers, pictures, waves, yes_no
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset, WeightedRandomSampler


@loop("loop-correct")
def four_small_ones_make_a_big_one(watch, folder):
    """Gradient accumulation, the rest of an epoch stepped as well."""
    x, y = numbers(300, seed=21)
    net = nn.Sequential(nn.Linear(5, 24), nn.ReLU(), nn.Linear(24, 1))
    opt = torch.optim.Adam(net.parameters(), lr=1e-2)
    w = watch(net, opt, loss="mse", folder=folder)
    for epoch in range(6):
        batches = loader(x, y, 10)
        for i, (xb, yb) in enumerate(batches, 1):
            loss = F.mse_loss(net(xb), yb)
            (loss / 4).backward()
            w(xb, yb, loss)
            if i % 4 == 0 or i == len(batches):
                opt.step()
                opt.zero_grad()


@loop("loop-correct")
def long_memory_short_gradient(watch, folder):
    """LSTM with clipping by norm."""
    x, y = waves(240, seed=22)

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.lstm = nn.LSTM(1, 16, batch_first=True)
            self.fc = nn.Linear(16, 1)

        def forward(self, s):
            return self.fc(self.lstm(s)[0][:, -1])

    net = Net()
    opt = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
    w = watch(net, opt, loss=nn.MSELoss(), folder=folder)
    for epoch in range(6):
        for s, t in loader(x, y, 24):
            opt.zero_grad()
            loss = F.mse_loss(net(s), t)
            loss.backward()
            nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            opt.step()
            w(s, t, loss)


@loop("loop-correct")
def body_rests_and_its_statistics_too(watch, folder):
    """Feature extraction: the body is frozen, its BatchNorm evaluates, only the head is the optimizer's."""
    x, y = pictures(200, seed=23)
    body = nn.Sequential(nn.Conv2d(1, 12, 3), nn.BatchNorm2d(12), nn.ReLU(), nn.AvgPool2d(2), nn.Flatten())
    with torch.no_grad():
        for _ in range(20):
            body(x)
    body.requires_grad_(False)
    model = nn.Sequential(body, nn.Linear(108, 2))
    optimizer = torch.optim.AdamW(model[1].parameters(), lr=1e-2)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for epoch in range(4):
        model.train()
        body.eval()
        for xb, yb in loader(x, y, 20):
            loss = F.cross_entropy(model(xb), yb)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            w(xb, yb, loss)


@loop("loop-correct")
def rises_before_it_falls(watch, folder):
    """Warm-up over ten steps, then a cosine over all that is left, stepped by the batch as it is meant."""
    x, y = classes(300, 6, 4, seed=24)
    net = nn.Sequential(nn.Linear(6, 24), nn.GELU(), nn.Linear(24, 4))
    opt = torch.optim.AdamW(net.parameters(), lr=2e-2)
    warm = torch.optim.lr_scheduler.LinearLR(opt, start_factor=0.2, total_iters=10)
    cosine = torch.optim.lr_scheduler.CosineAnnealingLR(opt, T_max=50)
    scheduler = torch.optim.lr_scheduler.SequentialLR(opt, [warm, cosine], milestones=[10])
    w = watch(net, opt, loss="cross_entropy", folder=folder)
    for epoch in range(6):
        for xb, yb in loader(x, y, 30):
            opt.zero_grad()
            loss = F.cross_entropy(net(xb), yb)
            loss.backward()
            opt.step()
            w(xb, yb, loss)
            scheduler.step()


@loop("loop-correct")
def smooth_copy_beside_it(watch, folder):
    """EMA: swapped in for the evaluation at an epoch's end, swapped out again."""
    x, y = numbers(320, seed=25)
    net = nn.Sequential(nn.Linear(5, 24), nn.SiLU(), nn.Linear(24, 1))
    shadow = {k: v.clone() for k, v in net.state_dict().items()}
    opt = torch.optim.RMSprop(net.parameters(), lr=5e-3)
    w = watch(net, opt, loss="huber", folder=folder)
    for epoch in range(8):
        for xb, yb in loader(x[:280], y[:280], 40):
            loss = F.huber_loss(net(xb), yb)
            opt.zero_grad()
            loss.backward()
            opt.step()
            w(xb, yb, loss)
            for k, v in net.state_dict().items():
                shadow[k].mul_(0.9).add_(v, alpha=0.1)
        kept = copy.deepcopy(net.state_dict())
        net.load_state_dict(shadow)
        with torch.no_grad():
            F.huber_loss(net(x[280:]), y[280:])
        net.load_state_dict(kept)


class TiedLanguageModel(nn.Module):
    def __init__(self, vocab, dim=24):
        super().__init__()
        self.embed = nn.Embedding(vocab, dim)
        self.mix = nn.Linear(3 * dim, dim)
        self.decode = nn.Linear(dim, vocab)
        self.decode.weight = self.embed.weight

    def forward(self, ids):
        return self.decode(torch.tanh(self.mix(self.embed(ids).flatten(1))))


@loop("loop-correct")
def words_in_and_words_out(watch, folder):
    """Weights tied, as in 'Using the Output Embedding to Improve Language Models'."""
    g = torch.Generator().manual_seed(26)
    text = torch.cumsum(torch.randint(1, 3, (400,), generator=g), 0) % 15
    x, y = text.unfold(0, 3, 1)[:-1], text[3:]
    net = TiedLanguageModel(15)
    opt = torch.optim.Adam(net.parameters(), lr=1e-2)
    w = watch(net, opt, loss="cross_entropy", folder=folder)
    for epoch in range(5):
        for xb, yb in loader(x, y, 36):
            opt.zero_grad(set_to_none=False)
            loss = F.cross_entropy(net(xb), yb)
            loss.backward()
            opt.step()
            w(xb, yb, loss)


@loop("loop-correct")
def half_the_bits(watch, folder):
    """bfloat16 by autocast on the CPU; the loss in single precision."""
    x, y = classes(320, 8, 3, seed=27)
    net = nn.Sequential(nn.Linear(8, 32), nn.LayerNorm(32), nn.ReLU(), nn.Linear(32, 3))
    opt = torch.optim.NAdam(net.parameters(), lr=5e-3)
    criterion = nn.CrossEntropyLoss(label_smoothing=0.1)
    w = watch(net, opt, loss=criterion, folder=folder)
    for epoch in range(5):
        for xb, yb in loader(x, y, 32):
            with torch.autocast("cpu", dtype=torch.bfloat16):
                out = net(xb)
            loss = criterion(out.float(), yb)
            opt.zero_grad()
            loss.backward()
            opt.step()
            w(xb, yb, loss)


def pinball(out, y, q=0.8):
    e = y - out
    return torch.maximum(q * e, (q - 1) * e).mean()


@loop("loop-correct")
def eight_of_ten_below(watch, folder):
    """Quantile regression."""
    x, y = numbers(300, seed=28)
    net = nn.Sequential(nn.Linear(5, 20), nn.Softplus(), nn.Linear(20, 1))
    opt = torch.optim.Adagrad(net.parameters(), lr=0.05)
    w = watch(net, opt, loss=pinball, folder=folder)
    for epoch in range(6):
        for xb, yb in loader(x, y, 30):
            loss = pinball(net(xb), yb)
            opt.zero_grad()
            loss.backward()
            opt.step()
            w(xb, yb, loss)


@loop("loop-correct")
def rare_ones_drawn_again(watch, folder):
    """WeightedRandomSampler: rows of the rare class come several times, in one batch too."""
    x, y = yes_no(400, seed=29)
    keep = (y[:, 0] == 0) | (torch.arange(400) % 8 == 0)
    x, y = x[keep], y[keep]
    share = torch.where(y[:, 0] > 0, 1 / y.sum(), 1 / (1 - y).sum())
    sampler = WeightedRandomSampler(share.tolist(), len(x), replacement=True)
    net = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Dropout(0.1), nn.Linear(16, 1))
    opt = torch.optim.Adamax(net.parameters(), lr=2e-2)
    w = watch(net, opt, loss="bce_with_logits", folder=folder)
    for epoch in range(8):
        for xb, yb in DataLoader(TensorDataset(x, y), batch_size=24, sampler=sampler):
            opt.zero_grad()
            loss = F.binary_cross_entropy_with_logits(net(xb), yb)
            loss.backward()
            opt.step()
            w(xb, yb, loss)


@loop("loop-correct")
def goes_on_from_the_file(watch, folder):
    """Resumes model and optimizer from a checkpoint (here: written a moment ago) before the first step."""
    x, y = numbers(300, seed=30)

    def build():
        net = nn.Sequential(nn.Linear(5, 24), nn.Tanh(), nn.Linear(24, 1))
        return net, torch.optim.Adam(net.parameters(), lr=1e-2)

    first, its = build()
    for xb, yb in loader(x, y, 100):
        its.zero_grad()
        F.mse_loss(first(xb), yb).backward()
        its.step()
    file = io.BytesIO()
    torch.save({"model": first.state_dict(), "optimizer": its.state_dict(), "epoch": 1}, file)
    file.seek(0)
    net, opt = build()
    saved = torch.load(file)
    net.load_state_dict(saved["model"])
    opt.load_state_dict(saved["optimizer"])
    w = watch(net, opt, loss="mse", folder=folder)
    for epoch in range(saved["epoch"], 7):
        for xb, yb in loader(x, y, 30):
            loss = F.mse_loss(net(xb), yb)
            opt.zero_grad()
            loss.backward()
            opt.step()
            w(xb, yb, loss)
