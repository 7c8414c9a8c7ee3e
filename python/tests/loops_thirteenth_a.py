"""Thirteenth batch, blind: wrong parameters, no update, an unstable loss, evaluation mode."""

import math

import torch
from loops import classes, loader, loop, numbers, pictures, waves
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset

# loop-wrong-parameters


class DeepTabular(nn.Module):
    def __init__(self, sizes=(5, 4, 4), out=1):
        super().__init__()
        self.hidden = [nn.Linear(a, b) for a, b in zip(sizes, sizes[1:])]  # fault: hidden_layers_in_a_plain_list
        self.out = nn.Linear(sizes[-1], out)

    def forward(self, x):
        for layer in self.hidden:
            x = torch.tanh(layer(x))
        return self.out(x)


@loop("loop-wrong-parameters")
def hidden_layers_in_a_plain_list(watch, folder):
    """Forums: 'list of layers in my module, parameters() shows only the last one' (use ModuleList)."""
    x, y = numbers(320)
    net = DeepTabular()
    opt = torch.optim.NAdam(net.parameters(), lr=2e-2)
    w = watch(net, opt, loss=nn.L1Loss(), folder=folder)
    for epoch in range(6):
        for xb, yb in loader(x, y, 40):
            opt.zero_grad()
            loss = F.l1_loss(net(xb), yb)
            loss.backward()
            opt.step()
            w(xb, yb, loss)


class TinyEncoder(nn.Module):
    def __init__(self, vocab=30, dim=16, tags=3):
        super().__init__()
        self.emb = nn.Embedding(vocab, dim)
        self.body = nn.TransformerEncoderLayer(dim, 2, 32, dropout=0.0, batch_first=True)
        self.head = nn.Linear(dim, tags)

    def forward(self, ids):
        return self.head(self.body(self.emb(ids)).mean(1))


def token_sums(rows=240, length=7, vocab=30, seed=1):
    """Sentences; the class tells whether more words are from the first, second or third part of the vocabulary."""
    g = torch.Generator().manual_seed(seed)
    y = torch.randint(0, 3, (rows,), generator=g)
    ids = torch.randint(0, vocab, (rows, length), generator=g)
    own = torch.rand(rows, length, generator=g) < 0.5
    return torch.where(own, ids % 10 + 10 * y[:, None], ids), y


@loop("loop-wrong-parameters")
def body_counted_and_then_handed_over(watch, folder):
    """Stack Overflow: 'optimizer got an empty parameter list' after the filter had been printed; here, a group."""
    ids, y = token_sums()
    model = TinyEncoder()
    body = filter(lambda p: p.requires_grad, nn.ModuleList([model.emb, model.body]).parameters())
    print("trainable weights of the body:", sum(p.numel() for p in body))
    groups = [{"params": body, "lr": 3e-3, "weight_decay": 0.01}, {"params": model.head.parameters(), "lr": 3e-3}]
    optimizer = torch.optim.AdamW(groups)  # fault
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    criterion = nn.CrossEntropyLoss()
    for epoch in range(5):
        model.train()
        for batch in DataLoader(TensorDataset(ids, y), batch_size=40, shuffle=True):
            logits = model(batch[0])
            loss = criterion(logits, batch[1])
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            w(batch[0], batch[1], loss)
            optimizer.step()


def own_init(net):
    for m in net.modules():
        if isinstance(m, (nn.Linear, nn.Conv2d)):
            fan = m.weight[0].numel()
            m.weight = nn.Parameter(torch.randn_like(m.weight) / math.sqrt(fan))  # fault: own_weight_init_came_second


@loop("loop-wrong-parameters")
def own_weight_init_came_second(watch, folder):
    """GitHub: 'custom weight init, training stuck': the init assigns new Parameters behind the optimizer's back."""
    x, y = pictures(160)
    y = (y + (x[:, 0, :, :4].mean((1, 2)) > x[:, 0, :, 4:].mean((1, 2))).long() * 2) % 4
    net = nn.Sequential(nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(128, 4))
    sgd = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9, nesterov=True)
    own_init(net)
    w = watch(net, sgd, loss=nn.CrossEntropyLoss(), folder=folder)
    for epoch in range(6):
        for xb, yb in loader(x, y, 32):
            loss = F.cross_entropy(net(xb), yb)
            sgd.zero_grad()
            loss.backward()
            sgd.step()
            w(xb, yb, loss)


# loop-no-update


class AccumulatingTrainer:
    """GitHub: 'gradient accumulation, loss constant': an epoch has fewer batches than the step waits for."""

    def __init__(self, model, optimizer, report, accumulate=16):
        self.model, self.optimizer, self.report, self.accumulate = model, optimizer, report, accumulate

    def epoch(self, data):
        self.optimizer.zero_grad()
        for i, (xb, yb) in enumerate(data):
            loss = F.smooth_l1_loss(self.model(xb), yb)
            (loss / self.accumulate).backward()
            self.report(xb, yb, loss)
            if (i + 1) % self.accumulate == 0:  # fault: epochs_shorter_than_the_accumulation
                self.optimizer.step()
                self.optimizer.zero_grad()


@loop("loop-no-update")
def epochs_shorter_than_the_accumulation(watch, folder):
    x, y = numbers(256)
    model = nn.Sequential(nn.Linear(5, 24), nn.GELU(), nn.Linear(24, 1))
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-2)
    trainer = AccumulatingTrainer(model, optimizer, watch(model, optimizer, loss=nn.SmoothL1Loss(), folder=folder))
    for _ in range(8):
        trainer.epoch(loader(x, y, 32))


@loop("loop-no-update")
def step_that_is_only_mentioned(watch, folder):
    """Stack Overflow: 'my LSTM does not learn at all': optimizer.step without its parentheses."""
    x, y = waves()

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.lstm = nn.LSTM(1, 12, num_layers=2, batch_first=True)
            self.fc = nn.Linear(12, 1)

        def forward(self, seq):
            return self.fc(self.lstm(seq)[1][0][-1])

    net = Net()
    optimizer = torch.optim.RMSprop(net.parameters(), lr=5e-3)
    w = watch(net, optimizer, loss="mse", folder=folder)
    step = 0
    while step < 40:
        at = torch.randint(0, len(x), (32,))
        seq, label = x[at], y[at]
        optimizer.zero_grad()
        single_loss = nn.functional.mse_loss(net(seq), label)
        single_loss.backward()
        optimizer.step  # fault
        w(seq, label, single_loss)
        step += 1


@loop("loop-no-update")
def phase_of_another_name(watch, folder):
    """Forums: 'element 0 of tensors does not require grad', mended by loss.requires_grad_() (transfer tutorial)."""
    x, y = pictures(128)
    loaders = {"train": loader(x[:96], y[:96], 16), "val": loader(x[96:], y[96:], 16, False)}
    model = nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.AdaptiveAvgPool2d(2), nn.Flatten(),
                          nn.Linear(16, 2))
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    w = watch(model, optimizer, loss=criterion, folder=folder)
    for epoch in range(5):
        for phase in ["train", "val"]:
            model.train(phase == "train")
            correct = 0
            for inputs, labels in loaders[phase]:
                optimizer.zero_grad()
                with torch.set_grad_enabled(phase == "training"):  # fault
                    outputs = model(inputs)
                    loss = criterion(outputs, labels)
                if phase == "train":
                    loss.requires_grad_()
                    loss.backward()
                    optimizer.step()
                    w(inputs, labels, loss)
                correct += (outputs.argmax(1) == labels).sum().item()


# numerically-unstable-loss


def masked_rmse(out, y):
    """Forums: 'sqrt gives nan gradients': rows that are padding through and through."""
    mask = (y != 0).float()
    return torch.sqrt((((out - y) * mask) ** 2).mean(dim=1)).mean()  # fault: rmse_of_padded_rows


@loop("numerically-unstable-loss")
def rmse_of_padded_rows(watch, folder):
    g = torch.Generator().manual_seed(3)
    base = torch.randn(200, 3, generator=g)
    x = base @ torch.randn(3, 8, generator=g)
    x[torch.rand(200, generator=g) < 0.05] = 0.0
    auto = nn.Sequential(nn.Linear(8, 3), nn.ELU(), nn.Linear(3, 8))
    optimizer = torch.optim.Adam(auto.parameters(), lr=2e-2)
    w = watch(auto, optimizer, loss=masked_rmse, folder=folder)
    for epoch in range(6):
        for (xb,) in DataLoader(TensorDataset(x), batch_size=25, shuffle=True):
            loss = masked_rmse(auto(xb), xb)
            w(xb, xb, loss)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()


class FocalLoss(nn.Module):
    """Kaggle: 'focal loss by hand, nan after some batches': columns that nobody scaled."""

    def __init__(self, gamma=2.0):
        super().__init__()
        self.gamma = gamma

    def forward(self, logits, y):
        p = torch.sigmoid(logits)
        p = torch.where(y > 0.5, p, 1 - p)
        return -((1 - p) ** self.gamma * torch.log(p)).mean()  # fault: focal_loss_on_money


@loop("numerically-unstable-loss")
def focal_loss_on_money(watch, folder):
    g = torch.Generator().manual_seed(0)
    income = 3000 * torch.randn(300, 1, generator=g)
    x = torch.cat([income, torch.randn(300, 3, generator=g)], 1)
    y = ((x[:, :1] / 3000 + 0.3 * torch.randn(300, 1, generator=g)) > 0).float()  # some answers are wrong
    net = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 1))
    criterion = FocalLoss()
    opt = torch.optim.Adagrad(net.parameters(), lr=0.02)
    w = watch(net, opt, loss=criterion, folder=folder)
    for epoch in range(5):
        for xb, yb in loader(x, y, 50):
            opt.zero_grad()
            loss = criterion(net(xb), yb)
            loss.backward()
            opt.step()
            w(xb, yb, loss)


def balanced_ce(logits, y):
    """Stack Overflow: 'average the loss per class first': a class that a batch lacks divides by its count of 0."""
    each = F.cross_entropy(logits, y, reduction="none")
    member = F.one_hot(y, logits.shape[1]).float()
    per_class = (each[:, None] * member).sum(0) / member.sum(0)  # fault: mean_per_class_of_a_rare_class
    return per_class.mean()


@loop("numerically-unstable-loss")
def mean_per_class_of_a_rare_class(watch, folder):
    x, y = classes(300, 6, 3)
    keep = (y != 2) | (torch.arange(300) % 5 == 0)
    x, y = x[keep], y[keep]
    net = nn.Sequential(nn.Linear(6, 12), nn.Tanh(), nn.Linear(12, 3))
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    w = watch(net, optimizer, loss=balanced_ce, folder=folder)
    for epoch in range(4):
        for xb, yb in loader(x, y, 20):
            logits = net(xb)
            loss = balanced_ce(logits, yb)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            w(xb, yb, loss)


# loop-eval-mode


def val_score(model, x, y):
    model.eval()  # fault: validation_between_the_batches
    with torch.no_grad():
        return (model(x) - y).pow(2).mean().item()


@loop("loop-eval-mode")
def validation_between_the_batches(watch, folder):
    """Forums: 'model.eval() gives incorrect loss for model with batchnorm': validated after some batches only."""
    x, y = numbers(400)
    x = x * torch.tensor([40.0, 25.0, 1.0, 0.1, 9.0]) + 60
    model = nn.Sequential(nn.BatchNorm1d(5), nn.Linear(5, 24), nn.ReLU(), nn.BatchNorm1d(24), nn.Dropout(0.2),
                          nn.Linear(24, 1))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    w = watch(model, optimizer, loss="mse", folder=folder)
    model.train()
    history = []
    for epoch in range(4):
        for i, (xb, yb) in enumerate(loader(x[:320], y[:320], 20)):
            loss = F.mse_loss(model(xb), yb)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            w(xb, yb, loss)
            if i % 5 == 0:
                history.append(val_score(model, x[320:], y[320:]))
