"""Fifteenth batch, blind: evaluation mode, gradients that accumulate, gradients that are cleared."""

from contextlib import contextmanager

import torch
from loops import classes, loader, loop, numbers, pictures, waves, yes_no
from torch import nn
from torch.nn import functional as F


def raw_table(rows=400, seed=0):
    """Columns as they come, in their own units."""
    x, y = numbers(rows, seed=seed)
    return x * torch.tensor([30.0, 12.0, 1.0, 0.2, 5.0]) + torch.tensor([80.0, -40.0, 3.0, 0.0, 20.0]), y


# loop-eval-mode


class Fitter:
    """Validates first, so that the history starts with the untrained net."""

    def __init__(self, model, optimizer, train, held):
        self.model, self.optimizer, self.train, self.held = model, optimizer, train, held
        self.history = []
        self.model.train()  # fault: history_starts_untrained

    def validate(self):
        self.model.eval()
        with torch.no_grad():
            x, y = self.held
            self.history.append(F.l1_loss(self.model(x), y).item())

    def fit(self, epochs, report):
        for epoch in range(epochs):
            self.validate()
            for xb, yb in self.train:
                self.optimizer.zero_grad()
                loss = F.l1_loss(self.model(xb), yb)
                loss.backward()
                self.optimizer.step()
                report(xb, yb, loss)


@loop("loop-eval-mode")
def history_starts_untrained(watch, folder):
    x, y = raw_table()
    model = nn.Sequential(nn.BatchNorm1d(5), nn.Linear(5, 24), nn.BatchNorm1d(24), nn.ReLU(), nn.Linear(24, 1))
    optimizer = torch.optim.Adadelta(model.parameters(), lr=5.0)
    fitter = Fitter(model, optimizer, loader(x[:320], y[:320], 32), (x[320:], y[320:]))
    fitter.fit(6, watch(model, optimizer, loss="l1", folder=folder))


def test_epoch(model, data, device="cpu"):
    model.eval()
    right = 0
    with torch.no_grad():
        for images, labels in data:
            images, labels = images.to(device), labels.to(device)
            right += (model(images).argmax(1) == labels).sum().item()
    return right / len(data.dataset)


def train_epoch(model, data, optimizer, report, device="cpu"):
    model.eval()  # fault: two_functions_much_alike
    right = 0
    for images, labels in data:
        images, labels = images.to(device), labels.to(device)
        optimizer.zero_grad()
        outputs = model(images)
        loss = F.cross_entropy(outputs, labels)
        loss.backward()
        optimizer.step()
        report(images, labels, loss)
        right += (outputs.argmax(1) == labels).sum().item()
    return right / len(data.dataset)


@loop("loop-eval-mode")
def two_functions_much_alike(watch, folder):
    """Stack Overflow: MNIST homework with pixels of 0 to 255, 'BatchNorm does not help'."""
    x, y = pictures(240)
    x = ((x + 0.5 * torch.randn_like(x)) * 50 + 128).round()
    model = nn.Sequential(nn.Conv2d(1, 6, 3), nn.BatchNorm2d(6), nn.ReLU(), nn.Conv2d(6, 6, 3), nn.BatchNorm2d(6),
                          nn.ReLU(), nn.Flatten(), nn.Dropout(0.25), nn.Linear(96, 2))
    optimizer = torch.optim.Adagrad(model.parameters(), lr=1e-2)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for epoch in range(4):
        train_epoch(model, loader(x[:200], y[:200], 20), optimizer, w)
        test_epoch(model, loader(x[200:], y[200:], 20, False))


@contextmanager
def evaluating(model):
    model.eval()
    before = model.training  # fault: a_look_every_ten_steps
    try:
        with torch.no_grad():
            yield model
    finally:
        model.train(before)


@loop("loop-eval-mode")
def a_look_every_ten_steps(watch, folder):
    """The context manager of a blog post."""
    x, y = raw_table(360, seed=3)
    y = (y > 0).float()
    net = nn.Sequential(nn.BatchNorm1d(5), nn.Linear(5, 32), nn.ELU(), nn.BatchNorm1d(32), nn.Linear(32, 1))
    opt = torch.optim.Adam(net.parameters(), lr=3e-3)
    criterion = nn.BCEWithLogitsLoss()
    w = watch(net, opt, loss=criterion, folder=folder)
    step = 0
    for epoch in range(5):
        for xb, yb in loader(x[:300], y[:300], 30):
            if step % 10 == 0:
                with evaluating(net) as still:
                    print(f"step {step}: {criterion(still(x[300:]), y[300:]):.3f}")
            loss = criterion(net(xb), yb)
            opt.zero_grad()
            loss.backward()
            opt.step()
            w(xb, yb, loss)
            step += 1


# loop-gradients-accumulate


@loop("loop-gradients-accumulate")
def pupil_and_master(watch, folder):
    """GitHub, a distillation repository."""
    x, _ = numbers(320, 8, seed=2)
    torch.manual_seed(1)
    teacher = nn.Sequential(nn.Linear(8, 40), nn.Tanh(), nn.Linear(40, 3))
    for p in teacher.parameters():
        p.data *= 2
        p.requires_grad_(False)
    student = nn.Sequential(nn.Linear(8, 16), nn.Tanh(), nn.Linear(16, 3))
    optimizer = torch.optim.SGD(student.parameters(), lr=0.15, momentum=0.5)
    w = watch(student, optimizer, loss="mse", folder=folder)
    for epoch in range(6):
        for (xb,) in torch.utils.data.DataLoader(torch.utils.data.TensorDataset(x), batch_size=32, shuffle=True):
            teacher.zero_grad()  # fault
            soft = teacher(xb)
            loss = F.mse_loss(student(xb), soft)
            loss.backward()
            optimizer.step()
            w(xb, soft, loss)


@loop("loop-gradients-accumulate")
def virtual_batches_of_before(watch, folder):
    """Refactored for a bigger card: it steps after each batch now."""
    x, y = pictures(240, seed=1)
    x = x + torch.randn_like(x)
    model = nn.Sequential(nn.Conv2d(1, 8, 3, stride=2), nn.LeakyReLU(), nn.Flatten(), nn.Linear(72, 2))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.12, momentum=0.9, nesterov=True)
    accum_iter = 6
    w = watch(model, optimizer, loss=nn.CrossEntropyLoss(), folder=folder)
    for epoch in range(5):
        for batch_idx, (inputs, labels) in enumerate(loader(x, y, 20)):
            loss = F.cross_entropy(model(inputs), labels)
            loss.backward()
            optimizer.step()
            w(inputs, labels, loss)
            if ((batch_idx + 1) % accum_iter == 0) or (batch_idx + 1 == 12):  # fault
                optimizer.zero_grad()


def fresh(parameters):
    for p in parameters:
        if p.grad is not None:
            p.grad.detach_()
            p.grad.zero_  # fault: own_helper_for_a_fresh_start


@loop("loop-gradients-accumulate")
def own_helper_for_a_fresh_start(watch, folder):
    x, y = waves(240)

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.cell = nn.RNN(1, 12, batch_first=True)
            self.read = nn.Linear(12, 1)

        def forward(self, s):
            return self.read(self.cell(s)[0][:, -1])

    net = Net()
    opt = torch.optim.RMSprop(net.parameters(), lr=1e-2)
    w = watch(net, opt, loss="mse", folder=folder)
    for epoch in range(6):
        for s, t in loader(x, y, 24):
            fresh(net.parameters())
            loss = F.mse_loss(net(s), t)
            loss.backward()
            opt.step()
            w(s, t, loss)


# loop-gradients-cleared


@loop("loop-gradients-cleared")
def closure_for_every_optimizer(watch, folder):
    """One loop for LBFGS and Adam alike, as a benchmark's author wanted it."""
    x, y = yes_no(320)
    net = nn.Sequential(nn.Linear(4, 16), nn.Hardswish(), nn.Linear(16, 1))
    optimizer = torch.optim.Adam(net.parameters(), lr=2e-2)
    bce = nn.BCEWithLogitsLoss()
    w = watch(net, optimizer, loss=bce, folder=folder)
    for epoch in range(6):
        for xb, yb in loader(x, y, 32):

            def closure():
                loss = bce(net(xb), yb)
                loss.backward()
                optimizer.zero_grad()  # fault
                return loss

            loss = optimizer.step(closure)
            w(xb, yb, loss)


class GradientLog:
    """Callback: the norm of each tensor's gradient, for the plot."""

    def __init__(self):
        self.norms = {}

    def on_after_backward(self, model):
        for name, p in model.named_parameters():
            if p.grad is not None:
                self.norms.setdefault(name, []).append(p.grad.norm().item())
                p.grad = None  # fault: norms_for_the_plot


@loop("loop-gradients-cleared")
def norms_for_the_plot(watch, folder):
    x, y = classes(320, 6, 4, seed=2)
    model = nn.Sequential(nn.Linear(6, 24), nn.PReLU(), nn.Linear(24, 4))
    optimizer = torch.optim.NAdam(model.parameters(), lr=1e-2)
    callbacks = [GradientLog()]
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for epoch in range(5):
        for xb, yb in loader(x, y, 32):
            loss = F.cross_entropy(model(xb), yb)
            optimizer.zero_grad()
            loss.backward()
            for callback in callbacks:
                callback.on_after_backward(model)
            optimizer.step()
            w(xb, yb, loss)


@loop("loop-gradients-cleared")
def every_second_batch(watch, folder):
    """Forums: 'gradient accumulation, the loss stays where it is'."""
    x, y = numbers(320, seed=4)
    model = nn.Sequential(nn.Linear(5, 20), nn.Mish(), nn.Linear(20, 1))
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-2)
    w = watch(model, optimizer, loss=nn.SmoothL1Loss(), folder=folder)
    optimizer.zero_grad()
    for epoch in range(6):
        for i, (xb, yb) in enumerate(loader(x, y, 20), 1):
            loss = F.smooth_l1_loss(model(xb), yb)
            (loss / 2).backward()
            w(xb, yb, loss)
            if i % 2 == 0:
                optimizer.zero_grad()  # fault
                optimizer.step()
