"""Computes the claimed loss of a compiled step on JAX again beside it, with what its layers drew, and its gradient.

Nothing can be put into a compiled step, and what a layer draws there, or computes in a call of the user's, isn't replayed elsewhere. Keras
computes it as well from what the step was given: its weights, its batch, and its other variables, of which the state of random numbers is one.
"""

from __future__ import annotations

import math
from typing import Any

import keras
import numpy as np

from .recording import plain
from .step import Step
from .tensors import leaves, numbers

_NEAR = 2e-4


class Aside:
    """The claimed loss of a model's compiled steps."""

    def __init__(self, model: Any, loss: Any, fitted: bool) -> None:
        self.model, self.loss, self.fitted = model, loss, fitted
        self.compiled: Any = None
        self.penalized: bool | None = None  # whether the loss that is told has the model's penalties in it; None: not known yet
        self.others: list[np.ndarray] | None = None  # the model's other variables as the next step finds them

    @property
    def possible(self) -> bool:
        """Report whether there is something to compute, and a backend that computes it without changing what is there."""
        return keras.backend.backend() == "jax" and self.loss is not None and keras.distribution.distribution() is None

    def look(self, others: Any = None) -> None:
        """Take the model's other variables as they are, or as a step is given them."""
        if self.possible and self.model.built:
            self.others = [numbers(v) for v in (self.model.non_trainable_variables if others is None else others)]

    def of(self, trained: list[Any], x: Any, y: Any, weights: Any, told: float | None, training: bool) -> Any:
        """Return claimed loss, outputs and gradients, by the order of the trainable variables, of a step whose loss this is; None where it isn't."""
        if self.others is None or told is None or not math.isfinite(told):
            return None
        import jax

        if self.compiled is None:
            self.compiled = jax.jit(jax.value_and_grad(self._computed, has_aux=True), static_argnums=(6,))
        x, y, weights = (None if part is None else keras.tree.map_structure(keras.ops.convert_to_tensor, part) for part in (x, y, weights))
        for penalized in (True, False) if self.penalized is None else (self.penalized,):
            (_, (claimed, penalty, outputs)), gradients = self.compiled(
                trained, self.others, x, y, weights, np.float32(penalized), training
            )
            claimed, penalty = float(claimed), float(penalty)
            if math.isclose(claimed + penalty * penalized, told, rel_tol=_NEAR, abs_tol=1e-6):
                self.penalized = penalized if penalty else self.penalized
                return claimed, [numbers(t) for t in leaves(outputs)], [numbers(g) for g in gradients]
        return None

    def _computed(self, trained: Any, others: Any, x: Any, y: Any, weights: Any, penalized: Any, training: bool) -> Any:
        mode = {"training": training} if self.model._call_has_training_arg else {}
        outputs, _, penalties = self.model.stateless_call(trained, others, x, return_losses=True, **mode)
        claimed = self._claimed(y, outputs, weights)
        penalty = sum(penalties) if penalties else keras.ops.zeros(())
        return claimed + penalized * penalty, (claimed, penalty, outputs)

    def _claimed(self, y: Any, outputs: Any, weights: Any) -> Any:
        if self.fitted:
            with keras.StatelessScope():  # it keeps means of the losses of several outputs
                return self.model._compile_loss(y, outputs, weights)
        loss = keras.losses.get(self.loss)
        return keras.ops.mean(loss(y, outputs))


def beside(watch: Any, step: Step, x: Any, y: Any, loss: float | None) -> None:
    """Have the claimed loss and its gradient computed beside a compiled step that isn't replayed elsewhere."""
    recording, aside = watch.recording, watch.aside
    apart = step.told["draws"] or not plain(watch.model) or not recording.saved or recording.own or recording.row_weights is not None
    if not apart or not aside.possible or y is None or step.number > recording.most:
        aside.look()
        return
    trained = {id(v): i for i, (_, v, ours, _) in enumerate(watch.parameters) if ours and v.trainable}
    indices = [trained.get(id(v)) for v in watch.model.trainable_variables]
    weights = [step.before.get(i) for i in indices if i is not None]
    found = None
    try:
        if len(weights) == len(indices) and all(w is not None for w in weights):
            found = aside.of(weights, x, y, recording.row_weights, loss, watch.compiled_training)
    except Exception as error:  # whatever a call or a loss of the user's raises
        step.told["aside_error"] = f"{type(error).__name__}: {error}"[:500]
    aside.look()
    if found is None:
        return
    claimed, outputs, gradients = found
    step.told |= {"claimed": claimed, "aside": True}
    step.arrays |= {f"out/{i}": values for i, values in enumerate(outputs)}
    step.own = dict(zip(indices, gradients))


__all__ = ["Aside", "beside"]
