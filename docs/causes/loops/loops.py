"""The loops of the pages beside, each with its fault, as unstuck.watch records them: make_recordings.py runs them."""

import copy

import torch
from torch import nn
from torch.nn import functional as F

import unstuck


def rows():
    """96 rows of 3 features, and what is to be predicted of them."""
    x = torch.randn(96, 3)
    return x, x[:, :1] - 2 * x[:, 1:2]


def batches(x, y, size=16, shuffle=True):
    return torch.utils.data.DataLoader(torch.utils.data.TensorDataset(x, y), batch_size=size, shuffle=shuffle)


def net(outputs=1):
    return nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Linear(8, outputs))


class Encoded(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(3, 8), nn.Tanh())
        self.head = nn.Linear(8, 1)

    def forward(self, x):
        return self.head(self.encoder(x))


def correct(x, y):
    model = net()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    watch = unstuck.watch(model, optimizer, loss="mse", folder="run")
    for epoch in range(5):
        for xb, yb in batches(x, y):
            optimizer.zero_grad()
            loss = F.mse_loss(model(xb), yb)
            watch(xb, yb, loss)
            loss.backward()
            optimizer.step()


def wrong_parameters(x, y):
    model = net()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    model[2] = nn.Linear(8, 1)  # a new head
    watch = unstuck.watch(model, optimizer, loss="mse", folder="run")
    for epoch in range(5):
        for xb, yb in batches(x, y):
            optimizer.zero_grad()
            loss = F.mse_loss(model(xb), yb)
            watch(xb, yb, loss)
            loss.backward()
            optimizer.step()


def no_update(x, y):
    model = net()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    watch = unstuck.watch(model, optimizer, loss="mse", folder="run")
    for epoch in range(5):
        for xb, yb in batches(x, y):
            optimizer.zero_grad()
            loss = F.mse_loss(model(xb), yb).item()
            loss = torch.tensor(loss, requires_grad=True)  # or backward() complains
            watch(xb, yb, loss)
            loss.backward()
            optimizer.step()


def unstable_loss(x, y):
    y = (y > 0).float()
    x = 100 * x  # as they came from the file
    model = net()
    optimizer = torch.optim.Adam(model.parameters(), lr=1.0)
    watch = unstuck.watch(model, optimizer, loss=nn.BCEWithLogitsLoss(), folder="run")
    for epoch in range(5):
        for xb, yb in batches(x, y):
            optimizer.zero_grad()
            p = torch.sigmoid(model(xb))
            loss = -(yb * torch.log(p) + (1 - yb) * torch.log(1 - p)).mean()
            watch(xb, yb, loss)
            loss.backward()
            optimizer.step()


def eval_mode(x, y):
    model = nn.Sequential(nn.Linear(3, 8), nn.BatchNorm1d(8), nn.Tanh(), nn.Linear(8, 1))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    watch = unstuck.watch(model, optimizer, loss="mse", folder="run")
    for epoch in range(5):
        for xb, yb in batches(x, y):
            optimizer.zero_grad()
            loss = F.mse_loss(model(xb), yb)
            watch(xb, yb, loss)
            loss.backward()
            optimizer.step()
        model.eval()
        with torch.no_grad():
            print(F.mse_loss(model(x), y).item())


def broadcast(x, y):
    y = y[:, 0]  # (n)
    model = net()  # its outputs: (n, 1)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    watch = unstuck.watch(model, optimizer, loss="mse", folder="run")
    for epoch in range(5):
        for xb, yb in batches(x, y):
            optimizer.zero_grad()
            loss = ((model(xb) - yb) ** 2).mean()
            watch(xb, yb, loss)
            loss.backward()
            optimizer.step()


def other_loss(x, y):
    y = (y[:, 0] > 0).long() + (y[:, 0] > 2).long()  # class 0, 1 or 2
    model = net(3)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    watch = unstuck.watch(model, optimizer, loss="cross_entropy", folder="run")
    for epoch in range(5):
        for xb, yb in batches(x, y):
            optimizer.zero_grad()
            p = F.softmax(model(xb), dim=1)
            loss = F.cross_entropy(p, yb)
            watch(xb, yb, loss)
            loss.backward()
            optimizer.step()


def misaligned_targets(x, y):
    model = net()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    watch = unstuck.watch(model, optimizer, loss="mse", folder="run")
    for epoch in range(5):
        x = x[torch.randperm(len(x))]
        for i in range(0, len(x), 16):
            xb, yb = x[i : i + 16], y[i : i + 16]
            optimizer.zero_grad()
            loss = F.mse_loss(model(xb), yb)
            watch(xb, yb, loss)
            loss.backward()
            optimizer.step()


def detached(x, y):
    model = Encoded()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    watch = unstuck.watch(model, optimizer, loss="mse", folder="run")
    for epoch in range(5):
        for xb, yb in batches(x, y):
            optimizer.zero_grad()
            with torch.no_grad():
                h = model.encoder(xb)
            loss = F.mse_loss(model.head(h), yb)
            watch(xb, yb, loss)
            loss.backward()
            optimizer.step()


def gradients_cleared(x, y):
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    watch = unstuck.watch(model, optimizer, loss="mse", folder="run")
    for epoch in range(5):
        for xb, yb in batches(x, y):
            loss = F.mse_loss(model(xb), yb)
            watch(xb, yb, loss)
            loss.backward()
            optimizer.zero_grad()
            optimizer.step()


def gradients_accumulate(x, y):
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    watch = unstuck.watch(model, optimizer, loss="mse", folder="run")
    for epoch in range(5):
        for xb, yb in batches(x, y):
            loss = F.mse_loss(model(xb), yb)
            watch(xb, yb, loss)
            loss.backward()
            optimizer.step()


def gradients_changed(x, y):
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    watch = unstuck.watch(model, optimizer, loss="mse", folder="run")
    for epoch in range(5):
        for xb, yb in batches(x, y):
            optimizer.zero_grad()
            loss = F.mse_loss(model(xb), yb)
            watch(xb, yb, loss)
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1e-3)
            optimizer.step()


def weights_overwritten(x, y):
    model = net()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    watch = unstuck.watch(model, optimizer, loss="mse", folder="run")
    best = copy.deepcopy(model.state_dict())
    for epoch in range(5):
        for xb, yb in batches(x, y, size=32):
            optimizer.zero_grad()
            loss = F.mse_loss(model(xb), yb)
            watch(xb, yb, loss)
            loss.backward()
            optimizer.step()
        model.load_state_dict(best)  # which nobody has set


def rate_changed(x, y):
    model = net()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=3, gamma=0.1)
    watch = unstuck.watch(model, optimizer, loss="mse", folder="run")
    for epoch in range(5):
        for xb, yb in batches(x, y):
            optimizer.zero_grad()
            loss = F.mse_loss(model(xb), yb)
            watch(xb, yb, loss)
            loss.backward()
            optimizer.step()
            scheduler.step()


def same_batch(x, y):
    model = net()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    loader = batches(x, y, shuffle=False)
    watch = unstuck.watch(model, optimizer, loss="mse", folder="run")
    for step in range(30):
        xb, yb = next(iter(loader))
        optimizer.zero_grad()
        loss = F.mse_loss(model(xb), yb)
        watch(xb, yb, loss)
        loss.backward()
        optimizer.step()
