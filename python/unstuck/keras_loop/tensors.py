"""Numbers of tensors, of whichever backend Keras computes with."""

from __future__ import annotations

import math
import os
from typing import Any

import keras
import numpy as np

LIBRARIES = tuple(
    os.path.join(os.path.dirname(os.path.dirname(keras.__file__)), name) + os.sep for name in ("keras", "tensorflow", "torch", "jax", "jaxlib")
)
"""Folders whose code isn't the user's."""


def concrete(value: Any) -> bool:
    """Report whether a tensor holds numbers: none that a graph, a compilation or a symbolic call passes through."""
    if isinstance(value, keras.KerasTensor):
        return False
    kind = keras.backend.backend()
    if kind == "torch":
        return not (hasattr(value, "device") and getattr(value.device, "type", "") == "meta")
    if kind == "tensorflow":
        import tensorflow as tf

        return bool(tf.executing_eagerly())
    if kind == "jax":
        import jax

        return not isinstance(value, jax.core.Tracer)
    return True


def leaves(values: Any) -> list[Any]:
    """Return the tensors in nested lists, tuples and dictionaries, in Keras' order."""
    return [v for v in keras.tree.flatten(values) if hasattr(v, "shape")]


def numbers(value: Any) -> np.ndarray:
    """Return a copy of a tensor's or variable's numbers, 16-bit ones as float32, sparse ones with all their zeros."""
    if isinstance(value, keras.Variable):
        value = value.value
    if hasattr(value, "detach"):
        plain = value.detach()
        if str(plain.layout) != "torch.strided":
            plain = plain.to_dense()
        if plain.is_floating_point():
            plain = plain.float()
        return np.array(plain.cpu().numpy())
    if type(value).__name__ in ("IndexedSlices", "SparseTensor"):
        value = keras.ops.convert_to_tensor(value) if not hasattr(value, "dense_shape") else _dense(value)
    plain = np.array(keras.ops.convert_to_numpy(value) if not isinstance(value, np.ndarray) else value)
    return plain.astype(np.float32) if plain.dtype.kind in "fV" and plain.dtype != np.float64 else plain


def _dense(value: Any) -> Any:
    import tensorflow as tf

    return tf.convert_to_tensor(value)


def number(value: Any) -> float | None:
    """Return a loss as a number; None for what isn't one, and for NaN and infinities."""
    plain = _float(value)
    return plain if plain is not None and math.isfinite(plain) else None


def not_finite(value: Any) -> bool:
    """Report whether a loss is NaN or infinite."""
    plain = _float(value)
    return plain is not None and not math.isfinite(plain)


def _float(value: Any) -> float | None:
    try:
        return float(value.detach() if hasattr(value, "detach") else value)
    except (TypeError, ValueError, RuntimeError):
        return None


def stateless() -> bool:
    """Report whether the values of variables are given from outside, as in stateless_call."""
    from keras.src.backend.common import stateless_scope

    return bool(stateless_scope.in_stateless_scope())
