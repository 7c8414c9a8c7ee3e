"""Data of the fifth batch: what strangers' loops train on."""

import math

import torch
from torch.utils.data import Dataset


def _generator(seed):
    return torch.Generator().manual_seed(seed)


def friedman(rows=180, seed=11):
    """Friedman's first function of five of eight columns, standardized, as a column."""
    g = _generator(seed)
    x = torch.rand(rows, 8, generator=g)
    y = 10 * torch.sin(math.pi * x[:, 0] * x[:, 1]) + 20 * (x[:, 2] - 0.5) ** 2 + 10 * x[:, 3] + 5 * x[:, 4]
    y = y + torch.randn(rows, generator=g)
    return (x - 0.5) * 3.4, ((y - y.mean()) / y.std())[:, None]


def spirals(rows=160, arms=3, seed=12):
    """Points on the arms of a spiral, and which arm."""
    g = _generator(seed)
    arm = torch.randint(0, arms, (rows,), generator=g)
    r = torch.rand(rows, generator=g) * 1.5 + 0.3
    angle = 2.5 * r + arm * (2 * math.pi / arms) + 0.1 * torch.randn(rows, generator=g)
    return torch.stack([r * torch.cos(angle), r * torch.sin(angle)], 1), arm


def sensors(rows=150, channels=3, steps=16, seed=13):
    """Noisy channels over time, of four kinds of machine."""
    g = _generator(seed)
    kind = torch.randint(0, 4, (rows,), generator=g)
    t = torch.arange(steps) / steps
    base = torch.sin(2 * math.pi * (kind[:, None] + 1) * t + torch.rand(rows, 1, generator=g))
    gain = torch.tensor([1.0, 0.5, -0.7])[:channels]
    return base[:, None, :] * gain[None, :, None] + 0.2 * torch.randn(rows, channels, steps, generator=g), kind


def glyphs(rows=128, size=12, seed=14):
    """Grey pictures of a bar or a box, which of both, and the mask of it."""
    g = _generator(seed)
    kind = torch.randint(0, 2, (rows,), generator=g)
    picture = 0.2 * torch.rand(rows, 1, size, size, generator=g)
    mask = torch.zeros(rows, size, size, dtype=torch.long)
    for row in range(rows):
        top, left = torch.randint(0, size - 5, (2,), generator=g).tolist()
        high, wide = (2, 5) if kind[row] == 0 else (4, 4)
        mask[row, top : top + high, left : left + wide] = 1 + kind[row]
        picture[row, 0, top : top + high, left : left + wide] += 0.8
    return picture, kind, mask


VERSE = (
    "the rain came down on the old tin roof and the dog slept under the stair "
    "while the kettle sang a low long note and the cat sat watching from the chair "
    "and nobody came and nobody went and the clock on the wall had stopped at four "
) * 3


def characters():
    """The text as codes, and how many there are."""
    letters = sorted(set(VERSE))
    return torch.tensor([letters.index(c) for c in VERSE]), len(letters)


def reviews(rows=140, words=40, longest=10, seed=15):
    """Sentences of word codes (0 pads), their lengths, and whether good words prevail."""
    g = _generator(seed)
    lengths = torch.randint(3, longest + 1, (rows,), generator=g)
    ids = torch.randint(1, words, (rows, longest), generator=g)
    ids = ids * (torch.arange(longest)[None] < lengths[:, None])
    good = ((ids > 0) & (ids <= words // 2)).sum(1)
    return ids, lengths, (2 * good > lengths).float()


def ratings(rows=200, users=12, items=15, seed=16):
    """Users, items and ratings around 0."""
    g = _generator(seed)
    u, i = torch.randint(0, users, (rows,), generator=g), torch.randint(0, items, (rows,), generator=g)
    a, b = torch.randn(users, 3, generator=g), torch.randn(items, 3, generator=g)
    return u, i, (a[u] * b[i]).sum(1) * 0.6 + 0.1 * torch.randn(rows, generator=g)


def tags(rows=150, width=7, labels=5, seed=17):
    """Rows and none or several of five labels."""
    g = _generator(seed)
    x = torch.randn(rows, width, generator=g)
    return x, (x @ torch.randn(width, labels, generator=g) > 0.8).float()


def demand(rows=140, past=14, ahead=4, seed=18):
    """Past demand and that of the next days."""
    g = _generator(seed)
    t = torch.rand(rows, 1, generator=g) * 20 + torch.arange(past + ahead)
    series = torch.sin(t * 2 * math.pi / 7) + 0.3 * torch.cos(t / 3) + 0.1 * torch.randn(rows, past + ahead, generator=g)
    return series[:, :past], series[:, past:]


class Records(Dataset):
    """Rows as dictionaries."""

    def __init__(self, **columns):
        self.columns = columns

    def __len__(self):
        return len(next(iter(self.columns.values())))

    def __getitem__(self, row):
        return {name: column[row] for name, column in self.columns.items()}
