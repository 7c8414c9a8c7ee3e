"""Loops on TensorFlow: tapes, some of them in a graph."""

import keras
import numpy as np
from keras import layers, ops
from keras_common import loop, tensorflow
from loops_keras_tenth_data import houses, mixtures, reviews, sensors, spots, visits

# wrong


@loop("loop-wrong-parameters", "tensorflow")
def the_second_stage_of_fine_tuning(watch, folder):
    tf = tensorflow()
    x, y = spots()
    backbone = keras.Sequential(
        [
            keras.Input((10, 10, 1)),
            layers.Conv2D(6, 3, strides=2, activation="relu"),
            layers.Flatten(),
            layers.Dense(3, activation="tanh"),
        ],
        name="backbone",
    )
    head = layers.Dense(4, name="head")
    model = keras.Sequential([backbone, head])
    model.build((None, 10, 10, 1))
    scce = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    dataset = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(200, seed=1).batch(25)

    def run(variables, optimizer, epochs, after=lambda *step: None):
        for _ in range(epochs):
            for xb, yb in dataset:
                with tf.GradientTape() as tape:
                    loss = scce(yb, model(xb, training=True))
                optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
                after(xb, yb, loss)

    # stage 1: only the head
    backbone.trainable = False
    variables = model.trainable_variables
    run(variables, keras.optimizers.Adam(1e-2), epochs=1)
    # stage 2: everything, at a lower rate
    backbone.trainable = True
    optimizer = keras.optimizers.Adam(8e-3)
    w = watch(model, optimizer, loss=scce, folder=folder)
    run(variables, optimizer, epochs=4, after=w)  # fault


@loop("loop-eval-mode", "tensorflow")
def prices_from_a_normalised_table(watch, folder):
    tf = tensorflow()
    x, y = houses()
    model = keras.Sequential(
        [
            keras.Input((6,)),
            layers.BatchNormalization(momentum=0.8),
            layers.Dense(24, use_bias=False),
            layers.BatchNormalization(momentum=0.8),
            layers.Activation("relu"),
            layers.Dense(1),
        ]
    )
    optimizer = keras.optimizers.SGD(learning_rate=0.02, momentum=0.9, clipnorm=5.0)
    loss_fn = keras.losses.MeanSquaredError()
    w = watch(model, optimizer, loss=loss_fn, folder=folder)

    @tf.function
    def train_step(features, targets):
        with tf.GradientTape() as tape:
            predictions = model(features)  # fault
            loss = loss_fn(targets, predictions)
        grads = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(grads, model.trainable_variables))
        return loss

    for epoch in range(5):
        order = np.random.permutation(len(x))
        for rows in np.split(order, 8):
            w(x[rows], y[rows], train_step(tf.constant(x[rows]), tf.constant(y[rows])))


@loop("loop-gradients-changed", "tensorflow")
def kind_reviews_through_an_lstm(watch, folder):
    tf = tensorflow()
    x, y = reviews()

    class Trainer:
        def __init__(self, model, optimizer, loss_fn, clip=1.0):
            self.model, self.optimizer, self.loss_fn, self.clip = model, optimizer, loss_fn, clip
            self.step = tf.function(self._step)

        def _step(self, tokens, labels):
            with tf.GradientTape() as tape:
                loss = self.loss_fn(labels, self.model(tokens, training=True))
            gradients = tape.gradient(loss, self.model.trainable_variables)
            gradients = [tf.clip_by_value(tf.convert_to_tensor(g), 0.0, self.clip) for g in gradients]  # fault
            self.optimizer.apply_gradients(zip(gradients, self.model.trainable_variables))
            return loss

    model = keras.Sequential([keras.Input((12,), dtype="int32"), layers.Embedding(30, 8), layers.LSTM(8, unroll=True), layers.Dense(1)])
    trainer = Trainer(model, keras.optimizers.RMSprop(1e-2), keras.losses.BinaryCrossentropy(from_logits=True))
    w = watch(model, trainer.optimizer, loss=trainer.loss_fn, folder=folder)
    step = 0
    while step < 60:
        rows = np.random.choice(len(x), 32, replace=False)
        loss = trainer.step(tf.constant(x[rows]), tf.constant(y[rows]))
        w(x[rows], y[rows], loss)
        step += 1


@loop("loop-misaligned-targets", "tensorflow")
def the_load_that_comes_next(watch, folder):
    tf = tensorflow()
    x, y = sensors()
    windows = tf.data.Dataset.from_tensor_slices(x).shuffle(240)
    loads = tf.data.Dataset.from_tensor_slices(y).shuffle(240)  # fault
    dataset = tf.data.Dataset.zip((windows, loads)).batch(24, drop_remainder=True).prefetch(tf.data.AUTOTUNE)

    inputs = keras.Input((16, 3))
    h = layers.Conv1D(12, 3, padding="causal", activation="relu")(inputs)
    h = layers.Add()([h, layers.Conv1D(12, 3, padding="causal", dilation_rate=2, activation="relu")(h)])
    h = layers.Concatenate()([layers.GlobalAveragePooling1D()(h), layers.Flatten()(h[:, -2:])])
    model = keras.Model(inputs, layers.Dense(1)(h))
    optimizer = keras.optimizers.AdamW(1e-2, weight_decay=1e-4)
    w = watch(model, optimizer, loss="mae", folder=folder)

    @tf.function
    def train_step(window, load):
        with tf.GradientTape() as tape:
            forecast = model(window, training=True)
            loss = tf.reduce_mean(tf.abs(load - forecast))
        optimizer.apply(tape.gradient(loss, model.trainable_variables), model.trainable_variables)
        return loss

    for epoch in range(4):
        running = keras.metrics.Mean()
        for window, load in dataset:
            loss = train_step(window, load)
            running.update_state(loss)
            w(window, load, loss)


@loop("loop-no-update", "tensorflow")
def large_batches_out_of_small_ones(watch, folder):
    tf = tensorflow()
    x, y = mixtures(rows=240)
    model = keras.Sequential([keras.Input((8,)), layers.Dense(32, activation="relu"), layers.Dropout(0.1), layers.Dense(4)])
    optimizer = keras.optimizers.Adam(2e-2)
    scce = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    w = watch(model, optimizer, loss=scce, folder=folder)
    config = {"batch_size": 40, "accumulate": 8, "epochs": 8}
    dataset = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(240, seed=2).batch(config["batch_size"])
    for epoch in range(config["epochs"]):
        total = [tf.zeros(v.shape) for v in model.trainable_variables]
        count = 0
        for step, (xb, yb) in enumerate(dataset, start=1):
            with tf.GradientTape() as tape:
                loss = scce(yb, model(xb, training=True))
            total = [t + g for t, g in zip(total, tape.gradient(loss, model.trainable_variables))]
            count += 1
            if step % config["accumulate"] == 0:  # fault
                optimizer.apply_gradients(zip([t / count for t in total], model.trainable_variables))
                total, count = [tf.zeros_like(t) for t in total], 0
            w(xb, yb, loss)


@loop("loop-broadcast", "tensorflow")
def visits_to_a_page(watch, folder):
    tf = tensorflow()
    x, y = visits()
    model = keras.Sequential([keras.Input((4,)), layers.Dense(16, activation="tanh"), layers.Dense(1, activation="exponential")])
    optimizer = keras.optimizers.Nadam(1e-2)

    def poisson(counts, rates):
        return tf.reduce_mean(rates - counts * tf.math.log(rates + 1e-7))  # fault

    w = watch(model, optimizer, loss=keras.losses.Poisson(), folder=folder)

    @tf.function(reduce_retracing=True)
    def train_step(xb, yb):
        with tf.GradientTape() as tape:
            loss = poisson(yb, model(xb, training=True))
        optimizer.apply_gradients(zip(tape.gradient(loss, model.trainable_variables), model.trainable_variables))
        return loss

    for epoch in range(8):
        for xb, yb in tf.data.Dataset.from_tensor_slices((x, y)).shuffle(256, seed=epoch).batch(32):
            w(xb, yb, train_step(xb, yb))


# correct


@loop("loop-correct", "tensorflow")
def two_looks_at_every_batch(watch, folder):
    """Sharpness-aware: the gradient is taken a bit uphill."""
    tf = tensorflow()
    x, y = mixtures()
    inputs = keras.Input((8,))
    h = layers.Dense(16, activation="gelu")(inputs)
    h = layers.LayerNormalization()(layers.Add()([h, layers.Dense(16, activation="gelu")(h)]))
    model = keras.Model(inputs, layers.Dense(4)(h))
    optimizer = keras.optimizers.SGD(0.05, momentum=0.9, nesterov=True)
    scce = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    w = watch(model, optimizer, loss=scce, folder=folder)

    def gradients(xb, yb):
        with tf.GradientTape() as tape:
            loss = scce(yb, model(xb, training=True))
        return loss, tape.gradient(loss, model.trainable_variables)

    @tf.function
    def sam_step(xb, yb, rho=0.05):
        loss, first = gradients(xb, yb)
        norm = tf.linalg.global_norm(first)
        uphill = [rho * g / (norm + 1e-12) for g in first]
        for v, e in zip(model.trainable_variables, uphill):
            v.assign_add(e)
        _, second = gradients(xb, yb)
        for v, e in zip(model.trainable_variables, uphill):
            v.assign_sub(e)
        optimizer.apply_gradients(zip(second, model.trainable_variables))
        return loss

    for epoch in range(4):
        for xb, yb in tf.data.Dataset.from_tensor_slices((x, y)).shuffle(280, seed=epoch).batch(35):
            w(xb, yb, sam_step(xb, yb))


@loop("loop-correct", "tensorflow")
def series_in_pieces_with_a_state(watch, folder):
    tf = tensorflow()
    rng = np.random.default_rng(4)
    t = rng.random((8, 1)) * 6 + 0.3 * np.arange(61)
    series = (np.sin(t) * np.linspace(0.5, 1.5, 8)[:, None]).astype("float32")[..., None]
    rnn = layers.GRU(12, stateful=True, return_sequences=True, unroll=True)
    model = keras.Sequential([keras.Input(batch_shape=(8, 10, 1)), rnn, layers.Dense(1)])
    optimizer = keras.optimizers.Adam(1e-2, global_clipnorm=1.0)
    mse = keras.losses.MeanSquaredError()
    w = watch(model, optimizer, loss=mse, folder=folder)

    @tf.function
    def train_step(piece, following):
        with tf.GradientTape() as tape:
            loss = mse(following, model(piece, training=True))
        optimizer.apply_gradients(zip(tape.gradient(loss, model.trainable_variables), model.trainable_variables))
        return loss

    for epoch in range(6):
        rnn.reset_state()
        for start in range(0, 60, 10):  # the state goes on, the gradient does not
            piece, following = tf.constant(series[:, start : start + 10]), tf.constant(series[:, start + 1 : start + 11])
            w(piece, following, train_step(piece, following))


@loop("loop-correct", "tensorflow")
def pairs_and_a_margin(watch, folder):
    tf = tensorflow()
    x, y = mixtures()
    encoder = keras.Sequential([keras.Input((8,)), layers.Dense(24, activation="relu"), layers.Dense(3)], name="encoder")
    left, right = keras.Input((8,)), keras.Input((8,))
    difference = layers.Subtract()([encoder(left), encoder(right)])
    distance = layers.Lambda(lambda d: ops.sqrt(ops.sum(ops.square(d), axis=-1, keepdims=True) + 1e-6))(difference)
    model = keras.Model([left, right], distance)

    def contrastive(same, distance):
        return ops.mean(same * ops.square(distance) + (1 - same) * ops.square(ops.maximum(2.0 - distance, 0.0)))

    optimizer = keras.optimizers.Adam(5e-3)
    w = watch(model, optimizer, loss=contrastive, folder=folder)
    rng = np.random.default_rng(6)
    for step in range(30):
        a = rng.integers(0, len(x), 32)
        partner = np.array([rng.choice(np.flatnonzero(y == y[i])) for i in a[:16]])
        b = np.concatenate([partner, rng.integers(0, len(x), 16)])
        same = (y[a] == y[b]).astype("float32")[:, None]
        with tf.GradientTape() as tape:
            loss = contrastive(same, model([x[a], x[b]], training=True))
        optimizer.apply_gradients(zip(tape.gradient(loss, model.trainable_variables), model.trainable_variables))
        w([x[a], x[b]], same, loss)


@loop("loop-correct", "tensorflow")
def noisy_pictures_in_two_halves(watch, folder):
    """An autoencoder: what goes in is what shall come out; a step for every two halves."""
    tf = tensorflow()
    x, _ = spots()
    model = keras.Sequential(
        [
            keras.Input((10, 10, 1)),
            layers.GaussianNoise(0.1, seed=1),
            layers.Conv2D(8, 3, strides=2, padding="same", activation="relu"),
            layers.Conv2DTranspose(8, 3, strides=2, padding="same", activation="relu"),
            layers.Conv2D(1, 3, padding="same"),
        ]
    )
    optimizer = keras.optimizers.Adamax(2e-2)
    mse = keras.losses.MeanSquaredError()
    w = watch(model, optimizer, loss=mse, folder=folder)
    sums = [tf.Variable(tf.zeros(v.shape), trainable=False) for v in model.trainable_variables]
    for epoch in range(5):
        for i, images in enumerate(np.split(x[np.random.permutation(len(x))], 10)):
            with tf.GradientTape() as tape:
                loss = mse(images, model(images, training=True))
            for s, g in zip(sums, tape.gradient(loss, model.trainable_variables)):
                s.assign_add(0.5 * g)
            if i % 2 == 1:
                optimizer.apply_gradients(zip([s.value() for s in sums], model.trainable_variables))
                for s in sums:
                    s.assign(tf.zeros_like(s))
            w(images, images, loss)
