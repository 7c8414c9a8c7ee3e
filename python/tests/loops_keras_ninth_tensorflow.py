"""Loops on TensorFlow: GradientTape, train_step, fit with callbacks, tf.data."""

import keras
import numpy as np
import unstuck
from keras import layers
from keras_common import classes, loop, numbers, pictures, tensorflow, waves, yes_no

# wrong


@loop("loop-eval-mode", "tensorflow")
def train_step_calls_the_model_for_inference(watch, folder):
    tf = tensorflow()
    x, y = pictures()
    x = (x + 10) * 2  # far from 0, and little between them: batch normalisation takes care of that

    class Trainer(keras.Model):
        def train_step(self, data):
            images, labels = data
            with tf.GradientTape() as tape:
                y_pred = self(images, training=False)  # fault
                loss = self.compute_loss(y=labels, y_pred=y_pred)
            gradients = tape.gradient(loss, self.trainable_variables)
            self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
            for metric in self.metrics:
                if metric.name == "loss":
                    metric.update_state(loss)
                else:
                    metric.update_state(labels, y_pred)
            return {m.name: m.result() for m in self.metrics}

    inputs = keras.Input((8, 8, 1))
    h = layers.Conv2D(6, 3, use_bias=False)(inputs)
    h = layers.BatchNormalization(momentum=0.8)(h)
    h = layers.Activation("relu")(h)
    h = layers.Conv2D(8, 3, use_bias=False)(h)
    h = layers.BatchNormalization(momentum=0.8)(h)
    h = layers.Activation("relu")(h)
    outputs = layers.Dense(1)(layers.GlobalAveragePooling2D()(h))
    model = Trainer(inputs, outputs)
    model.compile(keras.optimizers.SGD(0.01, momentum=0.9), loss=keras.losses.BinaryCrossentropy(from_logits=True), metrics=["accuracy"])
    model.fit(x, y, batch_size=20, epochs=12, verbose=0, callbacks=[unstuck.KerasWatch(folder)])


@loop("loop-gradients-accumulate", "tensorflow")
def accumulators_keep_what_was_applied(watch, folder):
    tf = tensorflow()
    x, y = numbers()
    inputs = keras.Input((5,))
    h = layers.Dense(24, activation="gelu")(inputs)
    model = keras.Model(inputs, layers.Dense(1)(h))
    optimizer = keras.optimizers.SGD(0.1)
    mse = keras.losses.MeanSquaredError()
    w = watch(model, optimizer, loss=mse, folder=folder)
    dataset = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(256, seed=1).batch(16)
    accumulation_steps = 2
    accumulated = [tf.zeros_like(v) for v in model.trainable_variables]
    for epoch in range(4):
        for step, (xb, yb) in enumerate(dataset):
            with tf.GradientTape() as tape:
                loss = mse(yb, model(xb, training=True))
            gradients = tape.gradient(loss, model.trainable_variables)
            accumulated = [a + g / accumulation_steps for a, g in zip(accumulated, gradients)]  # fault
            if (step + 1) % accumulation_steps == 0:
                optimizer.apply_gradients(zip(accumulated, model.trainable_variables))
            w(xb, yb, loss)


@loop("loop-broadcast", "tensorflow")
def flat_targets_in_a_graph(watch, folder):
    tf = tensorflow()
    x, y = numbers()
    y = y[:, 0]
    model = keras.Sequential([keras.Input((5,)), layers.Dense(32, activation="tanh"), layers.Dense(1)])
    optimizer = keras.optimizers.Adam(1e-2)
    w = watch(model, optimizer, loss="mse", folder=folder)

    @tf.function
    def train_step(xb, yb):
        with tf.GradientTape() as tape:
            predictions = model(xb, training=True)
            loss = tf.reduce_mean(tf.square(yb - predictions))  # fault
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        return loss

    dataset = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(256, seed=3).batch(32).prefetch(1)
    for epoch in range(10):
        for xb, yb in dataset:
            loss = train_step(xb, yb)
            w(xb, yb, loss)


@loop("loop-detached", "tensorflow")
def features_are_computed_ahead_of_the_tape(watch, folder):
    tf = tensorflow()
    x, y = waves()
    encoder = keras.Sequential([keras.Input((12, 1)), layers.LSTM(4)], name="encoder")
    head = keras.Sequential([keras.Input((4,)), layers.Dense(8, activation="relu"), layers.Dense(1)], name="head")
    model = keras.Sequential([keras.Input((12, 1)), encoder, head])
    optimizer = keras.optimizers.Adam(1e-2)
    loss_fn = keras.losses.MeanSquaredError()
    w = watch(model, optimizer, loss=loss_fn, folder=folder)
    for epoch in range(6):
        for i in range(0, len(x), 20):
            xb, yb = x[i : i + 20], y[i : i + 20]
            features = encoder(xb, training=True)  # fault
            with tf.GradientTape() as tape:
                predictions = head(features, training=True)
                loss = loss_fn(yb, predictions)
            gradients = tape.gradient(loss, model.trainable_weights)
            optimizer.apply_gradients(zip(gradients, model.trainable_weights))
            w(xb, yb, loss)


@loop("loop-weights-overwritten", "tensorflow")
def a_fresh_start_at_every_epoch(watch, folder):
    x, y = classes()

    class FreshStart(keras.callbacks.Callback):
        """All candidates of the search begin at the same weights."""

        def __init__(self, weights):
            super().__init__()
            self.start = weights

        def on_epoch_begin(self, epoch, logs=None):
            self.model.set_weights(self.start)  # fault

    model = keras.Sequential([keras.Input((6,)), layers.Dense(16, activation="elu"), layers.Dense(3, activation="softmax")])
    model.compile(keras.optimizers.SGD(0.01, momentum=0.5), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    start = model.get_weights()
    model.fit(x, y, batch_size=75, epochs=15, verbose=0, callbacks=[FreshStart(start), unstuck.KerasWatch(folder)])


# correct


@loop("loop-correct", "tensorflow")
def adam_that_accumulates_three_batches(watch, folder):
    x, y = classes()
    model = keras.Sequential(
        [keras.Input((6,)), layers.Dense(24, kernel_regularizer=keras.regularizers.L2(1e-4)), layers.LeakyReLU(), layers.Dense(3)]
    )
    optimizer = keras.optimizers.Adam(2e-2, gradient_accumulation_steps=3)
    model.compile(optimizer, loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    model.fit(x, y, batch_size=25, epochs=6, verbose=0, callbacks=[unstuck.KerasWatch(folder)])


@loop("loop-correct", "tensorflow")
def distilled_from_a_teacher(watch, folder):
    tf = tensorflow()
    x, y = classes()
    scce = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    teacher = keras.Sequential([keras.Input((6,)), layers.Dense(32, activation="relu"), layers.Dense(3)])
    teacher.compile(keras.optimizers.Adam(5e-3), loss=scce)
    teacher.fit(x, y, epochs=20, verbose=0)
    teacher.trainable = False
    student = keras.Sequential([keras.Input((6,)), layers.Dense(6, activation="relu"), layers.Dense(3)])
    optimizer = keras.optimizers.Adam(3e-2)
    soften = keras.losses.KLDivergence()
    temperature, alpha = 2.0, 0.5

    def objective(yb, logits, teacher_logits):
        soft = soften(tf.nn.softmax(teacher_logits / temperature), tf.nn.softmax(logits / temperature)) * temperature**2
        return alpha * scce(yb, logits) + (1 - alpha) * soft

    w = watch(student, optimizer, loss=scce, folder=folder)
    for epoch in range(4):
        for i in range(0, len(x), 50):
            xb, yb = x[i : i + 50], y[i : i + 50]
            teacher_logits = teacher(xb, training=False)
            with tf.GradientTape() as tape:
                loss = objective(yb, student(xb, training=True), teacher_logits)
            gradients = tape.gradient(loss, student.trainable_variables)
            optimizer.apply_gradients(zip(gradients, student.trainable_variables))
            w(xb, yb, loss)


@loop("loop-correct", "tensorflow")
def warmup_smoothing_and_a_global_norm(watch, folder):
    tf = tensorflow()
    x, y = classes()
    y = keras.utils.to_categorical(y, 3)
    model = keras.Sequential([keras.Input((6,)), layers.Dense(20, activation="swish"), layers.LayerNormalization(), layers.Dense(3)])
    rate = keras.optimizers.schedules.CosineDecay(1e-3, decay_steps=40, warmup_target=3e-2, warmup_steps=5)
    optimizer = keras.optimizers.AdamW(rate, weight_decay=1e-3)
    loss_fn = keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1)
    w = watch(model, optimizer, loss=loss_fn, folder=folder)

    @tf.function
    def train_step(xb, yb):
        with tf.GradientTape() as tape:
            loss = loss_fn(yb, model(xb, training=True))
        gradients, _ = tf.clip_by_global_norm(tape.gradient(loss, model.trainable_variables), 1.0)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        return loss

    dataset = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(300, seed=5).batch(30, drop_remainder=True)
    for epoch in range(4):
        for xb, yb in dataset:
            w(xb, yb, train_step(xb, yb))


@loop("loop-correct", "tensorflow")
def half_precision_with_a_scaled_loss(watch, folder):
    tf = tensorflow()
    x, y = yes_no()
    half = "mixed_float16"
    model = keras.Sequential(
        [
            keras.Input((4,)),
            layers.Dense(16, activation="relu", dtype=half),
            layers.Dense(1, dtype=half),
            layers.Activation("linear", dtype="float32"),
        ]
    )
    optimizer = keras.optimizers.LossScaleOptimizer(keras.optimizers.Adam(2e-2), initial_scale=1024.0)
    bce = keras.losses.BinaryCrossentropy(from_logits=True)
    w = watch(model, optimizer, loss=bce, folder=folder)
    rng = np.random.default_rng(0)
    for epoch in range(3):
        order = rng.permutation(len(x))
        for i in range(0, len(x), 25):
            xb, yb = x[order[i : i + 25]], y[order[i : i + 25]]
            with tf.GradientTape() as tape:
                loss = bce(yb, model(xb, training=True))
                scaled = optimizer.scale_loss(loss)
            gradients = tape.gradient(scaled, model.trainable_variables)
            optimizer.apply_gradients(zip(gradients, model.trainable_variables))
            w(xb, yb, loss)
