"""Five steps of the architectures that Keras' documentation shows, small, in Keras 3.

    KERAS_BACKEND=jax python make_architectures.py architectures.json.gz [WORD ...]

writes them all; with words those whose name holds one anew, the others stay. Each is written as there, with fewer and
narrower layers and without classes of one's own. Of each are kept: the compiled config that Keras writes, the shapes of
inputs, targets and weights, which are by a formula (see filled), and the loss of five steps on one batch with each optimizer.

Dropout draws other numbers here and there: the numbers are of the model with its rates at 0, as ZEROED makes of the config.
"""

import gzip
import json
import os
import re
import sys

import numpy as np

os.environ.setdefault("KERAS_BACKEND", "jax")
import keras  # noqa: E402
from keras import layers as L  # noqa: E402
from keras import ops  # noqa: E402
from keras import optimizers as O  # noqa: E402

ROWS, STEPS, WORDS, CLASSES = 8, 5, 20, 3
ZEROED = re.compile(r'"(rate|dropout|recurrent_dropout)": [0-9.]+')
OPTIMIZERS = {"sgd": lambda: O.SGD(0.02), "adam": lambda: O.Adam(0.002)}
IMAGE, SEQUENCE, TOKENS = ((16, 16, 2), None), ((7, 3), None), ((8,), WORDS)  # shape of a row, and below what its whole numbers are
CLASS = ("sparse_categorical_crossentropy", ((), CLASSES))
NUMBER = ("mse", ((1,), None))


def filled(shape, number, low, span):
    """The i-th value of array number n is low + span·((613·i + 97·n) mod 1009)/1009."""
    i = np.arange(int(np.prod(shape)), dtype=np.int64)
    return (low + span * ((613 * i + 97 * number) % 1009).astype(np.float64) / 1009).reshape(shape)


def array(shape, high, number):
    """A batch of inputs or targets: numbers between -1 and 1, or whole ones below high."""
    if high is None:
        return filled((ROWS, *shape), number, -1, 2).astype("float32")
    return (filled((ROWS, *shape), number, 0, 1009).round().astype(np.int64) % high).astype("int32" if shape else "float32")


def set_weights(model):
    """Kernels within the bounds of Glorot's uniform distribution by the formula; the others, zeros and ones, as they are."""
    for n, w in enumerate(model.trainable_weights):
        if len(w.shape) > 1:
            limit = np.sqrt(6 / (np.prod(w.shape[:-1]) + w.shape[-1]))
            w.assign(filled(w.shape, n, -limit, 2 * limit).astype("float32"))


MODELS = {}


def model(name, *inputs, target=CLASS):
    """Adds a model: inputs as pairs of a row's shape and the bound of whole numbers, target as a loss and such a pair, or lists of them."""

    def add(f):
        MODELS[name] = (f, inputs, target)
        return f

    return add


# Images.


@model("lenet", IMAGE)
def lenet(x):
    x = L.Conv2D(6, 5, padding="same", activation="tanh")(x)
    x = L.AveragePooling2D(2)(x)
    x = L.Conv2D(8, 5, activation="tanh")(x)
    x = L.AveragePooling2D(2)(x)
    x = L.Flatten()(x)
    x = L.Dense(20, activation="tanh")(x)
    return L.Dense(CLASSES, activation="softmax")(x)


@model("vgg block", IMAGE)
def vgg(x):
    for filters in (4, 8):
        x = L.Conv2D(filters, (3, 3), activation="relu", padding="same")(x)
        x = L.Conv2D(filters, (3, 3), activation="relu", padding="same")(x)
        x = L.MaxPooling2D((2, 2), strides=(2, 2))(x)
    x = L.Flatten()(x)
    x = L.Dense(16, activation="relu")(x)
    x = L.Dropout(0.5)(x)
    return L.Dense(CLASSES, activation="softmax")(x)


@model("resnet v1", IMAGE)
def resnet_v1(x):
    def block(x, filters, stride=1, shortcut=False):
        y = x
        if shortcut:
            y = L.BatchNormalization(epsilon=1.001e-5)(L.Conv2D(4 * filters, 1, strides=stride)(x))
        x = L.Conv2D(filters, 1, strides=stride)(x)
        x = L.Activation("relu")(L.BatchNormalization(epsilon=1.001e-5)(x))
        x = L.Conv2D(filters, 3, padding="SAME")(x)
        x = L.Activation("relu")(L.BatchNormalization(epsilon=1.001e-5)(x))
        x = L.BatchNormalization(epsilon=1.001e-5)(L.Conv2D(4 * filters, 1)(x))
        return L.Activation("relu")(L.Add()([y, x]))

    x = L.ZeroPadding2D(padding=((3, 3), (3, 3)))(x)
    x = L.Conv2D(4, 7, strides=2, use_bias=True)(x)
    x = L.Activation("relu")(L.BatchNormalization(epsilon=1.001e-5)(x))
    x = L.ZeroPadding2D(padding=((1, 1), (1, 1)))(x)
    x = L.MaxPooling2D(3, strides=2)(x)
    x = block(block(x, 2, shortcut=True), 2)
    x = block(x, 3, stride=2, shortcut=True)
    x = L.GlobalAveragePooling2D(name="avg_pool")(x)
    return L.Dense(CLASSES, activation="softmax")(x)


@model("resnet v2", IMAGE)
def resnet_v2(x):
    def block(x, filters, stride=1, shortcut=False):
        pre = L.Activation("relu")(L.BatchNormalization()(x))
        if shortcut:
            y = L.Conv2D(4 * filters, 1, strides=stride)(pre)
        else:
            y = L.MaxPooling2D(1, strides=stride)(x) if stride > 1 else x
        x = L.Conv2D(filters, 1, strides=1, use_bias=False)(pre)
        x = L.Activation("relu")(L.BatchNormalization()(x))
        x = L.ZeroPadding2D(padding=((1, 1), (1, 1)))(x)
        x = L.Conv2D(filters, 3, strides=stride, use_bias=False)(x)
        x = L.Activation("relu")(L.BatchNormalization()(x))
        return L.Add()([y, L.Conv2D(4 * filters, 1)(x)])

    x = L.Conv2D(4, 3, strides=2, padding="same")(x)
    x = block(block(x, 2, shortcut=True), 2, stride=2)
    x = L.Activation("relu")(L.BatchNormalization()(x))
    x = L.GlobalAveragePooling2D()(x)
    return L.Dense(CLASSES, activation="softmax")(x)


@model("densenet", IMAGE)
def densenet(x):
    def conv_block(x):
        y = L.Activation("relu")(L.BatchNormalization(epsilon=1.001e-5)(x))
        y = L.Conv2D(8, 1, use_bias=False)(y)
        y = L.Activation("relu")(L.BatchNormalization(epsilon=1.001e-5)(y))
        return L.Concatenate(axis=-1)([x, L.Conv2D(2, 3, padding="same", use_bias=False)(y)])

    x = L.Conv2D(4, 3, strides=2, padding="same", use_bias=False)(x)
    x = conv_block(conv_block(x))
    x = L.Activation("relu")(L.BatchNormalization()(x))
    x = L.Conv2D(4, 1, use_bias=False)(x)
    x = L.AveragePooling2D(2, strides=2)(x)
    x = conv_block(x)
    x = L.GlobalAveragePooling2D()(x)
    return L.Dense(CLASSES, activation="softmax")(x)


@model("mobilenet", IMAGE)
def mobilenet(x):
    def depthwise(x, filters, strides=(1, 1)):
        if strides != (1, 1):
            x = L.ZeroPadding2D(((0, 1), (0, 1)))(x)
        x = L.DepthwiseConv2D((3, 3), padding="same" if strides == (1, 1) else "valid", strides=strides, use_bias=False)(x)
        x = L.ReLU(6.0)(L.BatchNormalization()(x))
        x = L.Conv2D(filters, (1, 1), padding="same", use_bias=False)(x)
        return L.ReLU(6.0)(L.BatchNormalization()(x))

    x = L.Conv2D(4, (3, 3), padding="same", use_bias=False, strides=(2, 2))(x)
    x = L.ReLU(6.0)(L.BatchNormalization()(x))
    x = depthwise(x, 6)
    x = depthwise(x, 8, strides=(2, 2))
    x = L.GlobalAveragePooling2D(keepdims=True)(x)
    x = L.Dropout(1e-3)(x)
    x = L.Conv2D(CLASSES, (1, 1), padding="same")(x)
    x = L.Reshape((CLASSES,))(x)
    return L.Activation("softmax")(x)


@model("xception", IMAGE)
def xception(x):
    x = L.Rescaling(1.0 / 2)(x)
    x = L.Conv2D(4, 3, strides=2, padding="same")(x)
    x = L.Activation("relu")(L.BatchNormalization()(x))
    previous = x
    for size in (6, 8):
        x = L.Activation("relu")(x)
        x = L.BatchNormalization()(L.SeparableConv2D(size, 3, padding="same")(x))
        x = L.Activation("relu")(x)
        x = L.BatchNormalization()(L.SeparableConv2D(size, 3, padding="same")(x))
        x = L.MaxPooling2D(3, strides=2, padding="same")(x)
        residual = L.Conv2D(size, 1, strides=2, padding="same")(previous)
        x = L.add([x, residual])
        previous = x
    x = L.SeparableConv2D(8, 3, padding="same")(x)
    x = L.Activation("relu")(L.BatchNormalization()(x))
    x = L.GlobalAveragePooling2D()(x)
    x = L.Dropout(0.25)(x)
    return L.Dense(CLASSES, activation=None)(x)


MODELS["xception"] = (xception, (IMAGE,), (lambda: keras.losses.SparseCategoricalCrossentropy(from_logits=True), ((), CLASSES)))


@model("u-net", IMAGE, target=("sparse_categorical_crossentropy", ((16, 16, 1), CLASSES)))
def unet(x):
    def double(x, filters):
        x = L.Conv2D(filters, 3, padding="same", activation="relu", kernel_initializer="he_normal")(x)
        return L.Conv2D(filters, 3, padding="same", activation="relu", kernel_initializer="he_normal")(x)

    f1 = double(x, 3)
    p1 = L.Dropout(0.3)(L.MaxPooling2D(2)(f1))
    f2 = double(p1, 4)
    p2 = L.Dropout(0.3)(L.MaxPooling2D(2)(f2))
    h = double(p2, 6)
    for features, filters in ((f2, 4), (f1, 3)):
        h = L.Conv2DTranspose(filters, 3, 2, padding="same")(h)
        h = L.concatenate([h, features])
        h = double(L.Dropout(0.3)(h), filters)
    return L.Conv2D(CLASSES, 1, padding="same", activation="softmax")(h)


@model("autoencoder", ((16, 16, 1), None), target=("mse", ((16, 16, 1), None)))
def autoencoder(x):
    x = L.Conv2D(4, (3, 3), activation="relu", padding="same")(x)
    x = L.MaxPooling2D((2, 2), padding="same")(x)
    x = L.Conv2D(4, (3, 3), activation="relu", padding="same")(x)
    x = L.MaxPooling2D((2, 2), padding="same")(x)
    x = L.Conv2DTranspose(4, (3, 3), strides=2, activation="relu", padding="same")(x)
    x = L.Conv2DTranspose(4, (3, 3), strides=2, activation="relu", padding="same")(x)
    return L.Conv2D(1, (3, 3), activation="sigmoid", padding="same")(x)


@model("vit", IMAGE)
def vit(x):
    patches = L.Conv2D(6, kernel_size=4, strides=4, padding="valid")(x)
    patches = L.Reshape((16, 6))(patches)
    positions = ops.cumsum(ops.ones_like(patches[:, :, 0], dtype="int32"), axis=1) - 1
    h = patches + L.Embedding(input_dim=16, output_dim=6)(positions)
    for _ in range(2):
        x1 = L.LayerNormalization(epsilon=1e-6)(h)
        attention = L.MultiHeadAttention(num_heads=2, key_dim=3, dropout=0.1)(x1, x1)
        x2 = L.Add()([attention, h])
        x3 = L.LayerNormalization(epsilon=1e-6)(x2)
        for units in (12, 6):
            x3 = L.Dropout(0.1)(L.Dense(units, activation=keras.activations.gelu)(x3))
        h = L.Add()([x3, x2])
    h = L.LayerNormalization(epsilon=1e-6)(h)
    h = L.Dropout(0.5)(L.Flatten()(h))
    h = L.Dropout(0.5)(L.Dense(8, activation=keras.activations.gelu)(h))
    return L.Dense(CLASSES)(h)


MODELS["vit"] = (vit, (IMAGE,), MODELS["xception"][2])


# Sequences.


@model("text cnn", TOKENS, target=("binary_crossentropy", ((1,), 2)))
def text_cnn(x):
    x = L.Embedding(WORDS, 6)(x)
    x = L.Dropout(0.5)(x)
    x = L.Conv1D(6, 3, padding="valid", activation="relu", strides=1)(x)
    x = L.Conv1D(6, 3, padding="same", activation="relu", strides=1)(x)
    x = L.GlobalMaxPooling1D()(x)
    x = L.Dense(6, activation="relu")(x)
    x = L.Dropout(0.5)(x)
    return L.Dense(1, activation="sigmoid", name="predictions")(x)


@model("bilstm tagger", TOKENS, target=("sparse_categorical_crossentropy", ((8,), CLASSES)))
def bilstm_tagger(x):
    x = L.Embedding(WORDS, 5)(x)
    x = L.Bidirectional(L.LSTM(4, return_sequences=True, recurrent_dropout=0.1))(x)
    return L.TimeDistributed(L.Dense(CLASSES, activation="softmax"))(x)


@model("bilstm tagger with a mask", TOKENS, target=("sparse_categorical_crossentropy", ((8,), CLASSES)))
def masked_tagger(x):
    x = L.Embedding(WORDS, 5, mask_zero=True)(x)
    x = L.Bidirectional(L.LSTM(4, return_sequences=True))(x)
    return L.TimeDistributed(L.Dense(CLASSES, activation="softmax"))(x)


@model("seq2seq", ((6, 3), None), ((5, 4), None), target=("sparse_categorical_crossentropy", ((5,), 4)))
def seq2seq(encoder_inputs, decoder_inputs):
    _, state_h, state_c = L.LSTM(5, return_state=True)(encoder_inputs)
    decoder_outputs, _, _ = L.LSTM(5, return_sequences=True, return_state=True)(decoder_inputs, initial_state=[state_h, state_c])
    return L.Dense(4, activation="softmax")(decoder_outputs)


@model("seq2seq with attention", TOKENS, TOKENS, target=("sparse_categorical_crossentropy", ((8,), WORDS)))
def seq2seq_attention(source, past):
    h, state = L.GRU(5, return_sequences=True, return_state=True)(L.Embedding(WORDS, 4)(source))
    decoded = L.GRU(5, return_sequences=True)(L.Embedding(WORDS, 4)(past), initial_state=state)
    context = L.Attention()([decoded, h])
    together = L.Dense(6, activation="tanh")(L.Concatenate()([context, decoded]))
    return L.Dense(WORDS, activation="softmax")(together)


def positions(x, width):
    return L.Embedding(WORDS, width)(x) + L.Embedding(8, width)(ops.cumsum(ops.ones_like(x), axis=1) - 1)


@model("transformer encoder", TOKENS)
def transformer_encoder(x):
    x = positions(x, 6)
    attention = L.MultiHeadAttention(num_heads=2, key_dim=6)(x, x)
    x = L.LayerNormalization(epsilon=1e-6)(x + L.Dropout(0.1)(attention))
    h = keras.Sequential([L.Dense(8, activation="relu"), L.Dense(6)])(x)
    x = L.LayerNormalization(epsilon=1e-6)(x + L.Dropout(0.1)(h))
    x = L.GlobalAveragePooling1D()(x)
    x = L.Dense(5, activation="relu")(L.Dropout(0.1)(x))
    return L.Dense(CLASSES, activation="softmax")(L.Dropout(0.1)(x))


@model("time series transformer", SEQUENCE)
def time_series(x):
    for _ in range(2):
        y = L.MultiHeadAttention(key_dim=4, num_heads=2, dropout=0.25)(x, x)
        y = L.LayerNormalization(epsilon=1e-6)(L.Dropout(0.25)(y))
        r = y + x
        y = L.Conv1D(filters=4, kernel_size=1, activation="relu")(r)
        y = L.Conv1D(filters=3, kernel_size=1)(L.Dropout(0.25)(y))
        x = L.LayerNormalization(epsilon=1e-6)(y) + r
    x = L.GlobalAveragePooling1D(data_format="channels_last")(x)
    x = L.Dropout(0.4)(L.Dense(6, activation="relu")(x))
    return L.Dense(CLASSES, activation="softmax")(x)


@model("gpt block", TOKENS, target=(lambda: keras.losses.SparseCategoricalCrossentropy(from_logits=True), ((8,), WORDS)))
def gpt(x):
    x = positions(x, 6)
    for _ in range(2):
        h = L.LayerNormalization()(x)
        x = x + L.MultiHeadAttention(2, 3)(h, h, use_causal_mask=True)
        h = L.Dense(6)(L.Dense(12, activation="gelu")(L.LayerNormalization()(x)))
        x = x + L.Dropout(0.1)(h)
    return L.Dense(WORDS)(L.LayerNormalization()(x))


# Several inputs.


@model("siamese", IMAGE, IMAGE, target=("binary_crossentropy", ((1,), 2)))
def siamese(a, b):
    i = keras.Input(IMAGE[0])
    x = L.BatchNormalization()(i)
    x = L.Conv2D(4, (5, 5), activation="tanh")(x)
    x = L.AveragePooling2D(pool_size=(2, 2))(x)
    x = L.Flatten()(x)
    x = L.BatchNormalization()(x)
    embedding = keras.Model(i, L.Dense(5, activation="tanh")(x))
    left, right = embedding(a), embedding(b)
    distance = ops.sqrt(ops.maximum(ops.sum(ops.square(left - right), axis=1, keepdims=True), keras.backend.epsilon()))
    return L.Dense(1, activation="sigmoid")(L.BatchNormalization()(distance))


@model("wide & deep", ((5,), None), ((4,), None), target=NUMBER)
def wide_and_deep(wide, deep):
    wide = L.BatchNormalization()(wide)
    for units in (8, 8):
        deep = L.Dense(units)(deep)
        deep = L.Dropout(0.1)(L.ReLU()(L.BatchNormalization()(deep)))
    return L.Dense(1)(L.concatenate([wide, deep]))


@model("recommender", ((1,), WORDS), ((1,), WORDS), target=NUMBER)
def recommender(user, item):
    u, i = L.Embedding(WORDS, 4)(user), L.Embedding(WORDS, 4)(item)
    ub, ib = L.Embedding(WORDS, 1)(user), L.Embedding(WORDS, 1)(item)
    return L.Flatten()(L.Dot(axes=-1)([u, i]) + ub + ib)


def record(name):
    f, kinds, (loss, wanted) = MODELS[name]
    keras.backend.clear_session()
    keras.utils.set_random_seed(1)
    inputs = [keras.Input(shape, dtype="int32" if high else None) for shape, high in kinds]
    built = keras.Model(inputs, f(*inputs))
    text = built.to_json()
    case = {"name": name, "inputs": [{"shape": list(s), "high": h or 0} for s, h in kinds], "target": {"shape": list(wanted[0]), "high": wanted[1] or 0}}
    xs, y = [array(s, h, n) for n, (s, h) in enumerate(kinds)], array(*wanted, 50)
    case["losses"] = {}
    for optimizer, make in OPTIMIZERS.items():
        m = keras.models.model_from_json(ZEROED.sub(lambda k: f'"{k[1]}": 0.0', text))
        m.compile(optimizer=make(), loss=loss() if callable(loss) else loss)
        set_weights(m)
        config = json.loads(text)
        config["compile_config"] = json.loads(json.dumps(m.get_compile_config()))
        case.setdefault("configs", {})[optimizer] = config
        case["losses"][optimizer] = [float(v) for v in m.fit(xs, y, batch_size=ROWS, epochs=STEPS, shuffle=False, verbose=0).history["loss"]]
    case["weights"] = [{"shape": list(w.shape), "trainable": w.trainable} for w in m.weights if not w.path.endswith("seed_generator_state")]
    return case


def main(file, *words):
    kept = {}
    if words and os.path.exists(file):
        with gzip.open(file, "rt") as f:
            kept = {c["name"]: c for c in json.load(f)["cases"]}
    for name in MODELS:
        if not words or any(w in name for w in words):
            kept[name] = record(name)
            print(name, kept[name]["losses"], flush=True)
    with open(file, "wb") as raw, gzip.GzipFile("", "wb", 9, raw, 0) as f:
        f.write(json.dumps({"keras": keras.__version__, "cases": [kept[n] for n in MODELS if n in kept]}, separators=(",", ":")).encode())


if __name__ == "__main__":
    main(*sys.argv[1:])
