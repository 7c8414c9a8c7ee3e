"""Makes the files of a training in PyTorch."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import torch
from torch import nn

from .. import source, tree
from ..errors import UnstuckError
from ..npz import packed
from ..settings import number
from . import noted, optimizer, scheduler, weights, written
from .call import Call, bind, ports
from .loss import Loss, on_cpu
from .own_loss import export_loss
from .program import evaluates_otherwise, export
from .twin import bare, twin
from .untouched import random_state

FORMAT = 1
_MOST_SETTINGS = 1 << 20


def files(
    model: nn.Module, x: Any, y: Any, *, loss: Any, loss_weights: Any, optimizer_: Any, scheduler_: Any, scheduler_every: str | None,
    clip_grad_norm: Any, clip_grad_value: Any, rows: int | None, settings: dict[str, Any],
    as_it_goes: bool = False,
) -> dict[str, bytes]:  # fmt: skip
    """Return the files' contents by name: model.pt2, eval.pt2 where evaluating runs other operations, loss.pt2 for a loss of
    the user's, data.npz, training.json. Nothing of the user's is changed, random numbers included."""
    model, given = bare(model), {"model": model, "optimizer": optimizer_, "loss": loss, "scheduler": scheduler_, "x": x, "y": y, **settings}
    with random_state():
        examples = source.read(x, y, rows, settings.get("seed", 0), ports(model))
        objective = None if loss is None else Loss(loss, loss_weights)
        if objective is not None:
            examples.y = _numbers_for(objective, examples.y)
        if examples.batch_size is not None:
            settings.setdefault("batch_size", examples.batch_size)
        if examples.shuffle is not None:
            settings.setdefault("shuffle", examples.shuffle)
        return _files(model, examples, objective, as_it_goes, settings | {
            **({} if optimizer_ is None else {"optimizer": optimizer.describe(optimizer_, model)}),
            **_scheduled(scheduler_, scheduler_every, settings, examples.kept),
            "clip_grad_norm": number("clip_grad_norm", clip_grad_norm, 0, float("inf")),
            "clip_grad_value": number("clip_grad_value", clip_grad_value, 0, float("inf")),
            "source": written.described(model, given),
        })  # fmt: skip


def _scheduled(given: Any, every: str | None, settings: dict[str, Any], rows: int) -> dict[str, Any]:
    if given is None:
        return {}
    steps = -(-rows // settings["batch_size"]) if "batch_size" in settings else None
    return {"scheduler": scheduler.describe(given, every, settings.get("epochs"), steps)}


def _numbers_for(loss: Loss, y: Any) -> Any:
    """Turn integers into numbers where the loss takes numbers alone, as a loop must do, too."""
    targets = tree.leaves(y)
    numbers = [t.astype(np.float32) if t.dtype != np.float32 and loss.takes_numbers(i) else t for i, t in enumerate(targets)]
    replaced = iter(numbers)
    return tree.transform(y, "y", lambda _, __: next(replaced))


def _files(model: nn.Module, examples: source.Examples, loss: Loss | None, as_it_goes: bool, settings: dict[str, Any]) -> dict[str, bytes]:
    copied = twin(model)
    if not copied.training:  # behind a validation; where it is training, modules that were put into eval mode stay there
        copied.train()
    call = bind(copied, tree.transform(examples.x, "x", _tensor))
    targets = tree.transform(examples.y, "y", _tensor)
    traced = call.rows(examples.kept if as_it_goes else min(examples.kept, max(2, settings.get("batch_size", 32))))
    outputs = noted.outputs(copied, traced)
    noted_values = None
    few = traced
    if loss is not None:
        loss = on_cpu(loss)
        noted.losses(copied, loss, traced, _first(targets, len(traced.tensors[0])))  # its errors come before the export's
    program = export(twin(copied), traced, as_it_goes)
    taken = len(program.graph.graph_signature.user_inputs)
    if taken != len(call.names):
        raise UnstuckError(f"the program takes {taken} inputs, {len(call.names)} were given: {call.names}")
    if loss is not None:
        few = call.rows(program.batch or min(examples.kept, noted.MOST_ROWS))
        noted_values = noted.losses(copied, loss, few, _first(targets, len(few.tensors[0])))
    contents = {"model.pt2": program.content}
    if weights.pickled(program.content):
        contents["weights.safetensors"] = weights.safetensors(weights.of(program.graph))
    evaluated = export(twin(copied).eval(), traced, as_it_goes)
    if evaluates_otherwise(evaluated.graph, program.graph):
        contents["eval.pt2"] = evaluated.content
    description: dict[str, Any] = {} if loss is None else loss.described()
    tied = _tied(model)
    if tied:
        description["tied"] = tied
    if loss is not None and loss.own:
        content, why = export_loss(loss, outputs, _first(targets, len(traced.tensors[0])), program.batch is None)
        if content is None:
            description["loss_not_exported"] = why
        else:
            contents["loss.pt2"] = content
    targets_named = _target_names(examples.y, call.names)
    contents["data.npz"] = packed(
        [(name, tensor.numpy()) for name, tensor in zip(call.names, call.tensors)] + list(zip(targets_named, tree.leaves(examples.y)))
    )
    contents["training.json"] = _json(
        settings
        | description
        | {
            "format": FORMAT,
            "framework": "torch",
            "version": torch.__version__.split("+")[0],
            "inputs": call.names,
            "targets": targets_named,
            "batch": program.batch,
            "batch_note": program.why_fixed or None,
            "saved_in_mode": "train" if model.training else "eval",
            "rows": {"kept": examples.kept, "of": examples.of},
            "noted": noted_values,
        }
    )
    return contents


def _tensor(array: np.ndarray, _: str) -> torch.Tensor:
    return torch.from_numpy(np.array(array))  # a copy: what the user holds is never written to


def _first(values: Any, count: int) -> Any:
    return tree.transform(values, "y", lambda part, _: part[:count].clone())


def _tied(model: nn.Module) -> dict[str, str]:
    """Return the other names of parameters that have several, each with the first."""
    first: dict[int, str] = {}
    for name, parameter in model.named_parameters(remove_duplicate=False):
        first.setdefault(id(parameter), name)
    names = model.named_parameters(remove_duplicate=False)
    return {name: first[id(parameter)] for name, parameter in names if first[id(parameter)] != name}


def _target_names(y: Any, inputs: list[str]) -> list[str]:
    if isinstance(y, tuple) and len(y) > 1:
        names = [f"y_{i}" for i in range(len(y))]
    else:
        names = [str(name) for name in y] if isinstance(y, dict) and len(y) > 1 else ["y"]
    return [f"y_{name}" if name in inputs else name for name in names]


def _json(settings: dict[str, Any]) -> bytes:
    text = json.dumps(settings, sort_keys=True, indent=1, allow_nan=False).encode()
    if len(text) > _MOST_SETTINGS:
        raise UnstuckError(f"the settings take {len(text)} bytes, {_MOST_SETTINGS} at most are read: is a weight in the loss so large?")
    return text


__all__ = ["FORMAT", "Call", "files"]
