"""Describes a loss by its class in torch.nn and the options of its constructor, and computes it."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import nn
from torch.nn import functional
from torch.utils import _pytree as pytree

from .. import tree
from ..errors import UnstuckError
from .plain import plain

_NAMES = {
    "mse": "MSELoss", "mse_loss": "MSELoss", "mean_squared_error": "MSELoss",
    "mae": "L1Loss", "l1": "L1Loss", "l1_loss": "L1Loss", "mean_absolute_error": "L1Loss",
    "cross_entropy": "CrossEntropyLoss", "nll": "NLLLoss", "nll_loss": "NLLLoss",
    "bce": "BCELoss", "binary_cross_entropy": "BCELoss",
    "bce_with_logits": "BCEWithLogitsLoss", "binary_cross_entropy_with_logits": "BCEWithLogitsLoss",
    "huber": "HuberLoss", "huber_loss": "HuberLoss", "smooth_l1": "SmoothL1Loss", "smooth_l1_loss": "SmoothL1Loss",
    "kl_div": "KLDivLoss", "poisson_nll_loss": "PoissonNLLLoss", "soft_margin_loss": "SoftMarginLoss",
    "multi_margin_loss": "MultiMarginLoss", "multilabel_margin_loss": "MultiLabelMarginLoss",
    "multilabel_soft_margin_loss": "MultiLabelSoftMarginLoss", "hinge_embedding_loss": "HingeEmbeddingLoss",
}  # fmt: skip

_BY_CLASS_INDEX = {"CrossEntropyLoss", "NLLLoss", "MultiMarginLoss", "MultiLabelMarginLoss"}


class Loss:
    """What is minimized: of one output, or the weighted sum of those of several; None among them leaves an output out."""

    def __init__(self, given: Any, weights: Sequence[float] | None = None) -> None:
        """Take a loss of torch.nn, a function, a name such as "mse", or a list, tuple or dictionary of them."""
        self.several = isinstance(given, (list, tuple, Mapping))
        self.keys = list(given) if isinstance(given, Mapping) else None
        parts = list(given.values()) if isinstance(given, Mapping) else list(given) if self.several else [given]
        self.parts: list[Any] = [None if part is None else _callable(part) for part in parts]
        if weights is not None and (not self.several or len(weights) != len(parts)):
            raise UnstuckError(f"loss_weights has {len(weights)} numbers for {len(parts)} losses")
        self.weights = [1.0] * len(parts) if weights is None else [float(w) for w in weights]

    def described(self) -> dict[str, Any]:
        """Return what training.json says of it."""
        if not self.several:
            return {"loss": describe(self.parts[0])}
        return {"losses": [None if part is None else describe(part) for part in self.parts], "loss_weights": self.weights}

    @functools.cached_property
    def own(self) -> bool:
        """Report whether a part of it isn't a loss of torch.nn."""
        return any(part is not None and describe(part)["class"].startswith("own:") for part in self.parts)

    def takes_numbers(self, target: int) -> bool:
        """Report whether the loss of that target takes numbers alone, so that integers among targets mean numbers."""
        part = self.parts[target] if target < len(self.parts) else None
        name = "" if part is None else describe(part)["class"]
        return bool(name) and name not in _BY_CLASS_INDEX and not name.startswith("own:")

    def _given(self, outputs: Any, targets: Any) -> list[Any]:
        """Return what the one loss is called with: of several outputs that it takes at once each, in the loss' order."""
        name = describe(self.parts[0])["class"]
        count = _JOINTLY.get(name, 0)
        if not count:
            return [outputs, targets]
        parts = tree.leaves(tuple(outputs) if isinstance(outputs, list) else outputs)
        if len(parts) != count or len({tuple(part.shape) for part in parts}) != 1:
            shapes = [list(part.shape) for part in parts]
            raise UnstuckError(f"{name} takes {count} outputs of the model, of one shape; forward returns {len(parts)}, of shapes {shapes}")
        if name == "TripletMarginLoss":
            return parts
        return [parts[0], targets, parts[1]] if name == "GaussianNLLLoss" else [*parts, targets]

    def __call__(self, outputs: Any, targets: Any) -> torch.Tensor:
        if not self.several:
            value: torch.Tensor = self.parts[0](*self._given(outputs, targets))
            return value
        given = _in_order(outputs, self.keys, "outputs")
        wanted = _in_order(targets, self.keys, "targets")
        if len(given) != len(self.parts) or len(wanted) not in (len(given), sum(part is not None for part in self.parts)):
            raise UnstuckError(f"there are {len(self.parts)} losses for {len(given)} outputs and {len(wanted)} targets of the model")
        if len(wanted) < len(given):
            rest = iter(wanted)
            wanted = [None if part is None else next(rest) for part in self.parts]
        terms = [w * part(o, t) for w, part, o, t in zip(self.weights, self.parts, given, wanted) if part is not None]
        return functools.reduce(torch.add, terms)


_JOINTLY = {"GaussianNLLLoss": 2, "MarginRankingLoss": 2, "CosineEmbeddingLoss": 2, "TripletMarginLoss": 3}
"""Losses that take several outputs of a model at once, and how many."""


def _in_order(values: Any, keys: list[str] | None, what: str) -> list[Any]:
    if isinstance(values, Mapping):
        if keys is not None and set(keys) != set(values):
            raise UnstuckError(f"the losses are for {keys}, the {what} are {list(values)}")
        return [values[key] for key in keys or values]
    return tree.leaves(tuple(values) if isinstance(values, list) else values)


def _callable(given: Any) -> Any:
    if isinstance(given, str):
        name = _NAMES.get(given, given)
        loss = getattr(nn, name, None)
        if not (inspect.isclass(loss) and issubclass(loss, nn.modules.loss._Loss)):
            raise UnstuckError(f"the loss {given!r} is unknown; known are {', '.join(sorted(_NAMES))} and the classes of torch.nn")
        return loss()
    if inspect.isclass(given) and issubclass(given, nn.Module):
        raise UnstuckError(f"loss is the class {given.__name__}; give one that is made: {given.__name__}()")
    if not callable(given):
        raise UnstuckError(f"loss is a {type(given).__name__}; a loss of torch.nn, a function or a name such as 'mse' is needed")
    return given


def describe(loss: Any) -> dict[str, Any]:
    """Return the class of a loss in torch.nn with the options of its constructor, or its own name."""
    function, options = (loss.func, loss.keywords) if isinstance(loss, functools.partial) and not loss.args else (loss, {})
    name = getattr(function, "__name__", "")
    if name in _NAMES and getattr(functional, name, None) is function:
        made = getattr(nn, _NAMES[name])()
        return {"class": _NAMES[name], "options": _options(made) | {key: plain(value) for key, value in options.items()}}
    kind = type(loss)
    if kind is getattr(nn, kind.__name__, None) and isinstance(loss, nn.modules.loss._Loss):
        return {"class": kind.__name__, "options": _options(loss)}
    return {"class": "own:" + (name or kind.__name__)}


def _options(loss: nn.Module) -> dict[str, Any]:
    names = [name for name in inspect.signature(type(loss).__init__).parameters if name not in ("self", "size_average", "reduce")]
    return {name: plain(getattr(loss, name)) for name in names if hasattr(loss, name)}


def on_cpu(loss: Loss) -> Loss:
    """Return a copy of loss whose weights are on the CPU, in float32."""
    from .twin import twin

    copied = Loss.__new__(Loss)
    copied.several, copied.keys, copied.weights = loss.several, loss.keys, loss.weights
    copied.parts = [twin(part) if isinstance(part, nn.Module) else _moved(part) for part in loss.parts]
    return copied


def _moved(part: Any) -> Any:
    if not isinstance(part, functools.partial):
        return part
    keywords = pytree.tree_map(lambda v: v.cpu() if isinstance(v, torch.Tensor) else v, part.keywords)
    return functools.partial(part.func, *part.args, **keywords)
