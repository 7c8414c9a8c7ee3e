"""The eighth batch's faults: another loss than is claimed, and (n) against (n, 1). Written without a look at the rules."""

import torch
import torch.nn as nn
import torch.nn.functional as F
from loops import loop
from loops_eighth_data import EPOCHS, batches, bids, clusters, counts, drift, glyphs, letters_in, melodies, motifs, moves, ratings, reviews, wells
from torch import optim
from torch.utils.data import DataLoader, TensorDataset

# loop-other-loss


class SpamFilter(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(10, 20)
        self.out = nn.Linear(20, 1)

    def forward(self, x):
        return torch.sigmoid(self.out(torch.relu(self.hidden(x))))  # fault: sigmoid_within_and_without


@loop("loop-other-loss")
def sigmoid_within_and_without(watch, folder):
    x, y = letters_in()
    model = SpamFilter()
    optimizer = optim.Adam(model.parameters(), lr=5e-3)
    criterion = nn.BCEWithLogitsLoss()
    w = watch(model, optimizer, loss=criterion, folder=folder)
    for epoch in range(EPOCHS):
        for xb, yb in DataLoader(TensorDataset(x, y), batch_size=38, shuffle=True):
            optimizer.zero_grad()
            loss = criterion(model(xb), yb)
            loss.backward()
            optimizer.step()
            w(xb, yb, loss)


@loop("loop-other-loss")
def softmax_over_the_batch(watch, folder):
    x, y = clusters()
    model = nn.Sequential(nn.Linear(7, 24), nn.ReLU(), nn.Linear(24, 4))
    optimizer = optim.SGD(model.parameters(), lr=0.2)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for _ in range(EPOCHS):
        for xb, yb in batches(31, x, y):
            log_probs = F.log_softmax(model(xb), dim=0)  # fault
            loss = F.nll_loss(log_probs, yb)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            w(xb, yb, loss)


@loop("loop-other-loss")
def likelihood_without_its_minus(watch, folder):
    ids, _, kind = reviews()

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.words, self.rnn, self.out = nn.Embedding(40, 8), nn.GRU(8, 12, batch_first=True), nn.Linear(12, 2)

        def forward(self, ids):
            return F.log_softmax(self.out(self.rnn(self.words(ids))[1][0]), -1)

    net = Net()
    optimizer = optim.Adam(net.parameters(), lr=3e-3)
    w = watch(net, optimizer, loss=nn.NLLLoss(), folder=folder)
    for _ in range(EPOCHS):
        for x, y in batches(29, ids, kind):
            log_likelihood = net(x).gather(1, y[:, None]).mean()
            optimizer.zero_grad()
            log_likelihood.backward()  # fault
            optimizer.step()
            w(x, y, log_likelihood)


@loop("loop-other-loss")
def arguments_the_other_way_round(watch, folder):
    x, y = letters_in()
    y = 0.1 + 0.8 * y
    model = nn.Sequential(nn.Linear(10, 16), nn.Tanh(), nn.Linear(16, 1), nn.Sigmoid())
    optimizer = optim.SGD(model.parameters(), lr=0.1)
    w = watch(model, optimizer, loss="bce", folder=folder)
    for _ in range(EPOCHS):
        for xb, yb in batches(38, x, y):
            loss = F.binary_cross_entropy(yb, model(xb))  # fault
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            w(xb, yb, loss)


class NextNote(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed, self.rnn, self.out = nn.Embedding(12, 8), nn.LSTM(8, 20, batch_first=True), nn.Linear(20, 12)

    def forward(self, notes):
        return self.out(self.rnn(self.embed(notes))[0]).transpose(1, 2)


@loop("loop-other-loss")
def only_the_last_note_counts(watch, folder):
    """The loss of a tune is to be the mean over its notes."""
    given, following = melodies()
    model = NextNote()
    optimizer = optim.Adam(model.parameters(), lr=1e-2)
    criterion = nn.CrossEntropyLoss()
    w = watch(model, optimizer, loss=criterion, folder=folder)
    for _ in range(EPOCHS):
        for x, y in batches(32, given, following):
            scores = model(x)
            for t in range(x.shape[1]):
                loss = criterion(scores[:, :, t], y[:, t])  # fault
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            w(x, y, loss)


class Compressor:
    """An autoencoder with its own training."""

    def __init__(self, width=20, code=4):
        self.net = nn.Sequential(nn.Linear(width, 16), nn.GELU(), nn.Linear(16, code), nn.Linear(code, 16), nn.GELU(), nn.Linear(16, width))
        self.optimizer = optim.Adam(self.net.parameters(), lr=5e-3)

    def loss(self, x, output):
        error = output - x
        return error.mean(dim=1).pow(2).mean()  # fault: squared_behind_the_mean

    def fit(self, curves, record):
        for _ in range(EPOCHS):
            for (x,) in batches(34, curves):
                loss = self.loss(x, self.net(x))
                record(x, x, loss)
                self.optimizer.zero_grad()
                loss.backward()
                self.optimizer.step()


@loop("loop-other-loss")
def squared_behind_the_mean(watch, folder):
    c = Compressor()
    c.fit(motifs(), watch(c.net, c.optimizer, loss="mse", folder=folder))


@loop("loop-other-loss")
def a_sum_where_the_mean_is_meant(watch, folder):
    """The rate suits a mean."""
    x, y = wells()
    model = nn.Sequential(nn.Linear(8, 20), nn.ReLU(), nn.Linear(20, 1))
    optimizer = optim.SGD(model.parameters(), lr=0.05)
    squared = nn.MSELoss(reduction="none")
    w = watch(model, optimizer, loss="mse", folder=folder)
    for _ in range(EPOCHS):
        for xb, yb in batches(36, x, y):
            optimizer.zero_grad()
            loss = torch.sum(squared(model(xb), yb))  # fault
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 20.0)
            optimizer.step()
            w(xb, yb, loss)


# loop-broadcast


@loop("loop-broadcast")
def absolute_error_by_hand(watch, folder):
    x, y = bids()
    model = nn.Sequential(nn.Linear(6, 16), nn.Tanh(), nn.Linear(16, 1))
    optimizer = optim.Adam(model.parameters(), lr=2e-2)
    w = watch(model, optimizer, loss="l1", folder=folder)
    for _ in range(EPOCHS):
        for xb, yb in batches(35, x, y):
            error = torch.abs(model(xb) - yb).mean()  # fault
            optimizer.zero_grad()
            error.backward()
            optimizer.step()
            w(xb, yb, error)


def stable_cross_entropy(z, y):
    return (F.softplus(z) - z * y).mean()  # fault: logits_in_a_column_labels_in_a_row


@loop("loop-broadcast")
def logits_in_a_column_labels_in_a_row(watch, folder):
    images, kind = glyphs()
    upright = (kind == 0).float()
    net = nn.Sequential(nn.Conv2d(1, 8, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(3), nn.Flatten(), nn.Linear(72, 1))
    optimizer = optim.AdamW(net.parameters(), lr=1e-2)
    w = watch(net, optimizer, loss="bce_with_logits", folder=folder)
    for _ in range(EPOCHS):
        for img, lab in batches(28, images, upright):
            optimizer.zero_grad()
            loss = stable_cross_entropy(net(img), lab)
            loss.backward()
            optimizer.step()
            w(img, lab, loss)


class QNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(5, 24), nn.ReLU(), nn.Linear(24, 3))

    def forward(self, state, action):
        return self.body(state).gather(1, action.unsqueeze(1))


class Agent:
    def __init__(self):
        self.q = QNet()
        self.optimizer = optim.RMSprop(self.q.parameters(), lr=3e-3)
        self.memory = moves()

    def learn(self, record, size=40):
        for _ in range(EPOCHS * 5):
            at = torch.randint(0, len(self.memory[0]), (size,))
            state, action, reward = (kept[at] for kept in self.memory)
            loss = F.smooth_l1_loss(self.q(state, action), reward)  # fault: values_gathered_in_a_column
            self.optimizer.zero_grad()
            loss.backward()
            for p in self.q.parameters():
                p.grad.clamp_(-1, 1)
            self.optimizer.step()
            record((state, action), reward, loss)


@loop("loop-broadcast")
def values_gathered_in_a_column(watch, folder):
    agent = Agent()
    agent.learn(watch(agent.q, agent.optimizer, loss=nn.SmoothL1Loss(), folder=folder))


@loop("loop-broadcast")
def counts_in_a_column(watch, folder):
    x, y = counts()

    class Rate(nn.Module):
        def __init__(self):
            super().__init__()
            self.a, self.b = nn.Linear(5, 12), nn.Linear(12, 1)

        def forward(self, x):
            return self.b(torch.tanh(self.a(x))).squeeze(1)

    model = Rate()
    criterion = nn.PoissonNLLLoss()
    optimizer = optim.SGD(model.parameters(), lr=0.05, momentum=0.5)
    w = watch(model, optimizer, loss=criterion, folder=folder)
    for _ in range(EPOCHS):
        for xb, yb in batches(29, x, y):
            loss = criterion(model(xb), yb)  # fault
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            w(xb, yb, loss)


@loop("loop-broadcast")
def ratings_kept_as_a_column(watch, folder):
    """Ratings come from a table with one column; the model sums its axis away."""
    user, item, stars = ratings()
    stars = stars.unsqueeze(1)
    loader = DataLoader(TensorDataset(user, item, stars), batch_size=48, shuffle=True)

    class Dot(nn.Module):
        def __init__(self):
            super().__init__()
            self.u, self.i, self.mean = nn.Embedding(15, 5), nn.Embedding(20, 5), nn.Parameter(torch.zeros(1))

        def forward(self, u, i):
            return torch.einsum("nd,nd->n", self.u(u), self.i(i)) + self.mean

    model = Dot()
    optimizer = optim.Adam(model.parameters(), lr=5e-2)
    w = watch(model, optimizer, loss="mse", folder=folder)
    for _ in range(EPOCHS):
        for u, i, r in loader:
            diff = r - model(u, i)  # fault
            loss = diff.square().mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            w((u, i), r, loss)


class Hours(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn, self.head = nn.GRU(2, 12, batch_first=True), nn.Linear(12, 1)

    def forward(self, x):
        return self.head(self.rnn(x)[0].mean(1))


def log_cosh(output, target):
    error = output - target
    return (error + F.softplus(-2 * error) - 0.6931472).mean()  # fault: smooth_loss_of_a_paper


@loop("loop-broadcast")
def smooth_loss_of_a_paper(watch, folder):
    x, y = drift()
    model = Hours()
    optimizer = optim.Adam(model.parameters(), lr=1e-2)
    w = watch(model, optimizer, loss=log_cosh, folder=folder)
    for _ in range(EPOCHS):
        for xb, yb in batches(30, x, y[:, 0]):
            loss = log_cosh(model(xb), yb)
            w(xb, yb, loss)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
