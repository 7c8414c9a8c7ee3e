"""Loops of Keras whose model is given what watch was given in another type, shape or order, on the backend that KERAS_BACKEND names."""

import keras
import numpy as np
from keras import layers
from keras_common import classes, custom, loop, numbers, small


def trained(watch, folder, data, model, loss, step):
    """Train on batches, by step(model, loss, x, y)."""
    optimizer = keras.optimizers.SGD(0.05)
    w = watch(model, optimizer, loss=loss, folder=folder)
    x, y = data
    for _ in range(2):
        for at in range(0, len(x), 32):
            a, b = x[at : at + 32], y[at : at + 32]
            custom(model, optimizer, lambda x, y: step(model, loss, x, y), a, b, w)


def losses():
    return keras.losses.MeanSquaredError()


def shuffled(x):
    return np.random.default_rng(len(x)).permutation(len(x))


@loop("loop-correct", "tensorflow", "torch")
def rows_in_double(watch, folder):
    x, y = numbers()
    trained(watch, folder, (x.astype("float64") * 1.1, y), small(5), losses(), lambda model, loss, x, y: loss(y, model(x.astype("float32"), training=True)))


@loop("loop-correct", "tensorflow", "torch")
def rows_of_integers(watch, folder):
    x, y = numbers()
    trained(watch, folder, ((3 * x).astype("int32"), y), small(5), losses(), lambda model, loss, x, y: loss(y, model(x.astype("float32"), training=True)))


@loop("loop-correct", "tensorflow", "torch")
def model_in_double(watch, folder):
    model = keras.Sequential([keras.Input((5,), dtype="float64"), layers.Dense(8, activation="tanh", dtype="float64"), layers.Dense(1, dtype="float64")])
    trained(watch, folder, numbers(), model, losses(), lambda model, loss, x, y: loss(y.astype("float64"), model(x.astype("float64"), training=True)))


@loop("loop-correct", "tensorflow", "torch")
def rows_in_half(watch, folder):
    x, y = numbers()
    trained(watch, folder, (x.astype("float16"), y), small(5), losses(), lambda model, loss, x, y: loss(y, model(x.astype("float32"), training=True)))


@loop("loop-correct", "tensorflow", "torch")
def a_column_for_the_model(watch, folder):
    x, y = numbers()
    trained(watch, folder, (x[:, 0], y), small(1), losses(), lambda model, loss, x, y: loss(y, model(x[:, None], training=True)))


@loop("loop-correct", "tensorflow", "torch")
def rows_and_targets_shuffled_alike(watch, folder):
    def step(model, loss, x, y):
        order = shuffled(x)
        return loss(y[order], model(x[order], training=True))

    trained(watch, folder, numbers(), small(5), losses(), step)


@loop("loop-correct", "tensorflow", "torch")
def classes_turned_alike(watch, folder):
    trained(watch, folder, classes(), small(6, 3), keras.losses.SparseCategoricalCrossentropy(from_logits=True), lambda model, loss, x, y: loss(y[::-1].copy(), model(x[::-1].copy(), training=True)))


@loop("loop-misaligned-targets", "tensorflow", "torch")
def rows_alone_shuffled(watch, folder):
    trained(watch, folder, numbers(), small(5), losses(), lambda model, loss, x, y: loss(y, model(x[shuffled(x)], training=True)))


@loop("loop-misaligned-targets", "tensorflow", "torch")
def rows_alone_turned_and_cast(watch, folder):
    x, y = numbers()
    trained(watch, folder, (x.astype("float64"), y), small(5), losses(), lambda model, loss, x, y: loss(y, model(x[::-1].astype("float32"), training=True)))
