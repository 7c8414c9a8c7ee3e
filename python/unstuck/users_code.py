"""Tells the user's code from that of libraries, and finds the line of it that is running."""

from __future__ import annotations

import functools
import linecache
import os
import sys
import types
from collections.abc import Iterator
from types import FrameType
from typing import Any

_OURS = os.path.dirname(os.path.abspath(__file__)) + os.sep
_NO_NUMBERS = frozenset([type(None), bool, int, float, str, bytes, list, tuple, dict, set, type, types.FunctionType, types.BuiltinFunctionType, types.ModuleType])
_PYTHON = os.path.dirname(os.__file__) + os.sep

_written_by: dict[tuple[str, ...], dict[str, str]] = {}
"""Who has written a file, by the libraries that are asked for: "user", "package" or "library". Each recorded step asks three times."""


@functools.lru_cache(maxsize=4096)
def users(file: str, *libraries: str) -> bool:
    """Report whether a file is neither Python's nor this package's nor in one of the libraries' folders; what is typed in,
    "<stdin>", is the user's. A file that runpy runs is named as it was given, from the working directory on."""
    if file.startswith(("<stdin", "<ipython")):
        return True
    if not file.startswith("<") and not os.path.isabs(file) and os.path.isfile(file):
        file = os.path.abspath(file)
    return os.path.isabs(file) and not file.startswith((_OURS, *libraries)) and ("-packages" in file or not file.startswith(_PYTHON))


def frames(*libraries: str) -> Iterator[FrameType]:
    """Give the frames of the user's code that are running, the innermost first."""
    frame = sys._getframe(1)
    while frame is not None:
        if users(frame.f_code.co_filename, *libraries):
            yield frame
        frame = frame.f_back  # type: ignore[assignment]


def line(*libraries: str) -> dict[str, Any] | None:
    """Return file, line and text of the innermost line of the user's that is running, of installed packages only where there is no other."""
    known = _written_by.setdefault(libraries, {})
    packages = None
    frame = sys._getframe(1)
    while frame is not None:
        file = frame.f_code.co_filename
        by = known.get(file)
        if by is None:
            by = known[file] = "library" if not users(file, *libraries) else "package" if "-packages" in file else "user"
        if by == "user":
            return told(file, frame.f_lineno)
        if by == "package":
            packages = packages or (file, frame.f_lineno)
        frame = frame.f_back  # type: ignore[assignment]
    return None if packages is None else told(*packages)


@functools.lru_cache(maxsize=256)
def told(file: str, number: int) -> dict[str, Any]:
    """Return what is told of a line. It is the same dictionary each time: nobody may change it."""
    return {"file": short(file), "line": number, "text": linecache.getline(file, number).strip()[:200]}


def values(*libraries: str) -> Iterator[Any]:
    """Give what the variables of the user's code that is running hold, those of each scope once; left out is what has no numbers."""
    seen: set[int] = set()
    for frame in frames(*libraries):
        for scope in (frame.f_locals, frame.f_globals):
            if id(scope) not in seen:
                seen.add(id(scope))
                yield from [value for value in scope.values() if type(value) not in _NO_NUMBERS]


@functools.lru_cache(maxsize=256)
def short(file: str) -> str:
    """Return the name of a file as people say it: from the working directory on, or "the cell"."""
    if "ipykernel_" in file or file.startswith("<ipython-input"):
        return "the cell"
    return file.removeprefix(os.getcwd() + os.sep)
