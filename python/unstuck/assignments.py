"""What a statement sets, and to what."""

from __future__ import annotations

import ast
from typing import Any

from .statements import Statements, text_of


def targets_of(statement: Any) -> list[ast.expr]:
    if isinstance(statement, ast.Assign):
        return statement.targets
    return [statement.target] if isinstance(statement, (ast.AugAssign, ast.AnnAssign)) else []


def flat(target: ast.expr) -> list[ast.expr]:
    return target.elts if isinstance(target, (ast.Tuple, ast.List)) else [target]


def pairs(statement: Any) -> dict[str, str]:
    """Return of what each name is a part, in xb, yb = x[rows], y[rows]."""
    names, values = [e for target in targets_of(statement) for e in flat(target)], flat(statement.value)
    if len(names) != len(values):
        return {}
    return {text_of(n): text_of(v.value) for n, v in zip(names, values) if isinstance(v, ast.Subscript)}


def assigned(scope: Statements, statement: Any) -> dict[str, Any]:
    """Return the names that a statement sets, and what it sets them to."""
    targets = [text_of(t) for target in targets_of(statement) for t in flat(target)] if isinstance(statement, ast.Assign) else []
    return {"names": targets, "whole_text": scope.source(statement)} if targets else {}
