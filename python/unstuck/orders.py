"""Finds arrays that a program puts in another order alone: x by a random order, and no other array by it."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import Any

from .assignments import flat, targets_of
from .statements import Statements, last_name, text_of

_ORDERS = ("randperm", "permutation", "argsort")  # give the places of rows
_TURNS = ("flip", "flipud", "roll", "sort", "sorted", "permutation")  # give the rows themselves, of what they are given


def alone(scope: Statements, given: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Yield where one array gets another order of its rows that no other array in the scope gets, and the array's name; given: what the watch is given.

    An order is known by its name: of an order that is made on the spot each is one of its own, and arrays that are turned in the same way, each on its own, go
    together. Told is of arrays that the given ones are made of, that a function returns, or that belong to an object.
    """
    if scope.scope.forward:
        return
    orders, known = _named(scope), _sources(scope, given)
    found: dict[str, list[tuple[ast.AST, str]]] = {}
    for node in scope.nodes:
        for key, array in _reordered(node, orders):
            if array and not within_a_step(scope, node) and not _wanted_for_order(scope.statement(node), orders):
                found.setdefault(key, []).append((node, array))
    for uses in found.values():
        node, array = uses[0]
        if len({array for _, array in uses}) == 1 and array not in orders and (array.startswith("self.") or array in known):
            yield scope.place("alone", node, names=[array])


def _wanted_for_order(statement: Any, orders: set[str]) -> bool:
    """Report whether a statement is values, order = torch.sort(y)."""
    targets = [e for target in targets_of(statement) for e in flat(target)]
    return len(targets) == 2 and text_of(targets[1]) in orders - {"_"}


def _sources(scope: Statements, given: Iterable[str]) -> set[str]:
    """Return the names that the given ones, what functions return, and what belongs to an object are made of."""
    wanted = {name for text in given if text for name in _loaded(ast.parse(text))}
    made: list[tuple[set[str], set[str]]] = []
    for node in scope.nodes:
        if isinstance(node, ast.Return) and node.value is not None:
            wanted |= _loaded(node.value)
        elif isinstance(node, (ast.Assign, ast.AugAssign, ast.AnnAssign)) and node.value is not None:
            names = {text_of(e) for target in targets_of(node) for e in flat(target)}
            made.append((names, _loaded(node.value)))
            wanted |= {name for name in names if name.startswith("self.")}
        elif isinstance(node, ast.For):
            made.append(({text_of(e) for part in flat(node.target) for e in flat(part)}, _loaded(node.iter)))
    for _ in range(len(made)):
        before = len(wanted)
        for names, sources in made:
            if names & wanted:
                wanted |= sources
        if len(wanted) == before:
            break
    return wanted


def _loaded(node: ast.AST) -> set[str]:
    return {text_of(n) for n in ast.walk(node) if isinstance(n, (ast.Name, ast.Attribute)) and isinstance(n.ctx, ast.Load)}


def _named(scope: Statements) -> set[str]:
    """Return the names that orders have."""
    names: set[str] = set()
    for node in scope.nodes:
        value = getattr(node, "value", None)
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and value is not None and _is_order(value, names):
            names |= {text_of(target) for target in targets_of(node)}
        elif isinstance(node, (ast.Assign, ast.AnnAssign)) and isinstance(value, ast.Call) and last_name(value.func) == "sort" and isinstance(targets_of(node)[0], ast.Tuple):
            names |= {text_of(flat(targets_of(node)[0])[-1])}  # values, order = torch.sort(y)
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and last_name(node.value.func) == "shuffle" and node.value.args:
            shuffled = text_of(node.value.args[0])
            if any(isinstance(n, ast.Assign) and text_of(n.targets[0]) == shuffled and _counts(n.value) for n in scope.nodes):
                names.add(shuffled)
    return names


def _is_order(value: ast.AST, names: set[str]) -> bool:
    """Report whether an expression gives places of rows: torch.randperm(n), np.argsort(y)[::-1], y.argsort(stable=True).numpy()."""
    for node in ast.walk(value):
        if isinstance(node, ast.Call) and last_name(node.func) in _ORDERS and not _of_array(node):
            return not any(isinstance(n, ast.Subscript) and node is not n.value and node in ast.walk(n.slice) for n in ast.walk(value))
    return isinstance(value, ast.Name) and value.id in names


def _of_array(call: ast.Call) -> bool:
    """Report whether permutation() is given an array, and gives its rows: np.permutation(X), not np.permutation(len(X))."""
    return last_name(call.func) == "permutation" and bool(call.args) and isinstance(call.args[0], (ast.Name, ast.Attribute)) and not text_of(call.args[0]).lower().split(".")[-1].startswith(("n", "len", "num"))


def _counts(value: ast.AST) -> bool:
    """Report whether an expression is 0, 1, 2 and so on: list(range(n)), np.arange(n)."""
    return any(isinstance(n, ast.Call) and last_name(n.func) in ("range", "arange") for n in ast.walk(value))


def _reordered(node: ast.AST, orders: set[str]) -> Iterator[tuple[str, str]]:
    """Yield the order, and the array that is put in it."""
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
        if text_of(node.slice) in orders:
            yield text_of(node.slice), text_of(node.value)
        elif _is_order(node.slice, orders):
            yield f"{text_of(node.slice)} at {node.lineno}:{node.col_offset}" if "rand" in text_of(node.slice) or "permutation" in text_of(node.slice) else text_of(node.slice), text_of(node.value)
        elif isinstance(node.slice, ast.Slice) and text_of(node.slice.step) == "-1" and node.slice.lower is node.slice.upper is None:
            yield "flip", text_of(node.value)
    elif isinstance(node, ast.Call):
        name = last_name(node.func)
        if name == "shuffle" and len(node.args) == 1:
            array = text_of(node.args[0])
            if array not in orders:
                yield f"shuffle at {node.lineno}:{node.col_offset}", array
        elif name in _TURNS and not (name == "permutation" and not _of_array(node)):
            # torch.roll(y, 1), and y.roll(1)
            owner = node.func.value if isinstance(node.func, ast.Attribute) else None
            of_module = name == "permutation" or owner is None or text_of(owner) in ("np", "numpy", "torch", "jnp", "tf", "keras.ops", "ops") or not isinstance(owner, (ast.Name, ast.Attribute))
            array = node.args[0] if of_module and node.args else owner
            if isinstance(array, (ast.Name, ast.Attribute)) and text_of(array) not in orders:
                how = "" if name in ("sort", "sorted", "permutation") else ", ".join(text_of(a) for a in (node.args[1:] if of_module else node.args))
                yield f"{name}({how})" if name in ("flip", "roll", "flipud") else f"{name} at {node.lineno}:{node.col_offset}", text_of(array)


def within_a_step(scope: Statements, node: ast.AST) -> bool:
    """Report whether a loop around a statement has no loop within it: that over batches, where rows are mixed on purpose."""
    loops = [n for n in scope.around(node) if isinstance(n, (ast.For, ast.While)) and node is not getattr(n, "iter", None)]
    return any(not any(isinstance(n, (ast.For, ast.While)) for n in ast.walk(loop) if n is not loop) for loop in loops)
