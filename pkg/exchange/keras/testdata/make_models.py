"""Saves one .keras file for each supported layer, with what Keras predicts for it beside it.

    KERAS_BACKEND=jax python make_models.py models
    KERAS_BACKEND=jax python make_models.py models attention # this one alone

x of the i-th value is sin(i), or the whole number i % 7 where the model takes tokens, so only the shape is kept.
"""

import json
import os
import sys

import numpy as np

os.environ.setdefault("KERAS_BACKEND", "jax")
import keras  # noqa: E402
from keras import layers as L  # noqa: E402

ROWS = 3
VECTOR, SEQUENCE, TOKENS = (4,), (5, 3), (5,)

MODELS = {
    "dense": (VECTOR, [L.Dense(3, activation="gelu"), L.Dense(2)]),
    "activations": (VECTOR, [L.Dense(4), L.Activation("swish"), L.Dense(4), L.ReLU(max_value=1.5), L.Dense(4), L.LeakyReLU(), L.Dense(4), L.ELU(), L.Dense(4), L.Softmax()]),
    "prelu": (VECTOR, [L.Dense(4), L.PReLU(alpha_initializer="uniform"), L.Dense(2)]),
    "dropout": (VECTOR, [L.Dense(4), L.Dropout(0.5, seed=1), L.Dense(2)]),
    "batch_normalization": (VECTOR, [L.Dense(4), L.BatchNormalization(), L.BatchNormalization(scale=False, trainable=False)]),
    "layer_normalization": (VECTOR, [L.Dense(4), L.LayerNormalization(), L.LayerNormalization(center=False)]),
    "shapes": (SEQUENCE, [L.Flatten(), L.Reshape((3, 5)), L.Dense(2), L.GlobalAveragePooling1D()]),
    "embedding": (TOKENS, [L.Embedding(7, 3), L.Flatten(), L.Dense(2)]),
    "simple_rnn": (SEQUENCE, [L.SimpleRNN(4, return_sequences=True), L.SimpleRNN(3, go_backwards=True)]),
    "gru": (SEQUENCE, [L.GRU(4, return_sequences=True), L.GRU(3, reset_after=False)]),
    "lstm": (SEQUENCE, [L.LSTM(4, return_sequences=True), L.LSTM(3, use_bias=False)]),
    "functional": (VECTOR, lambda i: L.Dense(2)(L.BatchNormalization()(L.Dense(3, activation="tanh")(i)))),
    "graph": (VECTOR, lambda i: graph(i)),
    "attention": (SEQUENCE, lambda i: attention(i)),
    "sequences": (SEQUENCE, lambda i: sequences(i)),
}


def graph(i):
    """Nested models, one of them used twice, a layer used twice, a skip connection."""
    encoder = keras.Sequential([L.Dense(4, activation="relu"), L.BatchNormalization(), L.Dense(4)], name="encoder")
    inner = keras.Input((4,))
    layer = L.Dense(4, activation="tanh")
    block = keras.Model(inner, L.Add()([layer(layer(inner)), inner]), name="block")
    h = block(encoder(i))
    return L.Dense(2)(L.Concatenate()([L.Dense(3)(h), block(h), i]))


def attention(i):
    h = L.MultiHeadAttention(2, 3, use_gate=True)(i, i, use_causal_mask=True)
    h = L.GroupQueryAttention(3, 4, 2)(L.Add()([h, i]), i)
    h = L.Attention(use_scale=True, score_mode="concat")([h, L.Dense(3)(i)])
    h = L.AdditiveAttention()([h, i])
    return L.EinsumDense("abc,cd->abd", output_shape=(None, 4), bias_axes="d")(h)


def sequences(i):
    h = L.Bidirectional(L.LSTM(3, return_sequences=True))(i)
    h = L.Bidirectional(L.RNN(L.SimpleRNNCell(2), return_sequences=True), backward_layer=L.GRU(2, return_sequences=True, go_backwards=True), merge_mode="sum")(h)
    h = L.RNN(L.GRUCell(3), return_sequences=True)(h)
    h = L.RNN([L.GRUCell(3), L.LSTMCell(2), L.GRUCell(4)], return_sequences=True, go_backwards=True)(h)
    h = L.TimeDistributed(L.Dense(3))(h)
    h = L.TimeDistributed(keras.Sequential([L.Dense(3, activation="tanh"), L.BatchNormalization(), L.Dense(2)]))(h)
    return L.Bidirectional(L.GRU(2), merge_mode="mul")(h)


def inputs(model, shape):
    n = ROWS * int(np.prod(shape))
    values = np.arange(n) % 7 if model == "embedding" else np.sin(np.arange(n))
    return values.astype("float32").reshape((ROWS,) + shape)


def main(folder, *only):
    os.makedirs(folder, exist_ok=True)
    expected = {}
    if only:
        with open(os.path.join(folder, "predictions.json")) as f:
            expected = json.load(f)
    for number, (name, (shape, layers)) in enumerate(MODELS.items()):
        if only and name not in only:
            continue
        keras.utils.set_random_seed(number)
        if callable(layers):
            i = keras.Input(shape)
            model = keras.Model(i, layers(i))
        else:
            model = keras.Sequential([keras.Input(shape)] + layers)
        rng = np.random.default_rng(number)
        for w in model.weights:  # biases and moving statistics that aren't 0 and 1
            noise = 0.3 * rng.normal(size=w.shape).astype("float32")
            w.assign(np.abs(w.numpy() + noise) + 0.1 if "variance" in w.path else w.numpy() + noise)
        model.compile("adam", "mse", metrics=["mae"])
        model.save(os.path.join(folder, name + ".keras"))
        y = model.predict(inputs(name, shape), verbose=0)
        expected[name] = {"shape": list(y.shape), "values": [float(v) for v in y.ravel()]}
    with open(os.path.join(folder, "predictions.json"), "w") as f:
        json.dump(expected, f, indent=1)


if __name__ == "__main__":
    main(*sys.argv[1:])
