"""Saves models in legacy .h5 files, with what Keras predicts and how it trains on.

    python make_legacy.py legacy keras2     # with tensorflow-cpu 2.15 and its Keras 2.15
    KERAS_BACKEND=jax python make_legacy.py legacy keras3
    python make_legacy.py legacy keras2 hard  # this one alone

Value number i of an input is sin(i), or the whole number i % 6 where the model takes tokens; of a target cos(i), or of a
one-hot one the class row % 2. Each model is trained for an epoch, saved, and trained on for two, rows in their order; where its
optimizer's memory isn't saved in an order that is read, with a fresh one.
"""

import json
import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import keras  # noqa: E402
import numpy as np  # noqa: E402

L, O = keras.layers, keras.optimizers
ROWS, BATCH = 8, 4


def sequence():
    """What Keras 2 calls otherwise: axis of a list, alpha; a penalty; momentum."""
    model = keras.Sequential([keras.Input((4,)), L.Dense(3, activation="tanh", kernel_regularizer="l2"), L.BatchNormalization(), L.LeakyReLU(0.2), L.Dense(2, activation="softmax")])
    model.compile(O.SGD(0.1, momentum=0.9), "categorical_crossentropy", metrics=["accuracy"])
    return model


def branches():
    tokens = keras.Input((5,), name="tokens")
    e = L.Embedding(6, 3, mask_zero=True)(tokens)
    h = L.Concatenate()([L.Bidirectional(L.LSTM(2))(e), L.GRU(2)(e)])
    model = keras.Model(tokens, [L.Dense(1, name="value")(h), L.Dense(2, activation="sigmoid", name="kind")(h)])
    model.compile(O.Adam(O.schedules.ExponentialDecay(0.01, 10, 0.5)), [keras.losses.Huber(), "binary_crossentropy"], loss_weights=[1.0, 0.5])
    return model


def transfer():
    """A frozen model with a normalization in front of what is trained: weights that aren't trained come last there."""
    base = keras.Sequential([keras.Input((4, 4, 1)), L.Conv2D(2, 3), L.BatchNormalization(), L.ReLU(6.0)], name="base")
    base.layers[0].trainable = False
    body = keras.Sequential([keras.Input((2, 2, 2)), L.BatchNormalization(), L.Conv2D(3, 2, padding="same"), L.BatchNormalization(trainable=False)], name="body")
    model = keras.Sequential([keras.Input((4, 4, 1)), base, body, L.GlobalAveragePooling2D(), L.Dropout(0.0), L.Dense(1)])
    model.compile(O.Adam(0.01), "mse")
    return model


def decay():
    """An optimizer of before Keras 2.11."""
    model = keras.Sequential([keras.Input((4,)), L.Dense(3, activation="relu"), L.Dense(1)])
    model.compile(O.legacy.SGD(0.05, decay=0.1, momentum=0.5), "mse")
    return model


def hard():
    """Keras 2's hard_sigmoid, in a gate, of a layer, and alone."""
    model = keras.Sequential([keras.Input((5, 3)), L.LSTM(3, recurrent_activation="hard_sigmoid"), L.Dense(3, activation="hard_sigmoid"), L.Dense(2), L.Activation("hard_sigmoid")])
    model.compile(O.RMSprop(0.01), "mse")
    return model


def uncompiled():
    return keras.Sequential([keras.Input((4,)), L.Dense(2)])


def filled(shape, tokens=False):
    i = np.arange(int(np.prod(shape)))
    return (i % 6 if tokens else np.sin(i)).astype("float32").reshape(shape)


def targets(shape, loss):
    if loss == "categorical_crossentropy":
        return np.eye(2, dtype="float32")[np.arange(shape[0]) % 2]
    return np.cos(np.arange(int(np.prod(shape)))).astype("float32").reshape(shape) if loss != "binary_crossentropy" else (np.arange(int(np.prod(shape))) % 2).astype("float32").reshape(shape)


def main(folder, which, *only):
    known = {"keras2": [sequence, branches, transfer, decay, hard, uncompiled], "keras3": [sequence, branches, transfer, uncompiled]}[which]
    expected, path = {}, os.path.join(folder, which + "_expected.json")
    if only:
        with open(path) as f:
            expected = json.load(f)
    for number, make in enumerate(known):
        if only and make.__name__ not in only:
            continue
        keras.utils.set_random_seed(number)
        model = make()
        rng = np.random.default_rng(number)
        model.set_weights([np.abs(w + 0.3 * rng.normal(size=w.shape)) + 0.1 if np.all(w == 1) else w + 0.3 * rng.normal(size=w.shape) for w in model.get_weights()])
        tokens = make is branches
        x = filled((ROWS,) + tuple(model.inputs[0].shape[1:]), tokens)
        losses = {sequence: ["categorical_crossentropy"], branches: ["huber", "binary_crossentropy"]}.get(make, ["mse"])
        y = [targets((ROWS,) + tuple(o.shape[1:]), loss) for o, loss in zip(model.outputs, losses)]
        given = y if len(y) > 1 else y[0]
        name = which + "_" + make.__name__
        if make is not uncompiled:
            model.fit(x, given, epochs=1, batch_size=BATCH, shuffle=False, verbose=0)
        model.save(os.path.join(folder, name + ".h5"))
        if which == "keras2" and make is sequence:
            model.save(os.path.join(folder, name + ".keras"))
            with open(os.path.join(folder, name + ".json"), "w") as f:
                f.write(model.to_json())
        predicted = model.predict(x, verbose=0)
        one = {"version": keras.__version__, "input": list(x.shape), "predictions": [np.asarray(p).tolist() for p in (predicted if isinstance(predicted, list) else [predicted])]}
        one["targets"] = [t.tolist() for t in y]
        if make is not uncompiled:
            one["memory"] = make is not decay
            if make is decay:
                model.compile(O.legacy.SGD.from_config(model.optimizer.get_config()), "mse")
            history = model.fit(x, given, epochs=2, batch_size=BATCH, shuffle=False, verbose=0)
            one["losses"] = history.history["loss"]
        expected[name] = one
    with open(path, "w") as f:
        json.dump(expected, f, indent=1)


if __name__ == "__main__":
    main(*sys.argv[1:])
