"""Saves models with stateful layers, with what Keras makes of them in training, evaluation and prediction beside.

    KERAS_BACKEND=tensorflow python make_stateful.py stateful

On JAX, Keras 3.15 loses the states behind each batch of fit, evaluate and predict; on TensorFlow it keeps them, as its
documentation says. Batches have 4 of 12 rows, not shuffled; an epoch is validated on 8 rows, 2 epochs are trained. Then 8 rows
are evaluated and predicted twice. At last the states are reset, and 8 rows predicted
again. Arrays are by a formula.
"""

import json
import os
import sys

import numpy as np

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
import keras  # noqa: E402
from keras import layers as L  # noqa: E402

BATCH, TIME = 4, 5


def numbers(shape, number):
    return np.sin(np.arange(np.prod(shape)) * 1.3 + number).astype("float32").reshape(shape)


def model(*layers, shape=(TIME, 3)):
    return keras.Sequential([keras.Input(batch_shape=(BATCH, *shape)), *layers])


def branches():
    x = keras.Input(batch_shape=(BATCH, TIME, 3))
    a = L.GRU(3, stateful=True, name="a")(x)
    b = L.LSTM(2, name="b")(x)  # begins at zero each time
    return keras.Model(x, L.Dense(1)(L.Concatenate()([a, b])))


MODELS = {
    "lstm": lambda: model(L.LSTM(3, stateful=True), L.Dense(1)),
    "gru": lambda: model(L.GRU(3, stateful=True, return_sequences=True), L.GRU(2, stateful=True, reset_after=False), L.Dense(1)),
    "simple_masked": lambda: model(L.Masking(0.0), L.SimpleRNN(3, stateful=True), L.Dense(1)),
    "backwards": lambda: model(L.LSTM(2, stateful=True, go_backwards=True), L.Dense(1)),
    "bidirectional": lambda: model(L.Bidirectional(L.LSTM(2, stateful=True)), L.Dense(1)),
    "cell": lambda: model(L.RNN(L.GRUCell(3), stateful=True), L.Dense(1)),
    "cells": lambda: model(L.RNN([L.LSTMCell(3), L.GRUCell(2)], stateful=True), L.Dense(1)),
    "frozen": lambda: model(L.LSTM(3, stateful=True, trainable=False), L.Dense(1)),
    "convolution": lambda: model(L.ConvLSTM1D(2, 2, stateful=True), L.Flatten(), L.Dense(1), shape=(3, 4, 2)),
    "branches": branches,
}


def reset(m):
    """Keras' own reset_state fails for a stack of cells."""
    for layer in m.layers:
        for one in (layer, getattr(layer, "forward_layer", None), getattr(layer, "backward_layer", None)):
            for v in keras.tree.flatten(getattr(one, "states", None) or []):
                v.assign(np.zeros(v.shape))


def main(folder, *only):
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, "histories.json")
    known = json.load(open(path)) if os.path.exists(path) else {}
    for name, make in MODELS.items():
        if only and name not in only:
            continue
        keras.utils.set_random_seed(7)
        m = make()
        m.compile(keras.optimizers.Adam(0.02), "mse", jit_compile=False)
        m.save(os.path.join(folder, name + ".keras"))
        shape = m.input_shape[1:]
        x, y, vx, vy = numbers((12, *shape), 1), numbers((12, 1), 2), numbers((8, *shape), 3), numbers((8, 1), 4)
        if name == "simple_masked":
            x[::3, -2:], vx[1, 1:] = 0, 0
        h = m.fit(x, y, batch_size=BATCH, epochs=2, shuffle=False, verbose=0, validation_data=(vx, vy)).history
        evaluated = m.evaluate(vx, vy, batch_size=BATCH, verbose=0)
        predicted = [m.predict(vx, batch_size=BATCH, verbose=0).ravel().tolist() for _ in range(2)]
        reset(m)
        predicted.append(m.predict(vx, batch_size=BATCH, verbose=0).ravel().tolist())
        assert max(abs(a - b) for a, b in zip(*predicted[1:])) > 1e-4, name  # the states count
        known[name] = {"shape": list(shape), "x": x.ravel().tolist(), "y": y.ravel().tolist(), "held_x": vx.ravel().tolist(), "held_y": vy.ravel().tolist(),
                       "loss": h["loss"], "val_loss": h["val_loss"], "evaluated": evaluated, "predicted": predicted}
        print(name, h, evaluated)
    json.dump(known, open(path, "w"))


main(*sys.argv[1:])
