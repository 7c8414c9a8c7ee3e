"""Writes golden.json: what Keras computes for each layer, forward and backward.

Each case holds a layer's weights, an input x, a cotangent c, the output y, and the gradients of
sum(y*c) with respect to x and every trainable weight. All sizes differ and all weights are distinct,
so a swapped axis or gate can't pass. Made with Keras 3.15.1 on JAX:

    KERAS_BACKEND=jax python make_golden.py
"""

import inspect
import json
import math
import os
import pathlib

os.environ.setdefault("KERAS_BACKEND", "jax")

import jax
import jax.numpy as jnp
import keras
import numpy as np
from keras import layers

EXTREMES = [
    -math.inf, -1e4, -88.0, -30.0, -7.0, -3.0, -1.5, -0.5, -1e-3, -1e-20, 0.0,
    1e-20, 1e-3, 0.4, 1.1, 3.0, 6.0, 6.5, 25.0, 89.0, 1e4, math.inf, math.nan,
]
BATCH, TIME, FEATURES, UNITS = 3, 4, 5, 2

activations = {
    "linear": layers.Activation("linear"),
    "relu": layers.Activation("relu"),
    "relu6": layers.Activation("relu6"),
    "relu max slope threshold": layers.ReLU(max_value=5.5, negative_slope=0.2, threshold=0.7),
    "relu slope": layers.ReLU(negative_slope=0.15),
    "sigmoid": layers.Activation("sigmoid"),
    "tanh": layers.Activation("tanh"),
    "leaky_relu": layers.Activation("leaky_relu"),
    "LeakyReLU": layers.LeakyReLU(),
    "elu": layers.Activation("elu"),
    "ELU 0.7": layers.ELU(alpha=0.7),
    "selu": layers.Activation("selu"),
    "softplus": layers.Activation("softplus"),
    "softsign": layers.Activation("softsign"),
    "silu": layers.Activation("silu"),
    "gelu": layers.Activation("gelu"),
    "gelu approximate": layers.Activation(lambda x: keras.activations.gelu(x, approximate=True)),
    "hard_sigmoid": layers.Activation("hard_sigmoid"),
    "hard_silu": layers.Activation("hard_silu"),
    "exponential": layers.Activation("exponential"),
    "mish": layers.Activation("mish"),
    "celu": layers.Activation("celu"),
    "squareplus": layers.Activation("squareplus"),
    "log_sigmoid": layers.Activation("log_sigmoid"),
    "hard_tanh": layers.Activation("hard_tanh"),
    "hard_shrink": layers.Activation("hard_shrink"),
    "soft_shrink": layers.Activation("soft_shrink"),
    "tanh_shrink": layers.Activation("tanh_shrink"),
    "sparse_plus": layers.Activation("sparse_plus"),
    "sparse_sigmoid": layers.Activation("sparse_sigmoid"),
}

recurrent = dict(return_sequences=True)
SEQ = (BATCH, TIME, FEATURES)
layers_of = {
    # name: (layer, shape of x, training)
    "softmax": (layers.Softmax(), (BATCH, FEATURES), False),
    "softmax 3d": (layers.Activation("softmax"), SEQ, False),
    "prelu": (layers.PReLU(), SEQ, False),
    "prelu shared": (layers.PReLU(shared_axes=[1]), SEQ, False),
    "dense": (layers.Dense(UNITS, activation="tanh"), (BATCH, FEATURES), False),
    "dense 3d": (layers.Dense(UNITS), SEQ, False),
    "dense no bias": (layers.Dense(UNITS, use_bias=False), (BATCH, FEATURES), False),
    "batch normalization training": (layers.BatchNormalization(), (BATCH, FEATURES), True),
    "batch normalization inference": (layers.BatchNormalization(), (BATCH, FEATURES), False),
    "batch normalization 3d": (layers.BatchNormalization(momentum=0.7, epsilon=0.02), SEQ, True),
    "batch normalization plain": (layers.BatchNormalization(center=False, scale=False), (BATCH, FEATURES), True),
    "layer normalization": (layers.LayerNormalization(), (BATCH, FEATURES), False),
    "layer normalization 3d": (layers.LayerNormalization(epsilon=0.02), SEQ, False),
    "layer normalization plain": (layers.LayerNormalization(center=False, scale=False), (BATCH, FEATURES), False),
    "flatten": (layers.Flatten(), SEQ, False),
    "reshape": (layers.Reshape((2, -1)), SEQ, False),
    "global average pooling": (layers.GlobalAveragePooling1D(), SEQ, False),
    "simple rnn": (layers.SimpleRNN(UNITS), SEQ, False),
    "simple rnn relu sequences": (layers.SimpleRNN(UNITS, activation="relu", **recurrent), SEQ, False),
    "simple rnn backwards": (layers.SimpleRNN(UNITS, go_backwards=True, use_bias=False, **recurrent), SEQ, False),
    "gru": (layers.GRU(UNITS), SEQ, False),
    "gru sequences": (layers.GRU(UNITS, activation="softsign", recurrent_activation="hard_sigmoid", **recurrent), SEQ, False),
    "gru reset before": (layers.GRU(UNITS, reset_after=False, **recurrent), SEQ, False),
    "gru no bias": (layers.GRU(UNITS, use_bias=False, go_backwards=True), SEQ, False),
    "lstm": (layers.LSTM(UNITS), SEQ, False),
    "lstm sequences": (layers.LSTM(UNITS, activation="elu", recurrent_activation="hard_sigmoid", **recurrent), SEQ, False),
    "lstm backwards": (layers.LSTM(UNITS, go_backwards=True, use_bias=False, **recurrent), SEQ, False),
}


def distinct(shape, seed, low=-1.2, high=1.3):
    """Values spread evenly over a range, shuffled: no two alike."""
    n = int(np.prod(shape))
    values = np.linspace(low, high, n) if n > 1 else np.array([high])
    return np.random.RandomState(seed).permutation(values).reshape(shape).astype("float32")


def number(v):
    v = float(np.float32(v))
    return v if math.isfinite(v) else str(v)


def array(a):
    a = np.asarray(a)
    return {"shape": list(a.shape), "values": [number(v) for v in a.ravel()]}


def case(name, layer, x, training, seed):
    layer.build(x.shape)
    for i, w in enumerate(layer.weights):
        positive = "variance" in w.path
        w.assign(distinct(w.shape, 100 * seed + i, 0.4 if positive else -0.9, 1.6))
    trainable = [w.value for w in layer.trainable_variables]
    state = [w.value for w in layer.non_trainable_variables]

    mode = {"training": training} if "training" in inspect.signature(layer.call).parameters else {}

    def forward(weights, x):
        y, after = layer.stateless_call(weights, state, x, **mode)
        return y, after

    y, after = forward(trainable, x)
    c = distinct(y.shape, seed + 7, 0.3, 2.0)
    gradients = lambda weights, x: jnp.sum(forward(weights, x)[0] * c)
    dw, dx = (None, None)
    if jnp.issubdtype(x.dtype, jnp.floating):
        dw, dx = jax.grad(gradients, argnums=(0, 1))(trainable, x)
    else:
        dw = jax.grad(gradients, argnums=0)(trainable, x)
    weights = [
        {"name": w.name, "trainable": w.trainable, "before": array(w.value)} for w in layer.weights
    ]
    named = {id(w): i for i, w in enumerate(layer.weights)}
    for w, g in zip(layer.trainable_variables, dw):
        weights[named[id(w)]]["gradient"] = array(g)
    for w, v in zip(layer.non_trainable_variables, after):
        if id(w) in named:
            weights[named[id(w)]]["after"] = array(v)
    result = {"name": name, "training": training, "x": array(x), "c": array(c), "y": array(y), "weights": weights}
    if dx is not None:
        result["dx"] = array(dx)
    return result


def main():
    cases = []
    extremes = np.array([EXTREMES], dtype="float32")
    for seed, (name, layer) in enumerate(activations.items()):
        cases.append(case(name, layer, extremes, False, seed + 1))
    for seed, (name, (layer, shape, training)) in enumerate(layers_of.items()):
        cases.append(case(name, layer, distinct(shape, seed + 50), training, seed + 51))
    big = np.array([[1e4, -1e4, 0.0, 1e4, 3.0], [-1e4, -1e4, -1e4, -1e4, -1e4]], dtype="float32")
    for seed, name in enumerate(["log_softmax"], start=1):
        cases.append(case(name, layers.Activation(name), distinct(SEQ, seed + 92), False, seed + 94))
    cases.append(case("softmax large", layers.Softmax(), big, False, 90))
    indices = np.array([[0, 3, 5], [6, 3, 2]], dtype="int32")
    cases.append(case("embedding", layers.Embedding(7, 2), indices, False, 91))
    text = "[\n" + ",\n".join(json.dumps(c) for c in cases) + "\n]\n"
    pathlib.Path(__file__).with_name("golden.json").write_text(text)


if __name__ == "__main__":
    main()
