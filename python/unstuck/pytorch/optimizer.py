"""Describes an optimizer: its class and each of its parameter groups."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from ..errors import UnstuckError
from .plain import plain

_HOW_NOT_WHAT = {"params", "param_names", "foreach", "capturable", "differentiable", "fused"}
"""What param_groups holds besides options: the parameters, and ways of computing the same."""


def describe(optimizer: Any, model: nn.Module) -> dict[str, Any]:
    """Return what training.json says of an optimizer of torch.optim: class, groups with the names of their parameters in
    model, and under "foreign" how many of its parameters aren't the model's, if any: those are trained for nothing."""
    if not isinstance(optimizer, torch.optim.Optimizer):
        raise UnstuckError(f"optimizer is a {_text(optimizer)}; one that is made is needed: torch.optim.Adam(model.parameters(), lr=1e-3)")
    kind = type(optimizer)
    known = getattr(torch.optim, kind.__name__, None) is kind
    names = {id(parameter): name for name, parameter in reversed(list(model.named_parameters()))}
    groups, foreign = [], 0
    for group in optimizer.param_groups:
        ours = [names[id(parameter)] for parameter in group["params"] if id(parameter) in names]
        foreign += len(group["params"]) - len(ours)
        options = {name: plain(value) for name, value in group.items() if name not in _HOW_NOT_WHAT}
        groups.append({"parameters": ours, **options})
    described = {"class": kind.__name__ if known else "own:" + kind.__name__, "groups": groups}
    return described | ({"foreign": foreign} if foreign else {})


def _text(optimizer: Any) -> str:
    return f"class, {optimizer.__name__}" if isinstance(optimizer, type) else type(optimizer).__name__
