"""Takes hooks that only watch off a copy of a model: what they keep is the user's, and must not fill with what is tried here. Tells where others stand."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import nn
from torch.utils import _pytree as pytree


def drop_gradient_hooks(model: nn.Module) -> None:
    """Remove hooks on gradients. A program has none."""
    for module in model.modules():
        module._backward_hooks.clear()
        module._backward_pre_hooks.clear()


def on_gradients(model: nn.Module, parameters: Iterable[tuple[str, torch.Tensor, bool]]) -> list[str]:
    """Return the parameters and modules, by name, that have hooks of the user's on their gradients, which may change these."""
    ours = __name__.partition(".")[0] + "."
    found = [name for name, parameter, _ in parameters if any(not str(getattr(hook, "__module__", "")).startswith(ours) for hook in (parameter._backward_hooks or {}).values())]
    return found + [name or type(model).__name__ for name, module in model.named_modules() if module._backward_hooks or module._backward_pre_hooks]


def drop_watchers(model: nn.Module, run: Callable[[], Any]) -> Any:
    """Remove forward hooks that return nothing, unless the outputs need what they do, and return run's outputs.

    run calls model. A hook of the user's is called once for each call of its module in one run, and no more if it only watches.
    """
    acting: set[int] = set()
    hooks = [(module, key, hook) for module in model.modules() for key, hook in module._forward_hooks.items() if _users(hook)]
    if not hooks:
        return run()

    def watched(hook: Any, key: int) -> Any:
        def call(*arguments: Any, **named: Any) -> Any:
            result = hook(*arguments, **named)
            if result is not None:
                acting.add(key)
            return result

        return call

    for module, key, hook in hooks:
        module._forward_hooks[key] = watched(hook, key)
    torch.default_generator.manual_seed(0)
    outputs = run()
    kept: list[tuple[nn.Module, int, Any]] = []
    for module, key, hook in hooks:
        if key in acting:
            module._forward_hooks[key] = hook
        else:
            kept.append((module, key, hook))
            del module._forward_hooks[key]
    torch.default_generator.manual_seed(0)
    try:
        same = _equal(run(), outputs)
    except Exception:  # forward reads what a hook has left
        same = False
    if not same:
        for module, key, hook in kept:
            module._forward_hooks[key] = hook
    return outputs


def _users(hook: Any) -> bool:
    return not str(getattr(hook, "__module__", None) or type(hook).__module__).startswith("torch.")


def _equal(one: Any, other: Any) -> bool:
    pairs = list(zip(pytree.tree_leaves(one), pytree.tree_leaves(other)))
    return all(torch.equal(torch.nan_to_num(a), torch.nan_to_num(b)) if isinstance(a, torch.Tensor) else a == b for a, b in pairs)
