"""Data of the eleventh batch of loops: prices, digits, reviews, sensors, ratings, masks, text."""

import math

import torch

RIGHT = "loop-correct"


def prices(rows=320, seed=11):
    """Seven features of a house and its price, a plain vector."""
    g = torch.Generator().manual_seed(seed)
    x = torch.randn(rows, 7, generator=g)
    y = 1.5 * x[:, 0] - 2 * x[:, 2] + x[:, 3] * x[:, 4] + 0.5 + 0.1 * torch.randn(rows, generator=g)
    return x, y


def digits(rows=320, kinds=5, seed=12):
    """Pictures of 10 x 10, each a noisy copy of a pattern, and its number."""
    g = torch.Generator().manual_seed(seed)
    patterns = (torch.rand(kinds, 1, 10, 10, generator=g) > 0.6).float()
    y = torch.randint(0, kinds, (rows,), generator=g)
    return patterns[y] + 0.4 * torch.randn(rows, 1, 10, 10, generator=g), y


def reviews(rows=320, words=40, length=12, seed=13):
    """Padded rows of words, their lengths, and 0 or 1: more good words than bad ones."""
    g = torch.Generator().manual_seed(seed)
    tokens = torch.randint(1, words, (rows, length), generator=g)
    y = torch.randint(0, 2, (rows,), generator=g)
    hint = torch.rand(rows, length, generator=g) < 0.4
    tokens = torch.where(hint, torch.where(y[:, None] == 1, tokens % 5 + 1, tokens % 5 + 6), tokens)
    lengths = torch.randint(5, length + 1, (rows,), generator=g)
    tokens[torch.arange(length) >= lengths[:, None]] = 0
    return tokens, lengths, y


def sensors(rows=300, steps=14, seed=14):
    """Two channels over time and the next value of the first one, (rows, 1)."""
    g = torch.Generator().manual_seed(seed)
    t = torch.rand(rows, 1, generator=g) * 2 * math.pi + torch.arange(steps + 1) * 0.35
    a = torch.sin(t) + 0.05 * torch.randn(t.shape, generator=g)
    b = torch.cos(2 * t) + 0.05 * torch.randn(t.shape, generator=g)
    return torch.stack([a, b], -1)[:, :-1], a[:, -1:]


def ratings(rows=400, users=20, items=15, seed=15):
    """Pairs of a user and an item, and a rating, (rows, 1)."""
    g = torch.Generator().manual_seed(seed)
    u, i = torch.randn(users, 3, generator=g), torch.randn(items, 3, generator=g)
    pairs = torch.stack([torch.randint(0, users, (rows,), generator=g), torch.randint(0, items, (rows,), generator=g)], 1)
    return pairs, (u[pairs[:, 0]] * i[pairs[:, 1]]).sum(1, keepdim=True) + 3


def masks(rows=160, seed=16):
    """Pictures of 12 x 12 with a bright square, and the square."""
    g = torch.Generator().manual_seed(seed)
    y = torch.zeros(rows, 1, 12, 12)
    for k in range(rows):
        top, left = torch.randint(0, 7, (2,), generator=g).tolist()
        y[k, :, top : top + 5, left : left + 5] = 1
    return y * 1.5 + 0.5 * torch.randn(y.shape, generator=g), y


def text(length=1200, seed=17):
    """Letters (as numbers below 12) with a strong order."""
    g = torch.Generator().manual_seed(seed)
    follow = torch.randint(0, 12, (12, 2), generator=g)
    out = [0]
    for pick in torch.rand(length, generator=g).tolist():
        out.append(int(follow[out[-1], 0 if pick < 0.8 else 1]) if pick < 0.95 else int(pick * 1e6) % 12)
    return torch.tensor(out)


def spectra(rows=320, seed=18):
    """Rows of 20 numbers that lie near a plane of three."""
    g = torch.Generator().manual_seed(seed)
    return torch.randn(rows, 3, generator=g) @ torch.randn(3, 20, generator=g) + 0.1 * torch.randn(rows, 20, generator=g)


def moons(rows=300, seed=19):
    """Two half moons and 0 or 1."""
    g = torch.Generator().manual_seed(seed)
    y = torch.randint(0, 2, (rows,), generator=g)
    t = torch.rand(rows, generator=g) * math.pi
    x = torch.stack([torch.cos(t) + y, torch.sin(t) * (1 - 2 * y) + 0.4 * y], 1)
    return x + 0.1 * torch.randn(rows, 2, generator=g), y


def episodes(rows=320, seed=20):
    """States, the states after them, rewards: a walk that is drawn to the origin."""
    g = torch.Generator().manual_seed(seed)
    s = torch.randn(rows, 4, generator=g)
    n = 0.8 * s + 0.1 * torch.randn(rows, 4, generator=g)
    return s, n, -(s**2).sum(1, keepdim=True) / 4
