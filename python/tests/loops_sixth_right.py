"""The sixth batch's correct loops, each with something odd that is meant: schedules, scalers, several optimizers. Written without a look at the rules."""

import math

import torch
import torch.nn as nn
import torch.nn.functional as F
from loops import loop
from loops_sixth_data import EPOCHS, clicks, houses, labels, letters, machines, moons, phrases, spectra, strokes
from loops_sixth_wiring import SmallVGG
from torch.optim import lr_scheduler
from torch.utils.data import DataLoader, TensorDataset


@loop("loop-correct")
def backbone_frozen_with_its_statistics(watch, folder):
    x, y = strokes()
    model = SmallVGG(4)
    for p in model.features.parameters():
        p.requires_grad = False
    optimizer = torch.optim.SGD(model.classifier.parameters(), lr=0.1, momentum=0.9)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for epoch in range(EPOCHS):
        model.train()
        model.features.eval()
        for img, kind in DataLoader(TensorDataset(x, y), batch_size=28, shuffle=True):
            optimizer.zero_grad()
            loss = F.cross_entropy(model(img), kind)
            w(img, kind, loss)
            loss.backward()
            optimizer.step()


@loop("loop-correct")
def accumulates_three_and_the_rest(watch, folder):
    x, y = labels()
    model = nn.Sequential(nn.Linear(8, 24), nn.ReLU(), nn.Linear(24, 4))
    optimizer = torch.optim.AdamW(model.parameters(), lr=5e-3)
    criterion = nn.BCEWithLogitsLoss()
    loader = DataLoader(TensorDataset(x, y), batch_size=15, shuffle=True, drop_last=True)
    accum_iter = 3
    w = watch(model, optimizer, loss=criterion, folder=folder)
    for epoch in range(EPOCHS):
        for batch_idx, (inputs, target) in enumerate(loader):
            loss = criterion(model(inputs), target)
            w(inputs, target, loss)
            loss = loss / accum_iter
            loss.backward()
            if ((batch_idx + 1) % accum_iter == 0) or (batch_idx + 1 == len(loader)):
                optimizer.step()
                optimizer.zero_grad()


@loop("loop-correct")
def embeddings_and_the_rest_by_two_optimizers(watch, folder):
    user, item, rating = clicks()

    class Wide(nn.Module):
        def __init__(self):
            super().__init__()
            self.users, self.items = nn.Embedding(14, 6), nn.Embedding(18, 6)
            self.mlp = nn.Sequential(nn.Linear(12, 20), nn.ReLU(), nn.Linear(20, 1))

        def forward(self, pair):
            return self.mlp(torch.cat([self.users(pair[:, 0]), self.items(pair[:, 1])], 1)).squeeze(1)

    model = Wide()
    slow = torch.optim.SGD([*model.users.parameters(), *model.items.parameters()], lr=0.1)
    fast = torch.optim.Adam(model.mlp.parameters(), lr=3e-3)
    w = watch(model, [slow, fast], loss="mse", folder=folder)
    for epoch in range(EPOCHS):
        for pair, r in DataLoader(TensorDataset(torch.stack([user, item], 1), rating), batch_size=30, shuffle=True):
            for optimizer in (slow, fast):
                optimizer.zero_grad()
            loss = F.mse_loss(model(pair), r)
            w(pair, r, loss)
            loss.backward()
            for optimizer in (slow, fast):
                optimizer.step()


@loop("loop-correct")
def values_clipped_at_a_half(watch, folder):
    x, y = machines()
    lstm, head = nn.LSTM(3, 16, batch_first=True), nn.Linear(16, 1)

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.lstm, self.head = lstm, head

        def forward(self, x):
            return self.head(self.lstm(x)[0][:, -1, :])

    net = Net()
    optimizer = torch.optim.RMSprop(net.parameters(), lr=2e-3)
    w = watch(net, optimizer, loss=nn.MSELoss(), folder=folder)
    for epoch in range(EPOCHS):
        for xb, yb in DataLoader(TensorDataset(x, y * 3), batch_size=24, shuffle=True):
            optimizer.zero_grad()
            loss = F.mse_loss(net(xb), yb)
            w(xb, yb, loss)
            loss.backward()
            nn.utils.clip_grad_value_(net.parameters(), 0.5)
            optimizer.step()


@loop("loop-correct")
def bfloat_and_a_clipped_norm(watch, folder):
    x, y = strokes()
    model = nn.Sequential(nn.Conv2d(1, 8, 3), nn.ReLU(), nn.Flatten(), nn.Linear(512, 4))
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3)
    criterion = nn.CrossEntropyLoss()
    w = watch(model, optimizer, loss=criterion, folder=folder)
    for epoch in range(EPOCHS):
        for img, kind in DataLoader(TensorDataset(x, y), batch_size=28, shuffle=True):
            optimizer.zero_grad(set_to_none=True)
            with torch.autocast(device_type="cpu", dtype=torch.bfloat16):
                loss = criterion(model(img), kind)
            w(img, kind, loss)
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()


@loop("loop-correct")
def scaled_unscaled_accumulated(watch, folder):
    x, y = moons()
    model = nn.Sequential(nn.Linear(2, 24), nn.SiLU(), nn.Linear(24, 1))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    scaler = torch.amp.GradScaler("cpu", init_scale=1024.0)
    w = watch(model, optimizer, loss="bce_with_logits", folder=folder)
    for epoch in range(EPOCHS):
        for i, (xb, yb) in enumerate(DataLoader(TensorDataset(x, y), batch_size=15, shuffle=True)):
            with torch.autocast("cpu", dtype=torch.bfloat16):
                out = model(xb)
            loss = F.binary_cross_entropy_with_logits(out.float(), yb)
            w(xb, yb, loss)
            scaler.scale(loss / 2).backward()
            if i % 2 == 1:
                scaler.unscale_(optimizer)
                torch.nn.utils.clip_grad_norm_(model.parameters(), max_norm=2.0)
                scaler.step(optimizer)
                scaler.update()
                optimizer.zero_grad()


@loop("loop-correct")
def no_decay_for_biases_and_norms(watch, folder):
    x, y = houses()
    model = nn.Sequential(nn.Linear(6, 24), nn.LayerNorm(24), nn.GELU(), nn.Linear(24, 1), nn.Flatten(0))
    decay, no_decay = [], []
    for name, p in model.named_parameters():
        (no_decay if p.ndim <= 1 or name.endswith(".bias") else decay).append(p)
    optimizer = torch.optim.AdamW([{"params": decay, "weight_decay": 0.1}, {"params": no_decay, "weight_decay": 0.0}], lr=3e-3, betas=(0.9, 0.95))
    w = watch(model, optimizer, loss="mse", folder=folder)
    for epoch in range(EPOCHS):
        for xb, yb in DataLoader(TensorDataset(x, y), batch_size=32, shuffle=True):
            optimizer.zero_grad()
            loss = F.mse_loss(model(xb), yb)
            w(xb, yb, loss)
            loss.backward()
            optimizer.step()


class Encoder(nn.Module):
    """A small transformer that classifies by the mean over what isn't padding."""

    def __init__(self):
        super().__init__()
        self.embed, self.place = nn.Embedding(30, 16, padding_idx=0), nn.Parameter(torch.randn(1, 9, 16) * 0.02)
        self.layer = nn.TransformerEncoderLayer(16, 2, 32, dropout=0.0, batch_first=True, norm_first=True)
        self.out = nn.Linear(16, 2)

    def forward(self, ids):
        padding = ids == 0
        h = self.layer(self.embed(ids) + self.place, src_key_padding_mask=padding)
        keep = (~padding).unsqueeze(-1).float()
        return self.out((h * keep).sum(1) / keep.sum(1))


@loop("loop-correct")
def warm_up_from_nothing_then_cosine(watch, folder):
    tokens, _, y = phrases()
    model = Encoder()
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-3, betas=(0.9, 0.98), eps=1e-9)
    warmup, total = 4, EPOCHS * 5

    def rate(step):
        if step < warmup:
            return step / warmup
        return 0.5 * (1 + math.cos(math.pi * (step - warmup) / max(1, total - warmup)))

    scheduler = lr_scheduler.LambdaLR(optimizer, rate)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for epoch in range(EPOCHS):
        for ids, label in DataLoader(TensorDataset(tokens, y), batch_size=30, shuffle=True):
            optimizer.zero_grad()
            loss = F.cross_entropy(model(ids), label)
            w(ids, label, loss)
            loss.backward()
            optimizer.step()
            scheduler.step()


@loop("loop-correct")
def output_tied_to_the_embedding(watch, folder):
    text = letters()

    class LM(nn.Module):
        def __init__(self):
            super().__init__()
            self.embed = nn.Embedding(12, 20)
            self.rnn = nn.GRU(20, 20, batch_first=True)
            self.out = nn.Linear(20, 12, bias=False)
            self.out.weight = self.embed.weight

        def forward(self, ids):
            return self.out(self.rnn(self.embed(ids))[0]).transpose(1, 2)

    windows = text.unfold(0, 9, 3)
    model = LM()
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
    w = watch(model, optimizer, loss=nn.CrossEntropyLoss(), folder=folder)
    for epoch in range(EPOCHS):
        for (window,) in DataLoader(TensorDataset(windows), batch_size=24, shuffle=True):
            ids, following = window[:, :-1], window[:, 1:]
            optimizer.zero_grad()
            loss = F.cross_entropy(model(ids), following)
            w(ids, following, loss)
            loss.backward()
            optimizer.step()


@loop("loop-correct")
def one_cycle_of_three_rates(watch, folder):
    x, y = strokes()
    model = SmallVGG(4)
    groups = [{"params": model.features[:4].parameters(), "lr": 1e-3}, {"params": model.features[4:].parameters(), "lr": 3e-3}, {"params": model.classifier.parameters(), "lr": 1e-2}]
    optimizer = torch.optim.AdamW(groups)
    scheduler = lr_scheduler.OneCycleLR(optimizer, max_lr=[1e-3, 3e-3, 1e-2], epochs=EPOCHS, steps_per_epoch=5)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for epoch in range(EPOCHS):
        for img, kind in DataLoader(TensorDataset(x, y), batch_size=28, shuffle=True):
            optimizer.zero_grad()
            loss = F.cross_entropy(model(img), kind)
            w(img, kind, loss)
            loss.backward()
            optimizer.step()
            scheduler.step()


@loop("loop-correct")
def closure_of_limited_memory(watch, folder):
    x, y = houses(rows=90)
    model = nn.Sequential(nn.Linear(6, 10), nn.Tanh(), nn.Linear(10, 1), nn.Flatten(0))
    optimizer = torch.optim.LBFGS(model.parameters(), lr=0.5, max_iter=5, history_size=6, line_search_fn="strong_wolfe")
    w = watch(model, optimizer, loss="mse", folder=folder)
    for i in range(EPOCHS * 4):

        def closure():
            optimizer.zero_grad()
            loss = F.mse_loss(model(x), y)
            loss.backward()
            return loss

        with torch.no_grad():
            before = F.mse_loss(model(x), y)
        w(x, y, before)
        optimizer.step(closure)


@loop("loop-correct")
def plain_descent_by_hand_with_decay(watch, folder):
    x, y = spectra(), spectra(seed=69)
    model = nn.Sequential(nn.Linear(16, 4), nn.Tanh(), nn.Linear(4, 16))
    w = watch(model, None, loss="mse", folder=folder)
    lr, decay = 0.5, 1e-4
    for epoch in range(EPOCHS):
        for rows in torch.randperm(len(x)).split(25):
            loss = F.mse_loss(model(x[rows]), y[rows])
            w(x[rows], y[rows], loss)
            loss.backward()
            with torch.no_grad():
                for p in model.parameters():
                    p -= lr * (p.grad + decay * p)
                    p.grad = None
