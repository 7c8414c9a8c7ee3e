"""Looks at the batch of a step, and at what the loop's code holds beside it."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

from .. import row_order, users_code
from .step import Forward
from .tensors import LIBRARIES, leaves, numbers


def of(forwards: list[Forward], x: Any) -> Forward | None:
    """Return the call of the model with x, or the last one."""
    for forward in reversed(forwards):
        if is_input(x, forward):
            return forward
    return forwards[-1] if forwards else None


def is_input(x: Any, forward: Forward) -> bool:
    """Report whether x is what a call of the model was given, but for a cast and for a shape."""
    given = [numbers(t) for t in leaves(x)]
    return 0 < len(given) <= len(forward.inputs) and all(any(ours == theirs for ours, theirs in _rows(a, b)) for a, b in zip(given, forward.inputs))


def order(x: Any, forward: Forward) -> list[int]:
    """Return in which order a call of the model was given the rows of x, cast or in another shape perhaps; empty: in x's own, or it was given
    others."""
    given = [numbers(t) for t in leaves(x)]
    if len(given) != 1 or len(forward.inputs) != 1 or is_input(x, forward):
        return []
    return next(filter(None, (row_order.row_order(ours, theirs) for ours, theirs in _rows(given[0], forward.inputs[0]))), [])


def _rows(ours: np.ndarray, theirs: np.ndarray) -> list[tuple[list[bytes], list[bytes]]]:
    """Return the rows of both arrays, with ours cast to the type of theirs, and with theirs cast to ours; nothing where they can't be the same rows."""
    if ours.ndim == 0 or theirs.ndim == 0 or len(ours) != len(theirs) or ours.size != theirs.size or {ours.dtype.kind, theirs.dtype.kind} - set("fiub"):
        return []
    with np.errstate(all="ignore"):
        return [tuple([row.tobytes() for row in a.astype(kind)] for a in (ours, theirs)) for kind in dict.fromkeys((theirs.dtype, ours.dtype))]  # type: ignore[misc]


def seen(x: Any, last: Any) -> dict[str, Any]:
    """Return whether x is the same object as the last one, and how many rows lie in the memory that it is a part of."""
    given, before = leaves(x), leaves(last)
    if not given or not len(given[0].shape) or not given[0].shape[0]:
        return {}
    first = given[0]
    rows = int(first.shape[0])
    if isinstance(first, np.ndarray) and isinstance(first.base, np.ndarray) and first.base.shape[1:] == first.shape[1:]:
        rows = len(first.base)
    return {"same_object": bool(before) and before[0] is first, "memory_rows": rows}


def at_hand(x: Any, y: Any) -> dict[str, Any]:
    """Look at what the loop's code holds: the rows of a dataset whose batches are of x's size, and whether x is as large as all
    rows of another array there."""
    given, targets = leaves(x), leaves(y)
    if not given or not len(given[0].shape):
        return {}
    first, more, whole = given[0], 0, False
    for value in users_code.values(*LIBRARIES):
        batches = _batches(value)
        if batches is not None:
            whole = whole or batches == 1
            more = max(more, batches * int(first.shape[0]) if batches > 1 else 0)
        elif value is not first and not isinstance(value, keras.Variable) and _shape(value) == tuple(first.shape):
            whole = whole or all(value is not t for t in (*given, *targets))  # which may be of x's shape
    return {"loader_rows": more, "whole": whole}


def _shape(value: Any) -> Any:
    try:
        return tuple(value.shape)
    except Exception:  # whatever an object of the user's raises
        return None


def _batches(value: Any) -> int | None:
    """Return how many batches a dataset has; None for what is no dataset, or for one that doesn't know."""
    kinds = {kind.__name__ for kind in type(value).__mro__}
    try:
        if "DatasetV2" in kinds:
            n = int(value.cardinality())
            return n if n > 0 else None
        if kinds & {"PyDataset", "DataLoader"}:
            return len(value)
    except Exception:  # whatever an object of the user's raises
        return None
    return None


def draws(model: Any) -> list[Any]:
    """Return the state of the model's random numbers, of dropout and noise."""
    states = [
        numbers(generator.state).tolist()
        for layer in model._flatten_layers(include_self=True, recursive=True)
        for generator in getattr(layer, "_seed_generators", [])
    ]
    if keras.backend.backend() == "torch":
        import torch

        states.append(torch.get_rng_state().tolist())
    return states


def graph_of(loss: Any) -> str:
    """Return how a loss hangs together with what made it, where it isn't known from a tape: "graph", "leaf", "cut", "number"."""
    if not hasattr(loss, "shape"):
        return "number"
    if keras.backend.backend() == "torch":
        if getattr(loss, "grad_fn", None) is not None:
            return "graph"
        return "leaf" if getattr(loss, "requires_grad", False) else "cut"
    return "tensor"


def reach(loss: Any, parameters: list[Any]) -> dict[str, Any]:
    """Return which parameters the loss depends on, by index, where PyTorch's graph tells."""
    if keras.backend.backend() != "torch" or getattr(loss, "grad_fn", None) is None:
        return {}
    index = {id(v.value): i for i, (_, v, _, _) in enumerate(parameters)}
    known, done, todo = set(), set(), [loss.grad_fn]
    while todo:
        node = todo.pop()
        if node is None or node in done:
            continue
        done.add(node)
        variable = getattr(node, "variable", None)
        if id(variable) in index:
            known.add(index[id(variable)])
        todo.extend(following for following, _ in node.next_functions)
    return {"reached": sorted(known)}
