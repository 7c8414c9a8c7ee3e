"""The fifth batch's faults: parameters, updates, cuts, modes. Written without a look at the rules."""

import copy

import numpy as np
import torch
import torch.nn.functional as F
from loops import loop
from loops_fifth_data import Records, characters, demand, friedman, glyphs, ratings, reviews, sensors, spirals, tags
from torch import nn, optim
from torch.utils.data import DataLoader, TensorDataset

# loop-wrong-parameters


class LoRALinear(nn.Module):
    def __init__(self, base, rank=2, alpha=4):
        super().__init__()
        self.base = base
        for p in self.base.parameters():
            p.requires_grad = False
        self.lora_A = nn.Parameter(torch.randn(rank, base.in_features) * 0.1)
        self.lora_B = nn.Parameter(torch.zeros(base.out_features, rank))
        self.scaling = alpha / rank

    def forward(self, x):
        return self.base(x) + (x @ self.lora_A.T @ self.lora_B.T) * self.scaling


def add_lora(module):
    for name, child in module.named_children():
        if isinstance(child, nn.Linear):
            setattr(module, name, LoRALinear(child))
        else:
            add_lora(child)


@loop("loop-wrong-parameters")
def adapters_behind_the_optimizer(watch, folder):
    model = nn.Sequential(nn.Linear(2, 32), nn.SiLU(), nn.Linear(32, 32), nn.SiLU(), nn.Linear(32, 3))
    optimizer = optim.AdamW(model.parameters(), lr=2e-3, weight_decay=0.0)  # fault
    add_lora(model)
    criterion = nn.CrossEntropyLoss()
    train_loader = DataLoader(TensorDataset(*spirals()), batch_size=20, shuffle=True)
    watcher = watch(model, optimizer, loss=criterion, folder=folder)
    for epoch in range(2):
        running_loss = 0.0
        for inputs, labels in train_loader:
            optimizer.zero_grad()
            outputs = model(inputs)
            loss = criterion(outputs, labels)
            watcher(inputs, labels, loss)
            loss.backward()
            optimizer.step()
            running_loss += loss.item()


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.ln_1, self.ln_2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)
        self.mlp = nn.Sequential(nn.Linear(width, 2 * width), nn.GELU(), nn.Linear(2 * width, width))

    def forward(self, x):
        b, t, c = x.shape
        q, k, v = (z.view(b, t, self.heads, c // self.heads).transpose(1, 2) for z in self.qkv(self.ln_1(x)).split(c, 2))
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.proj(y.transpose(1, 2).reshape(b, t, c))
        return x + self.mlp(self.ln_2(x))


class TinyGPT(nn.Module):
    def __init__(self, vocab, width=16, context=12, tied=False):
        super().__init__()
        self.wte, self.wpe = nn.Embedding(vocab, width), nn.Embedding(context, width)
        self.blocks = nn.ModuleList(Block(width, 2) for _ in range(2))
        self.ln_f = nn.LayerNorm(width)
        self.lm_head = nn.Linear(width, vocab, bias=False)
        if tied:
            self.lm_head.weight = self.wte.weight

    def forward(self, idx):
        x = self.wte(idx) + self.wpe(torch.arange(idx.shape[1]))
        for block in self.blocks:
            x = block(x)
        return self.lm_head(self.ln_f(x)).transpose(1, 2)

    def configure_optimizer(self, lr, weight_decay):
        decay, no_decay = [], []
        for module in self.modules():
            if isinstance(module, nn.Linear):
                decay.append(module.weight)
                if module.bias is not None:
                    no_decay.append(module.bias)
        groups = [{"params": decay, "weight_decay": weight_decay}, {"params": no_decay, "weight_decay": 0.0}]
        return optim.AdamW(groups, lr=lr)  # fault: decay_groups_forget_embeddings


@loop("loop-wrong-parameters")
def decay_groups_forget_embeddings(watch, folder):
    data, vocab = characters()
    model = TinyGPT(vocab)
    opt = model.configure_optimizer(3e-3, 0.1)
    w = watch(model, opt, loss="cross_entropy", folder=folder, steps=10)
    for it in range(14):
        ix = torch.randint(len(data) - 13, (16,))
        xb = torch.stack([data[i : i + 12] for i in ix])
        yb = torch.stack([data[i + 1 : i + 13] for i in ix])
        logits = model(xb)
        loss = F.cross_entropy(logits, yb)
        opt.zero_grad(set_to_none=True)
        loss.backward()
        w(xb, yb, loss)
        opt.step()


@loop("loop-wrong-parameters")
def next_fold_old_optimizer(watch, folder):
    x, y = friedman()
    template = nn.Sequential(nn.Linear(8, 20), nn.Tanh(), nn.Linear(20, 1))
    optimizer = optim.SGD(template.parameters(), lr=0.05, momentum=0.9)  # fault
    for fold in range(3):
        net = copy.deepcopy(template)
        held = torch.arange(len(x)) % 3 == fold
        record = watch(net, optimizer, loss="mse", folder=folder, steps=9) if fold == 2 else None
        for epoch in range(2):
            for xb, yb in DataLoader(TensorDataset(x[~held], y[~held]), batch_size=24):
                net.zero_grad()
                err = F.mse_loss(net(xb), yb)
                if record:
                    record(xb, yb, err)
                err.backward()
                optimizer.step()


# loop-no-update


@loop("loop-no-update")
def tensor_of_a_list_of_losses(watch, folder):
    class TwoHeads(nn.Module):
        def __init__(self):
            super().__init__()
            self.trunk = nn.Sequential(nn.Linear(14, 24), nn.ReLU())
            self.heads = nn.ModuleList(nn.Linear(24, 1) for _ in range(4))

        def forward(self, x):
            h = self.trunk(x)
            return torch.cat([head(h) for head in self.heads], dim=1)

    model = TwoHeads()
    opt = optim.Adam(model.parameters(), 5e-3)
    w = watch(model, opt, loss=nn.MSELoss(), folder=folder)
    past, ahead = demand()
    for epoch in range(3):
        for xb, yb in DataLoader(TensorDataset(past, ahead), batch_size=28, shuffle=True):
            out = model(xb)
            losses = []
            for day in range(4):
                losses.append(F.mse_loss(out[:, day], yb[:, day]))
            total = torch.tensor(losses, requires_grad=True).mean()  # fault
            opt.zero_grad()
            total.backward()
            opt.step()
            w(xb, yb, total)


@loop("loop-no-update")
def accumulates_longer_than_an_epoch(watch, folder):
    ids, lengths, label = reviews()
    model = nn.Sequential(nn.EmbeddingBag(40, 12, padding_idx=0), nn.ReLU(), nn.Linear(12, 1), nn.Flatten(0))
    optimizer = optim.Adagrad(model.parameters(), lr=0.1)
    bce = nn.BCEWithLogitsLoss()
    accumulation_steps = 16
    watch_step = watch(model, optimizer, loss=bce, folder=folder)
    loader = DataLoader(TensorDataset(ids, label), batch_size=14, shuffle=True)
    for epoch in range(2):
        model.train()
        optimizer.zero_grad()
        for i, (batch, target) in enumerate(loader):
            loss = bce(model(batch), target)
            watch_step(batch, target, loss)
            (loss / accumulation_steps).backward()
            if (i + 1) % accumulation_steps == 0:  # fault
                optimizer.step()
                optimizer.zero_grad()


@loop("loop-no-update")
def scaler_without_step(watch, folder):
    x, kind = sensors()
    net = nn.Sequential(nn.Conv1d(3, 8, 3), nn.BatchNorm1d(8), nn.ReLU(), nn.AdaptiveAvgPool1d(1), nn.Flatten(), nn.Linear(8, 4))
    optimizer = optim.SGD(net.parameters(), lr=0.05, momentum=0.9, nesterov=True)
    scaler = torch.amp.GradScaler("cpu")
    w = watch(net, optimizer, loss="cross_entropy", folder=folder)
    for epoch in range(2):
        for xb, yb in DataLoader(TensorDataset(x, kind), batch_size=25, shuffle=True):
            optimizer.zero_grad()
            with torch.autocast("cpu", dtype=torch.bfloat16):
                loss = F.cross_entropy(net(xb), yb)
            w(xb, yb, loss)
            scaler.scale(loss).backward()
            scaler.unscale_(optimizer)
            nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            scaler.update()  # fault


# loop-detached


class Spectral(nn.Module):
    def __init__(self):
        super().__init__()
        self.front = nn.Conv1d(3, 6, 3, padding=1)
        self.back = nn.Sequential(nn.Linear(6 * 9, 24), nn.ReLU(), nn.Linear(24, 4))

    def forward(self, x):
        h = torch.tanh(self.front(x))
        spectrum = np.abs(np.fft.rfft(h.detach().cpu().numpy(), axis=-1))  # fault: features_through_numpy
        return self.back(torch.from_numpy(spectrum).float().flatten(1) / 4)


@loop("loop-detached")
def features_through_numpy(watch, folder):
    model = Spectral()
    optimizer = optim.Adam(model.parameters(), lr=1e-3)
    loss_function = nn.CrossEntropyLoss(label_smoothing=0.05)
    w = watch(model, optimizer, loss=loss_function, folder=folder)
    for epoch in range(2):
        for signal, machine in DataLoader(TensorDataset(*sensors()), batch_size=25, shuffle=True):
            prediction = model(signal)
            loss = loss_function(prediction, machine)
            w(signal, machine, loss)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()


class VectorQuantizer(nn.Module):
    def __init__(self, codes=12, width=4):
        super().__init__()
        self.codebook = nn.Embedding(codes, width)

    def forward(self, z):
        distance = torch.cdist(z, self.codebook.weight)
        return self.codebook(distance.argmin(-1))  # fault: quantized_without_straight_through


class QuantizedAutoencoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(14, 16), nn.ReLU(), nn.Linear(16, 4))
        self.quantizer = VectorQuantizer()
        self.decoder = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 14))

    def forward(self, x):
        return self.decoder(self.quantizer(self.encoder(x)))


@loop("loop-detached")
def quantized_without_straight_through(watch, folder):
    past, _ = demand()
    vq = QuantizedAutoencoder()
    opt = optim.AdamW(vq.parameters(), lr=2e-3)
    w = watch(vq, opt, loss="mse", folder=folder)

    def train_step(batch):
        opt.zero_grad()
        loss = F.mse_loss(vq(batch), batch)
        w(batch, batch, loss)
        loss.backward()
        opt.step()
        return loss.item()

    for _ in range(2):
        history = [train_step(batch) for (batch,) in DataLoader(TensorDataset(past), batch_size=20, shuffle=True)]
    assert history


class Finetune(nn.Module):
    def __init__(self, backbone, classes):
        super().__init__()
        self.backbone, self.classifier = backbone, nn.Linear(8, classes)

    def forward(self, pixels):
        with torch.no_grad():  # fault: no_grad_left_from_the_first_stage
            feats = self.backbone(pixels)
        return self.classifier(feats)


@loop("loop-detached")
def no_grad_left_from_the_first_stage(watch, folder):
    x, kind, _ = glyphs()
    backbone = nn.Sequential(nn.Conv2d(1, 4, 3, stride=2), nn.ReLU(), nn.Flatten(), nn.Linear(100, 8), nn.ReLU())
    model = Finetune(backbone, 2)
    # second stage: everything is trained, the backbone ten times slower
    opt = optim.Adam([{"params": model.backbone.parameters(), "lr": 3e-4}, {"params": model.classifier.parameters(), "lr": 3e-3}])
    w = watch(model, opt, loss="cross_entropy", folder=folder)
    dl = DataLoader(Records(image=x, label=kind), batch_size=16, shuffle=True, drop_last=True)
    for batch in dl:
        opt.zero_grad()
        logits = model(batch["image"])
        loss = F.cross_entropy(logits, batch["label"])
        loss.backward()
        opt.step()
        w(batch["image"], batch["label"], loss)


# loop-eval-mode


class Trainer:
    def __init__(self, net, opt, loss_fn, w):
        self.net, self.opt, self.loss_fn, self.w = net, opt, loss_fn, w

    @torch.no_grad()
    def evaluate(self, dl):
        self.net.eval()  # fault: sanity_check_ahead_of_fit
        return sum(self.loss_fn(self.net(x), y).item() for x, y in dl) / len(dl)

    def train_step(self, x, y):
        self.opt.zero_grad()
        loss = self.loss_fn(self.net(x), y)
        self.w(x, y, loss)
        loss.backward()
        self.opt.step()

    def fit(self, train, val, epochs):
        print_every = self.evaluate(val)  # a sanity check, as Lightning makes one
        for _ in range(epochs):
            for x, y in train:
                self.train_step(x, y)
        return print_every


@loop("loop-eval-mode")
def sanity_check_ahead_of_fit(watch, folder):
    x, y = tags()
    net = nn.Sequential(nn.Linear(7, 32), nn.BatchNorm1d(32), nn.LeakyReLU(0.1), nn.Dropout(0.3), nn.Linear(32, 5))
    opt = optim.RMSprop(net.parameters(), lr=1e-3)
    loss_fn = nn.BCEWithLogitsLoss()
    train, val = DataLoader(TensorDataset(x[:120], y[:120]), batch_size=24, shuffle=True), DataLoader(TensorDataset(x[120:], y[120:]), batch_size=30)
    Trainer(net, opt, loss_fn, watch(net, opt, loss=loss_fn, folder=folder)).fit(train, val, 3)


class Factorization(nn.Module):
    def __init__(self, users=12, items=15, width=6):
        super().__init__()
        self.user, self.item = nn.Embedding(users, width), nn.Embedding(items, width)
        self.dropout = nn.Dropout(0.2)
        self.mlp = nn.Sequential(nn.Linear(2 * width, 16), nn.ReLU(), nn.Dropout(0.2), nn.Linear(16, 1))

    def forward(self, users, items):
        return self.mlp(self.dropout(torch.cat([self.user(users), self.item(items)], -1))).squeeze(-1)


@loop("loop-eval-mode")
def validates_within_the_epoch(watch, folder):
    u, i, r = ratings()
    model = Factorization()
    optimizer = optim.Adam(model.parameters(), lr=5e-3)
    w = watch(model, optimizer, loss="mse", folder=folder)
    train = DataLoader(TensorDataset(u[:160], i[:160], r[:160]), batch_size=16, shuffle=True)
    model.train()
    for epoch in range(2):
        for step, (users, items, score) in enumerate(train):
            optimizer.zero_grad()
            loss = F.mse_loss(model(users, items), score)
            loss.backward()
            optimizer.step()
            w((users, items), score, loss)
            if step % 4 == 1:
                model.eval()  # fault
                with torch.no_grad():
                    F.mse_loss(model(u[160:], i[160:]), r[160:]).item()
