"""What the loops of the ninth batch learn from: made from seeds, a few hundred rows each."""

import torch


def _generator(seed):
    return torch.Generator().manual_seed(seed)


def houses(rows=320, seed=11):
    """Seven measures of a house, standardized, and its price, one number a row without a second axis."""
    g = _generator(seed)
    x = torch.randn(rows, 7, generator=g)
    price = 1.5 * x[:, 0] - 0.8 * x[:, 2] + 0.6 * x[:, 3] * x[:, 4] + 2.0
    return x, price + 0.1 * torch.randn(rows, generator=g)


def customers(rows=400, seed=12):
    """Raw columns as in a table (age, income, months, calls) and whether the customer left."""
    g = _generator(seed)
    z = torch.randn(rows, 4, generator=g)
    left = (z[:, 0] - 1.2 * z[:, 1] + 0.7 * z[:, 2] > 0).float()
    return z * torch.tensor([12.0, 900.0, 20.0, 3.0]) + torch.tensor([41.0, 2600.0, 50.0, 6.0]), left


def shapes(rows=300, seed=13):
    """Pictures of 12 by 12: a lying bar, a standing bar, or a cross."""
    g = _generator(seed)
    y = torch.randint(0, 3, (rows,), generator=g)
    x = 0.3 * torch.rand(rows, 1, 12, 12, generator=g)
    for row, kind in enumerate(y.tolist()):
        at = int(torch.randint(3, 9, (1,), generator=g))
        if kind != 1:
            x[row, 0, at - 1 : at + 1] += 1
        if kind != 0:
            x[row, 0, :, at - 1 : at + 1] += 1
    return x, y


def blobs(rows=360, width=8, count=6, seed=14):
    """Rows around as many centers as there are classes."""
    g = _generator(seed)
    centers = 2.5 * torch.randn(count, width, generator=g)
    y = torch.randint(0, count, (rows,), generator=g)
    return centers[y] + torch.randn(rows, width, generator=g), y


def reviews(rows=320, length=10, words=30, seed=15):
    """Numbers of words, and whether more of the good ones (the first ten) than of the bad ones (the next ten) are in."""
    g = _generator(seed)
    x = torch.randint(0, words, (rows, length), generator=g)
    good, bad = (x < 10).sum(1), ((x >= 10) & (x < 20)).sum(1)
    return x, (good > bad).float()


def babble(length=1600, letters=12, seed=16):
    """Letters of which each follows from the last, but for one in ten."""
    g = _generator(seed)
    text = [0]
    for odd, other in zip(torch.rand(length, generator=g).tolist(), torch.randint(0, letters, (length,), generator=g).tolist()):
        text.append(other if odd < 0.1 else (5 * text[-1] + 3) % letters)
    return torch.tensor(text)


def sensors(rows=256, steps=14, seed=17):
    """Windows of two sensors, and the mean of the next reading."""
    g = _generator(seed)
    start = 6 * torch.rand(rows, 1, generator=g)
    t = start + 0.5 * torch.arange(steps + 1)
    both = torch.stack([torch.sin(t), 0.5 * torch.cos(2 * t)], dim=2)
    both = both + 0.05 * torch.randn(both.shape, generator=g)
    return both[:, :-1], both[:, -1].mean(1)


def spectra(rows=320, width=16, seed=18):
    """Rows of sixteen numbers that three hidden ones make."""
    g = _generator(seed)
    return torch.tanh(torch.randn(rows, 3, generator=g) @ torch.randn(3, width, generator=g)) + 0.05 * torch.randn(
        rows, width, generator=g
    )


def states(rows=320, seed=19):
    """States of a game, the discounted return from each, and the better of two moves."""
    g = _generator(seed)
    s = torch.randn(rows, 4, generator=g)
    returns = 3 * torch.tanh(s[:, 0] + 0.5 * s[:, 1]) - s[:, 2] + 1
    return s, returns + 0.1 * torch.randn(rows, generator=g), (s[:, 2] + s[:, 3] > 0).long()


def cells(rows=160, seed=20):
    """Pictures with a bright round cell and the mask of it."""
    g = _generator(seed)
    at = 3 + 6 * torch.rand(rows, 2, generator=g)
    grid = torch.arange(12.0)
    far = (grid[None, :, None] - at[:, :1, None]) ** 2 + (grid[None, None, :] - at[:, 1:, None]) ** 2
    mask = (far < 6).float()
    return (mask + 0.4 * torch.randn(mask.shape, generator=g))[:, None], mask[:, None]


def batches(x, y, size, seed=0, shuffle=True):
    return torch.utils.data.DataLoader(
        torch.utils.data.TensorDataset(x, y), batch_size=size, shuffle=shuffle, generator=_generator(seed)
    )
