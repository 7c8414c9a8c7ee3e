"""Holds what watch was given against what a call of the model was given: the same rows may be in another number type, shape or order."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch.utils import _pytree as pytree

from ..row_order import row_order
from .watched import Forward


def is_input(x: Any, forward: Forward) -> bool:
    """Report whether x is what a call of the model was given, but for a cast and for a shape."""
    given = _tensors(x)
    return 0 < len(given) <= len(forward.inputs) and all(a is b or any(ours == theirs for ours, theirs in _rows(a, b)) for a, b in zip(given, forward.inputs))


def order(x: Any, forward: Forward) -> list[int]:
    """Return in which order a call of the model was given the rows of x, cast or in another shape perhaps; empty: in x's own, or it was given
    others."""
    given = _tensors(x)
    if len(given) != 1 or len(forward.inputs) != 1 or is_input(x, forward):
        return []
    return next(filter(None, (row_order(ours, theirs) for ours, theirs in _rows(given[0], forward.inputs[0]))), [])


def _tensors(x: Any) -> list[torch.Tensor]:
    found = []
    for leaf in pytree.tree_leaves(x):
        if isinstance(leaf, torch.Tensor):
            found.append(leaf)
        elif isinstance(leaf, np.ndarray) and leaf.dtype.kind in "fiub":
            found.append(torch.from_numpy(leaf.copy()))
    return found


def _rows(ours: torch.Tensor, theirs: torch.Tensor) -> list[tuple[list[bytes], list[bytes]]]:
    """Return the rows of both tensors, with ours cast to the type of theirs, and with theirs cast to ours; nothing where they can't be
    the same rows. Either cast may be the one that the loop has made: it rounds, and what was rounded doesn't come back."""
    if ours.ndim == 0 or theirs.ndim == 0 or len(ours) != len(theirs) or ours.numel() != theirs.numel() or not ours.numel():
        return []
    if ours.layout is not torch.strided or theirs.layout is not torch.strided:
        return []
    ours, theirs = ours.detach().cpu(), theirs.detach().cpu()
    if ours.dtype is theirs.dtype:
        return [(_bytes(ours), _bytes(theirs))]
    return [(_bytes(ours.to(theirs.dtype)), _bytes(theirs)), (_bytes(ours), _bytes(theirs.to(ours.dtype)))]


def _bytes(tensor: torch.Tensor) -> list[bytes]:
    """Return each row as bytes, by which NaN is like NaN and rows have an order."""
    rows = tensor.resolve_conj().resolve_neg().reshape(len(tensor), -1).contiguous().view(torch.uint8).numpy()
    return [row.tobytes() for row in rows]
