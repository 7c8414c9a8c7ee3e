"""The settings of a training that are plain numbers: checked here, written as they are."""

from __future__ import annotations

import operator
from typing import Any

from .errors import UnstuckError


def integer(name: str, value: Any, least: int) -> int | None:
    """Return value as an int of at least ``least``; None stays None, for "not given"."""
    if value is None:
        return None
    try:
        number = operator.index(value)
    except TypeError:
        number = None
    if number is None or isinstance(value, bool) or number < least:
        raise UnstuckError(f"{name} is {value!r}, must be an integer of at least {least}")
    return number


def number(name: str, value: Any, least: float, below: float) -> float | None:
    """Return value as a float from ``least`` to less than ``below``; None stays None."""
    if value is None:
        return None
    try:
        given = float(value)
    except (TypeError, ValueError):
        given = float("nan")
    if not least <= given < below:
        raise UnstuckError(f"{name} is {value!r}, must be at least {least:g} and below {below:g}")
    return given


def plain(epochs: Any, batch_size: Any, validation_split: Any, shuffle: Any, seed: Any) -> dict[str, Any]:
    """Return the settings that were given, by the names under which they are written."""
    if shuffle is not None and not isinstance(shuffle, bool):
        raise UnstuckError(f"shuffle is {shuffle!r}, must be True or False")
    settings = {
        "epochs": integer("epochs", epochs, 1),
        "batch_size": integer("batch_size", batch_size, 1),
        "validation_split": number("validation_split", validation_split, 0, 1),
        "shuffle": shuffle,
        "seed": integer("seed", seed, 0),
    }
    return {name: value for name, value in settings.items() if value is not None}
