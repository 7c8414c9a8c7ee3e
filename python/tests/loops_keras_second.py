"""A second batch of loops of Keras, written when the rules stood."""

import keras
import numpy as np
from keras import layers
from keras_common import classes, custom, loop, numbers, small, tensorflow, torch_, waves, yes_no


@loop("loop-wrong-parameters", "tensorflow")
def of_a_clone(watch, folder):
    tf = tensorflow()
    x, y = waves()
    model = keras.Sequential([keras.Input((12, 1)), layers.Conv1D(6, 3, activation="relu"), layers.Flatten(), layers.Dense(1)])
    optimizer = keras.optimizers.SGD(0.01, momentum=0.9)
    biases = [v for v in model.trainable_variables if v.name == "bias"]  # fault
    w = watch(model, optimizer, loss="mean_squared_error", folder=folder)
    for i in range(0, len(x), 16):
        xb, yb = tf.constant(x[i : i + 16]), tf.constant(y[i : i + 16])
        with tf.GradientTape() as tape:
            loss = keras.losses.MeanSquaredError()(yb, model(xb, training=True))
        w(xb, yb, loss)
        optimizer.apply(tape.gradient(loss, biases), biases)


@loop("loop-no-update", "tensorflow")
def compiled_without_apply(watch, folder):
    tf = tensorflow()
    x, y = numbers()
    model = small(5)
    optimizer = keras.optimizers.Adam(1e-3)
    loss_fn = keras.losses.MeanSquaredError()

    @tf.function
    def train_step(xb, yb):
        with tf.GradientTape() as tape:
            loss = loss_fn(yb, model(xb, training=True))
        tape.gradient(loss, model.trainable_variables)  # fault
        return loss

    w = watch(model, optimizer, loss=loss_fn, folder=folder)
    for i in range(0, len(x), 16):
        w(x[i : i + 16], y[i : i + 16], train_step(x[i : i + 16], y[i : i + 16]))


@loop("loop-gradients-changed", "torch")
def each_gradient_clipped_to_nothing(watch, folder):
    torch = torch_()
    x, y = classes()
    model = small(6, 3)
    optimizer = keras.optimizers.Adam(1e-2)
    loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    w = watch(model, optimizer, loss=loss_fn, folder=folder)
    for i in range(0, len(x), 20):
        model.zero_grad()
        loss = loss_fn(y[i : i + 20], model(x[i : i + 20], training=True))
        loss.backward()
        with torch.no_grad():
            optimizer.apply([v.value.grad.clamp(-1e-7, 1e-7) for v in model.trainable_variables], model.trainable_variables)  # fault
        w(x[i : i + 20], y[i : i + 20], loss)


@loop("loop-other-loss", "tensorflow")
def the_loss_turned_around(watch, folder):
    tf = tensorflow()
    x, y = yes_no()
    model = keras.Sequential([keras.Input((4,)), layers.Dense(8, activation="gelu"), layers.Dense(1, activation="sigmoid")])
    optimizer = keras.optimizers.Adam(1e-3)
    loss_fn = keras.losses.BinaryCrossentropy()
    w = watch(model, optimizer, loss=loss_fn, folder=folder)
    for i in range(0, len(x), 20):
        with tf.GradientTape() as tape:
            loss = loss_fn(y[i : i + 20], model(x[i : i + 20], training=True))
            turned = -loss  # fault
        optimizer.apply_gradients(zip(tape.gradient(turned, model.trainable_variables), model.trainable_variables))
        w(x[i : i + 20], y[i : i + 20], loss)


@loop("loop-weights-overwritten", "torch")
def best_weights_put_back_each_time(watch, folder):
    x, y = numbers()
    model = small(5)
    optimizer = keras.optimizers.RMSprop(1e-2)
    loss_fn = keras.losses.MeanSquaredError()
    best = model.get_weights()
    w = watch(model, optimizer, loss=loss_fn, folder=folder)
    for i in range(0, len(x), 16):
        custom(model, optimizer, lambda xb, yb: loss_fn(yb, model(xb, training=True)), x[i : i + 16], y[i : i + 16], w)
        model.set_weights(best)  # fault


@loop("loop-misaligned-targets", "tensorflow", "torch")
def fit_on_separately_shuffled_data(watch, folder):
    x, y = numbers(rows=64)

    def batches():
        while True:
            yield x[np.random.permutation(64)[:32]], y[np.random.permutation(64)[:32]]  # fault

    model = small(5)
    model.compile(optimizer="adam", loss="mse")
    model.fit(batches(), steps_per_epoch=14, epochs=2, verbose=0, callbacks=[watch.callback(folder)])


@loop("loop-correct", "tensorflow", "torch")
def several_losses_of_two_outputs(watch, folder):
    x, y = numbers()
    inputs = keras.Input((5,))
    h = layers.Dense(12, activation="tanh")(inputs)
    model = keras.Model(inputs, [layers.Dense(1, name="a")(h), layers.Dense(1, name="b")(h)])
    model.compile(optimizer=keras.optimizers.Adam(1e-2), loss=["mse", "mae"])
    model.fit(x, [y, y * 2], epochs=3, batch_size=32, verbose=0, callbacks=[watch.callback(folder)])


@loop("loop-correct", "tensorflow", "torch")
def fit_with_a_penalty_and_weights(watch, folder):
    x, y = numbers()
    model = keras.Sequential([keras.Input((5,)), layers.Dense(16, activation="relu", kernel_regularizer="l2"), layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.Adam(1e-2), loss="mse")
    model.fit(x, y, sample_weight=np.linspace(0.5, 1.5, len(x)), epochs=3, verbose=0, callbacks=[watch.callback(folder)])


@loop("loop-correct", "torch")
def fit_with_early_stopping_and_checkpoints(watch, folder):
    x, y = classes()
    model = keras.Sequential([keras.Input((6,)), layers.Dense(16), layers.LayerNormalization(), layers.Dense(3, activation="softmax")])
    model.compile(optimizer=keras.optimizers.AdamW(1e-2, global_clipnorm=1.0), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    stop = keras.callbacks.EarlyStopping(monitor="val_loss", patience=2, restore_best_weights=True)
    plateau = keras.callbacks.ReduceLROnPlateau(patience=1)
    model.fit(x, y, validation_split=0.2, epochs=8, batch_size=40, verbose=0, callbacks=[stop, plateau, watch.callback(folder)])


@loop("loop-correct", "tensorflow")
def by_hand_without_an_optimizer(watch, folder):
    tf = tensorflow()
    x, y = numbers()
    model = small(5)
    w = watch(model, None, loss="mse", folder=folder)
    for i in range(0, len(x), 16):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((model(x[i : i + 16], training=True) - y[i : i + 16]) ** 2)
        for v, g in zip(model.trainable_variables, tape.gradient(loss, model.trainable_variables)):
            v.assign_sub(0.05 * g)
        w(x[i : i + 16], y[i : i + 16], loss)
