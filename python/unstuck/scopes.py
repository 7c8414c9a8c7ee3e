"""Finds the functions that a loop is made of, as they stand in the user's files, without running any of them."""

from __future__ import annotations

import ast
import inspect
import linecache
import types
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

_MOST_FUNCTIONS = 60
_MOST_LINES = 20_000  # of a file


@dataclass(frozen=True, eq=False)
class Scope:
    """A function, or the statements of a file outside of functions, and the values that its names have while the loop runs."""

    file: str
    node: ast.AST
    names: dict[str, Any]
    forward: bool = False  # of a model, not of the loop

    def value(self, expression: ast.AST) -> Any:
        """Return what a name, or an attribute of one, stands for; None where that isn't known. Nothing of the user's is run."""
        if isinstance(expression, ast.Name):
            return self.names.get(expression.id)
        if isinstance(expression, ast.Attribute):
            owner = self.value(expression.value)
            return None if owner is None else _attribute(owner, expression.attr)
        return None

    def walk(self) -> Iterator[ast.AST]:
        """Yield every node; of a file, those outside of functions and classes."""
        return _outside(self.node) if isinstance(self.node, ast.Module) else ast.walk(self.node)


def _outside(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield child
            yield from _outside(child)


def _attribute(owner: Any, name: str) -> Any:
    own = getattr(owner, "__dict__", {})
    for held in (own, own.get("_modules"), own.get("_parameters")):
        if isinstance(held, dict) and name in held:
            return held[name]
    found = inspect.getattr_static(type(owner) if not isinstance(owner, (type, types.ModuleType)) else owner, name, None)
    return types.MethodType(found, owner) if isinstance(found, types.FunctionType) and not isinstance(owner, (type, types.ModuleType)) else found


@lru_cache(maxsize=64)
def tree(file: str) -> ast.Module | None:
    """Return a file's program; None for one that isn't there or isn't Python."""
    lines = linecache.getlines(file)
    if not lines or len(lines) > _MOST_LINES:
        return None
    try:
        return ast.parse("".join(lines))
    except (SyntaxError, ValueError, RecursionError):
        return None


def of_line(file: str, line: int) -> ast.AST | None:
    """Return the innermost function around a line, or the file."""
    program = tree(file)
    if program is None:
        return None
    around = [f for f in ast.walk(program) if isinstance(f, (ast.FunctionDef, ast.AsyncFunctionDef)) and _first(f) <= line <= (f.end_lineno or 0)]
    return max(around, key=_first, default=program)


def _first(function: Any) -> int:
    return min([function.lineno, *(d.lineno for d in function.decorator_list)])


def reached(
    frames: Iterable[types.FrameType],
    modules: Iterable[Any],
    users: Callable[[str], bool],
    methods: Iterable[str] = ("__init__", "forward"),
    functions: Iterable[Any] = (),
    bases: Iterable[str] = (),
    takers: Iterable[str] = (),
) -> list[Scope]:
    """Return the functions of the user's that run, those methods of a model's modules, further functions, and what any of these calls;
    of a class that is made and has one of the bases, all methods. What functions called as takers say are given runs as well.

    A function is the user's where users says so of its file. What is called is found by what its name stands for. How an object was
    made whose method runs, which is over by then, is in its __init__.
    """
    scopes: list[Scope] = []
    known: set[int] = set()

    def add(file: str, node: ast.AST | None, names: dict[str, Any], forward: bool) -> None:
        if node is not None and id(node) not in known and len(scopes) < _MOST_FUNCTIONS:
            known.add(id(node))
            scopes.append(Scope(file, node, names, forward))

    def add_function(function: Any, forward: bool) -> None:
        bound = next((f for f in _chain(function) if isinstance(f, types.MethodType)), None)
        owner = {} if bound is None else {"self": bound.__self__}
        plain = undecorated(function)
        if isinstance(plain, types.FunctionType) and users(plain.__code__.co_filename):
            node = of_line(plain.__code__.co_filename, plain.__code__.co_firstlineno)
            if not isinstance(node, ast.Module):
                cells = dict(zip(plain.__code__.co_freevars, (c.cell_contents for c in plain.__closure__ or () if not _empty(c))))
                add(plain.__code__.co_filename, node, {**plain.__globals__, **cells, **owner}, forward)

    for frame in frames:
        add(frame.f_code.co_filename, of_line(frame.f_code.co_filename, frame.f_lineno), {**frame.f_globals, **frame.f_locals}, False)
    for module in modules:
        for name in methods:
            add_function(_attribute(module, name), True)
    for function in functions:
        add_function(function, False)
    for scope in list(scopes):
        add_function(_attribute(owner, "__init__") if (owner := scope.names.get("self")) is not None else None, scope.forward)
    at = 0
    while at < len(scopes):
        scope = scopes[at]
        at += 1
        for node in scope.walk():
            if isinstance(node, ast.Call):
                if node.args and getattr(node.func, "attr", getattr(node.func, "id", "")) in takers:
                    add_function(scope.value(node.args[0]), scope.forward)
                called = scope.value(node.func)
                if runs(called):
                    add_function(called, scope.forward)
                elif isinstance(called, type) and {base.__name__ for base in called.__mro__} & set(bases):
                    for function in vars(called).values():
                        if isinstance(function, types.FunctionType):
                            add_function(function, False)
                elif not scope.forward:
                    add_function(calling(called), False)
    return scopes


def runs(value: Any) -> bool:
    """Report whether a value is a function or method, or what has been made of one, by a decorator or a compiler."""
    return isinstance(value, (types.FunctionType, types.MethodType)) or inspect.getattr_static(value, "__wrapped__", None) is not None


def calling(value: Any) -> Any:
    """Return the method that runs when an object is called, stopper(loss, model); None for what has none that is written in Python."""
    return None if value is None or isinstance(value, type) else _attribute(value, "__call__")


def undecorated(function: Any) -> Any:
    """Return the function that was written, beneath methods and decorators that say what they wrap."""
    last = _chain(function)[-1]
    return getattr(last, "__func__", last)


def _chain(function: Any) -> list[Any]:
    """Return a function and what it wraps, one beneath the other."""
    chain = [function]
    while len(chain) < 10 and (beneath := getattr(getattr(chain[-1], "__func__", chain[-1]), "__wrapped__", None)) is not None:
        chain.append(beneath)
    return chain


def _empty(cell: Any) -> bool:
    try:
        cell.cell_contents
    except ValueError:
        return True
    return False
