"""What the loops of Keras have in common: data, a small network, a step on each backend, and the list in which they stand."""

import keras
import loops
import numpy as np
from keras import layers


def loop(cause, *backends):
    """List a loop under its cause, where Keras runs on one of the backends."""

    def listed(function):
        if keras.backend.backend() in backends:
            loops.LOOPS.append((function.__name__, cause, function))
        return function

    return listed


def tensorflow():
    import tensorflow

    return tensorflow


def torch_():
    import torch

    return torch


def _numpy(arrays):
    return tuple(np.array(a.numpy()) for a in arrays)


def numbers(rows=256, width=5):
    return _numpy(loops.numbers(rows, width))


def classes():
    return _numpy(loops.classes())


def yes_no():
    return _numpy(loops.yes_no())


def waves():
    return _numpy(loops.waves())


def pictures():
    x, y = _numpy(loops.pictures())
    return x.transpose(0, 2, 3, 1).copy(), y[:, None].astype("float32")


def small(width, out=1, hidden=16):
    return keras.Sequential([keras.Input((width,)), layers.Dense(hidden, activation="relu"), layers.Dense(out)])


def custom(model, optimizer, objective, x, y, watch, scale=lambda loss: loss):
    """Make a correct step on TensorFlow or PyTorch."""
    variables = model.trainable_variables
    if keras.backend.backend() == "tensorflow":
        tf = tensorflow()
        with tf.GradientTape() as tape:
            loss = objective(x, y)
            scaled = scale(loss)
        optimizer.apply_gradients(zip(tape.gradient(scaled, variables), variables))
    else:
        torch = torch_()
        model.zero_grad()
        loss = objective(x, y)
        scale(loss).backward()
        with torch.no_grad():
            optimizer.apply([v.value.grad for v in variables], variables)
    watch(x, y, loss)
