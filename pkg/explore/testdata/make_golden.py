"""Writes suggestions.json: curves, and what fastai's suggestion functions say about them.

    python make_golden.py suggestions.json

Needs numpy alone. The four functions are those of fastai 2.8.12, callback/schedule.py (Apache 2.0), as they
stand, but for tensors, which are numpy arrays here. The cut of the curve is that of lr_find there, smoothing
and stop are those of AvgSmoothLoss and LRFinder.
"""

import json
import math
import sys

import numpy as np


def valley(lrs, losses, num_it):
    n = len(losses)
    max_start, max_end = 0, 0
    lds = [1] * n
    for i in range(1, n):
        for j in range(0, i):
            if (losses[i] < losses[j]) and (lds[i] < lds[j] + 1):
                lds[i] = lds[j] + 1
            if lds[max_end] < lds[i]:
                max_end = i
                max_start = max_end - lds[max_end]
    sections = (max_end - max_start) / 3
    idx = max_start + int(sections) + int(sections / 2)
    return float(lrs[idx])


def slide(lrs, losses, num_it, lr_diff=15, thresh=.005, adjust_value=1.):
    loss_grad = np.gradient(losses)
    r_idx = -1
    l_idx = r_idx - lr_diff
    local_min_lr = lrs[l_idx]
    while (l_idx >= -len(losses)) and (abs(loss_grad[r_idx] - loss_grad[l_idx]) > thresh):
        local_min_lr = lrs[l_idx]
        r_idx -= 1
        l_idx -= 1
    return float(local_min_lr) * adjust_value


def minimum(lrs, losses, num_it):
    lr_min = lrs[losses.argmin()].item()
    return lr_min / 10


def steep(lrs, losses, num_it):
    grads = (losses[1:] - losses[:-1]) / (np.log(lrs[1:]) - np.log(lrs[:-1]))
    return lrs[grads.argmin()].item()


def record(loss_at, num_it, start=1e-8, end=10):
    """What Recorder and LRFinder keep of a run whose loss at step k and rate lr is loss_at(k, lr)."""
    lrs, losses, smoothed, val, best = [], [], [], 0.0, float("inf")
    for k in range(num_it):
        lr = start * (end / start) ** (k / (num_it - 1))
        loss = loss_at(k, lr)
        val = loss + 0.98 * (val - loss)  # torch.lerp
        smooth = val / (1 - 0.98 ** (k + 1))
        lrs.append(lr)
        losses.append(loss)
        smoothed.append(smooth)
        if smooth < best:
            best = smooth
        if smooth > 4 * best:
            break
    return lrs, losses, smoothed


def suggest(lrs, smoothed, num_it):
    lrs, losses = np.array(lrs[num_it // 10:-5]), np.array(smoothed[num_it // 10:-5])
    nan = np.flatnonzero(np.isnan(losses))
    # fastai 2.8.12 cuts at this index too.
    if len(nan) > 0:
        lrs, losses = lrs[:nan[0]], losses[:nan[0]]
    out = {}
    for f in (valley, steep, minimum, slide):
        try:
            out[f.__name__] = f(lrs, losses, num_it)
        except (IndexError, ValueError):  # the curve is too short
            out[f.__name__] = None
    return out


def curve(rng, bend, floor, explode, noise, height=1.0):
    def loss(k, lr):
        x = math.log10(lr)
        value = floor + height / (1 + math.exp(3 * (x - bend))) + math.exp(min(700.0, 6 * (x - explode)))
        return value * math.exp(noise * rng.standard_normal())
    return loss


def main():
    rng = np.random.default_rng(6)
    cases = []

    def add(name, loss_at, num_it=100):
        lrs, losses, smoothed = record(loss_at, num_it)
        text = [v if math.isfinite(v) else str(v) for v in losses]
        cases.append({"name": name, "steps": num_it, "rates": lrs, "losses": text,
                      "smoothed": [v if math.isfinite(v) else str(v) for v in smoothed],
                      "suggestions": suggest(lrs, smoothed, num_it)})

    add("smooth", curve(rng, -3, 0.1, 0, 0))
    add("noisy", curve(rng, -3, 0.1, 0, 0.2))
    add("very noisy", curve(rng, -2, 0.3, 0.5, 0.6))
    add("steep late", curve(rng, -1, 0.05, 0.3, 0.05))
    add("early explosion", curve(rng, -6, 0.2, -5, 0.05))
    add("large unit", curve(rng, -3, 2900, 0, 0.1, height=26000))
    add("small unit", curve(rng, -3, 1e-5, 0, 0.1, height=1e-3))
    add("never learns", lambda k, lr: 0.7 + 0.05 * rng.standard_normal())
    add("flat", lambda k, lr: 0.5)
    add("falls throughout", lambda k, lr: 1 / (k + 1))
    add("rises throughout", lambda k, lr: 1 + k / 200)
    add("explodes at once", lambda k, lr: 10.0 ** k)
    add("NaN in the middle", lambda k, lr: float("nan") if k >= 60 else 1 - k / 100)
    add("NaN near the end", lambda k, lr: float("nan") if k >= 97 else 1 - k / 200)
    add("NaN at once", lambda k, lr: float("nan"))
    add("20 steps", curve(rng, -3, 0.1, 0, 0.05), 20)
    add("37 steps", curve(rng, -3, 0.1, 0, 0.05), 37)
    add("500 steps", curve(rng, -3, 0.1, 0, 0.3), 500)
    for seed in range(8):
        r = np.random.default_rng(seed)
        add(f"random {seed}", curve(r, r.uniform(-5, -1), r.uniform(0.01, 1), r.uniform(-1, 1), r.uniform(0, 0.5)))
    with open(sys.argv[1], "w") as f:
        json.dump(cases, f, separators=(",", ":"))
        f.write("\n")


if __name__ == "__main__":
    main()
