"""Describes a learning-rate scheduler by the options of its constructor, which are read back from what it made of them."""

from __future__ import annotations

import copy
import inspect
import warnings
from collections.abc import Callable
from typing import Any

import torch
from torch.optim import lr_scheduler

from ..errors import UnstuckError
from .plain import plain

_EACH_STEP = {"OneCycleLR", "CyclicLR"}
_LEFT_OUT = {"self", "optimizer", "last_epoch", "verbose"}
_MOST_FACTORS = 10_000


def describe(scheduler: Any, every: str | None, epochs: int | None, steps: int | None) -> dict[str, Any]:
    """Return what training.json says of a scheduler.

    every is "epoch" or "step", how often the loop calls scheduler.step(); None: after each step for OneCycleLR and CyclicLR,
    else after each epoch. epochs, and steps in one of them, say how far functions of the user's are followed.
    """
    if not isinstance(scheduler, (lr_scheduler.LRScheduler, lr_scheduler.ReduceLROnPlateau)):
        raise UnstuckError(f"scheduler is a {type(scheduler).__name__}; one of torch.optim.lr_scheduler is needed")
    if every not in (None, "epoch", "step"):
        raise UnstuckError(f"scheduler_every is {every!r}, must be 'epoch' or 'step'")
    every = every or ("step" if type(scheduler).__name__ in _EACH_STEP else "epoch")
    count = (epochs or 100) * (1 if every == "epoch" else steps or 100)
    said = _one(scheduler, min(count, _MOST_FACTORS))
    return {**said, "every": every, "at": 0 if "rates" in said.get("options", {}) else _position(scheduler)}


def _position(scheduler: Any) -> int:
    """Return how often the scheduler was stepped; a chain doesn't count, its parts do."""
    return scheduler.last_epoch if hasattr(scheduler, "last_epoch") else _position(scheduler._schedulers[0])


def _one(scheduler: Any, count: int) -> dict[str, Any]:
    kind = type(scheduler)
    if getattr(lr_scheduler, kind.__name__, None) is not kind:
        return _followed(scheduler, count)
    special = _SPECIAL.get(kind.__name__)
    if special is not None:
        return special(scheduler, count)
    return {"class": kind.__name__, "options": _attributes(scheduler)}


def _followed(scheduler: Any, count: int) -> dict[str, Any]:
    """Return the rates of a scheduler of the user's from now on, by stepping a copy of it whose optimizer has one number in each
    group; of one that fails without its model, its class alone."""
    described: dict[str, Any] = {"class": "own:" + type(scheduler).__name__}
    if isinstance(scheduler, lr_scheduler.ReduceLROnPlateau):
        return described
    try:
        groups = [{**group, "params": [torch.zeros(1, requires_grad=True)]} for group in scheduler.optimizer.param_groups]
        optimizer = torch.optim.SGD(groups, lr=0.1)
        followed = copy.deepcopy(scheduler, {id(scheduler.optimizer): optimizer})
        rates: list[list[float]] = [[] for _ in groups]
        with warnings.catch_warnings(), torch.random.fork_rng(devices=[]):
            warnings.simplefilter("ignore")  # of optimizer.step(), which isn't called
            for _ in range(min(count, _MOST_FACTORS // len(groups))):
                for noted, group in zip(rates, optimizer.param_groups):
                    noted.append(float(group["lr"]))
                followed.step()
    except Exception:  # the user's code
        return described
    return described | {"options": {"rates": rates[:1] if all(r == rates[0] for r in rates) else rates}}


def _attributes(scheduler: Any, *without: str) -> dict[str, Any]:
    names = set(inspect.signature(type(scheduler).__init__).parameters) - _LEFT_OUT - set(without)
    return {name: plain(getattr(scheduler, name)) for name in sorted(names) if hasattr(scheduler, name)}


def _multi_step(scheduler: Any, count: int) -> dict[str, Any]:
    return {"class": "MultiStepLR", "options": {"gamma": scheduler.gamma, "milestones": sorted(scheduler.milestones.elements())}}


def _plateau(scheduler: Any, count: int) -> dict[str, Any]:
    return {"class": "ReduceLROnPlateau", "options": _attributes(scheduler, "min_lr") | {"min_lr": plain(_same(scheduler.min_lrs))}}


_MULTIPLYING = {"StepLR", "MultiStepLR", "ExponentialLR", "ConstantLR", "LinearLR", "PolynomialLR", "CosineAnnealingLR", "MultiplicativeLR"}
"""Schedulers that multiply the rate which they find, so that a chain of them is their product."""


def _chained(scheduler: Any, count: int) -> dict[str, Any]:
    chain = type(scheduler).__name__ == "ChainedScheduler" and len(scheduler._schedulers) > 1
    if chain and any(type(part).__name__ not in _MULTIPLYING or getattr(part, "eta_min", 0) for part in scheduler._schedulers):
        return _followed(scheduler, count)
    options: dict[str, Any] = {"schedulers": [_one(part, count) for part in scheduler._schedulers]}
    if hasattr(scheduler, "_milestones"):
        options["milestones"] = list(scheduler._milestones)
    return {"class": type(scheduler).__name__, "options": options}


def _functions(scheduler: Any, count: int) -> dict[str, Any]:
    """Follow the user's functions; one that fails for a step is left at its class."""
    described: dict[str, Any] = {"class": "own:" + type(scheduler).__name__}
    functions = scheduler.lr_lambdas
    unique = functions[:1] if all(f is functions[0] for f in functions) else functions
    try:
        described["options"] = {"factors": [[float(f(step)) for step in range(min(count, _MOST_FACTORS // len(unique)))] for f in unique]}
    except Exception:  # the user's code
        pass
    return described


def _momenta(scheduler: Any) -> dict[str, Any]:
    if not scheduler.cycle_momentum:
        return {"cycle_momentum": False}
    groups = scheduler.optimizer.param_groups
    return {"cycle_momentum": True} | {key: plain(_same([g[key] for g in groups])) for key in ("base_momentum", "max_momentum")}


def _one_cycle(scheduler: Any, count: int) -> dict[str, Any]:
    groups, phases = scheduler.optimizer.param_groups, scheduler._schedule_phases
    anneal = getattr(scheduler, "_anneal_func_type", None) or ("linear" if "linear" in scheduler.anneal_func.__name__ else "cos")
    options = {
        "total_steps": scheduler.total_steps,
        "max_lr": plain(_same([g["max_lr"] for g in groups])),
        "pct_start": (phases[0]["end_step"] + 1) / scheduler.total_steps,
        "div_factor": groups[0]["max_lr"] / groups[0]["initial_lr"],
        "final_div_factor": groups[0]["initial_lr"] / groups[0]["min_lr"],
        "three_phase": len(phases) == 3,
        "anneal_strategy": anneal,
    }
    return {"class": "OneCycleLR", "options": options | _momenta(scheduler)}


def _cyclic(scheduler: Any, count: int) -> dict[str, Any]:
    up = scheduler.total_size * scheduler.step_ratio
    options = {
        "base_lr": plain(_same(scheduler.base_lrs)),
        "max_lr": plain(_same(scheduler.max_lrs)),
        "step_size_up": round(up),
        "step_size_down": round(scheduler.total_size - up),
        "mode": scheduler.mode,
        "gamma": scheduler.gamma,
        "scale_mode": scheduler.scale_mode,
    }
    if getattr(scheduler, "_scale_fn_custom", None) is not None:
        return _followed(scheduler, count)
    return {"class": "CyclicLR", "options": options | _momenta(scheduler)}


def _same(values: list[Any]) -> Any:
    """Return the one value that all groups have, or the list of them."""
    values = [float(v) if isinstance(v, torch.Tensor) else v for v in values]
    return values[0] if all(v == values[0] for v in values) else values


_SPECIAL: dict[str, Callable[[Any, int], dict[str, Any]]] = {
    "MultiStepLR": _multi_step,
    "ReduceLROnPlateau": _plateau,
    "SequentialLR": _chained,
    "ChainedScheduler": _chained,
    "LambdaLR": _functions,
    "MultiplicativeLR": _functions,
    "OneCycleLR": _one_cycle,
    "CyclicLR": _cyclic,
}
