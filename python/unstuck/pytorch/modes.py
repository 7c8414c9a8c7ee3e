"""Tells whether a model is in training mode: at the recorded steps, and now and then at later ones."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from . import seen
from .hook import Hook, Spared
from .seen import Parameter


def acts_by_mode(module: nn.Module) -> bool:
    """Report whether a module does something else in training: dropout that drops something, and normalization that has averages to go by."""
    if isinstance(module, nn.modules.dropout._DropoutNd):
        return bool(module.p)
    return isinstance(module, nn.modules.batchnorm._BatchNorm) and module.running_mean is not None


class Modes:
    """The modules of a model that act by its mode, and a hook that looks at them when the model is called."""

    def __init__(self, model: nn.Module, parameters: list[Parameter], compiled: bool) -> None:
        self.model = model
        self.parts = [module for module in model.modules() if acts_by_mode(module)]
        self.trained = [p for _, p, ours in parameters if ours and p.requires_grad]
        self.silent = compiled or not self.parts  # a hook that comes and goes would have a model compiled anew
        self.handles: list[Any] = []
        self.found: list[bool] = []

    def parts_training(self) -> bool:
        """Report whether a part that acts by its mode is in that of training."""
        return any(part.training for part in self.parts)

    def look(self) -> None:
        """Look from now on when the model is called."""
        if not self.handles and not self.silent and getattr(self.model, "_compiled_call_impl", None) is None:
            self.handles = [Spared(self.model), self.model.register_forward_pre_hook(Hook(self._called))]

    def taken(self) -> bool | None:
        """Return whether the model was in training mode, the whole or a part, in a call since the last question that had gradients; None: there was none, or what
        was trained is frozen by now, and its mode is meant."""
        found, self.found = self.found, []
        if not found or any(not p.requires_grad for p in self.trained):
            return None
        return any(found)

    def end(self) -> None:
        """Look no more."""
        handles, self.handles = self.handles, []
        for handle in handles:
            handle.remove()

    def _called(self, *_: Any) -> None:
        if torch.is_grad_enabled() and not seen.transforming():
            self.found.append(self.model.training or self.parts_training())
