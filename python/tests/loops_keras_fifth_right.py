"""The fifth Keras batch's correct loops, each with something odd that is meant, and what the batch has in common."""

import keras
import numpy as np
from keras import layers, ops
from keras_common import loop, tensorflow, torch_
from loops_sixth_data import EPOCHS, clicks, houses, labels, machines, moons, spectra, strokes

ALL = ("tensorflow", "torch", "jax")


def arrays(*tensors):
    return [np.array(t.numpy()) for t in tensors]


def recommender():
    user, item, rating = arrays(*clicks())
    return (user.astype("int32"), item.astype("int32")), rating[:, None]


def bent(width, out, activation):
    return keras.Sequential([keras.Input((width,)), layers.Dense(20, activation=activation), layers.Dense(out)])


def steps_of(x, y, size):
    """Yield shuffled batches of all epochs."""
    rng = np.random.default_rng(9)
    for epoch in range(EPOCHS):
        order = rng.permutation(len(x))
        for i in range(0, len(x), size):
            yield x[order[i : i + size]], y[order[i : i + size]]


@loop("loop-correct", "tensorflow")
def frozen_embedding_and_a_warm_up(watch, folder):
    tf = tensorflow()
    (users, items), rating = recommender()
    user, item = keras.Input((), dtype="int32"), keras.Input((), dtype="int32")
    fixed = layers.Embedding(14, 6, trainable=False)
    both = layers.Concatenate()([fixed(user), layers.Embedding(18, 6)(item)])
    model = keras.Model([user, item], layers.Dense(1)(layers.Dense(16, activation="relu")(both)))
    optimizer = keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(0.0, EPOCHS * 6, warmup_target=1e-2, warmup_steps=4), clipnorm=1.0)
    loss_fn = keras.losses.MeanSquaredError()
    w = watch(model, optimizer, loss=loss_fn, folder=folder)
    for epoch in range(EPOCHS):
        for u, i, r in tf.data.Dataset.from_tensor_slices((users, items, rating)).shuffle(200).batch(30):
            with tf.GradientTape() as tape:
                loss = loss_fn(r, model([u, i], training=True))
            optimizer.apply_gradients(zip(tape.gradient(loss, model.trainable_variables), model.trainable_variables))
            w([u, i], r, loss)


@loop("loop-correct", "tensorflow")
def alternating_pair(watch, folder):
    tf = tensorflow()
    data = ((spectra() - 0.3) * 2).numpy()
    G = keras.Sequential([keras.Input((5,)), layers.Dense(20, activation="relu"), layers.Dense(16)])
    D = keras.Sequential([keras.Input((16,)), layers.Dense(20), layers.LeakyReLU(0.2), layers.Dense(1)])
    g_opt, d_opt = keras.optimizers.Adam(1e-3, 0.5), keras.optimizers.Adam(1e-3, 0.5)
    bce = keras.losses.BinaryCrossentropy(from_logits=True)
    w = watch(D, d_opt, loss=bce, folder=folder)
    for real, _ in steps_of(data, data, 30):
        fake = G(tf.random.normal((len(real), 5)))
        both = tf.concat([real, fake], 0)
        truth = np.concatenate([np.full((len(real), 1), 0.9), np.zeros((len(real), 1))]).astype("float32")
        with tf.GradientTape() as tape:
            d_loss = bce(truth, D(both, training=True))
        d_opt.apply_gradients(zip(tape.gradient(d_loss, D.trainable_variables), D.trainable_variables))
        w(both, truth, d_loss)
        with tf.GradientTape() as tape:
            g_loss = bce(np.ones((len(real), 1), "float32"), D(G(tf.random.normal((len(real), 5)), training=True), training=True))
        g_opt.apply_gradients(zip(tape.gradient(g_loss, G.trainable_variables), G.trainable_variables))


@loop("loop-correct", "tensorflow")
def persistent_tape_for_two_optimizers(watch, folder):
    tf = tensorflow()
    x, y = arrays(*labels())
    body, head = layers.Dense(20, activation="relu"), layers.Dense(4)
    model = keras.Sequential([keras.Input((8,)), body, head])
    slow, fast = keras.optimizers.SGD(0.1), keras.optimizers.Adam(1e-2)
    loss_fn = keras.losses.BinaryCrossentropy(from_logits=True, label_smoothing=0.1)
    w = watch(model, [slow, fast], loss=loss_fn, folder=folder)
    for xb, yb in steps_of(x, y, 30):
        with tf.GradientTape(persistent=True) as tape:
            loss = loss_fn(yb, model(xb, training=True))
        slow.apply_gradients(zip(tape.gradient(loss, body.trainable_variables), body.trainable_variables))
        fast.apply_gradients(zip(tape.gradient(loss, head.trainable_variables), head.trainable_variables))
        w(xb, yb, loss)


@loop("loop-correct", "torch")
def accumulates_two_by_hand(watch, folder):
    torch = torch_()
    x, y = arrays(*moons())
    model = bent(2, 1, "tanh")
    optimizer = keras.optimizers.AdamW(1e-2, weight_decay=1e-3)
    loss_fn = keras.losses.BinaryCrossentropy(from_logits=True)
    w = watch(model, optimizer, loss=loss_fn, folder=folder)
    for n, (xb, yb) in enumerate(steps_of(x, y, 15)):
        loss = loss_fn(torch.as_tensor(yb), model(torch.as_tensor(xb), training=True))
        w(xb, yb, loss)
        (loss / 2).backward()
        if n % 2 == 1:
            with torch.no_grad():
                optimizer.apply([v.value.grad for v in model.trainable_variables], model.trainable_variables)
            model.zero_grad()


@loop("loop-correct", "torch")
def values_clipped_and_metrics_beside(watch, folder):
    torch = torch_()
    x, y = arrays(*machines())
    model = keras.Sequential([keras.Input((15, 3)), layers.GRU(12), layers.Dense(1)])
    optimizer = keras.optimizers.RMSprop(3e-3)
    loss_fn, metric = keras.losses.Huber(), keras.metrics.MeanAbsoluteError()
    w = watch(model, optimizer, loss=loss_fn, folder=folder)
    for xb, yb in steps_of(x, y, 24):
        model.zero_grad()
        out = model(torch.as_tensor(xb), training=True)
        loss = loss_fn(torch.as_tensor(yb), out)
        w(xb, yb, loss)
        loss.backward()
        with torch.no_grad():
            optimizer.apply([v.value.grad.clamp(-1, 1) for v in model.trainable_variables], model.trainable_variables)
            metric.update_state(yb, out)
            model(torch.as_tensor(x[:10]), training=False)


@loop("loop-correct", "jax")
def stateless_with_batch_statistics(watch, folder):
    import jax

    x, kind = arrays(*strokes())
    model = keras.Sequential([keras.Input((1, 10, 10)), layers.Flatten(), layers.Dense(24), layers.BatchNormalization(), layers.ReLU(), layers.Dense(4)])
    optimizer, objective = keras.optimizers.Adam(5e-3, global_clipnorm=1.0), keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    optimizer.build(model.trainable_variables)

    def loss_of(trainable, fixed, xb, yb):
        out, fixed = model.stateless_call(trainable, fixed, xb, training=True)
        return objective(yb, out), fixed

    @jax.jit
    def step(state, xb, yb):
        trainable, fixed, slots = state
        (loss, fixed), grads = jax.value_and_grad(loss_of, has_aux=True)(trainable, fixed, xb, yb)
        trainable, slots = optimizer.stateless_apply(slots, grads, trainable)
        return loss, (trainable, fixed, slots)

    state = ([v.value for v in model.trainable_variables], [v.value for v in model.non_trainable_variables], [v.value for v in optimizer.variables])
    w = watch(model, optimizer, loss=objective, folder=folder)
    for xb, yb in steps_of(x, kind, 28):
        loss, state = step(state, xb, yb)
        w(xb, yb, loss, weights=state[0])


@loop("loop-correct", "jax")
def gradient_of_two_halves(watch, folder):
    import jax

    x, y = arrays(*houses())
    model, optimizer, objective = bent(6, 1, "relu"), keras.optimizers.SGD(0.05, momentum=0.9, nesterov=True), keras.losses.MeanSquaredError()
    optimizer.build(model.trainable_variables)

    def loss_of(trainable, fixed, xb, yb):
        return objective(yb, model.stateless_call(trainable, fixed, xb, training=True)[0])

    compute = jax.jit(jax.value_and_grad(loss_of))
    trainable, fixed, slots = ([v.value for v in vs] for vs in (model.trainable_variables, model.non_trainable_variables, optimizer.variables))
    w = watch(model, optimizer, loss=objective, folder=folder)
    for xb, yb in steps_of(x, y[:, None], 32):
        (first, one), (second, two) = compute(trainable, fixed, xb[:16], yb[:16]), compute(trainable, fixed, xb[16:], yb[16:])
        grads = [(a + b) / 2 for a, b in zip(one, two)]
        trainable, slots = optimizer.stateless_apply(slots, grads, trainable)
        w(xb, yb, (first + second) / 2, weights=trainable)


@loop("loop-correct", *ALL)
def train_on_batch_with_noise(watch, folder):
    x, y = arrays(*houses())
    model = keras.Sequential([keras.Input((6,)), layers.GaussianNoise(0.05), layers.Dense(20, activation="gelu"), layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.Adam(5e-3), loss="mae")
    w = watch(model, model.optimizer, loss="mae", folder=folder)
    for xb, yb in steps_of(x, y[:, None], 32):
        w(xb, yb, model.train_on_batch(xb, yb))


@loop("loop-correct", *ALL)
def tied_autoencoder_with_a_penalty(watch, folder):
    data = ((spectra() - 0.3) * 2).numpy()

    class Tied(layers.Layer):
        def __init__(self, dense):
            super().__init__()
            self.dense = dense

        def build(self, shape):
            self.bias = self.add_weight(shape=(16,), initializer="zeros")

        def call(self, h):
            return ops.matmul(h, ops.transpose(self.dense.kernel)) + self.bias

    inputs = keras.Input((16,))
    dense = layers.Dense(5, activation="tanh", activity_regularizer=keras.regularizers.L1(1e-4))
    model = keras.Model(inputs, Tied(dense)(dense(inputs)))
    model.compile(optimizer=keras.optimizers.Adam(1e-2, use_ema=True, ema_momentum=0.9), loss="mse")
    model.fit(data, data, batch_size=30, epochs=EPOCHS, verbose=0, callbacks=[watch.callback(folder)])


@loop("loop-correct", *ALL)
def halves_its_rate_by_the_epoch(watch, folder):
    x, kind = arrays(*strokes())
    model = keras.Sequential([keras.Input((1, 10, 10)), layers.Flatten(), layers.Dense(24, activation="relu"), layers.Dropout(0.2), layers.Dense(4, activation="softmax")])
    model.compile(optimizer=keras.optimizers.Adam(5e-3), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    schedule = keras.callbacks.LearningRateScheduler(lambda epoch, rate: 5e-3 * 0.8**epoch)
    plateau = keras.callbacks.ReduceLROnPlateau(monitor="loss", factor=0.5, patience=3)
    model.fit(x, kind, batch_size=28, epochs=EPOCHS, validation_split=0.1, verbose=0, callbacks=[watch.callback(folder), schedule, plateau])


class Distiller(keras.Model):
    """A student with a step of its own, and a teacher that stays as it is."""

    def train_step(self, data):
        tf = tensorflow()
        x, y = data
        soft = tf.nn.softmax(self.teacher(x, training=False) / 2.0)
        with tf.GradientTape() as tape:
            out = self(x, training=True)
            hard = tf.reduce_mean(keras.losses.sparse_categorical_crossentropy(y, out, from_logits=True))
            loss = 0.5 * hard + 0.5 * tf.reduce_mean(keras.losses.categorical_crossentropy(soft, tf.nn.softmax(out / 2.0))) * 4
        grads = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.trainable_variables))
        return {"loss": loss}


@loop("loop-correct", "tensorflow")
def student_with_a_step_of_its_own(watch, folder):
    x, kind = arrays(*strokes())
    x = x.reshape(len(x), 100)
    teacher = bent(100, 4, "relu")
    teacher.compile(optimizer=keras.optimizers.Adam(1e-2), loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    teacher.fit(x, kind, epochs=3, verbose=0)
    inputs = keras.Input((100,))
    student = Distiller(inputs, layers.Dense(4)(layers.Dense(10, activation="relu")(inputs)))
    object.__setattr__(student, "teacher", teacher)
    student.compile(optimizer=keras.optimizers.Adam(3e-3))
    student.fit(x, kind, batch_size=28, epochs=EPOCHS, verbose=0, callbacks=[watch.callback(folder)])
