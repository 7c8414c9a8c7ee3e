"""Watches ``model.fit``: a callback that sees the batches by standing ahead of the function that makes a step."""

from __future__ import annotations

import math
from typing import Any

import keras

from .tensors import numbers
from .watch import Watch


_ROUNDED = 2.0**-24
"""How much of a total Keras, which adds in 32 bits, may have rounded off with the last loss that it added."""

_GOOD_TO = 5e-5
"""How far a loss may be off, relative to itself: half of what a replayed one may differ by."""


def _tells(total: float, before: float) -> bool:
    """Report whether a total and the one before it have kept enough of the loss between them; of one that has been no number nothing is left."""
    if not math.isfinite(before):
        return False
    return not math.isfinite(total) or max(abs(total), abs(before)) * _ROUNDED <= _GOOD_TO * abs(total - before)


class FitWatch(keras.callbacks.Callback):  # type: ignore[misc]
    """Records the first steps of a fit."""

    def __init__(self, folder: str, steps: int) -> None:
        super().__init__()
        self.folder, self.steps = folder, steps
        self.watch: Watch | None = None
        self.original: Any = None
        self.ours: Any = None
        self.data: Any = None
        self.told: dict[int, tuple[float, float]] = {}  # total and count of what may be the mean of losses, behind the last step
        self.weighted = self.validated = self.begun = False

    def on_train_begin(self, logs: Any = None) -> None:
        model = self.model
        self.watch = Watch(model, model.optimizer, model.loss, self.folder, self.steps)
        self.watch.fitted, self.weighted, self.validated, self.begun = True, False, False, False
        self.eager = keras.backend.backend() == "torch" or bool(model.run_eagerly)
        self.watch.traced = not self.eager
        self.watch.aside.fitted = True
        notes = self.watch.recording.told["notes"]
        if not self.eager:
            notes.append("gradients aren't seen in a compiled fit, only what they did to the weights; compile(run_eagerly=True) shows them")
        if model.steps_per_execution not in (None, 1):
            self.watch.close()
            return
        self.original = model.train_function
        self.ours = {"tensorflow": self._tensorflow, "torch": self._torch, "jax": self._jax}[keras.backend.backend()]
        object.__setattr__(model, "train_function", self.ours)

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self.told = {}
        if self.watch is not None and not self.begun:
            self.begun = True
            recording = self.watch.recording
            recording.epochs, recording.epoch_steps = max(0, int(self.params.get("epochs") or 0) - epoch), int(self.params.get("steps") or 0)

    def on_test_begin(self, logs: Any = None) -> None:
        if self.watch is not None and self.begun and not self.validated:
            self.validated = True
            self.watch.recording.told["notes"].append("the rows that fit validates on aren't recorded: they are none of those that model and data are examined by")

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        watch = self.watch
        if watch is None:
            return
        if watch.reads and hasattr(self.model, "jax_state_sync"):
            self.model.jax_state_sync()  # what callbacks on JAX do to see the model's variables
        if self.data is None:
            watch(None, None, None)
            return
        x, y, weights = keras.utils.unpack_x_y_sample_weight(self.data)
        if weights is not None and not self.weighted:
            self.weighted = True
            watch.recording.told |= {"loss": None, "keras_loss": None, "row_weights": "unknown"}
        watch.recording.row_weights = weights
        loss: float | None = None
        if watch.watching:
            try:
                loss = self._loss(logs or {})
            except Exception as error:  # whatever a metric of the user's raises
                watch.recording.told["notes"].append(f"the loss of a step isn't known: {type(error).__name__}: {error}"[:500])
        watch(x, y, loss)
        self.data = None
        if not watch.watching:
            self._restore()

    def on_train_end(self, logs: Any = None) -> None:
        if self.watch is not None:
            self.watch.close()
        self._restore()

    def _loss(self, logs: dict[str, Any]) -> float | None:
        """Return the loss of the last batch. Keras tells the mean over the epoch so far, a step of the user's own perhaps the loss itself."""
        if "loss" not in logs:
            return None
        told, last = float(logs["loss"]), self.told
        self.told = {}
        for at, tracker in enumerate(self._trackers()):
            total, count = float(numbers(tracker.total)), float(numbers(tracker.count))
            self.told[at] = total, count
            before = last.get(at, (0.0, 0.0))
            if before[1] >= count:  # it was reset
                before = 0.0, 0.0
            if before[1] and count and (math.isclose(total / count, told, rel_tol=1e-5) or not math.isfinite(told) and not math.isfinite(total)):
                return (total - before[0]) / (count - before[1]) if _tells(total, before[0]) else None  # Keras' mean has lost it
        return told

    def _trackers(self) -> list[Any]:
        """Return the metrics that may have told the loss as their mean."""
        ours = [getattr(self.model, "_loss_tracker", None), *self.model.metrics]
        return [metric for metric in ours if isinstance(metric, keras.metrics.Mean)]

    def _restore(self) -> None:
        if self.original is not None and self.model.train_function is self.ours:
            object.__setattr__(self.model, "train_function", self.original)
        self.original = None

    # What a step is called with, on each backend.

    def _ahead(self, weights: Any = None, others: Any = None) -> None:
        """Look at the weights as the step is given them: other callbacks may have changed them."""
        if self.watch is not None and self.watch.watching and self.watch.parameters:
            self.watch.safely(self._look, self.watch, weights, others)

    def _look(self, watch: Watch, weights: Any, others: Any) -> None:
        if weights is None:
            watch.ahead = watch.weights()
            return
        trained = [i for i, (_, v, ours, _) in enumerate(watch.parameters) if ours and v.trainable]  # the variables themselves are empty now
        watch.ahead = watch.latest | {i: numbers(w) for i, w in zip(trained, weights)}
        watch.aside.look(others)

    def _torch(self, data: Any) -> Any:
        self.data = data[0]
        return self.original(data)

    def _jax(self, state: Any, iterator: Any) -> Any:
        data = next(iterator)
        self.data = data
        self._ahead(state[0], state[1])
        return self.original(state, iter([data]))

    def _tensorflow(self, iterator: Any) -> Any:
        import tensorflow as tf

        original = self.original
        try:
            # The same specification, so that the step isn't traced anew.
            again = iter(tf.data.Dataset.from_generator(lambda: iter([self.data]), output_signature=iterator.element_spec))
        except Exception:  # an iterator over several devices, or of what isn't tensors
            self._restore()
            if self.watch is not None:
                self.watch.recording.told["notes"].append("the batches of this fit can't be seen")
            return original(iterator)
        self.data = next(iterator)
        if not self.eager:
            self._ahead()
        return original(again)
