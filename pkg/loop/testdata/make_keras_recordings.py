"""Writes the recordings of Keras that the tests read: KERAS_BACKEND=tensorflow python pkg/loop/testdata/make_keras_recordings.py

Beside each stands golden.json, Keras' own loss and gradient norm of each step, computed anew from the recorded weights.
"""

import io
import json
import pathlib
import sys
import tarfile
import tempfile

import keras
import numpy as np
import tensorflow as tf
from keras import layers

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[2] / "python")]

import unstuck


class Own(keras.Model):
    """A model whose step is written by hand: with one fault or another."""

    fault = ""

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            out = self(x, training=True)
            loss = self.compute_loss(y=y, y_pred=out) if self.fault != "keras-loop-other-loss-fit" else tf.reduce_mean(tf.abs(y - out))
        gradients = tape.gradient(loss, self.trainable_variables)
        if self.fault == "keras-loop-gradients-changed-fit":
            gradients = [g * 1e-4 for g in gradients]
        if self.fault == "keras-loop-gradients-accumulate-fit":
            for total, gradient in zip(self.totals, gradients):
                total.assign_add(gradient)
            gradients = [tf.identity(total) for total in self.totals]
        if self.fault != "keras-loop-no-update-fit":
            self.optimizer.apply(gradients, self.trainable_variables)
        return {"loss": loss}


class Back(keras.callbacks.Callback):
    def on_train_begin(self, logs=None):
        self.start = self.model.get_weights()

    def on_train_batch_begin(self, batch, logs=None):
        self.model.set_weights(self.start)


def compiled(name, folder, x, y):
    inputs = keras.Input((3,))
    model = Own(inputs, layers.Dense(1)(layers.Dense(6, activation="tanh")(inputs)))
    model.fault = name
    model.totals = [tf.Variable(tf.zeros_like(v), trainable=False) for v in model.trainable_variables]
    model.compile(optimizer=keras.optimizers.SGD(0.05), loss="mse")
    back = [Back()] if name == "keras-loop-weights-overwritten-fit" else []
    model.fit(x, y, epochs=4, batch_size=12, verbose=0, callbacks=[*back, unstuck.KerasWatch(folder, steps=4)])
    return model


def run(name, folder):
    keras.utils.set_random_seed(3)
    x = np.random.randn(24, 3).astype("float32")
    y = x[:, :1] - 2 * x[:, 1:2]
    if name in COMPILED:
        return compiled(name, folder, x, y)
    model = keras.Sequential([keras.Input((3,)), layers.Dense(6), layers.BatchNormalization(), layers.Activation("tanh"), layers.Dense(1)])
    optimizer = keras.optimizers.Adam(0.05, clipnorm=1.0)
    loss_fn = keras.losses.MeanSquaredError()
    if name == "keras-loop-correct-fit":
        model.compile(optimizer=optimizer, loss=loss_fn)
        model.fit(x, y, epochs=4, batch_size=12, verbose=0, callbacks=[unstuck.KerasWatch(folder, steps=4)])
        return model
    watch = unstuck.watch(model, optimizer, loss=loss_fn, folder=folder, steps=4)
    kept = [tf.zeros_like(v) for v in model.trainable_variables]
    for _ in range(12):
        rows = np.random.permutation(24)[:12]
        xb, yb = x[rows], y[rows]
        if name == "keras-loop-broadcast":
            yb = yb[:, 0]
        with tf.GradientTape() as tape:
            out = model(xb, training=name != "keras-loop-eval-mode")
            loss = tf.reduce_mean((out - yb) ** 2) if name == "keras-loop-broadcast" else loss_fn(yb, out)
        variables = model.layers[-1].trainable_variables if name == "keras-loop-wrong-parameters" else model.trainable_variables
        gradients = tape.gradient(loss, variables)
        if name == "keras-loop-gradients-accumulate":
            gradients = kept = [k + g for k, g in zip(kept, gradients)]
        optimizer.apply_gradients(zip(gradients, variables))
        watch(xb, yb, loss)
    watch.close()
    return model


def golden(model, folder):
    """Return Keras' loss and gradient norm at each recorded step, from its weights."""
    told = json.loads((folder / "recording.json").read_text())
    weights = {}
    steps = []
    for n in range(1, told["steps"] + 1):
        with np.load(folder / f"step-{n:03d}.npz", allow_pickle=False) as arrays:
            if "y" not in arrays.files:  # it was only waited for the optimizer
                break
            weights |= {int(name[7:]): arrays[name] for name in arrays.files if name.startswith("before/")}
            for i, values in weights.items():
                model.weights[told["parameters"][i]["at"]].assign(values)
            with tf.GradientTape() as tape:
                loss = keras.losses.MeanSquaredError()(arrays["y"], model(arrays["x"], training=True))
            gradients = tape.gradient(loss, model.trainable_variables)
            steps.append({"loss": float(loss), "gradient": float(tf.linalg.global_norm(gradients))})
            weights |= {int(name[6:]): arrays[name] for name in arrays.files if name.startswith("after/")}
    return steps


def pack(folder, path):
    with tarfile.open(path, "w:gz") as archive:
        for file in sorted(folder.iterdir()):
            content = file.read_bytes().replace(str(HERE).encode() + b"/", b"")
            entry = tarfile.TarInfo(file.name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))


COMPILED = (
    "keras-loop-no-update-fit", "keras-loop-other-loss-fit", "keras-loop-gradients-changed-fit", "keras-loop-gradients-accumulate-fit",
    "keras-loop-weights-overwritten-fit",
)  # fmt: skip

for name in (
    "keras-loop-correct", "keras-loop-correct-fit", "keras-loop-broadcast", "keras-loop-wrong-parameters", "keras-loop-eval-mode",
    "keras-loop-gradients-accumulate", *COMPILED,
):  # fmt: skip
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary) / name
        trained = run(name, folder)
        (folder / "golden.json").write_text(json.dumps(golden(trained, folder)))
        pack(folder, HERE / "keras" / f"{name}.tar.gz")
