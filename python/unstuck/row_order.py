"""Finds the order in which a model was given the rows of a batch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

MOST = 1 << 16
"""Rows whose order is written with a step."""


def row_order(ours: Sequence[bytes], theirs: Sequence[bytes]) -> list[int]:
    """Return at which place of ours each of their rows is, of rows that are alike the first ones first; empty: they aren't the same rows, or in the same order."""
    if ours == theirs or sorted(ours) != sorted(theirs):
        return []
    at: dict[bytes, list[int]] = {}
    for i in reversed(range(len(ours))):
        at.setdefault(ours[i], []).append(i)
    return [at[row].pop() for row in theirs]


def told(order: list[int]) -> dict[str, Any]:
    """Return what a step says of the order."""
    return {"x_reordered": bool(order)} | ({"x_order": order} if 0 < len(order) <= MOST else {})


__all__ = ["row_order", "told"]
