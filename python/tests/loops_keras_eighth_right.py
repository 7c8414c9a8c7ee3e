"""Eighth batch of Keras loops: correct ones with intended oddities."""

import keras
import numpy as np
from keras import layers, ops
from keras_common import loop, tensorflow, torch_
from loops_eleventh_data import RIGHT
from loops_keras_eighth_data import digits, jax_, moons, prices, put_back, reviews, seed, sensors, spectra, values


@loop(RIGHT, "tensorflow")
def gathered_over_two_and_clipped(watch, folder):
    tf = tensorflow()
    seed(221)
    x, y = sensors()
    model = keras.Sequential([keras.Input((14, 2)), layers.LSTM(16), layers.Dense(1)])
    optimizer = keras.optimizers.Adam(2e-2)
    loss_fn = keras.losses.Huber()
    gathered = [tf.Variable(tf.zeros(v.shape), trainable=False) for v in model.trainable_variables]
    w = watch(model, optimizer, loss=loss_fn, folder=folder)
    step = 0
    for epoch in range(4):
        for xb, yb in tf.data.Dataset.from_tensor_slices((x, y)).shuffle(300, seed=epoch).batch(30):
            with tf.GradientTape() as tape:
                loss = loss_fn(yb, model(xb, training=True))
            for total, g in zip(gathered, tape.gradient(loss, model.trainable_variables)):
                total.assign_add(g / 2)
            step += 1
            if step % 2 == 0:
                clipped, _ = tf.clip_by_global_norm([tf.convert_to_tensor(t) for t in gathered], 1.0)
                optimizer.apply_gradients(zip(clipped, model.trainable_variables))
                for total in gathered:
                    total.assign(tf.zeros_like(total))
            w(xb, yb, loss)


@loop(RIGHT, "tensorflow")
def a_discriminator_of_points(watch, folder):
    tf = tensorflow()
    seed(222)
    x, _ = moons()
    generator = keras.Sequential([keras.Input((4,)), layers.Dense(16, activation="relu"), layers.Dense(2)])
    discriminator = keras.Sequential([keras.Input((2,)), layers.Dense(24), layers.LeakyReLU(0.2), layers.Dense(1)])
    d_optimizer, g_optimizer = keras.optimizers.Adam(1e-2, beta_1=0.5), keras.optimizers.Adam(1e-3, beta_1=0.5)
    bce = keras.losses.BinaryCrossentropy(from_logits=True)
    w = watch(discriminator, d_optimizer, loss=bce, folder=folder)
    for epoch in range(4):
        for real in tf.data.Dataset.from_tensor_slices(x).shuffle(300, seed=epoch).batch(50):
            n = real.shape[0]
            points = tf.concat([generator(tf.random.normal((n, 4))), real], 0)
            truth = tf.concat([tf.zeros((n, 1)), tf.ones((n, 1))], 0)
            with tf.GradientTape() as tape:
                d_loss = bce(truth, discriminator(points, training=True))
            grads = tape.gradient(d_loss, discriminator.trainable_weights)
            d_optimizer.apply_gradients(zip(grads, discriminator.trainable_weights))
            w(points, truth, d_loss)
            with tf.GradientTape() as tape:
                g_loss = bce(tf.ones((n, 1)), discriminator(generator(tf.random.normal((n, 4)))))
            grads = tape.gradient(g_loss, generator.trainable_weights)
            g_optimizer.apply_gradients(zip(grads, generator.trainable_weights))


@loop(RIGHT, "tensorflow")
def a_teacher_that_predicts(watch, folder):
    tf = tensorflow()
    seed(223)
    x, y = digits()
    teacher = keras.Sequential(
        [keras.Input((10, 10, 1)), layers.Flatten(), layers.Dense(48, activation="relu"), layers.Dropout(0.2), layers.Dense(5)]
    )
    student = keras.Sequential([keras.Input((10, 10, 1)), layers.Flatten(), layers.Dense(12, activation="relu"), layers.Dense(5)])
    hard = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    first = keras.optimizers.Adam(1e-2)
    for _ in range(15):
        with tf.GradientTape() as tape:
            loss = hard(y, teacher(x, training=True))
        first.apply_gradients(zip(tape.gradient(loss, teacher.trainable_weights), teacher.trainable_weights))
    soft = keras.losses.CategoricalCrossentropy(from_logits=True)
    optimizer = keras.optimizers.Adam(1e-2)
    w = watch(student, optimizer, loss=soft, folder=folder)
    for epoch in range(3):
        for xb in tf.data.Dataset.from_tensor_slices(x).shuffle(320, seed=epoch).batch(32):
            said = tf.stop_gradient(tf.nn.softmax(teacher(xb, training=False) / 2.0))
            with tf.GradientTape() as tape:
                loss = soft(said, student(xb, training=True))
            optimizer.apply_gradients(zip(tape.gradient(loss, student.trainable_weights), student.trainable_weights))
            w(xb, said, loss)


@loop(RIGHT, "torch")
def a_frozen_base_that_predicts(watch, folder):
    torch = torch_()
    seed(224)
    x, y = digits()
    base = keras.Sequential([keras.Input((10, 10, 1)), layers.Conv2D(8, 3), layers.BatchNormalization(), layers.ReLU(), layers.Flatten()])
    base.trainable = False
    inputs = keras.Input((10, 10, 1))
    model = keras.Model(inputs, layers.Dense(5)(layers.Dropout(0.2)(base(inputs, training=False))))
    optimizer = keras.optimizers.Adam(1e-2)
    loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    w = watch(model, optimizer, loss=loss_fn, folder=folder)
    for epoch in range(3):
        order = np.random.permutation(len(x))
        for k in range(0, len(x), 32):
            xb, yb = x[order[k : k + 32]], y[order[k : k + 32]]
            model.zero_grad()
            loss = loss_fn(yb, model(xb, training=True))
            loss.backward()
            with torch.no_grad():
                optimizer.apply([v.value.grad for v in model.trainable_weights], model.trainable_weights)
            w(xb, yb, loss)


@loop(RIGHT, "torch")
def a_slow_copy_for_the_targets(watch, folder):
    torch = torch_()
    seed(225)
    x, y = prices()
    model = keras.Sequential([keras.Input((7,)), layers.Dense(32, activation="relu"), layers.Dense(1)])
    slow = keras.models.clone_model(model)
    slow.set_weights(model.get_weights())
    optimizer = keras.optimizers.Adam(1e-2)
    w = watch(model, optimizer, loss="mse", folder=folder)
    for step in range(40):
        k = np.random.randint(0, len(x), 48)
        with torch.no_grad():
            goal = 0.8 * torch.as_tensor(y[k]) + 0.2 * slow(x[k], training=False)
        model.zero_grad()
        loss = ops.mean(ops.square(model(x[k], training=True) - goal))
        loss.backward()
        with torch.no_grad():
            optimizer.apply([v.value.grad for v in model.trainable_variables], model.trainable_variables)
        w(x[k], goal, loss)
        slow.set_weights([0.9 * s + 0.1 * m for s, m in zip(slow.get_weights(), model.get_weights())])


@loop(RIGHT, "torch")
def clipped_by_the_optimizer_with_smoothed_labels(watch, folder):
    torch = torch_()
    seed(226)
    tokens, y = reviews()
    y = np.eye(2, dtype="float32")[y]
    model = keras.Sequential([keras.Input((12,)), layers.Embedding(40, 12, mask_zero=True), layers.GRU(12), layers.Dense(2)])
    optimizer = keras.optimizers.AdamW(2e-2, weight_decay=1e-3, global_clipnorm=1.0)
    loss_fn = keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1)
    w = watch(model, optimizer, loss=loss_fn, folder=folder)
    for epoch in range(3):
        for k in range(0, len(tokens), 32):
            model.zero_grad()
            loss = loss_fn(y[k : k + 32], model(tokens[k : k + 32], training=True))
            loss.backward()
            with torch.no_grad():
                optimizer.apply([v.value.grad for v in model.trainable_variables], model.trainable_variables)
            w(tokens[k : k + 32], y[k : k + 32], loss)


@loop(RIGHT, "jax")
def an_average_aside(watch, folder):
    """Dropout, batch statistics, and an average of the weights that is never put into the model."""
    jax = jax_()
    seed(227)
    x, y = digits()
    model = keras.Sequential(
        [
            keras.Input((10, 10, 1)),
            layers.Flatten(),
            layers.Dense(32),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.Dropout(0.2),
            layers.Dense(5),
        ]
    )
    optimizer = keras.optimizers.Adam(1e-2)
    optimizer.build(model.trainable_variables)
    loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    w = watch(model, optimizer, loss=loss_fn, folder=folder)

    @jax.jit
    def train_step(trainable, rest, state, xb, yb):
        def objective(trainable):
            logits, new = model.stateless_call(trainable, rest, xb, training=True)
            return loss_fn(yb, logits), new

        (loss, new), grads = jax.value_and_grad(objective, has_aux=True)(trainable)
        trainable, state = optimizer.stateless_apply(state, grads, trainable)
        return loss, trainable, new, state

    trainable, rest, state = values(model, optimizer)
    average = trainable
    for epoch in range(3):
        order = np.random.permutation(len(x))
        for k in range(0, len(x), 32):
            xb, yb = x[order[k : k + 32]], y[order[k : k + 32]]
            loss, trainable, rest, state = train_step(trainable, rest, state, xb, yb)
            average = [0.9 * a + 0.1 * t for a, t in zip(average, trainable)]
            put_back(model, optimizer, trainable, rest, state)
            w(xb, yb, loss)


@loop(RIGHT, "jax")
def warmup_and_cosine_on_noisy_rows(watch, folder):
    jax = jax_()
    seed(228)
    clean = spectra()
    model = keras.Sequential([keras.Input((20,)), layers.Dense(32, activation="gelu"), layers.LayerNormalization(), layers.Dense(20)])
    rate = keras.optimizers.schedules.CosineDecay(1e-3, 30, warmup_target=2e-2, warmup_steps=5)
    optimizer = keras.optimizers.AdamW(rate, weight_decay=1e-3)
    optimizer.build(model.trainable_variables)
    loss_fn = keras.losses.MeanSquaredError()
    w = watch(model, optimizer, loss=loss_fn, folder=folder)

    @jax.jit
    def train_step(trainable, rest, state, xb, yb):
        def objective(trainable):
            out, new = model.stateless_call(trainable, rest, xb, training=True)
            return loss_fn(yb, out), new

        (loss, new), grads = jax.value_and_grad(objective, has_aux=True)(trainable)
        trainable, state = optimizer.stateless_apply(state, grads, trainable)
        return loss, trainable, new, state

    trainable, rest, state = values(model, optimizer)
    for step in range(35):
        yb = clean[np.random.randint(0, len(clean), 48)]
        xb = yb + 0.2 * np.random.standard_normal(yb.shape).astype("float32")
        loss, trainable, rest, state = train_step(trainable, rest, state, xb, yb)
        put_back(model, optimizer, trainable, rest, state)
        w(xb, yb, loss)
