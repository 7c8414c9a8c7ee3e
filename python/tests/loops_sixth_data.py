"""Data of the sixth batch, and how often its loops go over them."""

import torch

EPOCHS = 3  # the test that they are at fault goes over the data more often


def _generator(seed):
    return torch.Generator().manual_seed(seed)


def houses(rows=160, seed=61):
    """Six columns and a price that depends on four of them, as a flat array."""
    g = _generator(seed)
    x = torch.randn(rows, 6, generator=g)
    y = x[:, 0] - 0.7 * x[:, 1] + torch.tanh(2 * x[:, 2]) + 0.5 * x[:, 0] * x[:, 3] + 0.1 * torch.randn(rows, generator=g)
    return x, (y - y.mean()) / y.std()


def moons(rows=150, seed=62):
    """Two half moons, and which, as a column of 0 and 1."""
    g = _generator(seed)
    y = torch.randint(0, 2, (rows,), generator=g).float()
    angle = torch.rand(rows, generator=g) * 3.14159
    x = torch.stack([torch.cos(angle) + y, torch.sin(angle) * (1 - 2 * y) + 0.3 * y], 1)
    return x + 0.1 * torch.randn(rows, 2, generator=g), y[:, None]


def strokes(rows=140, size=10, seed=63):
    """Grey pictures of a stroke in one of four directions, and which."""
    g = _generator(seed)
    kind = torch.randint(0, 4, (rows,), generator=g)
    picture = 0.3 * torch.rand(rows, 1, size, size, generator=g)
    for row in range(rows):
        at = int(torch.randint(2, size - 2, (1,), generator=g))
        for i in range(size):
            place = [(at, i), (i, at), (i, i), (i, size - 1 - i)][kind[row]]
            picture[row, 0, place[0], place[1]] += 0.7
    return picture, kind


def machines(rows=144, steps=15, seed=64):
    """Three sensors over time, and the wear that follows, as a column."""
    g = _generator(seed)
    load = torch.rand(rows, 1, generator=g) * 2
    t = torch.arange(steps) * 0.3
    x = torch.stack([load * torch.sin(t), load + 0.2 * torch.randn(rows, steps, generator=g), 0.3 * torch.randn(rows, steps, generator=g)], 2)
    return x, (load - 1) * 1.7


def phrases(rows=150, words=30, longest=9, seed=65):
    """Rows of words (0 is padding), their lengths, and whether more of them are from the upper half."""
    g = _generator(seed)
    lengths = torch.randint(3, longest + 1, (rows,), generator=g)
    tokens = torch.randint(1, words, (rows, longest), generator=g)
    tokens[torch.arange(longest)[None] >= lengths[:, None]] = 0
    return tokens, lengths, ((tokens >= words // 2).sum(1) * 2 > lengths).long()


def reversals(rows=128, length=5, symbols=8, seed=66):
    """Rows of symbols (0 begins), and each row backwards."""
    source = torch.randint(1, symbols, (rows, length), generator=_generator(seed))
    return source, source.flip(1)


def clicks(rows=180, users=14, items=18, seed=67):
    """User, item, and a rating of taste, flat."""
    g = _generator(seed)
    taste, kind = torch.randn(users, 3, generator=g), torch.randn(items, 3, generator=g)
    user, item = torch.randint(0, users, (rows,), generator=g), torch.randint(0, items, (rows,), generator=g)
    return user, item, (taste[user] * kind[item]).sum(1) / 1.7


def labels(rows=150, seed=68):
    """Eight columns, and four labels of which several may hold."""
    g = _generator(seed)
    x = torch.randn(rows, 8, generator=g)
    return x, (x @ torch.randn(8, 4, generator=g) > 0.8).float()


def spectra(rows=150, width=16, seed=69):
    """Mixtures of three bumps."""
    g = _generator(seed)
    t = torch.arange(width)[None].float()
    bumps = torch.cat([torch.exp(-((t - at) ** 2) / 6) for at in (3.0, 8.0, 12.0)])
    return torch.rand(rows, 3, generator=g) @ bumps


def letters(seed=70, length=360):
    """A long text of twelve letters in a rhythm, as numbers."""
    g = _generator(seed)
    text = (torch.arange(length) * 5 + (torch.arange(length) // 4) * 2) % 12
    text[torch.rand(length, generator=g) < 0.05] = 0
    return text
