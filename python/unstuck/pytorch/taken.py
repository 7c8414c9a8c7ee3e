"""Exports a model whose forward goes by values of tensors along the way that it took for one batch.

What ``if x.max() > 1``, ``assert`` and ``int(t)`` gave when the model ran is given again while it is traced, in the same order
and at the same lines. A number that is computed with, ``t.item()`` and ``float(t)``, stays a tensor of the program, without its gradient. Such
a program holds for batches that go the same way: who takes it compares its outputs with the model's.
"""

from __future__ import annotations

import builtins
import contextlib
import linecache
import sys
import threading
from collections.abc import Iterator
from typing import Any

import torch
from torch import nn

from . import place
from .call import Call
from .quiet import quiet
from .rows import methods_of, names_of
from .untouched import random_state

_ASKED = ("__bool__", "__int__", "__index__", "__float__", "item")
_LINES = 3


class Taken:
    """What a forward took out of tensors, in its order."""

    def __init__(self) -> None:
        self.values: list[tuple[str, str, int, Any]] = []  # with the name of what asked, file and line
        self.at = 0
        self.thread = threading.get_ident()

    @property
    def elsewhere(self) -> bool:
        """Report whether another thread of the user's asks, as one that loads data: it is none of the model's."""
        return threading.get_ident() != self.thread

    def lines(self) -> str:
        """Return the lines at which the way was chosen, a few of many."""
        found = {(file, number): None for _, file, number, value in self.values if not isinstance(value, float)}
        told = [f"{file}:{number}: {linecache.getline(file, number).strip()}" for file, number in list(found)[:_LINES]]
        more = len(found) - len(told)
        return "; ".join(told) + (f" and {more} more" if more > 0 else "")

    def of(self, name: str, frame: Any) -> Any:
        """Return the next value, which was taken at this line."""
        told = self.values[self.at] if self.at < len(self.values) else ("", "", 0, None)
        if told[:3] != (name, frame.f_code.co_filename, frame.f_lineno):
            raise ValueError(f"traced, forward goes another way at {frame.f_code.co_filename}:{frame.f_lineno}")
        self.at += 1
        return told[3]


@contextlib.contextmanager
def as_it_went(model: nn.Module, call: Call) -> Iterator[Taken]:
    """Run the model, and give what it took out of tensors again while it is traced."""
    taken = Taken()
    with random_state(), quiet(), _asking(taken, _noting):
        buffers = {name: b.detach().clone() for name, b in model.named_buffers()}
        model(*call.args, **call.kwargs)
        with torch.no_grad():
            for name, b in model.named_buffers():
                b.copy_(buffers[name])
    with _asking(taken, _giving), names_of(model, {"float": _Float}):
        yield taken


def _asking(taken: Taken, instead: Any) -> contextlib.AbstractContextManager[None]:
    ours = [(torch.Tensor, name, instead(taken, name, getattr(torch.Tensor, name))) for name in _ASKED]
    printed = torch.Tensor.__format__

    def printing(tensor: Any, spec: str) -> str:
        return printed(tensor, spec) if taken.elsewhere else ""  # of what is printed the program has nothing

    return methods_of([*ours, (torch.Tensor, "__format__", printing)])


def _noting(taken: Taken, name: str, original: Any) -> Any:
    def noting(tensor: Any) -> Any:
        value, frame = original(tensor), sys._getframe(1)
        if not taken.elsewhere and place.users(frame.f_code.co_filename):
            taken.values.append((name, frame.f_code.co_filename, frame.f_lineno, value))
        return value

    return noting


def _giving(taken: Taken, name: str, original: Any) -> Any:
    def giving(tensor: Any) -> Any:
        frame = sys._getframe(1)
        if frame.f_code is _FloatType.__call__.__code__:
            frame = sys._getframe(2)
        if taken.elsewhere or not place.users(frame.f_code.co_filename):
            return original(tensor)
        value = taken.of(name, frame)
        return tensor.detach() if isinstance(value, float) else value

    return giving


class _FloatType(type):
    """The type of the stand-in for float, which is float in all but what it does with a tensor."""

    def __call__(cls, *arguments: Any, **named: Any) -> Any:
        if len(arguments) == 1 and isinstance(arguments[0], torch.Tensor):
            return torch.Tensor.__float__(arguments[0])
        return builtins.float(*arguments, **named)

    def __instancecheck__(cls, value: Any) -> bool:
        return isinstance(value, builtins.float)

    def __subclasscheck__(cls, kind: type) -> bool:
        return issubclass(kind, builtins.float)


class _Float(float, metaclass=_FloatType):
    pass


__all__ = ["Taken", "as_it_went"]
