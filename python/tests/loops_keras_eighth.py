"""An eighth batch of Keras loops, written without a look at the rules: faulty ones on TensorFlow, and the list of the others."""

import os
import tempfile

import keras
import loops_keras_eighth_more
import loops_keras_eighth_right
import numpy as np
from keras import layers
from keras_common import loop, tensorflow
from loops_keras_eighth_data import digits, moons, prices, reviews, seed, sensors

__all__ = ["loops_keras_eighth_more", "loops_keras_eighth_right"]


@loop("loop-wrong-parameters", "tensorflow")
def the_old_head_in_the_list(watch, folder):
    """The head is exchanged for one with five classes after the list of weights was taken."""
    tf = tensorflow()
    seed(201)
    x, y = digits()
    model = keras.Sequential(
        [keras.Input((10, 10, 1)), layers.Conv2D(8, 3, activation="relu"), layers.MaxPooling2D(), layers.Flatten(), layers.Dense(10)]
    )
    weights = model.trainable_weights  # fault
    model.pop()
    model.add(layers.Dense(5, name="new_head"))
    optimizer = keras.optimizers.Adam(5e-3)
    loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    w = watch(model, optimizer, loss=loss_fn, folder=folder)
    for epoch in range(3):
        for xb, yb in tf.data.Dataset.from_tensor_slices((x, y)).shuffle(320, seed=epoch).batch(32):
            with tf.GradientTape() as tape:
                logits = model(xb, training=True)
                loss = loss_fn(yb, logits)
            grads = tape.gradient(loss, weights)
            optimizer.apply_gradients((g, v) for g, v in zip(grads, weights) if g is not None)
            w(xb, yb, loss)


@loop("loop-eval-mode", "tensorflow")
def called_without_training(watch, folder):
    """A custom step that calls the model as if to predict: no dropout, no batch statistics."""
    tf = tensorflow()
    seed(202)
    tokens, y = reviews()
    model = keras.Sequential(
        [
            keras.Input((12,)),
            layers.Embedding(40, 16),
            layers.Flatten(),
            layers.Dense(32),
            layers.BatchNormalization(),
            layers.Activation("relu"),
            layers.Dropout(0.5),
            layers.Dense(2),
        ]
    )
    optimizer = keras.optimizers.Adam(5e-3)
    loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    w = watch(model, optimizer, loss=loss_fn, folder=folder)

    def train_step(inputs, labels):
        with tf.GradientTape() as tape:
            predictions = model(inputs)  # fault
            loss = loss_fn(labels, predictions)
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        return loss

    dataset = tf.data.Dataset.from_tensor_slices((tokens, y)).shuffle(320, seed=0).batch(32)
    for epoch in range(3):
        for inputs, labels in dataset:
            w(inputs, labels, train_step(inputs, labels))


@loop("loop-detached", "tensorflow")
def encoded_ahead_of_the_tape(watch, folder):
    """The encoder is called before the tape records."""
    tf = tensorflow()
    seed(204)
    x, y = sensors()
    encoder = keras.Sequential([keras.Input((14, 2)), layers.GRU(16)])
    head = keras.Sequential([keras.Input((16,)), layers.Dense(1)])
    model = keras.Sequential([encoder, head])
    optimizer = keras.optimizers.Adam(1e-2)
    mse = keras.losses.MeanSquaredError()
    w = watch(model, optimizer, loss=mse, folder=folder)
    for epoch in range(3):
        for xb, yb in tf.data.Dataset.from_tensor_slices((x, y)).shuffle(300, seed=epoch).batch(30):
            features = encoder(xb, training=True)  # fault
            with tf.GradientTape() as tape:
                loss = mse(yb, head(features, training=True))
            variables = encoder.trainable_variables + head.trainable_variables
            grads = tape.gradient(loss, variables)
            optimizer.apply_gradients((g, v) for g, v in zip(grads, variables) if g is not None)
            w(xb, yb, loss)


@loop("loop-gradients-accumulate", "tensorflow")
def gathered_gradients_never_set_to_zero(watch, folder):
    """Gradients are summed over two batches, applied, and summed on."""
    tf = tensorflow()
    seed(205)
    x, y = prices()
    model = keras.Sequential([keras.Input((7,)), layers.Dense(32, activation="relu"), layers.Dense(1)])
    optimizer = keras.optimizers.SGD(0.03)
    loss_fn = keras.losses.MeanSquaredError()
    gathered = [tf.Variable(tf.zeros(v.shape), trainable=False) for v in model.trainable_variables]
    w = watch(model, optimizer, loss=loss_fn, folder=folder)
    step = 0
    for epoch in range(4):
        for xb, yb in tf.data.Dataset.from_tensor_slices((x, y)).shuffle(320, seed=epoch).batch(32):
            with tf.GradientTape() as tape:
                loss = loss_fn(yb, model(xb, training=True))
            for total, g in zip(gathered, tape.gradient(loss, model.trainable_variables)):
                total.assign_add(g / 2)
            step += 1
            if step % 2 == 0:
                optimizer.apply_gradients(zip([tf.convert_to_tensor(t) for t in gathered], model.trainable_variables))  # fault
            w(xb, yb, loss)


@loop("loop-weights-overwritten", "tensorflow")
def the_first_checkpoint_in_every_epoch(watch, folder):
    tf = tensorflow()
    seed(206)
    x, y = moons()
    model = keras.Sequential([keras.Input((2,)), layers.Dense(24, activation="tanh"), layers.Dense(24, activation="tanh"), layers.Dense(1)])
    optimizer = keras.optimizers.Adam(1e-2)
    bce = keras.losses.BinaryCrossentropy(from_logits=True)
    path = os.path.join(tempfile.mkdtemp(), "start.weights.h5")
    model.save_weights(path)
    w = watch(model, optimizer, loss=bce, folder=folder)
    dataset = tf.data.Dataset.from_tensor_slices((x, y[:, None].astype("float32"))).shuffle(300, seed=1).batch(60)
    for epoch in range(6):
        model.load_weights(path)  # fault
        for xb, yb in dataset:
            with tf.GradientTape() as tape:
                loss = bce(yb, model(xb, training=True))
            optimizer.apply_gradients(zip(tape.gradient(loss, model.trainable_variables), model.trainable_variables))
            w(xb, yb, loss)


@loop("loop-rate-changed", "tensorflow")
def decay_steps_of_epochs(watch, folder):
    """A tenth every third epoch was meant; the schedule counts steps."""
    tf = tensorflow()
    seed(207)
    x, y = digits()
    model = keras.Sequential([keras.Input((10, 10, 1)), layers.Flatten(), layers.Dense(32, activation="relu"), layers.Dense(5)])
    rate = keras.optimizers.schedules.ExponentialDecay(0.02, decay_steps=3, decay_rate=0.1, staircase=True)  # fault
    optimizer = keras.optimizers.SGD(rate, momentum=0.9)
    loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    w = watch(model, optimizer, loss=loss_fn, folder=folder)
    for epoch in range(3):
        order = np.random.permutation(len(x))
        for k in range(0, len(x), 32):
            xb, yb = x[order[k : k + 32]], y[order[k : k + 32]]
            with tf.GradientTape() as tape:
                loss = loss_fn(yb, model(xb, training=True))
            optimizer.apply_gradients(zip(tape.gradient(loss, model.trainable_variables), model.trainable_variables))
            w(xb, yb, loss)
