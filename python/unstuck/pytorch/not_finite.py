"""Finds where in a model numbers stop being finite: the first operation, its layer and line, of a forward pass or on the way back through it."""

from __future__ import annotations

import math
import sys
from typing import Any

import torch
from torch import nn
from torch.overrides import TorchFunctionMode

from .. import users_code
from . import place, seen
from .call import bind
from .quiet import quiet
from .untouched import random_state

_MOST_NODES = 20_000


def origin(model: nn.Module, x: Any) -> dict[str, Any] | None:
    """Return the operation that makes of finite numbers others, of outputs or else of gradients: operation, layer, line, and whether it is
    the way back; None where all stay finite. The model is a copy that is for trying.
    """
    call = bind(model, x)
    layers = _Layers(model)
    looking = _Looking(layers)
    with random_state(), quiet(), torch.enable_grad():
        try:
            with looking:
                outputs = [o for o in seen.leaves(model(*call.args, **call.kwargs)) if o.is_floating_point()]
        finally:
            layers.remove()
        if any(not bool(o.isfinite().all()) for o in outputs):
            return looking.first()
        return _back([o for o in outputs if o.requires_grad], looking.nodes)


class _Layers:
    """The layers whose forward is running, the innermost last."""

    def __init__(self, model: nn.Module) -> None:
        self.running: list[str] = []
        self.handles: list[Any] = []
        for name, module in model.named_modules():
            told = f"{name} ({type(module).__name__})" if name else ""
            self.handles.append(module.register_forward_pre_hook(lambda *_, told=told: self.running.append(told)))
            self.handles.append(module.register_forward_hook(self._ends))

    def _ends(self, *_: Any) -> None:
        self.running.pop()

    def remove(self) -> None:
        for handle in self.handles:
            handle.remove()


class _Looking(TorchFunctionMode):
    """Looks at what each operation makes."""

    def __init__(self, layers: _Layers) -> None:
        super().__init__()
        self.layers = layers
        self.nan: dict[str, Any] | None = None  # the first that makes NaN, with whether infinities came into it
        self.infinite: dict[str, Any] | None = None  # the first that makes infinities of finite numbers: a mask that is filled with them isn't
        self.nodes: dict[Any, dict[str, Any]] = {}  # of the graph, by what made them

    def __torch_function__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        made = function(*args, **(kwargs or {}))
        results = [t for t in seen.leaves(made) if t.is_floating_point()]
        if results and getattr(function, "__name__", "") != "__get__":
            told = {"operation": getattr(function, "__name__", str(function)).strip("_"), "layer": self.layers.running[-1] if self.layers.running else "", "line": _line()}
            self._look(told, [args, kwargs], results)
            for result in results:
                self._know(result.grad_fn, told)
        return made

    def _look(self, told: dict[str, Any], given: Any, results: list[torch.Tensor]) -> None:
        if self.nan is not None or all(bool(r.isfinite().all()) for r in results):
            return
        leaves = torch.utils._pytree.tree_leaves(given)
        tensors = [t for t in leaves if isinstance(t, torch.Tensor) and t.is_floating_point()]
        infinite = any(bool(t.isinf().any()) for t in tensors) or any(isinstance(v, float) and math.isinf(v) for v in leaves)
        if any(bool(r.isnan().any()) for r in results):
            self.nan = told | {"of_infinite": infinite}
        elif not infinite and self.infinite is None:
            self.infinite = told

    def _know(self, node: Any, told: dict[str, Any]) -> None:
        todo = [node]
        while todo and len(self.nodes) < _MOST_NODES:
            one = todo.pop()
            if one is not None and one not in self.nodes:
                self.nodes[one] = told
                todo.extend(before for before, _ in one.next_functions)

    def first(self) -> dict[str, Any] | None:
        """Return where it begins: NaN of infinities begins with these, where an operation has made them."""
        found = self.nan
        if found is None or found.get("of_infinite") and self.infinite is not None:
            found = self.infinite or found
        return None if found is None else {**{key: found[key] for key in ("operation", "layer", "line")}, "back": False}


def _back(outputs: list[torch.Tensor], nodes: dict[Any, dict[str, Any]]) -> dict[str, Any] | None:
    """Return the operation whose gradient is the first that isn't finite, of gradients at the outputs that are drawn."""
    found: list[dict[str, Any]] = []

    def finite(gradients: Any) -> bool:
        return all(g is None or bool(g.isfinite().all()) for g in gradients)

    handles = [
        node.register_hook(lambda into, out, told=told: None if found or finite(into) or not finite(out) else found.append(told)) for node, told in nodes.items()
    ]
    try:
        if outputs:
            torch.autograd.backward(outputs, [torch.randn_like(o) for o in outputs])
    finally:
        for handle in handles:
            handle.remove()
    return {**found[0], "back": True} if found else None


def _line() -> dict[str, Any] | None:
    """Return the line of the user's in which the operation stands; None where it is one of a layer that no code of the user's calls."""
    frame = sys._getframe(2)
    while frame is not None and frame.f_code.co_filename != __file__:
        if place.users(frame.f_code.co_filename) and "-packages" not in frame.f_code.co_filename:
            return users_code.told(frame.f_code.co_filename, frame.f_lineno)
        frame = frame.f_back  # type: ignore[assignment]
    return None
