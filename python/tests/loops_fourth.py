"""A fourth batch, in the styles of strangers: one of each fault and correct oddities, written before anything was mended for them."""

import argparse
import copy
import dataclasses
import math

import torch
import torch.nn as nn
import torch.nn.functional as F
from loops import classes, loader, loop, numbers, pictures, waves, yes_no
from torch.optim import SGD, Adam, AdamW
from torch.utils.data import DataLoader, Dataset


@dataclasses.dataclass
class Config:
    lr: float = 3e-3
    batch_size: int = 30
    epochs: int = 2
    hidden: int = 24
    clip: float = 1.0
    accumulate: int = 1


class MLP(nn.Module):
    def __init__(self, d_in, d_out, cfg=None, p=0.0):
        super().__init__()
        hidden = (cfg or Config()).hidden
        self.layers = nn.ModuleList([nn.Linear(d_in, hidden), nn.Linear(hidden, hidden)])
        self.drop = nn.Dropout(p)
        self.out = nn.Linear(hidden, d_out)

    def forward(self, x):
        for layer in self.layers:
            x = self.drop(F.gelu(layer(x)))
        return self.out(x)


class Rows(Dataset):
    def __init__(self, x, y):
        self.x, self.y = x, y

    def __len__(self):
        return len(self.x)

    def __getitem__(self, i):
        return self.x[i], self.y[i]


# loop-wrong-parameters


class FineTuner:
    """Freeze a backbone, train a head, and then thaw: but the optimizer was made for the head."""

    def __init__(self, cfg, watch, folder):
        self.cfg = cfg
        self.net = MLP(6, 3, cfg)
        for p in self.net.layers.parameters():
            p.requires_grad_(False)
        self.optim = AdamW(filter(lambda p: p.requires_grad, self.net.parameters()), lr=cfg.lr)  # fault: thawed_behind_the_optimizer
        for p in self.net.parameters():
            p.requires_grad_(True)
        self.w = watch(self.net, self.optim, loss="cross_entropy", folder=folder, steps=8)

    def fit(self, dl):
        for epoch in range(self.cfg.epochs):
            self.train_epoch(dl)

    def train_epoch(self, dl):
        self.net.train()
        for data, target in dl:
            self.optim.zero_grad(set_to_none=True)
            output = self.net(data)
            loss = F.cross_entropy(output, target)
            loss.backward()
            self.optim.step()
            self.w(data, target, loss)


@loop("loop-wrong-parameters")
def thawed_behind_the_optimizer(watch, folder):
    x, y = classes()
    cfg = Config()
    FineTuner(cfg, watch, folder).fit(DataLoader(Rows(x, y), batch_size=cfg.batch_size, shuffle=True))


# loop-no-update


def compute_loss(model, batch):
    x, y = batch
    logits = model(x)
    preds = torch.sigmoid(logits).round()  # fault: rounded_probabilities
    return F.binary_cross_entropy(preds, y).requires_grad_()


@loop("loop-no-update")
def rounded_probabilities(watch, folder):
    x, y = yes_no()
    model = MLP(4, 1)
    optimizer = Adam(model.parameters(), lr=1e-3)
    track = watch(model, optimizer, loss="bce", folder=folder, steps=6)
    for batch in loader(x, y, 25):
        optimizer.zero_grad()
        loss = compute_loss(model, batch)
        loss.backward()
        optimizer.step()
        track(batch[0], batch[1], loss)


# loop-detached


class Siamese(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Sequential(nn.Linear(5, 16), nn.ReLU())
        self.score = nn.Linear(16, 1)

    def forward(self, x):
        with torch.no_grad():  # fault: frozen_for_memory
            z = self.embed(x)
        return self.score(z)


@loop("loop-detached")
def frozen_for_memory(watch, folder):
    x, y = numbers()
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    model = Siamese().to(device)
    criterion = nn.MSELoss().to(device)
    optimizer = torch.optim.Adagrad(model.parameters(), lr=0.02)
    log = watch(model, optimizer, loss=criterion, folder=folder, steps=6)
    model.train()
    for i, (inputs, targets) in enumerate(loader(x, y, 32)):
        inputs, targets = inputs.to(device), targets.to(device)
        optimizer.zero_grad()
        outputs = model(inputs)
        loss = criterion(outputs, targets)
        loss.backward()
        optimizer.step()
        log(inputs, targets, loss)


# loop-eval-mode


def evaluate(model, dl):
    model.eval()
    correct = total = 0
    with torch.no_grad():
        for x, y in dl:
            correct += (model(x).argmax(dim=1) == y).sum().item()
            total += len(y)
    return correct / total


def train(args, model, dl, optimizer, record):
    model.eval()  # fault: copied_from_evaluate
    for batch_idx, (x, y) in enumerate(dl):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
        record(x, y, loss)
        if batch_idx % args.log_interval == 0:
            math.sqrt(loss.item())


@loop("loop-eval-mode")
def copied_from_evaluate(watch, folder):
    parser = argparse.ArgumentParser()
    parser.add_argument("--lr", type=float, default=1e-3)
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--log-interval", type=int, default=10)
    args = parser.parse_args([])
    x, y = classes()
    dl = loader(x, y, 50)
    model = MLP(6, 3, p=0.3)
    optimizer = AdamW(model.parameters(), lr=args.lr)
    record = watch(model, optimizer, loss="cross_entropy", folder=folder, steps=8)
    for epoch in range(1, args.epochs + 1):
        train(args, model, dl, optimizer, record)
        evaluate(model, dl)


# loop-gradients-accumulate


@loop("loop-gradients-accumulate")
def cleared_when_the_count_is_full(watch, folder):
    x, y = numbers()
    model = MLP(5, 1)
    optimizer = SGD(model.parameters(), lr=1e-2)
    accumulation_steps = 5
    record = watch(model, optimizer, loss="mse", folder=folder, steps=10)
    for epoch in range(2):
        for i, (xb, yb) in enumerate(loader(x, y, 32)):
            loss = F.mse_loss(model(xb), yb)
            loss.backward()
            optimizer.step()
            if (i + 1) % accumulation_steps == 0:
                optimizer.zero_grad()  # fault
            record(xb, yb, loss)


# loop-gradients-cleared


@loop("loop-gradients-cleared")
def mixed_precision_in_the_wrong_order(watch, folder):
    x, y = classes()
    net = MLP(6, 3)
    opt = SGD(net.parameters(), lr=0.1, momentum=0.9, nesterov=True)
    scaler = torch.amp.GradScaler("cpu", init_scale=1024.0)
    record = watch(net, opt, loss="cross_entropy", folder=folder, steps=6)
    for data, target in loader(x, y, 50):
        output = net(data)
        loss = F.cross_entropy(output, target)
        scaler.scale(loss).backward()
        opt.zero_grad(set_to_none=False)  # fault
        scaler.step(opt)
        scaler.update()
        record(data, target, loss)


# loop-gradients-changed


def clip_gradients(parameters, cfg):
    for p in parameters:
        if p.grad is not None:
            p.grad.data.clamp_(-cfg.clip, cfg.clip)  # fault: clamped_by_a_config


@loop("loop-gradients-changed")
def clamped_by_a_config(watch, folder):
    cfg = Config(clip=1e-7)
    x, y = waves()
    model = nn.Sequential(nn.Flatten(), MLP(12, 1, cfg))
    optimizer = SGD(model.parameters(), lr=0.05)
    record = watch(model, optimizer, loss="mse", folder=folder, steps=6)
    for seq, nxt in loader(x, y, 20):
        optimizer.zero_grad()
        pred = model(seq)
        loss = F.mse_loss(pred, nxt)
        loss.backward()
        clip_gradients(model.parameters(), cfg)
        optimizer.step()
        record(seq, nxt, loss)


# loop-other-loss


@loop("loop-other-loss")
def softmax_as_an_output(watch, folder):
    x, y = classes()
    model = MLP(6, 3)
    criterion = nn.CrossEntropyLoss()
    optimizer = Adam(model.parameters(), lr=3e-3)
    record = watch(model, optimizer, loss=criterion, folder=folder, steps=6)
    for inputs, labels in loader(x, y, 50):
        optimizer.zero_grad()
        probs = nn.Softmax(dim=-1)(model(inputs))  # fault
        loss = criterion(probs, labels)
        loss.backward()
        optimizer.step()
        record(inputs, labels, loss)


# loop-broadcast


class Regression:
    def __init__(self, model, watch, folder):
        self.model = model
        self.opt = Adam(model.parameters(), lr=1e-2)
        self.record = watch(model, self.opt, loss="mse", folder=folder, steps=6)

    def step(self, batch):
        x, y = batch
        y_hat = self.model(x)
        return F.mse_loss(y_hat, y)  # fault: flat_in_a_step

    def fit(self, dl):
        for batch in dl:
            self.opt.zero_grad()
            loss = self.step(batch)
            loss.backward()
            self.opt.step()
            self.record(batch[0], batch[1], loss)


@loop("loop-broadcast")
def flat_in_a_step(watch, folder):
    x, y = numbers()
    Regression(MLP(5, 1), watch, folder).fit(DataLoader(Rows(x, y[:, 0]), batch_size=32))


# loop-rate-changed


@loop("loop-rate-changed")
def plateau_fed_with_nothing(watch, folder):
    x, y = numbers()
    model = MLP(5, 1)
    optimizer = Adam(model.parameters(), lr=1e-2)
    scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, mode="max", factor=0.1, patience=0)
    record = watch(model, optimizer, loss="mse", folder=folder, steps=6)
    for epoch in range(5):
        for xb, yb in loader(x, y, 32):
            optimizer.zero_grad()
            loss = F.mse_loss(model(xb), yb)
            loss.backward()
            optimizer.step()
            record(xb, yb, loss)
            scheduler.step(loss.detach())  # fault


# loop-weights-overwritten


class EMA:
    def __init__(self, model, decay):
        self.decay = decay
        self.shadow = {k: v.clone() for k, v in model.state_dict().items()}

    @torch.no_grad()
    def update(self, model):
        for k, v in model.state_dict().items():
            self.shadow[k].mul_(self.decay).add_(v, alpha=1 - self.decay)

    def apply_to(self, model):
        model.load_state_dict(self.shadow)  # fault: average_put_back


@loop("loop-weights-overwritten")
def average_put_back(watch, folder):
    x, y = classes()
    model = MLP(6, 3)
    ema = EMA(model, 0.9999)
    optimizer = AdamW(model.parameters(), lr=3e-3)
    record = watch(model, optimizer, loss="cross_entropy", folder=folder, steps=6)
    for xb, yb in loader(x, y, 40):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(xb), yb)
        loss.backward()
        optimizer.step()
        ema.update(model)
        ema.apply_to(model)
        record(xb, yb, loss)


# loop-misaligned-targets


@loop("loop-misaligned-targets")
def two_loaders_shuffled(watch, folder):
    x, y = classes()
    inputs = DataLoader(x, batch_size=50, shuffle=True)
    labels = DataLoader(y, batch_size=50, shuffle=True)
    net = MLP(6, 3)
    opt = Adam(net.parameters(), lr=3e-3)
    record = watch(net, opt, loss="cross_entropy", folder=folder, steps=12)
    for epoch in range(3):
        for xb, yb in zip(inputs, labels):  # fault
            opt.zero_grad()
            loss = F.cross_entropy(net(xb), yb)
            loss.backward()
            opt.step()
            record(xb, yb, loss)


# loop-same-batch


def infinite(dl):
    while True:
        yield next(iter(dl))  # fault: endless_generator


@loop("loop-same-batch")
def endless_generator(watch, folder):
    x, y = numbers()
    stream = infinite(loader(x, y, 32, shuffle=False))
    model = MLP(5, 1)
    optimizer = Adam(model.parameters(), lr=1e-2)
    record = watch(model, optimizer, loss="mse", folder=folder, steps=6)
    for it in range(8):
        xb, yb = next(stream)
        optimizer.zero_grad()
        loss = F.mse_loss(model(xb), yb)
        loss.backward()
        optimizer.step()
        record(xb, yb, loss)


# gradients of micro-batches thrown away: another kind of cleared


@loop("loop-gradients-cleared")
def thrown_away_by_micro_batches(watch, folder):
    x, y = numbers()
    model = MLP(5, 1)
    optimizer = Adam(model.parameters(), lr=1e-2)
    accumulate = 4
    record = watch(model, optimizer, loss="mse", folder=folder, steps=12)
    for epoch in range(2):
        for i, (xb, yb) in enumerate(loader(x, y, 32)):
            optimizer.zero_grad()  # fault
            loss = F.mse_loss(model(xb), yb)
            (loss / accumulate).backward()
            if (i + 1) % accumulate == 0:
                optimizer.step()
            record(xb, yb, loss)


# loop-other-loss, by a view in the place of a permute


class Tagger(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.GRU(1, 12, batch_first=True)
        self.out = nn.Linear(12, 3)

    def forward(self, x):
        return self.out(self.rnn(x)[0])


@loop("loop-other-loss")
def viewed_for_permuted(watch, folder):
    x, _ = waves()
    y = (x[..., 0] > 0.5).long() + (x[..., 0] > -0.5).long()
    model = Tagger()
    optimizer = Adam(model.parameters(), lr=1e-2)
    criterion = nn.CrossEntropyLoss()
    record = watch(model, optimizer, loss=criterion, folder=folder, steps=6)
    for tokens, tags in loader(x, y, 20):
        optimizer.zero_grad()
        logits = model(tokens)
        loss = criterion(logits.view(logits.size(0), 3, -1), tags)  # fault
        loss.backward()
        optimizer.step()
        record(tokens, tags, loss)


# loop-correct


@loop("loop-correct")
def sharpness_aware(watch, folder):
    x, y = classes()
    model = MLP(6, 3)
    base = SGD(model.parameters(), lr=0.05, momentum=0.9)
    record = watch(model, base, loss="cross_entropy", folder=folder, steps=6)
    for xb, yb in loader(x, y, 40):
        loss = F.cross_entropy(model(xb), yb)
        loss.backward()
        with torch.no_grad():
            size = torch.norm(torch.stack([p.grad.norm() for p in model.parameters()]))
            moves = [0.05 * p.grad / (size + 1e-12) for p in model.parameters()]
            for p, e in zip(model.parameters(), moves):
                p.add_(e)
        base.zero_grad()
        F.cross_entropy(model(xb), yb).backward()
        with torch.no_grad():
            for p, e in zip(model.parameters(), moves):
                p.sub_(e)
        base.step()
        base.zero_grad()
        record(xb, yb, loss)


@loop("loop-correct")
def quasi_newton(watch, folder):
    x, y = numbers()
    model = MLP(5, 1)
    optimizer = torch.optim.LBFGS(model.parameters(), lr=0.5, max_iter=4)
    record = watch(model, optimizer, loss="mse", folder=folder, steps=6)

    def closure():
        optimizer.zero_grad()
        loss = F.mse_loss(model(x), y)
        loss.backward()
        return loss

    for i in range(6):
        loss = optimizer.step(closure)
        record(x, y, loss)


@loop("loop-correct")
def exponential_to_a_hundredth(watch, folder):
    x, y = numbers()
    model = MLP(5, 1)
    optimizer = Adam(model.parameters(), lr=1e-2)
    scheduler = torch.optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.9)
    record = watch(model, optimizer, loss="mse", folder=folder, steps=8)
    for epoch in range(60):
        for xb, yb in loader(x, y, 64):
            optimizer.zero_grad()
            loss = F.mse_loss(model(xb), yb)
            loss.backward()
            optimizer.step()
            record(xb, yb, loss)
        scheduler.step()


@loop("loop-correct")
def average_beside(watch, folder):
    x, y = classes()
    model = MLP(6, 3)
    shadow = copy.deepcopy(model).requires_grad_(False)
    optimizer = AdamW(model.parameters(), lr=3e-3)
    record = watch(model, optimizer, loss="cross_entropy", folder=folder, steps=6)
    for xb, yb in loader(x, y, 40):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(xb), yb)
        loss.backward()
        optimizer.step()
        record(xb, yb, loss)
        with torch.no_grad():
            for s, p in zip(shadow.parameters(), model.parameters()):
                s.lerp_(p, 0.01)


@loop("loop-correct")
def groups_without_decay(watch, folder):
    x, y = pictures()
    model = nn.Sequential(nn.Conv2d(1, 8, 3), nn.GELU(), nn.Flatten(), nn.Linear(288, 2))
    decay, rest = [], []
    for name, p in model.named_parameters():
        (rest if name.endswith("bias") else decay).append(p)
    optimizer = AdamW([{"params": decay, "weight_decay": 0.1}, {"params": rest, "weight_decay": 0.0, "lr": 1e-3}], lr=3e-3)
    record = watch(model, optimizer, loss="cross_entropy", folder=folder, steps=6)
    for xb, yb in loader(x, y, 20):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(xb), yb)
        loss.backward()
        optimizer.step()
        record(xb, yb, loss)


@loop("loop-correct")
def gradients_by_functions(watch, folder):
    x, y = numbers()
    model = MLP(5, 1)
    optimizer = SGD(model.parameters(), lr=0.02)
    record = watch(model, optimizer, loss="mse", folder=folder, steps=6)

    def objective(params, xb, yb):
        return F.mse_loss(torch.func.functional_call(model, params, (xb,)), yb)

    gradient = torch.func.grad_and_value(objective)
    for xb, yb in loader(x, y, 32):
        params = {k: v.detach() for k, v in model.named_parameters()}
        grads, loss = gradient(params, xb, yb)
        for k, p in model.named_parameters():
            p.grad = grads[k]
        optimizer.step()
        record(xb, yb, loss)


@loop("loop-correct")
def critic_and_maker(watch, folder):
    x, _ = numbers()
    maker, critic = MLP(3, 5), MLP(5, 1)
    opt_m, opt_c = Adam(maker.parameters(), lr=1e-3), Adam(critic.parameters(), lr=1e-3)
    bce = nn.BCEWithLogitsLoss()
    record = watch(critic, opt_c, loss=bce, folder=folder, steps=6)
    for (real,) in DataLoader(torch.utils.data.TensorDataset(x), batch_size=32):
        ones, zeros = torch.ones(len(real), 1), torch.zeros(len(real), 1)
        fake = maker(torch.randn(len(real), 3))
        opt_c.zero_grad()
        inputs, labels = torch.cat([real, fake.detach()]), torch.cat([ones, zeros])
        loss = bce(critic(inputs), labels)
        loss.backward()
        opt_c.step()
        record(inputs, labels, loss)
        opt_m.zero_grad()
        bce(critic(fake), ones).backward()
        opt_m.step()


@loop("loop-correct")
def last_of_the_epoch_steps_too(watch, folder):
    x, y = yes_no()
    model = MLP(4, 1)
    optimizer = Adam(model.parameters(), lr=1e-2)
    k, dl = 3, loader(x, y, 25)
    record = watch(model, optimizer, loss="bce_with_logits", folder=folder, steps=12)
    optimizer.zero_grad()
    for epoch in range(2):
        for i, (xb, yb) in enumerate(dl):
            loss = F.binary_cross_entropy_with_logits(model(xb), yb) / k
            loss.backward()
            if (i + 1) % k == 0 or i + 1 == len(dl):
                nn.utils.clip_grad_norm_(model.parameters(), 1.0)
                optimizer.step()
                optimizer.zero_grad()
            record(xb, yb, loss)


@loop("loop-correct")
def tokens_reshaped(watch, folder):
    x, _ = waves()
    y = (x[..., 0] > 0.5).long() + (x[..., 0] > -0.5).long()
    model = Tagger()
    optimizer = Adam(model.parameters(), lr=1e-2)
    record = watch(model, optimizer, loss="cross_entropy", folder=folder, steps=6)
    for tokens, tags in loader(x, y, 20):
        optimizer.zero_grad()
        logits = model(tokens)
        loss = F.cross_entropy(logits.reshape(-1, 3), tags.reshape(-1))
        loss.backward()
        optimizer.step()
        record(tokens, tags, loss)
