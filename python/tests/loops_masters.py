"""Loops whose weights are in 16 bits and whose optimizer holds copies of them in 32, each right and with the usual faults.
Written with the rules in sight."""

import torch
from loops import loop, numbers
from torch import nn
from torch.nn import functional as F

EPOCHS = 3


def net():
    return nn.Sequential(nn.Linear(5, 16), nn.Tanh(), nn.Linear(16, 1))


class Cut(nn.Module):
    def __init__(self):
        super().__init__()
        self.body, self.head = nn.Linear(5, 16), nn.Linear(16, 1)

    def forward(self, x):
        return self.head(torch.tanh(self.body(x)).detach())


def masters(watch, folder, kind, adam=True, scale=1.0, model=None, clear="ahead", reduction="mean", give=True, take=True, of=None, shrink=1.0, stale=False):
    """Train copies in 32 bits with the gradients of a model in 16."""
    torch.manual_seed(1)
    x, y = numbers()
    model = (model or net()).to(kind)
    copies = [p.detach().clone().float().requires_grad_() for p in (of or model).parameters()]
    optimizer = torch.optim.Adam(copies, lr=1e-2) if adam else torch.optim.SGD(copies, lr=0.05)
    w = watch(model, optimizer, loss="mse", folder=folder)
    start = [c.detach().clone() for c in copies]
    for _ in range(EPOCHS):
        for rows in torch.randperm(len(x)).split(32):
            a, b = x[rows].to(kind), y[rows].to(kind)
            if clear == "ahead":
                model.zero_grad()
            loss = F.mse_loss(model(a), b, reduction=reduction)
            (loss * scale).backward()
            if clear == "behind":
                model.zero_grad(set_to_none=False)
            if give:
                for copy, p in zip(copies, model.parameters()):
                    copy.grad = None if p.grad is None else p.grad.float() / scale * shrink
            optimizer.step()
            if take:
                with torch.no_grad():
                    for copy, p in zip(copies, model.parameters()):
                        p.copy_(copy)
            if stale:
                with torch.no_grad():
                    for copy, first in zip(copies, start):
                        copy.copy_(first)
            w(a, b, loss)


CASES = {
    "adam": {},
    "sgd": {"adam": False},
    "scaled": {"scale": 128.0},
    "cut": {"model": Cut, "cause": "loop-detached"},
    "kept": {"clear": "never", "cause": "loop-gradients-accumulate"},
    "cleared": {"clear": "behind", "cause": "loop-gradients-cleared"},
    "summed": {"reduction": "sum", "cause": "loop-other-loss"},
    "never_given": {"give": False, "cause": "loop-no-update"},
    "never_taken": {"take": False, "cause": "loop-no-update"},
    "of_others": {"of": True, "cause": "loop-wrong-parameters"},
    "put_back": {"stale": True, "cause": "loop-weights-overwritten"},
    "still_scaled": {"scale": 128.0, "shrink": 1e-4, "cause": "loop-gradients-changed"},
    "turned": {"shrink": -1.0, "cause": "loop-gradients-changed"},
}


def listed(kind, name, settings):
    def run(watch, folder):
        given = {k: v for k, v in settings.items() if k != "cause"}
        if "model" in given:
            given["model"] = given["model"]()
        if given.get("of"):
            given["of"] = net().to(kind)
        masters(watch, folder, kind, **given)

    run.__name__ = f"copies_{name}_{str(kind).removeprefix('torch.')}"
    loop(settings.get("cause", "loop-correct"))(run)


for kind in (torch.bfloat16, torch.float16):
    for name, settings in CASES.items():
        listed(kind, name, settings)
