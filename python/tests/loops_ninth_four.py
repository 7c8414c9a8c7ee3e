"""The ninth batch, fourth part: weights set back, targets of other rows, and the same rows every step."""

import copy

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from loops import loop
from loops_ninth_data import babble, batches, blobs, customers, houses, reviews, shapes, spectra, states
from torch.utils.data import DataLoader, Dataset

# loop-weights-overwritten


@loop("loop-weights-overwritten")
def best_weights_loaded_each_epoch(watch, folder):
    """After the tutorial on transfer learning: loading the best weights slid into the loop, and the best never changes."""
    torch.manual_seed(61)
    x, y = shapes()
    model = nn.Sequential(nn.Conv2d(1, 6, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(150, 3))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    best_model_wts = copy.deepcopy(model.state_dict())
    best_acc = 1.0
    for epoch in range(8):
        for inputs, labels in batches(x[:240], y[:240], 60, seed=epoch):
            optimizer.zero_grad()
            loss = F.cross_entropy(model(inputs), labels)
            loss.backward()
            optimizer.step()
            w(inputs, labels, loss)
        with torch.no_grad():
            epoch_acc = (model(x[240:]).argmax(1) == y[240:]).double().mean()
        if epoch_acc > best_acc:
            best_acc = epoch_acc
            best_model_wts = copy.deepcopy(model.state_dict())
        model.load_state_dict(best_model_wts)  # fault


class EMA:
    def __init__(self, model, decay):
        self.decay, self.shadow = decay, [p.detach().clone() for p in model.parameters()]

    @torch.no_grad()
    def update(self, model):
        for s, p in zip(self.shadow, model.parameters()):
            s.lerp_(p, 1 - self.decay)

    @torch.no_grad()
    def copy_to(self, model):
        for s, p in zip(self.shadow, model.parameters()):
            p.copy_(s)  # fault: average_copied_and_not_restored


@loop("loop-weights-overwritten")
def average_copied_and_not_restored(watch, folder):
    """After an issue of Open-Sora-Plan: the averaged weights are copied in for a sample, the trained ones not put back."""
    torch.manual_seed(62)
    data = spectra()
    denoiser = nn.Sequential(nn.Linear(16, 48), nn.SiLU(), nn.Linear(48, 16))
    optimizer = torch.optim.AdamW(denoiser.parameters(), lr=1e-2)
    ema = EMA(denoiser, decay=0.995)
    w = watch(denoiser, optimizer, loss="mse", folder=folder)
    for step in range(40):
        clean = data[torch.randint(0, len(data), (64,))]
        noisy = clean + 0.3 * torch.randn_like(clean)
        loss = F.mse_loss(denoiser(noisy), clean)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        ema.update(denoiser)
        w(noisy, clean, loss)
        if step % 2 == 1:
            ema.copy_to(denoiser)
            with torch.no_grad():
                denoiser(torch.randn(1, 16))


@loop("loop-weights-overwritten")
def policy_synced_from_the_target(watch, folder):
    """After a deep Q-network that doesn't learn: load_state_dict is called on the wrong one of the two."""
    torch.manual_seed(63)
    s, returns, _ = states()
    q_net = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 1))
    target_net = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 1))
    target_net.load_state_dict(q_net.state_dict())
    optimizer = torch.optim.Adam(q_net.parameters(), lr=1e-2)
    w = watch(q_net, optimizer, loss="huber", folder=folder)
    for step in range(1, 41):
        rows = torch.randint(0, len(s), (32,))
        loss = F.huber_loss(q_net(s[rows]), returns[rows].unsqueeze(1))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        w(s[rows], returns[rows].unsqueeze(1), loss)
        if step % 3 == 0:
            q_net.load_state_dict(target_net.state_dict())  # fault


def init_weights(m):
    if isinstance(m, nn.Linear):
        nn.init.xavier_uniform_(m.weight)
        nn.init.zeros_(m.bias)


def train_one_epoch(model, optimizer, loader, record):
    model.train()
    model.apply(init_weights)  # fault: initialized_in_the_training_function
    for xb, yb in loader:
        optimizer.zero_grad()
        loss = F.cross_entropy(model(xb), yb)
        loss.backward()
        optimizer.step()
        record(xb, yb, loss)


@loop("loop-weights-overwritten")
def initialized_in_the_training_function(watch, folder):
    """After code with folds: the function that trains one epoch begins by initializing the network."""
    torch.manual_seed(64)
    x, y = blobs()
    model = nn.Sequential(nn.Linear(8, 24), nn.ReLU(), nn.Linear(24, 6))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for epoch in range(10):
        train_one_epoch(model, optimizer, batches(x, y, 90, seed=epoch), w)


# loop-misaligned-targets


@loop("loop-misaligned-targets")
def shuffled_each_by_its_own_permutation(watch, folder):
    """After questions on networks from scratch: np.random.shuffle on x, then on y, at every epoch."""
    torch.manual_seed(65)
    rng = np.random.default_rng(0)
    x, y = (t.numpy().copy() for t in blobs())
    model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 6))
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-2)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for epoch in range(4):
        rng.shuffle(x)
        rng.shuffle(y)  # fault
        for i in range(0, len(x), 40):
            xb, yb = torch.from_numpy(x[i : i + 40].copy()), torch.from_numpy(y[i : i + 40].copy())
            loss = F.cross_entropy(model(xb), yb)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            w(xb, yb, loss)


@loop("loop-misaligned-targets")
def zips_two_shuffled_loaders(watch, folder):
    """After segmentation code with a loader of images and a loader of labels, both with shuffle=True."""
    torch.manual_seed(66)
    x, y = customers()
    x = (x - x.mean(0)) / x.std(0)
    feature_loader = DataLoader(x, batch_size=40, shuffle=True)
    label_loader = DataLoader(y[:, None], batch_size=40, shuffle=True)  # fault
    model = nn.Sequential(nn.Linear(4, 24), nn.ReLU(), nn.Linear(24, 1))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.3, momentum=0.9)
    w = watch(model, optimizer, loss="bce_with_logits", folder=folder)
    for epoch in range(4):
        for features, labels in zip(feature_loader, label_loader):
            optimizer.zero_grad()
            loss = F.binary_cross_entropy_with_logits(model(features), labels)
            loss.backward()
            optimizer.step()
            w(features, labels, loss)


@loop("loop-misaligned-targets")
def permutes_the_inputs_alone(watch, folder):
    """After mini-batches by hand: the permutation picks the inputs, the plain slice the targets."""
    torch.manual_seed(67)
    X, y = houses()
    y = y.reshape(-1, 1)
    model = nn.Sequential(nn.Linear(7, 24), nn.Tanh(), nn.Linear(24, 1))
    opt = torch.optim.Adam(model.parameters(), lr=1e-2)
    w = watch(model, opt, loss="mse", folder=folder)
    batch_size = 32
    for epoch in range(4):
        permutation = torch.randperm(X.size()[0])
        for i in range(0, X.size()[0], batch_size):
            indices = permutation[i : i + batch_size]
            batch_x, batch_y = X[indices], y[i : i + batch_size]  # fault
            loss = F.mse_loss(model(batch_x), batch_y)
            opt.zero_grad()
            loss.backward()
            opt.step()
            w(batch_x, batch_y, loss)


class Pictures(Dataset):
    """Pictures in the order of their file names, labels in the order of the table."""

    def __init__(self, files, labels):
        self.files = files
        self.names = sorted(files)  # fault: names_sorted_as_words
        self.labels = labels

    def __len__(self):
        return len(self.names)

    def __getitem__(self, i):
        return self.files[self.names[i]], self.labels[i]


@loop("loop-misaligned-targets")
def names_sorted_as_words(watch, folder):
    """After competitions with img_0.png to img_299.png: img_10 sorts before img_2, the table of labels doesn't."""
    torch.manual_seed(68)
    x, y = shapes()
    dataset = Pictures({f"img_{i}.png": x[i] for i in range(len(x))}, y)
    net = nn.Sequential(nn.Conv2d(1, 8, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(200, 3))
    optimizer = torch.optim.Adam(net.parameters(), lr=5e-3)
    w = watch(net, optimizer, loss="cross_entropy", folder=folder)
    for epoch in range(4):
        for images, labels in DataLoader(dataset, batch_size=30, shuffle=True):
            loss = F.cross_entropy(net(images), labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            w(images, labels, loss)


# loop-same-batch


@loop("loop-same-batch")
def next_iter_inside_of_the_loop(watch, folder):
    """After issues of wandb's examples and others: next(iter(loader)) inside of the loop, without shuffling."""
    torch.manual_seed(69)
    x, price = houses()
    train_loader = batches(x, price[:, None], 16, shuffle=False)

    class Regressor(nn.Module):
        def __init__(self):
            super().__init__()
            self.norm = nn.LayerNorm(7)
            self.hidden = nn.Linear(7, 48)
            self.out = nn.Linear(48, 1)

        def forward(self, x):
            return self.out(F.gelu(self.hidden(self.norm(x))))

    model = Regressor()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    w = watch(model, optimizer, loss="mae", folder=folder)
    for iteration in range(36):
        features, target = next(iter(train_loader))  # fault
        optimizer.zero_grad()
        loss = F.l1_loss(model(features), target)
        loss.backward()
        optimizer.step()
        w(features, target, loss)


def get_batch(x, y, block, size):
    torch.manual_seed(1337)  # fault: seeded_in_get_batch
    ix = torch.randint(len(x) - block, (size,))
    return torch.stack([x[i : i + block] for i in ix]), torch.stack([y[i : i + block] for i in ix])


@loop("loop-same-batch")
def seeded_in_get_batch(watch, folder):
    """After small language models: the seed for reproducible batches is set in get_batch itself."""
    torch.manual_seed(70)
    text = babble()

    class CharModel(nn.Module):
        def __init__(self):
            super().__init__()
            self.emb = nn.Embedding(12, 24)
            self.lin = nn.Sequential(nn.Linear(24, 48), nn.GELU(), nn.Linear(48, 12))

        def forward(self, idx):
            return self.lin(self.emb(idx)).transpose(1, 2)

    m = CharModel()
    optimizer = torch.optim.AdamW(m.parameters(), lr=1e-2)
    w = watch(m, optimizer, loss="cross_entropy", folder=folder)
    for steps in range(40):
        xb, yb = get_batch(text[:-1], text[1:], block=4, size=3)
        loss = F.cross_entropy(m(xb), yb)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        w(xb, yb, loss)


class Frames(Dataset):
    """Reads its rows one after another, or means to."""

    def __init__(self, x, y):
        self.x, self.y, self.position = x, y, 0

    def __len__(self):
        return len(self.x)

    def __getitem__(self, idx):
        start = self.position % len(self.x)  # fault: position_that_never_moves
        return self.x[start : start + 16], self.y[start : start + 16]


@loop("loop-same-batch")
def position_that_never_moves(watch, folder):
    """After datasets that keep a position of their own in place of the index, and never advance it."""
    torch.manual_seed(71)
    x, y = reviews()
    net = nn.Sequential(nn.Embedding(30, 12), nn.Flatten(), nn.Linear(120, 1))
    optimizer = torch.optim.Adam(net.parameters(), lr=2e-2)
    loader = DataLoader(Frames(x, y[:, None]), batch_size=None, shuffle=True)
    w = watch(net, optimizer, loss="bce_with_logits", folder=folder)
    for i, (xb, yb) in enumerate(loader):
        if i == 36:
            break
        logits = net(xb)
        loss = F.binary_cross_entropy_with_logits(logits, yb)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        w(xb, yb, loss)
