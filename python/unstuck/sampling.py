"""Chooses which rows of large data are saved."""

from __future__ import annotations

import numpy as np

from .errors import UnstuckError

MAX_BYTES = 32 << 20
"""How much data is saved where the user doesn't say how many rows: enough to learn from, and examined in seconds."""

MAX_ROWS = 50_000
"""How many rows are saved at most where the user doesn't say how many."""


def kept_rows(of: int, row_bytes: int, rows: int | None, seed: int) -> np.ndarray | None:
    """Return the indices of the rows to keep, in their order, or None for all of them.

    Of ``of`` rows with ``row_bytes`` each, ``rows`` are drawn at random without replacement by ``seed``; None stands for as many
    as fit into MAX_BYTES, at most MAX_ROWS.
    """
    if of < 2:
        raise UnstuckError(f"the data has {of} rows; at least 2 are needed")
    if rows is None:
        rows = min(MAX_ROWS, max(2, MAX_BYTES // max(1, row_bytes)))
    elif isinstance(rows, bool) or not isinstance(rows, int) or rows < 2:
        raise UnstuckError(f"rows is {rows!r}, must be an integer of at least 2")
    if rows >= of:
        return None
    return np.sort(np.random.default_rng(seed).choice(of, size=rows, replace=False))
