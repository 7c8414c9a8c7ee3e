"""Exports a loss of the user's as a program of its own, from outputs and targets to one number."""

from __future__ import annotations

import copy
import types
from typing import Any

import torch
from torch import nn
from torch.utils import _pytree as pytree

from ..errors import UnstuckError
from . import explain
from .loss import Loss
from .program import content_of, traced


def _forward(part: Any) -> Any:
    """Return the same function under the name whose lines torch.export records."""
    if not isinstance(part, types.FunctionType):
        return part
    code = part.__code__.replace(co_name="forward")
    same = types.FunctionType(code, part.__globals__, part.__name__, part.__defaults__, part.__closure__)
    same.__kwdefaults__ = part.__kwdefaults__
    return same


class _AsModule(nn.Module):
    def __init__(self, loss: Loss) -> None:
        super().__init__()
        self.loss = copy.copy(loss)
        self.loss.parts = [_forward(part) for part in loss.parts]
        self.parts = nn.ModuleList([part for part in loss.parts if isinstance(part, nn.Module)])

    def forward(self, outputs: Any, targets: Any) -> torch.Tensor:
        return self.loss(outputs, targets).reshape(())


def export_loss(loss: Loss, outputs: Any, targets: Any, open_batch: bool) -> tuple[bytes | None, str]:
    """Return the program of a loss, its inputs being the model's outputs and then the targets, or None and why not."""
    module = _AsModule(loss)
    outputs, targets = pytree.tree_map(lambda t: t.detach().clone() if isinstance(t, torch.Tensor) else t, (outputs, targets))
    shapes = None
    if open_batch:
        batch = torch.export.Dim("batch", min=2)
        rows = len(pytree.tree_leaves(targets)[0])
        shapes = pytree.tree_map(lambda t: {0: batch} if t.ndim and len(t) == rows else None, (outputs, targets))
    try:
        program = traced(module, (outputs, targets), {}, shapes)
        explain.refuse(program)
    except UnstuckError as error:
        return None, str(error)
    except Exception as error:
        return None, str(explain.failure(error, module))
    return content_of(program), ""
