"""Runs what the pages of loops show in Keras, each block for itself: KERAS_BACKEND=tensorflow python docs/causes/loops/run_keras.py"""

import pathlib
import re

import keras
import numpy as np
import tensorflow as tf

HERE = pathlib.Path(__file__).resolve().parent


def names(page):
    """What the blocks of a page call: model, optimizer, loss, batches of 16 rows."""
    x = np.random.default_rng(0).normal(size=(96, 3)).astype("float32")
    y = x[:, :1] - 2 * x[:, 1:2]
    outputs, loss_fn = 1, keras.losses.MeanSquaredError()
    if page == "loop-other-loss":
        y, outputs = (y[:, 0] > 0).astype("int32"), 3
    if page == "loop-broadcast":
        y = y[:, 0]
    if page == "numerically-unstable-loss":
        y = (y > 0).astype("float32")
    layers = [keras.layers.Dense(8, activation="tanh"), keras.layers.Dense(outputs)]
    model = keras.Sequential([keras.Input((3,)), *layers])
    return {
        "keras": keras, "np": np, "tf": tf, "x": x, "y": y, "model": model, "encoder": keras.Sequential(layers[:1]), "head": keras.Sequential(layers[1:]),
        "optimizer": keras.optimizers.Adam(0.02), "loss_fn": loss_fn, "batches": tf.data.Dataset.from_tensor_slices((x, y)).batch(16),
    }  # fmt: skip


def main():
    ran = 0
    for path in sorted(HERE.parent.glob("*.md")):
        cure = path.read_text().partition("## The cure")[2].partition("## By hand")[0]
        if "<!-- fault -->" not in cure or "```go" in cure or path.name == "README.md":
            continue
        for block in re.findall(r"```python\n(.*?)```", cure.rpartition("<!-- /")[2], re.DOTALL):
            try:
                exec(compile(block, path.name, "exec"), names(path.stem))
            except ValueError as error:
                if path.stem != "loop-no-update" or "No gradients provided" not in str(error):  # which is what is wrong with it
                    raise
            ran += 1
            print("ran", path.name, flush=True)
    print(ran, "blocks ran")


main()
