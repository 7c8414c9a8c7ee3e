"""Finds the place in the user's code that an error or a node of a program comes from."""

from __future__ import annotations

import linecache
import os
import re
import traceback
from types import TracebackType
from typing import Any

import torch
from torch import nn

from .. import users_code

TORCH = os.path.dirname(torch.__file__) + os.sep

_NOT_THE_USERS = (TORCH, os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep)


def users(file: str) -> bool:
    """Report whether a file is neither PyTorch's nor Python's nor this package's; what is typed in, "<stdin>", is the user's."""
    return users_code.users(file, TORCH)


def of_error(error: BaseException, model: nn.Module) -> tuple[str, str]:
    """Return where in the user's code an error arose, " (model.py:12, in encoder (Linear))", and that line; "" for unknown."""
    line = source = ""
    below = False  # this package: above it are the frames of whoever called it
    for frame, number in traceback.walk_tb(error.__traceback__):
        below = below or frame.f_code.co_filename.startswith(_NOT_THE_USERS)
        if users(frame.f_code.co_filename) and below:
            line = f"{frame.f_code.co_filename}:{number}"
            source = linecache.getline(frame.f_code.co_filename, number).strip()
    return _text(line, _module(error.__traceback__, model)), source


def _module(trace: TracebackType | None, model: nn.Module) -> str:
    names = {id(module): name for name, module in model.named_modules()}
    found = ""
    for frame, _ in traceback.walk_tb(trace):
        module = frame.f_locals.get("self")
        if isinstance(module, nn.Module) and names.get(id(module)):
            found = f"{names[id(module)]} ({type(module).__name__})"
    return found


def of_node(node: Any) -> tuple[str, str]:
    """Return where in the user's code a node of a program comes from, as ``of_error`` does, and that line."""
    line = source = ""
    for file, number, text in re.findall(r'File "([^"]+)", line (\d+), in [^\n]+\n([^\n]*)', node.meta.get("stack_trace") or ""):
        if users(file):
            line, source = f"{file}:{number}", text.strip()
    modules = [path for path in (node.meta.get("nn_module_stack") or {}).values() if path[0]]
    module = ""
    if modules:
        path, kind = modules[-1]
        module = f"{path.removeprefix('L__self___')} ({str(getattr(kind, '__name__', kind)).rsplit('.', 1)[-1]})"
    return _text(line, module), source


def _text(line: str, module: str) -> str:
    parts = [part for part in (line, module and f"in {module}") if part]
    return f" ({', '.join(parts)})" if parts else ""
