"""Saves models with what Keras predicts of arrays, for unstuck predict.

    KERAS_BACKEND=jax python make_predict.py predict

Each NAME.keras has NAME.npz beside it: its inputs under the names of x or the input layers, and what Keras' own predict
says, in batches of 3, under expect_ and the name of y or the output.
"""

import os
import sys

import numpy as np

os.environ.setdefault("KERAS_BACKEND", "jax")
import keras  # noqa: E402
from keras import layers as L  # noqa: E402


def compiled():
    model = keras.Sequential([keras.Input((4,)), L.Dense(5, activation="relu"), L.BatchNormalization(), L.Dropout(0.5), L.Dense(2, activation="softmax")])
    model.compile("adam", "categorical_crossentropy")
    return model, {"x": (8, 4)}


def uncompiled():
    return keras.Sequential([keras.Input((4, 4, 1)), L.Conv2D(2, 3), L.Flatten(), L.Dense(1)]), {"x": (7, 4, 4, 1)}


def masked():
    """A compiled model whose output has a mask: a loss would have to look at it, a prediction doesn't."""
    model = keras.Sequential([keras.Input((5,)), L.Embedding(6, 3, mask_zero=True), L.LSTM(2, return_sequences=True)])
    model.compile("sgd", "mse")
    return model, {"x": (7, 5)}


def several():
    """Two inputs, one of whole numbers and of any length, two outputs, one of them its own layer's."""
    tokens, numbers = keras.Input((None,), dtype="int32", name="tokens"), keras.Input((2,), name="numbers")
    h = L.Concatenate()([L.GRU(3)(L.Embedding(6, 3, mask_zero=True)(tokens)), numbers])
    return keras.Model([tokens, numbers], [L.Dense(1, name="value")(h), L.Dense(3, activation="softmax", name="kind")(h)]), {"tokens": (7, 4), "numbers": (7, 2)}


def main(folder):
    for number, make in enumerate([compiled, uncompiled, masked, several]):
        keras.utils.set_random_seed(number)
        rng = np.random.default_rng(number)
        model, shapes = make()
        for w in model.weights:
            noise = 0.3 * rng.normal(size=w.shape).astype("float32")
            w.assign(np.abs(w.numpy() + noise) + 0.1 if "variance" in w.path else w.numpy() + noise)
        arrays = {}
        for name, shape in shapes.items():
            whole = name == "tokens" or make is masked
            arrays[name] = rng.integers(0, 6, shape).astype("int64" if name == "tokens" else "int32") if whole else rng.normal(size=shape).astype("float32")
        y = model.predict(list(arrays.values()) if len(arrays) > 1 else arrays["x"], batch_size=3, verbose=0)
        outputs = dict(zip(model.output_names, y)) if isinstance(y, list) else {"y": y}
        model.save(os.path.join(folder, make.__name__ + ".keras"))
        np.savez(os.path.join(folder, make.__name__ + ".npz"), **arrays, **{"expect_" + name: value for name, value in outputs.items()})


if __name__ == "__main__":
    main(sys.argv[1])
