"""One step of a watched loop: what is kept of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np


@dataclass
class Forward:
    """One call of the model."""

    inputs: list[np.ndarray]
    outputs: list[np.ndarray]
    tensors: list[Any]  # the outputs as the loop has them
    training: bool
    gradients: bool  # they were recorded for a gradient
    cotangents: dict[int, np.ndarray] = field(default_factory=dict)


@dataclass
class Step:
    """What happened from one forward pass to the next. Numbers of parameters are by the parameter's index."""

    number: int
    events: list[str] = field(default_factory=list)
    forwards: list[Forward] = field(default_factory=list)
    watched: bool = False
    ended: bool = False
    view: str = ""  # "gradients": only what the optimizer saw; "weights": only the weights; empty: all
    told: dict[str, Any] = field(default_factory=dict)  # goes into the step's JSON as it is
    arrays: dict[str, np.ndarray] = field(default_factory=dict)
    own: dict[int, np.ndarray] = field(default_factory=dict)  # gradients of the step's backward passes
    unasked: dict[int, np.ndarray] = field(default_factory=dict)  # gradients that are there and that the loop didn't ask for
    backwards: int = 0
    scale: float = 1.0  # what the optimizer multiplied the loss by
    start: dict[int, np.ndarray] = field(default_factory=dict)  # gradients that were there before
    stepped: dict[int, np.ndarray] = field(default_factory=dict)  # gradients as the optimizer saw them
    absent: set[int] = field(default_factory=set)  # parameters given to the optimizer without a gradient
    before: dict[int, np.ndarray] = field(default_factory=dict)
    after: dict[int, np.ndarray] = field(default_factory=dict)

    def add(self, index: int, gradient: np.ndarray) -> None:
        """Add a gradient of a backward pass."""
        self.own[index] = self.own[index] + gradient if index in self.own else gradient

    def numbers(self, parameters: int, short: bool) -> Iterator[tuple[str, np.ndarray]]:
        """Give the arrays to write, of so many parameters; short: weights as differences, of which 16 bits tell more."""
        yield from self.arrays.items()
        for i in range(parameters):
            own = self.own.get(i, self.unasked.get(i))
            own = None if own is None else own / np.float32(self.scale)
            start, stepped = self.start.get(i), self.stepped.get(i)
            if own is not None:
                yield f"own/{i}", own
            if start is not None:
                yield f"start/{i}", start
            if stepped is not None and (own is None or not np.array_equal(stepped, own if start is None else start + own, equal_nan=True)):
                yield f"grad/{i}", stepped
            if i in self.after:
                yield (f"delta/{i}", self.after[i] - self.before[i]) if short and i in self.before else (f"after/{i}", self.after[i])
        forward = next((f for f in reversed(self.forwards) if f.cotangents), None)
        if forward is not None:
            for i, cotangent in forward.cotangents.items():
                yield f"cotangent/{i}", cotangent / np.float32(self.scale)
