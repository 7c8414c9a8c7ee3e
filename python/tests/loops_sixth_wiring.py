"""The sixth batch's faults in what is wired to what: parameters, updates, cuts. Written without a look at the rules."""

import copy

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from loops import loop
from loops_sixth_data import EPOCHS, clicks, houses, labels, letters, machines, moons, phrases, reversals, spectra, strokes
from torch.utils.data import DataLoader, TensorDataset


class SmallVGG(nn.Module):
    def __init__(self, num_classes=10):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(8, 12, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1)
        )
        self.classifier = nn.Linear(12, num_classes)

    def forward(self, x):
        return self.classifier(torch.flatten(self.features(x), 1))


# loop-wrong-parameters


class Trainer:
    def __init__(self, net, lr=1e-2):
        self.net = net
        self.optimizer = torch.optim.SGD(self.net.parameters(), lr=lr, momentum=0.9)  # fault: trainer_then_new_classifier
        self.loss_fn = nn.CrossEntropyLoss()

    def fit(self, loader, on_batch):
        for _ in range(EPOCHS):
            self.train_one_epoch(loader, on_batch)

    def train_one_epoch(self, loader, on_batch):
        self.net.train()
        for images, target in loader:
            self.optimizer.zero_grad(set_to_none=True)
            loss = self.loss_fn(self.net(images), target)
            on_batch(images, target, loss)
            loss.backward()
            self.optimizer.step()


@loop("loop-wrong-parameters")
def trainer_then_new_classifier(watch, folder):
    net = SmallVGG(num_classes=10)
    for p in net.features.parameters():
        p.requires_grad_(False)
    trainer = Trainer(net)
    net.classifier = nn.Linear(net.classifier.in_features, 4)
    data = DataLoader(TensorDataset(*strokes()), batch_size=28, shuffle=True, num_workers=0)
    trainer.fit(data, watch(net, trainer.optimizer, loss=trainer.loss_fn, folder=folder))


class Seq2Seq(nn.Module):
    def __init__(self, symbols=8, hidden=24):
        super().__init__()
        self.symbols = symbols
        self.src_embed, self.tgt_embed = nn.Embedding(symbols, 12), nn.Embedding(symbols, 12)
        self.encoder, self.decoder = nn.GRU(12, hidden, batch_first=True), nn.GRU(12, hidden, batch_first=True)
        self.project = nn.Linear(hidden, symbols)

    def forward(self, src, tgt_in):
        _, h = self.encoder(self.src_embed(src))
        out, _ = self.decoder(self.tgt_embed(tgt_in), h)
        return self.project(out).transpose(1, 2)


class Translator(nn.Module):
    def __init__(self):
        super().__init__()
        self.seq = Seq2Seq()

    def forward(self, pair):
        return self.seq(pair[:, 0], pair[:, 1])


@loop("loop-wrong-parameters")
def only_the_encoder_is_optimized(watch, folder):
    src, tgt = reversals()
    model = Translator()
    enc_params = list(model.seq.src_embed.parameters()) + list(model.seq.encoder.parameters())
    optimizer = torch.optim.Adam(enc_params, lr=5e-3)  # fault
    step = watch(model, optimizer, loss="cross_entropy", folder=folder)
    begin = torch.zeros(len(tgt), 1, dtype=torch.long)
    pairs = torch.stack([src, torch.cat([begin, tgt[:, :-1]], 1)], 1)
    for epoch in range(EPOCHS):
        for i in torch.randperm(len(src)).split(32):
            optimizer.zero_grad()
            loss = F.cross_entropy(model(pairs[i]), tgt[i])
            step(pairs[i], tgt[i], loss)
            loss.backward()
            optimizer.step()


class Experts(nn.Module):
    def __init__(self):
        super().__init__()
        self.gate = nn.Linear(6, 3)
        self.experts = {name: nn.Sequential(nn.Linear(6, 12), nn.Tanh(), nn.Linear(12, 1)) for name in ("low", "mid", "high")}  # fault: experts_in_a_dictionary

    def forward(self, x):
        weights = self.gate(x).softmax(-1)
        answers = torch.cat([expert(x) for expert in self.experts.values()], 1)
        return (weights * answers).sum(1)


@loop("loop-wrong-parameters")
def experts_in_a_dictionary(watch, folder):
    model = Experts()
    opt = torch.optim.RMSprop(model.parameters(), lr=3e-3)
    rec = watch(model, opt, loss=nn.MSELoss(), folder=folder)
    for epoch in range(EPOCHS):
        total = 0.0
        for xb, yb in DataLoader(TensorDataset(*houses()), batch_size=25, shuffle=True):
            pred = model(xb)
            loss = nn.functional.mse_loss(pred, yb)
            opt.zero_grad()
            loss.backward()
            rec(xb, yb, loss)
            opt.step()
            total += loss.item() * len(xb)


@loop("loop-wrong-parameters")
def unfrozen_behind_the_filter(watch, folder):
    """Notebook: the backbone is frozen, and thawed once the optimizer has been made."""
    tokens, _, y = phrases()
    embedding = nn.Embedding(30, 16, padding_idx=0)
    model = nn.Sequential(embedding, nn.Flatten(), nn.Linear(144, 24), nn.ReLU(), nn.Linear(24, 2))
    for layer in (model[0], model[2]):
        layer.requires_grad_(False)
    optimizer = torch.optim.SGD(filter(lambda p: p.requires_grad, model.parameters()), lr=0.05)  # fault
    for p in model.parameters():
        p.requires_grad = True
    criterion = nn.CrossEntropyLoss()
    logger = watch(model, optimizer, loss=criterion, folder=folder)
    for epoch in range(EPOCHS):
        for text, target in DataLoader(TensorDataset(tokens, y), batch_size=30, shuffle=True):
            output = model(text)
            loss = criterion(output, target)
            logger(text, target, loss)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()


# loop-no-update


@loop("loop-no-update")
def step_without_parentheses(watch, folder):
    user, item, rating = clicks()

    class MF(nn.Module):
        def __init__(self):
            super().__init__()
            self.u, self.i = nn.Embedding(14, 6), nn.Embedding(18, 6)

        def forward(self, pair):
            return (self.u(pair[:, 0]) * self.i(pair[:, 1])).sum(-1)

    mf = MF()
    opt = torch.optim.Adagrad(mf.parameters(), lr=0.1)
    w = watch(mf, opt, loss="mse", folder=folder)
    for epoch in range(EPOCHS):
        for pair, r in DataLoader(TensorDataset(torch.stack([user, item], 1), rating), batch_size=36, shuffle=True):
            opt.zero_grad()
            loss = F.mse_loss(mf(pair), r)
            w(pair, r, loss)
            loss.backward()
            opt.step  # fault


@loop("loop-no-update")
def mean_of_logged_losses(watch, folder):
    x, y = machines()
    net = nn.Sequential(nn.Flatten(), nn.Linear(45, 20), nn.ELU(), nn.Linear(20, 1))
    optim = torch.optim.Adam(net.parameters(), lr=2e-3)
    criterion = nn.SmoothL1Loss()
    w = watch(net, optim, loss=criterion, folder=folder)
    for epoch in range(EPOCHS):
        for start in range(0, len(x), 24):
            xb, yb = x[start : start + 24], y[start : start + 24]
            history = []
            for part_x, part_y in zip(xb.chunk(2), yb.chunk(2)):
                history.append(criterion(net(part_x), part_y).item())
            loss = torch.tensor(np.mean(history), dtype=torch.float32, requires_grad=True)  # fault
            w(xb, yb, loss)
            optim.zero_grad()
            loss.backward()
            optim.step()


@loop("loop-no-update")
def scaler_that_only_updates(watch, folder):
    model = SmallVGG(4)
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3)
    scaler = torch.amp.GradScaler("cpu")
    loss_fn = nn.CrossEntropyLoss(label_smoothing=0.05)
    w = watch(model, optimizer, loss=loss_fn, folder=folder)
    for epoch in range(EPOCHS):
        for x, y in DataLoader(TensorDataset(*strokes()), batch_size=20, shuffle=True):
            optimizer.zero_grad(set_to_none=True)
            with torch.autocast("cpu", dtype=torch.bfloat16):
                out = model(x)
                loss = loss_fn(out, y)
            w(x, y, loss)
            scaler.scale(loss).backward()
            scaler.unscale_(optimizer)
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            scaler.update()  # fault


@loop("loop-no-update")
def never_enough_batches(watch, folder):
    """Accumulates eight batches of an epoch that has five."""
    accumulation_steps = 8  # fault
    model = nn.Sequential(nn.Linear(8, 32), nn.GELU(), nn.Linear(32, 4))
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
    criterion = nn.BCEWithLogitsLoss()
    w = watch(model, optimizer, loss=criterion, folder=folder)
    for epoch in range(EPOCHS):
        optimizer.zero_grad()
        for idx, (x, y) in enumerate(DataLoader(TensorDataset(*labels()), batch_size=30, shuffle=True)):
            loss = criterion(model(x), y)
            w(x, y, loss)
            (loss / accumulation_steps).backward()
            if (idx + 1) % accumulation_steps == 0:
                optimizer.step()
                optimizer.zero_grad()


# loop-detached


class SparseAE(nn.Module):
    def __init__(self):
        super().__init__()
        self.encode = nn.Sequential(nn.Linear(16, 8), nn.ReLU(), nn.Linear(8, 3))
        self.decode = nn.Sequential(nn.Linear(3, 8), nn.ReLU(), nn.Linear(8, 16))

    def forward(self, x):
        code = self.encode(x)
        code = code.data.clamp(-4, 4)  # fault: code_by_its_data
        return self.decode(code)


@loop("loop-detached")
def code_by_its_data(watch, folder):
    ae = SparseAE()
    opt = torch.optim.NAdam(ae.parameters(), lr=5e-3)
    w = watch(ae, opt, loss="mse", folder=folder)

    def closure(x):
        opt.zero_grad()
        rec = ae(x)
        loss = F.mse_loss(rec, x)
        w(x, x, loss)
        loss.backward()
        return loss

    for epoch in range(EPOCHS):
        for (x,) in DataLoader(TensorDataset(spectra()), batch_size=30, shuffle=True):
            loss = closure(x)
            opt.step()


class NoisyCode(nn.Module):
    def __init__(self):
        super().__init__()
        self.mu, self.log_std = nn.Linear(16, 3), nn.Linear(16, 3)
        self.decoder = nn.Sequential(nn.Linear(3, 20), nn.ReLU(), nn.Linear(20, 16))

    def forward(self, x):
        q = torch.distributions.Normal(self.mu(x), torch.exp(self.log_std(x) - 2), validate_args=False)
        z = q.sample()  # fault: sampled_without_reparameterizing
        return self.decoder(z)


@loop("loop-detached")
def sampled_without_reparameterizing(watch, folder):
    model = NoisyCode()
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    w = watch(model, optimizer, loss="mse", folder=folder)
    data = (spectra() - 0.3) * 3
    for epoch in range(EPOCHS):
        for x in data[torch.randperm(len(data))].split(30):
            optimizer.zero_grad()
            loss = ((model(x) - x) ** 2).mean()
            w(x, x, loss)
            loss.backward()
            optimizer.step()


class CharModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(12, 10)
        self.lstm = nn.LSTM(10, 24, batch_first=True)
        self.fc = nn.Linear(24, 12)

    def forward(self, ids):
        with torch.no_grad():  # fault: recurrent_part_without_gradients
            out, _ = self.lstm(self.embed(ids))
        return self.fc(out[:, -1])


@loop("loop-detached")
def recurrent_part_without_gradients(watch, folder):
    text = letters()
    windows = text.unfold(0, 9, 2)
    x, y = windows[:, :8].contiguous(), windows[:, 8].contiguous()
    net = CharModel()
    opt = torch.optim.Adam(net.parameters(), lr=1e-2)
    w = watch(net, opt, loss=F.cross_entropy, folder=folder)
    for epoch in range(EPOCHS):
        net.train()
        for xb, yb in DataLoader(TensorDataset(x, y), batch_size=44, shuffle=True):
            opt.zero_grad()
            logits = net(xb)
            loss = F.cross_entropy(logits, yb)
            w(xb, yb, loss)
            loss.backward()
            nn.utils.clip_grad_norm_(net.parameters(), 5.0)
            opt.step()


@loop("loop-detached")
def features_kept_as_arrays(watch, folder):
    """The features go through NumPy, to be standardized, on their way to the head."""
    x, y = moons()
    model = nn.ModuleDict({"body": nn.Sequential(nn.Linear(2, 24), nn.ReLU(), nn.Linear(24, 6)), "head": nn.Linear(6, 1)})

    class Both(nn.Module):
        def __init__(self):
            super().__init__()
            self.parts = model

        def forward(self, x):
            feats = self.parts["body"](x).detach().numpy()  # fault
            feats = (feats - feats.mean(0)) / (feats.std(0) + 1e-6)
            return self.parts["head"](torch.from_numpy(feats))

    net = Both()
    opt = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9, nesterov=True)
    w = watch(net, opt, loss="bce_with_logits", folder=folder)
    for epoch in range(EPOCHS):
        for xb, yb in DataLoader(TensorDataset(x, y), batch_size=25, shuffle=True):
            loss = F.binary_cross_entropy_with_logits(net(xb), yb)
            w(xb, yb, loss)
            opt.zero_grad()
            loss.backward()
            opt.step()


@loop("loop-wrong-parameters")
def continued_with_the_best_copy(watch, folder):
    x, y = moons()
    net = nn.Sequential(nn.Linear(2, 16), nn.Tanh(), nn.Linear(16, 1))
    optimizer = torch.optim.Adam(net.parameters(), lr=2e-2)  # fault
    best_model = copy.deepcopy(net)
    net = best_model
    criterion = nn.BCEWithLogitsLoss()
    w = watch(net, optimizer, loss=criterion, folder=folder)
    for epoch in range(EPOCHS):
        for xb, yb in DataLoader(TensorDataset(x, y), batch_size=30, shuffle=True):
            optimizer.zero_grad()
            net.zero_grad()
            loss = criterion(net(xb), yb)
            w(xb, yb, loss)
            loss.backward()
            optimizer.step()
