"""Keras, on the backend that KERAS_BACKEND names: the article's programs, and the same for the other tasks.

KERAS_STEPS_PER_EXECUTION=epoch has Keras compile all steps of an epoch into one execution, which is not its default.
"""

import os

import keras

import common

layers = keras.layers


def network(task):
    if task == "example3":
        return [layers.SimpleRNN(64, return_sequences=True), layers.SimpleRNN(1)]
    if task == "mlp":
        return [layers.Dense(512, activation="relu"), layers.Dense(512, activation="relu"), layers.Dense(10)]
    if task == "lstm":
        return [layers.LSTM(32), layers.Dense(1)]
    if task == "lenet":
        return [
            layers.Conv2D(6, 5, padding="same", activation="relu"), layers.MaxPooling2D(),
            layers.Conv2D(16, 5, activation="relu"), layers.MaxPooling2D(), layers.Flatten(),
            layers.Dense(120, activation="relu"), layers.Dense(84, activation="relu"), layers.Dense(10),
        ]
    return [layers.Dense(64, activation="sigmoid" if task == "example2" else "relu"), layers.Dense(1)]


def resnet(x):
    def convolution(x, filters, size=3, stride=1):
        x = layers.Conv2D(filters, size, strides=stride, padding="same", use_bias=False)(x)
        return layers.BatchNormalization()(x)

    x = layers.ReLU()(convolution(x, 16))
    for filters, stride in ((16, 1), (32, 2), (64, 2)):
        around = x if stride == 1 else convolution(x, filters, 1, stride)
        x = layers.ReLU()(convolution(x, filters, stride=stride))
        x = layers.ReLU()(layers.add([convolution(x, filters), around]))
    return layers.Dense(10)(layers.GlobalAveragePooling2D()(x))


def transformer(x):
    for _ in range(2):
        x = layers.LayerNormalization()(x + layers.MultiHeadAttention(4, 16)(x, x))
        y = layers.Dense(64)(layers.Dense(256, activation="relu")(x))
        x = layers.LayerNormalization()(x + y)
    return layers.Dense(10)(layers.GlobalAveragePooling1D()(x))


def model_of(task, shape):
    branched = {"resnet": resnet, "transformer": transformer}.get(task)
    if branched is None:
        return keras.Sequential([keras.Input(shape), *network(task)])
    x = keras.Input(shape)
    return keras.Model(x, branched(x))


def main():
    args = common.arguments()
    x, y = common.data(args.task, args.rows)
    _, shape, epochs, batch = common.TASKS[args.task]

    steps = -(-len(x) // batch) if os.environ.get("KERAS_STEPS_PER_EXECUTION") == "epoch" else 1

    def make(rate):
        model = model_of(args.task, shape)
        clip = {"clipnorm": 1.0} if args.task == "example3" else {}
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True) if args.task in common.CLASSIFIERS else "mse"
        model.compile(optimizer=keras.optimizers.Adam(rate, **clip), loss=loss, steps_per_execution=steps)
        return lambda: model.fit(x, y, epochs=epochs, batch_size=batch, verbose=0).history["loss"][-1]

    name = keras.backend.backend()
    engine = __import__(name)
    common.measure(args, make, {"keras": keras.__version__, name: engine.__version__})


main()
