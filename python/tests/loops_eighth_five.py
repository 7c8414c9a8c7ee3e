"""The eighth batch's faults: overwritten weights, rows that don't belong together, the same rows again. Written without a look at the rules."""

import copy
import itertools
import random

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from loops import loop
from loops_eighth_data import EPOCHS, batches, bids, clusters, counts, drift, glyphs, letters_in, moves, reviews, tags, twins
from torch import optim
from torch.nn.utils.rnn import pack_padded_sequence
from torch.utils.data import DataLoader, Dataset, RandomSampler, TensorDataset

# loop-weights-overwritten


class Shadow:
    """Keeps an average of the weights."""

    def __init__(self, model, decay=0.98):
        self.model, self.decay = model, decay
        self.kept = {n: p.detach().clone() for n, p in model.named_parameters()}

    @torch.no_grad()
    def update(self):
        for n, p in self.model.named_parameters():
            self.kept[n].lerp_(p, 1 - self.decay)

    @torch.no_grad()
    def apply(self):
        for n, p in self.model.named_parameters():
            p.copy_(self.kept[n])  # fault: average_put_into_the_model


@loop("loop-weights-overwritten")
def average_put_into_the_model(watch, folder):
    x, y = drift()

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.rnn, self.out = nn.GRU(2, 10, batch_first=True), nn.Linear(10, 1)

        def forward(self, x):
            return self.out(self.rnn(x)[1][0])

    net = Net()
    ema, optimizer = Shadow(net), optim.Adam(net.parameters(), lr=1e-2)
    w = watch(net, optimizer, loss="mse", folder=folder)
    for _ in range(EPOCHS):
        for xb, yb in batches(29, x, y):
            optimizer.zero_grad()
            loss = F.mse_loss(net(xb), yb)
            loss.backward()
            optimizer.step()
            w(xb, yb, loss)
            ema.update()
            ema.apply()


class DQN:
    def __init__(self):
        self.policy = nn.Sequential(nn.Linear(5, 20), nn.ReLU(), nn.Linear(20, 1))
        self.target = copy.deepcopy(self.policy)
        self.optimizer = optim.AdamW(self.policy.parameters(), lr=5e-3)

    def sync(self):
        self.policy.load_state_dict(self.target.state_dict())  # fault: target_copied_over_the_policy


@loop("loop-weights-overwritten")
def target_copied_over_the_policy(watch, folder):
    state, action, reward = moves()
    after = state.roll(1, 0)
    dqn = DQN()
    w = watch(dqn.policy, dqn.optimizer, loss=nn.SmoothL1Loss(), folder=folder)
    for step in range(EPOCHS * 6):
        at = torch.randint(0, len(state), (40,))
        with torch.no_grad():
            goal = state[at, :1] * 2 - state[at, 1:2] + 0.2 * dqn.target(after[at])
        loss = F.smooth_l1_loss(dqn.policy(state[at]), goal)
        dqn.optimizer.zero_grad()
        loss.backward()
        dqn.optimizer.step()
        w(state[at], goal, loss)
        if step % 3 == 2:
            dqn.sync()


@loop("loop-weights-overwritten")
def back_to_the_best_at_each_worse_batch(watch, folder):
    """Each batch whose loss is above the least so far is taken back."""
    x, y = bids()
    model = nn.Sequential(nn.Linear(6, 18), nn.ReLU(), nn.Linear(18, 1), nn.Flatten(0))
    optimizer = optim.Adam(model.parameters(), lr=2e-2)
    w = watch(model, optimizer, loss="mse", folder=folder)
    best, kept = float("inf"), copy.deepcopy(model.state_dict())
    for _ in range(EPOCHS):
        for xb, yb in batches(25, x, y):
            loss = F.mse_loss(model(xb), yb)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            w(xb, yb, loss)
            if loss.item() < best:
                best, kept = loss.item(), copy.deepcopy(model.state_dict())
            else:
                model.load_state_dict(kept)  # fault


def store_in_few_bits(model, digits=1):
    for p in model.parameters():
        p.data = (p.data * 10**digits).round() / 10**digits  # fault: weights_rounded_at_each_step


@loop("loop-weights-overwritten")
def weights_rounded_at_each_step(watch, folder):
    """To be stored with few bits later; steps are shorter than half a tenth."""
    x, y = letters_in()
    model = nn.Sequential(nn.Linear(10, 24), nn.ReLU(), nn.Linear(24, 1))
    optimizer = optim.SGD(model.parameters(), lr=0.1)
    w = watch(model, optimizer, loss="bce_with_logits", folder=folder)
    for _ in range(EPOCHS):
        for xb, yb in batches(38, x, y):
            loss = F.binary_cross_entropy_with_logits(model(xb), yb)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            w(xb, yb, loss)
            store_in_few_bits(model)


# loop-misaligned-targets


class Sequence(Dataset):
    """Brought over from Keras, with its hook for the end of an epoch."""

    def __init__(self, x, y, size):
        self.x, self.y, self.size = x, y, size
        self.order = np.arange(len(x))

    def __len__(self):
        return len(self.x) // self.size

    def __getitem__(self, i):
        part = slice(i * self.size, (i + 1) * self.size)
        return self.x[self.order[part]], self.y[part]  # fault: order_for_inputs_alone

    def on_epoch_end(self):
        np.random.default_rng(random.randrange(999)).shuffle(self.order)


@loop("loop-misaligned-targets")
def order_for_inputs_alone(watch, folder):
    data = Sequence(*clusters(), 36)
    model = nn.Sequential(nn.Linear(7, 20), nn.ReLU(), nn.Linear(20, 4))
    optimizer = optim.Adam(model.parameters(), lr=1e-2)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for _ in range(EPOCHS):
        data.on_epoch_end()
        for i in range(len(data)):
            xb, yb = data[i]
            loss = F.cross_entropy(model(xb), yb)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            w(xb, yb, loss)


class Packed(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed, self.rnn, self.out = nn.Embedding(40, 10, padding_idx=0), nn.LSTM(10, 14, batch_first=True), nn.Linear(14, 2)

    def forward(self, ids, lengths):
        packed = pack_padded_sequence(self.embed(ids), lengths, batch_first=True)
        return self.out(self.rnn(packed)[1][0][0])


@loop("loop-misaligned-targets")
def sorted_by_length_for_packing(watch, folder):
    ids, lengths, kind = reviews()
    model = Packed()
    optimizer = optim.Adam(model.parameters(), lr=1e-2)
    w = watch(model, optimizer, loss="cross_entropy", folder=folder)
    for _ in range(EPOCHS):
        for words, long, label in batches(44, ids, lengths, kind):
            long, order = long.sort(descending=True)
            words = words[order]  # fault
            loss = F.cross_entropy(model(words, long), label)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            w((words, long), label, loss)


class Memory:
    def __init__(self, states, returns):
        self.states, self.returns = list(states), list(returns)

    def sample(self, count):
        states = random.sample(self.states, count)
        returns = random.sample(self.returns, count)  # fault: two_samples_of_the_memory
        return torch.stack(states), torch.stack(returns)


@loop("loop-misaligned-targets")
def two_samples_of_the_memory(watch, folder):
    random.seed(3)
    state, _, _ = moves()
    memory = Memory(state, state[:, 0] - 2 * state[:, 1] + state[:, 2].abs())
    critic = nn.Sequential(nn.Linear(5, 24), nn.ReLU(), nn.Linear(24, 1), nn.Flatten(0))
    optimizer = optim.RMSprop(critic.parameters(), lr=3e-3)
    w = watch(critic, optimizer, loss="mse", folder=folder)
    for _ in range(EPOCHS * 6):
        s, r = memory.sample(40)
        optimizer.zero_grad()
        loss = F.mse_loss(critic(s), r)
        loss.backward()
        optimizer.step()
        w(s, r, loss)


@loop("loop-misaligned-targets")
def a_sampler_for_each_folder(watch, folder):
    images, labels = glyphs()
    net = nn.Sequential(nn.Flatten(), nn.Linear(81, 24), nn.ReLU(), nn.Linear(24, 3))
    optimizer = optim.SGD(net.parameters(), lr=0.05, momentum=0.9)
    pictures = DataLoader(images, batch_size=28, sampler=RandomSampler(images))
    classes = DataLoader(labels, batch_size=28, sampler=RandomSampler(labels))  # fault
    w = watch(net, optimizer, loss="cross_entropy", folder=folder)
    for _ in range(EPOCHS):
        for img, lab in zip(pictures, classes):
            optimizer.zero_grad()
            loss = F.cross_entropy(net(img), lab)
            loss.backward()
            optimizer.step()
            w(img, lab, loss)


# loop-same-batch


def get_batch(x, y, size):
    for at in range(0, len(x), size):
        yield x[at : at + size], y[at : at + size]


@loop("loop-same-batch")
def generator_made_anew(watch, folder):
    x, y = tags()
    model = nn.Sequential(nn.Linear(9, 20), nn.ReLU(), nn.Linear(20, 5))
    optimizer = optim.Adam(model.parameters(), lr=5e-3)
    w = watch(model, optimizer, loss="bce_with_logits", folder=folder)
    for step in range(EPOCHS * 7):
        xb, yb = next(get_batch(x, y, 26))  # fault
        loss = F.binary_cross_entropy_with_logits(model(xb), yb)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        w(xb, yb, loss)


class Feeder:
    def __init__(self, *arrays, size):
        self.arrays, self.size = arrays, size

    def next_batch(self):
        rng = np.random.default_rng(42)  # fault: drawn_with_the_same_seed
        at = torch.from_numpy(rng.choice(len(self.arrays[0]), self.size, replace=False))
        return [a[at] for a in self.arrays]


@loop("loop-same-batch")
def drawn_with_the_same_seed(watch, folder):
    a, b, same = twins()
    feed = Feeder(a, b, same, size=24)

    class Pair(nn.Module):
        def __init__(self):
            super().__init__()
            self.leg, self.scale = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 6)), nn.Parameter(torch.tensor([1.0, 0.0]))

        def forward(self, a, b):
            return self.scale[0] * F.cosine_similarity(self.leg(a), self.leg(b)) * 4 + self.scale[1]

    model = Pair()
    optimizer = optim.AdamW(model.parameters(), lr=1e-2)
    w = watch(model, optimizer, loss="bce_with_logits", folder=folder)
    for _ in range(EPOCHS * 7):
        left, right, label = feed.next_batch()
        optimizer.zero_grad()
        loss = F.binary_cross_entropy_with_logits(model(left, right), label)
        loss.backward()
        optimizer.step()
        w((left, right), label, loss)


@loop("loop-same-batch")
def a_break_from_the_search_for_bugs(watch, folder):
    loader = DataLoader(TensorDataset(*counts()), batch_size=29)
    model = nn.Sequential(nn.Linear(5, 16), nn.Tanh(), nn.Linear(16, 1))
    optimizer = optim.SGD(model.parameters(), lr=0.02)
    w = watch(model, optimizer, loss=nn.PoissonNLLLoss(), folder=folder)
    criterion = nn.PoissonNLLLoss()
    for epoch in range(EPOCHS * 6):
        for xb, yb in loader:
            optimizer.zero_grad()
            loss = criterion(model(xb), yb)
            loss.backward()
            optimizer.step()
            w(xb, yb, loss)
            break  # fault


@loop("loop-same-batch")
def repeated_in_place_of_cycled(watch, folder):
    images, labels = glyphs()
    loader = DataLoader(TensorDataset(images, labels), batch_size=28, shuffle=True)
    endless = itertools.repeat(next(iter(loader)))  # fault
    net = nn.Sequential(nn.Conv2d(1, 8, 3), nn.ReLU(), nn.Flatten(), nn.Linear(392, 3))
    optimizer = optim.NAdam(net.parameters(), lr=2e-3)
    w = watch(net, optimizer, loss="cross_entropy", folder=folder)
    for img, lab in itertools.islice(endless, EPOCHS * 6):
        optimizer.zero_grad()
        loss = F.cross_entropy(net(img), lab)
        loss.backward()
        optimizer.step()
        w(img, lab, loss)
