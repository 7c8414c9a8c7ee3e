"""The settings of optimizers' parameter groups, as they are and as they change by step: schedulers move more than rates."""

from __future__ import annotations

from typing import Any

import torch

from .plain import plain

_NOT_CHANGES = frozenset(["lr", "foreach", "capturable", "differentiable", "fused"])
"""Rates are told by themselves, and ways of computing the same change nothing."""


class Groups:
    """Optimizers' groups, with their settings as they were when the recording began."""

    def __init__(self, optimizers: list[Any]) -> None:
        self.optimizers = optimizers
        self.began = [[_settings(optimizer, group) for group in optimizer.param_groups] for optimizer in optimizers]

    def rates(self) -> list[list[float]]:
        """Return the rate of each group of each optimizer."""
        return [_rates(optimizer) for optimizer in self.optimizers]

    def note(self, told: dict[str, Any], optimizer: Any) -> None:
        """Tell in a step with what an optimizer makes it: its rates, and which other settings aren't those of the beginning.

        Of several optimizers each has its own moment: the first one's rate may have moved on when the second makes its step.
        """
        told["rates"] = told.get("rates") or self.rates()
        own = [at for at, one in enumerate(self.optimizers) if one is optimizer]
        for at in own or range(len(self.optimizers)):  # what wraps an optimizer calls it by another name
            told["rates"][at] = _rates(self.optimizers[at])
            changed = [_changed(kept, group) for kept, group in zip(self.began[at], self.optimizers[at].param_groups)]
            if any(changed):
                told.setdefault("settings", [[] for _ in self.optimizers])[at] = changed


def _rates(optimizer: Any) -> list[float]:
    return [float(group["lr"]) for group in optimizer.param_groups if "lr" in group]


def _settings(optimizer: Any, group: dict[str, Any]) -> dict[str, Any]:
    """Return what an optimizer reads of a group; schedulers leave things of their own there."""
    return {name: _still(group[name]) for name in getattr(optimizer, "defaults", ()) if name not in _NOT_CHANGES and name in group}


def _still(value: Any) -> Any:
    """Return a setting that nobody changes in place."""
    return plain(value) if isinstance(value, (torch.Tensor, list, dict)) else value


def _changed(kept: dict[str, Any], group: dict[str, Any]) -> dict[str, Any]:
    return {name: plain(group[name]) for name, value in kept.items() if name in group and group[name] is not value and _other(_still(group[name]), value)}


def _other(a: Any, b: Any) -> bool:
    try:
        return bool(a != b)
    except (TypeError, ValueError, RuntimeError):  # of several numbers, as an array's are
        return False


__all__ = ["Groups"]
