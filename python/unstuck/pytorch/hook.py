"""The hooks that watch a loop, which copies of a model are without."""

from __future__ import annotations

from typing import Any

import torch


class Hook:
    """A hook that neither a copy nor a pickle of the model takes along."""

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


def _nothing(*_: Any, **__: Any) -> None:
    return None
