"""The loops of loops.py, mended."""

import copy

import torch
from loops import Encoded, batches, net
from torch import nn
from torch.nn import functional as F

import unstuck


def wrong_parameters_mended(x, y):
    model = net()
    model[2] = nn.Linear(8, 1)  # a new head
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)  # behind it
    watch = unstuck.watch(model, optimizer, loss="mse", folder="run")
    for epoch in range(5):
        for xb, yb in batches(x, y):
            optimizer.zero_grad()
            loss = F.mse_loss(model(xb), yb)
            watch(xb, yb, loss)
            loss.backward()
            optimizer.step()


def no_update_mended(x, y):
    model = net()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    watch = unstuck.watch(model, optimizer, loss="mse", folder="run")
    for epoch in range(5):
        for xb, yb in batches(x, y):
            optimizer.zero_grad()
            loss = F.mse_loss(model(xb), yb)  # the tensor itself
            watch(xb, yb, loss)
            loss.backward()
            optimizer.step()


def unstable_loss_mended(x, y):
    y = (y > 0).float()
    x = 100 * x  # as they came from the file
    model = net()
    optimizer = torch.optim.Adam(model.parameters(), lr=1.0)
    watch = unstuck.watch(model, optimizer, loss=nn.BCEWithLogitsLoss(), folder="run")
    for epoch in range(5):
        for xb, yb in batches(x, y):
            optimizer.zero_grad()
            loss = F.binary_cross_entropy_with_logits(model(xb), yb)
            watch(xb, yb, loss)
            loss.backward()
            optimizer.step()


def eval_mode_mended(x, y):
    model = nn.Sequential(nn.Linear(3, 8), nn.BatchNorm1d(8), nn.Tanh(), nn.Linear(8, 1))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    watch = unstuck.watch(model, optimizer, loss="mse", folder="run")
    for epoch in range(5):
        model.train()  # at the head of each epoch
        for xb, yb in batches(x, y):
            optimizer.zero_grad()
            loss = F.mse_loss(model(xb), yb)
            watch(xb, yb, loss)
            loss.backward()
            optimizer.step()
        model.eval()
        with torch.no_grad():
            print(F.mse_loss(model(x), y).item())


def broadcast_mended(x, y):
    y = y[:, 0]  # (n)
    model = net()  # its outputs: (n, 1)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    watch = unstuck.watch(model, optimizer, loss="mse", folder="run")
    for epoch in range(5):
        for xb, yb in batches(x, y):
            optimizer.zero_grad()
            loss = ((model(xb).squeeze(-1) - yb) ** 2).mean()
            watch(xb, yb, loss)
            loss.backward()
            optimizer.step()


def other_loss_mended(x, y):
    y = (y[:, 0] > 0).long() + (y[:, 0] > 2).long()  # class 0, 1 or 2
    model = net(3)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    watch = unstuck.watch(model, optimizer, loss="cross_entropy", folder="run")
    for epoch in range(5):
        for xb, yb in batches(x, y):
            optimizer.zero_grad()
            loss = F.cross_entropy(model(xb), yb)  # it takes logits
            watch(xb, yb, loss)
            loss.backward()
            optimizer.step()


def misaligned_targets_mended(x, y):
    model = net()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    watch = unstuck.watch(model, optimizer, loss="mse", folder="run")
    for epoch in range(5):
        order = torch.randperm(len(x))
        x, y = x[order], y[order]
        for i in range(0, len(x), 16):
            xb, yb = x[i : i + 16], y[i : i + 16]
            optimizer.zero_grad()
            loss = F.mse_loss(model(xb), yb)
            watch(xb, yb, loss)
            loss.backward()
            optimizer.step()


def detached_mended(x, y):
    model = Encoded()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    watch = unstuck.watch(model, optimizer, loss="mse", folder="run")
    for epoch in range(5):
        for xb, yb in batches(x, y):
            optimizer.zero_grad()
            loss = F.mse_loss(model(xb), yb)
            watch(xb, yb, loss)
            loss.backward()
            optimizer.step()


def gradients_cleared_mended(x, y):
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    watch = unstuck.watch(model, optimizer, loss="mse", folder="run")
    for epoch in range(5):
        for xb, yb in batches(x, y):
            loss = F.mse_loss(model(xb), yb)
            watch(xb, yb, loss)
            optimizer.zero_grad()  # ahead of backward
            loss.backward()
            optimizer.step()


def gradients_accumulate_mended(x, y):
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    watch = unstuck.watch(model, optimizer, loss="mse", folder="run")
    for epoch in range(5):
        for xb, yb in batches(x, y):
            loss = F.mse_loss(model(xb), yb)
            watch(xb, yb, loss)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()


def gradients_changed_mended(x, y):
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    watch = unstuck.watch(model, optimizer, loss="mse", folder="run")
    for epoch in range(5):
        for xb, yb in batches(x, y):
            optimizer.zero_grad()
            loss = F.mse_loss(model(xb), yb)
            watch(xb, yb, loss)
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 5.0)
            optimizer.step()


def weights_overwritten_mended(x, y):
    model = net()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    watch = unstuck.watch(model, optimizer, loss="mse", folder="run")
    for epoch in range(5):
        for xb, yb in batches(x, y, size=32):
            optimizer.zero_grad()
            loss = F.mse_loss(model(xb), yb)
            watch(xb, yb, loss)
            loss.backward()
            optimizer.step()
        best = copy.deepcopy(model.state_dict())
    model.load_state_dict(best)  # behind the loop


def rate_changed_mended(x, y):
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
        scheduler.step()  # its numbers are epochs


def same_batch_mended(x, y):
    model = net()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    loader = batches(x, y, shuffle=False)
    watch = unstuck.watch(model, optimizer, loss="mse", folder="run")
    for epoch in range(5):
        for xb, yb in loader:
            optimizer.zero_grad()
            loss = F.mse_loss(model(xb), yb)
            watch(xb, yb, loss)
            loss.backward()
            optimizer.step()
