"""Exports a model as a program: the operations of its forward, with module paths, source lines and weights."""

from __future__ import annotations

import inspect
import io
import re
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn
from torch.utils import _pytree as pytree

from ..errors import UnstuckError
from . import explain
from .call import Call
from .quiet import quiet
from .rows import Fixing, open_rows
from .taken import Taken, as_it_went


@dataclass
class Program:
    """An exported model, as a file's content, and what it holds for."""

    content: bytes
    batch: int | None  # the one number of rows that it holds for; None: any from 2 on
    why_fixed: str  # why not for others
    graph: Any  # torch.export's own


def export(model: nn.Module, call: Call, as_it_goes: bool = False) -> Program:
    """Export model in the mode in which it is, without decomposition, with a number of rows that is open where possible.

    Raises UnstuckError with place and remedy where torch.export can't follow, and for results that depend on values. With as_it_goes a
    forward that goes by values is exported along the way that it takes for this batch, which the program's why_fixed then says.
    """
    try:
        return _followed(model, call)
    except UnstuckError:
        if not as_it_goes:
            raise
        program = _along_its_way(model, call)
        if program is None:
            raise
        return program


def _along_its_way(model: nn.Module, call: Call) -> Program | None:
    try:
        with as_it_went(model, call) as taken:
            program = _followed(model, call, taken)
        if not _as_the_model(program.graph, model, call):
            return None
    except Exception:  # whatever a forward of the user's raises, with numbers that aren't its own
        return None
    if lines := taken.lines():
        program.why_fixed = " ".join(filter(None, [
            program.why_fixed,
            f"forward decides by the values of a tensor ({lines}), and is computed along the way that the first batch took; its outputs are compared with those of each step",
        ]))  # fmt: skip
    return program


def _followed(model: nn.Module, call: Call, taken: Taken | None = None) -> Program:
    def trace(*arguments: Any) -> Any:
        if taken is not None:
            taken.at = 0
        return traced(*arguments)

    try:
        program, batch, why = trace(model, call.args, call.kwargs, _open_batch(model, call)), None, ""
    except Exception as error:
        if not _is_constraint(error):
            raise explain.failure(error, model) from error
        program, fixing = _with_open_rows(trace, model, call)
        batch, why = (None, "") if program is not None else (len(call.tensors[0]), _why(error, fixing))
    if program is None:
        try:
            program = trace(model, call.args, call.kwargs, None)
        except Exception as second:
            raise explain.failure(second, model) from second
    _without_the_dead(program)
    explain.refuse(program)
    return Program(content_of(program), batch, why, program)


def _without_the_dead(program: Any) -> None:
    """Leave out what no result needs, as what is printed; but not what draws, or writes to a tensor."""
    tag = torch.Tag.nondeterministic_seeded
    program.graph.eliminate_dead_code(lambda node: node.is_impure() and not _only_asserts(node) or tag in getattr(node.target, "tags", ()))
    program.graph_module.recompile()


def _only_asserts(node: Any) -> bool:
    return node.op == "call_function" and "assert" in str(node.target)


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


def _with_open_rows(trace: Any, model: nn.Module, call: Call) -> tuple[Any, Fixing]:
    """Return the program with len(x) and int(x.shape[0]) as the sizes that they are, or None, and what makes a number of one then."""
    fixing = Fixing()
    with open_rows(model), fixing.watched():
        try:
            program = trace(model, call.args, call.kwargs, _open_batch(model, call))
            if _as_the_model(program, model, call):
                return program, fixing
        except Exception:  # noqa: S110: the program for one number of rows is there, too
            pass
    return None, fixing


def _as_the_model(program: Any, model: nn.Module, call: Call) -> bool:
    """Report whether a program gives the model's outputs, for the stand-ins of len and int to have changed nothing."""
    state = torch.get_rng_state()
    buffers = {name: b.detach().clone() for name, b in model.named_buffers()}
    outputs = []
    for one in (model, program.module()):
        torch.set_rng_state(state)
        with quiet(), torch.no_grad():
            outputs.append([t for t in pytree.tree_leaves(one(*call.args, **call.kwargs)) if isinstance(t, torch.Tensor)])
            for name, b in model.named_buffers():
                b.copy_(buffers[name])
    return len(outputs[0]) == len(outputs[1]) and all(torch.allclose(a, b, rtol=1e-4, atol=1e-6, equal_nan=True) for a, b in zip(*outputs))


def _why(error: Exception, fixing: Fixing) -> str:
    if fixing.where:
        return f"forward makes the number of rows a constant ({fixing.where}).\n    {fixing.source}\nWhat to change: {_instead(fixing.source)}."
    if re.search(r"specialized it to be a constant|specialized to a constant", str(error)):
        return "the code makes the number of rows a constant, as view(32, -1) or a loop over the rows does: x.view(x.size(0), -1) keeps it open"
    found = re.search(r"generated guard ([^\n]+?)\.?\n", str(error))
    return "the code holds for some numbers of rows alone" + (f": {found[1][:200]}" if found else "")


def _instead(source: str) -> str:
    """Return what to write in place of a line that makes a number of a size."""
    if re.search(r"\bfor\b", source):
        return "compute all rows at once, as layers do with a batch, or go over another axis; torch.func.vmap makes a function of one row one of all"
    if re.search(r"\bmath\.|\bnp\.|\bnumpy\.|\bfloat\(", source):
        return "compute with x.shape[0] itself: x.shape[0] ** 0.5 for math.sqrt(len(x))"
    return "take x.shape[0] as it is, without len() or int()"
