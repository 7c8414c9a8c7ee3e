"""Stands in for an optimizer that isn't one of PyTorch's: it holds the same parameters, and makes no step."""

from __future__ import annotations

from typing import Any

import torch


class Outside(torch.optim.Optimizer):
    """Parameters and rates of an optimizer of fastai."""

    def __init__(self, of: Any) -> None:
        self.of = of
        groups = [{"params": list(parameters)} for parameters in of.param_lists]
        super().__init__(groups, {"lr": 0.0})
        self.follow()

    def follow(self) -> None:
        """Take over the rates."""
        for group, hypers in zip(self.param_groups, self.of.hypers):
            group["lr"] = float(hypers["lr"])

    def step(self, closure: Any = None) -> Any:  # pragma: no cover
        raise RuntimeError("it only stands in for another optimizer")
