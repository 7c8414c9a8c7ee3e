"""Keeps the number of rows open in an export where Python would make a constant of it, and finds the line that does.

``len(x)`` and ``int(x.shape[0])`` must give a number, so tracing them binds the program to the batch that it is traced with. They are
names that a module looks up when it runs: for the time of an export the modules with the model's code have ones of ours, which leave a
size what it is.
"""

from __future__ import annotations

import builtins
import contextlib
import linecache
import sys
from collections.abc import Iterable, Iterator
from typing import Any

import torch
from torch import nn

from . import place


def _len(of: Any, /) -> Any:
    return of.shape[0] if isinstance(of, torch.Tensor) and of.ndim else builtins.len(of)


class _IntegerType(type):
    """The type of the stand-in for int, which is int in all but what it does with a size."""

    def __call__(cls, *arguments: Any, **named: Any) -> Any:
        if len(arguments) == 1 and isinstance(arguments[0], torch.SymInt):
            return arguments[0]
        return int(*arguments, **named)

    def __instancecheck__(cls, value: Any) -> bool:
        return isinstance(value, (int, torch.SymInt))

    def __subclasscheck__(cls, kind: type) -> bool:
        return issubclass(kind, int)


class _Int(int, metaclass=_IntegerType):
    pass


_NAMES = {"len": _len, "int": _Int}


def open_rows(model: nn.Module) -> contextlib.AbstractContextManager[None]:
    """Let the model's code take sizes of tensors as sizes, and not as numbers."""
    return names_of(model, _NAMES)


@contextlib.contextmanager
def names_of(model: nn.Module, stand_ins: dict[str, Any]) -> Iterator[None]:
    """Let the modules with the model's code find these in place of Python's own."""
    changed = []
    try:
        for names in _modules(model):
            for name, ours in stand_ins.items():
                if name not in names:  # else it is one of the user's own
                    names[name] = ours
                    changed.append((names, name, ours))
        yield
    finally:
        for names, name, ours in changed:
            if names.get(name) is ours:
                del names[name]


@contextlib.contextmanager
def methods_of(stand_ins: Iterable[tuple[type, str, Any]]) -> Iterator[None]:
    """Let classes have these methods in place of their own."""
    with contextlib.ExitStack() as kept:
        for kind, name, ours in list(stand_ins):
            if name in vars(kind):
                kept.callback(setattr, kind, name, vars(kind)[name])
            else:  # it is inherited
                kept.callback(delattr, kind, name)
            setattr(kind, name, ours)
        yield


def _modules(model: nn.Module) -> list[dict[str, Any]]:
    """Return the names of the Python modules that the model's code is in, and of all others of the user's, which it may call."""
    found = {}
    for module in model.modules():
        code = getattr(type(module).forward, "__code__", None)
        if code is not None and place.users(code.co_filename):
            found[id(type(module).forward.__globals__)] = type(module).forward.__globals__
    for module in list(sys.modules.values()):
        file = getattr(module, "__file__", None)
        if isinstance(file, str) and "-packages" not in file and place.users(file):
            found[id(module.__dict__)] = module.__dict__
    return list(found.values())


class Fixing:
    """Finds the first line of the user's that makes a number of a size while a model is traced."""

    def __init__(self) -> None:
        self.where = self.source = ""

    @contextlib.contextmanager
    def watched(self) -> Iterator[None]:
        """Look at what makes numbers of sizes, and goes over the rows of tensors."""
        with methods_of((kind, name, self._noting(getattr(kind, name))) for kind, name in _TAKERS if hasattr(kind, name)):
            yield

    def _noting(self, original: Any) -> Any:
        def noting(value: Any, *more: Any, **named: Any) -> Any:
            if not self.where:
                self._note(sys._getframe(1))
            return original(value, *more, **named)

        return noting

    def _note(self, frame: Any) -> None:
        """Take the line where the user's code itself asks for it: what torch does with a size needn't make it a constant."""
        file = frame.f_code.co_filename
        if place.users(file):
            self.where, self.source = f"{file}:{frame.f_lineno}", linecache.getline(file, frame.f_lineno).strip()


_TAKERS = [(torch.SymInt, "__index__"), (torch.SymInt, "__int__"), (torch.SymInt, "__float__"), (torch.Tensor, "__len__"), (torch.Tensor, "__iter__")]

__all__ = ["Fixing", "methods_of", "names_of", "open_rows"]
