"""Data of the tenth batch: tables, texts, counts, tags, small pictures, series, a network of stations."""

import numpy as np


def houses(rows=240, seed=0):
    """Rows of columns in their own units, and a price each."""
    rng = np.random.default_rng(seed)
    z = rng.normal(size=(rows, 6))
    y = 1.5 * z[:, :1] - z[:, 1:2] + 0.7 * z[:, 2:3] * z[:, 3:4] + 0.1 * rng.normal(size=(rows, 1))
    x = z * np.array([1, 8, 20, 3, 12, 5]) + np.array([0, 20, 60, 4, -30, 10])
    return x.astype("float32"), y.astype("float32")


def mixtures(rows=280, width=8, count=4, seed=1):
    """Rows and a class each."""
    rng = np.random.default_rng(seed)
    centers = 1.6 * rng.normal(size=(count, width))
    y = rng.integers(0, count, rows)
    return (centers[y] + rng.normal(size=(rows, width))).astype("float32"), y.astype("int32")


def reviews(rows=220, steps=12, vocabulary=30, seed=2):
    """Words as numbers, and whether the review is kind."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 2, rows)
    words = rng.integers(10, vocabulary, (rows, steps))
    moods = np.where(y[:, None] == 1, rng.integers(0, 5, (rows, steps)), rng.integers(5, 10, (rows, steps)))
    words = np.where(rng.random((rows, steps)) < 0.35, moods, words)
    return words.astype("int32"), y[:, None].astype("float32")


def visits(rows=256, seed=3):
    """Rows and a count each."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(rows, 4))
    y = rng.poisson(np.exp(0.6 + 0.7 * x[:, 0] - 0.5 * x[:, 1]))
    return x.astype("float32"), y.astype("float32")


def tags(rows=240, seed=4):
    """Rows and five tags, each there or not."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(rows, 10))
    y = x @ rng.normal(size=(10, 5)) - 1.5 > 0
    return x.astype("float32"), y.astype("float32")


def spots(rows=200, seed=5):
    """Pictures with a bright spot in one of four quarters."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 4, rows)
    x = rng.random((rows, 10, 10, 1)) * 0.6
    top, left = 5 * (y // 2) + rng.integers(0, 3, rows), 5 * (y % 2) + rng.integers(0, 3, rows)
    for i in range(rows):
        x[i, top[i] : top[i] + 3, left[i] : left[i] + 3] += 0.8
    return x.astype("float32"), y.astype("int32")


def sensors(rows=240, steps=16, seed=6):
    """Windows of three channels, and the load that comes next."""
    rng = np.random.default_rng(seed)
    phase = rng.random((rows, 1)) * 6
    t = phase + 0.4 * np.arange(steps + 1)
    level = rng.normal(size=(rows, 1))
    load = np.sin(t) + level
    x = np.stack([load, np.cos(t), level + 0.1 * rng.normal(size=t.shape)], axis=-1)[:, :-1]
    return x.astype("float32"), load[:, -1:].astype("float32")


def stations(rows=200, seed=7):
    """Six stations of a ring with four readings each, who is whose neighbour, and a number."""
    rng = np.random.default_rng(seed)
    ring = np.eye(6) + np.roll(np.eye(6), 1, 0) + np.roll(np.eye(6), -1, 0)
    ring = ring / ring.sum(1, keepdims=True)
    x = rng.normal(size=(rows, 6, 4))
    y = np.maximum(ring @ x, 0)[..., 0].sum(1, keepdims=True) - (ring @ x)[:, 2, 1:2]
    return x.astype("float32"), ring.astype("float32"), y.astype("float32")


def phrases(rows=240, steps=9, vocabulary=16, seed=8):
    """Sentences in which every word mostly tells the next one."""
    rng = np.random.default_rng(seed)
    follows = rng.permutation(vocabulary)
    words = np.zeros((rows, steps), "int32")
    words[:, 0] = rng.integers(0, vocabulary, rows)
    for t in range(1, steps):
        chance = rng.integers(0, vocabulary, rows)
        words[:, t] = np.where(rng.random(rows) < 0.85, follows[words[:, t - 1]], chance)
    return words[:, :-1], words[:, 1:]
