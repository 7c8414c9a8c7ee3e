"""Data with several inputs or targets: one array, a tuple of arrays, or a dictionary of arrays."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .errors import UnstuckError


def is_branch(value: Any) -> bool:
    """Report whether value holds several arrays: a tuple or a dictionary. A list is one array, row by row."""
    return isinstance(value, (tuple, Mapping))


def items(tree: Any, what: str) -> list[tuple[str, Any]]:
    """Return the parts of tree, each with a name for errors: x, x[0] or x['image']."""
    if isinstance(tree, Mapping):
        parts = [(f"{what}[{name!r}]", part) for name, part in tree.items()]
    elif isinstance(tree, tuple):
        parts = [(f"{what}[{i}]", part) for i, part in enumerate(tree)]
    else:
        return [(what, tree)]
    if not parts:
        raise UnstuckError(f"{what} is empty")
    for name, part in parts:
        if is_branch(part):
            raise UnstuckError(f"{name} holds several arrays itself; give {what} as one tuple or one dictionary of arrays")
    return parts


def transform(tree: Any, what: str, function: Callable[[Any, str], Any]) -> Any:
    """Return tree with function(part, name) in the place of every part."""
    parts = [function(part, name) for name, part in items(tree, what)]
    if isinstance(tree, Mapping):
        return dict(zip(tree.keys(), parts))
    return tuple(parts) if isinstance(tree, tuple) else parts[0]


def leaves(tree: Any) -> list[Any]:
    """Return the parts of tree in their order."""
    if isinstance(tree, Mapping):
        return list(tree.values())
    return list(tree) if isinstance(tree, tuple) else [tree]
