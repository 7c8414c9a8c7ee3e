"""Finds the weights that a model's outputs depend on though no gradient reaches them: those that it takes by their data, behind a detach, or without gradients."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from . import seen
from .call import bind
from .quiet import quiet
from .untouched import random_state

_MOST = 32
"""Weights that are tried one by one: each takes a forward pass."""


def used(model: nn.Module, x: Any, names: list[str]) -> list[str]:
    """Return those of the parameters, by name, with which the outputs for x change. The model is a copy that is for trying; nothing else is changed."""
    parameters = dict(model.named_parameters())
    tried = [name for name in names if name in parameters]
    if not tried:
        return []
    call = bind(model, x)
    with random_state(), quiet(), torch.no_grad():
        drawn = torch.get_rng_state()

        def outputs(*changed: str) -> list[torch.Tensor]:
            kept = [(parameters[name], parameters[name].clone()) for name in changed]
            for parameter, _ in kept:
                parameter.add_(torch.randn_like(parameter) * max(1.0, float(parameter.abs().max())))
            torch.set_rng_state(drawn)  # dropout and noise are those of the run before
            found = [t.clone() for t in seen.leaves(model(*call.args, **call.kwargs))]
            for parameter, before in kept:
                parameter.copy_(before)
            return found

        first = outputs()
        if _differ(first, outputs()) or not _differ(first, outputs(*tried)):  # a model that goes on from call to call tells nothing
            return []
        return [name for name in tried[:_MOST] if _differ(first, outputs(name))]


def _differ(one: list[torch.Tensor], other: list[torch.Tensor]) -> bool:
    return len(one) != len(other) or any(not torch.equal(torch.nan_to_num(a), torch.nan_to_num(b)) for a, b in zip(one, other))
