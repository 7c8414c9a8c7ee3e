"""Saves models of sequences as people write them, with what Keras' fit and evaluate make of them beside.

    KERAS_BACKEND=jax python make_sequences.py sequences
    KERAS_BACKEND=jax python make_sequences.py sequences tagger # this one alone
    KERAS_BACKEND=torch python make_sequences.py sequences metrics # the metrics of training alone, see below

Arrays are by a formula (see tokens), so only their shapes are kept. A history is of EPOCHS epochs of batches of 4 rows out
of 10, not shuffled, each epoch validated on 5 rows.

On JAX, Keras loses the mask of the output on the way from the training step to its metrics, and averages masked steps with
the others; in evaluation, and on PyTorch and TensorFlow, it leaves them out. So metrics of training are recorded on PyTorch.
"""

import json
import os
import sys

import numpy as np

os.environ.setdefault("KERAS_BACKEND", "jax")
import keras  # noqa: E402
from keras import layers as L  # noqa: E402

EPOCHS, ROWS, HELD, BATCH, TIME = 5, 10, 5, 4, 6


def tokens(n, number, words):
    """n sentences of at most TIME words, filled up with 0; every other one begins with 0, one has words on both sides of a 0."""
    x = np.zeros((n, TIME), "float32")
    for row in range(n):
        length = 1 + (row * 5 + number) % TIME
        for step in range(length):
            x[row, (step + row % 2) % TIME] = 1 + (7 * row + 3 * step + number) % (words - 1)
    return x


def numbers(shape, number):
    return np.sin(np.arange(np.prod(shape)) * 1.3 + number).astype("float32").reshape(shape)


def series(n, number):
    """Measurements [n, TIME, 2] of which the steps that tokens leaves out are all 0."""
    return numbers((n, TIME, 2), number) * (tokens(n, number, 5) > 0)[..., None]


def classes(shape, number, k):
    return ((np.arange(np.prod(shape)) * 5 + number) * 7 // 3 % k).astype("float32").reshape(shape)


def tagger():
    x = keras.Input((TIME,), name="words")
    h = L.Embedding(9, 4, mask_zero=True)(x)
    h = L.Bidirectional(L.LSTM(3, return_sequences=True))(h)
    return keras.Model(x, L.Dense(3, activation="softmax")(h)), "sparse_categorical_crossentropy", ["accuracy"]


def distributed_tagger():
    model = keras.Sequential([
        keras.Input((TIME,)),
        L.Embedding(9, 4, mask_zero=True),
        L.GRU(5, return_sequences=True),
        L.Dropout(0.0),
        L.TimeDistributed(L.Dense(3)),
    ])
    return model, keras.losses.SparseCategoricalCrossentropy(from_logits=True), ["accuracy"]


def regression():
    x = keras.Input((TIME, 2))
    h = L.Masking()(x)
    h = L.LSTM(4, return_sequences=True)(h)
    return keras.Model(x, L.Dense(1)(h)), "mse", ["mae", keras.metrics.RootMeanSquaredError()]


def binary():
    x = keras.Input((TIME,))
    h = L.Embedding(9, 4, mask_zero=True)(x)
    h = L.LayerNormalization()(L.SimpleRNN(4, return_sequences=True, activation="tanh")(h))
    return keras.Model(x, L.Dense(1, activation="sigmoid")(h)), "binary_crossentropy", ["accuracy"]


def two_heads():
    x = keras.Input((TIME,))
    h = L.Embedding(9, 4, mask_zero=True)(x)
    s = L.LSTM(3, return_sequences=True)(h)
    tags = L.Dense(3, activation="softmax", name="tags")(s)
    kind = L.Dense(1, activation="sigmoid", name="kind")(L.LSTM(2)(s))
    return keras.Model(x, [tags, kind]), ["sparse_categorical_crossentropy", "binary_crossentropy"], [["accuracy"], ["accuracy"]]


def seq2seq():
    """The encoder's state begins the decoder's, which is told the right words so far."""
    source, told = keras.Input((TIME,), name="source"), keras.Input((TIME,), name="told")
    _, h, c = L.LSTM(4, return_state=True, name="encoder")(L.Embedding(9, 3, mask_zero=True)(source))
    decoded, _, _ = L.LSTM(4, return_sequences=True, return_state=True, name="decoder")(L.Embedding(7, 3, mask_zero=True)(told), initial_state=[h, c])
    return keras.Model([source, told], L.Dense(7, activation="softmax")(decoded)), "sparse_categorical_crossentropy", ["accuracy"]


def seq2seq_attention():
    source, told = keras.Input((TIME,), name="source"), keras.Input((TIME,), name="told")
    encoded, state = L.GRU(4, return_sequences=True, return_state=True)(L.Embedding(9, 3, mask_zero=True)(source))
    decoded = L.GRU(4, return_sequences=True)(L.Embedding(7, 3, mask_zero=True)(told), initial_state=state)
    context = L.Attention()([decoded, encoded])
    h = L.Dense(5, activation="tanh")(L.Concatenate()([decoded, context]))
    return keras.Model([source, told], L.Dense(7, activation="softmax")(h)), "sparse_categorical_crossentropy", ["accuracy"]


def seq2seq_bidirectional():
    source, told = keras.Input((TIME,), name="source"), keras.Input((TIME,), name="told")
    encoded, fh, fc, bh, bc = L.Bidirectional(L.LSTM(2, return_sequences=True, return_state=True))(L.Embedding(9, 3, mask_zero=True)(source))
    state = [L.Concatenate()([fh, bh]), L.Concatenate()([fc, bc])]
    decoded = L.LSTM(4, return_sequences=True)(L.Embedding(7, 3, mask_zero=True)(told), initial_state=state)
    h = L.Concatenate()([decoded, L.AdditiveAttention()([decoded, encoded])])
    return keras.Model([source, told], L.TimeDistributed(L.Dense(7, activation="softmax"))(h)), "sparse_categorical_crossentropy", ["accuracy"]


def repeated():
    """An autoencoder of sequences: no mask comes through RepeatVector."""
    x = keras.Input((TIME, 2))
    h = L.RepeatVector(TIME)(L.LSTM(3)(L.Masking()(x)))
    return keras.Model(x, L.TimeDistributed(L.Dense(2))(L.LSTM(3, return_sequences=True)(h))), "mse", ["mse"]


SENTENCES = lambda n, k: [tokens(n, k, 9)]
PAIRS = lambda n, k: [tokens(n, k, 9), tokens(n, k + 2, 7)]
SERIES = lambda n, k: [series(n, k)]
TAGS = lambda n, k: [classes((n, TIME), k, 3)]
WORDS = lambda n, k: [classes((n, TIME), k, 7)]

# name: model, inputs, targets, optimizer, whether rows have weights
MODELS = {
    "tagger": (tagger, SENTENCES, TAGS, lambda: keras.optimizers.Adam(0.01), False),
    "weighted_tagger": (tagger, SENTENCES, TAGS, lambda: keras.optimizers.SGD(0.1), True),
    "distributed_tagger": (distributed_tagger, SENTENCES, TAGS, lambda: keras.optimizers.SGD(0.1, momentum=0.9), False),
    "regression": (regression, SERIES, lambda n, k: [numbers((n, TIME, 1), k + 5)], lambda: keras.optimizers.Adam(0.01), False),
    "weighted_regression": (regression, SERIES, lambda n, k: [numbers((n, TIME, 1), k + 5)], lambda: keras.optimizers.SGD(0.05), True),
    "binary": (binary, SENTENCES, lambda n, k: [classes((n, TIME, 1), k, 2)], lambda: keras.optimizers.SGD(0.1), False),
    "two_heads": (two_heads, SENTENCES, lambda n, k: [classes((n, TIME), k, 3), classes((n, 1), k, 2)], lambda: keras.optimizers.Adam(0.01), False),
    "repeated": (repeated, SERIES, lambda n, k: SERIES(n, k), lambda: keras.optimizers.Adam(0.01), False),
    "seq2seq": (seq2seq, PAIRS, WORDS, lambda: keras.optimizers.Adam(0.01), False),
    "seq2seq_attention": (seq2seq_attention, PAIRS, WORDS, lambda: keras.optimizers.SGD(0.1), True),
    "seq2seq_bidirectional": (seq2seq_bidirectional, PAIRS, WORDS, lambda: keras.optimizers.Adam(0.01), False),
}


def main(folder, *only):
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, "histories.json")
    known = json.load(open(path)) if os.path.exists(path) else {}
    metrics = only == ("metrics",)
    for number, (name, (build, inputs, targets, optimizer, weighted)) in enumerate(MODELS.items()):
        if only and name not in only and not metrics:
            continue
        keras.utils.set_random_seed(number)
        file = os.path.join(folder, name + ".keras")
        if metrics:
            model = keras.saving.load_model(file)
            model.jit_compile, model.run_eagerly = False, True
        else:
            model, loss, measured = build()
            model.compile(optimizer(), loss, metrics=measured, loss_weights=[1.0, 0.5] if len(model.outputs) > 1 else None)
            model.save(file)
        x, y, held = inputs(ROWS, 0), targets(ROWS, 0), (inputs(HELD, 3), targets(HELD, 3))
        one = lambda all: all if len(all) > 1 else all[0]
        weights = {"sample_weight": np.repeat((0.5 + np.arange(ROWS, dtype="float32") % 3)[:, None], TIME, 1)} if weighted else {}
        ran = model.fit(one(x), one(y), batch_size=BATCH, epochs=EPOCHS, shuffle=False, verbose=0, validation_data=(one(held[0]), one(held[1])), **weights).history
        if metrics:
            for key in ran:
                if "loss" not in key:
                    np.testing.assert_allclose(ran[key], known[name]["history"][key], atol=1e-5) if key.startswith("val_") else None
                    known[name]["history"][key] = ran[key]
            np.testing.assert_allclose(ran["loss"], known[name]["history"]["loss"], rtol=1e-4)
            continue
        known[name] = {
            "shapes": [list(a.shape[1:]) for a in x + y], "inputs": len(x), "weighted": weighted,
            "arrays": [[float(v) for v in a.ravel()] for a in x + y], "held": [[float(v) for v in a.ravel()] for a in held[0] + held[1]],
            "history": ran, "evaluated": model.evaluate(one(x), one(y), verbose=0, return_dict=True),
        }
    with open(path, "w") as f:
        f.write("{\n" + ",\n".join(json.dumps(k) + ": " + json.dumps(v) for k, v in known.items()) + "\n}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
