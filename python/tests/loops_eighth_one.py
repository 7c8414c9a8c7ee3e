"""The eighth batch's faults: parameters that the optimizer doesn't hold, and weights that nothing moves. Written without a look at the rules."""

from dataclasses import dataclass

import torch
import torch.nn as nn
import torch.nn.functional as F
from loops import loop
from loops_eighth_data import EPOCHS, batches, clusters, drift, glyphs, letters_in, ratings, reviews, wells
from torch.utils.data import DataLoader, TensorDataset

# loop-wrong-parameters


@dataclass
class TextConfig:
    vocabulary: int = 25
    width: int = 12
    rate: float = 0.02
    batch: int = 30


class BagOfWords(nn.Module):
    def __init__(self, cfg):
        super().__init__()
        self.embed = nn.Embedding(cfg.vocabulary, cfg.width)
        self.out = nn.Linear(cfg.width, 2)

    def forward(self, ids):
        return self.out(self.embed(ids).mean(1))

    def resize_vocabulary(self, size):
        old, self.embed = self.embed, nn.Embedding(size, self.embed.embedding_dim)
        with torch.no_grad():
            self.embed.weight[: old.num_embeddings] = old.weight


class TextTrainer:
    def __init__(self, cfg):
        self.cfg = cfg
        self.model = BagOfWords(cfg)
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=cfg.rate)

    def prepare(self, ids):
        needed = int(ids.max()) + 1
        if needed > self.cfg.vocabulary:
            self.model.resize_vocabulary(needed)  # fault: vocabulary_grows_behind_the_optimizer

    def run(self, ids, labels, watch, folder):
        self.prepare(ids)
        record = watch(self.model, self.optimizer, loss="cross_entropy", folder=folder)
        for epoch in range(EPOCHS):
            for batch, target in batches(self.cfg.batch, ids, labels):
                self.optimizer.zero_grad()
                loss = F.cross_entropy(self.model(batch), target)
                record(batch, target, loss)
                loss.backward()
                self.optimizer.step()


@loop("loop-wrong-parameters")
def vocabulary_grows_behind_the_optimizer(watch, folder):
    ids, _, kind = reviews()
    TextTrainer(TextConfig()).run(ids, kind, watch, folder)


class Smoother:
    """A small helper that happens to have weights."""

    def __init__(self, width):
        self.mix = nn.Linear(width, width)

    def __call__(self, x):
        return torch.tanh(self.mix(x))


class Geologist(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = Smoother(8)  # fault: helper_that_is_no_module
        self.second = nn.Linear(8, 1)

    def forward(self, x):
        return self.second(self.first(x))


@loop("loop-wrong-parameters")
def helper_that_is_no_module(watch, folder):
    features, target = wells()
    model = Geologist()
    sgd = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.8)
    seen = watch(model, sgd, loss="mse", folder=folder)
    for epoch in range(EPOCHS):
        for x, y in DataLoader(TensorDataset(features, target), batch_size=36, shuffle=True):
            loss = F.mse_loss(model(x), y)
            sgd.zero_grad()
            loss.backward()
            sgd.step()
            seen(x, y, loss)


class BarNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 3)
        self.conv2 = nn.Conv2d(6, 8, 3)
        self.fc = nn.Linear(8, 3)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        return self.fc(F.relu(self.conv2(x)).amax((2, 3)))


@loop("loop-wrong-parameters")
def weight_norm_put_on_too_late(watch, folder):
    images, labels = glyphs()
    net = BarNet()
    opt = torch.optim.AdamW(net.parameters(), lr=1e-2)  # fault
    for layer in (net.conv1, net.conv2, net.fc):
        nn.utils.parametrizations.weight_norm(layer)
    criterion = nn.CrossEntropyLoss()
    w = watch(net, opt, loss=criterion, folder=folder)
    for _ in range(EPOCHS):
        net.train()
        for img, lab in batches(28, images, labels):
            opt.zero_grad(set_to_none=True)
            loss = criterion(net(img), lab)
            loss.backward()
            opt.step()
            w(img, lab, loss)


def xavier(module):
    if isinstance(module, nn.Linear):
        bound = (6 / (module.in_features + module.out_features)) ** 0.5
        module.weight = nn.Parameter(torch.empty_like(module.weight).uniform_(-bound, bound))
        module.bias = nn.Parameter(torch.zeros_like(module.bias))


@loop("loop-wrong-parameters")
def initializer_that_makes_parameters(watch, folder):
    x, y = letters_in()

    def build():
        model = nn.Sequential(nn.Linear(10, 24), nn.GELU(), nn.Linear(24, 12), nn.GELU(), nn.Linear(12, 1))
        optimizer = torch.optim.RMSprop(model.parameters(), lr=5e-3)  # fault: initializer_that_makes_parameters
        model.apply(xavier)
        return model, optimizer

    model, optimizer = build()
    w = watch(model, optimizer, loss="bce_with_logits", folder=folder)
    for _ in range(EPOCHS):
        for xb, yb in batches(32, x, y):
            loss = F.binary_cross_entropy_with_logits(model(xb), yb)
            optimizer.zero_grad()
            w(xb, yb, loss)
            loss.backward()
            optimizer.step()


class Taste(nn.Module):
    def __init__(self, users=15, items=20, width=4):
        super().__init__()
        self.user, self.item = nn.Embedding(users, width), nn.Embedding(items, width)
        self.user_bias, self.item_bias = nn.Embedding(users, 1), nn.Embedding(items, 1)
        self.mean = nn.Parameter(torch.zeros(()))

    def forward(self, user, item):
        return (self.user(user) * self.item(item)).sum(1) + self.user_bias(user)[:, 0] + self.item_bias(item)[:, 0] + self.mean


@loop("loop-wrong-parameters")
def group_without_decay_is_left_out(watch, folder):
    user, item, stars = ratings()
    model = Taste()
    plain, decayed = [], []
    for name, parameter in model.named_parameters():
        (plain if "bias" in name or parameter.ndim < 2 else decayed).append(parameter)
    optimizer = torch.optim.AdamW([{"params": decayed, "weight_decay": 1e-2}], lr=3e-2)  # fault
    w = watch(model, optimizer, loss="mse", folder=folder)
    for _ in range(EPOCHS):
        for u, i, r in batches(40, user, item, stars):
            optimizer.zero_grad()
            loss = F.mse_loss(model(u, i), r)
            loss.backward()
            optimizer.step()
            w((u, i), r, loss)


# loop-no-update


@loop("loop-no-update")
def stars_rounded_before_the_loss(watch, folder):
    """Only whole stars can be given, so the prediction is rounded."""
    user, item, stars = ratings()
    stars = stars.round()
    model = Taste()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    w = watch(model, optimizer, loss="mse", folder=folder)
    for _ in range(EPOCHS):
        for u, i, r in batches(40, user, item, stars):
            optimizer.zero_grad()
            prediction = torch.round(model(u, i))  # fault
            loss = F.mse_loss(prediction, r)
            loss.backward()
            optimizer.step()
            w((u, i), r, loss)


@torch.no_grad()  # fault: epoch_shared_with_validation
def run_epoch(model, data, criterion, optimizer=None, seen=None):
    total = 0.0
    for x, y in data:
        loss = criterion(model(x), y)
        if optimizer is not None:
            loss.requires_grad_()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            seen(x, y, loss)
        total += loss.item()
    return total


@loop("loop-no-update")
def epoch_shared_with_validation(watch, folder):
    x, y = clusters()
    model = nn.Sequential(nn.Linear(7, 16), nn.LayerNorm(16), nn.SiLU(), nn.Linear(16, 4))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.2)
    criterion = nn.CrossEntropyLoss()
    seen = watch(model, optimizer, loss=criterion, folder=folder)
    for _ in range(EPOCHS):
        run_epoch(model, list(batches(30, x[:150], y[:150])), criterion, optimizer, seen)
        run_epoch(model, [(x[150:], y[150:])], criterion)


class Module(nn.Module):
    """As Lightning has it, in little."""

    automatic_optimization = True

    def fit(self, data, size, seen):
        optimizer = self.optimizer
        for _ in range(EPOCHS):
            for index, batch in enumerate(batches(size, *data)):
                loss = self.training_step(batch, index)
                if self.automatic_optimization:
                    optimizer.zero_grad()
                    loss.backward()
                    optimizer.step()
                seen(*batch, loss)


class Tide(Module):
    automatic_optimization = False

    def __init__(self):
        super().__init__()
        self.rnn = nn.GRU(2, 14, batch_first=True)
        self.head = nn.Linear(14, 1)
        self.optimizer = torch.optim.NAdam(self.parameters(), lr=1e-2)

    def forward(self, x):
        return self.head(self.rnn(x)[0][:, -1])

    def training_step(self, batch, index):
        x, y = batch
        self.optimizer.zero_grad()
        loss = F.smooth_l1_loss(self(x), y)
        loss.backward()
        return loss  # fault: manual_optimization_without_a_step


@loop("loop-no-update")
def manual_optimization_without_a_step(watch, folder):
    model = Tide()
    model.fit(drift(), 30, watch(model, model.optimizer, loss=nn.SmoothL1Loss(), folder=folder))


def predict(net, features):
    return torch.from_numpy(net(features).detach().numpy())  # fault: predictions_by_the_function_for_plots


@loop("loop-no-update")
def predictions_by_the_function_for_plots(watch, folder):
    x, y = wells()
    net = nn.Sequential(nn.Linear(8, 20), nn.Softplus(), nn.Linear(20, 1))
    optimizer = torch.optim.Adagrad(net.parameters(), lr=0.05)
    w = watch(net, optimizer, loss="l1", folder=folder)
    for _ in range(EPOCHS):
        for xb, yb in batches(45, x, y):
            loss = F.l1_loss(predict(net, xb), yb)
            loss.requires_grad = True
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            w(xb, yb, loss)


class Stepper:
    def __init__(self, model, optimizer, max_loss=50.0):
        self.model, self.optimizer, self.max_loss = model, optimizer, max_loss

    def __call__(self, loss):
        self.optimizer.zero_grad()
        loss.backward()
        if loss.item() > self.max_loss or torch.isfinite(loss):  # fault: guard_that_skips_every_step
            return False
        self.optimizer.step()
        return True


@loop("loop-no-update")
def guard_that_skips_every_step(watch, folder):
    images, labels = glyphs()
    net = BarNet()
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1, nesterov=True, momentum=0.9)
    take = Stepper(net, optimizer)
    w = watch(net, optimizer, loss="cross_entropy", folder=folder)
    for _ in range(EPOCHS):
        for img, lab in batches(28, images, labels):
            loss = F.cross_entropy(net(img), lab)
            w(img, lab, loss)
            take(loss)
