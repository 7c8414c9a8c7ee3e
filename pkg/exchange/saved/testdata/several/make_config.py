"""Writes config.json, a model with two inputs and two outputs. Needs keras and jax."""

import json
import os

os.environ.setdefault("KERAS_BACKEND", "jax")
import keras  # noqa: E402
from keras import layers as L  # noqa: E402

left, right = keras.Input((3,), name="left"), keras.Input((2,), name="right")
a = L.Dense(16, activation="relu", name="a")(left)
b = L.Dense(16, activation="relu", name="b")(right)
mixed = L.Dense(32, activation="relu", name="mixed")(L.Concatenate(name="both")([a, b]))
model = keras.Model([left, right], [L.Dense(1, name="number")(mixed), L.Dense(1, activation="sigmoid", name="class")(mixed)])
model.compile(optimizer=keras.optimizers.Adam(5e-3), loss=["mse", "binary_crossentropy"], loss_weights=[1.0, 0.5])
config = json.loads(model.to_json())
config["compile_config"] = model.get_compile_config()
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "config.json"), "w") as f:
    json.dump(config, f, indent=1)
