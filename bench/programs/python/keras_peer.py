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
    return [layers.Dense(64, activation="sigmoid" if task == "example2" else "relu"), layers.Dense(1)]


def main():
    args = common.arguments()
    x, y = common.data(args.task, args.rows)
    _, shape, epochs, batch = common.TASKS[args.task]

    steps = -(-len(x) // batch) if os.environ.get("KERAS_STEPS_PER_EXECUTION") == "epoch" else 1

    def make(rate):
        model = keras.Sequential([keras.Input(shape), *network(args.task)])
        clip = {"clipnorm": 1.0} if args.task == "example3" else {}
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True) if args.task == "mlp" else "mse"
        model.compile(optimizer=keras.optimizers.Adam(rate, **clip), loss=loss, steps_per_execution=steps)
        return lambda: model.fit(x, y, epochs=epochs, batch_size=batch, verbose=0).history["loss"][-1]

    name = keras.backend.backend()
    engine = __import__(name)
    common.measure(args, make, {"keras": keras.__version__, name: engine.__version__})


main()
