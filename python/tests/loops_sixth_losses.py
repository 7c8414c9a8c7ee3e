"""The sixth batch's faults in the loss: another one, broadcast, unstable. Written without a look at the rules."""

import torch
import torch.nn as nn
import torch.nn.functional as F
from loops import loop
from loops_sixth_data import EPOCHS, clicks, houses, labels, machines, moons, phrases, spectra, strokes
from torch.utils.data import DataLoader, TensorDataset

# loop-other-loss


@loop("loop-other-loss")
def summed_over_the_batch(watch, folder):
    x, y = machines()
    model = nn.Sequential(nn.Flatten(), nn.Linear(45, 32), nn.ReLU(), nn.Linear(32, 1))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.02)
    criterion = nn.MSELoss(reduction="sum")  # fault
    w = watch(model, optimizer, loss="mse", folder=folder)
    for epoch in range(EPOCHS):
        for i, (seq, wear) in enumerate(DataLoader(TensorDataset(x, y), batch_size=36, shuffle=True)):
            optimizer.zero_grad()
            loss = criterion(model(seq), wear)
            w(seq, wear, loss)
            loss.backward()
            optimizer.step()


class TextCNN(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(30, 12, padding_idx=0)
        self.conv = nn.Conv1d(12, 16, 3, padding=1)
        self.fc = nn.Linear(16, 2)

    def forward(self, text):
        h = F.relu(self.conv(self.embedding(text).transpose(1, 2))).mean(2)
        return F.softmax(self.fc(h), dim=1)  # fault: probabilities_into_cross_entropy


@loop("loop-other-loss")
def probabilities_into_cross_entropy(watch, folder):
    tokens, _, y = phrases()
    model = TextCNN()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    criterion = nn.CrossEntropyLoss()
    w = watch(model, optimizer, loss=criterion, folder=folder)
    for epoch in range(EPOCHS):
        epoch_loss = 0
        for text, label in DataLoader(TensorDataset(tokens, y), batch_size=25, shuffle=True):
            optimizer.zero_grad()
            predictions = model(text)
            loss = criterion(predictions, label)
            w(text, label, loss)
            loss.backward()
            optimizer.step()
            epoch_loss += loss.item()


@loop("loop-other-loss")
def likelihood_of_raw_scores(watch, folder):
    x, y = strokes()
    model = nn.Sequential(nn.Conv2d(1, 6, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(96, 4))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for epoch in range(EPOCHS):
        for data, target in DataLoader(TensorDataset(x, y), batch_size=20, shuffle=True):
            optimizer.zero_grad()
            output = model(data)
            loss = F.nll_loss(output, target)  # fault
            w(data, target, loss)
            loss.backward()
            optimizer.step()


@loop("loop-other-loss")
def sigmoid_twice(watch, folder):
    x, y = moons()
    net = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 1))
    opt = torch.optim.SGD(net.parameters(), lr=0.5)
    loss_fn = nn.BCEWithLogitsLoss()
    w = watch(net, opt, loss=loss_fn, folder=folder)
    for epoch in range(EPOCHS):
        for xb, yb in DataLoader(TensorDataset(x, y), batch_size=30, shuffle=True):
            prob = torch.sigmoid(net(xb))  # fault
            loss = loss_fn(prob, yb)
            w(xb, yb, loss)
            opt.zero_grad()
            loss.backward()
            opt.step()


@loop("loop-other-loss")
def rewarded_for_its_error(watch, folder):
    x, y = houses()
    model = nn.Sequential(nn.Linear(6, 24), nn.ReLU(), nn.Linear(24, 1))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, maximize=True)  # fault
    w = watch(model, optimizer, loss="mse", folder=folder)
    for epoch in range(EPOCHS):
        for xb, yb in DataLoader(TensorDataset(x, y[:, None]), batch_size=32, shuffle=True):
            loss = F.mse_loss(model(xb), yb)
            w(xb, yb, loss)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()


# loop-broadcast


@loop("loop-broadcast")
def flat_prices_against_a_column(watch, folder):
    x, y = houses()
    model = nn.Sequential(nn.Linear(6, 24), nn.ReLU(), nn.Dropout(0.1), nn.Linear(24, 1))
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
    criterion = nn.SmoothL1Loss()
    w = watch(model, optimizer, loss=criterion, folder=folder)
    for epoch in range(EPOCHS):
        model.train()
        for features, price in DataLoader(TensorDataset(x, y), batch_size=32, shuffle=True):
            optimizer.zero_grad()
            out = model(features)
            loss = criterion(out, price)  # fault
            w(features, price, loss)
            loss.backward()
            optimizer.step()


class Forecaster(nn.Module):
    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(3, 14, batch_first=True)
        self.head = nn.Linear(14, 1)

    def forward(self, x):
        return self.head(self.gru(x)[0][:, -1]).squeeze()


@loop("loop-broadcast")
def column_against_squeezed_forecasts(watch, folder):
    x, y = machines()
    model = Forecaster()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    scheduler = torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.99)
    w = watch(model, optimizer, loss="mse", folder=folder)
    for epoch in range(EPOCHS):
        for seq, target in DataLoader(TensorDataset(x, y), batch_size=24, shuffle=True):
            optimizer.zero_grad()
            pred = model(seq)
            loss = torch.mean((pred - target) ** 2)  # fault
            w(seq, target, loss)
            loss.backward()
            optimizer.step()
        scheduler.step()


@loop("loop-broadcast")
def likelihood_by_hand_of_a_column(watch, folder):
    x, y = moons()
    y = y.squeeze(1)
    W1, b1 = nn.Linear(2, 20), nn.Linear(20, 1)
    model = nn.Sequential(W1, nn.Tanh(), b1, nn.Sigmoid())
    opt = torch.optim.RMSprop(model.parameters(), lr=1e-2)

    def bce(p, t):
        p = p.clamp(1e-6, 1 - 1e-6)
        return -(t * p.log() + (1 - t) * (1 - p).log()).mean()  # fault

    w = watch(model, opt, loss="bce", folder=folder)
    for epoch in range(EPOCHS):
        for xb, yb in DataLoader(TensorDataset(x, y), batch_size=25, shuffle=True):
            loss = bce(model(xb), yb)
            w(xb, yb, loss)
            opt.zero_grad()
            loss.backward()
            opt.step()


@loop("loop-broadcast")
def ratings_against_a_column(watch, folder):
    user, item, rating = clicks()

    class Recommender(nn.Module):
        def __init__(self):
            super().__init__()
            self.user, self.item = nn.Embedding(14, 5), nn.Embedding(18, 5)
            self.mlp = nn.Sequential(nn.Linear(10, 16), nn.ReLU(), nn.Linear(16, 1))

        def forward(self, users, items):
            return self.mlp(torch.cat([self.user(users), self.item(items)], 1))

    model = Recommender()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    w = watch(model, optimizer, loss="l1", folder=folder)
    for epoch in range(EPOCHS):
        for u, i, r in DataLoader(TensorDataset(user, item, rating), batch_size=30, shuffle=True):
            optimizer.zero_grad()
            loss = (model(u, i) - r).abs().mean()  # fault
            w((u, i), r, loss)
            loss.backward()
            optimizer.step()


# numerically-unstable-loss


@loop("numerically-unstable-loss")
def distance_of_equal_pairs(watch, folder):
    """Siamese: some pairs are the same picture twice, and the root's slope at 0 is infinite."""
    x = spectra()
    g = torch.Generator().manual_seed(1)
    other = torch.randperm(len(x), generator=g)
    same = torch.rand(len(x), generator=g) < 0.3
    second = torch.where(same[:, None], x, x[other])
    pairs = torch.cat([x, second], 1)
    net = nn.Sequential(nn.Linear(16, 12), nn.ReLU(), nn.Linear(12, 4))

    class Siamese(nn.Module):
        def __init__(self):
            super().__init__()
            self.net = net

        def forward(self, pair):
            a, b = self.net(pair[:, :16]), self.net(pair[:, 16:])
            return torch.sqrt(((a - b) ** 2).sum(1))  # fault

    model = Siamese()
    opt = torch.optim.Adam(model.parameters(), lr=1e-3)

    def contrastive(distance, equal):
        return (equal * distance**2 + (1 - equal) * F.relu(1 - distance) ** 2).mean()

    w = watch(model, opt, loss=contrastive, folder=folder)
    for epoch in range(EPOCHS):
        for pair, equal in DataLoader(TensorDataset(pairs, same.float()), batch_size=30, shuffle=True):
            opt.zero_grad()
            loss = contrastive(model(pair), equal)
            w(pair, equal, loss)
            loss.backward()
            opt.step()


@loop("numerically-unstable-loss")
def logarithm_of_a_softmax(watch, folder):
    x, y = strokes()
    model = nn.Sequential(nn.Flatten(), nn.Linear(100, 32), nn.ReLU(), nn.Linear(32, 4), nn.Softmax(dim=1))
    opt = torch.optim.SGD(model.parameters(), lr=0.01)
    onehot = F.one_hot(y, 4).float()

    def cross_entropy(p, t):
        return -(t * torch.log(p)).sum(1).mean()  # fault

    w = watch(model, opt, loss=cross_entropy, folder=folder)
    for epoch in range(EPOCHS):
        for img, t in DataLoader(TensorDataset(x * 255, onehot), batch_size=28, shuffle=True):
            opt.zero_grad()
            loss = cross_entropy(model(img), t)
            w(img, t, loss)
            loss.backward()
            opt.step()


@loop("numerically-unstable-loss")
def mean_over_no_labelled_rows(watch, folder):
    x, y = labels()
    known = torch.rand(len(x), generator=torch.Generator().manual_seed(4)) < 0.12
    y = torch.where(known[:, None], y, torch.full_like(y, -1.0))
    model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 4))
    opt = torch.optim.Adam(model.parameters(), lr=5e-3)

    def masked(out, target):
        mask = (target >= 0).float()
        per = F.binary_cross_entropy_with_logits(out, target.clamp(min=0), reduction="none")
        return (per * mask).sum() / mask.sum()  # fault

    w = watch(model, opt, loss=masked, folder=folder)
    for epoch in range(EPOCHS):
        for xb, yb in DataLoader(TensorDataset(x, y), batch_size=10):
            opt.zero_grad()
            loss = masked(model(xb), yb)
            w(xb, yb, loss)
            loss.backward()
            opt.step()


@loop("numerically-unstable-loss")
def variance_of_its_own_batch(watch, folder):
    """Targets are standardized within each batch; the last one has a single row."""
    x, y = houses(rows=129)
    model = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 1), nn.Flatten(0))
    opt = torch.optim.Adam(model.parameters(), lr=3e-3)
    w = watch(model, opt, loss="mse", folder=folder)
    for epoch in range(EPOCHS):
        for xb, yb in DataLoader(TensorDataset(x, y), batch_size=32, shuffle=True):
            yb = (yb - yb.mean()) / yb.std()  # fault
            opt.zero_grad()
            loss = F.mse_loss(model(xb), yb)
            w(xb, yb, loss)
            loss.backward()
            opt.step()
