"""Data of the twelfth batch of loops."""

import math

import torch


def phrases(rows=256, length=8, words=30, seed=0):
    """Word numbers (1 and up), and whether more of them come from the first half of the dictionary."""
    g = torch.Generator().manual_seed(seed)
    share = torch.rand(rows, 1, generator=g)
    low = torch.rand(rows, length, generator=g) < share
    x = torch.randint(1, words // 2, (rows, length), generator=g) + (~low).long() * (words // 2)
    return x, (low.sum(1) * 2 > length).long()


def signs(rows=240, kinds=4, size=12, seed=0):
    """Pictures of one channel with a bright patch in one of four corners."""
    g = torch.Generator().manual_seed(seed)
    y = torch.randint(0, kinds, (rows,), generator=g)
    x = 0.5 * torch.randn(rows, 1, size, size, generator=g)
    half = size // 2
    for i, k in enumerate(y.tolist()):
        r, c = divmod(k, 2)
        x[i, 0, r * half : r * half + half, c * half : c * half + half] += 1.2
    return x, y


def masks(rows=128, size=16, seed=0):
    """Noisy pictures with a box, and the box."""
    g = torch.Generator().manual_seed(seed)
    y = torch.zeros(rows, 1, size, size)
    for i in range(rows):
        r, c = torch.randint(0, size - 6, (2,), generator=g).tolist()
        h, v = torch.randint(4, 7, (2,), generator=g).tolist()
        y[i, 0, r : r + h, c : c + v] = 1
    return y * 1.5 + 0.5 * torch.randn(y.shape, generator=g), y


def ratings(rows=800, users=30, items=40, rank=3, seed=0):
    """Pairs of a user and an item, and a rating."""
    g = torch.Generator().manual_seed(seed)
    u, v = torch.randn(users, rank, generator=g), torch.randn(items, rank, generator=g)
    who = torch.randint(0, users, (rows,), generator=g)
    what = torch.randint(0, items, (rows,), generator=g)
    y = (u[who] * v[what]).sum(1) + 0.1 * torch.randn(rows, generator=g)
    return torch.stack([who, what], 1), y + 3


def series(rows=200, steps=14, seed=0):
    """Sums of two waves with noise, and what comes next."""
    g = torch.Generator().manual_seed(seed)
    t = torch.arange(steps + 1) + 20 * torch.rand(rows, 1, generator=g)
    wave = torch.sin(2 * math.pi * t / 9) + 0.4 * torch.sin(2 * math.pi * t / 4 + 1)
    wave = wave + 0.05 * torch.randn(wave.shape, generator=g)
    return wave[:, :-1, None], wave[:, -1]


def sounds(rows=180, seed=0):
    """Spectra of three kinds of sound: their energy lies low, in the middle, or high."""
    g = torch.Generator().manual_seed(seed)
    y = torch.randint(0, 3, (rows,), generator=g)
    x = 0.2 * torch.rand(rows, 18, 20, generator=g)
    for i, k in enumerate(y.tolist()):
        x[i, 6 * k : 6 * k + 6] += torch.rand(6, 20, generator=g)
    return x, y


def couples(rows=256, width=12, kinds=5, seed=0):
    """Two rows each, and 1 where both are of one kind."""
    g = torch.Generator().manual_seed(seed)
    center = 1.5 * torch.randn(kinds, width, generator=g)
    a = torch.randint(0, kinds, (rows,), generator=g)
    same = torch.rand(rows, generator=g) < 0.5
    b = torch.where(same, a, (a + 1 + torch.randint(0, kinds - 1, (rows,), generator=g)) % kinds)
    x = torch.stack([center[a], center[b]], 1) + 0.4 * torch.randn(rows, 2, width, generator=g)
    return x, same.float()


def flats(rows=300, seed=0):
    """Size, rooms, age, floor, distance (all scaled), and a price."""
    g = torch.Generator().manual_seed(seed)
    x = torch.randn(rows, 5, generator=g)
    y = 1.5 * x[:, 0] + 0.8 * x[:, 1] - 0.6 * x[:, 2] + 0.5 * x[:, 0] * x[:, 4].tanh()
    return x, y + 0.1 * torch.randn(rows, generator=g)
