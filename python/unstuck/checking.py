"""Looks at one step of a training before it starts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .errors import UnstuckError


@dataclass(frozen=True)
class Fault:
    """One thing in a step that keeps a training from learning."""

    cause: str  # as `unstuck diagnose` names it: "loop-wrong-parameters"
    evidence: str
    change: str  # what to do, in words or PyTorch

    def __str__(self) -> str:
        return f"{self.cause}: {self.evidence}\n  {self.change}"


@dataclass(frozen=True)
class Check:
    """What one step shows. It is no verdict that a training will learn: most causes need some steps to be seen."""

    faults: list[Fault]
    notes: list[str]  # what is odd, and may be meant
    unchecked: list[str]  # what this step can't show, with the reason

    def __str__(self) -> str:
        parts = [str(fault) for fault in self.faults] or ["Nothing in this step keeps the weights from moving."]
        parts += [f"Note: {note}" for note in self.notes]
        parts += [f"Not checked: {reason}" for reason in self.unchecked]
        return "\n".join(parts)


def check(model: Any, optimizer: Any, x: Any, y: Any, loss: Any) -> Check:
    """Compute one step of a training in PyTorch, without taking it, and say what in it keeps the loss from moving.

        print(unstuck.check(model, optimizer, x, y, loss="mse"))  # ahead of the loop

    Called are the model, as it stands, and the loss, once each, and the gradients are computed; weights, gradients, buffers and
    random states are as before. It takes as long as one forward and one backward.

    optimizer: one of torch.optim, or a list of them. x, y: a batch, as the loop has it. loss: as for ``save``, or the loss that
    the loop computed of this batch, a tensor. Of targets (n) and outputs (n, 1) a tensor or a function tells whether each output is
    compared with every target; of a loss by its name that is a note, as the loop may give both one shape by itself.

    Raises UnstuckError for what can't be checked at all.
    """
    kinds = {(kind.__module__.split(".")[0], kind.__name__) for kind in type(model).__mro__}
    if ("keras", "Model") in kinds or ("torch", "Module") not in kinds:
        raise UnstuckError(f"model is a {type(model).__name__}; check takes a torch.nn.Module")
    from .pytorch.check import check_step

    return check_step(model, optimizer, x, y, loss)
