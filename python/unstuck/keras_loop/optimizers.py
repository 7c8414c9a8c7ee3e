"""Sees what optimizers are given, and what they do with it."""

from __future__ import annotations

import functools
from typing import Any

import keras

from .. import users_code
from .tensors import LIBRARIES, concrete, leaves, numbers, stateless

_NAMES = ("apply", "stateless_apply", "scale_loss")


class Optimizers:
    """The optimizers of a loop, with calls of ours in the place of theirs for as long as it is watched."""

    def __init__(self, watch: Any, optimizers: list[Any]) -> None:
        self.watch = watch
        self.all = optimizers
        self.holds: list[list[int]] = [[] for _ in optimizers]  # parameters that each was given, or made for
        self.inside = False
        self.stateless = False  # a compiled step has none of the variables' values
        self.carried = False  # the loop carries optimizers' variables, of which these know nothing
        self.began = [_settings(optimizer) for optimizer in optimizers]
        self.waiting: list[tuple[int, list[Any]]] = []  # variables that a compiled step was given, ahead of the model's being known

    def wrap(self) -> None:
        """Look at every call from now on."""
        for at, optimizer in enumerate(self.all):
            for name in _NAMES:
                object.__setattr__(optimizer, name, getattr(self, "_" + name)(at, getattr(optimizer, name)))

    def unwrap(self) -> None:
        """Leave the optimizers as they were."""
        for optimizer in self.all:
            for name in _NAMES:
                optimizer.__dict__.pop(name, None)

    def rates(self, back: int = 0) -> list[list[float]]:
        """Return the rate of each, as it was that many steps back where a schedule tells."""
        return [self._rate(optimizer, back) for optimizer in self.all]

    def _rate(self, optimizer: Any, back: int) -> list[float]:
        schedule = getattr(optimizer, "_learning_rate", None)
        scheduled = isinstance(schedule, keras.optimizers.schedules.LearningRateSchedule)
        if scheduled and self.carried and not stateless():
            rate = schedule(max(0, self.watch.count - 1))
        elif back and scheduled:
            rate = schedule(max(0, int(optimizer.iterations) - back))
        else:
            rate = optimizer.learning_rate
        return [float(numbers(rate))] if concrete(rate) else []

    def note(self, described: list[dict[str, Any]]) -> None:
        """Say what parameters each holds."""
        for at, optimizer in enumerate(self.all):
            if optimizer.built and not self.holds[at]:
                self._held(at, optimizer._trainable_variables)
            described[at]["holds"] = [sorted(self.holds[at])]

    def _held(self, at: int, variables: Any) -> list[int]:
        indices = [self.watch.known(v) for v in variables]
        self.holds[at] += [i for i in indices if i not in self.holds[at]]
        return indices

    def _scale_loss(self, at: int, original: Any) -> Any:
        @functools.wraps(original)
        def scale_loss(loss: Any) -> Any:
            scaled = original(loss)
            if self.watch.step is not None and concrete(loss):
                self.watch.safely(self._scaled, at)
            return scaled

        return scale_loss

    def _scaled(self, at: int) -> None:
        self.watch.step.scale = self._scale(at)

    def _scale(self, at: int) -> float:
        """Return what an optimizer multiplies losses by, and divides gradients by."""
        optimizer = self.all[at]
        if hasattr(optimizer, "inner_optimizer"):
            return float(numbers(optimizer.dynamic_scale)) if optimizer.built else float(optimizer.initial_scale)
        return float(optimizer.loss_scale_factor or 1.0)

    def _apply(self, at: int, original: Any) -> Any:
        optimizer = self.all[at]

        @functools.wraps(original)
        def apply(grads: Any, trainable_variables: Any = None) -> Any:
            if self.inside or not self.watch.watching or stateless():
                return original(grads, trainable_variables)
            grads = list(grads)
            variables = optimizer._trainable_variables if trainable_variables is None else list(trainable_variables)
            seen = all(concrete(g) for g in leaves(grads) or [optimizer.iterations])
            self.watch.safely(self._begins if seen else self._traced, at, grads, variables)
            self.inside = True
            try:
                return original(grads, None if trainable_variables is None else variables)
            finally:
                self.inside = False
                if seen and self.watch.watching:
                    self.watch.safely(self._ends)

        return apply

    def _traced(self, at: int, _: Any, variables: Any) -> None:
        self.watch.traced = self.watch.stepped = True
        if self.watch.parameters:
            self._held(at, variables)
        else:
            self.waiting.append((at, list(variables)))

    def began(self, described: list[dict[str, Any]]) -> None:
        """Note what was held ahead of the recording, and that each has made a step."""
        for at, variables in self.waiting:
            self._held(at, variables)
        self.waiting = []
        for one in described:
            one["has_memory"] = True

    def _begins(self, at: int, grads: Any, variables: Any) -> None:
        step = self.watch.begin()
        self.watch.stepped = True
        step.events.append("step")
        step.told.setdefault("step_line", users_code.line(*LIBRARIES))
        step.told["rates"] = self.rates()
        changed = {name: value for name, value in _settings(self.all[at]).items() if self.began[at].get(name, value) != value}
        if changed:
            step.told.setdefault("settings", [[] for _ in self.all])[at] = [changed]
        scale = self._scale(at)
        for index, gradient in zip(self._held(at, variables), grads):
            if gradient is None:
                step.absent.add(index)
            else:
                step.stepped[index] = numbers(gradient) / scale if scale != 1 else numbers(gradient)

    def _ends(self) -> None:
        step = self.watch.step
        if step is None:
            return
        step.after = self.watch.weights()
        step.before = dict(self.watch.latest)

    def _stateless_apply(self, at: int, original: Any) -> Any:
        optimizer = self.all[at]

        @functools.wraps(original)
        def stateless_apply(optimizer_variables: Any, grads: Any, trainable_variables: Any) -> Any:
            if not self.watch.watching:
                return original(optimizer_variables, grads, trainable_variables)
            self.carried = True
            seen = all(concrete(v) for v in leaves((optimizer_variables, grads, trainable_variables)))
            if not seen:
                self.stateless = True
                self.watch.safely(self._traced, at, grads, optimizer._trainable_variables)
            elif self.watch.step is not None and self.watch.step.watched:
                self.watch.safely(self.watch._begin)
            result = original(optimizer_variables, grads, trainable_variables)
            if seen and self.watch.watching:
                self.watch.safely(self._stateless, at, optimizer_variables, grads, trainable_variables, result[0])
            return result

        return stateless_apply

    def _stateless(self, at: int, state: Any, grads: Any, before: Any, after: Any) -> None:
        indices = self._held(at, self.all[at]._trainable_variables)
        self.watch.begins_with({i: numbers(w) for i, w in zip(indices, before)})
        step = self.watch.step
        self.watch.stepped = True
        step.view = "gradients"
        step.events.append("step")
        step.told.setdefault("step_line", users_code.line(*LIBRARIES))
        with keras.StatelessScope(state_mapping=list(zip(self.all[at].variables, state))):
            step.told["rates"] = self.rates()
        step.stepped |= {i: numbers(g) for i, g in zip(indices, grads) if g is not None}
        step.before = dict(self.watch.latest)
        step.after = dict(self.watch.latest) | {i: numbers(w) for i, w in zip(indices, after)}


def _settings(optimizer: Any) -> dict[str, Any]:
    """Return an optimizer's numbers but its rate: a callback may set them, and a step that isn't compiled then goes by them."""
    told = getattr(optimizer, "inner_optimizer", optimizer).get_config()
    return {name: value for name, value in told.items() if name != "learning_rate" and isinstance(value, (bool, int, float))}
