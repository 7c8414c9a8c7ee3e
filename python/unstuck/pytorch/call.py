"""How a model is called with the inputs that were given, and under which names they are saved."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn
from torch.utils import _pytree as pytree

from ..errors import UnstuckError
from ..source import Ports

_POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


@dataclass
class Call:
    """Arguments of a model's forward, and the names of its inputs in the order in which they lie in the program."""

    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    names: list[str]

    @property
    def tensors(self) -> list[torch.Tensor]:
        leaves: list[torch.Tensor] = pytree.tree_leaves((self.args, self.kwargs))
        return leaves

    def rows(self, count: int) -> Call:
        """Return the same call with the first count rows, on copies of them."""
        args, kwargs = pytree.tree_map(lambda t: t[:count].clone(), (self.args, self.kwargs))
        return Call(args, kwargs, self.names)


def ports(model: nn.Module) -> Ports:
    """Return what the model's forward takes."""
    parameters = inspect.signature(model.forward).parameters.values()
    most: int | None = sum(p.kind in _POSITIONAL for p in parameters)
    if any(p.kind is inspect.Parameter.VAR_POSITIONAL for p in parameters):
        most = None
    return Ports(tuple(p.name for p in parameters), most)


def bind(model: nn.Module, x: Any) -> Call:
    """Match inputs, a tensor or a tuple or dictionary of them, with the parameters of the model's forward.

    A tuple gives positional arguments and a dictionary named ones; where forward takes a single argument, it gets the tuple
    or the dictionary itself. One input is called "x", several are called as forward's parameters.
    """
    signature = inspect.signature(model.forward)
    parameters = list(signature.parameters.values())
    positional = [p.name for p in parameters if p.kind in _POSITIONAL]
    rest = next((p.name for p in parameters if p.kind is inspect.Parameter.VAR_POSITIONAL), None)
    try:
        if isinstance(x, Mapping):
            takes_any = any(p.kind is inspect.Parameter.VAR_KEYWORD for p in parameters)
            if all(name in signature.parameters for name in x) or takes_any:
                bound = signature.bind(**x)
                names = [name for name in signature.parameters if name in x]
                names += [name for name in x if name not in names]
                return _named(bound.args, bound.kwargs, names)
            if len(positional) == 1:
                return _named((dict(x),), {}, list(x))
            raise TypeError(f"it takes {list(signature.parameters)}, x has {list(x)}")
        if isinstance(x, tuple):
            if len(x) > len(positional) == 1 and rest is None:
                return _named((x,), {}, [f"x_{i}" for i in range(len(x))])
            bound = signature.bind(*x)
            names = (positional + [f"{rest}_{i}" for i in range(len(x))])[: len(x)]
            return _named(bound.args, bound.kwargs, names)
        signature.bind(x)
        return _named((x,), {}, ["x"])
    except TypeError as error:
        raise UnstuckError(f"{type(model).__name__}.forward can't be called with these inputs: {error}") from error


def _named(args: tuple[Any, ...], kwargs: dict[str, Any], names: list[str]) -> Call:
    return Call(args, kwargs, ["x"] if len(names) == 1 else names)
