"""Writes the recordings of aside/, of compiled fits on JAX that are replayed by Keras alone: KERAS_BACKEND=jax python pkg/loop/testdata/make_aside_recordings.py."""

import os
import pathlib
import shutil
import sys
import tempfile

os.environ["KERAS_BACKEND"] = "jax"
HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[2] / "python"), str(HERE.parents[1] / "exchange" / "torch" / "testdata")]
import jax
import keras
import numpy as np
from packed_recording import packed

import unstuck


class Times(keras.Sequential):
    """Multiplies gradients ahead of the optimizer's step."""

    def __init__(self, layers, times):
        super().__init__(layers)
        self.times = times

    def train_step(self, state, data):
        trained, others, slots, metrics = state
        x, y, weights = keras.utils.unpack_x_y_sample_weight(data)
        gradient = jax.value_and_grad(self.compute_loss_and_updates, has_aux=True)
        (_, (loss, outputs, others, metrics)), gradients = gradient(trained, others, metrics, x, y, weights, training=True, optimizer_variables=slots)
        trained, slots = self.optimizer.stateless_apply(slots, [self.times * g for g in gradients], trained)
        with keras.StatelessScope(state_mapping=list(zip(self.metrics_variables, metrics))) as scope:
            self._loss_tracker.update_state(loss)
        metrics = [scope.get_current_value(v) for v in self.metrics_variables]
        return {"loss": loss}, (trained, others, slots, metrics)


class Unsaved(keras.layers.Layer):
    """A layer that Keras can't write down."""

    def __init__(self, of):
        super().__init__()
        self.of = of

    def call(self, x):
        return keras.ops.tanh(x)


def own(y, p):
    return keras.ops.mean(keras.ops.abs(y - p) ** 1.5, axis=-1)


def trained(folder, kind, times=None):
    keras.utils.set_random_seed(3)
    layers = [keras.layers.Input((4,)), keras.layers.Dense(6, "tanh")]
    if kind in ("dropout", "noise", "penalty"):
        layers.append(keras.layers.GaussianNoise(0.3) if kind == "noise" else keras.layers.Dropout(0.4))
    if kind == "unsaved":
        layers.append(Unsaved(lambda: None))
    layers.append(keras.layers.Dense(1, "sigmoid" if kind == "weights" else None, kernel_regularizer="l2" if kind == "penalty" else None))
    model = keras.Sequential(layers) if times is None else Times(layers, times)
    loss = {"own": own, "weights": "binary_crossentropy"}.get(kind, "mse")
    model.compile(keras.optimizers.SGD(0.02, momentum=0.9), loss)
    x = np.random.rand(64, 4).astype("float32")
    y = (x[:, :1] > x[:, 1:2]).astype("float32")
    model.fit(x, y, batch_size=16, epochs=2, verbose=0, class_weight={0: 1.0, 1: 3.0} if kind == "weights" else None, callbacks=[unstuck.KerasWatch(folder, steps=6)])


def main():
    (HERE / "aside").mkdir(exist_ok=True)
    for kind in ("dropout", "noise", "penalty", "own", "weights", "unsaved"):
        for times, name in ((None, kind), (1e-4, kind + ".loop-gradients-changed")):
            folder = pathlib.Path(tempfile.mkdtemp())
            trained(folder, kind, times)
            (HERE / "aside" / f"{name}.tar.gz").write_bytes(packed(folder, HERE))
            shutil.rmtree(folder)


main()
