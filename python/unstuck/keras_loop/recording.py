"""Writes a recording of a loop in Keras: recording.json, the journal of its steps, and the model as ``save`` writes it."""

from __future__ import annotations

import io
import json
import random
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import keras
import numpy as np

from ..errors import UnstuckError
from ..npz import packed
from ..recorded import Recorded, as_json, named
from .step import Step
from .tensors import number, numbers

_FIRST_DAY = (1980, 1, 1, 0, 0, 0)


class Recording(Recorded):
    """The folder that is written to."""

    def __init__(self, folder: str, optimizers: list[Any], loss: Any, steps: int, numbers: int) -> None:
        self.loss = loss
        self.optimizers = optimizers
        self.batches: list[list[np.ndarray]] = []  # the arrays of each, x's and then y's
        self.row_weights: Any = None  # of the batch that is told next
        self.weights: list[Any] = []  # and of those that are kept; None: their rows count alike
        self.epochs = self.epoch_steps = 0  # that a fit was told, and has in each; 0: not known
        self.names: tuple[list[str], list[str]] = (["x"], ["y"])
        self.saved = False
        super().__init__(folder, "keras", keras.__version__, steps, numbers, {
            "backend": keras.backend.backend(), "parameters": [], "mode_modules": [],
            "optimizers": [{"class": type(_inner(o)).__name__, "config": config(o), "groups": [{}], "holds": [[]], "has_memory": _moved(o)} for o in optimizers],
            "settings_by_step": True,
            "keras_loss": config(loss) if loss is not None and not self.own else None,
            "loss": None if loss is None else {"class": name_of(loss)},
        })  # fmt: skip

    @property
    def own(self) -> bool:
        """Report whether the claimed loss is the user's own function."""
        return any(callable(part) and not _of_keras(part) for part in _parts(self.loss))

    def model(self, model: Any, parameters: list[Any], modes: list[str]) -> None:
        """Keep the model as it is before the first step."""
        self.parameters(parameters)
        self.told["mode_modules"] = modes
        inputs = [t._keras_history.operation.name for t in getattr(model, "inputs", None) or []]
        outputs = list(getattr(model, "output_names", None) or [])
        self.names = inputs if len(inputs) > 1 else ["x"], outputs if len(outputs) > 1 else ["y"]
        state, numpy = random.getstate(), np.random.get_state()
        try:
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "model.keras"
                model.save(path)
                self.file("model.keras", _compiled(path.read_bytes(), self.told, plain(model)))
            self.saved = True
        except Exception as error:  # whatever a class of the user's raises
            self.told["notes"].append(f"the model isn't saved: {type(error).__name__}: {error}"[:500])
        finally:
            random.setstate(state)
            np.random.set_state(numpy)
        self.tell()

    def parameters(self, parameters: list[Any]) -> None:
        """Note what parameters there are."""
        self.told["parameters"] = [
            {"name": name, "shape": [int(n) for n in v.shape], "trainable": bool(v.trainable), "model": ours, "at": at} for name, v, ours, at in parameters
        ]

    def again(self) -> None:
        """Begin anew with the first step, of which nothing was written."""
        self.batches, self.weights = [], []
        for told, one in zip(self.told["optimizers"], self.optimizers):
            told["has_memory"] = _moved(one)

    def batch(self, step: Step, x: Any, y: Any) -> None:
        """Keep the batch of a step, and what a claimed loss of the user's is of the model's outputs."""
        try:
            arrays = {name: np.array(v) for name, v in (named("x", x) | ({} if y is None else named("y", y))).items()}  # a loop may fill its own again
        except UnstuckError as error:
            step.told["unread"] = str(error)
            return
        step.arrays |= arrays
        if y is not None:
            self.batches.append(list(arrays.values()))
            self.weights.append(self.row_weights)
        outputs = [f for f in step.forwards if f.outputs]
        if self.loss is not None and self.own and outputs and y is not None:
            self._claimed(step, y, outputs[-1].outputs)

    def _claimed(self, step: Step, y: Any, outputs: list[np.ndarray]) -> None:
        try:
            tensors = [keras.ops.convert_to_tensor(o) for o in outputs]
            value = self.loss(keras.tree.map_structure(keras.ops.convert_to_tensor, y), tensors[0] if len(tensors) == 1 else tensors)
            step.told["claimed"] = number(keras.ops.mean(value))
        except Exception as error:  # whatever a loss of the user's raises
            step.told["claimed_error"] = f"{type(error).__name__}: {error}"[:500]

    def write(self, step: Step, parameters: list[Any]) -> None:
        """Write a step, which nobody changes any more."""
        told = {key: v for key, v in step.told.items() if not key.startswith("_")}
        self.parameters(parameters)
        self._write(step, told, len(parameters))

    def _write(self, step: Step, told: dict[str, Any], parameters: int) -> None:
        if step.number > self.most:  # it is only waited for a step of the optimizer's
            step.own, step.unasked, step.start, step.stepped, step.after, step.arrays = {}, {}, {}, {}, {}, {}
        self.step(step.number, told | {
            "events": step.events, "closure": False, "absent": sorted(step.absent), "backwards": step.backwards,
            "stepped": sorted(step.stepped), "view": step.view,
        }, step.numbers(parameters, self.short))  # fmt: skip

    def full(self) -> None:
        """Write data.npz and fit.json, of all batches that were kept, for the ordinary diagnosis."""
        (batches, self.batches), (weights, self.weights) = (self.batches, []), (self.weights, [])
        if not batches or not self.saved:
            return
        fit = {"batch_size": len(batches[0][0])}
        if self.epochs and 0 < self.epoch_steps <= len(batches):  # of the same rows no others than an epoch has
            batches, weights, fit["epochs"] = batches[: self.epoch_steps], weights[: self.epoch_steps], self.epochs
        elif self.epochs:
            of = f"{len(batches)} of {self.epoch_steps}" if self.epoch_steps else f"{len(batches)}"
            self.told["notes"].append(f"the {self.epochs} epochs of fit aren't taken over for model and data: {of} batches of an epoch were kept")
        names = self.names[0] + self.names[1]
        if any(len(part) != len(names) for part in batches):
            self.told["notes"].append("the batches aren't kept as data: they have other parts than the model has inputs and outputs")
            return
        try:
            joined = [np.concatenate([part[i] for part in batches]) for i in range(len(names))]
        except ValueError as error:  # sequences of other lengths
            self.told["notes"].append(f"the batches aren't kept as data: {error}")
            return
        arrays = list(zip(names, joined))
        if any(w is not None for w in weights):
            rows = [_of_rows(w, len(part[0])) for w, part in zip(weights, batches)]
            if all(w is not None for w in rows):
                arrays.append(("sample_weight", np.concatenate(rows)))
                self.told["row_weights"] = "recorded"
        self.file("data.npz", packed(arrays))
        self.file("fit.json", as_json(fit))

    def end(self, steps: int, rates: list[list[float]]) -> None:
        """Note how many steps there were."""
        if not self.ours:
            return
        self.full()
        super().end(steps, rates)


def _of_rows(weights: Any, rows: int) -> np.ndarray | None:
    """Return a batch's weights as one for each row; None where they are others, such as one for each of several outputs."""
    parts = [] if weights is None else [numbers(w) for w in keras.tree.flatten(weights)]
    return np.asarray(parts[0], np.float32).reshape(rows) if len(parts) == 1 and parts[0].size == rows else None


def plain(model: Any) -> str:
    """Return "Functional" or "Sequential" for a model that computes its outputs as Keras' own one does, whatever else a class of
    the user's does in its step; "" where the call is the user's own."""
    from keras.src.models.functional import Functional  # which has no public name

    return next((kind.__name__ for kind in (keras.Sequential, Functional) if isinstance(model, kind) and type(model).call is kind.call), "")


def _compiled(content: bytes, told: dict[str, Any], kind: str) -> bytes:
    """Return a .keras file's content with the claimed loss and optimizer as what it was compiled with, of a model of that kind."""
    source, into = zipfile.ZipFile(io.BytesIO(content)), io.BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_STORED) as archive:
        for entry in source.infolist():
            read = source.read(entry.filename)
            if entry.filename == "config.json":
                described = json.loads(read)
                described.pop("compile_config", None)
                if kind and isinstance(described.get("config", {}).get("layers"), list):
                    described |= {"module": "keras", "class_name": kind, "registered_name": kind}
                if told["keras_loss"] is not None and told["optimizers"]:
                    described["compile_config"] = {
                        "optimizer": told["optimizers"][0]["config"], "loss": told["keras_loss"], "loss_weights": None, "metrics": None,
                        "weighted_metrics": None, "run_eagerly": False, "steps_per_execution": 1, "jit_compile": False,
                    }  # fmt: skip
                read = json.dumps(described).encode()
            archive.writestr(zipfile.ZipInfo(entry.filename, _FIRST_DAY), read)
    return into.getvalue()


def config(value: Any) -> Any:
    """Return how Keras writes an optimizer, a loss, or several of them."""
    if isinstance(value, dict):
        return {name: config(part) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [config(part) for part in value]
    if value is None or isinstance(value, str):
        return value
    if callable(value) and getattr(value, "__module__", "").startswith("keras") and not isinstance(value, keras.losses.Loss):
        return value.__name__
    return json.loads(json.dumps(keras.saving.serialize_keras_object(value), default=float))


def _inner(optimizer: Any) -> Any:
    return getattr(optimizer, "inner_optimizer", optimizer)


def _moved(optimizer: Any) -> bool:
    return bool(optimizer.built and int(optimizer.iterations) > 0)


def _parts(loss: Any) -> list[Any]:
    if isinstance(loss, dict):
        return list(loss.values())
    return list(loss) if isinstance(loss, (list, tuple)) else [loss]


def _of_keras(part: Any) -> bool:
    return type(part).__module__.startswith("keras") or getattr(part, "__module__", "").startswith("keras")


def name_of(loss: Any) -> str:
    """Return what a loss is called."""
    if isinstance(loss, (list, tuple, dict)):
        return "the sum of the claimed losses"
    return loss if isinstance(loss, str) else getattr(loss, "name", None) or getattr(loss, "__name__", type(loss).__name__)
