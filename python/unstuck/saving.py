"""Saves a training to a folder."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .errors import UnstuckError
from .interrupts import remove_unfinished
from .settings import integer, plain

_WRITTEN = ("model.pt2", "eval.pt2", "loss.pt2", "weights.safetensors", "training.json", "model.keras", "fit.json", "data.npz")
_OF_ANOTHER = {"torch": ("model.keras", "model.h5", "config.json"), "keras": ("model.pt2", "model.h5", "config.json")}


def save(
    folder: str | os.PathLike[str],
    model: Any,
    *,
    x: Any,
    y: Any = None,
    loss: Any = None,
    optimizer: Any = None,
    epochs: int | None = None,
    batch_size: int | None = None,
    validation_split: float | None = None,
    shuffle: bool | None = None,
    seed: int | None = None,
    scheduler: Any = None,
    scheduler_every: str | None = None,
    clip_grad_norm: float | None = None,
    clip_grad_value: float | None = None,
    loss_weights: Any = None,
    class_weight: Mapping[int, float] | None = None,
    rows: int | None = None,
) -> Path:
    """Save a training to folder, for ``unstuck diagnose folder`` to read, and return the folder.

    The model, a ``torch.nn.Module`` or a Keras model, is saved with the weights that it has now. Nothing of it changes:
    weights, gradients, modes, batch statistics, random numbers. What isn't given is assumed and said by the reader.

    x, y: the examples, row by row along the first axis: arrays, tensors or lists; a tuple or a dictionary of them for
        several inputs or targets. Or x alone: a DataLoader or a Dataset of PyTorch, batches of TensorFlow's or Keras'
        datasets. Integers are saved as int64, other numbers as float32.
    rows: how many rows are kept of large data, drawn at random by seed. Default: as many as fit into 32 MiB, at most 50,000.
    loss: a loss of torch.nn, a function of torch.nn.functional, a name such as "mse" or "cross_entropy", or a function of
        outputs and targets; a list or dictionary of them for several outputs, None for one that isn't trained on, weighted
        by loss_weights (default: 1 each). For Keras: what the model was compiled with, unless given.
    optimizer: an optimizer of torch.optim, made for this model's parameters. For Keras as for loss.
    epochs, batch_size: from 1 on. validation_split: the share of the last rows that is held out, from 0 to below 1.
        shuffle: whether rows are mixed each epoch. seed: from 0 on.
    scheduler: one of torch.optim.lr_scheduler; scheduler_every: "epoch" or "step", how often its step() is called
        (default: "step" for OneCycleLR and CyclicLR, else "epoch").
    clip_grad_norm, clip_grad_value: as given to torch.nn.utils.clip_grad_norm_ and clip_grad_value_.
    class_weight: as given to Keras' fit.

    Raises UnstuckError, with the line of the user's code where there is one and what to change: for data that doesn't fit,
    for a loss that can't be computed, for a model that torch.export can't follow. Nothing is written then.
    """
    framework = _framework(model)
    settings = plain(epochs, batch_size, validation_split, shuffle, seed)
    integer("rows", rows, 2)
    if framework == "keras":
        from . import keras_folder

        torch_only = {"scheduler": scheduler, "scheduler_every": scheduler_every, "clip_grad_norm": clip_grad_norm,
                      "clip_grad_value": clip_grad_value}  # fmt: skip
        _refuse("Keras", torch_only, "it belongs into the optimizer")
        contents = keras_folder.files(
            model, x, y, loss=loss, loss_weights=loss_weights, optimizer=optimizer, class_weight=class_weight, rows=rows, settings=settings
        )
    else:
        from .pytorch import folder as torch_folder

        _refuse("PyTorch", {"class_weight": class_weight}, "it belongs into the loss: nn.CrossEntropyLoss(weight=…)")
        contents = torch_folder.files(
            model, x, y, loss=loss, loss_weights=loss_weights, optimizer_=optimizer, scheduler_=scheduler, scheduler_every=scheduler_every,
            clip_grad_norm=clip_grad_norm, clip_grad_value=clip_grad_value, rows=rows, settings=settings,
        )  # fmt: skip
    return _written(Path(folder), framework, contents)


def _framework(model: Any) -> str:
    kinds = {(kind.__module__.split(".")[0], kind.__name__) for kind in type(model).__mro__}
    if ("keras", "Model") in kinds:  # first: on its torch backend a model of Keras is a torch.nn.Module as well
        return "keras"
    if ("torch", "Module") in kinds:
        return "torch"
    if ("tf_keras", "Model") in kinds:
        raise UnstuckError("the model is one of tf_keras, Keras 2; Keras 3 is needed, or model.save('model.h5') and --model model.h5")
    raise UnstuckError(f"model is a {type(model).__name__}; a torch.nn.Module or a keras.Model is needed")


def _refuse(framework: str, arguments: dict[str, Any], why: str) -> None:
    for name, value in arguments.items():
        if value is not None:
            raise UnstuckError(f"{name} is no argument for a model of {framework}: {why}")


def _written(folder: Path, framework: str, contents: dict[str, bytes]) -> Path:
    """Write the files, each whole or not at all, and remove those that an earlier save left and this one hasn't."""
    for name in _OF_ANOTHER[framework]:
        if (folder / name).exists():
            raise UnstuckError(f"{folder} holds {name}, another model; choose another folder, or remove it")
    try:
        return _replaced(folder, contents)
    except OSError as error:
        raise UnstuckError(f"nothing can be saved to {folder}: {error.strerror or error}; choose another folder, or make room there") from error


def _replaced(folder: Path, contents: dict[str, bytes]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        descriptor, temporary = tempfile.mkstemp(dir=folder, prefix=f".{name}.")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
            os.chmod(temporary, 0o644)
            os.replace(temporary, folder / name)
        except BaseException:
            remove_unfinished(temporary)
            raise
    for name in _WRITTEN:
        if name not in contents:
            (folder / name).unlink(missing_ok=True)
    return folder
