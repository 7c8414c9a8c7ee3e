"""Data of the eighth batch: all made up, a few hundred rows each."""

import math

import torch

EPOCHS = 4


def _generator(seed):
    return torch.Generator().manual_seed(seed)


def wells(rows=180, seed=801):
    """Eight standardized measurements of a well, and its yield as a column."""
    g = _generator(seed)
    x = torch.randn(rows, 8, generator=g)
    y = torch.tanh(x[:, 0] + x[:, 1]) * 1.5 - x[:, 2] + 0.7 * x[:, 3] * x[:, 4] + 0.15 * torch.randn(rows, generator=g)
    return x, ((y - y.mean()) / y.std())[:, None]


def bids(rows=175, seed=802):
    """Six columns of an auction, and the price without a second dimension, not around 0."""
    g = _generator(seed)
    x = torch.rand(rows, 6, generator=g) * 2 - 1
    return x, 2 + 1.5 * x[:, 0] - 2 * x[:, 1] + torch.sin(3 * x[:, 2]) + 0.1 * torch.randn(rows, generator=g)


def letters_in(rows=190, seed=803):
    """Ten counts of words, and whether the letter is unwanted, as 0.0 or 1.0 in a column."""
    g = _generator(seed)
    x = torch.randn(rows, 10, generator=g)
    score = x[:, 0] + x[:, 1] - 1.4 * x[:, 2] + 0.8 * x[:, 3] * x[:, 4]
    return x, (score + 0.3 * torch.randn(rows, generator=g) > 0).float()[:, None]


def glyphs(rows=168, size=9, seed=804):
    """Pictures of one channel with a bar: upright, level or aslant."""
    g = _generator(seed)
    kind = torch.randint(0, 3, (rows,), generator=g)
    at = torch.randint(1, size - 1, (rows,), generator=g)
    x = 0.6 * torch.rand(rows, 1, size, size, generator=g)
    for row, (k, place) in enumerate(zip(kind.tolist(), at.tolist())):
        if k == 0:
            x[row, 0, :, place] += 1
        elif k == 1:
            x[row, 0, place, :] += 1
        else:
            x[row, 0] += torch.eye(size).roll(place - size // 2, 1)
    return (x - x.mean()) / x.std(), kind


def clusters(rows=184, width=7, count=4, seed=805):
    """Points around four centres."""
    g = _generator(seed)
    centre = 1.6 * torch.randn(count, width, generator=g)
    kind = torch.randint(0, count, (rows,), generator=g)
    return centre[kind] + torch.randn(rows, width, generator=g), kind


def reviews(rows=176, words=40, longest=10, seed=806):
    """Word ids behind which 0 is filled up, how many are words, and whether most of them are kind ones."""
    g = _generator(seed)
    kind = torch.randint(0, 2, (rows,), generator=g)
    length = torch.randint(4, longest + 1, (rows,), generator=g)
    near = torch.randint(1, words // 2, (rows, longest), generator=g) + kind[:, None] * (words // 2)
    ids = torch.where(torch.rand(rows, longest, generator=g) < 0.6, near, torch.randint(1, words, (rows, longest), generator=g))
    return ids * (torch.arange(longest) < length[:, None]), length, kind


def drift(rows=172, steps=12, seed=807):
    """Two channels over twelve hours, and where the first one is two hours later."""
    g = _generator(seed)
    t = torch.arange(steps + 2) * 0.4 + 6.3 * torch.rand(rows, 1, generator=g)
    pace = 0.7 + 0.6 * torch.rand(rows, 1, generator=g)
    wave = torch.sin(pace * t) + 0.05 * torch.randn(rows, steps + 2, generator=g)
    other = torch.cos(pace * t) + 0.05 * torch.randn(rows, steps + 2, generator=g)
    return torch.stack([wave, other], -1)[:, :steps], wave[:, -1:]


def twins(rows=178, width=6, seed=808):
    """Two descriptions each, and 1.0 where they are of the same thing."""
    g = _generator(seed)
    things = torch.randn(12, width, generator=g)
    a = torch.randint(0, 12, (rows,), generator=g)
    same = torch.rand(rows, generator=g) < 0.5
    b = torch.where(same, a, (a + torch.randint(1, 12, (rows,), generator=g)) % 12)
    noise = 0.3 * torch.randn(2, rows, width, generator=g)
    return things[a] + noise[0], things[b] + noise[1], same.float()


def motifs(rows=170, width=20, seed=809):
    """Curves of three overlaid shapes, to be compressed."""
    g = _generator(seed)
    t = torch.linspace(0, 1, width)
    shape = torch.stack([torch.sin(2 * math.pi * t), torch.cos(2 * math.pi * t), (t - 0.5) * 3, torch.sin(4 * math.pi * t)])
    return torch.randn(rows, 4, generator=g) @ shape + 0.05 * torch.randn(rows, width, generator=g)


def tags(rows=182, count=5, seed=810):
    """Nine columns, and which of five tags hold."""
    g = _generator(seed)
    x = torch.randn(rows, 9, generator=g)
    return x, (x @ torch.randn(9, count, generator=g) + 0.3 * torch.randn(rows, count, generator=g) > 0.5).float()


def ratings(rows=240, users=15, items=20, seed=811):
    """Users, items and a rating around 3."""
    g = _generator(seed)
    user, item = torch.randint(0, users, (rows,), generator=g), torch.randint(0, items, (rows,), generator=g)
    a, b = torch.randn(users, 2, generator=g), torch.randn(items, 2, generator=g)
    return user, item, 3 + (a[user] * b[item]).sum(1) + 0.1 * torch.randn(rows, generator=g)


def moves(rows=200, seed=812):
    """States, what was done, and what that gave."""
    g = _generator(seed)
    state, action = torch.randn(rows, 5, generator=g), torch.randint(0, 3, (rows,), generator=g)
    worth = state @ torch.randn(5, 3, generator=g)
    return state, action, worth.gather(1, action[:, None])[:, 0] + 0.1 * torch.randn(rows, generator=g)


def counts(rows=174, seed=813):
    """Five columns, and how often something happened, as a column."""
    g = _generator(seed)
    x = torch.randn(rows, 5, generator=g)
    return x, torch.poisson(torch.exp(0.6 * x[:, :1] - 0.5 * x[:, 1:2] + 0.5), generator=g)


def melodies(rows=160, length=9, notes=12, seed=814):
    """Tunes that go on by a fixed interval: all but the last note, and all but the first."""
    g = _generator(seed)
    start, interval = torch.randint(0, notes, (rows, 1), generator=g), torch.randint(1, 4, (rows, 1), generator=g)
    tune = (start + interval * torch.arange(length + 1)) % notes
    return tune[:, :-1], tune[:, 1:]


def batches(size, *arrays):
    """Yield the arrays in shuffled batches; the last one may be smaller."""
    for at in torch.randperm(len(arrays[0])).split(size):
        yield tuple(array[at] for array in arrays)
