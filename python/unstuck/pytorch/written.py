"""Finds where the user's program makes what it gave: variables, lines, modules. For words in a report alone: whatever can't be
found is left out, and nothing here raises."""

from __future__ import annotations

import ast
import inspect
import linecache
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from types import FrameType
from typing import Any

from torch import nn

_PACKAGE = __name__.split(".")[0]
_MOST_MODULES = 500
_MOST_TEXT = 300


def described(model: nn.Module, given: dict[str, Any]) -> dict[str, Any]:
    """Return variables and modules, each as {"name", "file", "line", "text"}, of the program that called this package."""
    try:
        program = _Program(_caller())
        variables = program.variables(given)
        return {"variables": variables, "modules": _modules(model, program.made_by_call("model"))}
    except Exception:  # the words are worth less than the training
        return {}


def _caller() -> FrameType:
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_globals.get("__name__", "").split(".")[0] == _PACKAGE:
        frame = frame.f_back
    return frame


@dataclass(frozen=True)
class _Place:
    """An expression or statement with the file that it stands in."""

    file: str
    node: ast.AST

    def spot(self, name: str = "") -> dict[str, Any]:
        lines = linecache.getlines(self.file)
        source = ast.get_source_segment("".join(lines), self.node) or ""
        text = textwrap.dedent(" " * getattr(self.node, "col_offset", 0) + source)
        spot = {"file": _file_name(self.file), "line": getattr(self.node, "lineno", 0), "text": text[:_MOST_TEXT]}
        return spot | ({"name": name} if name else {})


def _file_name(path: str) -> str:
    path = path.replace("\\", "/")
    return "the cell" if "ipykernel_" in path or path.startswith("<ipython-input") else path.rsplit("/", 1)[-1]


@lru_cache(maxsize=64)
def _tree(file: str) -> ast.Module | None:
    try:
        return ast.parse("".join(linecache.getlines(file)))
    except (SyntaxError, ValueError):
        return None


class _Program:
    """The file from which this package was called, and the call."""

    def __init__(self, frame: FrameType) -> None:
        self.file, self.line = frame.f_code.co_filename, frame.f_lineno
        self.names = {**frame.f_globals, **frame.f_locals}
        self.tree = _tree(self.file)
        self.scopes: list[ast.AST] = []
        self.call: ast.Call | None = None
        if self.tree is not None:
            around = [f for f in ast.walk(self.tree) if isinstance(f, ast.FunctionDef) and f.lineno <= self.line <= (f.end_lineno or 0)]
            self.scopes = [*sorted(around, key=lambda f: -f.lineno), self.tree]
            calls = [c for c in ast.walk(self.tree) if isinstance(c, ast.Call) and c.lineno <= self.line <= (c.end_lineno or 0)]
            ours = [c for c in calls if _last_name(c.func) in ("save", "diagnose")]
            self.call = ours[0] if ours else None

    def variables(self, given: dict[str, Any]) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {}
        for what, value in given.items():
            if value is None:
                continue
            expression = self._argument(what)
            if isinstance(expression, ast.Attribute):  # self.model
                found[what] = {"name": ast.unparse(expression)}
                continue
            name = expression.id if isinstance(expression, ast.Name) else self._bound(value) if expression is None else ""
            made = self._assigned(name) if name else None
            if made is not None:
                found[what] = made.spot(name)
            elif name:
                found[what] = {"name": name}
            elif expression is not None:
                found[what] = _Place(self.file, expression).spot()
        return found | self._loop()

    def made_by_call(self, what: str) -> _Place | None:
        """Return the expression that makes it."""
        expression = self._argument(what)
        if isinstance(expression, ast.Name):
            made = self._assigned(expression.id)
            return None if made is None or not isinstance(made.node, ast.Assign) else _Place(self.file, made.node.value)
        return None if expression is None else _Place(self.file, expression)

    def _argument(self, what: str) -> ast.expr | None:
        if self.call is None:
            return None
        for keyword in self.call.keywords:
            if keyword.arg == what:
                return keyword.value
        at = 0 if _last_name(self.call.func) == "diagnose" else 1
        return self.call.args[at] if what == "model" and len(self.call.args) > at else None

    def _bound(self, value: Any) -> str:
        if isinstance(value, (int, float, str, bool)):
            return ""
        return next((name for name, bound in self.names.items() if bound is value and not name.startswith("_")), "")

    def _assigned(self, name: str) -> _Place | None:
        """Return the last statement ahead of the call that sets the variable, in the function around it or in the module."""
        for scope in self.scopes:
            made = [s for s in _statements(scope) if s.lineno < self.line and _sets(s, name)]
            if made:
                return _Place(self.file, max(made, key=lambda s: s.lineno))
        return None

    def _loop(self) -> dict[str, dict[str, Any]]:
        """Return the lines of the training's loop, where this file has one."""
        if self.tree is None:
            return {}
        found: dict[str, dict[str, Any]] = {}
        for loop in ast.walk(self.tree):
            if not isinstance(loop, ast.For):
                continue
            steps = [s for s in ast.walk(loop) if isinstance(s, ast.Expr) and isinstance(s.value, ast.Call)]
            backward = next((s for s in steps if _last_name(s.value.func) == "backward"), None)  # type: ignore[attr-defined]
            if backward is None:
                continue
            if isinstance(loop.iter, ast.Call) and _last_name(loop.iter.func) in ("range", "trange", "tqdm"):
                spot = _Place(self.file, loop).spot()
                found.setdefault("loop", spot | {"text": linecache.getline(self.file, loop.lineno).strip()})
            found.setdefault("backward", _Place(self.file, backward).spot())
            for s in steps:
                if _last_name(s.value.func) == "step" and s.lineno > backward.lineno:  # type: ignore[attr-defined]
                    found.setdefault("step", _Place(self.file, s).spot())
        return found


def _last_name(function: ast.expr) -> str:
    return function.id if isinstance(function, ast.Name) else function.attr if isinstance(function, ast.Attribute) else ""


def _statements(scope: ast.AST) -> Iterator[Any]:
    """Yield the assignments of a scope, without those of functions and classes in it."""
    for child in ast.iter_child_nodes(scope):
        if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            continue
        if isinstance(child, (ast.Assign, ast.AnnAssign)):
            yield child
        yield from _statements(child)


def _targets(statement: Any) -> Iterator[ast.expr]:
    for target in statement.targets if isinstance(statement, ast.Assign) else [statement.target]:
        yield from target.elts if isinstance(target, (ast.Tuple, ast.List)) else [target]


def _sets(statement: Any, name: str) -> bool:
    return any(isinstance(target, ast.Name) and target.id == name for target in _targets(statement))


def _modules(model: nn.Module, made: _Place | None) -> dict[str, dict[str, Any]]:
    """Return where each module is made, by its path."""
    found: dict[str, dict[str, Any]] = {}

    def look(module: nn.Module, path: str, expression: _Place | None) -> None:
        for name, child in module.named_children():
            if len(found) >= _MOST_MODULES:
                return
            below = f"{path}.{name}" if path else name
            place = _element(expression, name) if expression is not None else None
            if place is not None:
                found[below] = place.spot()
            else:
                statement = _attribute(type(module), name)
                if statement is not None:
                    found[below] = statement.spot()
                    if isinstance(statement.node, ast.Assign):
                        place = _Place(statement.file, statement.node.value)
            look(child, below, place)

    look(model, "", made)
    return found


def _element(of: _Place, name: str) -> _Place | None:
    """Return what makes an element of a Sequential or a list that is written out."""
    call = of.node
    if not isinstance(call, ast.Call) or not name.isdigit() or _last_name(call.func) not in ("Sequential", "ModuleList"):
        return None
    elements = call.args
    if len(elements) == 1 and isinstance(elements[0], (ast.List, ast.Tuple)):
        elements = elements[0].elts
    if any(isinstance(e, ast.Starred) for e in elements) or int(name) >= len(elements):
        return None
    return _Place(of.file, elements[int(name)])


def _attribute(kind: type, name: str) -> _Place | None:
    """Return the statement of a class of the user's that sets self.name."""
    for base in kind.__mro__:
        if base.__module__.split(".")[0] in ("torch", "builtins"):
            continue
        file = inspect.getsourcefile(base)
        tree = None if file is None else _tree(file)
        if file is None or tree is None:
            continue
        for definition in ast.walk(tree):
            if not isinstance(definition, ast.ClassDef) or definition.name != base.__name__:
                continue
            made = [s for s in ast.walk(definition) if isinstance(s, (ast.Assign, ast.AnnAssign)) and any(_is_self(t, name) for t in _targets(s))]
            if made:
                return _Place(file, made[-1])
    return None


def _is_self(target: ast.expr, name: str) -> bool:
    return isinstance(target, ast.Attribute) and target.attr == name and isinstance(target.value, ast.Name) and target.value.id == "self"
