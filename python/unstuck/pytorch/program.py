"""Exports a model as a program: the operations of its forward, with module paths, source lines and weights."""

from __future__ import annotations

import contextlib
import inspect
import io
import logging
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn
from torch.utils import _pytree as pytree

from . import explain
from .call import Call


@dataclass
class Program:
    """An exported model, as a file's content, and what it holds for."""

    content: bytes
    batch: int | None  # the one number of rows that it holds for; None: any from 2 on
    why_fixed: str  # why not for others
    graph: Any  # torch.export's own


def export(model: nn.Module, call: Call) -> Program:
    """Export model in the mode in which it is, without decomposition, with a number of rows that is open where possible.

    Raises UnstuckError with place and remedy where torch.export can't follow, and for results that depend on values.
    """
    try:
        program, batch, why = traced(model, call.args, call.kwargs, _open_batch(model, call)), None, ""
    except Exception as error:
        if not _is_constraint(error):
            raise explain.failure(error, model) from error
        batch, why = len(call.tensors[0]), _why(error)
        try:
            program = traced(model, call.args, call.kwargs, None)
        except Exception as second:
            raise explain.failure(second, model) from second
    explain.refuse(program)
    return Program(content_of(program), batch, why, program)


_MODES = {"train": False, "training": False, "dropout_p": 0.0}
"""Arguments of operations that evaluating a model turns off."""


def _operations(program: Any, modes: bool) -> list[str]:
    """Return the operations of program with their arguments, in their order; modes as they are, or as turned off.

    Left out is the counting of batches by batch normalization, which no result needs.
    """
    counters = {key for key, name in program.graph_signature.inputs_to_buffers.items() if name.endswith("num_batches_tracked")}
    place: dict[Any, int] = {}
    told = []
    for node in program.graph.nodes:
        if node.op != "call_function" or not (node.args and str(node.args[0]) in counters):
            place[node] = len(place)
            told.append(f"{node.target} {_arguments(node, place, modes)}")
    return told


def _arguments(node: Any, place: dict[Any, int], modes: bool) -> Any:
    schema = getattr(node.target, "_schema", None)
    arguments = [] if schema is None else schema.arguments
    given = dict(zip((a.name for a in arguments), node.args)) if arguments else dict(enumerate(node.args))
    given |= node.kwargs
    if not modes:
        given |= {name: off for name, off in _MODES.items() if name in given}
    # What is off or by default may also have been left out.
    given = {name: value for name, value in given.items() if name not in _MODES or value}
    for a in arguments:
        if a.has_default_value() and a.name in given and _same(given[a.name], a.default_value):
            del given[a.name]
    return torch.fx.map_arg(given, lambda other: f"%{place.get(other)}")


def _same(value: Any, default: Any) -> bool:
    return not isinstance(value, torch.fx.Node) and type(value) is type(default) and value == default


def evaluates_otherwise(evaluated: Any, trained: Any) -> bool:
    """Report whether the program of a model in eval mode isn't that of training with its modes turned off."""
    return _operations(evaluated, True) != _operations(trained, False)


# PyTorch 2.5 exports for training, without decomposition, under a name of its own.
_export = torch.export.export_for_training if torch.__version__.startswith("2.5.") else torch.export.export


def traced(model: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any], shapes: Any) -> Any:
    """Return torch.export's program, silently."""
    with quiet(), torch.enable_grad():
        return _export(model, args, kwargs, dynamic_shapes=shapes, strict=False)


def content_of(program: Any) -> bytes:
    """Return the content of program's file."""
    content = io.BytesIO()
    with quiet():
        torch.export.save(program, content)
    return content.getvalue()


def _open_batch(model: nn.Module, call: Call) -> dict[str, Any]:
    batch = torch.export.Dim("batch", min=2)
    bound = inspect.signature(model.forward).bind(*call.args, **call.kwargs)
    shapes: dict[str, Any] = {}
    for name, value in bound.arguments.items():
        described = pytree.tree_map(lambda _: {0: batch}, value)
        if inspect.signature(model.forward).parameters[name].kind is inspect.Parameter.VAR_KEYWORD:
            shapes.update(described)
        else:
            shapes[name] = described
    return shapes


def _is_constraint(error: Exception) -> bool:
    return "Constraints violated" in str(error) or type(error).__name__ == "ConstraintViolationError"


def _why(error: Exception) -> str:
    if re.search(r"specialized it to be a constant|specialized to a constant", str(error)):
        return "the code makes the number of rows a constant, as view(32, -1) or a loop over the rows does: x.view(x.size(0), -1) keeps it open"
    found = re.search(r"generated guard ([^\n]+?)\.?\n", str(error))
    return "the code holds for some numbers of rows alone" + (f": {found[1][:200]}" if found else "")


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Keep what torch.export prints and logs to itself: errors are told in our words."""
    level = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(level)
