"""Compiled steps of Keras within which gradients are clipped, or changed otherwise: they aren't seen. On the backend that KERAS_BACKEND names."""

import keras
from keras_common import classes, loop, numbers, small, tensorflow


def compiled(watch, folder, change, optimizer, data=numbers, width=5, out=1, loss=None):
    """Train in a tf.function that gives change(gradients) to the optimizer."""
    tf = tensorflow()
    x, y = data()
    model = small(width, out)
    loss = loss or keras.losses.MeanSquaredError()
    w = watch(model, optimizer, loss=loss, folder=folder)

    @tf.function
    def step(xb, yb):
        with tf.GradientTape() as tape:
            value = loss(yb, model(xb, training=True))
        gradients = change(tape.gradient(value, model.trainable_variables))
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        return value

    for _ in range(2):
        for at in range(0, len(x), 32):
            xb, yb = x[at : at + 32], y[at : at + 32]
            w(xb, yb, step(xb, yb))


def all_together(to):
    return lambda gradients: tensorflow().clip_by_global_norm(gradients, to)[0]


def of_classes(watch, folder, change, optimizer):
    compiled(watch, folder, change, optimizer, classes, 6, 3, keras.losses.SparseCategoricalCrossentropy(from_logits=True))


@loop("loop-correct", "tensorflow")
def by_one_norm(watch, folder):
    compiled(watch, folder, all_together(1.0), keras.optimizers.SGD(0.05))


@loop("loop-correct", "tensorflow")
def by_one_norm_that_few_reach(watch, folder):
    of_classes(watch, folder, all_together(0.8), keras.optimizers.SGD(0.1))


@loop("loop-correct", "tensorflow")
def by_one_norm_with_momentum(watch, folder):
    compiled(watch, folder, all_together(0.5), keras.optimizers.SGD(0.05, momentum=0.9))


@loop("loop-correct", "tensorflow")
def by_one_norm_with_adam(watch, folder):
    compiled(watch, folder, all_together(1.0), keras.optimizers.Adam(1e-2))


@loop("loop-correct", "tensorflow")
def by_a_norm_each(watch, folder):
    compiled(watch, folder, lambda gradients: [tensorflow().clip_by_norm(g, 0.5) for g in gradients], keras.optimizers.SGD(0.05))


@loop("loop-correct", "tensorflow")
def number_by_number(watch, folder):
    of_classes(watch, folder, lambda gradients: [tensorflow().clip_by_value(g, -0.05, 0.05) for g in gradients], keras.optimizers.SGD(0.1))


@loop("loop-correct", "tensorflow")
def number_by_number_with_rmsprop(watch, folder):
    compiled(watch, folder, lambda gradients: [tensorflow().clip_by_value(g, -0.1, 0.1) for g in gradients], keras.optimizers.RMSprop(1e-2))


@loop("loop-gradients-changed", "tensorflow")
def to_next_to_nothing(watch, folder):
    compiled(watch, folder, all_together(1e-5), keras.optimizers.SGD(0.05))


@loop("loop-gradients-changed", "tensorflow")
def times_a_little(watch, folder):
    compiled(watch, folder, lambda gradients: [g * 0.01 for g in gradients], keras.optimizers.SGD(0.05))


@loop("loop-gradients-changed", "tensorflow")
def times_a_little_with_momentum(watch, folder):
    compiled(watch, folder, lambda gradients: [g * 0.01 for g in gradients], keras.optimizers.SGD(0.05, momentum=0.9))


@loop("loop-gradients-changed", "tensorflow")
def turned_around_and_clipped(watch, folder):
    compiled(watch, folder, lambda gradients: all_together(1.0)([-g for g in gradients]), keras.optimizers.SGD(0.05))
