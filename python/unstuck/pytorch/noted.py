"""The numbers that PyTorch computes before training, for the reader to compare its own with."""

from __future__ import annotations

import math
import random
import warnings
from typing import Any

import numpy as np
import torch
from torch import nn

from ..errors import UnstuckError
from . import explain, place
from .call import Call
from .hooks import drop_watchers
from .loss import Loss
from .quiet import quiet
from .twin import twin

MOST_ROWS = 64


def outputs(model: nn.Module, call: Call) -> Any:
    """Run model once, a copy that is for trying, as a check that the inputs fit, and take hooks off it that only watch.

    Raises UnstuckError with module and line where inputs don't fit.
    """
    tried: list[nn.Module] = []

    def run() -> Any:
        tried[:] = [twin(model)]
        return tried[0](*call.args, **call.kwargs)

    before = random.getstate(), _numpy_state()
    try:
        with quiet(), torch.enable_grad():
            given = drop_watchers(model, run)
    except UnstuckError:
        raise
    except Exception as error:
        if explain.names_device(error):
            raise explain.failure(error, tried[0]) from error
        where, source = place.of_error(error, tried[0])
        shapes = ", ".join(f"{name} {_shape(t)}" for name, t in zip(call.names, call.tensors))
        raise UnstuckError(
            f"the model fails on the data, {shapes}{where}:\n    {_text(error)}" + (f"\n    {source}" if source else "") + _hint(error)
        ) from error
    if (random.getstate(), _numpy_state()) != before:
        raise UnstuckError(
            "forward draws random numbers from Python or NumPy, and the program would keep those of one batch for ever.\n"
            "What to change: draw from torch, torch.rand(()) < p, and choose with torch.where."
        )
    return given


def _numpy_state() -> tuple[bytes, int]:
    _, key, position, *_ = np.random.get_state()
    return np.asarray(key).tobytes(), int(position)


def _hint(error: Exception) -> str:
    if "dtype" in str(error) or "scalar type" in str(error):
        return "\nWhat to change: x.astype('float32') for numbers, x.astype('int64') for indices such as an Embedding's."
    return ""


def losses(model: nn.Module, loss: Loss, call: Call, targets: Any) -> dict[str, Any]:
    """Return the loss in eval mode, and loss and gradient norm in training mode where they don't depend on the seed.

    Raises UnstuckError where the loss can't be computed from the model's outputs and the targets, or isn't one number, and for
    functions of the user's with a gradient of their own.
    """
    first, gradient = _training(model, loss, call, targets, 0)
    second, _ = _training(model, loss, call, targets, 1)
    evaluated = twin(model).eval()
    with torch.no_grad():
        value = _loss(evaluated, loss, call, targets).item()
    same = first == second
    return {
        "rows": len(call.tensors[0]),
        "eval_loss": _finite(value),
        "train_loss": _finite(first) if same else None,
        "gradient_norm": _finite(gradient) if same else None,
    }


def _training(model: nn.Module, loss: Loss, call: Call, targets: Any, seed: int) -> tuple[float, float]:
    torch.default_generator.manual_seed(seed)  # torch.manual_seed would also seed a GPU that is used later
    tried = twin(model)
    with torch.enable_grad():
        value = _loss(tried, loss, call, targets)
        own = explain.own_gradients(value)
        if own:
            raise UnstuckError(
                f"{', '.join(own)}, a torch.autograd.Function, has a gradient of its own, which a saved program doesn't keep.\n"
                "What to change: write it with operations of torch, x + (f(x) - x).detach() for a straight-through gradient."
            )
        if not value.requires_grad:
            return value.item(), 0.0
        _backward(value)
    squares = [p.grad.double().square().sum().item() for p in tried.parameters() if p.grad is not None]
    return value.item(), math.sqrt(sum(squares))


def _backward(value: torch.Tensor) -> None:
    try:
        value.backward()
    except RuntimeError as error:
        change = ""
        if "inplace" in str(error):
            change = (
                "\nWhat to change: an operation in place (h += …, h[:, 0] = …, nn.ReLU(inplace=True)) overwrites what the gradient needs; "
                "h = h + … makes a new tensor. torch.autograd.set_detect_anomaly(True) shows the line."
            )
        raise UnstuckError(f"the gradient can't be computed:\n    {_text(error)}{change}") from error


def _loss(model: nn.Module, loss: Loss, call: Call, targets: Any) -> torch.Tensor:
    given = model(*call.args, **call.kwargs)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # broadcasting is the diagnosis' business
            value = loss(given, targets)
    except UnstuckError:
        raise
    except Exception as error:
        raise UnstuckError(f"the loss can't be computed of {_described(given)} and targets {_described(targets)}:\n    {_text(error)}"
                           + _loss_hint(given, targets, error)) from error  # fmt: skip
    if not isinstance(value, torch.Tensor) or value.numel() != 1:
        what = _described(value) if isinstance(value, torch.Tensor) else type(value).__name__
        raise UnstuckError(f"the loss gives {what}, one number is needed: reduction='mean', or .mean() at the end of a function")
    return value.reshape(())


def _loss_hint(given: Any, targets: Any, error: Exception) -> str:
    if not isinstance(given, torch.Tensor):
        return "\nWhat to change: give a loss for each output, loss=[nn.MSELoss(), None] with None for one that isn't trained on."
    if isinstance(targets, torch.Tensor) and "Long" in str(error) and targets.is_floating_point():
        return "\nWhat to change: class indices are integers: y.astype('int64')."
    if isinstance(targets, torch.Tensor) and "out of bounds" in str(error) and given.ndim > 1 and targets.numel():
        return (
            f"\nWhat to change: the outputs are of {given.shape[1]} classes, so labels go from 0 to {given.shape[1] - 1}; "
            f"those of these rows go from {targets.min().item():g} to {targets.max().item():g}. Correct them or take their rows out; labels from 1 on: y - 1."
        )
    if isinstance(targets, torch.Tensor) and targets.ndim == 2 and targets.shape[1] == 1:
        return "\nWhat to change: class indices have one axis: y[:, 0]."
    return ""


def _described(values: Any) -> str:
    if isinstance(values, torch.Tensor):
        return f"{_shape(values)} ({str(values.dtype).removeprefix('torch.')})"
    if isinstance(values, dict):
        return "{" + ", ".join(f"{name}: {_described(part)}" for name, part in values.items()) + "}"
    if isinstance(values, (list, tuple)):
        return "(" + ", ".join(_described(part) for part in values) + ")"
    return type(values).__name__


def _shape(tensor: torch.Tensor) -> str:
    return str(list(tensor.shape))


def _text(error: Exception) -> str:
    return f"{type(error).__name__}: {str(error).strip()[:500]}"


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
