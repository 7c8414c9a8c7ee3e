"""Finds where a loss sets each row against every other."""

from __future__ import annotations

import math
from typing import Any

from . import seen


def stretched(loss: Any, outputs: list[Any], rows: int) -> dict[str, Any] | None:
    """Return the operation that makes (rows, rows) of one number a row, as (n, 1) times (n) does, between a model's outputs and a loss; None: there is none.

    The outputs are told by their nodes. Within the model a layer as wide as the batch is long has such shapes, too.
    """
    nodes = seen.graph(loss, outputs)
    if rows < 2 or not any(before in outputs for node in nodes for before, _ in node.next_functions if before is not None):
        return None
    for node in nodes:
        made = _shape(node, 0)
        if made.count(rows) < 2 or math.prod(made) != rows * rows:
            continue
        given = [_shape(before, at) for before, at in node.next_functions if before is not None]
        if made in given:
            continue  # what has so many columns already: each row is set against its own number
        for of in given:
            if of.count(rows) == 1 and math.prod(of) == rows:
                return {"from": of, "to": made, "operation": node.name().rstrip("0123456789").removesuffix("Backward").lower()}
    return None


def _shape(node: Any, at: int) -> list[int]:
    told = getattr(node, "_input_metadata", None) or ()  # of the gradient that comes into it, which has the shape of what it made
    return list(told[at].shape) if at < len(told) else []
