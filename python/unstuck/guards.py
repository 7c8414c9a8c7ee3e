"""What a step waits for, if (i + 1) % 16 == 0, and what it is given: optimizer.step(closure)."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from .statements import Statements, last_name, text_of


def guards(scope: Statements, call: ast.AST) -> Iterator[dict[str, Any]]:
    """Yield the innermost if around a call, within the innermost loop, or within the function where it has none.

    How is "%" where it counts by a remainder. Given is the counter of an enumerate() over that loop, which begins anew with each
    epoch, and without the if as it holds at the end of an epoch as well; both only where another loop, of the epochs, is around it.
    """
    chain = scope.around(call)
    for child, node in zip(chain, chain[1:]):
        if isinstance(node, (ast.For, ast.AsyncFor, ast.While, ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            return
        if isinstance(node, ast.If) and child in node.body:
            counts = any(isinstance(n, ast.BinOp) and isinstance(n.op, ast.Mod) for n in ast.walk(node.test))
            counter, end = _counter(scope, node) if counts else ("", "")
            without = f"if {_alone(scope, node.test)} or {end}:" if end and node.test.lineno == node.test.end_lineno == node.lineno else None
            yield scope.place("guard", node, how="%" if counts else "", given=counter or None, without=without if counter else None)
            return


def closures(scope: Statements, call: ast.Call) -> Iterator[dict[str, Any]]:
    """Yield what a closure returns that an optimizer's step() is given, optimizer.step(closure)."""
    for given in (*call.args, *(k.value for k in call.keywords)):
        for node in scope.nodes:
            if isinstance(node, ast.FunctionDef) and isinstance(given, ast.Name) and node.name == given.id:
                for part in ast.walk(node):
                    if isinstance(part, ast.Return) and isinstance(part.value, (ast.Name, ast.Attribute)):
                        yield scope.place("closure", part, of=text_of(part.value))


def _counter(scope: Statements, node: ast.If) -> tuple[str, str]:
    """Return what counts the batches of an epoch in a test, and what is true of it at the last of them; "" for unknown."""
    names = {n.id for n in ast.walk(node.test) if isinstance(n, ast.Name)}
    loop: Any = next((n for n in scope.around(node) if isinstance(n, ast.For)), None)
    if loop is None or not isinstance(loop.iter, ast.Call) or last_name(loop.iter.func) != "enumerate" or not loop.iter.args:
        return "", ""
    counter = text_of(loop.target.elts[0]) if isinstance(loop.target, ast.Tuple) else ""
    start = [*loop.iter.args[1:], *(k.value for k in loop.iter.keywords)]
    over = loop.iter.args[0]
    if counter not in names or len(start) > 1 or start and text_of(start[0]) not in ("0", "1"):
        return "", ""
    if not isinstance(over, (ast.Name, ast.Attribute)) or not hasattr(scope.scope.value(over), "__len__"):
        return counter, ""
    count = counter if start and text_of(start[0]) == "1" else f"{counter} + 1"
    return counter, f"{count} == len({text_of(over)})"


def _alone(scope: Statements, test: ast.expr) -> str:
    return f"({scope.source(test)})" if isinstance(test, (ast.IfExp, ast.Lambda, ast.NamedExpr)) else scope.source(test)
