"""Statements that do something else than they seem to: methods that are named and not called, orders of one array alone."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from .assignments import flat
from .statements import Statements, last_name, text_of

_CALLED = ("zero_grad", "zero_", "backward", "step", "train")


def slips(scope: Statements, node: Any, x: str, y: str) -> Iterator[dict[str, Any]]:
    """Yield places of a loop of which no other list says anything. x and y: as the watch is given them."""
    if isinstance(node, ast.Expr):
        yield from _named(scope, node.value)
        yield from _shuffled(scope, node.value)
        yield from _updated(scope, node.value)
    elif isinstance(node, ast.Assign):
        if isinstance(node.value, ast.Call) and _makes_schedule(node.value):
            yield scope.place("scheduler", node)
        yield from _taken_anew(scope, node, x, y)
        yield from _differences(scope, node, y)
        yield from _flags(scope, node)


def _named(scope: Statements, value: Any) -> Iterator[dict[str, Any]]:
    """Yield optimizer.zero_grad without its brackets, and p.grad.zero_."""
    if isinstance(value, ast.Attribute) and value.attr in _CALLED and (value.attr != "zero_" or last_name(value.value) == "grad"):
        yield scope.place("uncalled", value, how=value.attr, of=text_of(value.value))


def mode_of(scope: Statements, call: ast.Call) -> bool | str | None:
    """Return the mode that eval() or train(mode) puts a model in: True for that of training, False, or what the mode is called that is False now; None for a call
    of something else."""
    given = [*call.args, *(k.value for k in call.keywords if k.arg == "mode")]
    if len(given) != len(call.args) + len(call.keywords) or len(given) > 1:
        return None
    if last_name(call.func) == "eval":
        return None if given else False
    if not given or text_of(given[0]) == "True":
        return True
    if text_of(given[0]) == "False":
        return False
    return text_of(given[0]) if isinstance(given[0], (ast.Name, ast.Attribute)) and scope.scope.value(given[0]) is False else True


def _flags(scope: Statements, node: ast.Assign) -> Iterator[dict[str, Any]]:
    """Yield training = False."""
    for target in node.targets:
        names, values = flat(target), flat(node.value)
        for name, value in zip(names, values) if len(names) == len(values) else ():
            if isinstance(value, ast.Constant) and value.value is False:
                yield scope.place("flag", node, bound=text_of(name), without=scope.changed(node, [(value, "True")]))
                return


def _updated(scope: Statements, value: Any) -> Iterator[dict[str, Any]]:
    """Yield scaler.update()."""
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr == "update" and not value.args:
        owner = scope.scope.value(value.func.value)
        if "GradScaler" in {base.__name__ for base in type(owner).__mro__} or owner is None and "scaler" in text_of(value.func.value).lower():
            yield scope.place("update", value, of=text_of(value.func.value))


def _shuffled(scope: Statements, value: Any) -> Iterator[dict[str, Any]]:
    """Yield random.shuffle(x), which changes x itself."""
    if isinstance(value, ast.Call) and last_name(value.func) == "shuffle" and len(value.args) == 1 and isinstance(value.args[0], (ast.Name, ast.Attribute)):
        yield scope.place("shuffled", value, names=[text_of(value.args[0])])


def _taken_anew(scope: Statements, node: ast.Assign, x: str, y: str) -> Iterator[dict[str, Any]]:
    """Yield x = x[order], of what is x or y of a batch, or a part of it; not y's that stands with x's."""
    value = node.value
    if len(node.targets) != 1 or not isinstance(node.targets[0], ast.Name) or not isinstance(value, ast.Subscript) or text_of(value.value) != node.targets[0].id:
        return
    if isinstance(value.slice, (ast.Slice, ast.Tuple, ast.Constant)):  # columns, or the first rows
        return
    if node.targets[0].id in _names(x) | _names(y):
        yield scope.place("taken", node, names=[node.targets[0].id], given=text_of(value.slice))


def _differences(scope: Statements, node: ast.Assign, y: str) -> Iterator[dict[str, Any]]:
    """Yield error = model(x) - y."""
    for part in ast.walk(node.value):
        if isinstance(part, ast.BinOp) and isinstance(part.op, ast.Sub):
            sides = [side for side in (part.left, part.right) if y and text_of(side) == y]
            if len(sides) == 1:
                yield scope.place("difference", node, targets=scope.changed(node, [(sides[0], f"\0{scope.source(sides[0])}\0")]).split("\0"))
                return


def _makes_schedule(call: ast.Call) -> bool:
    name = last_name(call.func)
    return len(name) > 2 and name.endswith("LR") or name.startswith("get_") and name.endswith(("_schedule", "_schedule_with_warmup"))


def _names(text: str) -> set[str]:
    return {n.id for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Name)} if text else set()
