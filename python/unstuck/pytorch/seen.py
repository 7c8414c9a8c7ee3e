"""Looks at a loop from inside a hook: which parameters there are, where the user's code stands, what the loss depends on."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import torch
from torch import nn
from torch.utils import _pytree as pytree

from .. import places, row_order, subject, users_code
from . import place
from .given import is_input, order
from .watched import Forward

_MOST_FRAMES = 16

Parameter = tuple[str, torch.Tensor, bool]

task = getattr(torch._C, "_current_graph_task_id", lambda: 0)
"""Which call of backward a hook is of, where this PyTorch tells."""


def parameters(model: nn.Module, optimizers: list[Any]) -> list[Parameter]:
    """Return the model's parameters, and behind them those that only an optimizer holds: name, tensor, whether it is the model's."""
    found: dict[int, Parameter] = {}
    for name, parameter in model.named_parameters():
        found.setdefault(id(parameter), (name, parameter, True))
    foreign = 0
    for optimizer in optimizers:
        for group in optimizer.param_groups:
            for parameter in group["params"]:
                if id(parameter) not in found:
                    found[id(parameter)] = (f"foreign:{foreign}", parameter, False)
                    foreign += 1
    return list(found.values())


def line() -> dict[str, Any] | None:
    """Return file, line and text of the innermost line of the user's that is running."""
    return users_code.line(place.TORCH)


def program(watch: Any, model: nn.Module, optimizers: list[Any]) -> dict[str, Any]:
    """Return the places of the user's program at which a loop may leave its path; nothing where no code of the user's is running."""
    running = users_code.frames(place.TORCH)
    frames = list(itertools.islice((f for f in running if _written_by_the_user(f.f_code.co_filename)), _MOST_FRAMES))
    return places.places(frames, subject.Subject(watch, model, optimizers), _written_by_the_user, users_code.short) if frames else {}


def _written_by_the_user(file: str) -> bool:
    return place.users(file) and "-packages" not in file


def autocast() -> str | None:
    """Return the number type of autocast, "bfloat16"; None where it is off."""
    for device in ("cuda", "cpu", "mps", "xpu"):
        try:
            if torch.is_autocast_enabled(device):
                return str(torch.get_autocast_dtype(device)).removeprefix("torch.")
        except RuntimeError:  # a device that this PyTorch doesn't know
            continue
    return None


def transforming() -> bool:
    """Report whether a transformation of torch.func runs, as grad and vmap: tensors made in it have no memory of their own."""
    functorch = getattr(torch._C, "_functorch", None)
    return functorch is not None and functorch.peek_interpreter_stack() is not None


def graph_of(loss: Any) -> str:
    """Return how a loss hangs together with what made it: "graph", "leaf" for one that was made anew, "cut", "number"."""
    if not isinstance(loss, torch.Tensor):
        return "number"
    if loss.grad_fn is not None:
        return "graph"
    return "leaf" if loss.requires_grad else "cut"


_VIEWS = frozenset(["View", "UnsafeView", "ReshapeAlias", "Squeeze", "Unsqueeze", "Permute", "Transpose", "T", "Slice", "Select", "Expand", "Clone", "Alias", "ToCopy", "Split", "Unbind"])
"""Operations that leave numbers what they are."""


def made_by(output: torch.Tensor) -> str:
    """Return the operation that has computed an output's numbers, "sigmoid", "addmm"; empty: it isn't known, as of a compiled model."""
    node = output.grad_fn
    while node is not None:
        name = node.name().partition("Backward")[0].strip("_")
        if name not in _VIEWS:
            return str(name.lower()) if "Backward" in node.name() else ""
        node = node.next_functions[0][0] if node.next_functions else None
    return ""


def reach(loss: torch.Tensor, parameters: list[Parameter]) -> tuple[list[int], list[torch.Tensor]]:
    """Return which parameters the loss depends on, by index, and trained leaves that neither model nor optimizer has."""
    index = {id(parameter): i for i, (_, parameter, _) in enumerate(parameters)}
    known, strangers = set(), []
    for node in graph(loss):
        variable = getattr(node, "variable", None)
        if isinstance(variable, torch.Tensor):
            if id(variable) in index:
                known.add(index[id(variable)])
            elif isinstance(variable, nn.Parameter):
                strangers.append(variable)
    return sorted(known), strangers


def graph(loss: torch.Tensor, ends: Sequence[Any] = ()) -> dict[Any, None]:
    """Return the nodes of the graph that a loss is computed by, in one order: those that come behind these ends alone."""
    done: dict[Any, None] = {}
    todo: list[Any] = [loss.grad_fn]
    while todo:
        node = todo.pop()
        if node is None or node in done or node in ends:
            continue
        done[node] = None
        todo.extend(following for following, _ in node.next_functions)
    return done


def leaves(x: Any) -> list[torch.Tensor]:
    """Return the tensors in nested lists, tuples and dictionaries."""
    if type(x) is torch.Tensor:
        return [x]
    return [t for t in pytree.tree_leaves(x) if isinstance(t, torch.Tensor)]


def rows(x: Any) -> int:
    """Return how many rows a batch has; 0: that isn't known."""
    given = leaves(x)
    return len(given[0]) if given and given[0].ndim else 0


def call(forward: Forward, forwards: list[Forward], x: Any) -> dict[str, Any]:
    """Return what is told of the call of the model that the loss is of."""
    return {
        "training": forward.training, "forward_gradients": forward.gradients, "forwards": sum(f.gradients for f in forwards),
        "x_is_input": is_input(x, forward),
    } | row_order.told(order(x, forward))  # fmt: skip


def batch(x: Any, last: Any) -> dict[str, Any]:
    """Return whether x is the same object as the last one, and how many rows lie in the memory that it is a part of."""
    given = leaves(x)
    if not given or given[0].ndim == 0 or not given[0].shape[0]:
        return {}
    first = given[0]
    before = leaves(last)
    count = first.shape[0]
    row = first.stride(0) if count > 1 else max(1, first.numel())
    rows = first.untyped_storage().nbytes() // first.element_size() // row if row else count
    return {"same_object": bool(before) and before[0] is first, "memory_rows": rows}


def at_hand(x: Any, y: Any) -> dict[str, Any]:
    """Look at what the loop's code holds: the rows of a DataLoader whose batches are of x's size, and whether x is as large as all
    rows of a loader or of another tensor of data there."""
    given, targets = leaves(x), leaves(y)
    if not given or given[0].ndim == 0:
        return {}
    first, more, whole = given[0], 0, False
    rows_of_x, shape = len(first), first.shape
    for value in users_code.values(place.TORCH):
        if isinstance(value, torch.utils.data.DataLoader):
            try:
                rows = len(value.dataset)  # type: ignore[arg-type]
            except TypeError:
                continue
            whole = whole or rows == rows_of_x
            if value.batch_size == rows_of_x and rows > rows_of_x:
                more = max(more, rows)
        elif value is not first and getattr(value, "shape", None) == shape and not getattr(value, "requires_grad", False):
            whole = whole or all(value is not t for t in (*given, *targets))  # which may be of x's shape, as outputs may
    return {"loader_rows": more, "whole": whole}


def scales() -> list[float]:
    """Return by what the gradient scalers that the loop's code holds, itself or in an object's attribute, multiply a loss."""
    held: dict[int, Any] = {}
    for value in users_code.values(place.TORCH):
        for one in (value, *(getattr(value, "__dict__", None) or {}).values()):
            if "GradScaler" in {base.__name__ for base in type(one).__mro__}:
                held[id(one)] = one
    return [float(scaler.get_scale()) for scaler in held.values() if scaler.is_enabled()]


def call_of(forwards: list[Forward], x: Any, loss: Any) -> Forward | None:
    """Return the call of the model with x, or the last one; of several in a closure that which the loss is computed of."""
    if sum(bool(f.nodes) for f in forwards) > 1 and isinstance(loss, torch.Tensor):
        nodes = graph(loss)
        forwards = [f for f in forwards if any(node in nodes for node in f.nodes)] or forwards
    for forward in reversed(forwards):
        if is_input(x, forward):
            return forward
    return forwards[-1] if forwards else None
