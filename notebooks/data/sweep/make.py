"""Wrote config.json: the network of the article's first example, compiled. Keras 3.15.1."""

import json
import zipfile

import keras

model = keras.Sequential([
    keras.Input((10,)),
    keras.layers.Dense(64, activation="relu"),
    keras.layers.Dense(1),
])
model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="mse")
model.save("model.keras")
with zipfile.ZipFile("model.keras") as archive:
    config = json.loads(archive.read("config.json"))
with open("config.json", "w") as out:
    json.dump(config, out, indent=1)
    out.write("\n")
