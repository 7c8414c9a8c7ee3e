"""Fourteenth batch, blind: evaluation mode, and gradients that pile up."""

import copy

import torch
from loops import loader, loop, numbers, pictures, waves
from torch import nn
from torch.nn import functional as F
from torch.optim.swa_utils import AveragedModel
from torch.utils.data import DataLoader, TensorDataset

# loop-eval-mode


class HubNet(nn.Module):
    """As a model of a hub is loaded: a configuration, then weights where there are some."""

    def __init__(self, width=6, out=3):
        super().__init__()
        self.norm = nn.BatchNorm1d(width)
        self.body = nn.Sequential(nn.Linear(width, 24), nn.BatchNorm1d(24), nn.ReLU(), nn.Dropout(0.1))
        self.head = nn.Linear(24, out)

    def forward(self, x):
        return self.head(self.body(self.norm(x)))

    @classmethod
    def from_pretrained(cls, weights=None, **kwargs):
        model = cls(**kwargs)
        if weights is not None:
            model.load_state_dict(weights, strict=False)
        model.eval()
        return model


@loop("loop-eval-mode")
def table_with_money_in_it(watch, folder):
    g = torch.Generator().manual_seed(3)
    y = torch.randint(0, 3, (360,), generator=g)
    x = torch.randn(3, 6, generator=g)[y] + torch.randn(360, 6, generator=g)
    x = x * torch.tensor([90.0, 30.0, 8.0, 1.0, 0.2, 40.0]) + torch.tensor([500.0, 120.0, 20.0, 0.0, 1.0, 250.0])
    model = HubNet.from_pretrained(out=3)  # fault
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    w = watch(model, optimizer, loss=nn.CrossEntropyLoss(), folder=folder)
    for epoch in range(5):
        for xb, yb in loader(x, y, 40):
            logits = model(xb)
            loss = F.cross_entropy(logits, yb)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            w(xb, yb, loss)


class ImageTrainer:
    """A trainer with hooks for what is shown at the beginning of an epoch."""

    def __init__(self, net, data, lr, watch, folder):
        self.net, self.data = net, data
        self.optim = torch.optim.RMSprop(net.parameters(), lr=lr)
        self.w = watch(net, self.optim, loss="cross_entropy", folder=folder)
        self.callbacks = []

    @torch.no_grad()
    def show(self, pictures_to_show):
        self.net.eval()  # fault: pictures_shown_first
        return self.net(pictures_to_show).argmax(1).tolist()

    def fit(self, epochs):
        for epoch in range(epochs):
            self.net.train()
            for callback in self.callbacks:
                callback(self, epoch)
            for images, labels in self.data:
                self.optim.zero_grad()
                loss = F.cross_entropy(self.net(images), labels)
                loss.backward()
                self.optim.step()
                self.w(images, labels, loss)


@loop("loop-eval-mode")
def pictures_shown_first(watch, folder):
    x, y = pictures(160)
    x = 255 * x + 100
    net = nn.Sequential(nn.Conv2d(1, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU(), nn.MaxPool2d(4), nn.Flatten(),
                        nn.Dropout(0.2), nn.Linear(32, 2))
    trainer = ImageTrainer(net, loader(x, y, 20), 1e-2, watch, folder)
    trainer.callbacks.append(lambda t, epoch: print(epoch, t.show(x[:6])))
    trainer.fit(4)


def score(model, x, y):
    model.eval()
    with torch.no_grad():
        value = F.l1_loss(model(x), y).item()
    model.train  # fault: score_before_the_first_epoch
    return value


@loop("loop-eval-mode")
def score_before_the_first_epoch(watch, folder):
    g = torch.Generator().manual_seed(9)
    x = torch.randn(300, 5, generator=g)
    y = x[:, :1] - x[:, 1:2] + 0.3 * x[:, 1:2] * x[:, 2:3]
    x = 30 * x + torch.tensor([200.0, -80.0, 40.0, 0.0, 500.0])
    model = nn.Sequential(nn.BatchNorm1d(5), nn.Linear(5, 32), nn.BatchNorm1d(32), nn.Tanh(), nn.Linear(32, 1))
    opt = torch.optim.Adagrad(model.parameters(), lr=0.1)
    w = watch(model, opt, loss=nn.L1Loss(), folder=folder)
    best = score(model, x[240:], y[240:])
    for epoch in range(6):
        for at in torch.randperm(240).split(24):
            loss = F.l1_loss(model(x[at]), y[at])
            opt.zero_grad()
            loss.backward()
            opt.step()
            w(x[at], y[at], loss)
        best = min(best, score(model, x[240:], y[240:]))


# loop-gradients-accumulate


class WordBag(nn.Module):
    def __init__(self, vocab=40, dim=12, topics=4):
        super().__init__()
        self.bag = nn.EmbeddingBag(vocab, dim, mode="mean")
        self.fc = nn.Linear(dim, topics)

    def forward(self, ids):
        return self.fc(torch.relu(self.bag(ids)))


def topic_words(rows=400, length=8, seed=2):
    g = torch.Generator().manual_seed(seed)
    y = torch.randint(0, 4, (rows,), generator=g)
    ids = torch.randint(0, 40, (rows, length), generator=g)
    own = torch.rand(rows, length, generator=g) < 0.6
    return torch.where(own, ids % 10 + 10 * y[:, None], ids), y


@loop("loop-gradients-accumulate")
def topics_of_short_texts(watch, folder):
    ids, y = topic_words()
    model = WordBag()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.8, momentum=0.9)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    data = DataLoader(TensorDataset(ids, y), batch_size=20, shuffle=True)
    for epoch in range(6):
        epoch_loss = 0
        optimizer.zero_grad()  # fault
        for text, label in data:
            output = model(text)
            loss = F.cross_entropy(output, label)
            loss.backward()
            optimizer.step()
            w(text, label, loss)
            epoch_loss += loss.item()


def forget(parameters):
    for p in parameters:
        if p.grad is not None:
            p.grad.detach_()  # fault: waves_with_two_layers


@loop("loop-gradients-accumulate")
def waves_with_two_layers(watch, folder):
    x, y = waves(200, 14)

    class Stack(nn.Module):
        def __init__(self):
            super().__init__()
            self.rnn = nn.RNN(1, 16, num_layers=2, batch_first=True)
            self.out = nn.Linear(16, 1)

        def forward(self, s):
            return self.out(self.rnn(s)[0][:, -1])

    torch.manual_seed(2)
    net = Stack()
    params = list(net.parameters())
    opt = torch.optim.SGD(params, lr=0.02, momentum=0.9, nesterov=True)
    w = watch(net, opt, loss=nn.MSELoss(), folder=folder)
    for i in range(60):
        at = torch.randperm(200)[:32]
        forget(params)
        loss = ((net(x[at]) - y[at]) ** 2).mean()
        loss.backward()
        opt.step()
        w(x[at], y[at], loss)


@loop("loop-gradients-accumulate")
def average_kept_from_the_start(watch, folder):
    """Stochastic weight averaging, read from the manual."""
    x, y = numbers(320, width=6, seed=3)
    y = y + x[:, 2:3] ** 2
    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 1))
    swa = AveragedModel(net)
    opt = torch.optim.SGD(net.parameters(), lr=0.04, momentum=0.5)
    w = watch(net, opt, loss="mse", folder=folder)
    for epoch in range(8):
        for xb, yb in loader(x, y, 32):
            swa.zero_grad()  # fault
            loss = F.mse_loss(net(xb), yb)
            loss.backward()
            opt.step()
            w(xb, yb, loss)
        if epoch > 3:
            swa.update_parameters(net)


# loop-gradients-cleared


def apply_update(optimizer):
    optimizer.zero_grad()  # fault: siamese_with_a_helper
    optimizer.step()


class Siamese(nn.Module):
    """A pair in, the logit of being of a kind out."""

    def __init__(self, width=6):
        super().__init__()
        self.tower = nn.Sequential(nn.Linear(width, 24), nn.ReLU(), nn.Linear(24, 8))
        self.out = nn.Linear(8, 1)

    def forward(self, pair):
        a, b = self.tower(pair[:, 0]), self.tower(pair[:, 1])
        return self.out((a - b).abs())


@loop("loop-gradients-cleared")
def siamese_with_a_helper(watch, folder):
    g = torch.Generator().manual_seed(5)
    kinds = 2 * torch.randn(4, 6, generator=g)
    which = torch.randint(0, 4, (400, 2), generator=g)
    same = torch.rand(400, generator=g) < 0.4
    which[same, 1] = which[same, 0]
    pairs = kinds[which] + 0.5 * torch.randn(400, 2, 6, generator=g)
    y = (which[:, :1] == which[:, 1:]).float()
    net = Siamese()
    optimizer = torch.optim.Adam(net.parameters(), lr=5e-3)
    criterion = nn.BCEWithLogitsLoss()
    w = watch(net, optimizer, loss=criterion, folder=folder)
    for epoch in range(6):
        for pair, label in loader(pairs, y, 40):
            loss = criterion(net(pair), label)
            loss.backward()
            apply_update(optimizer)
            w(pair, label, loss)


@loop("loop-gradients-cleared")
def four_small_batches_are_one(watch, folder):
    x, y = pictures(192)
    model = nn.Sequential(nn.Conv2d(1, 6, 3), nn.ReLU(), nn.Conv2d(6, 8, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(2),
                          nn.Flatten(), nn.Linear(32, 2))
    opt = torch.optim.AdamW(model.parameters(), lr=1e-2)
    accum_iter = 4
    w = watch(model, opt, loss="cross_entropy", folder=folder)
    for epoch in range(12):
        for i, (images, labels) in enumerate(loader(x, y, 12)):
            loss = F.cross_entropy(model(images), labels)
            (loss / accum_iter).backward()
            w(images, labels, loss)
            if (i + 1) % accum_iter == 0:
                opt.zero_grad()  # fault
                opt.step()


def gradient_norm(model):
    """For the log."""
    total = 0.0
    for p in model.parameters():
        if p.grad is not None:
            total += p.grad.norm().item() ** 2
            p.grad = None  # fault: recorder_of_norms
    return total ** 0.5


@loop("loop-gradients-cleared")
def recorder_of_norms(watch, folder):
    x, y = waves(160, 10)
    enc = nn.TransformerEncoderLayer(8, 2, 16, dropout=0.0, batch_first=True)
    model = nn.Sequential(nn.Linear(1, 8), enc, nn.Flatten(), nn.Linear(80, 1))
    start = copy.deepcopy(model.state_dict())
    optimizer = torch.optim.RAdam(model.parameters(), lr=5e-3)
    w = watch(model, optimizer, loss="mse", folder=folder)
    norms = []
    for epoch in range(10):
        for seq, nxt in loader(x, y, 32):
            optimizer.zero_grad()
            loss = F.mse_loss(model(seq), nxt)
            loss.backward()
            norms.append(gradient_norm(model))
            optimizer.step()
            w(seq, nxt, loss)
    return {"norms": norms, "start": start}
