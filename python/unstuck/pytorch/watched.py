"""One step of a watched loop: what is kept of it, and how it is written."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

from .copies import Copies


@dataclass
class Forward:
    """One call of the model."""

    inputs: list[Any]
    outputs: list[torch.Tensor]
    training: bool
    gradients: bool  # grad mode was on
    random: Any = None  # where the generators stood before it and behind it; None: it has drawn nothing
    cotangents: dict[int, torch.Tensor] = field(default_factory=dict)
    nodes: list[Any] = field(default_factory=list)  # of the graph, that the outputs are; of calls in a closure alone
    made: list[str] = field(default_factory=list)  # by which operation each output is; in the first steps alone
    ends: list[Any] = field(default_factory=list)  # of the graph, that what the model returned is; until the watch is called in the first steps


@dataclass
class Step:
    """What happened from one forward pass to the next."""

    number: int
    events: list[str] = field(default_factory=list)
    forwards: list[Forward] = field(default_factory=list)
    watched: bool = False
    ended: bool = False
    closure: bool = False
    told: dict[str, Any] = field(default_factory=dict)  # goes into the step's JSON as it is
    arrays: dict[str, torch.Tensor] = field(default_factory=dict)
    own: dict[int, torch.Tensor] = field(default_factory=dict)  # gradients of this step's backward passes, by parameter
    passes: dict[int, int] = field(default_factory=dict)
    deepest: int = 0  # the most of them
    tasks: dict[int, list[int]] = field(default_factory=dict)  # which parameters each call of backward has reached
    start: dict[int, torch.Tensor] = field(default_factory=dict)  # gradients that were there before
    seen: set[int] = field(default_factory=set)  # parameters whose gradient the optimizer saw
    alike: set[int] = field(default_factory=set)  # those of them where it was start and own
    stepped: dict[int, torch.Tensor] = field(default_factory=dict)  # gradients as the optimizer saw them, where they were others
    absent: set[int] = field(default_factory=set)  # parameters whose .grad was None at the optimizer's step
    before: Copies | None = None  # weights, where the optimizer has made a step
    after: Copies | None = None

    def sum(self, index: int) -> torch.Tensor | None:
        """Return what .grad holds behind the backward passes where nobody touches it."""
        own, start = self.own.get(index), self.start.get(index)
        return own if own is None or start is None else start + own


def array(tensor: torch.Tensor) -> np.ndarray:
    """Return a tensor's numbers."""
    if tensor.is_cpu and tensor.dtype is torch.float32 and not tensor.requires_grad:
        values: np.ndarray = tensor.numpy()
        return values
    plain = tensor.detach().cpu()
    if plain.dtype.is_floating_point and plain.dtype is not torch.float32:
        plain = plain.float()
    values = plain.numpy()
    return values


def dense(gradient: torch.Tensor) -> torch.Tensor:
    """Return a gradient without its graph, with all its zeros where it is sparse."""
    plain = gradient.detach() if gradient.requires_grad else gradient
    return plain if plain.layout is torch.strided else plain.to_dense()


def number(value: Any) -> float | None:
    """Return a loss as a number; None for what isn't one, and for NaN and infinities."""
    try:
        plain = float(value.item() if isinstance(value, torch.Tensor) else value)
    except (TypeError, ValueError, RuntimeError):
        return None
    return plain if math.isfinite(plain) else None


def not_finite(value: Any) -> bool:
    """Report whether a loss is NaN or infinite."""
    try:
        return not math.isfinite(float(value.item() if isinstance(value, torch.Tensor) else value))
    except (TypeError, ValueError, RuntimeError):
        return False
