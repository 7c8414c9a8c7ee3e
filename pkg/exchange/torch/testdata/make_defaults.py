"""Writes ../defaults.json: what PyTorch's losses, optimizers and schedulers take, and what it is where it is left out.

    python make_defaults.py > ../defaults.json
"""
import inspect
import json
import sys

import torch

SKIPPED = {"self", "params", "optimizer", "size_average", "reduce", "last_epoch"}
COMPUTED = {"foreach", "capturable", "differentiable", "fused"}  # how, not what


def options(cls):
    required, defaults = [], {}
    for name, p in inspect.signature(cls.__init__).parameters.items():
        if name in SKIPPED | COMPUTED or p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD):
            continue
        if p.default is p.empty:
            required.append(name)
        else:
            defaults[name] = list(p.default) if isinstance(p.default, tuple) else p.default
    return {"required": required, "defaults": defaults}


def classes(module, names, base):
    found = {}
    for name in sorted(names):
        cls = getattr(module, name)
        if inspect.isclass(cls) and issubclass(cls, base) and cls is not base:
            found[name] = options(cls)
    return found


def plain(value):
    return None if callable(value) else str(value)


json.dump({
    "torch": torch.__version__.split("+")[0],
    "losses": classes(torch.nn, [n for n in torch.nn.modules.loss.__all__ if n != "NLLLoss2d"], torch.nn.Module),
    "optimizers": classes(torch.optim, [n for n in dir(torch.optim) if not n.startswith("_")], torch.optim.Optimizer),
    "schedulers": classes(torch.optim.lr_scheduler, torch.optim.lr_scheduler.__all__, torch.optim.lr_scheduler.LRScheduler),
}, sys.stdout, indent=1, sort_keys=True, default=plain)
print()
