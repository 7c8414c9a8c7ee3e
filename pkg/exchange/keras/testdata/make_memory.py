"""Saves a .keras file for each optimizer after three steps, and the losses of three more beside them.

    KERAS_BACKEND=jax python make_memory.py memory

Row i of x is sin(i·width), sin(i·width + 1), …; y is the sum of a row's cosines. A step takes four rows in their order.
"""

import json
import os
import sys
import zipfile

import numpy as np

os.environ.setdefault("KERAS_BACKEND", "jax")
import keras  # noqa: E402
from keras import layers as L, optimizers as O  # noqa: E402

ROWS, WIDTH, BATCH = 12, 3, 4

OPTIMIZERS = {
    "sgd": O.SGD(0.05),
    "momentum": O.SGD(0.02, momentum=0.9, nesterov=True),
    "adam": O.Adam(0.02, clipnorm=1.0),
    "amsgrad": O.Adam(0.02, amsgrad=True),
    "adamw": O.AdamW(0.02, weight_decay=0.1),
    "rmsprop": O.RMSprop(0.01),
    "rmsprop_all": O.RMSprop(0.01, momentum=0.5, centered=True),
    "adagrad": O.Adagrad(0.05),
    "adadelta": O.Adadelta(1.0),
    "adamax": O.Adamax(0.02),
    "lion": O.Lion(0.01),
    "ftrl": O.Ftrl(0.05),
    "lamb": O.Lamb(0.02),
    "schedule": O.Adam(O.schedules.ExponentialDecay(0.05, 2, 0.5)),
    # whose state can't be taken over
    "nadam": O.Nadam(0.02),
    "accumulated": O.Adam(0.02, gradient_accumulation_steps=2),
}


def model():
    """A nested model, statistics that aren't trained, and a frozen layer between layers that are."""
    keras.utils.set_random_seed(1)
    inner = keras.Sequential([L.Dense(4, activation="tanh"), L.BatchNormalization()])
    return keras.Sequential([keras.Input((WIDTH,)), L.Dense(5, activation="tanh"), inner, L.Dense(4, activation="tanh", trainable=False), L.Dense(1)])


def packed(path):
    """HDF5 is mostly zeros, and Keras stores it as it is."""
    with zipfile.ZipFile(path) as z:
        parts = {name: z.read(name) for name in z.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as z:
        for name, content in parts.items():
            z.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)


def three_steps(m, x, y):
    return [m.fit(x[i : i + BATCH], y[i : i + BATCH], batch_size=BATCH, epochs=1, verbose=0).history["loss"][0] for i in range(0, ROWS, BATCH)]


def saved(m, folder, name):
    path = os.path.join(folder, name + ".keras")
    m.save(path)
    packed(path)


def main():
    folder = sys.argv[1]
    x = np.sin(np.arange(ROWS * WIDTH)).reshape(ROWS, WIDTH).astype("float32")
    y = np.cos(x).sum(1, keepdims=True).astype("float32")
    after = {}
    for name, optimizer in OPTIMIZERS.items():
        m = model()
        m.compile(optimizer, "mse")
        three_steps(m, x, y)
        saved(m, folder, name)
        after[name] = three_steps(m, x, y)
    m = model()
    m.compile("adam", "mse")
    saved(m, folder, "untrained")
    with open(os.path.join(folder, "losses.json"), "w") as f:
        json.dump(after, f, indent=1)


main()
