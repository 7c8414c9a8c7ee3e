"""Copies a model, so that everything that is tried happens to the copy."""

from __future__ import annotations

import copy
from typing import Any

import torch
from torch import nn

from ..errors import UnstuckError
from .hooks import drop_gradient_hooks


def bare(model: nn.Module) -> nn.Module:
    """Return the model beneath DataParallel, DistributedDataParallel and torch.compile."""
    while True:
        if isinstance(model, (nn.DataParallel, nn.parallel.DistributedDataParallel)):
            model = model.module
        elif hasattr(model, "_orig_mod"):
            model = model._orig_mod
        else:
            return model


def compiled(model: nn.Module) -> nn.Module | None:
    """Return what torch.compile has made of a model, which is what is called; None where it isn't among what model is made of."""
    while isinstance(model, (nn.DataParallel, nn.parallel.DistributedDataParallel)):
        model = model.module
    return model if hasattr(model, "_orig_mod") else None


def twin(model: nn.Module) -> nn.Module:
    """Return a copy of model on the CPU, in float32, that shares no tensor with it; modes are kept.

    What can't be copied, an open file or a logger in an attribute, is shared; it is no part of the computation.
    """
    if isinstance(model, torch.jit.ScriptModule):
        raise UnstuckError("the model is compiled by torch.jit; save the nn.Module that it was made from")
    for name, parameter in model.named_parameters():
        if isinstance(parameter, nn.parameter.UninitializedParameter):
            raise UnstuckError(f"{name} has no shape yet, as a lazy module's: run the model once on a batch, then save")
    memo = _computed(model)
    try:
        copied = copy.deepcopy(model, dict(memo))
    except Exception:  # whatever an attribute's own __deepcopy__ raises
        memo.update(_stubborn(model, memo))
        try:
            copied = copy.deepcopy(model, dict(memo))
        except Exception as error:
            raise UnstuckError(f"the model can't be copied, and the original must not be changed: {error}") from error
    drop_gradient_hooks(copied)
    return copied.to("cpu").float()


def _computed(model: nn.Module) -> dict[int, Any]:
    """Find tensors in attributes that were computed from others, which PyTorch refuses to copy: by id, with their copies."""
    memo: dict[int, Any] = {}

    def look(value: Any, depth: int = 0) -> None:
        if isinstance(value, torch.Tensor):
            if not value.is_leaf:
                memo[id(value)] = value.detach().clone()
        elif depth < 4 and isinstance(value, (list, tuple, set)):
            for part in value:
                look(part, depth + 1)
        elif depth < 4 and isinstance(value, dict):
            for part in value.values():
                look(part, depth + 1)

    for module in model.modules():
        look({name: value for name, value in vars(module).items() if name != "_modules"})
    return memo


def _stubborn(model: nn.Module, memo: dict[int, Any]) -> dict[int, Any]:
    """Find attributes that can't be copied: by id, themselves."""
    shared = {}
    for module in model.modules():
        for name, value in vars(module).items():
            if name in ("_modules", "_parameters", "_buffers"):
                continue
            try:
                copy.deepcopy(value, dict(memo))
            except Exception:
                shared[id(value)] = value
    return shared
