"""What is looked for in a program: the objects that a watch was given, known again by what they are."""

from __future__ import annotations

from typing import Any


class Subject:
    """What a watch was given, to know it again in the program."""

    methods: tuple[str, ...] = ("__init__", "forward")  # of a model's parts
    bases: tuple[str, ...] = ("Dataset", "IterableDataset")  # of classes whose methods run in a loop
    takers: tuple[str, ...] = ()  # functions that are given another one to run

    def __init__(self, watch: Any, model: Any, optimizers: list[Any]) -> None:
        self.watch, self.model, self.optimizers = watch, model, optimizers
        self.parts = self._parts()
        self.functions: list[Any] = []  # of the loop's, that its frames don't show
        self.modules = {id(m) for m in self.parts}
        self.classes = {type(o).__name__ for o in optimizers}
        self.x = self.y = ""  # as the call of the watch has them
        self.losses: set[str] = set()  # names of the loss

    def _parts(self) -> list[Any]:
        return list(self.model.modules())

    def kind(self, value: Any) -> str:
        """Return what a value is: "optimizer", "scheduler", "scaler", "model", "part" of it, "other"; "" where it isn't known."""
        if value is None:
            return ""
        if id(value) in self.modules:
            return "model" if value is self.model else "part"
        names = {base.__name__ for base in type(value).__mro__}
        for name, kind in (("Optimizer", "optimizer"), ("LRScheduler", "scheduler"), ("_LRScheduler", "scheduler"), ("ReduceLROnPlateau", "scheduler"), ("GradScaler", "scaler")):
            if name in names:
                return kind
        return "other"
