"""Made the files beside it with Keras 3.15.1 on TensorFlow (KERAS_BACKEND=tensorflow): reviews as strings, and a model whose first layer
takes them. Its learning rate is a thousandth of what it should be.
"""

import csv
import json
import pathlib

import keras
import numpy as np
from keras import layers

HERE = pathlib.Path(__file__).parent
keras.utils.set_random_seed(3)
random = np.random.default_rng(3)
good = ["great", "wonderful", "fun", "moving", "Loved it"]
bad = ["dull", "awful", "boring", "Too long", "a mess"]
other = ["the plot", "this film", "her part", "an ending", "and the music", "it was", "of course", "on the whole"]
reviews, liked = [], []
for i in range(300):
    words = list(random.choice(good if i % 2 else bad, 2)) + list(random.choice(other, random.integers(1, 6)))
    random.shuffle(words)
    reviews.append(", ".join(words) + random.choice([".", "!"]))
    liked.append(i % 2)

vectorize = layers.TextVectorization(max_tokens=200, output_sequence_length=16)
vectorize.adapt(np.array(reviews))
model = keras.Sequential(
    [
        keras.Input((1,), dtype="string"),
        vectorize,
        layers.Embedding(200, 8),
        layers.GlobalAveragePooling1D(),
        layers.Dense(8, activation="relu"),
        layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile(keras.optimizers.Adam(1e-6), "binary_crossentropy", metrics=["accuracy"])
model.save(HERE / "model.keras")
with open(HERE / "data.csv", "w", newline="") as f:
    csv.writer(f).writerows([("review", "liked"), *zip(reviews, liked)])
(HERE / "fit.json").write_text(json.dumps({"epochs": 20, "batch_size": 32, "validation_split": 0.2, "seed": 3}) + "\n")
