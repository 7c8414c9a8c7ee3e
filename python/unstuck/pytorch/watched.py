"""One step of a watched loop: what is kept of it, and how it is written."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

from .copies import Copies, same


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

    def sees(self, index: int, gradient: torch.Tensor) -> None:
        """Keep a gradient as the optimizer sees it, where it isn't what the backward passes have left."""
        self.seen.add(index)
        summed = self.sum(index)
        if summed is not None and same(gradient, summed):
            self.alike.add(index)
            self.stepped.pop(index, None)
        else:
            self.alike.discard(index)
            self.stepped[index] = gradient.clone()

    def sees_all(self, parameters: Sequence[tuple[str, torch.Tensor, bool]], held: set[int], own: Copies) -> bool:
        """Look at all gradients as one tensor, which for a small model takes a call and not one each: report whether they are what one
        backward pass has left, of all parameters. If not, nothing is kept."""
        if not own.joined or not own.together or self.start or self.deepest != 1 or len(self.own) != len(own.each):
            return False
        gradients = []
        for index, (_, parameter, _) in enumerate(parameters):
            gradient = parameter.grad
            if gradient is None or id(parameter) not in held or self.own.get(index) is not own.each[index]:
                return False
            if gradient.dtype is not torch.float32 or gradient.layout is not torch.strided:
                return False
            gradients.append(gradient)
        with torch.no_grad():
            if not own.hold(gradients):
                return False
        self.seen.update(range(len(gradients)))
        self.alike.update(range(len(gradients)))
        self.stepped.clear()
        return True


def array(tensor: torch.Tensor) -> np.ndarray:
    """Return a tensor's numbers."""
    plain = tensor.detach().cpu()
    if plain.dtype.is_floating_point and plain.dtype is not torch.float32:
        plain = plain.float()
    values: np.ndarray = plain.numpy()
    return values


def dense(gradient: torch.Tensor) -> torch.Tensor:
    """Return a gradient without its graph, with all its zeros where it is sparse."""
    plain = gradient.detach() if gradient.requires_grad else gradient
    return plain if plain.layout is torch.strided else plain.to_dense()


def number(value: Any) -> float | None:
    """Return a loss as a number; None for what isn't one, and for NaN and infinities."""
    try:
        plain = float(value.detach().item() if isinstance(value, torch.Tensor) else value)
    except (TypeError, ValueError, RuntimeError):
        return None
    return plain if math.isfinite(plain) else None


def not_finite(value: Any) -> bool:
    """Report whether a loss is NaN or infinite."""
    try:
        return not math.isfinite(float(value.detach().item() if isinstance(value, torch.Tensor) else value))
    except (TypeError, ValueError, RuntimeError):
        return False
