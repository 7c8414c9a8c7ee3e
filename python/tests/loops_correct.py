"""Correct loops with what may look odd in them."""

import copy

import torch
from loops import Conv, EncoderDecoder, Recurrent, classes, loader, loop, numbers, pictures, small, waves, yes_no
from torch import nn
from torch.nn import functional as F


def plain(model, optimizer, x, y, loss_fn, w, size=32, times=2, between=lambda: None, behind=lambda: None):
    for xb, yb in list(loader(x, y, size)) * times:
        optimizer.zero_grad()
        loss = loss_fn(model(xb), yb)
        w(xb, yb, loss)
        loss.backward()
        between()
        optimizer.step()
        behind()


@loop("loop-correct")
def ordinary(watch, folder):
    x, y = numbers()
    model = small()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    plain(model, optimizer, x, y, F.mse_loss, watch(model, optimizer, loss="mse", folder=folder))


@loop("loop-correct")
def frozen_by_intent(watch, folder):
    x, y = pictures()
    model = Conv()
    model.body.requires_grad_(False)
    optimizer = torch.optim.Adam(model.head.parameters(), lr=1e-2)
    plain(model, optimizer, x, y, F.cross_entropy, watch(model, optimizer, loss="cross_entropy", folder=folder), 20)


@loop("loop-correct")
def accumulation(watch, folder):
    x, y = numbers()
    model = small()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
    w = watch(model, optimizer, loss="mse", folder=folder)
    optimizer.zero_grad()
    for i, (xb, yb) in enumerate(list(loader(x, y, 16)) * 2):
        loss = F.mse_loss(model(xb), yb) / 4
        loss.backward()
        w(xb, yb, loss)
        if (i + 1) % 4 == 0:
            optimizer.step()
            optimizer.zero_grad()


@loop("loop-correct")
def two_optimizers(watch, folder):
    x, y = numbers()
    model = EncoderDecoder()
    first, second = torch.optim.SGD(model.encoder.parameters(), lr=0.01), torch.optim.Adam(model.decoder.parameters(), lr=1e-3)
    w = watch(model, first, loss="mse", folder=folder)
    for xb, yb in list(loader(x, y)) * 2:
        first.zero_grad()
        second.zero_grad()
        loss = F.mse_loss(model(xb), yb)
        loss.backward()
        first.step()
        second.step()
        w(xb, yb, loss)


@loop("loop-correct")
def clipped_at_one(watch, folder):
    x, y = waves()
    model = Recurrent()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    plain(model, optimizer, x, 100 * y, F.mse_loss, watch(model, optimizer, loss="mse", folder=folder), 20,
          between=lambda: nn.utils.clip_grad_norm_(model.parameters(), 1.0))  # fmt: skip


@loop("loop-correct")
def warm_up_and_cosine(watch, folder):
    x, y = classes()
    model = small(6, 3)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    s = torch.optim.lr_scheduler
    scheduler = s.SequentialLR(optimizer, [s.LinearLR(optimizer, 0.01, 1, 5), s.CosineAnnealingLR(optimizer, 35)], [5])
    plain(model, optimizer, x, y, F.cross_entropy, watch(model, optimizer, loss="cross_entropy", folder=folder), 30, 4, behind=scheduler.step)


class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed, self.mix, self.out = nn.Embedding(20, 8), nn.Linear(8, 8), nn.Linear(8, 20, bias=False)
        self.out.weight = self.embed.weight

    def forward(self, x):
        return self.out(torch.tanh(self.mix(self.embed(x))).mean(1))


@loop("loop-correct")
def tied_weights(watch, folder):
    x = torch.randint(0, 20, (200, 4))
    model = Tied()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    plain(model, optimizer, x, x[:, 0], F.cross_entropy, watch(model, optimizer, loss="cross_entropy", folder=folder))


@loop("loop-correct")
def gan(watch, folder):
    real = torch.randn(400, 2) * 0.5 + 2
    maker, critic = nn.Sequential(nn.Linear(3, 16), nn.ReLU(), nn.Linear(16, 2)), nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 1))
    of_maker, of_critic = torch.optim.Adam(maker.parameters(), lr=1e-3), torch.optim.Adam(critic.parameters(), lr=1e-3)
    bce = nn.BCEWithLogitsLoss()
    w = watch(critic, of_critic, loss=bce, folder=folder)
    for step in range(20):
        x = real[torch.randint(0, 400, (32,))]
        made = maker(torch.randn(32, 3))
        of_critic.zero_grad()
        loss = bce(critic(x), torch.ones(32, 1)) + bce(critic(made.detach()), torch.zeros(32, 1))
        w(x, torch.ones(32, 1), loss)
        loss.backward()
        of_critic.step()
        of_maker.zero_grad()
        bce(critic(made), torch.ones(32, 1)).backward()
        of_maker.step()


@loop("loop-correct")
def bfloat16(watch, folder):
    x, y = classes()
    model = small(6, 3)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for xb, yb in list(loader(x, y)) * 2:
        optimizer.zero_grad()
        with torch.autocast("cpu", dtype=torch.bfloat16):
            loss = F.cross_entropy(model(xb), yb)
        loss.backward()
        optimizer.step()
        w(xb, yb, loss)


@loop("loop-correct")
def normalized(watch, folder):
    x, y = numbers()
    model = nn.Sequential(nn.Linear(5, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 1))
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
    w = watch(model, optimizer, loss="mse", folder=folder)
    for epoch in range(3):
        model.train()
        plain(model, optimizer, x, y, F.mse_loss, w, 32, 1)
        model.eval()
        with torch.no_grad():
            F.mse_loss(model(x), y)


@loop("loop-correct")
def dropped(watch, folder):
    x, y = pictures()
    model = Conv(0.4)
    optimizer = torch.optim.RMSprop(model.parameters(), lr=1e-3)
    plain(model, optimizer, x, y, F.cross_entropy, watch(model, optimizer, loss="cross_entropy", folder=folder), 20)


@loop("loop-correct")
def averaged(watch, folder):
    x, y = numbers()
    model = small()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
    average = torch.optim.swa_utils.AveragedModel(model)
    w = watch(model, optimizer, loss="mse", folder=folder)
    plain(model, optimizer, x, y, F.mse_loss, w, behind=lambda: average.update_parameters(model))


@loop("loop-correct")
def closure(watch, folder):
    x, y = numbers(80)
    model = small()
    optimizer = torch.optim.LBFGS(model.parameters(), lr=0.5, max_iter=4)
    w = watch(model, optimizer, loss="mse", folder=folder)
    for _ in range(14):

        def evaluate():
            optimizer.zero_grad()
            loss = F.mse_loss(model(x), y)
            loss.backward()
            return loss

        w(x, y, optimizer.step(evaluate))


@loop("loop-correct")
def by_hand(watch, folder):
    x, y = numbers()
    model = small()
    w = watch(model, loss="mse", folder=folder)
    for xb, yb in list(loader(x, y)) * 2:
        loss = F.mse_loss(model(xb), yb)
        model.zero_grad()
        loss.backward()
        with torch.no_grad():
            for p in model.parameters():
                p -= 0.05 * p.grad
        w(xb, yb, loss)


@loop("loop-correct")
def groups_and_smoothing(watch, folder):
    x, y = classes()
    model = small(6, 3)
    optimizer = torch.optim.AdamW([{"params": model[0].parameters(), "lr": 1e-3}, {"params": model[2].parameters(), "weight_decay": 0.1}], lr=1e-2)
    smooth = nn.CrossEntropyLoss(label_smoothing=0.1)
    plain(model, optimizer, x, y, smooth, watch(model, optimizer, loss="cross_entropy", folder=folder))


@loop("loop-correct")
def penalty(watch, folder):
    x, y = yes_no()
    model = small(4, 1)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    w = watch(model, optimizer, loss="bce_with_logits", folder=folder)
    for xb, yb in list(loader(x, y, 25)) * 2:
        loss = F.binary_cross_entropy_with_logits(model(xb), yb) + 1e-3 * sum(p.abs().sum() for p in model.parameters())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        w(xb, yb, loss)


@loop("loop-correct")
def squeezed(watch, folder):
    x, y = numbers()
    model = small()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    plain(model, optimizer, x, y[:, 0], lambda out, t: F.mse_loss(out.squeeze(), t), watch(model, optimizer, loss="mse", folder=folder))


@loop("loop-correct")
def all_rows(watch, folder):
    x, y = waves()
    model = Recurrent(nn.GRU)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    w = watch(model, optimizer, loss="mse", folder=folder)
    for epoch in range(20):
        optimizer.zero_grad()
        loss = F.mse_loss(model(x), y)
        w(x, y, loss)
        loss.backward()
        optimizer.step()


@loop("loop-correct")
def swapped_for_evaluation(watch, folder):
    x, y = numbers()
    model = small()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    average = copy.deepcopy(model.state_dict())
    w = watch(model, optimizer, loss="mse", folder=folder)

    def behind():
        with torch.no_grad():
            for name, t in model.state_dict().items():
                average[name].mul_(0.9).add_(t, alpha=0.1)
            kept = copy.deepcopy(model.state_dict())
            model.load_state_dict(average)
            F.mse_loss(model(x), y)
            model.load_state_dict(kept)

    plain(model, optimizer, x, y, F.mse_loss, w, behind=behind)


@loop("loop-correct")
def limited_weights(watch, folder):
    x, y = numbers()
    model = small()
    optimizer = torch.optim.RMSprop(model.parameters(), lr=1e-2)

    def behind():
        with torch.no_grad():
            for p in model.parameters():
                p.clamp_(-0.3, 0.3)

    plain(model, optimizer, x, y, F.mse_loss, watch(model, optimizer, loss="mse", folder=folder), behind=behind)
