"""Writes the recordings of killed/, of loops whose process gets SIGKILL in their midst: python pkg/loop/testdata/make_killed_recordings.py,
with PyTorch, and Keras on TensorFlow. Each loop runs in a process of its own, and what it leaves is packed as it is."""

import os
import pathlib
import signal
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
PACKAGE = HERE.parents[2] / "python"


def torch_loop(fault, folder, last):
    import torch
    from torch import nn

    import unstuck

    torch.manual_seed(1)
    model = nn.Sequential(nn.Linear(3, 6), nn.Tanh(), nn.Linear(6, 1))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
    watch = unstuck.watch(model, optimizer, loss="mse", folder=folder)
    for step in range(1, 20):
        x = torch.randn(8, 3)
        y = x[:, :1] - x[:, 1:2]
        if not fault:
            optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(x), y)
        watch(x, y, loss)
        loss.backward()
        if step == last:
            os.kill(os.getpid(), signal.SIGKILL)
        optimizer.step()


def keras_loop(fault, folder, last):
    os.environ["KERAS_BACKEND"] = "tensorflow"
    import keras
    import numpy as np
    import tensorflow as tf

    import unstuck

    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(6, activation="tanh"), keras.layers.Dense(1)])
    optimizer, loss_fn = keras.optimizers.SGD(0.05), keras.losses.MeanSquaredError()
    watch = unstuck.watch(model, optimizer, loss="mse", folder=folder)
    total = [0.0] * 4
    for step in range(1, 20):
        x = np.random.normal(size=(8, 3)).astype("float32")
        y = x[:, :1] - x[:, 1:2]
        with tf.GradientTape() as tape:
            loss = loss_fn(y, model(x, training=True))
        watch(x, y, loss)
        gradients = tape.gradient(loss, model.trainable_variables)
        if fault:
            gradients = total = [g + t for g, t in zip(gradients, total)]
        if step == last:
            os.kill(os.getpid(), signal.SIGKILL)
        optimizer.apply(gradients, model.trainable_variables)


def main():
    if len(sys.argv) > 1:
        framework, fault, folder, last = sys.argv[1:]
        (torch_loop if framework == "torch" else keras_loop)(fault, folder, int(last))
        return
    sys.path[:0] = [str(HERE.parents[1] / "exchange" / "torch" / "testdata")]
    from packed_recording import packed

    environment = os.environ | {"PYTHONPATH": str(PACKAGE), "TF_CPP_MIN_LOG_LEVEL": "3"}
    for framework in ("torch", "keras"):
        for name, fault, last in (("correct", "", 6), ("gradients-accumulate", "1", 6), ("one-step", "", 2), ("first-step", "", 1)):
            with tempfile.TemporaryDirectory() as folder:
                done = subprocess.run([sys.executable, __file__, framework, fault, folder, str(last)], env=environment)
                assert done.returncode == -signal.SIGKILL, done
                (HERE / "killed" / f"{framework}-{name}.tar.gz").write_bytes(packed(pathlib.Path(folder), HERE))


main()
