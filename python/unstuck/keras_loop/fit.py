"""Watches ``model.fit``: a callback that sees the batches by standing ahead of the function that makes a step."""

from __future__ import annotations

from typing import Any

import keras

from .watch import Watch


class FitWatch(keras.callbacks.Callback):  # type: ignore[misc]
    """Records the first steps of a fit."""

    def __init__(self, folder: str, steps: int) -> None:
        super().__init__()
        self.folder, self.steps = folder, steps
        self.watch: Watch | None = None
        self.original: Any = None
        self.ours: Any = None
        self.data: Any = None
        self.total = self.rows = 0.0
        self.weighted = False

    def on_train_begin(self, logs: Any = None) -> None:
        model = self.model
        self.watch = Watch(model, model.optimizer, model.loss, self.folder, self.steps)
        self.eager = keras.backend.backend() == "torch" or bool(model.run_eagerly)
        self.watch.traced = not self.eager
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
        self.total = self.rows = 0.0

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
            watch.recording.told |= {"loss": None, "keras_loss": None}
            watch.recording.told["notes"].append("the loss isn't checked: its rows are weighted")
        watch(x, y, self._loss(x, logs or {}))
        self.data = None
        if not watch.watching:
            self._restore()

    def on_train_end(self, logs: Any = None) -> None:
        if self.watch is not None:
            self.watch.close()
        self._restore()

    def _loss(self, x: Any, logs: dict[str, Any]) -> float | None:
        """Return the loss of the last batch: Keras tells the mean over the epoch so far."""
        if "loss" not in logs:
            return None
        rows = float(keras.tree.flatten(x)[0].shape[0])
        total = float(logs["loss"]) * (self.rows + rows)
        loss = (total - self.total) / rows
        self.total, self.rows = total, self.rows + rows
        return loss

    def _restore(self) -> None:
        if self.original is not None and self.model.train_function is self.ours:
            object.__setattr__(self.model, "train_function", self.original)
        self.original = None

    # What a step is called with, on each backend.

    def _torch(self, data: Any) -> Any:
        self.data = data[0]
        return self.original(data)

    def _jax(self, state: Any, iterator: Any) -> Any:
        data = next(iterator)
        self.data = data
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
        return original(again)
