"""Writes class_weight.json: trainings with class_weight, as Keras on JAX runs them.

    KERAS_BACKEND=jax python make_class_weight.py
"""

import json
import os

os.environ.setdefault("KERAS_BACKEND", "jax")

import keras
import numpy as np
from keras import layers


def rounded(values):
    return [round(float(v), 8) for v in np.ravel(values)]


def case(name, units, activation, loss, encode, class_weight, **fit):
    rng = np.random.default_rng(len(name))
    x = rng.normal(size=(50, 4)).astype("float32")
    classes = rng.integers(0, max(2, units), size=50)
    x[:, 0] += classes
    y = encode(classes).astype("float32")
    model = keras.Sequential([layers.Input((4,)), layers.Dense(8, activation="tanh"), layers.Dense(units, activation=activation)])
    model.set_weights([rng.normal(scale=0.5, size=w.shape).astype("float32") for w in model.get_weights()])
    weights = [{"shape": list(w.shape), "values": rounded(w)} for w in model.get_weights()]
    model.compile(optimizer=keras.optimizers.Adam(0.05), loss=loss, metrics=["accuracy"])
    h = model.fit(x, y, epochs=4, batch_size=16, shuffle=False, class_weight=class_weight, verbose=0, **fit).history
    return {
        "name": name, "loss_name": loss, "units": units, "activation": activation,
        "x": rounded(x), "y": {"shape": list(y.shape), "values": rounded(y)}, "weights": weights,
        "class_weight": {str(k): v for k, v in class_weight.items()}, "validation_split": fit.get("validation_split", 0),
        "loss": rounded(h["loss"]), "accuracy": rounded(h["accuracy"]), "val_loss": rounded(h.get("val_loss", [])),
    }


def refused(several=False, **fit):
    """What Keras says to settings that it refuses."""
    x = np.zeros((4, 2), "float32")
    inputs = layers.Input((2,))
    outputs = [layers.Dense(1)(inputs), layers.Dense(1)(inputs)] if several else layers.Dense(1)(inputs)
    model = keras.Model(inputs, outputs)
    model.compile(loss="mse")
    try:
        model.fit(x, [np.zeros((4, 1))] * 2 if several else np.zeros((4, 1)), class_weight={0: 2.0}, verbose=0, **fit)
    except ValueError as e:
        return str(e)
    return ""


cases = [
    case("numbers of two classes", 1, "sigmoid", "binary_crossentropy", lambda c: c[:, None], {0: 1.0, 1: 5.0}),
    case("validation rows weigh 1", 1, "sigmoid", "binary_crossentropy", lambda c: c, {0: 0.25, 1: 3.0}, validation_split=0.3),
    case("one-hot, a class not named", 3, "softmax", "categorical_crossentropy", lambda c: np.eye(3)[c], {0: 2.0, 2: 0.5}),
    case("class numbers, one of weight 0", 3, "softmax", "sparse_categorical_crossentropy", lambda c: c[:, None], {0: 2.0, 1: 0.0, 7: 4.0}),
]
refusals = {"sample weights": refused(sample_weight=np.ones(4)), "several outputs": refused(several=True)}
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "class_weight.json")
with open(path, "w") as f:
    json.dump({"keras": keras.__version__, "backend": keras.backend.backend(), "refusals": refusals, "cases": cases}, f, indent=1)
    f.write("\n")
