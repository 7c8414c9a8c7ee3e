"""The hooks that watch a loop, which copies of a model are without."""

from __future__ import annotations

import copyreg
from typing import Any

import torch
from torch import nn

_HOOKS = (
    ("_forward_pre_hooks", "_forward_pre_hooks_with_kwargs"),
    ("_forward_hooks", "_forward_hooks_with_kwargs", "_forward_hooks_always_called"),
)

_spared: dict[type, set[Spared]] = {}
"""Classes of modules whose copies are made without our hooks, and for whom."""


class Hook:
    """A hook that neither a copy nor a pickle of the model takes along: see ``Spared``. Where a class copies itself its own way, what it takes does nothing."""

    def __init__(self, function: Any) -> None:
        self.function = function

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        if torch.compiler.is_compiling():  # a program that is made of the model must be the one that it is without a watch
            return None
        return self.function(*arguments, **named)

    def __deepcopy__(self, _: Any) -> Any:
        return Hook(_nothing)

    def __reduce__(self) -> Any:
        return Hook, (_nothing,)


class Spared:
    """Makes copies and pickles of a model without our hooks, until it is removed: they are to be scripted, and loaded where nobody has this package."""

    def __init__(self, model: nn.Module) -> None:
        kinds = {type(module) for module in model.modules() if not isinstance(module, torch.jit.ScriptModule)}
        self.kinds = {kind for kind in kinds if copyreg.dispatch_table.get(kind, _reduced) is _reduced}  # others are copied as somebody else says
        for kind in self.kinds:
            copyreg.dispatch_table[kind] = _reduced
            _spared.setdefault(kind, set()).add(self)

    def remove(self) -> None:
        """Let copies be made as they were. What an interrupt leaves, the next call takes up: each line may run twice."""
        for kind in list(self.kinds):
            others = _spared.get(kind, set()) - {self}
            if others:
                _spared[kind] = others
            elif copyreg.dispatch_table.get(kind, _reduced) is _reduced:
                copyreg.dispatch_table.pop(kind, None)
                _spared.pop(kind, None)
            self.kinds.discard(kind)


def _reduced(module: nn.Module) -> Any:
    """Return of what a module is made anew, without our hooks."""
    made = module.__reduce_ex__(4)
    if not isinstance(made, tuple) or len(made) < 3 or not isinstance(made[2], dict):
        return made
    state = dict(made[2])
    for names in _HOOKS:
        ours = [key for key, hook in (state.get(names[0]) or {}).items() if isinstance(hook, Hook)]
        for name in names if ours else ():
            if name in state:
                state[name] = type(state[name])((key, value) for key, value in state[name].items() if key not in ours)
    return (*made[:2], state, *made[3:])


def _nothing(*_: Any, **__: Any) -> None:
    return None
