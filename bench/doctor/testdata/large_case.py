"""Writes a training of LeNet on 60,000 images that is stuck by its learning rate: python large_case.py FOLDER

The images are drawn: each of ten classes has three strokes at places of its own, moved by up to three pixels, with noise. A
network learns them to 0.99 within an epoch or two, and none of them is anybody's.
"""

import json
import os
import sys
import zipfile

os.environ.setdefault("KERAS_BACKEND", "torch")

import keras
import numpy as np
from keras import layers

ROWS, CLASSES, SIDE = 60_000, 10, 28


def images(rng):
    """Pictures of strokes, 0 to 1, and their classes."""
    y = rng.integers(0, CLASSES, ROWS)
    strokes = np.zeros((CLASSES, SIDE, SIDE), np.float32)
    for each in strokes:
        for _ in range(3):
            (row, column), (down, right) = rng.integers(6, 22, 2), rng.normal(size=2)
            for step in np.linspace(-7, 7, 40) / np.hypot(down, right):
                r, c = int(row + step * down), int(column + step * right)
                if 0 <= r < SIDE and 0 <= c < SIDE:
                    each[r, c] = 1
    x = np.empty((ROWS, SIDE, SIDE, 1), np.float32)
    moves = rng.integers(-3, 4, (ROWS, 2))
    for i in range(ROWS):
        x[i, :, :, 0] = np.roll(strokes[y[i]], moves[i], (0, 1))
    x += rng.normal(scale=0.3, size=x.shape).astype(np.float32)
    return x, y.astype(np.int32)


def lenet():
    model = keras.Sequential([
        keras.Input((SIDE, SIDE, 1)),
        layers.Conv2D(6, 5, padding="same", activation="relu"), layers.MaxPooling2D(),
        layers.Conv2D(16, 5, activation="relu"), layers.MaxPooling2D(), layers.Flatten(),
        layers.Dense(120, activation="relu"), layers.Dense(84, activation="relu"), layers.Dense(CLASSES, activation="softmax"),
    ])
    model.compile(keras.optimizers.Adam(1e-7), "sparse_categorical_crossentropy")
    return model


def main():
    folder = sys.argv[1]
    os.makedirs(folder, exist_ok=True)
    model = lenet()
    model.save(os.path.join(folder, "model.keras"))
    with zipfile.ZipFile(os.path.join(folder, "model.keras")) as archive, open(os.path.join(folder, "config.json"), "wb") as f:
        f.write(archive.read("config.json"))
    os.remove(os.path.join(folder, "model.keras"))  # fresh weights
    x, y = images(np.random.default_rng(1))
    np.savez(os.path.join(folder, "data.npz"), x=x, y=y)
    with open(os.path.join(folder, "fit.json"), "w") as f:
        json.dump({"epochs": 5, "batch_size": 128, "validation_split": 0.1, "seed": 1}, f)


if __name__ == "__main__":
    main()
