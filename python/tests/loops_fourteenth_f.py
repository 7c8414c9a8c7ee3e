"""Fourteenth batch, blind: loops that are right, with habits of their own."""

import copy
import io
import math

import torch
from loops import classes, loader, loop, numbers, pictures, waves, yes_no
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset

# loop-correct


@loop("loop-correct")
def critic_beside_a_generator(watch, folder):
    """A GAN in turns; the critic is the one that is watched."""
    g = torch.Generator().manual_seed(24)
    real_rows = torch.randn(320, 2, generator=g) @ torch.tensor([[1.0, 0.4], [0.0, 0.5]]) + 2
    gen = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2))
    critic = nn.Sequential(nn.Linear(2, 24), nn.LeakyReLU(0.2), nn.Linear(24, 1))
    opt_g = torch.optim.Adam(gen.parameters(), lr=1e-3, betas=(0.5, 0.999))
    opt_d = torch.optim.Adam(critic.parameters(), lr=2e-3, betas=(0.5, 0.999))
    w = watch(critic, opt_d, loss="bce_with_logits", folder=folder)
    bce = nn.BCEWithLogitsLoss()
    for epoch in range(5):
        for (real,) in DataLoader(TensorDataset(real_rows), batch_size=32, shuffle=True):
            n = len(real)
            fake = gen(torch.randn(n, 4))
            rows = torch.cat([real, fake.detach()])
            truth = torch.cat([torch.ones(n, 1), torch.zeros(n, 1)])
            opt_d.zero_grad()
            loss_d = bce(critic(rows), truth)
            loss_d.backward()
            opt_d.step()
            w(rows, truth, loss_d)
            opt_g.zero_grad()
            loss_g = bce(critic(fake), torch.ones(n, 1))
            loss_g.backward()
            opt_g.step()


class Mixer(nn.Module):
    def __init__(self, dim=16, steps=12):
        super().__init__()
        self.up = nn.Linear(1, dim)
        self.layer = nn.TransformerEncoderLayer(dim, 4, 32, dropout=0.1, batch_first=True)
        self.out = nn.Linear(dim * steps, 1)

    def forward(self, s):
        return self.out(self.layer(self.up(s)).flatten(1))


@loop("loop-correct")
def rate_up_and_down_again(watch, folder):
    """Warm-up over eight steps, then a cosine; stepped with the batches, as counted."""
    x, y = waves(192, 12)
    model = Mixer()
    optimizer = torch.optim.AdamW(model.parameters(), lr=5e-3, weight_decay=0.01)
    total, warm = 8 * 8, 8

    def factor(step):
        if step < warm:
            return (step + 1) / warm
        return 0.5 * (1 + math.cos(math.pi * (step - warm) / (total - warm)))

    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, factor)
    w = watch(model, optimizer, loss="mse", folder=folder)
    for epoch in range(8):
        model.train()
        for seq, nxt in loader(x, y, 24):
            optimizer.zero_grad()
            loss = F.mse_loss(model(seq), nxt)
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            w(seq, nxt, loss)
            schedule.step()


class Averaged:
    def __init__(self, model, decay=0.98):
        self.decay = decay
        self.shadow = copy.deepcopy(model.state_dict())

    @torch.no_grad()
    def update(self, model):
        for name, value in model.state_dict().items():
            self.shadow[name].mul_(self.decay).add_(value, alpha=1 - self.decay)


@loop("loop-correct")
def average_tried_at_times(watch, folder):
    x, y = yes_no(280, seed=25)
    net = nn.Sequential(nn.Linear(4, 24), nn.GELU(), nn.Linear(24, 1))
    opt = torch.optim.RMSprop(net.parameters(), lr=3e-3)
    ema = Averaged(net)
    w = watch(net, opt, loss=nn.BCEWithLogitsLoss(), folder=folder)
    scores = []
    step = 0
    for epoch in range(6):
        for xb, yb in loader(x[:240], y[:240], 24):
            loss = F.binary_cross_entropy_with_logits(net(xb), yb)
            opt.zero_grad()
            loss.backward()
            opt.step()
            w(xb, yb, loss)
            ema.update(net)
            step += 1
            if step % 4 == 0:
                own = copy.deepcopy(net.state_dict())
                net.load_state_dict(ema.shadow)
                net.eval()
                with torch.no_grad():
                    scores.append(((net(x[240:]) > 0) == (y[240:] > 0)).float().mean().item())
                net.load_state_dict(own)
                net.train()


class TiedLanguageModel(nn.Module):
    """Words in, the next word out, with one table for both."""

    def __init__(self, vocab=24, dim=16):
        super().__init__()
        self.emb = nn.Embedding(vocab, dim)
        self.rnn = nn.GRU(dim, dim, batch_first=True)
        self.decoder = nn.Linear(dim, vocab)
        self.decoder.weight = self.emb.weight

    def forward(self, ids):
        return self.decoder(self.rnn(self.emb(ids))[0]).transpose(1, 2)


@loop("loop-correct")
def one_table_for_both_ends(watch, folder):
    g = torch.Generator().manual_seed(26)
    start = torch.randint(0, 24, (200, 1), generator=g)
    words = (start + torch.arange(9) * 5 + torch.randint(0, 2, (200, 9), generator=g)) % 24
    model = TiedLanguageModel()
    opt = torch.optim.NAdam(model.parameters(), lr=1e-2)
    criterion = nn.CrossEntropyLoss()
    w = watch(model, opt, loss=criterion, folder=folder)
    for epoch in range(6):
        for context, target in loader(words[:, :-1], words[:, 1:], 20):
            opt.zero_grad()
            loss = criterion(model(context), target)
            loss.backward()
            opt.step()
            w(context, target, loss)


@loop("loop-correct")
def half_precision_without_a_card(watch, folder):
    x, y = pictures(160)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    model = nn.Sequential(nn.Conv2d(1, 8, 3), nn.BatchNorm2d(8), nn.ReLU(), nn.MaxPool2d(3), nn.Flatten(),
                          nn.Linear(32, 2)).to(device)
    opt = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    scaler = torch.amp.GradScaler("cuda", enabled=device == "cuda")
    w = watch(model, opt, loss="cross_entropy", folder=folder)
    for epoch in range(6):
        for images, labels in loader(x, y, 20):
            images, labels = images.to(device), labels.to(device)
            opt.zero_grad(set_to_none=True)
            with torch.autocast(device, dtype=torch.bfloat16):
                loss = F.cross_entropy(model(images).float(), labels)
            scaler.scale(loss).backward()
            scaler.unscale_(opt)
            nn.utils.clip_grad_norm_(model.parameters(), 5.0)
            scaler.step(opt)
            scaler.update()
            w(images, labels, loss)


@loop("loop-correct")
def softened_labels(watch, folder):
    x, y = classes(300, count=5, seed=27)
    model = nn.Sequential(nn.Linear(6, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Dropout(0.3), nn.Linear(32, 5))
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
    w = watch(model, optimizer, loss=nn.CrossEntropyLoss(label_smoothing=0.1), folder=folder)
    for epoch in range(6):
        for xb, yb in loader(x, y, 30):
            log_p = F.log_softmax(model(xb), 1)
            nll = -log_p.gather(1, yb[:, None]).squeeze(1)
            loss = (0.9 * nll - 0.1 * log_p.mean(1)).mean()
            w(xb, yb, loss)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()


def focal(logits, y, gamma=2.0, alpha=0.25):
    """Lin et al., 2017; from the logits, so that nothing overflows."""
    ce = F.binary_cross_entropy_with_logits(logits, y, reduction="none")
    p_t = torch.exp(-ce)
    a_t = alpha * y + (1 - alpha) * (1 - y)
    return (a_t * (1 - p_t) ** gamma * ce).mean()


@loop("loop-correct")
def few_rows_that_matter(watch, folder):
    g = torch.Generator().manual_seed(28)
    x = torch.randn(500, 5, generator=g)
    y = ((x[:, :1] + x[:, 1:2]) > 1.8).float()
    net = nn.Sequential(nn.Linear(5, 24), nn.ReLU(), nn.Linear(24, 1))
    opt = torch.optim.Adam(net.parameters(), lr=1e-2)
    w = watch(net, opt, loss=focal, folder=folder)
    for epoch in range(5):
        for xb, yb in loader(x, y, 50):
            opt.zero_grad()
            loss = focal(net(xb), yb)
            loss.backward()
            opt.step()
            w(xb, yb, loss)


@loop("loop-correct")
def easy_rows_first(watch, folder):
    """A curriculum: the rows sorted by how far out they lie, and each epoch more of them."""
    x, y = numbers(320, seed=29)
    order = x.norm(dim=1).argsort()
    x, y = x[order], y[order]
    net = nn.Sequential(nn.Linear(5, 24), nn.ELU(), nn.Linear(24, 1))
    opt = torch.optim.Adamax(net.parameters(), lr=2e-2)
    w = watch(net, opt, loss=nn.HuberLoss(), folder=folder)
    for epoch in range(8):
        upto = min(320, 80 + 40 * epoch)
        for at in torch.randperm(upto).split(20):
            loss = F.huber_loss(net(x[at]), y[at])
            opt.zero_grad()
            loss.backward()
            opt.step()
            w(x[at], y[at], loss)


@loop("loop-correct")
def where_it_was_left(watch, folder):
    """An epoch, all written down, and on from there with new objects."""
    x, y = classes(240, count=6, seed=30)

    def fresh():
        net = nn.Sequential(nn.Linear(6, 20), nn.Tanh(), nn.Linear(20, 6))
        return net, torch.optim.SGD(net.parameters(), lr=0.02, momentum=0.9)

    def epochs(net, opt, count, tell=lambda *_: None):
        for _ in range(count):
            for xb, yb in loader(x, y, 24):
                opt.zero_grad()
                loss = F.cross_entropy(net(xb), yb)
                loss.backward()
                opt.step()
                tell(xb, yb, loss)

    net, opt = fresh()
    epochs(net, opt, 1)
    stored = io.BytesIO()
    torch.save({"net": net.state_dict(), "opt": opt.state_dict()}, stored)
    stored.seek(0)
    saved = torch.load(stored)
    net, opt = fresh()
    net.load_state_dict(saved["net"])
    opt.load_state_dict(saved["opt"])
    epochs(net, opt, 5, watch(net, opt, loss="cross_entropy", folder=folder))
