"""Finds what is iterated from its beginning each time: next(iter(loader)), or next(it) beside it = iter(loader)."""

from __future__ import annotations

import ast
from typing import Any

from .statements import Statements, last_name


def begun_anew(scope: Statements, call: ast.Call) -> ast.expr | None:
    """Return over what an iterator goes whose first element a call of next() takes each time it is reached; None where it may be another."""
    made: Any = call.args[0]
    if isinstance(made, ast.Name):
        sets = [n for n in scope.nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store) and n.id == made.id]
        if len(sets) != 1 or scope.function(sets[0]) != scope.function(call) or scope.loops(sets[0]) != scope.loops(call):
            return None
        made = getattr(scope.statement(sets[0]), "value", None)
    return made.args[0] if isinstance(made, ast.Call) and last_name(made.func) == "iter" and len(made.args) == 1 else None
