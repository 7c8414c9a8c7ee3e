"""Fifteenth batch, blind: targets of other rows, the same rows in every step."""

import torch
from loops import classes, loader, loop, numbers, waves
from torch import nn
from torch.nn import functional as F
from torch.nn.utils.rnn import pack_padded_sequence, pad_sequence
from torch.utils.data import DataLoader, Dataset, TensorDataset

# loop-misaligned-targets


@loop("loop-misaligned-targets")
def features_and_labels_loaded_alike(watch, folder):
    """Stack Overflow: 'iterate over two dataloaders simultaneously'."""
    x, y = classes(320, 6, 4, seed=11)
    features = DataLoader(x, batch_size=32, shuffle=True)
    labels = DataLoader(y, batch_size=32, shuffle=True)  # fault
    net = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 4))
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
    w = watch(net, optimizer, loss="cross_entropy", folder=folder)
    for epoch in range(6):
        for xb, yb in zip(features, labels):
            optimizer.zero_grad()
            loss = F.cross_entropy(net(xb), yb)
            loss.backward()
            optimizer.step()
            w(xb, yb, loss)


class Pieces(Dataset):
    """Sequences of different length, and the mean of each one's values."""

    def __init__(self, rows=240, seed=0):
        g = torch.Generator().manual_seed(seed)
        lengths = torch.randint(3, 12, (rows,), generator=g)
        level = torch.randn(rows, generator=g)
        self.rows = [level[i] + 0.3 * torch.randn(n, 1, generator=g) for i, n in enumerate(lengths.tolist())]

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, i):
        return self.rows[i], self.rows[i].mean()


def longest_first(batch):
    seqs = sorted((s for s, _ in batch), key=len, reverse=True)
    targets = torch.stack([t for _, t in batch])  # fault: sequences_of_different_length
    return pad_sequence(seqs, batch_first=True), targets[:, None]


class Reader(nn.Module):
    def __init__(self, hidden=12):
        super().__init__()
        self.lstm = nn.LSTM(1, hidden, batch_first=True)
        self.fc = nn.Linear(hidden, 1)

    def forward(self, padded):
        lengths = (padded[:, :, 0] != 0).sum(1)
        _, (h, _) = self.lstm(pack_padded_sequence(padded, lengths, batch_first=True))
        return self.fc(h[-1])


@loop("loop-misaligned-targets")
def sequences_of_different_length(watch, folder):
    """Forums: 'lengths array has to be sorted in decreasing order', hence the collate_fn."""
    data = DataLoader(Pieces(), batch_size=24, shuffle=True, collate_fn=longest_first)
    model = Reader()
    optimizer = torch.optim.RMSprop(model.parameters(), lr=1e-2)
    w = watch(model, optimizer, loss=nn.MSELoss(), folder=folder)
    for epoch in range(7):
        for xb, yb in data:
            loss = F.mse_loss(model(xb), yb)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_value_(model.parameters(), 1.0)
            optimizer.step()
            w(xb, yb, loss)


def bright_rows(rows=240, seed=3):
    """8 by 8 pictures; the class is the quarter of the rows that is bright."""
    g = torch.Generator().manual_seed(seed)
    y = torch.randint(0, 4, (rows,), generator=g)
    x = torch.rand(rows, 1, 8, 8, generator=g)
    for i, k in enumerate(y.tolist()):
        x[i, :, 2 * k:2 * k + 2] += 1
    return x, y


def with_mirrored(images, labels):
    """Test the picture and its mirror image together."""
    images = torch.cat([images, images.flip(-1)])
    labels = labels.repeat_interleave(2)  # fault: mirrored_pictures
    return images, labels


@loop("loop-misaligned-targets")
def mirrored_pictures(watch, folder):
    x, y = bright_rows()
    net = nn.Sequential(nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(128, 4))
    optimizer = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9)
    w = watch(net, optimizer, loss="cross_entropy", folder=folder)
    for epoch in range(6):
        for xb, yb in loader(x, y, 20):
            xb, yb = with_mirrored(xb, yb)
            optimizer.zero_grad()
            loss = F.cross_entropy(net(xb), yb)
            loss.backward()
            optimizer.step()
            w(xb, yb, loss)


# loop-same-batch


@loop("loop-same-batch")
def iterations_and_not_epochs(watch, folder):
    """Stack Overflow: 'how do I get one batch from a DataLoader', and a loop that counts iterations."""
    x, y = waves(300, seed=5)
    x = x + 0.2 * torch.randn_like(x)
    train = DataLoader(TensorDataset(x, y), batch_size=12)

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = nn.Conv1d(1, 8, 5)
            self.fc = nn.Linear(64, 1)

        def forward(self, s):
            return self.fc(F.relu(self.conv(s.transpose(1, 2))).flatten(1))

    net = Net()
    opt = torch.optim.Adam(net.parameters(), lr=5e-3)
    w = watch(net, opt, loss="mse", folder=folder)
    batches = iter(train)
    for iteration in range(100):
        try:
            s, t = next(iter(train))  # fault
        except StopIteration:
            batches = iter(train)
            s, t = next(batches)
        loss = F.mse_loss(net(s), t)
        opt.zero_grad()
        loss.backward()
        opt.step()
        w(s, t, loss)


@loop("loop-same-batch")
def slices_of_a_tensor(watch, folder):
    """Homework without DataLoader."""
    x, y = numbers(320, 12, seed=8)
    batch_size = 16
    model = nn.Sequential(nn.Linear(12, 32), nn.ReLU(), nn.Linear(32, 1))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.03, momentum=0.9)
    w = watch(model, optimizer, loss="mse", folder=folder)
    for i in range(5):
        for j in range(len(x) // batch_size):
            inputs = x[i * batch_size:(i + 1) * batch_size]  # fault
            targets = y[i * batch_size:(i + 1) * batch_size]
            optimizer.zero_grad()
            loss = F.mse_loss(model(inputs), targets)
            loss.backward()
            optimizer.step()
            w(inputs, targets, loss)


def get_batch(x, y, size, seed=1337):
    torch.manual_seed(seed)  # fault: reproducible_to_the_last_digit
    at = torch.randint(len(x), (size,))
    return x[at], y[at]


@loop("loop-same-batch")
def reproducible_to_the_last_digit(watch, folder):
    """From a notebook: get_batch of a language model's tutorial, made 'reproducible'."""
    text = "the cat sat on the mat and the dog sat on the log while the rat ran round the red room " * 6
    chars = sorted(set(text))
    codes = torch.tensor([chars.index(c) for c in text])
    x, y = codes.unfold(0, 4, 1)[:-1], codes[4:]
    model = nn.Sequential(nn.Embedding(len(chars), 10), nn.Flatten(), nn.Linear(40, 48), nn.Tanh(),
                          nn.Linear(48, len(chars)))
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for steps in range(100):
        xb, yb = get_batch(x, y, 16)
        loss = F.cross_entropy(model(xb), yb)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        w(xb, yb, loss)
