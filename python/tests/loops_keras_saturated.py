"""Correct compiled fits whose outputs are saturated, in each way in which a model ends in probabilities. On TensorFlow their losses are of logits."""

import keras
import numpy as np
from keras import layers
from loops import loop


def fitted(watch, folder, loss, *ends, targets):
    """Fit a model whose weights are too large, with some wrong labels."""
    random = np.random.default_rng(0)
    centers, label = random.normal(size=(3, 6)) * 6, random.integers(0, 3, 300)
    x = 3 * (centers[label] + random.normal(size=(300, 6))).astype("float32")
    label = np.where(random.random(300) < 0.05, (label + 1) % 3, label)
    model = keras.Sequential([keras.Input((6,)), layers.Dense(16, activation="relu"), *ends])
    model.compile(keras.optimizers.SGD(0.05), loss)
    model.set_weights([4 * w for w in model.get_weights()])
    model.fit(x, targets(label), batch_size=32, epochs=2, verbose=0, callbacks=[watch.callback(folder)])


def one_of_three(label):
    return np.eye(3, dtype="float32")[label]


@loop("loop-correct")
def softmax_in_a_dense_layer(watch, folder):
    fitted(watch, folder, "categorical_crossentropy", layers.Dense(3, activation="softmax"), targets=one_of_three)


@loop("loop-correct")
def classes_as_numbers(watch, folder):
    fitted(watch, folder, "sparse_categorical_crossentropy", layers.Dense(3, activation="softmax"), targets=lambda label: label)


@loop("loop-correct")
def softmax_as_a_layer(watch, folder):
    fitted(watch, folder, "categorical_crossentropy", layers.Dense(3), layers.Softmax(), targets=one_of_three)


@loop("loop-correct")
def softmax_as_an_activation(watch, folder):
    fitted(watch, folder, keras.losses.CategoricalCrossentropy(label_smoothing=0.1), layers.Dense(3), layers.Activation("softmax"), targets=one_of_three)


@loop("loop-correct")
def one_probability(watch, folder):
    fitted(watch, folder, "binary_crossentropy", layers.Dense(1, activation="sigmoid"), targets=lambda label: (label > 0).astype("float32"))


@loop("loop-correct")
def reshaped_behind_the_softmax(watch, folder):
    fitted(watch, folder, "categorical_crossentropy", layers.Dense(3, activation="softmax"), layers.Reshape((3,)), targets=one_of_three)
