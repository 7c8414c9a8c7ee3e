"""Loops of models in bfloat16, in float16 and under autocast, each right and with the usual faults.
Written with the rules in sight."""

import torch
from loops import classes, loop, numbers
from torch import nn
from torch.nn import functional as F

EPOCHS = 3


def net(width=5, out=1):
    return nn.Sequential(nn.Linear(width, 16), nn.Tanh(), nn.Linear(16, out))


class Cut(nn.Module):
    def __init__(self):
        super().__init__()
        self.body, self.head = nn.Linear(5, 16), nn.Linear(16, 1)

    def forward(self, x):
        return self.head(torch.tanh(self.body(x)).detach())


def sixteen(watch, folder, kind=torch.bfloat16, cast=False, data=None, model=None, make=None, clear="ahead", loss="mse", reduction="mean", overwrite=False, of=None, scale=1, by=1, precise=False):
    """Train a model of 16 bits, or under autocast."""
    torch.manual_seed(1)
    x, y = data or numbers()
    model = model or net()
    if not cast:
        model = model.to(kind)
        of = of and of.to(kind)
    optimizer = (make or (lambda p: torch.optim.SGD(p, lr=0.05)))((of or model).parameters())
    w = watch(model, optimizer, loss=loss, folder=folder)
    start = {name: value.clone() for name, value in model.state_dict().items()}
    one = F.mse_loss if loss == "mse" else F.cross_entropy
    for _ in range(EPOCHS):
        for rows in torch.randperm(len(x)).split(32):
            a, b = x[rows], y[rows]
            given = a, b
            if not cast:
                a, b = a.to(kind), b.to(kind) if loss == "mse" else b
            if clear == "ahead":
                optimizer.zero_grad()
            with torch.autocast("cpu", dtype=kind, enabled=cast):
                value = one(model(a), b, reduction=reduction)
            value = by * value
            value.backward()
            if clear == "behind":
                optimizer.zero_grad(set_to_none=False)
            if scale != 1:
                for p in model.parameters():
                    p.grad.mul_(scale)
            optimizer.step()
            if overwrite:
                model.load_state_dict(start)
            w(*(given if precise else (a, b)), value)


def adam(p):
    return torch.optim.Adam(p, lr=1e-2)


def adamw(p):
    return torch.optim.AdamW(p, lr=1e-2)


def momentum(p):
    return torch.optim.SGD(p, lr=0.05, momentum=0.9)


def small_adamw(p):
    return torch.optim.AdamW(p, lr=1e-3, weight_decay=0.1)


def small_steps(p):
    return torch.optim.SGD(p, lr=1e-3)


def three_classes():
    return {"loss": "cross_entropy", "data": classes(), "model": net(6, 3)}


# The cause, and what of the training is another than it is by itself. Averages of squares fall below what float16 has: Adam has none there.
CASES = {
    "sgd": ("loop-correct", dict),
    "momentum": ("loop-correct", lambda: {"make": momentum}),
    "small_steps": ("loop-correct", lambda: {"make": small_steps}),
    "adam": ("loop-correct", lambda: {"make": adam}),
    "adamw": ("loop-correct", lambda: {"make": adamw}),
    "small_adamw": ("loop-correct", lambda: {"make": small_adamw}),
    "classes": ("loop-correct", three_classes),
    "classes_adam": ("loop-correct", lambda: three_classes() | {"make": adam}),
    "watched_ahead_of_the_cast": ("loop-correct", lambda: {"precise": True, "make": momentum}),
    "classes_watched_ahead_of_the_cast": ("loop-correct", lambda: three_classes() | {"precise": True}),
    "detached": ("loop-detached", lambda: {"model": Cut()}),
    "kept": ("loop-gradients-accumulate", lambda: {"clear": "never"}),
    "kept_adam": ("loop-gradients-accumulate", lambda: {"clear": "never", "make": adam}),
    "cleared": ("loop-gradients-cleared", lambda: {"clear": "behind"}),
    "cleared_adam": ("loop-gradients-cleared", lambda: {"clear": "behind", "make": adam}),
    "summed": ("loop-other-loss", lambda: {"reduction": "sum", "make": small_steps}),
    "summed_adam": ("loop-other-loss", lambda: {"reduction": "sum", "make": adam}),
    "negated": ("loop-other-loss", lambda: {"by": -1, "make": small_steps}),
    "overwritten": ("loop-weights-overwritten", lambda: {"overwrite": True}),
    "overwritten_adam": ("loop-weights-overwritten", lambda: {"overwrite": True, "make": adam}),
    "wrong_parameters": ("loop-wrong-parameters", lambda: {"of": net()}),
    "shrunk": ("loop-gradients-changed", lambda: {"scale": 1e-4}),
    "turned": ("loop-gradients-changed", lambda: {"scale": -1, "make": small_steps}),
}


def listed(kind, name, cause, settings):
    def run(watch, folder):
        sixteen(watch, folder, cast=kind == "autocast", kind=torch.float16 if kind == "float16" else torch.bfloat16, **settings())

    run.__name__ = f"{name}_in_{kind}"
    loop(cause)(run)


for kind in ("bfloat16", "autocast", "float16"):
    for name, (cause, settings) in CASES.items():
        if kind != "float16" or "adam" not in name:
            listed(kind, name, cause, settings)
