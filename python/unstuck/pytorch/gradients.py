"""Copies gradients as they arrive in backward, and compares them with what an optimizer finds."""

from __future__ import annotations

from typing import Any

import torch

from . import seen
from .copies import Copies, same
from .seen import Parameter
from .watched import Step, dense


def arrives(step: Step, index: int, parameter: torch.Tensor, gradient: torch.Tensor, own: Copies | None) -> None:
    """Note the gradient of a parameter that a pass backward has reached; own is the memory of the first pass's."""
    step.tasks.setdefault(seen.task(), []).append(index)
    passes = step.passes.get(index, 0) + 1
    if passes > step.deepest:
        step.deepest = passes
        step.events.append("backward")
        if "backward_line" not in step.told:
            step.told["backward_line"] = seen.line()
    if passes > 1:
        with torch.no_grad():
            if index in step.alike:  # what the optimizer saw isn't the sum any more
                step.alike.discard(index)
                step.stepped[index] = step.sum(index).clone()  # type: ignore[union-attr]
            step.own[index] = step.own[index] + dense(gradient)
        step.passes[index] = passes
        return
    into = None if own is None else own.each[index]
    plain = dense(gradient)
    if into is not None and into.dtype is plain.dtype and into.shape == plain.shape and into.device == plain.device:
        step.own[index] = into.copy_(plain)
    else:
        step.own[index] = plain.clone()
    step.passes[index] = passes
    if parameter.grad is not None and bool(dense(parameter.grad).any()):
        step.start[index] = dense(parameter.grad).clone()


def found(step: Step, parameters: list[Parameter], optimizer: Any, own: Copies | None, scratch: Copies | None) -> None:
    """Compare the gradients that an optimizer finds with those of the passes backward. The scratch's copies are lost."""
    held = {id(p) for group in optimizer.param_groups for p in group["params"]}
    gradients = [p.grad if id(p) in held else None for _, p, _ in parameters]
    if scratch is not None and own is not None and step.after is None and _all_alike(step, gradients, own, scratch):
        step.seen = set(range(len(parameters)))
        step.alike = set(step.seen)
        step.stepped = {}
        return
    with torch.no_grad():
        for index, (_, parameter, _) in enumerate(parameters):
            if id(parameter) not in held:
                continue
            gradient = gradients[index]
            if gradient is None:
                step.absent.add(index)
            else:
                _compare(step, index, dense(gradient))


def _all_alike(step: Step, gradients: list[torch.Tensor | None], own: Copies, scratch: Copies) -> bool:
    """Report whether each parameter has a gradient, and all of them those of this step's only pass: of a small model in one comparison."""
    if not (own.joined and own.together and scratch.joined) or step.start or len(step.own) != len(gradients):
        return False
    for index, gradient in enumerate(gradients):
        if type(gradient) is not torch.Tensor or gradient.dtype is not torch.float32 or gradient.layout is not torch.strided or gradient.requires_grad:
            return False
        if step.own.get(index) is not own.each[index]:
            return False
    scratch.take(gradients)  # type: ignore[arg-type]
    return scratch.alike(own)


def _compare(step: Step, index: int, gradient: torch.Tensor) -> None:
    step.seen.add(index)
    summed = step.sum(index)
    if summed is not None and same(gradient, summed):
        step.alike.add(index)
        step.stepped.pop(index, None)
    else:
        step.alike.discard(index)
        step.stepped[index] = gradient.clone()
