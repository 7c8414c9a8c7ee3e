"""A tenth batch of loops, second half of the faults."""

import copy

import torch
from loops import loop
from loops_tenth_one import PriceNet, Tagger, glyphs, houses, patients, sensor, sentences
from torch import nn, optim
from torch.nn import functional as F
from torch.utils.data import DataLoader, Dataset, TensorDataset


def tags(n=320, seed=41):
    """Several labels a row."""
    g = torch.Generator().manual_seed(seed)
    x = torch.randn(n, 10, generator=g)
    rule = torch.randn(10, 5, generator=g)
    return x, (x @ rule > 1.0).float()


# loop-other-loss


@loop("loop-other-loss")
def multilabel_sigmoid_twice(watch, folder):
    torch.manual_seed(20)
    x, y = tags()

    class TagNet(nn.Module):
        def __init__(self):
            super().__init__()
            self.bn = nn.BatchNorm1d(10)
            self.a = nn.Linear(10, 32)
            self.b = nn.Linear(32, 5)

        def forward(self, v):
            return self.b(F.relu(self.a(self.bn(v))))

    model = TagNet()
    optimizer = optim.Adam(model.parameters(), lr=5e-3)
    criterion = nn.BCEWithLogitsLoss()
    w = watch(model, optimizer, loss="bce_with_logits", folder=folder)
    for epoch in range(2):
        for xb, yb in DataLoader(TensorDataset(x, y), batch_size=20, shuffle=True):
            probabilities = torch.sigmoid(model(xb))
            loss = criterion(probabilities, yb)  # fault
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            w(xb, yb, loss)


@loop("loop-other-loss")
def root_of_the_sum_of_squares(watch, folder):
    torch.manual_seed(21)
    x, y = sensor(seed=42)
    net = nn.Sequential(nn.Flatten(), nn.Linear(48, 32), nn.Tanh(), nn.Linear(32, 1))
    opt = optim.SGD(net.parameters(), lr=0.01, momentum=0.8)

    def mse(prediction, target):
        return torch.norm(prediction - target)  # fault

    w = watch(net, opt, loss="mse", folder=folder)
    for i in range(28):
        rows = torch.randperm(len(x))[:36]
        loss = mse(net(x[rows]), y[rows])
        opt.zero_grad()
        loss.backward()
        opt.step()
        w(x[rows], y[rows], loss)


# loop-broadcast


class Critic(nn.Module):
    def __init__(self, obs=5):
        super().__init__()
        self.v = nn.Sequential(nn.Linear(obs, 32), nn.Tanh(), nn.Linear(32, 32), nn.Tanh(), nn.Linear(32, 1))

    def forward(self, o):
        return self.v(o)


@loop("loop-broadcast")
def critic_against_flat_returns(watch, folder):
    torch.manual_seed(22)
    g = torch.Generator().manual_seed(43)
    critic = Critic()
    optimizer = optim.Adam(critic.parameters(), lr=3e-3, eps=1e-5)
    w = watch(critic, optimizer, loss="mse", folder=folder)
    for update in range(25):
        obs = torch.randn(48, 5, generator=g)
        rewards = obs[:, 0] - 0.5 * obs[:, 2]
        returns, running = torch.zeros(48), 0.0
        for t in reversed(range(48)):
            running = float(rewards[t]) + 0.5 * running * (t % 12 != 11)
            returns[t] = running
        values = critic(obs)
        loss = (returns - values).pow(2).mean()  # fault
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(critic.parameters(), 5.0)
        optimizer.step()
        w(obs, returns, loss)


class Frame(Dataset):
    """What a table read from a file gives: y is a column."""

    def __init__(self):
        self.x, self.price = houses(seed=44)

    def __len__(self):
        return len(self.x)

    def __getitem__(self, i):
        return self.x[i], self.price[i]


@loop("loop-broadcast")
def squeezed_prices_against_a_column(watch, folder):
    torch.manual_seed(23)
    model = PriceNet(blocks=2)
    optimizer = optim.Adam(model.parameters(), lr=4e-3)
    w = watch(model, optimizer, loss="l1", folder=folder)
    for epoch in range(2):
        for xb, price in DataLoader(Frame(), batch_size=25, shuffle=True):
            predicted = model(xb).squeeze(-1)
            loss = torch.abs(predicted - price).mean()  # fault
            w(xb, price, loss)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()


# loop-rate-changed


@loop("loop-rate-changed")
def epoch_schedule_stepped_every_batch(watch, folder):
    torch.manual_seed(24)
    x, y = glyphs(seed=45)
    net = nn.Sequential(
        nn.Conv2d(1, 6, 3, padding=1), nn.GroupNorm(2, 6), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(150, 4)
    )
    opt = optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
    # drop the rate by ten after epochs 3, 6 and 8
    sched = optim.lr_scheduler.MultiStepLR(opt, milestones=[3, 6, 8], gamma=0.1)
    w = watch(net, opt, loss="cross_entropy", folder=folder)
    for epoch in range(2):
        for xb, yb in DataLoader(TensorDataset(x, y), batch_size=20, shuffle=True):
            loss = F.cross_entropy(net(xb), yb)
            opt.zero_grad()
            loss.backward()
            opt.step()
            sched.step()  # fault
            w(xb, yb, loss)


@loop("loop-rate-changed")
def linear_decay_over_one_epoch_of_six(watch, folder):
    torch.manual_seed(25)
    x, y = sentences(seed=46)
    epochs, warmup = 6, 2
    data = DataLoader(TensorDataset(x, y), batch_size=50, shuffle=True)
    total = len(data)  # fault
    model = Tagger()
    optimizer = optim.AdamW(model.parameters(), lr=5e-3)

    def factor(step):
        if step < warmup:
            return (step + 1) / warmup
        return max(0.0, (total - step) / (total - warmup))

    scheduler = optim.lr_scheduler.LambdaLR(optimizer, factor)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for epoch in range(epochs):
        for ids, labels in data:
            optimizer.zero_grad()
            loss = F.cross_entropy(model(ids), labels)
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            scheduler.step()
            w(ids, labels, loss)


# loop-weights-overwritten


@loop("loop-weights-overwritten")
def best_state_loaded_back_each_step(watch, folder):
    torch.manual_seed(26)
    x, y = patients(seed=47)
    model = nn.Sequential(nn.Linear(8, 20), nn.ReLU(), nn.Linear(20, 1))
    optimizer = optim.Adam(model.parameters(), lr=0.01)
    best, best_state = 0.0, copy.deepcopy(model.state_dict())
    w = watch(model, optimizer, loss="bce_with_logits", folder=folder)
    for step in range(25):
        model.load_state_dict(best_state)  # fault
        rows = torch.randint(0, 300, (40,))
        logits = model(x[rows]).squeeze(1)
        loss = F.binary_cross_entropy_with_logits(logits, y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        w(x[rows], y[rows], loss)
        if loss.item() < best:  # a loss falls, but best starts at 0
            best, best_state = loss.item(), copy.deepcopy(model.state_dict())


def init_weights(m):
    if isinstance(m, (nn.Linear, nn.Conv1d)):
        nn.init.kaiming_normal_(m.weight)
        nn.init.zeros_(m.bias)


@loop("loop-weights-overwritten")
def initialised_within_the_training_function(watch, folder):
    torch.manual_seed(27)
    x, y = sensor(seed=48)
    x = x.permute(0, 2, 1)
    net = nn.Sequential(
        nn.Conv1d(3, 8, 3, padding=1), nn.ReLU(), nn.AvgPool1d(4), nn.Flatten(), nn.Linear(32, 12), nn.ReLU(),
        nn.Linear(12, 1),
    )
    opt = optim.SGD(net.parameters(), lr=0.02, momentum=0.9, nesterov=True)
    w = watch(net, opt, loss="mse", folder=folder)

    def train_on_batch(xb, yb):
        net.apply(init_weights)  # fault
        net.train()
        opt.zero_grad()
        loss = F.mse_loss(net(xb), yb)
        loss.backward()
        opt.step()
        w(xb, yb, loss)
        return loss.item()

    losses = [train_on_batch(a, b) for a, b in DataLoader(TensorDataset(x, y), batch_size=18, shuffle=True)]
    assert len(losses) == 20


# loop-misaligned-targets


class RowReader(nn.Module):
    """Reads a picture row by row."""

    def __init__(self):
        super().__init__()
        self.rnn = nn.GRU(10, 24, batch_first=True)
        self.head = nn.Sequential(nn.LayerNorm(24), nn.Linear(24, 4))

    def forward(self, x):
        _, h = self.rnn(x.squeeze(1))
        return self.head(h[-1])


@loop("loop-misaligned-targets")
def images_and_labels_shuffled_apart(watch, folder):
    torch.manual_seed(28)
    x, y = glyphs(seed=49)
    images = DataLoader(x, batch_size=16, shuffle=True)
    labels = DataLoader(y, batch_size=16, shuffle=True)  # fault
    model = RowReader()
    optimizer = optim.Adam(model.parameters(), lr=2e-3)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for epoch in range(2):
        for xb, yb in zip(images, labels):
            loss = F.cross_entropy(model(xb), yb)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            w(xb, yb, loss)


@loop("loop-misaligned-targets")
def rows_dropped_from_the_features_only(watch, folder):
    torch.manual_seed(29)
    g = torch.Generator().manual_seed(50)
    table = torch.randn(420, 7, generator=g)
    target = 2 * table[:, [0]] - table[:, [4]] + 0.1 * torch.randn(420, 1, generator=g)
    table[torch.rand(420, generator=g) < 0.1, 3] = float("nan")
    table[0, 3] = float("nan")
    features = table[~table.isnan().any(1)]
    target = target[:len(features)]  # fault
    model = nn.Sequential(nn.Linear(7, 24), nn.LeakyReLU(), nn.Linear(24, 1))
    optimizer = optim.Adam(model.parameters(), lr=0.01)
    w = watch(model, optimizer, loss="mse", folder=folder)
    for epoch in range(3):
        order = torch.randperm(len(features))
        for rows in order.split(32)[:-1]:
            optimizer.zero_grad()
            loss = nn.functional.mse_loss(model(features[rows]), target[rows])
            loss.backward()
            optimizer.step()
            w(features[rows], target[rows], loss)


# loop-same-batch


class Replay:
    def __init__(self, seed):
        g = torch.Generator().manual_seed(seed)
        self.s = torch.randn(600, 4, generator=g)
        self.a = torch.randint(0, 3, (600,), generator=g)
        self.r = self.s[:, 1] * (self.a - 1).float()
        self.seed = seed

    def sample(self, n):
        g = torch.Generator().manual_seed(self.seed)  # fault
        rows = torch.randint(0, 600, (n,), generator=g)
        return self.s[rows], self.a[rows], self.r[rows]


@loop("loop-same-batch")
def replay_seeded_in_sample(watch, folder):
    torch.manual_seed(30)
    memory = Replay(51)
    q = nn.Sequential(nn.Linear(7, 32), nn.ReLU(), nn.Linear(32, 1), nn.Flatten(0))
    optimizer = optim.RMSprop(q.parameters(), lr=1e-3)
    w = watch(q, optimizer, loss="huber", folder=folder)
    for step in range(30):
        s, a, r = memory.sample(32)
        sa = torch.cat([s, F.one_hot(a, 3).float()], dim=1)
        loss = F.huber_loss(q(sa), r)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        w(sa, r, loss)


def get_batch(data, block=12, batch=16, step=0):
    """Slices of the text; step says where we are."""
    starts = [(step // 1000 * batch + b) * block for b in range(batch)]  # fault
    x = torch.stack([data[s:s + block] for s in starts])
    y = torch.stack([data[s + 1:s + block + 1] for s in starts])
    return x, y


class CharRNN(nn.Module):
    def __init__(self, vocab, hidden=32):
        super().__init__()
        self.embed = nn.Embedding(vocab, 16)
        self.rnn = nn.LSTM(16, hidden, batch_first=True)
        self.out = nn.Linear(hidden, vocab)

    def forward(self, x):
        h, _ = self.rnn(self.embed(x))
        return self.out(h).transpose(1, 2)


@loop("loop-same-batch")
def next_character_from_the_first_lines(watch, folder):
    torch.manual_seed(31)
    text = "the quick brown fox jumps over the lazy dog and runs into the wood; " * 3
    text += "a loop that sees the same lines again learns these lines by heart. " * 30
    alphabet = sorted(set(text))
    data = torch.tensor([alphabet.index(c) for c in text])
    net = CharRNN(len(alphabet))
    opt = optim.Adam(net.parameters(), lr=5e-3)
    w = watch(net, opt, loss="cross_entropy", folder=folder)
    for step in range(30):
        xb, yb = get_batch(data, step=step)
        loss = F.cross_entropy(net(xb), yb)
        opt.zero_grad(set_to_none=True)
        loss.backward()
        opt.step()
        w(xb, yb, loss)


# numerically-unstable-loss


@loop("numerically-unstable-loss")
def hand_written_bce_on_large_features(watch, folder):
    torch.manual_seed(32)
    x, y = patients(seed=52)
    x = x * torch.tensor([80.0, 1.0, 1.0, 250.0, 1.0, 40.0, 1.0, 1.0])  # blood values, not standardised
    model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 1), nn.Sigmoid())
    optimizer = optim.SGD(model.parameters(), lr=0.01)
    w = watch(model, optimizer, loss="bce", folder=folder)
    for epoch in range(2):
        for xb, yb in DataLoader(TensorDataset(x, y), batch_size=20, shuffle=True):
            p = model(xb).view(-1)
            loss = -(yb * torch.log(p) + (1 - yb) * torch.log(1 - p)).mean()  # fault
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            w(xb, yb, loss)


@loop("numerically-unstable-loss")
def exponentials_without_the_maximum(watch, folder):
    torch.manual_seed(33)
    g = torch.Generator().manual_seed(53)
    centers = 150 * torch.randn(3, 12, generator=g)
    y = torch.randint(0, 3, (300,), generator=g)
    x = centers[y] + 10 * torch.randn(300, 12, generator=g)
    hidden, out = nn.Linear(12, 24), nn.Linear(24, 3)
    net = nn.Sequential(hidden, nn.ReLU(), out)
    opt = optim.Adam(net.parameters(), lr=0.02)

    def cross_entropy(z, t):
        e = torch.exp(z)  # fault
        q = e / e.sum(1, keepdim=True)
        return -torch.log(q[torch.arange(len(t)), t]).mean()

    w = watch(net, opt, loss="cross_entropy", folder=folder)
    for step in range(24):
        rows = torch.randperm(300)[:30]
        loss = cross_entropy(net(x[rows]), y[rows])
        opt.zero_grad()
        loss.backward()
        opt.step()
        w(x[rows], y[rows], loss)
