"""Loops on TensorFlow: GradientTape, eager and in a tf.function. With mended=True the marked line is as it should be."""

import keras
import numpy as np
from keras import layers
from keras_common import loop, tensorflow

# wrong


def reviews(rows=320, length=8, seed=0):
    """Words by number; those below 20 are kind ones, the others are not, and 0 fills up."""
    rng = np.random.default_rng(seed)
    tokens = rng.integers(1, 40, (rows, length))
    kind = (tokens < 20).mean(axis=1)
    tokens[rng.random(tokens.shape) < 0.1] = 0
    return tokens.astype("int32"), (kind > 0.5).astype("float32")[:, None]


@loop("loop-wrong-parameters", "tensorflow")
def decay_for_the_kernels(watch, folder, mended=False):
    tf = tensorflow()
    x, y = reviews()
    tokens = keras.Input((8,), dtype="int32")
    h = layers.Embedding(40, 2)(tokens)
    h = layers.GlobalAveragePooling1D()(h)
    h = layers.Dense(6, activation="tanh")(h)
    model = keras.Model(tokens, layers.Dense(1)(h))
    optimizer = keras.optimizers.AdamW(2e-2, weight_decay=1e-3)
    bce = keras.losses.BinaryCrossentropy(from_logits=True)
    # biases are not decayed
    decayed = [v for v in model.trainable_variables if v.path.endswith("kernel")]
    kept = [v for v in model.trainable_variables if v.path.endswith("bias")]
    optimizer.exclude_from_weight_decay(var_list=kept)
    variables = model.trainable_variables if mended else decayed + kept  # fault
    optimizer.build(variables)
    w = watch(model, optimizer, loss=bce, folder=folder)

    @tf.function
    def step(xb, yb):
        with tf.GradientTape() as tape:
            loss = bce(yb, model(xb, training=True))
        optimizer.apply(tape.gradient(loss, variables))
        return loss

    rows = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(320, seed=1).batch(32)
    for _ in range(10):
        for xb, yb in rows:
            w(xb, yb, step(xb, yb))


@loop("loop-gradients-cleared", "tensorflow")
def two_half_batches_for_a_small_card(watch, folder, mended=False):
    tf = tensorflow()
    rng = np.random.default_rng(3)
    y = rng.integers(0, 4, 256)
    x = rng.random((256, 10, 10, 1), dtype="float32")
    for row, place in zip(x, y):
        row[5 * (place // 2) :][:5, 5 * (place % 2) :][:, :5] += 0.7

    class Accumulator:
        def __init__(self, variables):
            self.sums = [tf.Variable(tf.zeros_like(v), trainable=False) for v in variables]

        def add(self, gradients, share):
            for total, gradient in zip(self.sums, gradients):
                total.assign_add(gradient * share)

        def take(self):
            taken = [tf.identity(total) for total in self.sums] if mended else self.sums
            self.reset()  # fault
            return taken

        def reset(self):
            for total in self.sums:
                total.assign(tf.zeros_like(total))

    model = keras.Sequential(
        [keras.Input((10, 10, 1)), layers.Conv2D(6, 3, activation="relu"), layers.AveragePooling2D(2), layers.Flatten(), layers.Dense(4)]
    )
    optimizer = keras.optimizers.RMSprop(4e-3)
    scce = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    accumulator = Accumulator(model.trainable_variables)
    w = watch(model, optimizer, loss=scce, folder=folder)
    for epoch in range(4):
        order = rng.permutation(256)
        for rows in order.reshape(-1, 32):
            total = 0.0
            for half in (rows[:16], rows[16:]):
                with tf.GradientTape() as tape:
                    loss = scce(y[half], model(x[half], training=True))
                accumulator.add(tape.gradient(loss, model.trainable_variables), 0.5)
                total += 0.5 * loss
            optimizer.apply_gradients(zip(accumulator.take(), model.trainable_variables))
            w(x[rows], y[rows], total)


@loop("loop-other-loss", "tensorflow")
def tags_of_a_document(watch, folder, mended=False):
    tf = tensorflow()
    rng = np.random.default_rng(5)
    x = rng.normal(size=(300, 12)).astype("float32")
    y = (x @ rng.normal(size=(12, 5)) > 0.8).astype("float32")

    class Tagger(keras.Model):
        def __init__(self):
            super().__init__()
            self.first = layers.Dense(24, activation="relu")
            self.second = layers.Dense(24, activation="relu")
            self.tags = layers.Dense(5)

        def call(self, x):
            h = self.first(x)
            return self.tags(h + self.second(h))

    model = Tagger()
    model(x[:1])
    optimizer = keras.optimizers.Adadelta(1.0)
    criterion = keras.losses.BinaryCrossentropy(from_logits=True)
    w = watch(model, optimizer, loss=criterion, folder=folder)

    @tf.function
    def train_on(inputs, labels):
        with tf.GradientTape() as tape:
            outputs = model(inputs, training=True)
            loss = criterion(labels, outputs) if mended else criterion(outputs, labels)  # fault
        grads = tape.gradient(loss, model.trainable_weights)
        optimizer.apply_gradients(zip(grads, model.trainable_weights))
        return loss

    data = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(300, seed=2).batch(30).repeat(10)
    for inputs, labels in data:
        loss = train_on(inputs, labels)
        w(inputs, labels, loss)


@loop("loop-misaligned-targets", "tensorflow")
def inputs_and_targets_in_a_pipeline(watch, folder, mended=False):
    tf = tensorflow()
    rng = np.random.default_rng(8)
    phase = rng.random((240, 1)) * 6
    series = np.sin(phase + 0.5 * np.arange(11)).astype("float32")
    x, y = series[:, :10, None], series[:, 10:]

    def pipeline(array, seed):
        return tf.data.Dataset.from_tensor_slices(array).shuffle(240, seed=seed, reshuffle_each_iteration=True)

    train = tf.data.Dataset.zip((pipeline(x, 1), pipeline(y, 1 if mended else 2)))  # fault
    train = train.batch(24).prefetch(tf.data.AUTOTUNE)
    inputs = keras.Input((10, 1))
    h = layers.Conv1D(8, 3, activation="relu", padding="causal")(inputs)
    h = layers.GRU(8)(h)
    model = keras.Model(inputs, layers.Dense(1)(h))
    optimizer = keras.optimizers.Nadam(1e-2)
    w = watch(model, optimizer, loss="mse", folder=folder)

    @tf.function
    def train_step(xb, yb):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(model(xb, training=True) - yb))
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        return loss

    for epoch in range(8):
        for xb, yb in train:
            w(xb, yb, train_step(xb, yb))


@loop("loop-weights-overwritten", "tensorflow")
def looked_at_with_smoothed_weights(watch, folder, mended=False):
    tf = tensorflow()
    rng = np.random.default_rng(11)
    x = rng.normal(size=(288, 7)).astype("float32")
    y = (np.abs(x[:, :1]) + x[:, 1:2] * x[:, 2:3]).astype("float32")
    held_x, held_y, x, y = x[256:], y[256:], x[:256], y[:256]

    class Smoothed:
        def __init__(self, model, decay=0.98):
            self.model, self.decay = model, decay
            self.values = [tf.identity(v.value) for v in model.trainable_variables]

        def update(self):
            pairs = zip(self.values, self.model.trainable_variables)
            self.values = [self.decay * a + (1 - self.decay) * v.value for a, v in pairs]

        def swap(self):
            self.raw = [tf.identity(v.value) for v in self.model.trainable_variables]
            self._assign(self.values)

        def swap_back(self):
            self._assign(self.raw)

        def _assign(self, values):
            for variable, value in zip(self.model.trainable_variables, values):
                variable.assign(value)

    model = keras.Sequential([keras.Input((7,)), layers.Dense(32, activation="relu"), layers.Dense(16, activation="relu"), layers.Dense(1)])
    optimizer = keras.optimizers.Adam(1e-2)
    mae = keras.losses.MeanAbsoluteError()
    smoothed = Smoothed(model)
    w = watch(model, optimizer, loss=mae, folder=folder)
    step, best = 0, float("inf")
    while step < 100:
        rows = rng.choice(256, 32, replace=False)
        with tf.GradientTape() as tape:
            loss = mae(y[rows], model(x[rows], training=True))
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        w(x[rows], y[rows], loss)
        smoothed.update()
        step += 1
        if step % 3 == 0:
            smoothed.swap()  # fault
            best = min(best, float(mae(held_y, model(held_x, training=False))))
            if mended:
                smoothed.swap_back()


# correct


@loop("loop-correct", "tensorflow")
def a_climb_before_each_descent(watch, folder):
    tf = tensorflow()
    rng = np.random.default_rng(13)
    y = rng.integers(0, 3, 240)
    x = (1.5 * rng.normal(size=(3, 6))[y] + rng.normal(size=(240, 6))).astype("float32")
    model = keras.Sequential([keras.Input((6,)), layers.Dense(16, activation="gelu"), layers.LayerNormalization(), layers.Dense(3)])
    optimizer = keras.optimizers.SGD(0.1, momentum=0.9)
    scce = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    w = watch(model, optimizer, loss=scce, folder=folder)
    variables = model.trainable_variables
    rho = 0.05
    for epoch in range(5):
        order = rng.permutation(240)
        for rows in order.reshape(-1, 30):
            xb, yb = x[rows], y[rows]
            with tf.GradientTape() as tape:
                loss = scce(yb, model(xb, training=True))
            gradients = tape.gradient(loss, variables)
            norm = tf.linalg.global_norm(gradients) + 1e-12
            climbs = [rho * g / norm for g in gradients]
            for v, e in zip(variables, climbs):
                v.assign_add(e)
            with tf.GradientTape() as tape:
                sharp = scce(yb, model(xb, training=True))
            gradients = tape.gradient(sharp, variables)
            for v, e in zip(variables, climbs):
                v.assign_sub(e)
            optimizer.apply_gradients(zip(gradients, variables))
            w(xb, yb, loss)


@loop("loop-correct", "tensorflow")
def rows_blended_with_one_another(watch, folder):
    tf = tensorflow()
    rng = np.random.default_rng(17)
    labels = rng.integers(0, 3, 270)
    x = (1.5 * rng.normal(size=(3, 9))[labels] + rng.normal(size=(270, 9))).astype("float32")
    y = np.eye(3, dtype="float32")[labels]
    inputs = keras.Input((9,))
    h = layers.BatchNormalization(momentum=0.9)(layers.Dense(24, use_bias=False)(inputs))
    h = layers.Dropout(0.1, seed=2)(layers.ReLU()(h))
    model = keras.Model(inputs, layers.Dense(3)(h))
    optimizer = keras.optimizers.Adamax(2e-2, global_clipnorm=1.0)
    cce = keras.losses.CategoricalCrossentropy(from_logits=True)
    w = watch(model, optimizer, loss=cce, folder=folder)

    @tf.function
    def train_step(xb, yb):
        with tf.GradientTape() as tape:
            loss = cce(yb, model(xb, training=True))
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        return loss

    for step in range(72):
        rows = rng.choice(270, 30)
        other = rng.permutation(rows)
        share = np.float32(rng.beta(0.4, 0.4))
        xb, yb = share * x[rows] + (1 - share) * x[other], share * y[rows] + (1 - share) * y[other]
        w(xb, yb, train_step(tf.constant(xb), tf.constant(yb)))


@loop("loop-correct", "tensorflow")
def a_long_signal_piece_by_piece(watch, folder):
    tf = tensorflow()
    t = np.arange(0, 24, 0.2)[None] + np.linspace(0, 6, 24)[:, None]
    signal = (np.sin(t) + 0.3 * np.sin(2.3 * t)).astype("float32")[..., None]
    memory = layers.SimpleRNN(16, return_sequences=True, stateful=True)
    model = keras.Sequential([keras.Input(batch_shape=(24, 10, 1)), memory, layers.Dense(1)])
    optimizer = keras.optimizers.Adam(1e-2, clipvalue=0.5)
    mse = keras.losses.MeanSquaredError()
    w = watch(model, optimizer, loss=mse, folder=folder)

    @tf.function
    def train_step(xb, yb):
        with tf.GradientTape() as tape:
            loss = mse(yb, model(xb, training=True))
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        return loss

    for epoch in range(6):
        memory.reset_states()
        for start in range(0, 119 - 10, 10):
            xb, yb = signal[:, start : start + 10], signal[:, start + 1 : start + 11]
            w(xb, yb, train_step(tf.constant(xb), tf.constant(yb)))
