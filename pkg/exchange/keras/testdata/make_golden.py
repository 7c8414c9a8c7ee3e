"""Short, deterministic trainings in Keras 3, one JSON file each, in the form that golden/README.md describes.

    KERAS_BACKEND=jax python make_golden.py FOLDER [WORD ...]

writes those whose name holds one of the words, without words all. Needs keras and jax. golden/more-*.json are
the numbers 12, 20, 24, 53, 58, 59 and those from 62 on.
"""

import json
import os
import sys

import numpy as np

os.environ.setdefault("KERAS_BACKEND", "jax")
import keras  # noqa: E402
from keras import initializers as I  # noqa: E402
from keras import layers as L  # noqa: E402
from keras import losses as LS  # noqa: E402
from keras import optimizers as O  # noqa: E402
from keras import regularizers as R  # noqa: E402
from keras.optimizers import schedules as S  # noqa: E402

ROWS, FEATURES, STEPS = 26, 5, 6
TRAININGS = []


def training(name, layers, optimizer=None, loss="mse", target="number", x="rows", epochs=3, batch=8):
    TRAININGS.append((f"{len(TRAININGS):02d}-{name}", layers, optimizer, loss, target, x, epochs, batch))


def mlp(**hidden):
    return lambda: [L.Dense(7, **{"activation": "tanh", **hidden}), L.Dense(1)]


# Activations, as strings, as layers and as objects within a Dense.
training("activations-a", lambda: [L.Dense(6, activation=a) for a in ("relu", "sigmoid", "tanh", "softplus", "softsign", "selu")] + [L.Dense(1)])
training("activations-b", lambda: [L.Dense(6, activation=a) for a in ("elu", "silu", "gelu", "leaky_relu", "hard_sigmoid", "exponential")] + [L.Dense(1)])
training("activations-c", lambda: [L.Dense(6, activation=a) for a in ("relu6", "hard_silu", "mish", "softmax", "linear")] + [L.Dense(1)])
training("activation-layers", lambda: [L.Dense(6), L.Activation("tanh"), L.Dense(6), L.ReLU(max_value=0.8, negative_slope=0.1, threshold=0.05), L.Dense(6), L.LeakyReLU(negative_slope=0.07), L.Dense(6), L.ELU(alpha=0.6), L.Dense(4), L.Softmax(), L.Dense(1)])
training("activation-objects", lambda: [L.Dense(6, activation=L.LeakyReLU(negative_slope=0.15)), L.Dense(6, activation=L.ELU(alpha=1.5)), L.Dense(6, activation=keras.activations.relu), L.Dense(1)])
training("zero-slopes", lambda: [L.Dense(6), L.LeakyReLU(negative_slope=0.0), L.Dense(6), L.ELU(alpha=0.0), L.Dense(1)])
training("prelu", lambda: [L.Dense(6), L.PReLU(), L.Dense(6), L.PReLU(alpha_initializer=I.Constant(0.2), alpha_regularizer="l2"), L.Dense(1)])
training("prelu-shared", lambda: [L.SimpleRNN(4, return_sequences=True), L.PReLU(shared_axes=[1], alpha_initializer=I.Constant(0.1)), L.Flatten(), L.Dense(1)], x="sequences")
# Normalization. A bias in front of a batch normalization has a gradient of zero but for rounding, which Adam makes
# a step of: no two libraries agree on it.
training("batchnorm", lambda: [L.Dense(6, use_bias=False), L.BatchNormalization(), L.ReLU(), L.Dense(1)])
training("batchnorm-options", lambda: [L.Dense(6, use_bias=False), L.BatchNormalization(momentum=0.8, epsilon=0.01, center=False), L.Dense(6, use_bias=False), L.BatchNormalization(scale=False, momentum=0.0), L.Dense(1)])
training("batchnorm-sequences", lambda: [L.SimpleRNN(4, return_sequences=True), L.BatchNormalization(), L.Flatten(), L.Dense(1)], x="sequences")
training("batchnorm-frozen", lambda: [L.Dense(6), L.BatchNormalization(trainable=False, moving_mean_initializer=I.Constant(0.2), moving_variance_initializer=I.Constant(2.0)), L.Activation("tanh"), L.Dense(1)])
training("batchnorm-penalties", lambda: [L.Dense(6, use_bias=False), L.BatchNormalization(gamma_regularizer="l2", beta_regularizer=R.L1(0.02), gamma_initializer=I.Constant(1.3), beta_initializer=I.Constant(0.1)), L.Dense(1)])
training("layernorm", lambda: [L.Dense(6), L.LayerNormalization(), L.ELU(), L.Dense(6), L.LayerNormalization(epsilon=0.1, center=False), L.Dense(5), L.LayerNormalization(scale=False), L.Dense(1)])
# Frozen layers.
training("frozen", lambda: [L.Dense(6, activation="relu", trainable=False), L.Dense(6, activation="relu"), L.Dense(1)])
training("frozen-recurrent", lambda: [L.LSTM(4, trainable=False), L.Dense(1)], x="sequences")
# Initializers, regularizers, biases.
training("initializers", lambda: [L.Dense(6, kernel_initializer=i, bias_initializer=b) for i, b in (("he_normal", "ones"), (I.Orthogonal(gain=1.4), I.Constant(0.1)), (I.RandomNormal(stddev=0.3), I.RandomUniform(-0.2, 0.2)), (I.VarianceScaling(2.0, "fan_in", "uniform"), "zeros"), (I.TruncatedNormal(stddev=0.2), "zeros"), ("lecun_uniform", "zeros"), (I.Identity(gain=0.9), "zeros"))] + [L.Dense(1)])
# An L1 penalty isn't put on a bias of zeros: there Keras' backends differ.
training("penalties", lambda: [L.Dense(6, activation="relu", kernel_regularizer=R.L2(0.03), bias_initializer=I.Constant(0.1), bias_regularizer=R.L1(0.02)), L.Dense(6, kernel_regularizer=R.L1L2(0.01, 0.02)), L.Dense(1, kernel_regularizer=R.L1L2(0.01, 0.01), use_bias=False)])
# Shapes.
training("flatten-reshape", lambda: [L.Reshape((3, -1)), L.Dense(4, activation="tanh"), L.Flatten(), L.Dense(1)], x="sequences")
training("dense-on-sequences", lambda: [L.Dense(4, activation="tanh"), L.Dense(2)], target="sequence", x="sequences")
training("embedding", lambda: [L.Embedding(9, 4, embeddings_initializer="glorot_normal", embeddings_regularizer=R.L2(0.01)), L.Flatten(), L.Dense(1)], x="tokens")
training("embedding-lstm", lambda: [L.Embedding(9, 4), L.LSTM(5), L.Dense(1, activation="sigmoid")], lambda: O.SGD(0.5), loss="binary_crossentropy", target="yes", x="tokens")
training("pooling", lambda: [L.GRU(4, return_sequences=True), L.GlobalAveragePooling1D(), L.Dense(1)], x="sequences")
# Recurrent layers and all their options.
training("simple-rnn-stack", lambda: [L.SimpleRNN(4, return_sequences=True), L.SimpleRNN(3, activation="relu", use_bias=False, return_sequences=True), L.SimpleRNN(4, go_backwards=True), L.Dense(1)], x="sequences")
training("lstm-stack", lambda: [L.LSTM(4, return_sequences=True, go_backwards=True), L.LSTM(3, activation="softsign", recurrent_activation="hard_sigmoid", unit_forget_bias=False, return_sequences=True), L.LSTM(3, use_bias=False), L.Dense(1)], x="sequences")
training("gru-stack", lambda: [L.GRU(4, return_sequences=True), L.GRU(3, reset_after=False, return_sequences=True), L.GRU(3, reset_after=False, use_bias=False, go_backwards=True, return_sequences=True), L.GRU(3, use_bias=False, activation="relu", recurrent_activation="tanh"), L.Dense(1)], x="sequences")
training("recurrent-initializers", lambda: [L.SimpleRNN(4, activation="linear", recurrent_initializer=I.Orthogonal(gain=1.1), return_sequences=True), L.LSTM(4, kernel_initializer="he_uniform", recurrent_initializer=I.RandomNormal(stddev=0.4), bias_initializer=I.Constant(0.1), return_sequences=True), L.GRU(4, recurrent_initializer="glorot_uniform"), L.Dense(1)], x="sequences")
training("recurrent-penalties", lambda: [L.SimpleRNN(4, kernel_regularizer="l2", recurrent_regularizer=R.L1(0.01), bias_regularizer=R.L2(0.1), return_sequences=True), L.LSTM(3, recurrent_regularizer="l2", return_sequences=True), L.GRU(3, kernel_regularizer="l1", bias_regularizer="l2"), L.Dense(1)], x="sequences")
training("recurrent-unrolled", lambda: [L.LSTM(4, unroll=True), L.Dense(1)], x="sequences")
training("sequence-to-sequence", lambda: [L.LSTM(5, return_sequences=True), L.Dense(2)], target="sequence", x="sequences")
# Optimizers.
training("sgd-momentum", mlp(), lambda: O.SGD(0.05, momentum=0.9))
training("sgd-nesterov-decay", mlp(), lambda: O.SGD(0.05, momentum=0.8, nesterov=True, weight_decay=0.01))
training("adam-amsgrad", mlp(), lambda: O.Adam(0.02, beta_1=0.8, beta_2=0.95, epsilon=1e-4, amsgrad=True))
training("adam-weight-decay-clip", mlp(), lambda: O.Adam(0.02, weight_decay=0.1, clipnorm=0.05))
training("adamw-global-clip", mlp(), lambda: O.AdamW(0.02, weight_decay=0.05, global_clipnorm=0.2))
training("rmsprop-centered", mlp(), lambda: O.RMSprop(0.01, rho=0.8, momentum=0.5, centered=True, epsilon=1e-3))
training("adagrad", mlp(), lambda: O.Adagrad(0.1, initial_accumulator_value=0.2))
training("adadelta", mlp(), lambda: O.Adadelta(1.0, rho=0.9))
training("adamax", mlp(), lambda: O.Adamax(0.02, clipvalue=0.1))
training("nadam", mlp(), lambda: O.Nadam(0.02))
training("lion", mlp(), lambda: O.Lion(0.003, beta_1=0.85, beta_2=0.95, weight_decay=0.01))
# Schedules.
training("exponential-staircase", mlp(), lambda: O.SGD(S.ExponentialDecay(0.1, 3, 0.6, staircase=True)))
training("inverse-time", mlp(), lambda: O.SGD(S.InverseTimeDecay(0.1, 2, 0.5), momentum=0.5))
training("polynomial", mlp(), lambda: O.Adam(S.PolynomialDecay(0.05, 7, 0.005, power=2.0)))
training("polynomial-cycle", mlp(), lambda: O.Adam(S.PolynomialDecay(0.05, 4, 0.005, cycle=True)))
training("piecewise", mlp(), lambda: O.RMSprop(S.PiecewiseConstantDecay([3, 6], [0.05, 0.01, 0.002])))
training("cosine-warmup", mlp(), lambda: O.Adam(S.CosineDecay(0.0, 6, alpha=0.1, warmup_target=0.05, warmup_steps=4)))
training("cosine-restarts", mlp(), lambda: O.Adam(S.CosineDecayRestarts(0.05, 3, t_mul=1.5, m_mul=0.8, alpha=0.05)))
# Losses.
training("mae", mlp(), loss="mean_absolute_error")
training("huber", mlp(), loss=lambda: LS.Huber())  # Keras doesn't write delta into its files
training("log-cosh", mlp(), loss="log_cosh")
training("poisson", lambda: [L.Dense(6, activation="tanh"), L.Dense(1, activation="softplus")], loss="poisson", target="count")
training("binary-logits-smoothing", mlp(), loss=lambda: LS.BinaryCrossentropy(from_logits=True, label_smoothing=0.1), target="yes")
training("categorical-smoothing", lambda: [L.Dense(6, activation="tanh"), L.Dense(3, activation="softmax")], loss=lambda: LS.CategoricalCrossentropy(label_smoothing=0.2), target="one-hot")
training("categorical-logits", lambda: [L.Dense(6, activation="tanh"), L.Dense(3)], loss=lambda: LS.CategoricalCrossentropy(from_logits=True), target="one-hot")
training("sparse-logits", lambda: [L.Dense(6, activation="tanh"), L.Dense(3)], loss=lambda: LS.SparseCategoricalCrossentropy(from_logits=True), target="class")
training("loss-function", mlp(), loss=lambda: keras.losses.mean_squared_error)
training("metrics", lambda: [L.Dense(6, activation="tanh"), L.Dense(1, activation="sigmoid")], loss="bce", target="yes")
# A functional model that is a chain, a run that ends in NaN, one batch, batches of one row.
training("functional", "functional")
training("diverges", mlp(activation="relu"), lambda: O.SGD(1e6), epochs=8)
training("one-batch", mlp(), batch=26)
training("single-rows", lambda: [L.Dense(4, activation="tanh"), L.LayerNormalization(), L.Dense(1)], batch=1, epochs=1)
# Models that branch, meet, use a layer twice or hold a model: see GRAPHS.
training("graph-skip", "skip")
training("graph-shared", "shared")
training("graph-nested", "nested")
training("graph-merges", "merges")
training("graph-broadcast", "broadcast", x="sequences")
# Several inputs and outputs: see SEVERAL.
training("several-ports", "ports", lambda: O.Adam(0.02, clipnorm=0.5), loss=lambda: {"kind": LS.BinaryCrossentropy(), "value": "mse"}, epochs=5)
training("several-lists", "lists", lambda: O.SGD(0.05, momentum=0.9), loss=lambda: ["mae", LS.CategoricalCrossentropy(from_logits=True)], epochs=5)
training("several-one-loss", "one-loss", loss="mse", epochs=5)
# Convolutions and pooling, in the forms that people build of them.
training("lenet", lambda: [L.Conv2D(4, 3, padding="same", activation="relu"), L.MaxPooling2D(), L.Conv2D(6, 2, activation="tanh"), L.AveragePooling2D(2, strides=1), L.Flatten(), L.Dense(7, activation="relu"), L.Dense(3, activation="softmax")], loss="sparse_categorical_crossentropy", target="class", x="images")
training("mobile-block", "mobile", x="images")
training("image-autoencoder", lambda: [L.Conv2D(4, 3, strides=2, padding="same", activation="relu"), L.Conv2DTranspose(3, 3, strides=2, padding="same", activation="tanh"), L.Conv2D(2, (1, 2), padding="same")], target="images", x="images")
training("text-cnn", lambda: [L.Embedding(9, 4), L.Conv1D(5, 3, padding="causal", activation="relu"), L.MaxPooling1D(2), L.SeparableConv1D(4, 2, padding="same"), L.GlobalMaxPooling1D(), L.Dense(1, activation="sigmoid")], lambda: O.SGD(0.3), loss="bce", target="yes", x="tokens")


def chain(x):
    h = L.Dense(6, activation="relu", use_bias=False)(x)
    h = L.BatchNormalization()(h)
    return L.Dense(1)(h)


def skip(x):
    a = L.Dense(6, activation="tanh")(x)
    b = L.Dense(6, activation="tanh")(a)
    c = L.Dropout(0.0)(L.Add()([a, b]), training=False)
    return L.Dense(1)(L.Concatenate()([c, x]))


def shared(x):
    layer = L.Dense(FEATURES, activation="tanh", kernel_regularizer=R.L2(0.02))
    a = layer(x)
    b = layer(a)
    return L.Dense(1)(L.Subtract()([a, layer(b)]))


def nested(x):
    encoder = keras.Sequential([L.Dense(6, activation="relu"), L.Dense(4)], name="encoder")
    i = keras.Input((4,))
    h = L.Dense(4, activation="tanh")(i)
    block = keras.Model(i, L.Add()([h, i]), name="block")
    deeper = keras.Sequential([keras.Sequential([L.Dense(4), L.LayerNormalization()], name="innermost"), L.Dense(4)], name="deeper")
    return L.Dense(1)(block(deeper(block(encoder(x)))))


def merges(x):
    a, b = L.Dense(4, activation="tanh")(x), L.Dense(4, activation="relu")(x)
    return L.Dense(1)(L.Concatenate()([L.Multiply()([a, b]), L.Average()([a, b, b]), L.Maximum()([a, b]), L.Minimum()([a, b])]))


def broadcast(x):
    a = L.Dense(4, activation="tanh")(x)
    gate = L.Dense(4, activation="sigmoid")(L.GlobalAveragePooling1D()(x))
    h = L.Concatenate(axis=1)([L.Multiply()([a, gate]), L.Add()([a, L.Dense(1)(x)])])
    return L.Dense(1)(L.Flatten()(h))


def mobile(x):
    h = L.BatchNormalization()(L.Conv2D(4, 1, use_bias=False)(x))
    h = L.DepthwiseConv2D(3, padding="same", use_bias=False)(L.ReLU(max_value=6)(h))
    h = L.Conv2D(2, 1, kernel_regularizer="l2")(L.LayerNormalization()(h))
    h = L.Conv2D(4, 3, groups=2, dilation_rate=2)(L.Add()([h, x]))
    return L.Dense(1)(L.GlobalAveragePooling2D()(h))


GRAPHS = {"functional": chain, "skip": skip, "shared": shared, "nested": nested, "merges": merges, "broadcast": broadcast, "mobile": mobile}


def ports():
    """A skip connection, a layer that both inputs share, two inputs and two outputs."""
    left, right = keras.Input((FEATURES,), name="left"), keras.Input((STEPS, FEATURES), name="right")
    shared = L.Dense(4, activation="tanh", name="shared", kernel_regularizer=R.L2(0.01))
    a, b = shared(left), L.GRU(4, name="memory")(shared(right))
    together = L.Add(name="skip")([a, L.Dense(4, activation="relu", name="mix")(L.Concatenate(name="both")([a, b]))])
    return keras.Model([left, right], {"kind": L.Dense(1, activation="sigmoid", name="kind")(together), "value": L.Dense(2, name="value")(together)})


def lists():
    x = keras.Input((FEATURES,), name="x")
    h = L.BatchNormalization(name="norm")(L.Dense(6, use_bias=False, name="hidden")(x))
    return keras.Model([x], [L.Dense(1, name="number")(h), L.Dense(3, name="class")(L.ReLU(name="relu")(h))])


def one_loss():
    a, b = keras.Input((3,), name="a"), keras.Input((2,), name="b")
    h = L.Concatenate(name="both")([a, b])
    return keras.Model([b, a], [L.Dense(2, name="first")(h), L.Dense(1, name="second")(L.Multiply(name="times")([a, a]))])


def several(kind, rng):
    """A model with several inputs or outputs, its inputs and targets, and how its losses are weighed."""
    left = rng.normal(size=(ROWS, FEATURES)).astype("float32")
    right = rng.normal(size=(ROWS, STEPS, FEATURES)).astype("float32")
    signal = np.sin(left.sum(axis=1) + right[:, -1, 0]).astype("float32")[:, None]
    if kind == "ports":
        return ports(), [left, right], [(signal > 0).astype("float32"), np.concatenate([signal, -2 * signal], axis=1)], {"kind": 1.0, "value": 0.3}
    if kind == "lists":
        return lists(), [left], [signal, np.eye(3, dtype="float32")[np.digitize(signal[:, 0], [-0.4, 0.4])]], [2.0, 0.5]
    return one_loss(), [left[:, :2], left[:, 2:]], [np.concatenate([signal, signal], axis=1), signal], None


SEVERAL = ("ports", "lists", "one-loss")


def data(kind, target, rng):
    x = {
        "rows": lambda: rng.normal(size=(ROWS, FEATURES)),
        "sequences": lambda: rng.normal(size=(ROWS, STEPS, 3)),
        "tokens": lambda: rng.integers(0, 9, size=(ROWS, STEPS)),
        "images": lambda: rng.normal(size=(ROWS, 6, 6, 2)),
    }[kind]().astype("float32")
    signal = np.sin(x.reshape(ROWS, -1)[:, :3].sum(axis=1))
    y = {
        "number": lambda: signal,
        "yes": lambda: signal > 0,
        "count": lambda: np.floor(2 + 2 * signal),
        "class": lambda: np.digitize(signal, [-0.4, 0.4]),
        "one-hot": lambda: np.eye(3)[np.digitize(signal, [-0.4, 0.4])],
        "images": lambda: np.tanh(x),
        "sequence": lambda: np.stack([x.sum(axis=2), x[:, :, 0] * x[:, :, 1]], axis=2),
    }[target]().astype("float32")
    return x, y


def weights(model):
    return [
        {
            "layer": w.path.split("/")[-2],
            "name": w.path,
            "shape": list(w.shape),
            "trainable": bool(w.trainable),
            "values": floats(w.numpy()),
        }
        for w in model.weights
    ]


def floats(a):
    return [float(v) for v in np.asarray(a, dtype="float32").ravel()]


def build(layers, shape, x):
    if layers in GRAPHS:
        inputs = keras.Input(shape)
        return keras.Model(inputs, GRAPHS[layers](inputs))
    return keras.Sequential([keras.Input(shape, dtype="int32" if x == "tokens" else None)] + layers())


def make(number, name, layers, optimizer, loss, target, x, epochs, batch):
    keras.utils.set_random_seed(100 + number)
    if layers in SEVERAL:
        return make_several(number, name, layers, optimizer, loss, epochs, batch)
    inputs, y = data(x, target, np.random.default_rng(number))
    model = build(layers, inputs.shape[1:], x)
    loss = loss() if callable(loss) else loss
    model.compile(optimizer=optimizer() if optimizer else O.Adam(0.01), loss=loss)
    initial = weights(model)
    before = model.predict(inputs, verbose=0)
    history = model.fit(inputs, y, batch_size=batch, epochs=epochs, shuffle=False, verbose=0)
    config = json.loads(model.to_json())
    config["compile_config"] = json.loads(json.dumps(model.get_compile_config()))
    return {
        "name": name,
        "made_with": f"keras {keras.__version__} on {keras.backend.backend()}, float32",
        "config": config,
        "fit": {"batch_size": batch, "epochs": epochs, "shuffle": False},
        "x": {"shape": list(inputs.shape), "values": floats(inputs)},
        "y": {"shape": list(y.shape), "values": floats(y)},
        "initial_weights": initial,
        "initial_predictions": floats(before),
        "history": {"loss": [float(v) for v in history.history["loss"]]},
        "final_weights": weights(model),
        "final_predictions": floats(model.predict(inputs, verbose=0)),
    }


def make_several(number, name, layers, optimizer, loss, epochs, batch):
    model, xs, ys, loss_weights = several(layers, np.random.default_rng(number))
    model.compile(optimizer=optimizer() if optimizer else O.Adam(0.01), loss=loss() if callable(loss) else loss, loss_weights=loss_weights)
    initial = weights(model)
    named = isinstance(model.output, dict)
    targets = dict(zip(model.output, ys)) if named else ys

    def predict():
        predictions = model.predict(xs, verbose=0)
        return [v for p in (predictions.values() if named else predictions) for v in floats(p)]

    before = predict()
    weighed = (1 + np.arange(ROWS) % 3).astype("float32") if layers == "ports" else None
    history = model.fit(xs, targets, sample_weight=weighed, batch_size=batch, epochs=epochs, shuffle=False, verbose=0)
    config = json.loads(model.to_json())
    config["compile_config"] = json.loads(json.dumps(model.get_compile_config()))
    array = lambda a: {"shape": list(a.shape), "values": floats(a)}  # noqa: E731
    return {
        "name": name,
        "made_with": f"keras {keras.__version__} on {keras.backend.backend()}, float32",
        "config": config,
        "fit": {"batch_size": batch, "epochs": epochs, "shuffle": False},
        "x": array(xs[0]),
        "y": array(ys[0]),
        "more_x": [array(x) for x in xs[1:]],
        "more_y": [array(y) for y in ys[1:]],
        "sample_weight": [] if weighed is None else floats(weighed),
        "initial_weights": initial,
        "initial_predictions": before,
        "history": {name: [float(v) for v in values] for name, values in history.history.items()},
        "final_weights": weights(model),
        "final_predictions": predict(),
    }


def main(folder, words):
    os.makedirs(folder, exist_ok=True)
    for number, t in enumerate(TRAININGS):
        if words and not any(w in t[0] for w in words):
            continue
        with open(os.path.join(folder, t[0] + ".json"), "w") as f:
            json.dump(make(number, *t), f)
        print(t[0], flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
