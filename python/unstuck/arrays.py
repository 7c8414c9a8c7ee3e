"""Turns whatever holds numbers into NumPy arrays of the three types that are saved."""

from __future__ import annotations

from typing import Any

import numpy as np

from .errors import UnstuckError


def to_array(value: Any, what: str) -> np.ndarray:
    """Return value, an array, tensor, table or nested list, as an array of bool, int64 or float32.

    what names the value in errors: rows of different shapes, text, complex numbers, and integers that int64 doesn't hold.
    NaN and infinities are kept: finding them is the diagnosis' business.
    """
    array = _plain(value, what)
    kind = array.dtype.kind
    if kind == "b":
        return array
    if kind in "iu":
        if kind == "u" and array.size and int(array.max()) > np.iinfo(np.int64).max:
            raise UnstuckError(f"{what} holds integers above 2**63 - 1")
        return array.astype(np.int64, copy=False)
    if kind == "f":
        with np.errstate(over="ignore"):
            return array.astype(np.float32, copy=False)
    raise UnstuckError(f"{what} holds elements of type {array.dtype}; numbers are needed{_advice(array, what)}")


def _advice(array: np.ndarray, what: str) -> str:
    """Return the lines that make numbers of an array of text or objects; nothing where there is no telling."""
    name = what if what.isidentifier() else "y"
    if array.dtype.kind in "US" or array.dtype.kind == "O" and all(isinstance(v, (str, bytes)) for v in array.flat):
        return f":\n    classes, {name} = np.unique(np.asarray({name}).astype(str), return_inverse=True)  # class numbers; classes[0] is 0\n    # or, of digits: {name} = np.asarray({name}).astype(\"float32\")"
    if array.dtype.kind == "O":
        return f': {name} = np.stack({name}).astype("float32") makes one array of rows, {name} = {name}.astype("float32") of numbers'
    return ""


def _plain(value: Any, what: str) -> np.ndarray:
    if isinstance(value, np.ndarray):
        return value
    if hasattr(value, "detach"):  # a tensor of PyTorch
        tensor = value.detach()
        if tensor.layout is not _strided():
            tensor = tensor.to_dense()
        if tensor.is_floating_point():
            tensor = tensor.float()  # NumPy has no bfloat16
        return np.asarray(tensor.cpu().resolve_conj().resolve_neg().numpy())
    if isinstance(value, (list, tuple)) and value and any(hasattr(v, "shape") for v in value):
        rows = [_plain(v, what) for v in value]
        shapes = {row.shape for row in rows}
        if len(shapes) > 1:
            raise UnstuckError(f"{what} has rows of different shapes, such as {_two(shapes)}: pad them to one shape")
        return np.stack(rows)
    try:
        return np.asarray(value)
    except ValueError:
        raise UnstuckError(f"{what} has rows of different lengths: pad them to one length") from None


def _two(shapes: set[tuple[int, ...]]) -> str:
    first, second = sorted(shapes)[:2]
    return f"{list(first)} and {list(second)}"


def _strided() -> Any:
    import torch

    return torch.strided


def rows_of(value: Any, what: str) -> int:
    """Return how many rows value has: the length of its first axis."""
    shape = getattr(value, "shape", None)
    if shape is not None:
        if len(shape) == 0:
            raise UnstuckError(f"{what} is a single number; rows are needed, along the first axis")
        return int(shape[0])
    try:
        return len(value)
    except TypeError:
        raise UnstuckError(f"{what} is a {type(value).__name__}; an array, a tensor or a list is needed") from None


def take(value: Any, rows: np.ndarray) -> Any:
    """Return the given rows of an array, tensor, table or list, before anything is converted."""
    if hasattr(value, "iloc"):  # a table of pandas
        return value.iloc[rows]
    if isinstance(value, (list, tuple)):
        return [value[i] for i in rows]
    if hasattr(value, "detach"):
        import torch

        return value[torch.from_numpy(rows).to(value.device)]
    return np.asarray(value)[rows]
