"""Data of the seventh batch."""

import math

import torch

EPOCHS = 3


def _generator(seed):
    return torch.Generator().manual_seed(seed)


def housing(rows=200, seed=70):
    """Seven standardized columns and a standardized price, as a column."""
    g = _generator(seed)
    x = torch.randn(rows, 7, generator=g)
    y = 1.5 * x[:, 0] - x[:, 1] * x[:, 2] + torch.relu(x[:, 3]) + 0.5 * x[:, 4] + 0.2 * torch.randn(rows, generator=g)
    return x, ((y - y.mean()) / y.std()).unsqueeze(1)


def raw_housing(rows=200, seed=71):
    """The same with columns as they come: areas, years, counts."""
    x, y = housing(rows, seed)
    return x * torch.tensor([30.0, 12.0, 8.0, 25.0, 3.0, 15.0, 9.0]) + torch.tensor([90.0, 40.0, 20.0, 60.0, 5.0, 30.0, 10.0]), y


def churn(rows=220, seed=72):
    """Nine columns, and 0.0 or 1.0 for each customer, without a second dimension."""
    g = _generator(seed)
    x = torch.randn(rows, 9, generator=g)
    score = 2 * x[:, 0] - 1.5 * x[:, 3] + x[:, 5] * x[:, 6]
    return x, (score + 0.3 * torch.randn(rows, generator=g) > 0).float()


def shapes(rows=192, size=8, seed=73):
    """Grey pictures with a bright quarter, and which quarter."""
    g = _generator(seed)
    y = torch.randint(0, 4, (rows,), generator=g)
    x = torch.rand(rows, 1, size, size, generator=g)
    half = size // 2
    for row, quarter in enumerate(y.tolist()):
        top, left = half * (quarter // 2), half * (quarter % 2)
        x[row, 0, top : top + half, left : left + half] += 0.6
    return x, y


def phrases(rows=180, length=10, vocabulary=30, seed=74):
    """Rows of word ids; their class is the group of words that is most frequent."""
    g = _generator(seed)
    y = torch.randint(0, 3, (rows,), generator=g)
    ids = torch.randint(0, vocabulary, (rows, length), generator=g)
    own = torch.randint(0, 10, (rows, length), generator=g) + 10 * y[:, None]
    return torch.where(torch.rand(rows, length, generator=g) < 0.5, own, ids), y


def tones(rows=160, samples=64, seed=75):
    """One channel of sound, of three pitches."""
    g = _generator(seed)
    y = torch.randint(0, 3, (rows,), generator=g)
    t = torch.arange(samples) / samples
    phase = 6.28 * torch.rand(rows, 1, generator=g)
    x = torch.sin(2 * math.pi * (3 + 4 * y[:, None]) * t + phase) + 0.3 * torch.randn(rows, samples, generator=g)
    return x.unsqueeze(1), y


def load(rows=170, past=16, ahead=2, seed=76):
    """Windows of a load curve and the values that follow."""
    g = _generator(seed)
    t = torch.arange(past + ahead) * 0.35 + 20 * torch.rand(rows, 1, generator=g)
    wave = torch.sin(t) + 0.4 * torch.sin(2.7 * t) + 0.05 * torch.randn(rows, past + ahead, generator=g)
    return wave[:, :past].unsqueeze(-1), wave[:, past:]


def citations(nodes=90, seed=77):
    """A graph: features, the normalized adjacency, a class for each node."""
    g = _generator(seed)
    y = torch.randint(0, 3, (nodes,), generator=g)
    same = y[:, None] == y[None, :]
    chance = torch.rand(nodes, nodes, generator=g)
    edge = (chance < torch.where(same, 0.12, 0.01)).float()
    edge = ((edge + edge.T) > 0).float() + torch.eye(nodes)
    degree = edge.sum(1).rsqrt()
    x = torch.nn.functional.one_hot(y, 3).float() + 1.2 * torch.randn(nodes, 3, generator=g)
    return torch.cat([x, torch.randn(nodes, 3, generator=g)], 1), degree[:, None] * edge * degree[None, :], y


def reversals(rows=160, length=6, vocabulary=9, seed=78):
    """Sequences of digits above 0 and the same turned round."""
    g = _generator(seed)
    source = torch.randint(1, vocabulary, (rows, length), generator=g)
    return source, source.flip(1)


def transitions(rows=256, seed=79):
    """States, actions and returns, as they lie in a replay buffer."""
    g = _generator(seed)
    state = torch.randn(rows, 4, generator=g)
    action = torch.randint(0, 3, (rows,), generator=g)
    weight = torch.tensor([[1.0, -0.5, 0.2, 0.0], [-1.0, 1.0, 0.0, 0.5], [0.3, 0.3, -1.2, 0.4]])
    value = (state * weight[action]).sum(1) + 0.1 * torch.randn(rows, generator=g)
    return state, action, value


def interactions(rows=240, users=20, items=25, seed=80):
    """Users, items, and a rating from two hidden tastes."""
    g = _generator(seed)
    user, item = torch.randint(0, users, (rows,), generator=g), torch.randint(0, items, (rows,), generator=g)
    a, b = torch.randn(users, 2, generator=g), torch.randn(items, 2, generator=g)
    return user, item, (a[user] * b[item]).sum(1) + 0.1 * torch.randn(rows, generator=g)


def batches(size, *arrays):
    """Yield the arrays in shuffled batches of a size; the last one may be smaller."""
    order = torch.randperm(len(arrays[0]))
    for at in order.split(size):
        yield tuple(array[at] for array in arrays)
