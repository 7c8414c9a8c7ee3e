"""Makes the files of a training in Keras: what ``unstuck diagnose`` reads of one."""

from __future__ import annotations

import json
import random
import tempfile
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from . import source, tree
from .errors import UnstuckError
from .npz import packed


def files(
    model: Any, x: Any, y: Any, *, loss: Any, loss_weights: Any, optimizer: Any, class_weight: Mapping[int, float] | None,
    rows: int | None, settings: dict[str, Any],
) -> dict[str, bytes]:  # fmt: skip
    """Return the contents of model.keras, data.npz and fit.json by name. The model isn't changed: a loss or an optimizer
    that is given is compiled into a copy."""
    python, numpy = random.getstate(), np.random.get_state()
    try:
        if not model.built:
            raise UnstuckError("the model has no weights yet: begin it with keras.Input(shape), or call it once on data")
        inputs, outputs = _names(model)
        examples = source.read(_matched(x, inputs, "x"), _matched(y, outputs, "y"), rows, settings.get("seed", 0), source.Ports())
        saved = _saved(model, loss, loss_weights, optimizer)
    finally:
        random.setstate(python)
        np.random.set_state(numpy)
    if examples.of is not None and examples.kept < examples.of:
        warnings.warn(f"{examples.kept} of {examples.of} rows are saved, drawn at random; save(…, rows=…) keeps more", stacklevel=4)
    arrays = list(zip(_ordered(examples.x, inputs, "x"), _ordered_parts(examples.x, inputs)))
    arrays += list(zip(_ordered(examples.y, outputs, "y"), _ordered_parts(examples.y, outputs)))
    if examples.sample_weight is not None:
        arrays.append(("sample_weight", examples.sample_weight))
    fit = dict(settings)
    if class_weight is not None:
        fit["class_weight"] = {str(int(c)): float(w) for c, w in class_weight.items()}
    return {"model.keras": saved, "data.npz": packed(arrays), "fit.json": json.dumps(fit, sort_keys=True, indent=1).encode()}


def _names(model: Any) -> tuple[list[str], list[str]]:
    """Return the names of the model's inputs and outputs; one of each is called "x" and "y"."""
    inputs = [tensor._keras_history.operation.name for tensor in getattr(model, "inputs", None) or []]
    outputs = list(getattr(model, "output_names", None) or [])
    return inputs if len(inputs) > 1 else ["x"], outputs if len(outputs) > 1 else ["y"]


def _matched(given: Any, names: list[str], what: str) -> Any:
    """Turn a list of arrays, one for each of several ports as in Keras, into a tuple; check a dictionary's names."""
    if isinstance(given, Mapping) and len(names) > 1 and set(given) != set(names):
        raise UnstuckError(f"{what} has {sorted(given)}, the model has {names}")
    if isinstance(given, (list, tuple)) and len(names) > 1:
        if len(given) != len(names):
            raise UnstuckError(f"{what} has {len(given)} arrays, the model has {len(names)}: {names}")
        return tuple(given)
    if isinstance(given, (list, tuple)) and len(given) == 1 and hasattr(given[0], "shape") and len(given[0].shape) > 0:
        return given[0]
    return given


def _ordered(given: Any, names: list[str], what: str) -> list[str]:
    if len(tree.leaves(given)) != len(names):
        raise UnstuckError(f"{what} has {len(tree.leaves(given))} arrays, the model has {len(names)}: {names}")
    return names


def _ordered_parts(given: Any, names: list[str]) -> list[Any]:
    return [given[name] for name in names] if isinstance(given, Mapping) and len(names) > 1 else tree.leaves(given)


def _saved(model: Any, loss: Any, loss_weights: Any, optimizer: Any) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.keras"
        if loss is None and optimizer is None:
            if not getattr(model, "compiled", False):
                raise UnstuckError("the model isn't compiled: model.compile(optimizer, loss), or save(…, loss=…, optimizer=…)")
            model.save(path)
            return path.read_bytes()
        if loss is None or optimizer is None:
            raise UnstuckError("give both, loss and optimizer, or neither and a compiled model")
        import keras

        model.save(path)
        try:
            copied = keras.models.load_model(path, compile=False)
        except Exception as error:
            raise UnstuckError(f"the model can't be copied: {error}\nCompile it before it is saved, or register its own classes with "
                               "@keras.saving.register_keras_serializable()") from error  # fmt: skip
        if not isinstance(optimizer, str):
            optimizer = keras.optimizers.deserialize(keras.optimizers.serialize(optimizer))
        copied.compile(optimizer=optimizer, loss=loss, loss_weights=loss_weights)
        copied.save(path)
        return path.read_bytes()

