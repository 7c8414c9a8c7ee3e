"""Says in plain words why a model can't be exported, where, and what to change."""

from __future__ import annotations

import re
import traceback
from typing import Any

import torch
from torch import nn

from ..errors import UnstuckError
from . import place

_BRANCH = (
    "forward decides by the values of a tensor (if, while, for, assert, int() or bool() of one), so it has no one program for every batch",
    "compute both and choose with torch.where(condition, a, b), or multiply by a mask; put assertions behind "
    "`if not torch.compiler.is_exporting():`",
)
_ITEM = (
    "forward takes a number out of a tensor, with .item(), .tolist() or float(): no gradient passes, and the program would need its value",
    "keep it a tensor: x / x.max() instead of x / x.max().item(), with .detach() where no gradient shall pass",
)
_SHAPE = (
    "the shape of a result depends on the values of a tensor, as with x[mask], nonzero and unique",
    "keep the shape: torch.where(mask, x, 0), or multiply by mask.float() and divide by its sum for a mean",
)
_NUMPY = (
    "NumPy computes on a tensor: no gradient passes, and the program doesn't see it",
    "use the function of the same name in torch: torch.tanh for np.tanh; what is constant belongs into __init__ and self.register_buffer(…)",
)
_PACKED = (
    "packed sequences depend on the lengths in the batch and have no one program",
    "run the recurrent layer on the padded sequences, and pick each row's last step by its length with torch.gather, or mask the loss",
)
_DEVICE = (
    "forward names a device, and everything is computed on the CPU here",
    "take the device from the input, torch.zeros(n, device=x.device), and keep constants in self.register_buffer(…)",
)

_BY_TYPE = {
    "GuardOnDataDependentSymNode": _BRANCH,
    "DataDependentOutputException": _ITEM,
    "DynamicOutputShapeException": _SHAPE,
    "FakeTensorDeviceMismatchError": _DEVICE,
}
_ANOTHER_DEVICE = r"same device|CUDA|cuda|NVIDIA|MPS|mps:|not compiled with"
_BY_TEXT = [
    (r"PackedSequence|pack_padded_sequence", _PACKED),
    (r"\.numpy\(\)|numpy\(\) (is not|on)|Can't call numpy", _NUMPY),
    (r"[Dd]ata-dependent", _BRANCH),
    (_ANOTHER_DEVICE, _DEVICE),
]
_NUMBERS = {"aten.item.default", "aten._local_scalar_dense.default"}
_SHAPES = {"aten.nonzero.default", "aten.masked_select.default", "aten._unique2.default", "aten.unique_consecutive.default", "aten.where.default"}


def names_device(error: Exception) -> bool:
    """Report whether error is about a device that was named."""
    return re.search(_ANOTHER_DEVICE, str(error)) is not None


def failure(error: Exception, model: nn.Module) -> UnstuckError:
    """Return what a stranger understands of an error of torch.export."""
    where, source = place.of_error(error, model)
    text = str(error)
    known = _BY_TYPE.get(type(error).__name__)
    if known is None:
        told = f"{text}\n{source}\n{_functions(error)}"
        known = next((words for pattern, words in _BY_TEXT if re.search(pattern, told)), None)
    if known is None:
        return UnstuckError(_message(f"torch.export can't follow the model: {_first(text) or type(error).__name__}", where, source, ""))
    return UnstuckError(_message(known[0], where, source, known[1]))


def refuse(program: Any) -> None:
    """Raise UnstuckError for an operation in program whose result no later training could have: a number taken out of a
    tensor, or a shape that depends on values."""
    for node in program.graph.nodes:
        name = str(node.target)
        if name in _NUMBERS:
            known = _ITEM
        elif name in _SHAPES or (name == "aten.index.Tensor" and _by_mask(node)):
            known = _SHAPE
        else:
            continue
        where, source = place.of_node(node)
        raise UnstuckError(_message(known[0], where, source, known[1]))


def _by_mask(node: Any) -> bool:
    return any(index is not None and index.meta["val"].dtype is torch.bool for index in node.args[1])


def own_gradients(output: torch.Tensor) -> list[str]:
    """Return the names of functions of the user's with a gradient of their own, which a program wouldn't keep."""
    seen, found, todo = set(), [], [output.grad_fn]
    while todo:
        node = todo.pop()
        if node is None or node in seen:
            continue
        seen.add(node)
        function = getattr(type(node), "_forward_cls", None)
        if function is not None and not function.__module__.startswith("torch."):
            found.append(function.__name__)
        todo.extend(following for following, _ in node.next_functions)
    return sorted(set(found))


def _functions(error: BaseException) -> str:
    """Name the functions in which an error arose, and the kinds of what they held."""
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    return " ".join(name for frame in frames for name in (frame.f_code.co_name, *(type(value).__name__ for value in frame.f_locals.values())))


def _first(text: str) -> str:
    return next((line.strip() for line in text.splitlines() if line.strip()), "")[:300]


def _message(what: str, where: str, source: str, change: str) -> str:
    lines = [what + where + "."]
    if source:
        lines.append(f"    {source}")
    if change:
        lines.append(f"What to change: {change}.")
    return "\n".join(lines)
