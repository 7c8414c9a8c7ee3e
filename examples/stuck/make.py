"""Wrote config.json and data.csv: a classifier whose last layer is a softmax over a single unit. Keras 3.15.1."""

import json
import zipfile

import keras
import numpy as np

rng = np.random.default_rng(7)
x = rng.normal(size=(240, 3))
faulty = (x[:, 0] * x[:, 1] + 0.5 * x[:, 2] > 0).astype(int)
with open("data.csv", "w") as out:
    out.write("pressure,temperature,vibration,faulty\n")
    for row, label in zip(x, faulty):
        out.write(",".join(f"{v:.4f}" for v in row) + f",{label}\n")

model = keras.Sequential([
    keras.Input((3,)),
    keras.layers.Dense(24, activation="relu"),
    keras.layers.Dense(24, activation="relu"),
    keras.layers.Dense(1, activation="softmax"),
])
model.compile(optimizer=keras.optimizers.Adam(3e-3), loss="binary_crossentropy", metrics=["accuracy"])
model.save("model.keras")
with zipfile.ZipFile("model.keras") as archive:
    config = json.loads(archive.read("config.json"))
with open("config.json", "w") as out:
    json.dump(config, out, indent=1)
    out.write("\n")
